//! Quantities in one unit: nothing is compared or counted in two.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::quantity::Quantity;

/// One of this unit is so many of the unit of what states it: an item, or a line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UnitConversion {
    /// UN/ECE Recommendation 20 code.
    pub unit: String,
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "12"))]
    pub factor: Decimal,
}

/// The units that a line of an order can be told in.
#[derive(Clone, Copy, Debug)]
pub struct Units<'a> {
    /// The line's. Absent in orders from before units were stated: taken for the other's.
    pub own: Option<&'a str>,
    pub conversions: &'a [UnitConversion],
    /// How many of its item's unit one of the line's is, where that is another.
    pub contains: Option<&'a Quantity>,
}

/// A third of a box has no end.
const DIGITS: u32 = 18;

impl Units<'_> {
    /// So many of `unit` in the line's own; `None` where nobody says how many they are.
    pub fn counted(&self, quantity: Decimal, unit: &str) -> Option<Decimal> {
        if self.own.is_none_or(|own| own == unit) {
            return Some(quantity);
        }
        if let Some(stated) = self.conversions.iter().find(|stated| stated.unit == unit) {
            return Some(quantity.saturating_mul(stated.factor));
        }
        let contains = self.contains.filter(|contains| contains.unit == unit)?;
        Some(quantity.checked_div(contains.value)?.round_dp(DIGITS).normalize())
    }
}

/// `part` so that it makes a round sum with what came before it, where only the end of a fraction is missing or too much: three bills
/// of a third of a box are one box.
pub fn rounds_up(before: Decimal, part: Decimal) -> Decimal {
    let sum = before.saturating_add(part);
    let whole = settled(sum);
    if whole == sum { part } else { whole.saturating_sub(before) }
}

/// Without what only the end of a fraction makes of it.
pub fn settled(sum: Decimal) -> Decimal {
    let whole = sum.round_dp(9);
    if (whole - sum).abs() < Decimal::new(1, 15) { whole } else { sum }
}
