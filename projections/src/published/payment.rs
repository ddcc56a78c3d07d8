//! What others may know of payments.

use quittance_domain::invoice::Allocation;
use quittance_domain::payment::{
    AdviceRequest, BankStatusReport, CreditorItem, FoundOutcome, ManualRecord, OutcomeFinding, PaymentEvent as Event, PaymentPlan,
    ReportedStatus, SentFile, Transfer,
};
use serde_json::{Value, json};

use super::cheque::written;
use super::data;
use super::parties::account;

pub fn payment(event: &Event) -> Value {
    match event {
        Event::Planned(plan) => planned(plan),
        Event::Authorised { by } => data! { by },
        Event::Started { by, at } => data! { by, at },
        Event::FileSent { file: SentFile { format, message_id, transactions, control_sum, sha256, ach_control: _ } } => {
            data! { file: data! { format, message_id, transactions, control_sum, sha256 } }
        }
        Event::RecordedManually { record: ManualRecord { method, reference, paid_on } } => {
            data! { record: data! { method, reference, paid_on } }
        }
        Event::ChequeWritten { cheque } => data! { cheque: written(cheque) },
        Event::TransferSent { transfer: Transfer { provider_reference } } => data! { transfer: data! { provider_reference } },
        Event::CreditedOnAccount { vendor_id, amount, value_date, .. } => data! { vendor_id, amount, value_date },
        Event::CreditApplied {
            vendor_id,
            item,
            credited_on,
            allocation: Allocation { allocation_id, against, amount, effective_date },
            by,
        } => {
            data! { vendor_id, item, credited_on, allocation: data! { allocation_id, against, amount, effective_date }, by }
        }
        Event::CreditTakenBack { vendor_id, item, credited_on, allocation_id, against, amount, effective_date, by, reason } => {
            data! { vendor_id, item, credited_on, allocation_id, against, amount, effective_date, by, reason }
        }
        Event::CreditReturned { vendor_id, amount, value_date, reason, .. } => data! { vendor_id, amount, value_date, reason },
        Event::BankStatusReported { report: BankStatusReport { message_id, sha256, items } } => {
            data! { report: data! { message_id, sha256, items: items.iter().map(reported).collect::<Vec<_>>() } }
        }
        // Words and papers stay ours.
        Event::OutcomeFound { finding: OutcomeFinding { outcome, reason: _, evidence: _, by } } => {
            data! { finding: data! { outcome: found(outcome), by } }
        }
        Event::OutcomeConfirmed { by } => data! { by },
        Event::Settled { items, value_date } => data! { items, value_date },
        Event::SettlementWithdrawn { items, effective_date, by, reason } => data! { items, effective_date, by, reason },
        Event::Failed { items, reason } => data! { items, reason },
        Event::Returned { items, value_date, reason } => data! { items, value_date, reason },
        Event::Voided { by, reason } => data! { by, reason },
        // To whom is known here alone; what a mail server says may repeat it.
        Event::RemittanceAdviceRequested(AdviceRequest { id, vendor_id, to: _, by }) => data! { id, vendor_id, by },
        Event::RemittanceAdviceSent { id, message_id } => data! { id, message_id },
        Event::RemittanceAdviceFailed { id, reason: _ } => data! { id },
    }
}

/// The bank's own words stay ours too.
fn reported(status: &ReportedStatus) -> Value {
    let ReportedStatus { line, status, reason_code, reason_text: _, bank_reference } = status;
    data! { line, status, reason_code, bank_reference }
}

fn found(outcome: &FoundOutcome) -> Value {
    match outcome {
        FoundOutcome::Left { reference, value_date } => data! { left: data! { reference, value_date } },
        FoundOutcome::NeverLeft => json!("never_left"),
    }
}

fn planned(plan: &PaymentPlan) -> Value {
    let PaymentPlan { method, currency, total, execution_date, debtor_name, debtor_account_id, debtor_account, .. } = plan;
    let PaymentPlan { provider_account_id: _, items, planned_by, payment_run_id: _, set_off: _, international: _, .. } = plan;
    data! {
        method, currency, total, execution_date, debtor_name, debtor_account_id,
        debtor_account: debtor_account.as_ref().map(account),
        items: items.iter().map(item).collect::<Vec<_>>(),
        planned_by,
    }
}

fn item(item: &CreditorItem) -> Value {
    let CreditorItem {
        line,
        invoice_id,
        invoice_number,
        vendor_id,
        creditor_name,
        creditor_address: _,
        creditor_account,
        amount,
        end_to_end_id,
        remittance: _,
        version_hash,
        creditor_is_person: _,
        withheld: _,
    } = item;
    data! {
        line, invoice_id, invoice_number, vendor_id, creditor_name,
        creditor_account: creditor_account.as_ref().map(account),
        amount, end_to_end_id, version_hash,
    }
}
