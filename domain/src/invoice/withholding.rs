//! Tax that payments of an invoice keep back: claimed beside the transfer, owed to the authority once that settles, given back with it.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::document::{DocumentKind, InvoiceDocument};
use super::event::InvoiceEvent;
use super::payable::Payable;
use super::refusal::InvoiceRefusal;
use crate::ids::PaymentId;
use crate::money::Money;
use crate::withholding::{RateInForce, TaxedShare, Withholding};

/// What one payment keeps back, or has kept back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WithheldBy {
    pub payment_id: PaymentId,
    pub withholding: Withholding,
}

impl InvoiceDocument {
    /// How much of the invoice tax is kept back of. `None` of what is no invoice.
    pub fn taxed_share(&self, before: Vec<Withholding>) -> Option<TaxedShare> {
        let with_vat = self.totals.payable.checked_add(self.totals.prepaid)?;
        (self.kind == DocumentKind::Invoice).then_some(TaxedShare { without_vat: self.totals.net, with_vat, before })
    }
}

impl Payable {
    /// What a payment that settles this much of the invoice keeps back.
    pub fn to_withhold(&self, rate: RateInForce, settled: Money) -> Option<Withholding> {
        if settled.currency() != self.payable.currency() {
            return None;
        }
        let before = self.withholding_claims.iter().chain(&self.withheld).map(|by| by.withholding.clone());
        self.document.taxed_share(before.collect())?.withhold(rate, settled)
    }

    /// Only beside the transfer of the same payment.
    pub(super) fn withhold(&self, payment_id: PaymentId, withholding: Box<Withholding>) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        if self.withholding_claims.iter().any(|by| by.payment_id == payment_id && by.withholding == *withholding) {
            return Ok(vec![]);
        }
        self.payable_now()?;
        if !self.claims.iter().any(|claim| claim.payment_id == payment_id) {
            return Err(self.wrong_state("withhold tax from", "claimed by the same payment"));
        }
        let (wanted, available) = (withholding.tax, self.payable_now_at_most());
        self.same_currency(wanted)?;
        // Nothing is kept back of the smallest parts, and they count towards the base.
        if !wanted.is_positive() && !wanted.is_zero() {
            return Err(InvoiceRefusal::AmountNotPositive);
        }
        if wanted.amount() > available.amount() {
            return Err(InvoiceRefusal::ExceedsOpenAmount { wanted, available });
        }
        Ok(vec![InvoiceEvent::WithholdingClaimed { payment_id, withholding }])
    }

    /// What planned payments will keep back.
    pub fn to_be_withheld(&self) -> Money {
        let sum: Decimal = self.withholding_claims.iter().map(|by| by.withholding.tax.amount()).sum();
        Money::rounded(sum, self.payable.currency())
    }

    pub(super) fn keep_back(&self, payment_id: PaymentId, value_date: NaiveDate) -> impl Iterator<Item = InvoiceEvent> {
        let claims = self.withholding_claims.iter().filter(move |by| by.payment_id == payment_id);
        claims.map(move |by| InvoiceEvent::TaxWithheld { payment_id, withholding: Box::new(by.withholding.clone()), value_date })
    }

    pub(super) fn reverse_withholding(&self, payment_id: PaymentId, value_date: NaiveDate) -> impl Iterator<Item = InvoiceEvent> {
        let withheld = self.withheld.iter().filter(move |by| by.payment_id == payment_id);
        withheld.map(move |by| InvoiceEvent::WithholdingReversed { payment_id, withholding: Box::new(by.withholding.clone()), value_date })
    }

    /// The payment keeps back what it had kept back.
    pub(super) fn claim_withholding_again(&self, payment_id: PaymentId) -> impl Iterator<Item = InvoiceEvent> {
        let withheld = self.withheld.iter().filter(move |by| by.payment_id == payment_id);
        withheld.map(move |by| InvoiceEvent::WithholdingClaimed { payment_id, withholding: Box::new(by.withholding.clone()) })
    }

    pub(super) fn on_withheld(&mut self, payment_id: PaymentId, withholding: Withholding, value_date: NaiveDate) {
        self.withholding_claims.retain(|by| by.payment_id != payment_id);
        self.settled_on_day(withholding.tax, value_date);
        self.withheld.push(WithheldBy { payment_id, withholding });
    }

    pub(super) fn on_withholding_reversed(&mut self, payment_id: PaymentId, tax: Money, value_date: NaiveDate) {
        self.withheld.retain(|by| by.payment_id != payment_id);
        self.settled_on_day(tax.negated(), value_date);
    }
}
