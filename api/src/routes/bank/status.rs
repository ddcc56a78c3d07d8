//! `POST /v1/payment-status-reports`: what the bank says became of a payment file (pain.002).

use std::collections::{HashMap, HashSet};

use axum::Json;
use axum::http::StatusCode;
use quittance_application::Context;
use quittance_application::payment::{BankVerdict, RecordBankStatus};
use quittance_domain::aggregate::derived_id;
use quittance_domain::bank_account::PaymentReference;
use quittance_domain::ids::{CommandId, PaymentId, PaymentRunId};
use quittance_domain::payment::{BankStatusReport, Payment, ReportedStatus, SentFile};
use quittance_infrastructure::database::TenantTx;
use quittance_infrastructure::pain001::{OrderedTransfer, ordered_in};
use quittance_infrastructure::pain002::{self, Answers, Outcome, Pain002Refusal, Said, StatusReport};
use quittance_projections::payment::{self, PaymentDetail, PaymentLine};
use quittance_projections::{originals, payment_run};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::super::Refusals;
use crate::problem::Problem;
use crate::reading::Patience;
use crate::upload::Upload;

/// Characters that are kept of what a bank says.
const WORDS_MAX: usize = 500;

/// How things stand after a report.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct StatusReportTaken {
    payment_id: Option<PaymentId>,
    /// Instead of a payment, where the report is about a run's file.
    payment_run_id: Option<PaymentRunId>,
    /// Queries with `?min_position=` of this show the effect.
    position: Option<i64>,
    /// How many items have settled and how many have failed, as the report says.
    settled: usize,
    failed: usize,
    /// How many items have ended otherwise than the report says, or of how many it says what cannot be: another amount, two things at once,
    /// another file's count or sum. Nothing moves; somebody has to ask the bank.
    contradicting: usize,
    /// How many transfers the report names that are not of the file, or of no file of ours.
    unknown: usize,
}

/// The payments whose file a report is about, and what the file orders by end-to-end id.
struct Reported {
    run: Option<PaymentRunId>,
    payments: Vec<(PaymentId, PaymentDetail)>,
    ordered: HashMap<String, OrderedTransfer>,
}

/// Import a pain.002 report: what the bank settled is settled, or the vendor's credit where it had failed; what it rejected has failed with
/// its reason; everything else waits.
#[utoipa::path(post, path = "/v1/payment-status-reports", tag = "bank",
    request_body(description = "The report, or a multipart form with it as `file`", content(("application/xml"), ("multipart/form-data"))),
    params(("Idempotency-Key" = String, Header)), responses((status = 200, body = StatusReportTaken), Refusals))]
pub async fn import_payment_status(upload: Upload) -> Result<Json<StatusReportTaken>, Problem> {
    let bytes = upload.bytes.clone();
    let report = pain002::read(&bytes)?;
    let named: HashSet<&str> = report.transfers().collect();
    let mut taken = StatusReportTaken { unknown: named.len(), ..StatusReportTaken::default() };
    let Some(reported) = reported(&upload, &report).await? else { return Ok(Json(taken)) };
    taken.payment_run_id = reported.run;
    let answers = report.held_against(&reported.ordered);
    let mut rejected_before = 0;
    for (id, payment) in &reported.payments {
        taken.unknown -= payment.lines.iter().filter(|line| named.contains(line.end_to_end_id.as_str())).count();
        let said = said(&answers, payment);
        taken.contradicting += said.iter().filter(|(_, said)| *said == Said::Doubtful).count();
        // Of a run's many payments only those are touched that the report says something of.
        if reported.run.is_some() && said.iter().all(|(_, said)| *said == Said::Doubtful) {
            continue;
        }
        let verdicts: Vec<_> = said.iter().filter_map(|(line, said)| Some((line.line, verdict(*said)?))).collect();
        taken.payment_id = reported.run.is_none().then_some(*id);
        let items = said.iter().filter_map(|(line, said)| Some(as_reported(&report, line, outcome(*said)?))).collect();
        let told = BankStatusReport { message_id: short(&report.message_id), sha256: hex::encode(Sha256::digest(&bytes)), items };
        let record = RecordBankStatus { id: *id, report: told, verdicts, value_date: upload.ctx.today() };
        let commands = &upload.app.system.commands;
        let ctx = if reported.run.is_some() { of_payment(&upload.ctx, *id) } else { upload.ctx.clone() };
        let receipt = commands.run(&ctx, &record).await?.receipt;
        taken.position = Some(receipt.position);
        let payment = commands.state_at::<Payment>(ctx.tenant, receipt.id, receipt.version).await?;
        for (line, verdict) in &record.verdicts {
            *match verdict {
                BankVerdict::SettledWithTheRest if payment.was_rejected_by_bank(*line) => &mut rejected_before,
                _ if !payment.item_state(*line).is_some_and(|state| verdict.agrees_with(state)) => &mut taken.contradicting,
                BankVerdict::Settled | BankVerdict::SettledWithTheRest => &mut taken.settled,
                BankVerdict::Failed(_) => &mut taken.failed,
            } += 1;
        }
    }
    // A settled block says nothing of what was rejected out of it, unless nothing else is left of it.
    if taken.settled == 0 {
        taken.contradicting += rejected_before;
    }
    Ok(Json(taken))
}

/// A run's report is one command a payment, each found again by the report's key.
fn of_payment(ctx: &Context, payment: PaymentId) -> Context {
    let command_id = ctx.command_id.map(|id| CommandId(derived_id(&[b"status report", id.0.as_bytes(), payment.0.as_bytes()])));
    Context { command_id, ..ctx.clone() }
}

async fn reported(upload: &Upload, report: &StatusReport) -> Result<Option<Reported>, Problem> {
    let named = PaymentReference::parse(&report.original_message_id).ok().and_then(|id| id.payment());
    let Some(file) = named else { return Ok(None) };
    // The bank may answer before the read models know of the file: it is ours all the same.
    Patience::of(&upload.app.system).reach_head(upload.ctx.tenant, &["payments", "payment_runs"]).await?;
    let mut tx = upload.app.system.database.read(upload.ctx.tenant).await?;
    if let Some(payment) = payment::get(&mut tx, PaymentId(file)).await? {
        let ordered = ordered(&mut tx, payment.file.as_ref()).await?;
        return Ok(Some(Reported { run: None, payments: vec![(PaymentId(file), payment)], ordered }));
    }
    let run = PaymentRunId(file);
    let mut payments = Vec::new();
    for id in payment_run::payments(&mut tx, run).await? {
        payments.extend(payment::get(&mut tx, id).await?.map(|payment| (id, payment)));
    }
    let ordered = ordered(&mut tx, payments.iter().find_map(|(_, payment)| payment.file.as_ref())).await?;
    Ok((!payments.is_empty()).then_some(Reported { run: Some(run), payments, ordered }))
}

/// As the file was written: payments of several accounts or days are in as many blocks.
async fn ordered(tx: &mut TenantTx, file: Option<&SentFile>) -> Result<HashMap<String, OrderedTransfer>, Problem> {
    let Some(file) = file else { return Ok(HashMap::new()) };
    let bytes = originals::fetch(tx, &file.sha256).await?;
    Ok(bytes.as_deref().map(ordered_in).unwrap_or_default())
}

/// What the report says of each line of the payment.
fn said<'a>(answers: &Answers<'a>, payment: &'a PaymentDetail) -> Vec<(&'a PaymentLine, Said<'a>)> {
    payment.lines.iter().filter_map(|line| Some((line, answers.of(&line.end_to_end_id)?))).collect()
}

fn outcome(said: Said<'_>) -> Option<&Outcome> {
    match said {
        Said::OfIt(outcome) | Said::OfAll(outcome) => Some(outcome),
        Said::Doubtful => None,
    }
}

/// As the bank said it.
fn as_reported(report: &StatusReport, line: &PaymentLine, outcome: &Outcome) -> ReportedStatus {
    let text: Vec<&str> = outcome.reasons.iter().flat_map(|reason| &reason.text).map(String::as_str).collect();
    ReportedStatus {
        line: line.line,
        status: short(outcome.status.code()),
        reason_code: outcome.reasons.iter().find_map(|reason| reason.code.as_deref()).map(short),
        reason_text: (!text.is_empty()).then(|| short(&text.join(" "))),
        bank_reference: report.bank_reference_of(&line.end_to_end_id).map(short),
    }
}

/// No longer than what is kept of a bank's words.
fn short(text: &str) -> String {
    text.chars().take(WORDS_MAX).collect()
}

/// Only an end is one: accepted or pending is not yet anything.
fn verdict(said: Said<'_>) -> Option<BankVerdict> {
    match said {
        Said::OfIt(outcome) if outcome.status.has_settled() => Some(BankVerdict::Settled),
        Said::OfAll(outcome) if outcome.status.has_settled() => Some(BankVerdict::SettledWithTheRest),
        Said::OfIt(outcome) | Said::OfAll(outcome) if outcome.status.has_failed() => Some(BankVerdict::Failed(reason(outcome))),
        _ => None,
    }
}

fn reason(outcome: &Outcome) -> String {
    let reasons = outcome.reasons.iter().flat_map(|reason| reason.code.iter().chain(&reason.text));
    let joined = reasons.map(String::as_str).collect::<Vec<_>>().join(": ");
    if joined.is_empty() { "rejected by the bank".to_owned() } else { joined.chars().take(WORDS_MAX).collect() }
}

impl From<Pain002Refusal> for Problem {
    fn from(refusal: Pain002Refusal) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "status_report_unreadable", "Report refused", format!("{}: {refusal}", refusal.code()))
    }
}
