//! Retentions: part of an approved invoice that is kept back for a time, such as until a building has stood a year.
//!
//! What is kept back is neither open nor paid. It is an allocation against nobody; releasing it takes the allocation back,
//! and the amount is payable like any other.

use chrono::NaiveDate;

use super::allocation::Against;
use super::event::InvoiceEvent;
use super::payable::Payable;
use super::refusal::InvoiceRefusal;
use crate::ids::{AllocationId, UserId};
use crate::money::Money;

impl Payable {
    /// What is kept back now.
    pub fn retained(&self) -> Money {
        let kept = self.allocations.iter().filter(|allocation| allocation.against.is_retention());
        kept.fold(Money::zero(self.payable.currency()), |sum, allocation| self.sum(sum, allocation.amount))
    }

    /// What was settled for good: paid, credited or written off.
    pub(super) fn settled_for_good(&self) -> Money {
        self.settled().less(self.retained())
    }

    pub(super) fn release_retention(
        &self,
        id: AllocationId,
        effective_date: NaiveDate,
        by: UserId,
        reason: String,
    ) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        match self.allocation(id).map(|allocation| allocation.against) {
            Ok(Against::Retention { release_on }) if effective_date < release_on => Err(InvoiceRefusal::RetentionNotDue { release_on }),
            Ok(against) if !against.is_retention() => Err(InvoiceRefusal::AllocationUnknown),
            _ => self.reverse_allocation(id, effective_date, by, reason),
        }
    }
}
