//! Why an order refuses a command.

use rust_decimal::Decimal;

use crate::money::Currency;
use crate::refusal::{Refusal, RefusalKind};

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
    #[error("the line states no price, and its item has no list price")]
    UnitPriceMissing,
    #[error("the line states no price, and its item's list price is in {listed}, not in the order's {ordered}")]
    ListPriceInOtherCurrency { listed: Currency, ordered: Currency },
    #[error("the line states no price, and its item's list price is for so many that the price of one of the line's unit has no end")]
    ListPriceEndless,
    #[error("the charge {code} stands more than once or is below zero")]
    ChargeUnsound { code: String },
    #[error("the order has no line {line}")]
    LineUnknown { line: u32 },
    #[error("line {line}: {received} received in all is more than the {ordered} ordered")]
    QuantityExceedsOrder { line: u32, received: Decimal, ordered: Decimal },
    #[error("line {line} has receipts or invoices: it stays, with its item and unit, and its quantity not below the {kept} that came in")]
    LineInUse { line: u32, kept: Decimal },
    #[error("the purchase order is {state}")]
    PurchaseOrderNotOpen { state: &'static str },
    #[error("revision {revision} of this order has not been approved")]
    PurchaseOrderNotApproved { revision: u32 },
    #[error("who agreed an order's lines cannot approve them")]
    OwnOrder,
    #[error("goods have been received against this order; close it instead")]
    GoodsReceived,
    #[error("invoices have come in against this order; close it instead")]
    OrderInvoiced,
}

impl Refusal for PurchaseOrderRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::PurchaseOrderUnknown => RefusalKind::Unknown,
            Self::OwnOrder => RefusalKind::Person,
            Self::PurchaseOrderExists
            | Self::PurchaseOrderNotOpen { .. }
            | Self::PurchaseOrderNotApproved { .. }
            | Self::LineInUse { .. }
            | Self::GoodsReceived
            | Self::OrderInvoiced => RefusalKind::State,
            _ => RefusalKind::Invalid,
        }
    }
    fn pointer(&self) -> Option<String> {
        match self {
            Self::NumberMissing => Some("/number".to_owned()),
            Self::ChargeUnsound { .. } => Some("/charges".to_owned()),
            Self::NoLines
            | Self::LineRepeated { .. }
            | Self::LineAmounts { .. }
            | Self::LineUnknown { .. }
            | Self::LineInUse { .. }
            | Self::QuantityExceedsOrder { .. } => Some("/lines".to_owned()),
            _ => None,
        }
    }
}
