//! A payment's life after it was planned.

use chrono::NaiveDate;
use quittance_application::authorisation::AuthorisePayment;
use quittance_application::payment::ExecutePayment;
use quittance_application::recorded_payment::RecordPayment;
use quittance_application::single::Single;
use quittance_application::value_date::MovePayment;
use quittance_application::{Context, UseCase};
use quittance_domain::ids::PaymentId;
use quittance_domain::payment::{ManualRecord, Payment, PaymentCommand, RecordedMethod};
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::invoice::body::plausible;
use super::super::vendor::ReasonBody;
use crate::committed::{CommandAnswer, Committed, reacted};
use crate::order::{KeyedOrder, Nothing};
use crate::problem::Problem;
use crate::reading::Id;

/// A second person authorises; nobody who has changed the bank accounts of a vendor that is paid.
#[utoipa::path(post, path = "/v1/payments/{id}/authorise", tag = "payments", request_body = Nothing,
    params(("id" = PaymentId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn authorise_payment(Id(id): Id<PaymentId>, order: KeyedOrder<Nothing>) -> Result<Committed, Problem> {
    order.on(id, authorise).await
}

pub fn authorise(id: PaymentId, _: Nothing, _: &Context) -> Result<AuthorisePayment, Problem> {
    Ok(AuthorisePayment { id })
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExecuteBody {
    /// `pain.001.001.09` or `pain.001.001.03`; in Swiss form `pain.001.001.09.ch.03` or `pain.001.001.03.ch.02`, in the older German
    /// forms `pain.001.003.03` or `pain.001.002.03`. Forms before 2019 may need the BICs of the banks. `nacha` for ACH credits. Where
    /// absent, the first of these that the method has.
    #[serde(default)]
    #[schema(example = "pain.001.001.09")]
    pub format: Option<String>,
}

/// Write the bank file, or start the provider's transfer. Everything that was approved is compared again first.
#[utoipa::path(post, path = "/v1/payments/{id}/execute", tag = "payments", request_body = ExecuteBody,
    params(("id" = PaymentId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn execute_payment(Id(id): Id<PaymentId>, order: KeyedOrder<ExecuteBody>) -> Result<Committed, Problem> {
    order.on(id, execute).await
}

pub fn execute(id: PaymentId, body: ExecuteBody, _: &Context) -> Result<ExecutePayment, Problem> {
    Ok(ExecutePayment { id, format: body.format })
}

/// Record that the payment was made by other means: method, reference, date.
#[utoipa::path(post, path = "/v1/payments/{id}/record", tag = "payments", request_body = RecordBody,
    params(("id" = PaymentId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn record_payment(Id(id): Id<PaymentId>, order: KeyedOrder<RecordBody>) -> Result<Committed, Problem> {
    order.on(id, record).await
}

pub fn record(id: PaymentId, body: RecordBody, _: &Context) -> Result<RecordPayment, Problem> {
    let RecordBody { method, reference, paid_on } = body;
    plausible("/paid_on", Some(paid_on))?;
    if reference.trim().is_empty() {
        return Err(Problem::invalid("/reference", "this must not be empty"));
    }
    Ok(RecordPayment { id, record: ManualRecord { method: method.to_string(), reference, paid_on } })
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordBody {
    method: RecordedMethod,
    /// The bank's or the cheque's number.
    reference: String,
    /// Not before every invoice that it pays counts.
    paid_on: NaiveDate,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleBody {
    /// Lines of the plan; all that are in flight where absent.
    items: Option<Vec<u32>>,
    value_date: NaiveDate,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FailBody {
    items: Option<Vec<u32>>,
    reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnBody {
    items: Option<Vec<u32>>,
    value_date: NaiveDate,
    reason: String,
}

/// The bank has moved the money: the invoices are paid.
#[utoipa::path(post, path = "/v1/payments/{id}/settle", tag = "payments", request_body = SettleBody,
    params(("id" = PaymentId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn settle_payment(Id(id): Id<PaymentId>, order: KeyedOrder<SettleBody>) -> Result<Committed, Problem> {
    ended(id, order, settle).await
}

pub fn settle(id: PaymentId, b: SettleBody, _: &Context) -> Result<MovePayment, Problem> {
    plausible("/value_date", Some(b.value_date))?;
    let value_date = b.value_date;
    Ok(MovePayment { id, value_date, command: PaymentCommand::Settle { items: b.items, value_date } })
}

/// The money did not move: the amounts are free again. Of what the bank has in a file another person says so than who planned it, or the
/// bank's own report.
#[utoipa::path(post, path = "/v1/payments/{id}/fail", tag = "payments", request_body = FailBody,
    params(("id" = PaymentId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn fail_payment(Id(id): Id<PaymentId>, order: KeyedOrder<FailBody>) -> Result<Committed, Problem> {
    ended(id, order, fail).await
}

pub fn fail(id: PaymentId, b: FailBody, ctx: &Context) -> Result<Single<Payment>, Problem> {
    Ok(Single::on(id, PaymentCommand::Fail { items: b.items, reason: reason(b.reason)?, by: Some(ctx.actor) }))
}

/// The money came back after settlement: the invoices are open again. Of what the bank had in a file another person says so than who
/// planned it, or the bank's own statement.
#[utoipa::path(post, path = "/v1/payments/{id}/return", tag = "payments", request_body = ReturnBody,
    params(("id" = PaymentId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn return_payment(Id(id): Id<PaymentId>, order: KeyedOrder<ReturnBody>) -> Result<Committed, Problem> {
    ended(id, order, take_back).await
}

pub fn take_back(id: PaymentId, b: ReturnBody, ctx: &Context) -> Result<MovePayment, Problem> {
    plausible("/value_date", Some(b.value_date))?;
    let value_date = b.value_date;
    Ok(MovePayment {
        id,
        value_date,
        command: PaymentCommand::Return { items: b.items, value_date, reason: reason(b.reason)?, by: Some(ctx.actor) },
    })
}

/// Call a payment off before it starts: the amounts are free again.
#[utoipa::path(post, path = "/v1/payments/{id}/void", tag = "payments", request_body = ReasonBody,
    params(("id" = PaymentId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn void_payment(Id(id): Id<PaymentId>, order: KeyedOrder<ReasonBody>) -> Result<Committed, Problem> {
    ended(id, order, void).await
}

pub fn void(id: PaymentId, body: ReasonBody, ctx: &Context) -> Result<Single<Payment>, Problem> {
    Ok(Single::on(id, PaymentCommand::Void { by: ctx.actor, reason: body.given()? }))
}

fn reason(reason: String) -> Result<String, Problem> {
    ReasonBody { reason }.given()
}

/// The invoices follow before the answer, where that takes no longer than a moment.
async fn ended<B, U: UseCase>(id: PaymentId, order: KeyedOrder<B>, command: EndsPayment<B, U>) -> Result<Committed, Problem> {
    let (app, caller) = (order.app.clone(), order.caller.clone());
    reacted(&app, &caller, order.on(id, command).await?).await
}

type EndsPayment<B, U> = fn(PaymentId, B, &Context) -> Result<U, Problem>;
