//! What the law wants paid before other debts: a run whose cash is short pays it first (SEMANTICS 9).

use serde::{Deserialize, Serialize};

use super::VendorRefusal;

/// Of all that a vendor is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LegalPriority {
    pub ground: LegalGround,
    #[cfg_attr(feature = "schema", schema(example = "wage tax is due by the 10th, whatever else is"))]
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum LegalGround {
    Wages,
    Taxes,
    SocialSecurity,
    CourtOrder,
}

impl LegalPriority {
    pub(super) fn check(&self) -> Result<(), VendorRefusal> {
        if self.reason.trim().is_empty() { Err(VendorRefusal::ReasonMissing { of: "legal_priority" }) } else { Ok(()) }
    }
}
