//! Lines of an order: what was agreed, what came in, went back and was invoiced.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::refusal::PurchaseOrderRefusal;
use crate::ids::ItemId;
use crate::matching::{MatchingMode, UnitConversion, Units};
use crate::money::{Currency, round_half_up};
use crate::quantity::Quantity;

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
    #[serde(default, skip_serializing_if = "is_three_way")]
    pub matching: MatchingMode,
}

fn is_three_way(mode: &MatchingMode) -> bool {
    *mode == MatchingMode::ThreeWay
}

/// A charge of the whole order, such as freight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AgreedCharge {
    /// As invoices name it.
    pub code: String,
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "25.00"))]
    pub amount: Decimal,
}

/// What came in of a line, in all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineProgress {
    pub line: u32,
    pub accepted: Decimal,
    pub rejected: Decimal,
    /// Came in and waits for inspection.
    #[serde(default)]
    pub to_inspect: Decimal,
    #[serde(default)]
    pub returned: Decimal,
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
    /// Came in, but nobody has looked at it yet.
    #[serde(default, skip_serializing_if = "Decimal::is_zero")]
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "0"))]
    pub to_inspect: Decimal,
}

/// What an inspection says about one line of a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct JudgedLine {
    pub line: u32,
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "9"))]
    pub accepted: Decimal,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "1"))]
    pub rejected: Decimal,
}

/// What of a line goes back to the vendor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReturnedLine {
    pub line: u32,
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "2"))]
    pub quantity: Decimal,
    pub reason: String,
}

impl OrderLine {
    /// A line with nothing but the essentials.
    pub fn of(line: u32, item_id: ItemId, description: &str, quantity: Decimal, unit_price: Decimal) -> Self {
        let (description, unit, contains, matching) = (description.to_owned(), None, None, MatchingMode::default());
        Self { line, item_id, description, quantity, unit_price, unit, contains, conversions: vec![], due_date: None, matching }
    }

    /// Rounded on its own.
    pub fn net(&self, currency: Currency) -> Decimal {
        round_half_up(self.quantity.saturating_mul(self.unit_price), currency.exponent())
    }

    pub fn units(&self) -> Units<'_> {
        Units { own: self.unit.as_deref(), conversions: &self.conversions, contains: self.contains.as_ref() }
    }

    /// Whether both are of one item, in one unit.
    pub fn counts_like(&self, other: &Self) -> bool {
        self.item_id == other.item_id && self.unit == other.unit && self.contains == other.contains
    }

    fn has_sound_amounts(&self) -> bool {
        let units = self.conversions.iter().all(|c| c.factor > Decimal::ZERO && !c.unit.trim().is_empty());
        let units = units && self.contains.as_ref().is_none_or(|contains| contains.value > Decimal::ZERO);
        self.quantity > Decimal::ZERO && self.unit_price >= Decimal::ZERO && units
    }
}

impl ReceivedLine {
    /// Judged as it came in.
    pub fn of(line: u32, accepted: Decimal, rejected: Decimal) -> Self {
        Self { line, accepted, rejected, to_inspect: Decimal::ZERO }
    }
}

impl LineProgress {
    /// In the house: accepted or waiting for inspection, and not sent back.
    pub fn kept(&self) -> Decimal {
        self.accepted + self.to_inspect - self.returned
    }

    pub(super) fn is_untouched(&self) -> bool {
        [self.accepted, self.rejected, self.to_inspect].iter().all(Decimal::is_zero)
    }
}

/// Lines and charges that an order may have.
pub(super) fn check_lines(lines: &[OrderLine], charges: &[AgreedCharge]) -> Result<(), PurchaseOrderRefusal> {
    if lines.is_empty() {
        return Err(PurchaseOrderRefusal::NoLines);
    }
    for (index, line) in lines.iter().enumerate() {
        if lines[..index].iter().any(|earlier| earlier.line == line.line) {
            return Err(PurchaseOrderRefusal::LineRepeated { line: line.line });
        }
        if !line.has_sound_amounts() {
            return Err(PurchaseOrderRefusal::LineAmounts { line: line.line });
        }
    }
    let mut codes = charges.iter().enumerate();
    match codes.find(|(index, c)| c.amount < Decimal::ZERO || charges[..*index].iter().any(|earlier| earlier.code == c.code)) {
        Some((_, charge)) => Err(PurchaseOrderRefusal::ChargeUnsound { code: charge.code.clone() }),
        None => Ok(()),
    }
}
