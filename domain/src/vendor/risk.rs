//! How risky a vendor is held to be: a policy may ask more people about what a riskier one bills (SEMANTICS 3.1).

use serde::{Deserialize, Serialize};

use super::{Profile, VendorRefusal};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VendorRisk {
    pub class: RiskClass,
    #[cfg_attr(feature = "schema", schema(example = "sole supplier, late with its accounts"))]
    pub reason: String,
}

/// From the least risky up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RiskClass {
    Low,
    Medium,
    High,
}

impl VendorRisk {
    pub(super) fn check(&self) -> Result<(), VendorRefusal> {
        if self.reason.trim().is_empty() { Err(VendorRefusal::ReasonMissing { of: "risk" }) } else { Ok(()) }
    }
}

impl Profile {
    /// `None` where nobody has said. A lower one counts once a second person has confirmed it.
    pub fn risk(&self) -> Option<RiskClass> {
        let class = |risk: &Option<VendorRisk>| risk.as_ref().map(|risk| risk.class);
        class(&self.details.risk).max(self.unconfirmed.as_ref().and_then(|unconfirmed| class(&unconfirmed.before.risk)))
    }
}
