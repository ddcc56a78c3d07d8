//! The built-in roles. What each may do is the permission table of the REST layer.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    Owner,
    Admin,
    ApClerk,
    Approver,
    Treasurer,
    Analyst,
    Auditor,
    Viewer,
}

impl Role {
    /// Whether people decide with it about what others ask for.
    pub fn decides(self) -> bool {
        matches!(self, Self::Owner | Self::Admin | Self::Approver)
    }

    /// May who has the roles `held` give this one away? Who administers gives no right that they lack: an owner gives
    /// all, an admin what an admin may do as well. Money and audit are an owner's to give.
    pub fn is_given_by(self, held: &[Self]) -> bool {
        match self {
            Self::Admin | Self::ApClerk | Self::Approver | Self::Analyst | Self::Viewer => {
                held.contains(&Self::Owner) || held.contains(&Self::Admin)
            }
            Self::Owner | Self::Treasurer | Self::Auditor => held.contains(&Self::Owner),
        }
    }
}
