//! Factur-X EXTENDED: its own rules, in place of those of EN 16931 that it sets aside.
//!
//! Its lines may be groups and remarks; what EN 16931 asks of every line it asks of those that count. Two of its warnings are not
//! held: whether an attribute's code is one of its list (BR-FXEXT-04), and which of its two sums per VAT category is the one that
//! holds where one does (…-08ini and …-08rev).

mod category;
mod group;
mod places;

use super::judge::Judge;
use crate::model::Invoice;

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    places::check(invoice, judge);
    category::check(invoice, judge);
    group::check(invoice, judge);
    judge.sums("BR-FXEXT-");
}
