//! How a company runs its stock.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StockRules {
    /// Whether goods may leave before their receipt is entered. They leave at what the last ones cost, until it is.
    pub below_zero_allowed: bool,
}
