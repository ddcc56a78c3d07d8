//! Peppol BIS Billing 3: the common rules, its narrower code lists, identifiers, and the rules of the seller's country.
//!
//! XRechnung takes a part of the common rules over and changes some; [`Book`] says how a rule is read.

mod adjustment;
mod codes;
mod country;
mod document;
mod identifier;
mod line;
mod national;
mod payment;
mod places;
mod process;

pub use codes::PeppolList;
pub(super) use process::BILLING;
use process::Process;
use rust_decimal::{Decimal, dec};

use super::judge::Judge;
use crate::model::Invoice;

/// Whose reading of the common rules counts.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Book {
    Peppol,
    XRechnung,
    /// From 3.0.2 on.
    LaterXRechnung,
}

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    common(invoice, Book::Peppol, judge);
    document::check(invoice, judge);
    line::objects(invoice, judge);
    places::check(invoice, judge);
    if Process::of(invoice).has_national_rules {
        national::check(invoice, judge);
    }
}

/// The rules that Peppol and XRechnung share.
pub(super) fn common(invoice: &Invoice<'_>, book: Book, judge: &mut Judge) {
    document::common(invoice, book, judge);
    adjustment::check(invoice, book, judge);
    payment::check(invoice, judge);
    line::check(invoice, book, judge);
    if book.is_german() || invoice.syntax.is_ubl() {
        places::nothing_is_empty(invoice, judge);
    }
}

impl Book {
    fn is_german(self) -> bool {
        self != Self::Peppol
    }

    /// How far a computed amount may be off: XRechnung gives the forint, which has no cents in practice, more room.
    fn slack(self, invoice: &Invoice<'_>) -> Decimal {
        match (self.is_german(), invoice.currency.text()) {
            (true, Some("HUF")) => dec!(0.5),
            _ => dec!(0.02),
        }
    }
}
