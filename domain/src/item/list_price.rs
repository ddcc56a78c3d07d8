//! What an item was agreed to cost: the price of an order's line that states none.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::ItemRefusal;
use crate::limits::{DECIMALS_MAX, is_too_large};
use crate::money::Currency;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ListPrice {
    /// Net, for `base_quantity` of the item's unit.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "12.50"))]
    pub amount: Decimal,
    pub currency: Currency,
    /// For how many of the item's unit the amount is; for one where absent.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, example = "100"))]
    pub base_quantity: Decimal,
}

fn one() -> Decimal {
    Decimal::ONE
}

fn is_one(quantity: &Decimal) -> bool {
    *quantity == Decimal::ONE
}

impl ListPrice {
    /// What so many of the item's unit cost, exactly; `None` where that has no end, as of one at 10 for 3.
    pub fn of(&self, units: Decimal) -> Option<Decimal> {
        let total = product(self.amount, units)?;
        let price = total.checked_div(self.base_quantity)?.normalize();
        let is_exact = product(price, self.base_quantity)? == total;
        (is_exact && price.scale() as usize <= DECIMALS_MAX && !is_too_large(price)).then_some(price)
    }

    pub(super) fn check(&self) -> Result<(), ItemRefusal> {
        match () {
            () if self.amount < Decimal::ZERO => Err(ItemRefusal::ListPriceNegative),
            () if self.base_quantity <= Decimal::ZERO => Err(ItemRefusal::ListPriceBaseNotPositive),
            () => Ok(()),
        }
    }
}

/// All digits of it, or nothing: a product with too many of them would be rounded without a word.
fn product(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    let product = a.checked_mul(b)?;
    (a.is_zero() || b.is_zero() || product.scale() == a.scale() + b.scale()).then(|| product.normalize())
}
