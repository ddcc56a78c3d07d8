//! A transfer as a provider states it, in an answer and in a message of its own.

use chrono::NaiveDate;
use quittance_application::provider::{RailTrouble, TransferOrder};
use quittance_domain::Money;
use quittance_domain::payment::{TransferOutcome, TransferReport};
use serde::{Deserialize, Serialize};

/// Fields that we do not know are passed over: a provider adds some without asking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatedTransfer {
    pub id: String,
    /// Ours.
    pub reference: String,
    pub amount: Money,
    #[serde(flatten)]
    pub status: StatedStatus,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum StatedStatus {
    Pending,
    Settled { value_date: NaiveDate },
    Failed { reason: String },
    Returned { value_date: NaiveDate, returned_on: NaiveDate, reason: String },
}

/// What a provider answers that will not make a transfer, and never will under this key.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Declined {
    pub declined: DeclineReason,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct DeclineReason {
    pub code: String,
    #[serde(default)]
    pub detail: String,
}

/// Reasons and ids are kept for ever; no honest one is longer.
const TEXT_CHARS_MAX: usize = 200;

impl StatedTransfer {
    /// The report, if this is the transfer that was asked for.
    pub fn report_on(self, order: &TransferOrder) -> Result<TransferReport, RailTrouble> {
        if self.reference != order.reference || self.amount != order.amount {
            return Err(RailTrouble::Mismatch(format!("{} of {}", self.amount, self.id)));
        }
        let outcome = match self.status {
            StatedStatus::Pending => TransferOutcome::Pending,
            StatedStatus::Settled { value_date } => TransferOutcome::Settled { value_date },
            StatedStatus::Failed { reason } => TransferOutcome::Failed { reason: shortened(reason) },
            StatedStatus::Returned { value_date, returned_on, reason } => {
                TransferOutcome::Returned { settled_on: value_date, returned_on, reason: shortened(reason) }
            }
        };
        Ok(TransferReport { provider_reference: Some(shortened(self.id)), outcome })
    }
}

impl Declined {
    pub fn report(self) -> TransferReport {
        let DeclineReason { code, detail } = self.declined;
        let reason = if detail.is_empty() { code } else { format!("{code}: {detail}") };
        TransferReport { provider_reference: None, outcome: TransferOutcome::Failed { reason: shortened(reason) } }
    }
}

fn shortened(text: String) -> String {
    text.chars().filter(|c| !c.is_control()).take(TEXT_CHARS_MAX).collect()
}
