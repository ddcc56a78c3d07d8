//! The semantic rules of EN 16931 over the neutral invoice, each named by its official id.
//!
//! A rule is one line of its family: id, place, what must hold, and its text. Rules see fragments as well as whole documents:
//! what a missing group would have stated is judged only where the rule is about the group itself.

mod adjustment;
mod category;
mod decimals;
mod document;
mod exception;
mod line;
mod places;
mod syntax;
mod tally;

use super::judge::Judge;
use crate::model::Invoice;

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    document::check(invoice, judge);
    adjustment::check(invoice, judge);
    line::check(invoice, judge);
    category::check(invoice, judge);
    exception::check(invoice, judge);
    decimals::check(invoice, judge);
    syntax::check(invoice, judge);
    judge.sums("BR-");
}
