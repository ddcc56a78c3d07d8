//! How far a payment has come, in one word.

use serde::{Deserialize, Serialize};

use super::state::{InFlight, ItemState};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PaymentStatus {
    Planned,
    Authorised,
    Started,
    Sent,
    PartiallySettled,
    Settled,
    Failed,
    /// Went through after it had failed: the vendor owes it.
    OnAccount,
    Returned,
    Voided,
}

impl InFlight {
    pub fn status(&self) -> PaymentStatus {
        let all = |state| self.items.iter().all(|i| i.state == state);
        let any = |state| self.items.iter().any(|i| i.state == state);
        match () {
            () if all(ItemState::Settled) => PaymentStatus::Settled,
            () if all(ItemState::Failed) => PaymentStatus::Failed,
            () if any(ItemState::OnAccount) => PaymentStatus::OnAccount,
            () if all(ItemState::Returned) => PaymentStatus::Returned,
            () if any(ItemState::Settled) => PaymentStatus::PartiallySettled,
            () if any(ItemState::Sent) => PaymentStatus::Sent,
            () => PaymentStatus::Returned,
        }
    }
}
