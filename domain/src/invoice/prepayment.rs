//! Prepayments: money that was asked for before anything was delivered. What was paid of such an invoice is applied to the
//! invoices that follow, in part or whole, and never more of it than was paid.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::allocation::Allocation;
use super::event::InvoiceEvent;
use super::payable::Payable;
use super::refusal::InvoiceRefusal;
use crate::ids::{AllocationId, UserId};
use crate::money::Money;

impl Payable {
    /// What was paid of a prepayment and no invoice has yet. What a credit note or a write-off settled of it nobody paid.
    pub fn unapplied(&self) -> Money {
        let left = Money::rounded(self.prepaid().amount() - self.applied_by_day.total(), self.payable.currency());
        // Money that came back after it was applied is owed again, and nothing of it is left to apply.
        if left.is_positive() { left } else { Money::zero(self.payable.currency()) }
    }

    /// What the document deducts itself (BT-113) and no prepayment stands for yet.
    pub fn stated_prepaid_left(&self) -> Money {
        let stated = Money::rounded(self.document.totals.prepaid, self.payable.currency());
        let found = self.allocations.iter().filter(|allocation| !allocation.against.settles());
        let left = found.fold(stated, |left, allocation| left.less(allocation.amount));
        if left.is_positive() && !self.document.is_prepayment() { left } else { Money::zero(left.currency()) }
    }

    /// What people paid of a prepayment.
    fn prepaid(&self) -> Money {
        if !self.document.is_prepayment() {
            return Money::zero(self.payable.currency());
        }
        self.allocations.iter().fold(self.settled(), |left, allocation| left.less(allocation.amount))
    }

    /// What invoices have of a prepayment that nobody paid any more, the newest first: each is taken back whole, and what is
    /// still paid can be applied again. What the vendor paid back came back, whatever became of the payment.
    pub fn applied_unpaid(&self) -> Vec<&Allocation> {
        let mut left = self.prepaid();
        let paid = self.applications.iter().take_while(|application| {
            left = left.less(application.amount);
            left.amount() >= Decimal::ZERO
        });
        let paid = paid.count();
        self.applications[paid..].iter().rev().filter(|application| !application.against.is_refund()).collect()
    }

    /// The first day from which on no other invoice has this much of it. What an invoice deducts itself it deducts from its own day on,
    /// whenever that was paid.
    pub fn applies_from(&self, amount: Money) -> NaiveDate {
        let left = self.applied_by_day.at_most_from(self.prepaid().amount() - amount.amount());
        left.map_or(self.effective_date, |day| day.max(self.effective_date))
    }

    /// On the prepayment: `allocation` names the invoice that has it.
    pub(super) fn apply_prepayment(&self, allocation: Allocation, by: UserId) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        if self.applications.contains(&allocation) {
            return Ok(vec![]);
        }
        self.approved_now("apply")?;
        if !self.document.is_prepayment() {
            return Err(InvoiceRefusal::NotAPrepayment);
        }
        self.same_currency(allocation.amount)?;
        if !allocation.amount.is_positive() {
            return Err(InvoiceRefusal::AmountNotPositive);
        }
        let available = self.unapplied();
        if allocation.amount.amount() > available.amount() {
            return Err(InvoiceRefusal::ExceedsPrepaid { wanted: allocation.amount, available });
        }
        let earliest = self.applies_from(allocation.amount);
        if allocation.effective_date < earliest {
            return Err(InvoiceRefusal::AllocationTooEarly { earliest });
        }
        Ok(vec![InvoiceEvent::PrepaymentApplied { allocation, by }])
    }

    pub(super) fn on_prepayment_applied(&mut self, application: Allocation) {
        self.applied_by_day.change(application.effective_date, application.amount.amount());
        self.applications.push(application);
    }

    pub(super) fn on_prepayment_taken_back(&mut self, id: AllocationId, effective_date: NaiveDate) {
        for application in self.applications.extract_if(.., |a| a.allocation_id == id) {
            self.applied_by_day.change(effective_date, -application.amount.amount());
        }
        self.reversed_allocations.push(id);
    }
}
