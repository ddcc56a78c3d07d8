//! What stock posts: goods that come in at their order's price, and what leaves at what it cost (SEMANTICS 11).
//!
//! A stock is worth what the replay of its movements in the order of their effective dates says. A movement that comes in
//! order only goes on from there. One that belongs before others replays them all with and without it: what was booked
//! stays, and the difference is booked on the day it became known. Goods that go to another stock are there what they were here: a new
//! price follows them.

mod movement;
mod origin;
mod pile;
mod price;
mod replay;
mod worth;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use movement::{Against, Moved, Movement};
pub use pile::{Parcel, Pile};
pub use price::NewPrice;
pub use replay::{Cost, costs};
pub use worth::{Worth, Worths};

use super::books::Books;
use super::entry::{Document, DocumentType, Entry, Line, Reason};
use super::rate::RateTable;
use crate::ids::StockId;
use crate::money::{Currency, Money};
use crate::stock::StockEvent;
use movement::Effect;
use replay::{Difference, left_under, replayed};

/// What the ledger keeps of one stock.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StockAccount {
    pile: Pile,
    /// The last effective date of what has moved.
    #[serde(default)]
    frontier: Option<NaiveDate>,
    /// The days whose exchange rates it waits for, each with its currency.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    waiting: Vec<(Currency, NaiveDate)>,
    /// Where goods went from here.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    sent_to: BTreeSet<StockId>,
}

/// What an event of a stock is posted with.
#[derive(Clone, Copy)]
pub struct StockPosting<'a> {
    pub books: &'a Books,
    pub rates: &'a RateTable,
    pub stock: Uuid,
    pub position: i64,
    /// The day on which the event was recorded: what it changes of the past is booked then.
    pub recorded_on: NaiveDate,
    /// What moved before, where [`StockAccount::belongs_before`] says so, rates have come or goods come back that left before.
    pub history: &'a [Movement],
    /// What the goods of a transfer were where they came from.
    pub transferred: Option<&'a Parcel>,
}

/// What became of an event: entries of the journal, and the stock's own account of the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Posted {
    pub entries: Vec<Entry>,
    /// New ones, and those of which a rate became known.
    pub movements: Vec<Movement>,
    pub changes: Vec<ValueChange>,
    /// Goods that went to another place.
    pub sent: Option<(Uuid, Parcel)>,
}

/// A stock is worth more, or less.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueChange {
    pub stock: Uuid,
    pub reason: Reason,
    pub effective_date: NaiveDate,
    pub quantity: Decimal,
    pub worth: Worths,
    /// What had moved before at another cost than is known now.
    pub affected: Vec<Affected>,
}

/// A movement that was booked at another cost than it would be now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Affected {
    pub position: i64,
    pub effective_date: NaiveDate,
    /// In the books' currency, as the stock's worth changed.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub booked: Decimal,
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub replayed: Decimal,
}

impl StockAccount {
    /// Whether goods moved after this event's day: its posting needs the history then.
    pub fn belongs_before(&self, event: &StockEvent) -> bool {
        self.frontier.zip(event.moved_on()).is_some_and(|(frontier, day)| day < frontier)
    }

    pub fn frontier(&self) -> Option<NaiveDate> {
        self.frontier
    }

    pub fn worth(&self) -> Worths {
        self.pile.worth()
    }

    pub fn on_hand(&self) -> Decimal {
        self.pile.quantity()
    }

    pub fn on(&mut self, event: &StockEvent, at: StockPosting<'_>) -> Posted {
        if let StockEvent::Opened { valuation, .. } = event {
            self.pile = Pile::valued_by(*valuation);
        }
        if let Some(price) = NewPrice::of(event, at.books, at.rates) {
            return self.bear(&price, at);
        }
        let Some(movement) = self.movement(event, at) else { return Posted::default() };
        let mut posted = self.moved(movement, at);
        if let StockEvent::SentAway { to_stock, .. } = event {
            self.sent_to.insert(*to_stock);
            let arrived = posted.changes.first().and_then(|change| arrival(*to_stock, change));
            posted.changes.extend(arrived);
        }
        posted
    }

    /// The stocks to which goods went from here.
    pub fn sent_to(&self) -> impl Iterator<Item = StockId> + '_ {
        self.sent_to.iter().copied()
    }

    /// A new price splits what is here when it becomes known, and never rewrites what left before.
    pub fn bear(&mut self, price: &NewPrice, at: StockPosting<'_>) -> Posted {
        let effective_date = price.effective_date;
        let turn = self.frontier.unwrap_or(effective_date).max(effective_date);
        self.moved(Movement { position: at.position, effective_date, turn, moved: price.moved() }, at)
    }

    fn moved(&mut self, movement: Movement, at: StockPosting<'_>) -> Posted {
        self.wait_for(&movement);
        let mut posted = match self.frontier {
            Some(frontier) if movement.turn < frontier => self.moved_before(&movement, at),
            _ => {
                self.frontier = Some(movement.turn);
                let effect = movement.on(&mut self.pile, at.books);
                booked(&movement, &effect, at)
            }
        };
        posted.movements.push(movement);
        posted
    }

    pub fn untranslated(&self) -> Option<Currency> {
        self.waiting.first().map(|(currency, _)| *currency)
    }

    /// The days whose exchange rates it waits for, each with its currency.
    pub fn rate_days(&self) -> Vec<(Currency, NaiveDate)> {
        self.waiting.clone()
    }

    /// Posts again with its rate what waited for one, and all that followed from it.
    pub fn translate(&mut self, at: StockPosting<'_>) -> Posted {
        let translated: Vec<Movement> = at.history.iter().map(|movement| movement.translated(at.books, at.rates)).collect();
        let known = |(before, after): (&Movement, &Movement)| (before != after).then(|| after.clone());
        let movements: Vec<Movement> = at.history.iter().zip(&translated).filter_map(known).collect();
        if movements.is_empty() {
            return Posted::default();
        }
        let (_, before) = replayed(self.pile.method, at.history, at.books);
        let (pile, after) = replayed(self.pile.method, &translated, at.books);
        self.pile = pile;
        self.waiting.clear();
        translated.iter().for_each(|movement| self.wait_for(movement));
        let mut posted = Posted { movements, ..Posted::default() };
        for difference in Difference::all(&before, &after) {
            let (lines, on) = (difference.replacing(), difference.movement.effective_date);
            posted.entries.push(entry(Reason::Translated, on, lines, difference.movement, at));
            posted.changes.push(difference.change(Reason::Translated, on, at.stock));
        }
        posted
    }

    /// It belongs before others: they are replayed with it, and what they cost more is booked today.
    fn moved_before(&mut self, movement: &Movement, at: StockPosting<'_>) -> Posted {
        let (_, before) = replayed(self.pile.method, at.history, at.books);
        let (pile, after) = replayed(self.pile.method, at.history.iter().chain([movement]), at.books);
        self.pile = pile;
        let own = after.iter().find(|(moved, _)| moved.position == movement.position);
        let mut posted = own.map(|(_, effect)| booked(movement, effect, at)).unwrap_or_default();
        let differences = Difference::all(&before, &after);
        let lines = Difference::summed(&differences);
        let change = Difference::together(&differences, Reason::CostAdjusted, at.recorded_on, at.stock);
        if !lines.is_empty() {
            posted.entries.push(entry(Reason::CostAdjusted, at.recorded_on, lines, movement, at));
        }
        posted.changes.extend(change);
        posted
    }

    fn wait_for(&mut self, movement: &Movement) {
        for day in movement.untranslated() {
            if !self.waiting.contains(&day) {
                self.waiting.push(day);
            }
        }
    }

    fn movement(&self, event: &StockEvent, at: StockPosting<'_>) -> Option<Movement> {
        let worth = |amount: Money, day| Worth::of(amount, day, at.books, at.rates);
        let (effective_date, moved) = match event {
            StockEvent::Received { receipt, quantity, unit_cost, currency, effective_date, .. } => {
                let worth = worth(cost_of(*quantity, *unit_cost, *currency), *effective_date);
                (*effective_date, Moved::CameIn { receipt: *receipt, quantity: *quantity, worth })
            }
            StockEvent::Returned { receipt, quantity, unit_cost, currency, received_on, effective_date, .. } => {
                let owed = worth(cost_of(*quantity, *unit_cost, *currency), received_on.unwrap_or(*effective_date));
                (*effective_date, Moved::WentBack { receipt: *receipt, quantity: *quantity, owed })
            }
            StockEvent::Issued { quantity, reference, effective_date, .. } => {
                (*effective_date, Moved::Issued { quantity: *quantity, reference: reference.clone() })
            }
            StockEvent::BroughtBack { reference, quantity, effective_date, .. } => {
                let known = left_under(reference, *quantity, self.pile.method, at.history, at.books);
                let parcel = known.unwrap_or_else(|| self.pile.as_found(*quantity).into());
                (*effective_date, Moved::BroughtBack { reference: reference.clone(), quantity: *quantity, parcel })
            }
            StockEvent::Adjusted { difference, effective_date, .. } => (*effective_date, Moved::Adjusted { difference: *difference }),
            StockEvent::Counted { difference, effective_date, .. } if !difference.is_zero() => {
                (*effective_date, Moved::Counted { difference: *difference })
            }
            StockEvent::SentAway { transfer, quantity, effective_date, .. } => {
                (*effective_date, Moved::SentAway { transfer: *transfer, quantity: *quantity })
            }
            StockEvent::TakenIn { transfer, quantity, effective_date, .. } => {
                let parcel = at.transferred.cloned().unwrap_or_default();
                (*effective_date, Moved::TakenIn { transfer: *transfer, quantity: *quantity, parcel })
            }
            _ => return None,
        };
        Some(Movement { position: at.position, effective_date, turn: effective_date, moved })
    }
}

fn cost_of(quantity: Decimal, unit_cost: Decimal, currency: Currency) -> Money {
    // What a piece of a box costs may have no end: all of them cost what the box does.
    Money::rounded(quantity.checked_mul(unit_cost).unwrap_or_default().round_dp(12), currency)
}

fn booked(movement: &Movement, effect: &Effect, at: StockPosting<'_>) -> Posted {
    let on = movement.effective_date;
    let parts = effect.parts.iter().filter(|part| part.posted);
    let entries = parts.map(|part| entry(part.reason, on, part.lines.clone(), movement, at)).collect();
    // Goods that were taken in changed places with the event that sent them.
    let taken_in = matches!(movement.moved, Moved::TakenIn { .. });
    let changes = effect.parts.iter().filter(|part| part.posted || !taken_in);
    let mut quantity = if taken_in { Decimal::ZERO } else { movement.difference() };
    let changes =
        changes.map(|part| change(part.reason, on, std::mem::take(&mut quantity), part.value.clone(), at.stock)).collect::<Vec<_>>();
    let worthless =
        (changes.is_empty() && !quantity.is_zero()).then(|| change(reason(movement), on, quantity, Worths::default(), at.stock));
    let sent = match movement.moved {
        Moved::SentAway { transfer, .. } => effect.sent.clone().map(|parcel| (transfer, parcel)),
        _ => None,
    };
    Posted { entries, changes: changes.into_iter().chain(worthless).collect(), sent, movements: vec![] }
}

fn reason(movement: &Movement) -> Reason {
    match movement.moved {
        Moved::CameIn { .. } => Reason::GoodsReceived,
        Moved::WentBack { .. } => Reason::GoodsReturned,
        Moved::Issued { .. } => Reason::GoodsIssued,
        Moved::BroughtBack { .. } => Reason::GoodsBroughtBack,
        Moved::Adjusted { .. } => Reason::StockAdjusted,
        Moved::Counted { .. } => Reason::StockCounted,
        Moved::SentAway { .. } | Moved::TakenIn { .. } => Reason::StockTransferred,
        Moved::Repriced { .. } => Reason::StockRevalued,
    }
}

fn change(reason: Reason, effective_date: NaiveDate, quantity: Decimal, worth: Worths, stock: Uuid) -> ValueChange {
    ValueChange { stock, reason, effective_date, quantity, worth, affected: vec![] }
}

/// What left one place is at the other at once: between the two nothing is ever missing.
fn arrival(to: StockId, left: &ValueChange) -> Option<ValueChange> {
    let arrived = ValueChange { stock: to.0, quantity: -left.quantity, worth: left.worth.negated(), ..left.clone() };
    (left.reason == Reason::StockTransferred).then_some(arrived)
}

fn entry(reason: Reason, effective_date: NaiveDate, lines: Vec<Line>, movement: &Movement, at: StockPosting<'_>) -> Entry {
    let related = movement.receipt().map(|receipt| receipt.receipt_id.0);
    Entry { effective_date, reason, document: Document { kind: DocumentType::Stock, id: at.stock, related }, party: None, lines }
}
