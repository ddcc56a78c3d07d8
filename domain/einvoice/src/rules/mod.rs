//! Books of rules that an invoice can be held against, and the report of what does not hold.
//!
//! [`rule_sets_of`] says which books a document answers to, by what it says it follows; [`validate`] holds it against them. Every
//! finding names the official id of its rule and the place in the original. A rule is a line of code or a row of a table.

pub mod codes;
mod en16931;
mod facturx;
mod judge;
mod paths;
mod peppol;
mod report;
mod set;
mod strict;
mod xrechnung;

pub use peppol::PeppolList;
pub use report::{AppliedSet, Finding, Flag, Report};
pub use set::{RuleSet, later_rule_sets_of, rule_sets_of};

use crate::model::Invoice;
use judge::Judge;

/// Holds the invoice against every rule of the sets; the sums are computed once for all of them.
pub fn validate(invoice: &Invoice<'_>, sets: &[RuleSet]) -> Report {
    let mut judge = Judge::new(invoice);
    for &set in sets {
        judge.turn_to(set);
        set.check(invoice, &mut judge);
    }
    judge.into_report(sets, invoice)
}
