//! A quantity of goods with its unit of measure (UN/ECE Recommendation 20 code, `C62` for a piece).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Quantity {
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "10"))]
    pub value: Decimal,
    /// UN/ECE Recommendation 20 or 21.
    pub unit: String,
}
