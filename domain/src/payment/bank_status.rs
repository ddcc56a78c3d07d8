//! What the bank reports of transfers that it has in a file (pain.002): received, accepted, settled, rejected; or that came back (ACH).
//!
//! It is kept as the bank said it, once for each change; what it comes to follows as events of its own.

use serde::{Deserialize, Serialize};

use super::event::PaymentEvent;
use super::refusal::PaymentRefusal;
use super::state::{InFlight, ItemState, Payment};

/// What one report says of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankStatusReport {
    /// The bank's own id of the report; of an ACH file who sent it, when, and which of that minute.
    pub message_id: String,
    /// SHA-256 of the report, hex.
    pub sha256: String,
    pub items: Vec<ReportedStatus>,
}

/// How one transfer stands at the bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedStatus {
    pub line: u32,
    /// A code of the external list of ISO 20022, such as `ACCP`, `ACSC` or `RJCT`, or the bank's own; `RETURNED` of an ACH entry.
    pub status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank_reference: Option<String>,
}

impl ReportedStatus {
    /// Of an ACH entry that came back, for which ISO 20022 has no code.
    pub const RETURNED: &str = "RETURNED";

    /// The money has left our account, or is on the creditor's.
    pub fn has_settled(&self) -> bool {
        matches!(self.status.as_str(), "ACSC" | "ACCC")
    }

    pub fn has_failed(&self) -> bool {
        matches!(self.status.as_str(), "RJCT" | "CANC")
    }

    /// The bank will carry it out.
    pub fn is_accepted(&self) -> bool {
        matches!(self.status.as_str(), "ACTC" | "ACCP" | "ACWC" | "ACSP")
    }
}

impl Payment {
    /// The item has failed, and it was the bank that said so.
    pub fn was_rejected_by_bank(&self, line: u32) -> bool {
        let Self::Sent(in_flight) = self else { return false };
        let rejected = in_flight.bank_status.get(&line).is_some_and(ReportedStatus::has_failed);
        rejected && self.item_state(line) == Some(ItemState::Failed)
    }

    /// What is known already is not recorded again.
    pub(super) fn report_bank_status(&self, mut report: BankStatusReport) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        let Self::Sent(in_flight) = self else { return self.refuse("report on", "sent") };
        if let Some(unknown) = report.items.iter().find(|item| self.item_state(item.line).is_none()) {
            return Err(PaymentRefusal::NoSuchItem { line: unknown.line });
        }
        report.items.retain(|item| in_flight.bank_status.get(&item.line) != Some(item));
        Ok(if report.items.is_empty() { vec![] } else { vec![PaymentEvent::BankStatusReported { report }] })
    }
}

impl InFlight {
    pub(super) fn hear_of(&mut self, report: BankStatusReport) {
        self.bank_status.extend(report.items.into_iter().map(|item| (item.line, item)));
    }
}
