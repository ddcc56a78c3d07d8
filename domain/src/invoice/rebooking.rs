//! What a correction does to the books: nothing posts into a closed period, and what posts nothing needs no open one (L3).

use std::iter::zip;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::document::{InvoiceDocument, InvoiceLine};
use super::payable::Payable;
use crate::calendar::{FiscalCalendar, Posting};
use crate::ids::VendorId;
use crate::money::Money;

/// Where what an amendment replaces is taken back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rebooking {
    /// On the day on which it counted.
    #[default]
    InPlace,
    /// Nowhere: that day is in a closed period, and the amendment changes nothing that is posted.
    Stands,
    /// That day is in a closed period, or part of it was paid from then on until that came back: on this one, the first on which it can be.
    From(NaiveDate),
}

impl Rebooking {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
    pub(super) fn is_in_place(&self) -> bool {
        *self == Self::InPlace
    }

    /// The day from which what is replaced counts no longer, where that is not its own.
    pub fn reversed_on(self) -> Option<NaiveDate> {
        match self {
            Self::InPlace | Self::Stands => None,
            Self::From(day) => Some(day),
        }
    }
}

impl Payable {
    /// What an amendment to this does to the books; `named` is the day that the caller wants it to count on.
    pub fn rebooking(
        &self,
        vendor_id: VendorId,
        document: &InvoiceDocument,
        payable: Money,
        named: Option<NaiveDate>,
        calendar: &FiscalCalendar,
    ) -> Rebooking {
        let untouched = self.untouched_from();
        if calendar.admits(untouched, Posting::Document).is_ok() && untouched == self.effective_date {
            return Rebooking::InPlace;
        }
        let stays = named.is_none_or(|day| day == self.effective_date);
        if stays && self.vendor_id == vendor_id && self.payable == payable && posts_alike(&self.document, document) {
            return Rebooking::Stands;
        }
        Rebooking::From(calendar.first_open_day(untouched))
    }
}

/// Whether the ledger, and the order that is billed, find the same in both.
fn posts_alike(before: &InvoiceDocument, after: &InvoiceDocument) -> bool {
    let InvoiceDocument {
        kind,
        issue_date,
        currency,
        references,
        lines,
        adjustments,
        tax_breakdown,
        totals,
        accounted_tax,
        // What is paid, when and where to, and what people read.
        type_code: _,
        number: _,
        due_date: _,
        seller: _,
        buyer: _,
        payee: _,
        payment: _,
        notes: _,
    } = after;
    before.kind == *kind
        && before.is_prepayment() == after.is_prepayment()
        && before.issue_date == *issue_date
        && before.currency == *currency
        && before.references.purchase_order == references.purchase_order
        && before.lines.len() == lines.len()
        && zip(&before.lines, lines).all(|(before, after)| is_line(before, after))
        && before.adjustments == *adjustments
        && before.tax_breakdown == *tax_breakdown
        && before.totals == *totals
        && before.accounted_tax == *accounted_tax
}

/// The same line, whatever it is called.
fn is_line(before: &InvoiceLine, after: &InvoiceLine) -> bool {
    InvoiceLine { name: before.name.clone(), ..after.clone() } == *before
}
