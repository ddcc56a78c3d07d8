//! A vendor's refund: it pays back what a credit note, or the rest of a prepayment that was paid, comes to.
//!
//! It takes of the same amount as whatever else uses the document, so the money is set off once or comes back once, never both.

use chrono::NaiveDate;

use super::allocation::{Against, Allocation};
use super::document::DocumentKind;
use super::event::InvoiceEvent;
use super::payable::Payable;
use super::refusal::InvoiceRefusal;
use crate::ids::{AllocationId, UserId};
use crate::incoming::{IncomingChannel, IncomingRecord};
use crate::money::Money;

impl Against {
    /// A line of a statement may tell of it later.
    pub const RECORDED_REFUND: Self = Self::Refund(IncomingChannel::Recorded);

    pub fn is_refund(self) -> bool {
        matches!(self, Self::Refund(_))
    }
}

impl Payable {
    /// What the vendor can pay back of it: of a credit note what nothing has used, of a prepayment what was paid and no invoice has.
    pub fn refundable(&self) -> Money {
        match self.document.kind {
            DocumentKind::CreditNote => self.unclaimed(),
            DocumentKind::Invoice => self.unapplied(),
        }
    }

    /// The first day from which on this much of it can be paid back.
    pub fn refundable_from(&self, amount: Money) -> NaiveDate {
        match self.document.kind {
            DocumentKind::CreditNote => self.free_from(amount.amount()),
            DocumentKind::Invoice => self.applies_from(amount),
        }
    }

    /// Refunds that stand, the oldest first.
    pub fn refunds(&self) -> impl Iterator<Item = &Allocation> {
        self.allocations.iter().chain(&self.applications).filter(|allocation| allocation.against.is_refund())
    }

    pub(super) fn refund(
        &self,
        allocation: Allocation,
        record: Option<Box<IncomingRecord>>,
        by: Option<UserId>,
    ) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        if self.refunds().any(|known| *known == allocation) {
            return Ok(vec![]);
        }
        if self.document.kind != DocumentKind::CreditNote && !self.document.is_prepayment() {
            return Err(InvoiceRefusal::NotRefundable);
        }
        self.approved_now("refund")?;
        self.same_currency(allocation.amount)?;
        if !allocation.amount.is_positive() {
            return Err(InvoiceRefusal::AmountNotPositive);
        }
        let (wanted, available) = (allocation.amount, self.refundable());
        if wanted.amount() > available.amount() {
            return Err(InvoiceRefusal::ExceedsRefundable { wanted, available });
        }
        let earliest = self.refundable_from(wanted);
        if allocation.effective_date < earliest {
            return Err(InvoiceRefusal::AllocationTooEarly { earliest });
        }
        Ok(vec![InvoiceEvent::Refunded { allocation, record, by }])
    }

    pub(super) fn refund_reversed(&self, refund: &Allocation, effective_date: NaiveDate, by: UserId, reason: String) -> InvoiceEvent {
        let Allocation { allocation_id, amount, .. } = *refund;
        InvoiceEvent::RefundReversed { allocation_id, amount, effective_date, by, reason }
    }

    pub(super) fn on_refunded(&mut self, allocation: Allocation) {
        match self.document.kind {
            DocumentKind::CreditNote => self.on_allocated(allocation, vec![]),
            DocumentKind::Invoice => self.on_prepayment_applied(allocation),
        }
    }

    pub(super) fn on_refund_reversed(&mut self, id: AllocationId, amount: Money, effective_date: NaiveDate) {
        match self.document.kind {
            DocumentKind::CreditNote => self.on_allocation_reversed(id, amount, effective_date),
            DocumentKind::Invoice => self.on_prepayment_taken_back(id, effective_date),
        }
    }
}
