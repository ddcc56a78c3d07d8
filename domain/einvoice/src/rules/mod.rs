//! The semantic rules of EN 16931 over the neutral invoice, each named by its official id.
//!
//! A rule is one line of its family: id, place, what must hold, and its text. Rules see fragments as well as whole documents:
//! what a missing group would have stated is judged only where the rule is about the group itself. Code lists (most of BR-CL),
//! syntax rules and the rules of countries are not in this set.

mod adjustment;
mod category;
mod decimals;
mod document;
mod judge;
mod line;
mod payment;
mod report;

pub use report::{Finding, Flag, Report};

use crate::model::Invoice;
use crate::totals::check_totals;
use judge::Judge;
use serde::{Deserialize, Serialize};

/// A book of rules that a document can be held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleSet {
    /// EN 16931 as UBL binds it.
    En16931Ubl,
}

impl RuleSet {
    /// The set for a document, or nothing where this crate has none for its syntax.
    pub fn of(invoice: &Invoice<'_>) -> Option<Self> {
        invoice.syntax.is_ubl().then_some(Self::En16931Ubl)
    }

    /// The release of the official rules that the set follows.
    pub fn version(self) -> &'static str {
        match self {
            Self::En16931Ubl => "EN16931-UBL 1.3.16",
        }
    }
}

/// Holds the invoice against every rule of the set; one pass over the lines and one over the sums.
pub fn validate(invoice: &Invoice<'_>, set: RuleSet) -> Report {
    let mut judge = Judge::default();
    document::check(invoice, &mut judge);
    payment::check(invoice, &mut judge);
    adjustment::check(invoice, &mut judge);
    line::check(invoice, &mut judge);
    category::check(invoice, &mut judge);
    decimals::check(invoice, &mut judge);
    judge.sums(&check_totals(invoice));
    judge.into_report(set)
}
