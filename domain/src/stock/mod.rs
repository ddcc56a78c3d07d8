//! The stock of one item at one location: quantities on hand and set aside, low once per crossing. Never below zero,
//! unless the company allows it; what is reserved leaves only under its reference.

mod event;
mod landed_cost;
mod refusal;

use std::collections::BTreeMap;
use std::ops::Bound;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use event::{CostCause, ReceiptLine, StockAction, StockCommand, StockEvent, StockPlace, Valuation};
pub use landed_cost::SpreadBasis;
pub use refusal::StockRefusal;

use crate::aggregate;
use crate::aggregate::{Root, derived_id};
use crate::ids::{ItemId, StockId, UserId};
use crate::party::folded;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stock {
    pub item_id: Option<ItemId>,
    pub location: String,
    pub on_hand: Decimal,
    /// By reference; never more than is on hand when it is set aside.
    pub reserved: BTreeMap<String, Decimal>,
    /// Whether the low-stock event has been given and stock has not recovered since.
    pub low: bool,
    /// The level that it fell to when it ran low: what it recovers from, should the item have none any more.
    low_level: Option<Decimal>,
    /// The last receipts posted here, so that one is never posted twice.
    pub receipts: Vec<ReceiptLine>,
    /// What each day changed that goods moved on.
    #[serde(default)]
    changes: BTreeMap<NaiveDate, Decimal>,
    /// What each day's last count found.
    #[serde(default)]
    counts: BTreeMap<NaiveDate, Decimal>,
}

aggregate!(Stock, "stock", "Stock", StockCommand, StockEvent, StockRefusal, {
    Opened = 1, Received = 1, Issued = 1, Returned = 1, BroughtBack = 1, Adjusted = 1, Counted = 1, Reserved = 1, ReservationReleased = 1, SentAway = 1,
    TakenIn = 1, Revalued = 1, RanLow = 1, Recovered = 1,
});

impl Root for Stock {
    aggregate!(@names StockEvent);
    const SNAPSHOT_EVERY: Option<u64> = Some(200);
    const STATE_VERSION: i32 = 4;

    fn decide(&self, command: StockCommand) -> Result<Vec<StockEvent>, StockRefusal> {
        let StockCommand { place, effective_date, action } = command;
        if folded(&place.location).is_empty() {
            return Err(StockRefusal::LocationMissing);
        }
        let moved = self.moved(action, effective_date, &place)?;
        if moved.is_empty() {
            return Ok(vec![]);
        }
        let StockPlace { item_id, location, valuation, reorder_level, .. } = place;
        let opened = self.item_id.is_none().then_some(StockEvent::Opened { item_id, location, valuation });
        let mut after = self.clone();
        moved.iter().cloned().for_each(|event| after.on(event));
        let crossing = after.crossing(reorder_level);
        Ok(opened.into_iter().chain(moved).chain(crossing).collect())
    }
}

impl StockId {
    /// The same item at the same place is the same stock, whoever asks.
    pub fn of(item: ItemId, location: &str) -> Self {
        Self(derived_id(&[b"stock", item.0.as_bytes(), folded(location).as_bytes()]))
    }
}

impl Stock {
    /// How many receipt lines are remembered: a receipt comes again within moments or never.
    const RECEIPTS_REMEMBERED: usize = 64;
    /// How many references may hold goods of one stock at a time.
    pub const RESERVATIONS_MAX: usize = 1_000;

    pub fn reserved_quantity(&self) -> Decimal {
        self.reserved.values().sum()
    }

    /// What is on hand and not set aside.
    pub fn free(&self) -> Decimal {
        self.on_hand - self.reserved_quantity()
    }

    /// The next day on which it was counted: a count of `day` changes that one as well.
    pub fn counted_after(&self, day: NaiveDate) -> Option<NaiveDate> {
        self.count_after(day).map(|(day, _)| *day)
    }

    fn moved(&self, action: StockAction, effective_date: NaiveDate, place: &StockPlace) -> Result<Vec<StockEvent>, StockRefusal> {
        Ok(vec![match action {
            StockAction::Receive { receipt, .. } if self.receipts.contains(&receipt) => return Ok(vec![]),
            StockAction::Receive { receipt, quantity, unit_cost, currency } => {
                let on_hand = self.after(positive(quantity)?)?;
                StockEvent::Received { receipt, quantity, unit_cost, currency, on_hand, effective_date }
            }
            StockAction::Issue { quantity, reference, reason, by } => {
                let on_hand = match &reference {
                    Some(reference) => self.less_reserved(positive(quantity)?, reference, effective_date, place)?,
                    None => self.less(positive(quantity)?, effective_date, place)?,
                };
                StockEvent::Issued { quantity, on_hand, reference, reason, by, effective_date }
            }
            StockAction::Return { receipt, quantity, unit_cost, currency, received_on, reason, by } => {
                let on_hand = self.less(positive(quantity)?, effective_date, place)?;
                let received_on = Some(received_on);
                StockEvent::Returned { receipt, quantity, unit_cost, currency, on_hand, received_on, reason, by, effective_date }
            }
            StockAction::BringBack { reference, quantity, reason, by } => {
                let on_hand = self.after(positive(quantity)?)?;
                StockEvent::BroughtBack { reference, quantity, on_hand, reason, by, effective_date }
            }
            StockAction::Adjust { difference, .. } if difference.is_zero() => return Err(StockRefusal::NoDifference),
            StockAction::Adjust { difference, reason, by } => {
                let gone = difference < Decimal::ZERO;
                let on_hand = if gone { self.less_found_missing(-difference, effective_date, place)? } else { self.after(difference)? };
                StockEvent::Adjusted { difference, on_hand, reason, by, effective_date }
            }
            StockAction::Count { counted, .. } if counted < Decimal::ZERO => return Err(StockRefusal::CountNegative),
            StockAction::Count { counted, by } => return self.count(counted, by, effective_date, place),
            StockAction::Reserve { reference, quantity, by } => return Ok(self.reserve(reference, quantity, by)?.into_iter().collect()),
            StockAction::Release { reference, by } => return Ok(self.release(reference, by).into_iter().collect()),
            StockAction::SendAway { to, .. } if folded(&to).is_empty() => return Err(StockRefusal::LocationMissing),
            StockAction::SendAway { to, .. } if folded(&to) == folded(&place.location) => return Err(StockRefusal::SamePlace),
            StockAction::SendAway { transfer, to, quantity, by } => {
                let (on_hand, to_stock) = (self.less(positive(quantity)?, effective_date, place)?, StockId::of(place.item_id, &to));
                StockEvent::SentAway { transfer, to, to_stock, quantity, on_hand, by, effective_date }
            }
            StockAction::TakeIn { transfer, from, quantity, by } => {
                let on_hand = self.after(positive(quantity)?)?;
                StockEvent::TakenIn { transfer, from, quantity, on_hand, by, effective_date }
            }
            StockAction::Revalue { difference, .. } if difference.is_zero() => return Ok(vec![]),
            StockAction::Revalue { cause, receipt, quantity, difference, rate_day } => {
                let rate_day = rate_day.filter(|day| *day != effective_date);
                StockEvent::Revalued { cause, receipt, quantity, difference, effective_date, rate_day }
            }
        }])
    }

    /// A count is held against what was there at the end of its day, as far as is known. What was counted later stands:
    /// the difference is taken back on that day.
    fn count(&self, counted: Decimal, by: UserId, on: NaiveDate, place: &StockPlace) -> Result<Vec<StockEvent>, StockRefusal> {
        let difference = counted.checked_sub(self.at_the_end_of(on)?).ok_or(StockRefusal::QuantityTooLarge)?;
        let count = |counted, difference, effective_date| StockEvent::Counted { counted, difference, by, effective_date };
        let (missing, found) = (difference < Decimal::ZERO, count(counted, difference, on));
        match self.count_after(on).filter(|_| !difference.is_zero()) {
            // What adds goes first: between the two nothing is below zero.
            Some((day, later)) if missing => {
                self.covers(-difference, self.least(on, Bound::Excluded(*day))?, place)?;
                Ok(vec![count(*later, -difference, *day), found])
            }
            Some((day, later)) => Ok(vec![found, count(*later, -difference, *day)]),
            None if missing => self.less_found_missing(-difference, on, place).map(|_| vec![found]),
            None => self.after(difference).map(|_| vec![found]),
        }
    }

    fn count_after(&self, day: NaiveDate) -> Option<(&NaiveDate, &Decimal)> {
        self.counts.range((Bound::Excluded(day), Bound::Unbounded)).next()
    }

    fn at_the_end_of(&self, day: NaiveDate) -> Result<Decimal, StockRefusal> {
        let mut since = self.changes.range((Bound::Excluded(day), Bound::Unbounded)).map(|(_, change)| *change);
        since.try_fold(self.on_hand, Decimal::checked_sub).ok_or(StockRefusal::QuantityTooLarge)
    }

    fn reserve(&self, reference: String, quantity: Decimal, by: UserId) -> Result<Option<StockEvent>, StockRefusal> {
        let reference = reference.trim().to_owned();
        let before = self.reserved.get(&reference).copied().unwrap_or_default();
        let free = self.free().checked_add(before).ok_or(StockRefusal::QuantityTooLarge)?;
        match positive(quantity)? {
            _ if reference.is_empty() => Err(StockRefusal::ReferenceMissing),
            wanted if wanted == before => Ok(None),
            wanted if wanted > free => Err(StockRefusal::StockReserved { wanted, free }),
            _ if before.is_zero() && self.reserved.len() == Self::RESERVATIONS_MAX => Err(StockRefusal::TooManyReservations),
            quantity => Ok(Some(StockEvent::Reserved { reference, quantity, by })),
        }
    }

    /// What is not reserved any more needs no release.
    fn release(&self, reference: String, by: UserId) -> Option<StockEvent> {
        let reference = reference.trim().to_owned();
        let quantity = *self.reserved.get(&reference)?;
        Some(StockEvent::ReservationReleased { reference, quantity, by })
    }

    fn less_reserved(&self, wanted: Decimal, reference: &str, on: NaiveDate, place: &StockPlace) -> Result<Decimal, StockRefusal> {
        let reserved = *self.reserved.get(reference.trim()).ok_or(StockRefusal::ReservationUnknown)?;
        if wanted > reserved {
            return Err(StockRefusal::ReservationExceeded { wanted, reserved });
        }
        // A count may have found less than was set aside.
        if wanted > self.on_hand {
            return Err(StockRefusal::InsufficientStock { wanted, on_hand: self.on_hand });
        }
        self.less_found_missing(wanted, on, place)
    }

    fn less(&self, wanted: Decimal, on: NaiveDate, place: &StockPlace) -> Result<Decimal, StockRefusal> {
        let on_hand = self.less_found_missing(wanted, on, place)?;
        let free = self.free();
        if wanted > free && !self.reserved.is_empty() {
            return Err(StockRefusal::StockReserved { wanted, free });
        }
        Ok(on_hand)
    }

    /// What is not there cannot be kept for anybody: reservations do not hinder it. What came in later was not there on the day, and
    /// what left later needs what was.
    fn less_found_missing(&self, wanted: Decimal, on: NaiveDate, place: &StockPlace) -> Result<Decimal, StockRefusal> {
        let after = self.after(-wanted)?;
        self.covers(wanted, self.least(on, Bound::Unbounded)?, place)?;
        Ok(after)
    }

    fn covers(&self, wanted: Decimal, on_hand: Decimal, place: &StockPlace) -> Result<(), StockRefusal> {
        let enough = wanted <= on_hand || place.below_zero_allowed;
        if enough { Ok(()) } else { Err(StockRefusal::InsufficientStock { wanted, on_hand }) }
    }

    /// The least that was there at the end of any of these days.
    fn least(&self, from: NaiveDate, until: Bound<NaiveDate>) -> Result<Decimal, StockRefusal> {
        let first = self.at_the_end_of(from)?;
        let mut at_the_end = first;
        self.changes.range((Bound::Excluded(from), until)).try_fold(first, |least, (_, change)| {
            at_the_end = at_the_end.checked_add(*change).ok_or(StockRefusal::QuantityTooLarge)?;
            Ok(least.min(at_the_end))
        })
    }

    fn after(&self, change: Decimal) -> Result<Decimal, StockRefusal> {
        self.on_hand.checked_add(change).ok_or(StockRefusal::QuantityTooLarge)
    }

    /// As it is after a movement.
    fn crossing(&self, reorder_level: Option<Decimal>) -> Option<StockEvent> {
        let reorder_level = reorder_level.or(self.low_level)?;
        let (on_hand, reserved) = (self.on_hand, self.reserved_quantity());
        match (self.low, self.free() <= reorder_level) {
            (false, true) => Some(StockEvent::RanLow { on_hand, reserved, reorder_level }),
            (true, false) => Some(StockEvent::Recovered { on_hand, reserved, reorder_level }),
            _ => None,
        }
    }

    fn on(&mut self, event: StockEvent) {
        let before = self.on_hand;
        self.on_hand = event.on_hand(before);
        if let Some(change) = event.moved_on().map(|day| self.changes.entry(day).or_default()) {
            *change = change.saturating_add(self.on_hand.saturating_sub(before));
        }
        match event {
            StockEvent::Counted { counted, effective_date, .. } => drop(self.counts.insert(effective_date, counted)),
            StockEvent::Opened { item_id, location, .. } => (self.item_id, self.location) = (Some(item_id), location),
            StockEvent::Received { receipt, .. } => self.remember(receipt),
            StockEvent::RanLow { reorder_level, .. } => (self.low, self.low_level) = (true, Some(reorder_level)),
            StockEvent::Recovered { .. } => (self.low, self.low_level) = (false, None),
            StockEvent::Reserved { reference, quantity, .. } => drop(self.reserved.insert(reference, quantity)),
            StockEvent::ReservationReleased { reference, .. } => drop(self.reserved.remove(&reference)),
            StockEvent::Issued { reference: Some(reference), quantity, .. } => self.used(reference.trim(), quantity),
            _ => {}
        }
    }

    fn used(&mut self, reference: &str, quantity: Decimal) {
        let Some(left) = self.reserved.get_mut(reference) else { return };
        *left -= quantity;
        if *left <= Decimal::ZERO {
            self.reserved.remove(reference);
        }
    }

    fn remember(&mut self, receipt: ReceiptLine) {
        if self.receipts.len() == Self::RECEIPTS_REMEMBERED {
            self.receipts.remove(0);
        }
        self.receipts.push(receipt);
    }
}

fn positive(quantity: Decimal) -> Result<Decimal, StockRefusal> {
    if quantity > Decimal::ZERO { Ok(quantity) } else { Err(StockRefusal::QuantityNotPositive) }
}
