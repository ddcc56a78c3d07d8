//! `POST /v1/payment-status-reports`: what the bank says became of a payment file (pain.002).

use axum::Json;
use axum::http::StatusCode;
use quittance_application::payment::{BankVerdict, RecordBankStatus};
use quittance_domain::bank_account::PaymentReference;
use quittance_domain::ids::PaymentId;
use quittance_infrastructure::pain002::{self, Outcome, Pain002Refusal, Status, StatusReport};
use quittance_projections::payment::{self, PaymentDetail};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::Refusals;
use crate::order::request_hash;
use crate::problem::Problem;
use crate::upload::Upload;

/// What a report did; nothing where it is about a file that is not ours.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusReportTaken {
    payment_id: Option<PaymentId>,
    /// Queries with `?min_position=` of this show the effect.
    position: Option<i64>,
    /// How many of the payment's items the report says have settled, and how many have failed.
    settled: usize,
    failed: usize,
}

/// Import a pain.002 report: what the bank settled is settled, what it rejected has failed with its reason; everything else waits.
#[utoipa::path(post, path = "/v1/payment-status-reports", tag = "bank",
    request_body(description = "The report, or a multipart form with it as `file`", content(("application/xml"), ("multipart/form-data"))),
    params(("Idempotency-Key" = String, Header)), responses((status = 200, body = StatusReportTaken), Refusals))]
pub async fn import_payment_status(mut upload: Upload) -> Result<Json<StatusReportTaken>, Problem> {
    let bytes = upload.bytes.clone();
    upload.ctx.request_hash = upload.ctx.command_id.map(|_| request_hash("POST /v1/payment-status-reports", &bytes));
    let report = pain002::read(&bytes)?;
    let Some((id, payment)) = payment_of(&upload, &report).await? else {
        return Ok(Json(StatusReportTaken { payment_id: None, position: None, settled: 0, failed: 0 }));
    };
    let verdicts = verdicts(&report, id, &payment);
    let settled = verdicts.iter().filter(|(_, verdict)| *verdict == BankVerdict::Settled).count();
    let failed = verdicts.len() - settled;
    let record = RecordBankStatus { id, verdicts, value_date: upload.ctx.today() };
    let receipt = upload.app.system.commands.run(&upload.ctx, &record).await?.receipt;
    Ok(Json(StatusReportTaken { payment_id: Some(id), position: Some(receipt.position), settled, failed }))
}

async fn payment_of(upload: &Upload, report: &StatusReport) -> Result<Option<(PaymentId, PaymentDetail)>, Problem> {
    let named = PaymentReference::parse(&report.original_message_id).ok().and_then(|id| id.payment()).map(PaymentId);
    let Some(id) = named else { return Ok(None) };
    let mut tx = upload.app.system.database.read(upload.ctx.tenant).await?;
    Ok(payment::get(&mut tx, id).await?.map(|payment| (id, payment)))
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
