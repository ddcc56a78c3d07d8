//! A line as it is asked for: what it leaves unsaid, its item says, or the order that it changes.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{OrderLine, PurchaseOrderRefusal};
use crate::ids::ItemId;
use crate::item::ItemCard;
use crate::matching::{MatchingMode, UnitConversion, Units};
use crate::money::Currency;
use crate::quantity::Quantity;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WantedLine {
    /// Unique within the order.
    pub line: u32,
    pub item_id: ItemId,
    pub description: String,
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "10"))]
    pub quantity: Decimal,
    /// Net price of one unit, in the order's currency. Where absent, a line that the order has keeps its own, and any other one takes its
    /// item's list price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, example = "12.50"))]
    pub unit_price: Option<Decimal>,
    /// UN/ECE Recommendation 20 code that quantity and price are in; the item's where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// How many of its item's unit one of this is, where that is another; as the item says where absent. Goods come into stock by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<Quantity>,
    /// Other units that invoices may be in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conversions: Vec<UnitConversion>,
    /// When the goods are agreed to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_date: Option<NaiveDate>,
    /// Against what invoices of this line are matched.
    #[serde(default)]
    pub matching: MatchingMode,
}

impl WantedLine {
    /// As it is ordered at this price.
    pub fn at(self, unit_price: Decimal) -> OrderLine {
        let Self { line, item_id, description, quantity, unit_price: _, unit, contains, conversions, due_date, matching } = self;
        OrderLine { line, item_id, description, quantity, unit_price, unit, contains, conversions, due_date, matching }
    }

    pub fn units(&self) -> Units<'_> {
        Units { own: self.unit.as_deref(), conversions: &self.conversions, contains: self.contains.as_ref() }
    }

    /// The price that it states, else the one that was `agreed` for the same, else what the item's list says in this currency of as many
    /// as one of its unit `contains`.
    pub fn price(&self, agreed: Option<&OrderLine>, card: &ItemCard, currency: Currency) -> Result<Decimal, PurchaseOrderRefusal> {
        let of_same = agreed.filter(|agreed| agreed.unit == self.unit && agreed.contains == self.contains);
        if let Some(known) = self.unit_price.or(of_same.map(|agreed| agreed.unit_price)) {
            return Ok(known);
        }
        let Some(list) = card.list_price else { return Err(PurchaseOrderRefusal::UnitPriceMissing) };
        if list.currency != currency {
            return Err(PurchaseOrderRefusal::ListPriceInOtherCurrency { listed: list.currency, ordered: currency });
        }
        let units = self.contains.as_ref().map_or(Decimal::ONE, |contains| contains.value);
        list.of(units).ok_or(PurchaseOrderRefusal::ListPriceEndless)
    }
}

impl From<OrderLine> for WantedLine {
    fn from(ordered: OrderLine) -> Self {
        let OrderLine { line, item_id, description, quantity, unit_price, unit, contains, conversions, due_date, matching } = ordered;
        Self { line, item_id, description, quantity, unit_price: Some(unit_price), unit, contains, conversions, due_date, matching }
    }
}
