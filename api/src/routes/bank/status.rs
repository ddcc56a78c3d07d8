//! `POST /v1/payment-status-reports`: what the bank says became of a payment file (pain.002).

use axum::http::StatusCode;
use quittance_application::payment::{BankVerdict, RecordBankStatus};
use quittance_domain::bank_account::PaymentReference;
use quittance_domain::ids::PaymentId;
use quittance_infrastructure::pain002::{self, Outcome, Pain002Refusal, Status, StatusReport};
use quittance_projections::payment::{self, PaymentDetail};

use super::super::Refusals;
use crate::committed::{CommandAnswer, Committed};
use crate::order::request_hash;
use crate::problem::Problem;
use crate::upload::Upload;

/// Import a pain.002 report: what the bank settled is settled, what it rejected has failed with its reason; everything else waits.
#[utoipa::path(post, path = "/v1/payment-status-reports", tag = "bank",
    request_body(description = "The report, or a multipart form with it as `file`", content(("application/xml"), ("multipart/form-data"))),
    params(("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn import_payment_status(mut upload: Upload) -> Result<Committed, Problem> {
    let bytes = upload.bytes.clone();
    upload.ctx.request_hash = upload.ctx.command_id.map(|_| request_hash("POST /v1/payment-status-reports", &bytes));
    let report = pain002::read(&bytes)?;
    let id = payment_of(&report).ok_or_else(unknown)?;
    let mut tx = upload.app.system.database.read(upload.ctx.tenant).await?;
    let payment = payment::get(&mut tx, id).await?.ok_or_else(unknown)?;
    drop(tx);
    let verdicts = verdicts(&report, id, &payment);
    let record = RecordBankStatus { id, verdicts, value_date: upload.ctx.today() };
    Ok(Committed::done(upload.app.system.commands.run(&upload.ctx, &record).await?.receipt))
}

fn payment_of(report: &StatusReport) -> Option<PaymentId> {
    PaymentReference::parse(&report.original_message_id).ok()?.payment().map(PaymentId)
}

fn unknown() -> Problem {
    let detail = "the report is about no payment file of this company";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "status_report_of_no_payment", "No payment of ours", detail.to_owned())
}

fn verdicts(report: &StatusReport, id: PaymentId, payment: &PaymentDetail) -> Vec<(u32, BankVerdict)> {
    let block = PaymentReference::block_id(id.0, 1).map(|block| block.to_string()).unwrap_or_default();
    let told = payment.lines.iter().filter_map(|line| Some((line.line, report.outcome_of(&block, &line.end_to_end_id)?)));
    told.filter_map(|(line, outcome)| Some((line, verdict(outcome)?))).collect()
}

/// Only an end is one: accepted or pending is not yet anything.
fn verdict(outcome: &Outcome) -> Option<BankVerdict> {
    match outcome.status {
        Status::Settled | Status::Credited => Some(BankVerdict::Settled),
        Status::Rejected | Status::Cancelled => Some(BankVerdict::Failed(reason(outcome))),
        _ => None,
    }
}

fn reason(outcome: &Outcome) -> String {
    let reasons = outcome.reasons.iter().flat_map(|reason| reason.code.iter().chain(&reason.text));
    let joined = reasons.map(String::as_str).collect::<Vec<_>>().join(": ");
    if joined.is_empty() { "rejected by the bank".to_owned() } else { joined.chars().take(500).collect() }
}

impl From<Pain002Refusal> for Problem {
    fn from(refusal: Pain002Refusal) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "status_report_unreadable", "Report refused", format!("{}: {refusal}", refusal.code()))
    }
}
