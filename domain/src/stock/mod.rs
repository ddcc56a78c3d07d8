//! The stock of one item at one location: quantities on hand, never below zero, low once per crossing.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::aggregate;
use crate::aggregate::{Root, derived_id};
use crate::ids::{GoodsReceiptId, ItemId, StockId, UserId};
use crate::money::Currency;
use crate::party::folded;
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stock {
    pub item_id: Option<ItemId>,
    pub location: String,
    pub on_hand: Decimal,
    /// Whether the low-stock event has been given and stock has not recovered since.
    pub low: bool,
    /// The last receipts posted here, so that one is never posted twice.
    pub receipts: Vec<ReceiptLine>,
}

/// One line of one receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptLine {
    pub receipt_id: GoodsReceiptId,
    pub line: u32,
    /// Which inspection of the receipt let it in; 0 for what was accepted as it came.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub inspection: u32,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Which stock a movement is for. The item's reorder level comes along, because it belongs to the item.
#[derive(Clone, Debug, PartialEq)]
pub struct StockPlace {
    pub item_id: ItemId,
    pub location: String,
    pub reorder_level: Option<Decimal>,
}

#[derive(Clone, Debug)]
pub struct StockCommand {
    pub place: StockPlace,
    pub effective_date: NaiveDate,
    pub action: StockAction,
}

#[derive(Clone, Debug)]
pub enum StockAction {
    Receive {
        receipt: ReceiptLine,
        quantity: Decimal,
        unit_cost: Decimal,
        currency: Currency,
    },
    Issue {
        quantity: Decimal,
        reason: String,
        by: UserId,
    },
    /// Back to the vendor, out of what a receipt brought.
    Return {
        receipt: ReceiptLine,
        quantity: Decimal,
        unit_cost: Decimal,
        currency: Currency,
        reason: String,
        by: UserId,
    },
    Adjust {
        difference: Decimal,
        reason: String,
        by: UserId,
    },
    Count {
        counted: Decimal,
        by: UserId,
    },
}

/// Quantities are in the item's unit; `on_hand` is what is there afterwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StockEvent {
    Opened {
        item_id: ItemId,
        location: String,
    },
    Received {
        receipt: ReceiptLine,
        quantity: Decimal,
        unit_cost: Decimal,
        currency: Currency,
        on_hand: Decimal,
        effective_date: NaiveDate,
    },
    Issued {
        quantity: Decimal,
        on_hand: Decimal,
        reason: String,
        by: UserId,
        effective_date: NaiveDate,
    },
    /// Went back to the vendor, at the cost that it came in with.
    Returned {
        receipt: ReceiptLine,
        quantity: Decimal,
        unit_cost: Decimal,
        currency: Currency,
        on_hand: Decimal,
        reason: String,
        by: UserId,
        effective_date: NaiveDate,
    },
    Adjusted {
        difference: Decimal,
        on_hand: Decimal,
        reason: String,
        by: UserId,
        effective_date: NaiveDate,
    },
    Counted {
        counted: Decimal,
        difference: Decimal,
        by: UserId,
        effective_date: NaiveDate,
    },
    /// On hand crossed the reorder level downward.
    RanLow {
        on_hand: Decimal,
        reorder_level: Decimal,
    },
    Recovered {
        on_hand: Decimal,
        reorder_level: Decimal,
    },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum StockRefusal {
    #[error("{wanted} is more than the {on_hand} on hand")]
    InsufficientStock { wanted: Decimal, on_hand: Decimal },
    #[error("a quantity must be above zero")]
    QuantityNotPositive,
    #[error("an adjustment must change something")]
    NoDifference,
    #[error("a count cannot be below zero")]
    CountNegative,
    #[error("the quantity is larger than any stock")]
    QuantityTooLarge,
    #[error("a stock movement needs a location")]
    LocationMissing,
}

impl Refusal for StockRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::InsufficientStock { .. } => RefusalKind::State,
            _ => RefusalKind::Invalid,
        }
    }
    fn pointer(&self) -> Option<String> {
        Some(match self {
            Self::InsufficientStock { .. } | Self::QuantityNotPositive | Self::QuantityTooLarge => "/quantity".to_owned(),
            Self::NoDifference => "/difference".to_owned(),
            Self::CountNegative => "/counted".to_owned(),
            Self::LocationMissing => "/location".to_owned(),
        })
    }
}

aggregate!(Stock, "stock", "Stock", StockCommand, StockEvent, StockRefusal, {
    Opened = 1, Received = 1, Issued = 1, Returned = 1, Adjusted = 1, Counted = 1, RanLow = 1, Recovered = 1,
});

impl Root for Stock {
    aggregate!(@names StockEvent);
    const SNAPSHOT_EVERY: Option<u64> = Some(200);

    fn decide(&self, command: StockCommand) -> Result<Vec<StockEvent>, StockRefusal> {
        let StockCommand { place, effective_date, action } = command;
        if folded(&place.location).is_empty() {
            return Err(StockRefusal::LocationMissing);
        }
        let Some(moved) = self.moved(action, effective_date)? else { return Ok(vec![]) };
        let opened = self.item_id.is_none().then(|| StockEvent::Opened { item_id: place.item_id, location: place.location.clone() });
        let crossing = self.crossing(moved.on_hand(self.on_hand), place.reorder_level);
        Ok(opened.into_iter().chain(std::iter::once(moved)).chain(crossing).collect())
    }
}

impl StockId {
    /// The same item at the same place is the same stock, whoever asks.
    pub fn of(item: ItemId, location: &str) -> Self {
        Self(derived_id(&[b"stock", item.0.as_bytes(), folded(location).as_bytes()]))
    }
}

impl StockEvent {
    /// What is on hand after this event.
    pub fn on_hand(&self, before: Decimal) -> Decimal {
        match self {
            Self::Opened { .. } => before,
            Self::Counted { counted, .. } => *counted,
            Self::Received { on_hand, .. }
            | Self::Issued { on_hand, .. }
            | Self::Returned { on_hand, .. }
            | Self::Adjusted { on_hand, .. }
            | Self::RanLow { on_hand, .. }
            | Self::Recovered { on_hand, .. } => *on_hand,
        }
    }
}

impl Stock {
    /// How many receipt lines are remembered: a receipt comes again within moments or never.
    const RECEIPTS_REMEMBERED: usize = 64;

    fn moved(&self, action: StockAction, effective_date: NaiveDate) -> Result<Option<StockEvent>, StockRefusal> {
        match action {
            StockAction::Receive { receipt, .. } if self.receipts.contains(&receipt) => Ok(None),
            StockAction::Receive { receipt, quantity, unit_cost, currency } => {
                let on_hand = self.after(positive(quantity)?)?;
                Ok(Some(StockEvent::Received { receipt, quantity, unit_cost, currency, on_hand, effective_date }))
            }
            StockAction::Issue { quantity, reason, by } => {
                let on_hand = self.after(-positive(quantity)?)?;
                Ok(Some(StockEvent::Issued { quantity, on_hand, reason, by, effective_date }))
            }
            StockAction::Return { receipt, quantity, unit_cost, currency, reason, by } => {
                let on_hand = self.after(-positive(quantity)?)?;
                Ok(Some(StockEvent::Returned { receipt, quantity, unit_cost, currency, on_hand, reason, by, effective_date }))
            }
            StockAction::Adjust { difference, .. } if difference.is_zero() => Err(StockRefusal::NoDifference),
            StockAction::Adjust { difference, reason, by } => {
                let on_hand = self.after(difference)?;
                Ok(Some(StockEvent::Adjusted { difference, on_hand, reason, by, effective_date }))
            }
            StockAction::Count { counted, .. } if counted < Decimal::ZERO => Err(StockRefusal::CountNegative),
            StockAction::Count { counted, by } => {
                Ok(Some(StockEvent::Counted { counted, difference: counted - self.on_hand, by, effective_date }))
            }
        }
    }

    fn after(&self, change: Decimal) -> Result<Decimal, StockRefusal> {
        let on_hand = self.on_hand.checked_add(change).ok_or(StockRefusal::QuantityTooLarge)?;
        if on_hand < Decimal::ZERO {
            return Err(StockRefusal::InsufficientStock { wanted: -change, on_hand: self.on_hand });
        }
        Ok(on_hand)
    }

    fn crossing(&self, on_hand: Decimal, reorder_level: Option<Decimal>) -> Option<StockEvent> {
        let reorder_level = reorder_level?;
        match (self.low, on_hand <= reorder_level) {
            (false, true) => Some(StockEvent::RanLow { on_hand, reorder_level }),
            (true, false) => Some(StockEvent::Recovered { on_hand, reorder_level }),
            _ => None,
        }
    }

    fn on(&mut self, event: StockEvent) {
        self.on_hand = event.on_hand(self.on_hand);
        match event {
            StockEvent::Opened { item_id, location } => (self.item_id, self.location) = (Some(item_id), location),
            StockEvent::Received { receipt, .. } => self.remember(receipt),
            StockEvent::RanLow { .. } => self.low = true,
            StockEvent::Recovered { .. } => self.low = false,
            StockEvent::Issued { .. } | StockEvent::Returned { .. } | StockEvent::Adjusted { .. } | StockEvent::Counted { .. } => {}
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
