//! Who says that money did not move or came back, and what becomes of money that the bank moved all the same: the claim is
//! gone and another payment may have settled the invoice, so it is the vendor's credit, until it comes back or is used.
//!
//! Each item has its own vendor, and is credited on its own. Of a provider's transfers the provider says this itself.

use chrono::NaiveDate;

use super::event::{CreditorItem, PaymentEvent};
use super::method::Method;
use super::refusal::PaymentRefusal;
use super::state::{InFlight, Item, ItemState, Payment};
use crate::ids::UserId;

impl Payment {
    /// How far one item has come; `None` before the payment starts. What has started may have left.
    pub fn item_state(&self, line: u32) -> Option<ItemState> {
        match self {
            Self::Started { plan, .. } => plan.items.iter().any(|item| item.line == line).then_some(ItemState::Sent),
            Self::Sent(in_flight) => in_flight.items.iter().find(|item| item.line == line).map(|item| item.state),
            _ => None,
        }
    }

    /// The day on which an item's leaving counts, where it has left.
    pub fn left_on(&self, line: u32) -> Option<NaiveDate> {
        let Self::Sent(in_flight) = self else { return None };
        let left = |item: &&Item| item.line == line && item.state != ItemState::Sent;
        in_flight.items.iter().find(left)?.left_on
    }

    pub(super) fn fail(&self, items: Option<Vec<u32>>, reason: String, by: Option<UserId>) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        self.not_by_planner_alone(by)?;
        // By our word alone the claims would be free while the money may be moving.
        if self.awaits_provider().is_some() {
            return Err(PaymentRefusal::TransferUndecided);
        }
        let Some(in_flight) = self.in_flight() else { return self.refuse("fail", "started or sent") };
        let items = in_flight.select(items, ItemState::Sent, ItemState::Failed, "fail")?;
        Ok(if items.is_empty() { vec![] } else { vec![PaymentEvent::Failed { items, reason }] })
    }

    pub(super) fn take_back(
        &self,
        items: Option<Vec<u32>>,
        value_date: NaiveDate,
        reason: String,
        by: Option<UserId>,
    ) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        self.not_by_planner_alone(by)?;
        let Self::Sent(in_flight) = self else { return self.refuse("return", "settled") };
        let (credited, items) = in_flight.late(items, ItemState::OnAccount);
        let items = in_flight.select(items, ItemState::Settled, ItemState::Returned, "be returned")?;
        let uncredited = credited.into_iter().flat_map(|item| in_flight.uncredit(Some(item.line), value_date, &reason));
        let uncredited: Vec<PaymentEvent> = uncredited.collect();
        let returned = (!items.is_empty()).then_some(PaymentEvent::Returned { items, value_date, reason });
        Ok(returned.into_iter().chain(uncredited).collect())
    }

    /// What the bank has in a file is freed to be paid again by its own word, or by a second person's.
    fn not_by_planner_alone(&self, by: Option<UserId>) -> Result<(), PaymentRefusal> {
        match self {
            Self::Sent(in_flight) if in_flight.file.is_some() && by == Some(in_flight.plan.planned_by) => Err(PaymentRefusal::OwnPayment),
            _ => Ok(()),
        }
    }

    /// What was under way settles, what had failed is credited.
    pub(super) fn settle_by_bank(&self, items: Vec<u32>, value_date: NaiveDate) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        let Some(in_flight) = self.in_flight() else { return self.refuse("settle", "started or sent") };
        let (late, items) = in_flight.late(Some(items), ItemState::Failed);
        let mut events = if items.as_ref().is_some_and(Vec::is_empty) { vec![] } else { self.settle(items, value_date)? };
        events.extend(late.into_iter().map(|item| item.credited(value_date)));
        Ok(events)
    }

    pub(super) fn withdraw_settlement(
        &self,
        items: Vec<u32>,
        effective_date: NaiveDate,
        by: UserId,
        reason: String,
    ) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        let Self::Sent(in_flight) = self else { return self.refuse("withdraw the settlement of", "settled") };
        let items = in_flight.select(Some(items), ItemState::Settled, ItemState::Sent, "be under way again")?;
        Ok(if items.is_empty() { vec![] } else { vec![PaymentEvent::SettlementWithdrawn { items, effective_date, by, reason }] })
    }

    /// Whether a bank may have moved the item's money, though somebody said that it had failed.
    pub fn may_be_late(&self, line: u32) -> bool {
        let late = matches!(self.item_state(line), Some(ItemState::Failed | ItemState::OnAccount));
        late && self.plan().is_ok_and(|plan| plan.method != Method::Provider)
    }
}

impl PaymentEvent {
    /// Which items left, all where none is named, and on which day that counts.
    pub(super) fn left(&self) -> Option<(Option<Vec<u32>>, NaiveDate)> {
        match self {
            Self::Settled { items, value_date } => Some((Some(items.clone()), *value_date)),
            Self::CreditedOnAccount { item, value_date, .. } => Some((item.map(|item| vec![item]), *value_date)),
            _ => None,
        }
    }
}

impl InFlight {
    pub(super) fn with(mut self, lines: &[u32], state: ItemState) -> Self {
        self.items.iter_mut().filter(|i| lines.contains(&i.line)).for_each(|i| i.state = state);
        self
    }

    pub(super) fn leave(&mut self, named: Option<&[u32]>, day: NaiveDate) {
        let left = self.items.iter_mut().filter(|item| named.is_none_or(|named| named.contains(&item.line)));
        left.for_each(|item| item.left_on = Some(day));
    }

    /// Those of the named items that are in `state` and were no transfer of a provider, and the rest of the names.
    pub(super) fn late(&self, named: Option<Vec<u32>>, state: ItemState) -> (Vec<&CreditorItem>, Option<Vec<u32>>) {
        let is_late = |line: &u32| self.items.iter().any(|item| item.line == *line && item.state == state);
        let named = match named {
            Some(named) if self.plan.method != Method::Provider => named,
            other => return (vec![], other),
        };
        let (mut late, rest): (Vec<u32>, Vec<u32>) = named.into_iter().partition(is_late);
        late.sort_unstable();
        late.dedup();
        let items = self.plan.items.iter().filter(|item| late.contains(&item.line)).collect();
        (items, Some(rest))
    }
}

impl CreditorItem {
    pub(super) fn credited(&self, value_date: NaiveDate) -> PaymentEvent {
        PaymentEvent::CreditedOnAccount { vendor_id: self.vendor_id, amount: self.amount, value_date, item: Some(self.line) }
    }
}
