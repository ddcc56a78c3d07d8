//! A goods receipt: what came in for a purchase order, where, and when. Posted once, never changed.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::aggregate;
use crate::aggregate::Root;
use crate::ids::{ItemId, PurchaseOrderId, UserId};
use crate::money::Currency;
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoodsReceipt {
    #[default]
    NotPosted,
    Posted(Delivery),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    pub purchase_order_id: PurchaseOrderId,
    /// The place where the goods lie, such as `main`.
    pub location: String,
    pub effective_date: NaiveDate,
    /// The vendor's delivery note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_note: Option<String>,
    pub lines: Vec<DeliveredLine>,
    pub received_by: UserId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DeliveredLine {
    /// The order's line.
    pub line: u32,
    pub item_id: ItemId,
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub accepted: Decimal,
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub rejected: Decimal,
    /// The order's price of one unit, provisional until the invoice.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub unit_cost: Decimal,
    pub currency: Currency,
}

#[derive(Clone, Debug)]
pub enum GoodsReceiptCommand {
    Post(Delivery),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum GoodsReceiptEvent {
    Posted(Delivery),
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum GoodsReceiptRefusal {
    #[error("the goods receipt has already been posted")]
    GoodsReceiptExists,
    #[error("a goods receipt names the location where the goods lie")]
    LocationMissing,
}

impl Refusal for GoodsReceiptRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::GoodsReceiptExists => RefusalKind::State,
            Self::LocationMissing => RefusalKind::Invalid,
        }
    }
    fn pointer(&self) -> Option<String> {
        matches!(self, Self::LocationMissing).then(|| "/location".to_owned())
    }
}

aggregate!(GoodsReceipt, "goods_receipt", "GoodsReceipt", GoodsReceiptCommand, GoodsReceiptEvent, GoodsReceiptRefusal, { Posted = 1 });

impl Root for GoodsReceipt {
    aggregate!(@names GoodsReceiptEvent);

    fn decide(&self, command: GoodsReceiptCommand) -> Result<Vec<GoodsReceiptEvent>, GoodsReceiptRefusal> {
        let GoodsReceiptCommand::Post(delivery) = command;
        match self {
            Self::Posted(posted) if *posted == delivery => Ok(vec![]),
            Self::Posted(_) => Err(GoodsReceiptRefusal::GoodsReceiptExists),
            Self::NotPosted if delivery.location.trim().is_empty() => Err(GoodsReceiptRefusal::LocationMissing),
            Self::NotPosted => Ok(vec![GoodsReceiptEvent::Posted(delivery)]),
        }
    }
}

impl GoodsReceipt {
    fn on(&mut self, event: GoodsReceiptEvent) {
        let GoodsReceiptEvent::Posted(delivery) = event;
        *self = Self::Posted(delivery);
    }
}
