//! What can be asked of a stock, and what happened to it. Quantities are in the item's unit; `on_hand` is what is there
//! afterwards. What goods cost is not in here: it follows from prices, dates and exchange rates (`ledger::stock`).

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::chart::Code;
use crate::ids::{GoodsReceiptId, InvoiceId, ItemId, StockId, UserId};
use crate::money::{Currency, Money};

/// How goods are valued that leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Valuation {
    #[default]
    MovingAverage,
    /// What came in first leaves first.
    Fifo,
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

impl ReceiptLine {
    /// Whether both are of the same line, however the goods were let in.
    pub fn is_of(self, other: Self) -> bool {
        (self.receipt_id, self.line) == (other.receipt_id, other.line)
    }
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn is_nothing(quantity: &Decimal) -> bool {
    quantity.is_zero()
}

fn is_average(valuation: &Valuation) -> bool {
    *valuation == Valuation::MovingAverage
}

/// Which stock a movement is for. What belongs to the item or to the company comes along.
#[derive(Clone, Debug, PartialEq)]
pub struct StockPlace {
    pub item_id: ItemId,
    pub location: String,
    pub reorder_level: Option<Decimal>,
    /// How a stock is valued that begins now; one that is there keeps its way.
    pub valuation: Valuation,
    /// Whether goods may leave before they have come in.
    pub below_zero_allowed: bool,
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
    /// Out of what is free, or out of what is reserved under a reference.
    Issue {
        quantity: Decimal,
        reference: Option<String>,
        reason: String,
        by: UserId,
    },
    /// Back to the vendor, out of what a receipt brought.
    Return {
        receipt: ReceiptLine,
        quantity: Decimal,
        unit_cost: Decimal,
        currency: Currency,
        received_on: NaiveDate,
        reason: String,
        by: UserId,
    },
    /// A customer brings back what left under the reference.
    BringBack {
        reference: String,
        quantity: Decimal,
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
    /// Sets aside what nobody else may take. Once more under one reference changes the quantity.
    Reserve {
        reference: String,
        quantity: Decimal,
        by: UserId,
    },
    Release {
        reference: String,
        by: UserId,
    },
    SendAway {
        transfer: Uuid,
        to: String,
        quantity: Decimal,
        by: UserId,
    },
    TakeIn {
        transfer: Uuid,
        from: String,
        quantity: Decimal,
        by: UserId,
    },
    /// What goods of a receipt cost in the end differs from what they came in at.
    Revalue {
        cause: CostCause,
        receipt: ReceiptLine,
        quantity: Decimal,
        difference: Money,
        /// The day whose rates say what it is worth; the one from which it counts where absent.
        rate_day: Option<NaiveDate>,
    },
}

/// Why goods cost something else than they came in at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CostCause {
    /// The invoice's price is not the order's.
    Invoice { invoice_id: InvoiceId },
    /// A credit note corrects the price that was billed, of goods that have not gone back.
    CreditNote { invoice_id: InvoiceId },
    /// Freight, duty and the like, that stood on an account until it was spread.
    LandedCost { landed_cost_id: Uuid, cost_account: Code },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StockEvent {
    Opened {
        item_id: ItemId,
        location: String,
        #[serde(default, skip_serializing_if = "is_average")]
        valuation: Valuation,
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
        /// The reservation that it was taken from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
        reason: String,
        by: UserId,
        effective_date: NaiveDate,
    },
    /// Went back to the vendor, who owes what it came in at.
    Returned {
        receipt: ReceiptLine,
        quantity: Decimal,
        unit_cost: Decimal,
        currency: Currency,
        on_hand: Decimal,
        /// The day whose exchange rate it came in at.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        received_on: Option<NaiveDate>,
        reason: String,
        by: UserId,
        effective_date: NaiveDate,
    },
    /// By a customer, of what had been issued under the reference: it is worth again what it left at.
    BroughtBack {
        reference: String,
        quantity: Decimal,
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
    /// `difference` from what was there at the end of the day.
    Counted {
        counted: Decimal,
        difference: Decimal,
        by: UserId,
        effective_date: NaiveDate,
    },
    /// `quantity` is all that is reserved under the reference now.
    Reserved {
        reference: String,
        quantity: Decimal,
        by: UserId,
    },
    ReservationReleased {
        reference: String,
        quantity: Decimal,
        by: UserId,
    },
    /// To another place of ours; the same write takes it in there.
    SentAway {
        transfer: Uuid,
        to: String,
        to_stock: StockId,
        quantity: Decimal,
        on_hand: Decimal,
        by: UserId,
        effective_date: NaiveDate,
    },
    TakenIn {
        transfer: Uuid,
        from: String,
        quantity: Decimal,
        on_hand: Decimal,
        by: UserId,
        effective_date: NaiveDate,
    },
    /// So many goods of a receipt cost more (or less) by `difference`, known since `effective_date`; none of them where
    /// all have left, and less than none where the invoice does not bill them any more.
    Revalued {
        cause: CostCause,
        receipt: ReceiptLine,
        quantity: Decimal,
        difference: Money,
        effective_date: NaiveDate,
        /// The day whose rates say what it is worth, where that is another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rate_day: Option<NaiveDate>,
    },
    /// What is free crossed the reorder level downward.
    RanLow {
        on_hand: Decimal,
        #[serde(default, skip_serializing_if = "is_nothing")]
        reserved: Decimal,
        reorder_level: Decimal,
    },
    Recovered {
        on_hand: Decimal,
        #[serde(default, skip_serializing_if = "is_nothing")]
        reserved: Decimal,
        reorder_level: Decimal,
    },
}

impl StockEvent {
    /// What is on hand after this event.
    pub fn on_hand(&self, before: Decimal) -> Decimal {
        match self {
            Self::Counted { difference, .. } => before.saturating_add(*difference),
            Self::Received { on_hand, .. }
            | Self::Issued { on_hand, .. }
            | Self::Returned { on_hand, .. }
            | Self::BroughtBack { on_hand, .. }
            | Self::Adjusted { on_hand, .. }
            | Self::SentAway { on_hand, .. }
            | Self::TakenIn { on_hand, .. }
            | Self::RanLow { on_hand, .. }
            | Self::Recovered { on_hand, .. } => *on_hand,
            Self::Opened { .. } | Self::Reserved { .. } | Self::ReservationReleased { .. } | Self::Revalued { .. } => before,
        }
    }

    /// When goods moved; `None` where none did.
    pub fn moved_on(&self) -> Option<NaiveDate> {
        match self {
            Self::Received { effective_date, .. }
            | Self::Issued { effective_date, .. }
            | Self::Returned { effective_date, .. }
            | Self::BroughtBack { effective_date, .. }
            | Self::Adjusted { effective_date, .. }
            | Self::Counted { effective_date, .. }
            | Self::SentAway { effective_date, .. }
            | Self::TakenIn { effective_date, .. } => Some(*effective_date),
            _ => None,
        }
    }
}
