//! Credit on account: money of ours that a vendor has and that settled nothing, because what it was for had been paid otherwise.
//!
//! Invoices of the vendor have it like a credit note, each part once; what the vendor sends back takes it from them again.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::event::PaymentEvent;
use super::refusal::PaymentRefusal;
use super::state::{InFlight, Payment};
use crate::day_balance::DayBalance;
use crate::ids::{AllocationId, UserId, VendorId};
use crate::invoice::Allocation;
use crate::money::Money;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountCredit {
    /// The one item that went through; the whole of a provider's transfer where absent.
    #[serde(default)]
    pub item: Option<u32>,
    pub vendor_id: VendorId,
    pub amount: Money,
    pub value_date: NaiveDate,
    /// Which invoices have what of it.
    pub applications: Vec<Allocation>,
    /// What no invoice has, by day.
    left_by_day: DayBalance,
}

impl AccountCredit {
    /// What no invoice has.
    pub fn left(&self) -> Money {
        Money::rounded(self.left_by_day.total(), self.amount.currency())
    }

    fn on_applied(&mut self, application: Allocation) {
        self.left_by_day.change(application.effective_date, -application.amount.amount());
        self.applications.push(application);
    }

    fn on_taken_back(&mut self, id: AllocationId, effective_date: NaiveDate) {
        for application in self.applications.extract_if(.., |own| own.allocation_id == id) {
            self.left_by_day.change(effective_date, application.amount.amount());
        }
    }

    /// It counts on the day that is named, though never before it was applied.
    fn taken_back(&self, application: &Allocation, day: NaiveDate, by: Option<UserId>, reason: String) -> PaymentEvent {
        let Allocation { allocation_id, against, amount, effective_date } = *application;
        let (vendor_id, item, credited_on) = (self.vendor_id, self.item, self.value_date);
        let effective_date = day.max(effective_date);
        PaymentEvent::CreditTakenBack { vendor_id, item, credited_on, allocation_id, against, amount, effective_date, by, reason }
    }
}

impl Payment {
    /// What it left on account and did not come back.
    pub fn credits(&self) -> &[AccountCredit] {
        if let Self::Sent(in_flight) = self { &in_flight.credits } else { &[] }
    }

    /// That of the item, or the only one where none is named.
    pub fn credit(&self, item: Option<u32>) -> Result<&AccountCredit, PaymentRefusal> {
        self.plan()?;
        match (self.credits(), item) {
            ([only], None) => Ok(only),
            (credits, item) => credits.iter().find(|credit| credit.item == item).ok_or(PaymentRefusal::NothingOnAccount),
        }
    }

    /// `allocation` names the invoice that has it.
    pub(super) fn apply_credit(&self, item: Option<u32>, allocation: Allocation, by: UserId) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        let credit = self.credit(item)?;
        if credit.applications.contains(&allocation) {
            return Ok(vec![]);
        }
        let (wanted, available) = (allocation.amount, credit.left());
        if wanted.currency() != available.currency() {
            return Err(PaymentRefusal::CreditInOtherCurrency { currency: available.currency() });
        }
        if !wanted.is_positive() {
            return Err(PaymentRefusal::CreditNotPositive);
        }
        if wanted.amount() > available.amount() {
            return Err(PaymentRefusal::ExceedsCredit { wanted, available });
        }
        let earliest = credit.left_by_day.at_least_from(wanted.amount()).unwrap_or(credit.value_date);
        if allocation.effective_date < earliest {
            return Err(PaymentRefusal::CreditTooEarly { earliest });
        }
        Ok(vec![PaymentEvent::CreditApplied {
            vendor_id: credit.vendor_id,
            item: credit.item,
            credited_on: credit.value_date,
            allocation,
            by,
        }])
    }

    pub(super) fn take_credit_back(
        &self,
        id: AllocationId,
        effective_date: NaiveDate,
        by: UserId,
        reason: String,
    ) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        let mut used = self.credits().iter().flat_map(|credit| credit.applications.iter().map(move |application| (credit, application)));
        let Some((credit, application)) = used.find(|(_, application)| application.allocation_id == id) else { return Ok(vec![]) };
        Ok(vec![credit.taken_back(application, effective_date, Some(by), reason)])
    }
}

impl InFlight {
    /// What invoices had of a credit that came back they have no more, the newest first. It comes back no sooner than it left.
    pub(super) fn uncredit(&self, item: Option<u32>, value_date: NaiveDate, reason: &str) -> Vec<PaymentEvent> {
        let Some(credit) = self.credits.iter().find(|credit| credit.item == item) else { return vec![] };
        let AccountCredit { vendor_id, amount, value_date: left_on, .. } = *credit;
        let (value_date, reason) = (value_date.max(left_on), reason.to_owned());
        let freed = credit.applications.iter().rev().map(|used| credit.taken_back(used, value_date, None, reason.clone()));
        let mut events: Vec<PaymentEvent> = freed.collect();
        events.push(PaymentEvent::CreditReturned { vendor_id, amount, value_date, reason, item });
        events
    }

    pub(super) fn on_credit(&mut self, event: &PaymentEvent) {
        match event {
            PaymentEvent::CreditedOnAccount { vendor_id, amount, value_date, item } => {
                let mut left_by_day = DayBalance::default();
                left_by_day.change(*value_date, amount.amount());
                let (vendor_id, amount, value_date) = (*vendor_id, *amount, *value_date);
                self.credits.push(AccountCredit { item: *item, vendor_id, amount, value_date, applications: vec![], left_by_day });
            }
            PaymentEvent::CreditReturned { item, .. } => self.credits.retain(|credit| credit.item != *item),
            PaymentEvent::CreditApplied { item, allocation, .. } => {
                let credit = self.credits.iter_mut().find(|credit| credit.item == *item);
                credit.into_iter().for_each(|credit| credit.on_applied(allocation.clone()));
            }
            PaymentEvent::CreditTakenBack { allocation_id, effective_date, .. } => {
                self.credits.iter_mut().for_each(|credit| credit.on_taken_back(*allocation_id, *effective_date));
            }
            _ => {}
        }
    }
}
