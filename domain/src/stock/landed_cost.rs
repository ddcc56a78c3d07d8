//! How freight, duty and the like are spread over goods.

use serde::{Deserialize, Serialize};

/// What every line's share is in proportion to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SpreadBasis {
    /// By what the goods came in at.
    Value,
    Quantity,
    /// By what a unit of the item weighs.
    Weight,
    /// By what room a unit of the item takes.
    Volume,
}
