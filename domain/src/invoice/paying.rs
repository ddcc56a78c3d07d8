//! What payments do to an invoice: they claim its open amount, settle it, or give it back.

use chrono::NaiveDate;

use super::event::{InvoiceEvent, ReleaseCause};
use super::payable::{Claimed, Payable};
use super::refusal::InvoiceRefusal;
use crate::ids::PaymentId;
use crate::money::Money;

impl Payable {
    pub(super) fn claim(&self, payment_id: PaymentId, amount: Money) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        if self.claims.iter().any(|c| c.payment_id == payment_id && c.amount == amount) {
            return Ok(vec![]);
        }
        self.payable_now()?;
        self.same_currency(amount)?;
        let available = self.payable_now_at_most();
        if amount.amount() > available.amount() || (amount.is_zero() && self.dispute.is_some()) {
            return Err(self.too_much(amount, available));
        }
        if amount.is_zero() && available.is_zero() {
            return Err(InvoiceRefusal::NothingOpen);
        }
        if !amount.is_positive() {
            return Err(InvoiceRefusal::AmountNotPositive);
        }
        Ok(vec![InvoiceEvent::PaymentClaimed { payment_id, amount }])
    }

    fn too_much(&self, wanted: Money, available: Money) -> InvoiceRefusal {
        match self.disputed() {
            disputed if disputed.is_zero() => InvoiceRefusal::ExceedsOpenAmount { wanted, available },
            disputed => InvoiceRefusal::Disputed { disputed, available },
        }
    }

    pub(super) fn same_currency(&self, amount: Money) -> Result<(), InvoiceRefusal> {
        if amount.currency() == self.payable.currency() {
            return Ok(());
        }
        let (payment, invoice) = (amount.currency().to_string(), self.payable.currency().to_string());
        Err(InvoiceRefusal::CurrencyMismatch { payment, invoice })
    }

    pub(super) fn release(&self, payment_id: PaymentId, because: ReleaseCause) -> Vec<InvoiceEvent> {
        let released = |c: &Claimed| InvoiceEvent::ClaimReleased { payment_id, amount: c.amount, because };
        self.claims.iter().filter(|c| c.payment_id == payment_id).map(released).collect()
    }

    /// From when a payment's settlement counts, if it has settled part of the invoice.
    pub fn settled_on(&self, payment_id: PaymentId) -> Option<NaiveDate> {
        self.settled_on.iter().find(|(settled_by, _)| *settled_by == payment_id).map(|(_, day)| *day)
    }

    /// The payments that have settled part of the invoice and did not come back, each with its money, discount and tax kept back.
    pub fn settled_by(&self) -> Vec<(PaymentId, Money)> {
        let mut by: Vec<(PaymentId, Money)> = Vec::new();
        let kept_back = self.withheld.iter().map(|by| (by.payment_id, by.withholding.tax));
        let settled = self.settlements.iter().chain(&self.discounts_taken).map(|c| (c.payment_id, c.amount));
        for (payment_id, amount) in settled.chain(kept_back) {
            match by.iter_mut().find(|(known, _)| *known == payment_id) {
                Some((_, sum)) => *sum = self.sum(*sum, amount),
                None => by.push((payment_id, amount)),
            }
        }
        by
    }

    /// From when on what the payment claims is open: the invoice counts, and no other has settled it meanwhile.
    pub fn settles_from(&self, payment_id: PaymentId) -> NaiveDate {
        let claims = self.claims.iter().filter(|c| c.payment_id == payment_id).map(|c| c.amount);
        let discounts = self.discount_claims.iter().filter(|c| c.payment_id == payment_id).map(|c| c.amount);
        let taxes = self.withholding_claims.iter().filter(|by| by.payment_id == payment_id).map(|by| by.withholding.tax);
        self.free_from(claims.chain(discounts).chain(taxes).map(Money::amount).sum())
    }

    /// It counts on the value date, though never before it is open: on no day is less than nothing owed of it.
    pub(super) fn settle(&self, payment_id: PaymentId, value_date: NaiveDate) -> Vec<InvoiceEvent> {
        let value_date = value_date.max(self.settles_from(payment_id));
        let settled = |c: &Claimed| InvoiceEvent::PaymentSettled { payment_id, amount: c.amount, value_date };
        let claims = self.claims.iter().filter(|c| c.payment_id == payment_id).map(settled);
        claims.chain(self.take_discounts(payment_id, value_date)).chain(self.keep_back(payment_id, value_date)).collect()
    }

    /// It counts on the value date, though never before the settlement did: on no day is more owed than the invoice comes to.
    pub(super) fn take_back(&self, payment_id: PaymentId, value_date: NaiveDate, reason: &str) -> Vec<InvoiceEvent> {
        let value_date = self.settled_on(payment_id).map_or(value_date, |settled_on| value_date.max(settled_on));
        let returned = |c: &Claimed| InvoiceEvent::PaymentReturned { payment_id, amount: c.amount, value_date, reason: reason.to_owned() };
        let settlements = self.settlements.iter().filter(|c| c.payment_id == payment_id).map(returned);
        let beside = self.reverse_discounts(payment_id, value_date).chain(self.reverse_withholding(payment_id, value_date));
        settlements.chain(beside).collect()
    }

    /// In the books it is money that came back; it is claimed again at once, so that no other payment can take its place.
    pub(super) fn withdraw_settlement(&self, payment_id: PaymentId, effective_date: NaiveDate, reason: &str) -> Vec<InvoiceEvent> {
        let mut events = self.take_back(payment_id, effective_date, reason);
        let settled = self.settlements.iter().filter(|c| c.payment_id == payment_id);
        events.extend(settled.map(|c| InvoiceEvent::PaymentClaimed { payment_id, amount: c.amount }));
        events.extend(self.claim_discounts_again(payment_id, effective_date));
        events.extend(self.claim_withholding_again(payment_id));
        events
    }

    pub(super) fn on_settled(&mut self, payment_id: PaymentId, amount: Money, value_date: NaiveDate) {
        self.claims.retain(|c| c.payment_id != payment_id);
        self.settlements.push(Claimed { payment_id, amount });
        self.settled_on.push((payment_id, value_date));
        self.settled_on_day(amount, value_date);
    }

    pub(super) fn on_returned(&mut self, payment_id: PaymentId, amount: Money, value_date: NaiveDate) {
        self.settlements.retain(|c| c.payment_id != payment_id);
        self.settled_on.retain(|(settled_by, _)| *settled_by != payment_id);
        self.settled_on_day(amount.negated(), value_date);
    }

    /// Below zero what comes back.
    pub(super) fn settled_on_day(&mut self, amount: Money, day: NaiveDate) {
        self.settled_by_day.change(day, amount.amount());
    }
}
