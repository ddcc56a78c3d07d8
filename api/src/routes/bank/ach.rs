//! What a bank answers to an ACH file: `POST /v1/ach-returns` moves the payments, `POST /v1/ach-changes` proposes accounts.
//!
//! Banks send both in one file. Who moves money does not enter bank details, so each of the two operations takes its own part and says
//! how much is left to the other.

use axum::Json;
use axum::http::StatusCode;
use quittance_application::ach::{AchReturnTold, ProposeCorrectedAccount, RecordAchReturn};
use quittance_application::{Context, Failure};
use quittance_domain::Money;
use quittance_domain::aggregate::derived_id;
use quittance_domain::ids::{BankAccountId, CommandId, PaymentId, VendorId};
use quittance_domain::payment::{ItemState, Payment, ach_entry_claim};
use quittance_infrastructure::ach_answers::{self, AchAnswers, AnswerUnreadable, ChangedAccount, ReturnedEntry};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::super::Refusals;
use crate::problem::Problem;
use crate::upload::Upload;

/// What a file of returns did.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct AchReturnsTaken {
    /// Queries with `?min_position=` of this show the effect; nothing where no entry was ours.
    position: Option<i64>,
    returns: Vec<AchReturnTaken>,
    /// Returns under dispute: they end as a return or not at all.
    disputed: u32,
    /// Notifications of change in the same file: `POST /v1/ach-changes` takes them.
    changes: u32,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AchReturnTaken {
    #[schema(example = "R03")]
    code: String,
    reason: String,
    /// The number of the return itself.
    trace: String,
    amount: Money,
    outcome: AchReturnOutcome,
    payment_id: Option<PaymentId>,
    /// The payment's lines that the entry paid.
    lines: Vec<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AchReturnOutcome {
    /// It had not settled: the invoices are open again.
    Failed,
    /// It had settled: the money is back, and the invoices are open again.
    Returned,
    /// Not an entry of ours.
    Unknown,
    /// More or less came back than the entry was of: a person decides.
    AmountDiffers,
    /// The payment has not left, or has ended otherwise.
    NotMoved,
}

/// Import returns of an ACH file: an entry that came back has failed, or is returned where it had settled, with the bank's reason.
#[utoipa::path(post, path = "/v1/ach-returns", tag = "bank",
    request_body(description = "The bank's NACHA file, or a multipart form with it as `file`", content(("text/plain"), ("application/octet-stream"), ("multipart/form-data"))),
    params(("Idempotency-Key" = String, Header)), responses((status = 200, body = AchReturnsTaken), Refusals))]
pub async fn import_ach_returns(upload: Upload) -> Result<Json<AchReturnsTaken>, Problem> {
    let (answers, payments) =
        read(&upload, |answers| answers.returned.iter().map(|returned| returned.identification.clone()).collect()).await?;
    let (disputed, changes) = (answers.disputed, answers.changed.len() as u32);
    let mut taken = AchReturnsTaken { disputed, changes, ..AchReturnsTaken::default() };
    let file = AnswerFile { message_id: answers.message_id, sha256: hex::encode(Sha256::digest(&upload.bytes)) };
    for (returned, payment) in answers.returned.into_iter().zip(payments) {
        let (told, position) = take_return(&upload, &file, returned, payment).await?;
        taken.position = position.or(taken.position);
        taken.returns.push(told);
    }
    Ok(Json(taken))
}

/// Which of the bank's files tells of it.
struct AnswerFile {
    message_id: String,
    sha256: String,
}

async fn take_return(
    upload: &Upload,
    file: &AnswerFile,
    returned: ReturnedEntry,
    payment: Option<PaymentId>,
) -> Result<(AchReturnTaken, Option<i64>), Problem> {
    let ReturnedEntry { code, identification, trace, amount, information, reason } = returned;
    let taken = |outcome, lines| AchReturnTaken {
        code: code.clone(),
        reason: reason.clone(),
        trace: trace.clone(),
        amount,
        outcome,
        payment_id: payment,
        lines,
    };
    let Some(id) = payment else { return Ok((taken(AchReturnOutcome::Unknown, vec![]), None)) };
    let ctx = of_entry(&upload.ctx, &trace, &identification);
    let AnswerFile { message_id, sha256 } = file;
    let (message_id, sha256) = (message_id.clone(), sha256.clone());
    let told = AchReturnTold { message_id, sha256, code: code.clone(), information, trace: trace.clone() };
    let value_date = upload.ctx.today();
    let record = RecordAchReturn { id, identification: identification.clone(), amount, reason: reason.clone(), value_date, told };
    let position = match upload.app.system.commands.run(&ctx, &record).await {
        Ok(done) => Some(done.receipt.position),
        Err(Failure::Refused(refused)) if refused.code == "ach_amount_differs" => {
            return Ok((taken(AchReturnOutcome::AmountDiffers, vec![]), None));
        }
        Err(failure) => return Err(failure.into()),
    };
    let (state, _) = upload.app.system.commands.state_of::<Payment>(upload.ctx.tenant, id.0).await?;
    let (outcome, lines) = outcome(&state, &identification);
    Ok((taken(outcome, lines), position))
}

/// How the entry stands now: what a repeat answers too.
fn outcome(payment: &Payment, identification: &str) -> (AchReturnOutcome, Vec<u32>) {
    let entries = payment.plan().map(|plan| plan.ach_entries()).unwrap_or_default();
    let items = entries.iter().filter(|entry| entry.identification == identification).flat_map(|entry| &entry.items);
    let lines: Vec<u32> = items.map(|item| item.line).collect();
    let any = |state| lines.iter().any(|line| payment.item_state(*line) == Some(state));
    let outcome = match () {
        () if any(ItemState::Returned) => AchReturnOutcome::Returned,
        () if any(ItemState::Failed) => AchReturnOutcome::Failed,
        () => AchReturnOutcome::NotMoved,
    };
    (outcome, lines)
}

/// What a file of notifications did.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct AchChangesTaken {
    /// Queries with `?min_position=` of this show the effect; nothing where nothing was proposed.
    position: Option<i64>,
    changes: Vec<AchChangeTaken>,
    /// Returns in the same file: `POST /v1/ach-returns` takes them.
    returns: u32,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AchChangeTaken {
    #[schema(example = "C01")]
    code: String,
    /// Of the entry that the notification is about.
    trace: String,
    outcome: AchChangeOutcome,
    /// Why it was not proposed, as the refusal's code and words.
    refusal: Option<String>,
    payment_id: Option<PaymentId>,
    vendor_id: Option<VendorId>,
    bank_account_id: Option<BankAccountId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AchChangeOutcome {
    /// The corrected account is proposed and waits for a second person; the vendor is paid as before until then.
    Proposed,
    NotProposed,
    /// It is about a name or a number of ours, not about where money goes.
    NotAnAccount,
    /// Not an entry of ours.
    Unknown,
}

/// Import notifications of change: where the receiving bank corrects an account, it is proposed for the vendor. Nothing is ever applied:
/// somebody else approves the account, and who imports the file counts as having changed bank details.
#[utoipa::path(post, path = "/v1/ach-changes", tag = "bank",
    request_body(description = "The bank's NACHA file, or a multipart form with it as `file`", content(("text/plain"), ("application/octet-stream"), ("multipart/form-data"))),
    params(("Idempotency-Key" = String, Header)), responses((status = 200, body = AchChangesTaken), Refusals))]
pub async fn import_ach_changes(upload: Upload) -> Result<Json<AchChangesTaken>, Problem> {
    let (answers, payments) =
        read(&upload, |answers| answers.changed.iter().map(|changed| changed.identification.clone()).collect()).await?;
    let mut taken = AchChangesTaken { returns: answers.returned.len() as u32, ..AchChangesTaken::default() };
    for (changed, payment) in answers.changed.into_iter().zip(payments) {
        let (told, position) = take_change(&upload, changed, payment).await?;
        taken.position = position.or(taken.position);
        taken.changes.push(told);
    }
    Ok(Json(taken))
}

async fn take_change(
    upload: &Upload,
    changed: ChangedAccount,
    payment: Option<PaymentId>,
) -> Result<(AchChangeTaken, Option<i64>), Problem> {
    let ChangedAccount { code, identification, trace, correction } = changed;
    let told = |outcome| AchChangeTaken {
        code: code.clone(),
        trace: trace.clone(),
        outcome,
        refusal: None,
        payment_id: payment,
        vendor_id: None,
        bank_account_id: None,
    };
    let Some(payment_id) = payment else { return Ok((told(AchChangeOutcome::Unknown), None)) };
    if correction.says_nothing() {
        return Ok((told(AchChangeOutcome::NotAnAccount), None));
    }
    let commands = &upload.app.system.commands;
    let ctx = of_entry(&upload.ctx, &trace, &identification);
    let propose = ProposeCorrectedAccount { payment_id, identification, correction };
    let (state, _) = commands.state_of::<Payment>(upload.ctx.tenant, payment_id.0).await?;
    let (vendor_id, bank_account_id) = propose.proposes(&state).unzip();
    match commands.run(&ctx, &propose).await {
        Ok(done) => Ok((AchChangeTaken { vendor_id, bank_account_id, ..told(AchChangeOutcome::Proposed) }, Some(done.receipt.position))),
        Err(Failure::Refused(refused)) => {
            let refusal = Some(format!("{}: {}", refused.code, refused.detail));
            Ok((AchChangeTaken { vendor_id, refusal, ..told(AchChangeOutcome::NotProposed) }, None))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// The answers of a file, and the payment that each of those asked for is about.
async fn read(upload: &Upload, wanted: impl Fn(&AchAnswers) -> Vec<String>) -> Result<(AchAnswers, Vec<Option<PaymentId>>), Problem> {
    let answers = ach_answers::read(&upload.bytes)?;
    let claims = wanted(&answers).iter().map(|identification| ach_entry_claim(identification)).collect();
    let log = &upload.app.system.commands.ports().log;
    let holders = log.holders(upload.ctx.tenant, claims).await.map_err(Failure::from)?;
    Ok((answers, holders.into_iter().map(|holder| holder.map(PaymentId)).collect()))
}

/// A file is one command an entry, each found again by the file's key.
fn of_entry(ctx: &Context, trace: &str, identification: &str) -> Context {
    let of = |id: CommandId| CommandId(derived_id(&[b"ach answer", id.0.as_bytes(), trace.as_bytes(), identification.as_bytes()]));
    Context { command_id: ctx.command_id.map(of), ..ctx.clone() }
}

impl From<AnswerUnreadable> for Problem {
    fn from(unreadable: AnswerUnreadable) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "ach_answer_unreadable", "File refused", unreadable.to_string())
    }
}
