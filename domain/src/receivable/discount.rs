//! Early-payment discounts of customers: what the terms let a customer keep who pays in time (SEMANTICS 4, from the other side).
//!
//! It is granted with the payment that takes it and goes back with it. A credit note takes back its share: what is not bought after all
//! earned no discount.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::event::{IncomingPayment, ReceivableEvent};
use super::{CreditNote, Outstanding, sum};
use crate::ids::IncomingPaymentId;
use crate::invoice::TaxSubtotal;
use crate::money::Money;
use crate::terms::{Settlement, Standing, parted};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct GrantedDiscount {
    /// The payment that took it.
    pub incoming_payment_id: IncomingPaymentId,
    pub amount: Money,
    /// Which part of it is tax, where the law reduces the tax on what was sold; empty where it does not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tax_breakdown: Vec<TaxSubtotal>,
}

impl Outstanding {
    /// What a payment of `cash`, or the one that closes it, settles on its value date.
    pub fn settlement(&self, cash: Option<Money>, value_date: NaiveDate) -> Settlement {
        let (open, taken) = (self.open(), self.discounted());
        let standing = Standing { payable: self.document.payable(), open, taken, credited: self.credited() };
        self.terms.settlement(standing, cash, value_date)
    }

    pub fn discounted(&self) -> Money {
        sum(Money::zero(self.document.currency), self.discounts.iter().map(|discount| discount.amount))
    }

    pub(super) fn granted(&self, payment: &IncomingPayment) -> Option<GrantedDiscount> {
        let Settlement { discount: amount, .. } = self.settlement(Some(payment.amount), payment.value_date);
        let credited: Vec<TaxSubtotal> = self.credit_notes.iter().flat_map(|note| note.tax_breakdown.clone()).collect();
        let before: Vec<TaxSubtotal> = self.discounts.iter().flat_map(|discount| discount.tax_breakdown.clone()).collect();
        amount.is_positive().then(|| {
            let tax_breakdown = self.terms.without(&credited).tax_in(amount, &before);
            GrantedDiscount { incoming_payment_id: payment.incoming_payment_id, amount, tax_breakdown }
        })
    }

    /// It goes back with the payment that took it.
    pub(super) fn taken_back_with(&self, payment: IncomingPaymentId, effective_date: NaiveDate) -> impl Iterator<Item = ReceivableEvent> {
        let own = self.discounts.iter().filter(move |discount| discount.incoming_payment_id == payment).cloned();
        own.map(move |discount| ReceivableEvent::DiscountTakenBack { discount, effective_date })
    }

    /// The share that a credit note takes back.
    pub(super) fn taken_back_by(&self, note: &CreditNote) -> Vec<ReceivableEvent> {
        let currency = self.document.currency;
        let before = self.document.payable().less(self.credited()).amount();
        let left = before - note.amount(currency).amount();
        let back = self.discounts.iter().filter_map(|discount| {
            let stays = discount.amount.amount().checked_mul(left)?.checked_div(before)?;
            let amount = discount.amount.less(Money::rounded(stays, currency));
            let tax_breakdown = parted(amount, &discount.tax_breakdown).unwrap_or_default();
            let discount = GrantedDiscount { incoming_payment_id: discount.incoming_payment_id, amount, tax_breakdown };
            amount.is_positive().then_some(ReceivableEvent::DiscountTakenBack { discount, effective_date: note.issue_date })
        });
        back.collect()
    }

    pub(super) fn on_discount_taken_back(&mut self, gone: &GrantedDiscount) {
        for own in self.discounts.iter_mut().filter(|own| own.incoming_payment_id == gone.incoming_payment_id) {
            own.amount = own.amount.less(gone.amount);
            for part in &mut own.tax_breakdown {
                let of_category = gone.tax_breakdown.iter().filter(|gone| gone.category == part.category);
                let (taxable, tax) = of_category.fold((Decimal::ZERO, Decimal::ZERO), |sum, gone| (sum.0 + gone.taxable, sum.1 + gone.tax));
                (part.taxable, part.tax) = (part.taxable - taxable, part.tax - tax);
            }
        }
        self.discounts.retain(|own| !own.amount.is_zero());
    }
}
