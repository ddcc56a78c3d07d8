//! A bank by its name, town and country: what correspondents need where no BIC names it.

use serde::{Deserialize, Serialize};

use super::Country;

#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Bank {
    #[cfg_attr(feature = "schema", schema(example = "Advanced Bank of Asia"))]
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub town: Option<String>,
    pub country: Country,
}
