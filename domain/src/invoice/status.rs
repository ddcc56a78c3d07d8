//! Where an invoice stands.

use serde::{Deserialize, Serialize};

use super::payable::{Payable, Stage};

/// Where an invoice stands, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum InvoiceStatus {
    Received,
    InException,
    PendingApproval,
    Approved,
    Scheduled,
    PartiallyPaid,
    Paid,
    /// The vendor and we do not agree on part of it, or on all.
    Disputed,
    Rejected,
    Voided,
}

impl Payable {
    pub fn status(&self) -> InvoiceStatus {
        match &self.stage {
            Stage::Rejected { .. } => InvoiceStatus::Rejected,
            Stage::Voided { .. } => InvoiceStatus::Voided,
            Stage::Received if self.is_held() => InvoiceStatus::InException,
            Stage::Approved { .. } if self.open().is_zero() && self.retained().is_zero() => InvoiceStatus::Paid,
            _ if self.dispute.is_some() => InvoiceStatus::Disputed,
            Stage::Received => InvoiceStatus::Received,
            Stage::PendingApproval { .. } => InvoiceStatus::PendingApproval,
            Stage::Approved { .. } if self.settled_for_good().is_positive() => InvoiceStatus::PartiallyPaid,
            Stage::Approved { .. } if !self.claims.is_empty() => InvoiceStatus::Scheduled,
            Stage::Approved { .. } => InvoiceStatus::Approved,
        }
    }
}
