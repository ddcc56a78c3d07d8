//! What a delivery brought, what inspection made of it, and what went back.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::ids::{ItemId, PurchaseOrderId, UserId};
use crate::money::Currency;
use crate::quantity::Quantity;

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
    /// Left for inspection.
    #[serde(default, skip_serializing_if = "Decimal::is_zero")]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub to_inspect: Decimal,
    /// The order's price of one unit, provisional until the invoice.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub unit_cost: Decimal,
    pub currency: Currency,
    /// How many of the item's unit one of the order's is, where that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<Quantity>,
}

impl DeliveredLine {
    /// So many of the order's unit, as stock counts them; `None` where that is more than any stock.
    pub fn stocked(&self, quantity: Decimal) -> Option<Decimal> {
        self.contains.as_ref().map_or(Some(quantity), |contains| quantity.checked_mul(contains.value))
    }

    /// What one of the item's unit costs: in all they cost what the order's did.
    pub fn stocked_cost(&self) -> Option<Decimal> {
        self.contains.as_ref().map_or(Some(self.unit_cost), |contains| self.unit_cost.checked_div(contains.value))
    }
}

/// A line that had been left for inspection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct InspectedLine {
    pub line: u32,
    pub item_id: ItemId,
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub accepted: Decimal,
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub rejected: Decimal,
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub unit_cost: Decimal,
    pub currency: Currency,
}

/// What went back to the vendor, at the cost that it came in with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SentBackLine {
    pub line: u32,
    pub item_id: ItemId,
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub quantity: Decimal,
    pub reason: String,
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub unit_cost: Decimal,
    pub currency: Currency,
}
