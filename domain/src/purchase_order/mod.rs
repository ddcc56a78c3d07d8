//! A purchase order: what was ordered, and what has come in against it.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::aggregate;
use crate::aggregate::{Claim, ClaimChange, Root};
use crate::ids::{GoodsReceiptId, ItemId, UserId, VendorId};
use crate::money::Currency;
use crate::party::folded;
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseOrder {
    #[default]
    NotPlaced,
    Open(Order),
    Closed(Order),
    Cancelled(Order),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    pub vendor_id: VendorId,
    pub number: String,
    pub currency: Currency,
    pub lines: Vec<OrderLine>,
    /// Per line of the order: what came in and was accepted or rejected.
    pub progress: Vec<LineProgress>,
    /// The receipts in it, so that none counts twice.
    pub receipts: Vec<GoodsReceiptId>,
    pub placed_by: UserId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderLine {
    /// Unique within the order.
    pub line: u32,
    pub item_id: ItemId,
    pub description: String,
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "10"))]
    pub quantity: Decimal,
    /// Net price of one unit, in the order's currency.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "12.50"))]
    pub unit_price: Decimal,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineProgress {
    pub line: u32,
    pub accepted: Decimal,
    pub rejected: Decimal,
}

/// What one receipt says about one line of the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReceivedLine {
    pub line: u32,
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "10"))]
    pub accepted: Decimal,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "0"))]
    pub rejected: Decimal,
}

#[derive(Clone, Debug)]
pub enum PurchaseOrderCommand {
    Place { vendor_id: VendorId, number: String, currency: Currency, lines: Vec<OrderLine>, by: UserId },
    Receive { receipt_id: GoodsReceiptId, lines: Vec<ReceivedLine>, over_receipt_allowed: bool },
    Close { by: UserId },
    Cancel { by: UserId, reason: String },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PurchaseOrderEvent {
    Placed { vendor_id: VendorId, number: String, currency: Currency, lines: Vec<OrderLine>, by: UserId },
    Received { receipt_id: GoodsReceiptId, lines: Vec<ReceivedLine> },
    Closed { by: UserId },
    Cancelled { by: UserId, reason: String },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum PurchaseOrderRefusal {
    #[error("there is no such purchase order")]
    PurchaseOrderUnknown,
    #[error("the purchase order has already been placed")]
    PurchaseOrderExists,
    #[error("a purchase order needs a number")]
    NumberMissing,
    #[error("a purchase order needs at least one line")]
    NoLines,
    #[error("line {line} stands more than once")]
    LineRepeated { line: u32 },
    #[error("line {line}: a quantity must be above zero and a price not below")]
    LineAmounts { line: u32 },
    #[error("the order has no line {line}")]
    LineUnknown { line: u32 },
    #[error("line {line}: {received} received in all is more than the {ordered} ordered")]
    QuantityExceedsOrder { line: u32, received: Decimal, ordered: Decimal },
    #[error("the purchase order is {state}")]
    PurchaseOrderNotOpen { state: &'static str },
    #[error("goods have been received against this order; close it instead")]
    GoodsReceived,
}

impl Refusal for PurchaseOrderRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::PurchaseOrderUnknown => RefusalKind::Unknown,
            Self::PurchaseOrderExists | Self::PurchaseOrderNotOpen { .. } | Self::GoodsReceived => RefusalKind::State,
            _ => RefusalKind::Invalid,
        }
    }
    fn pointer(&self) -> Option<String> {
        match self {
            Self::NumberMissing => Some("/number".to_owned()),
            Self::NoLines
            | Self::LineRepeated { .. }
            | Self::LineAmounts { .. }
            | Self::LineUnknown { .. }
            | Self::QuantityExceedsOrder { .. } => Some("/lines".to_owned()),
            _ => None,
        }
    }
}

aggregate!(PurchaseOrder, "purchase_order", "PurchaseOrder", PurchaseOrderCommand, PurchaseOrderEvent, PurchaseOrderRefusal, {
    Placed = 1, Received = 1, Closed = 1, Cancelled = 1,
});

impl Root for PurchaseOrder {
    aggregate!(@names PurchaseOrderEvent);

    fn decide(&self, command: PurchaseOrderCommand) -> Result<Vec<PurchaseOrderEvent>, PurchaseOrderRefusal> {
        match (self, command) {
            (Self::NotPlaced, PurchaseOrderCommand::Place { vendor_id, number, currency, lines, by }) => {
                check_lines(&number, &lines)?;
                Ok(vec![PurchaseOrderEvent::Placed { vendor_id, number, currency, lines, by }])
            }
            (Self::NotPlaced, _) => Err(PurchaseOrderRefusal::PurchaseOrderUnknown),
            (_, PurchaseOrderCommand::Place { .. }) => Err(PurchaseOrderRefusal::PurchaseOrderExists),
            (Self::Open(order), command) => order.decide(command),
            (Self::Closed(_), PurchaseOrderCommand::Close { .. }) | (Self::Cancelled(_), PurchaseOrderCommand::Cancel { .. }) => Ok(vec![]),
            (Self::Closed(_), _) => Err(PurchaseOrderRefusal::PurchaseOrderNotOpen { state: "closed" }),
            (Self::Cancelled(_), _) => Err(PurchaseOrderRefusal::PurchaseOrderNotOpen { state: "cancelled" }),
        }
    }

    fn claims(&self, event: &PurchaseOrderEvent) -> Vec<ClaimChange> {
        match event {
            PurchaseOrderEvent::Placed { number, .. } => vec![ClaimChange::Take(Claim::of(number_key(number), "number_taken"))],
            _ => vec![],
        }
    }
}

/// The unique fact that one purchase order of the tenant has this number.
pub fn number_key(number: &str) -> String {
    format!("purchase_order|number|{}", folded(number))
}

fn check_lines(number: &str, lines: &[OrderLine]) -> Result<(), PurchaseOrderRefusal> {
    if folded(number).is_empty() {
        return Err(PurchaseOrderRefusal::NumberMissing);
    }
    if lines.is_empty() {
        return Err(PurchaseOrderRefusal::NoLines);
    }
    for (index, line) in lines.iter().enumerate() {
        if lines[..index].iter().any(|earlier| earlier.line == line.line) {
            return Err(PurchaseOrderRefusal::LineRepeated { line: line.line });
        }
        if line.quantity <= Decimal::ZERO || line.unit_price < Decimal::ZERO {
            return Err(PurchaseOrderRefusal::LineAmounts { line: line.line });
        }
    }
    Ok(())
}

impl PurchaseOrder {
    pub fn order(&self) -> Result<&Order, PurchaseOrderRefusal> {
        match self {
            Self::NotPlaced => Err(PurchaseOrderRefusal::PurchaseOrderUnknown),
            Self::Open(order) | Self::Closed(order) | Self::Cancelled(order) => Ok(order),
        }
    }

    fn on(&mut self, event: PurchaseOrderEvent) {
        *self = match (std::mem::take(self), event) {
            (_, PurchaseOrderEvent::Placed { vendor_id, number, currency, lines, by }) => {
                let progress = lines.iter().map(|l| LineProgress { line: l.line, ..Default::default() }).collect();
                Self::Open(Order { vendor_id, number, currency, lines, progress, receipts: vec![], placed_by: by })
            }
            (Self::Open(order), PurchaseOrderEvent::Received { receipt_id, lines }) => Self::Open(order.with_received(receipt_id, &lines)),
            (Self::Open(order), PurchaseOrderEvent::Closed { .. }) => Self::Closed(order),
            (Self::Open(order), PurchaseOrderEvent::Cancelled { .. }) => Self::Cancelled(order),
            (state, _) => state,
        };
    }
}

impl Order {
    pub fn line(&self, line: u32) -> Option<&OrderLine> {
        self.lines.iter().find(|l| l.line == line)
    }

    fn progress(&self, line: u32) -> LineProgress {
        self.progress.iter().find(|p| p.line == line).cloned().unwrap_or_default()
    }

    fn decide(&self, command: PurchaseOrderCommand) -> Result<Vec<PurchaseOrderEvent>, PurchaseOrderRefusal> {
        match command {
            PurchaseOrderCommand::Place { .. } => Err(PurchaseOrderRefusal::PurchaseOrderExists),
            PurchaseOrderCommand::Receive { receipt_id, .. } if self.receipts.contains(&receipt_id) => Ok(vec![]),
            PurchaseOrderCommand::Receive { receipt_id, lines, over_receipt_allowed } => {
                self.check_receipt(&lines, over_receipt_allowed)?;
                Ok(vec![PurchaseOrderEvent::Received { receipt_id, lines }])
            }
            PurchaseOrderCommand::Close { by } => Ok(vec![PurchaseOrderEvent::Closed { by }]),
            PurchaseOrderCommand::Cancel { .. } if self.progress.iter().any(|p| p.accepted > Decimal::ZERO) => {
                Err(PurchaseOrderRefusal::GoodsReceived)
            }
            PurchaseOrderCommand::Cancel { by, reason } => Ok(vec![PurchaseOrderEvent::Cancelled { by, reason }]),
        }
    }

    fn check_receipt(&self, lines: &[ReceivedLine], over_receipt_allowed: bool) -> Result<(), PurchaseOrderRefusal> {
        if lines.is_empty() {
            return Err(PurchaseOrderRefusal::NoLines);
        }
        for (index, received) in lines.iter().enumerate() {
            let line = received.line;
            let ordered = self.line(line).ok_or(PurchaseOrderRefusal::LineUnknown { line })?.quantity;
            if lines[..index].iter().any(|earlier| earlier.line == line) {
                return Err(PurchaseOrderRefusal::LineRepeated { line });
            }
            let negative = received.accepted < Decimal::ZERO || received.rejected < Decimal::ZERO;
            if negative || (received.accepted.is_zero() && received.rejected.is_zero()) {
                return Err(PurchaseOrderRefusal::LineAmounts { line });
            }
            let LineProgress { accepted, rejected, .. } = self.progress(line);
            let total = accepted.checked_add(received.accepted).filter(|_| rejected.checked_add(received.rejected).is_some());
            let total = total.ok_or(PurchaseOrderRefusal::LineAmounts { line })?;
            if total > ordered && !over_receipt_allowed {
                return Err(PurchaseOrderRefusal::QuantityExceedsOrder { line, received: total, ordered });
            }
        }
        Ok(())
    }

    fn with_received(mut self, receipt_id: GoodsReceiptId, lines: &[ReceivedLine]) -> Self {
        self.receipts.push(receipt_id);
        for received in lines {
            if let Some(progress) = self.progress.iter_mut().find(|p| p.line == received.line) {
                progress.accepted += received.accepted;
                progress.rejected += received.rejected;
            }
        }
        self
    }
}
