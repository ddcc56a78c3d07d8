//! Each event of a payment as a step of its proof: either of the whole, or of single transfers.
//!
//! A proof goes to vendors. The words of the bank and of the provider stand in it; of what a person recorded only that they did, and when.

use quittance_domain::ids::UserId;
use quittance_domain::payment::{BankStatusReport, PaymentEvent, ReportedStatus};

use super::document::{ProofStep, StepKind};
use crate::logged::Logged;

fn step(at: &Logged, step: StepKind) -> ProofStep {
    ProofStep {
        step,
        position: at.position,
        recorded_at: at.recorded_at,
        by: UserId(at.actor_id),
        value_date: None,
        status: None,
        reason: None,
        message_id: None,
        sha256: None,
    }
}

/// What is true of the payment as a whole.
pub fn of_payment(at: &Logged, event: &PaymentEvent) -> Option<ProofStep> {
    let (kind, by) = match event {
        PaymentEvent::Planned(plan) => (StepKind::Planned, plan.planned_by),
        PaymentEvent::Authorised { by } => (StepKind::Authorised, *by),
        PaymentEvent::Started { by, .. } => (StepKind::Executed, *by),
        PaymentEvent::FileSent { .. } => (StepKind::FileWritten, UserId(at.actor_id)),
        PaymentEvent::RecordedManually { .. } => (StepKind::RecordedManually, UserId(at.actor_id)),
        PaymentEvent::ChequeWritten { .. } => (StepKind::ChequeWritten, UserId(at.actor_id)),
        PaymentEvent::TransferSent { .. } => (StepKind::TakenByProvider, UserId(at.actor_id)),
        PaymentEvent::OutcomeFound { finding } => (StepKind::OutcomeFound, finding.by),
        PaymentEvent::OutcomeConfirmed { by } => (StepKind::OutcomeConfirmed, *by),
        // Voided payments have no proof, and what was written to the vendor is none; the rest is told of the transfers that it is about.
        PaymentEvent::Voided { .. }
        | PaymentEvent::RemittanceAdviceRequested { .. }
        | PaymentEvent::RemittanceAdviceSent { .. }
        | PaymentEvent::RemittanceAdviceFailed { .. }
        | PaymentEvent::BankStatusReported { .. }
        | PaymentEvent::Settled { .. }
        | PaymentEvent::SettlementWithdrawn { .. }
        | PaymentEvent::Failed { .. }
        | PaymentEvent::CreditedOnAccount { .. }
        | PaymentEvent::CreditReturned { .. }
        | PaymentEvent::CreditApplied { .. }
        | PaymentEvent::CreditTakenBack { .. }
        | PaymentEvent::Returned { .. } => return None,
    };
    Some(ProofStep { by, ..step(at, kind) })
}

/// What is true of one transfer.
pub fn of_item(at: &Logged, event: &PaymentEvent, line: u32) -> Option<ProofStep> {
    let one_or_all = |item: &Option<u32>| item.is_none_or(|item| item == line);
    Some(match event {
        PaymentEvent::BankStatusReported { report } => return reported(at, report, line),
        PaymentEvent::Settled { items, value_date } if items.contains(&line) => {
            ProofStep { value_date: Some(*value_date), ..step(at, StepKind::Settled) }
        }
        // Why it was withdrawn is a word among ourselves.
        PaymentEvent::SettlementWithdrawn { items, effective_date, by, .. } if items.contains(&line) => {
            ProofStep { value_date: Some(*effective_date), by: *by, ..step(at, StepKind::SettlementWithdrawn) }
        }
        PaymentEvent::Failed { items, reason } if items.contains(&line) => {
            ProofStep { reason: told(at, reason), ..step(at, StepKind::Failed) }
        }
        PaymentEvent::CreditedOnAccount { value_date, item, .. } if one_or_all(item) => {
            ProofStep { value_date: Some(*value_date), ..step(at, StepKind::CreditedOnAccount) }
        }
        PaymentEvent::CreditReturned { value_date, reason, item, .. } if one_or_all(item) => {
            ProofStep { value_date: Some(*value_date), reason: told(at, reason), ..step(at, StepKind::CreditReturned) }
        }
        PaymentEvent::Returned { items, value_date, reason } if items.contains(&line) => {
            ProofStep { value_date: Some(*value_date), reason: told(at, reason), ..step(at, StepKind::Returned) }
        }
        _ => return None,
    })
}

/// A reason that a person has sent may be in their own words. What a bank said in a file that they sent stands in its report, or in its
/// statement's entry.
fn told(at: &Logged, reason: &str) -> Option<String> {
    at.by_engine().then(|| reason.to_owned())
}

fn reported(at: &Logged, report: &BankStatusReport, line: u32) -> Option<ProofStep> {
    let status = report.items.iter().find(|item| item.line == line)?;
    Some(ProofStep {
        status: Some(status.status.clone()),
        reason: in_words(status),
        message_id: Some(report.message_id.clone()),
        sha256: Some(report.sha256.clone()),
        ..step(at, StepKind::ReportedByBank)
    })
}

/// The bank's code and the bank's words.
fn in_words(status: &ReportedStatus) -> Option<String> {
    let words: Vec<&str> = status.reason_code.iter().chain(&status.reason_text).map(String::as_str).collect();
    (!words.is_empty()).then(|| words.join(": "))
}
