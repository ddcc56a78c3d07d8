//! A payment's life after it was planned.

use chrono::NaiveDate;
use quittance_application::payment::{ExecutePayment, RecordPayment};
use quittance_domain::ids::PaymentId;
use quittance_domain::payment::{ManualRecord, Payment, PaymentCommand};
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::invoice::body::plausible;
use super::super::vendor::ReasonBody;
use crate::committed::{CommandAnswer, Committed, reacted};
use crate::order::{KeyedOrder, Nothing, Ordered};
use crate::problem::Problem;
use crate::reading::Id;

/// A second person authorises.
#[utoipa::path(post, path = "/v1/payments/{id}/authorise", tag = "payments", request_body = Nothing,
    params(("id" = PaymentId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn authorise_payment(Id(id): Id<PaymentId>, order: KeyedOrder<Nothing>) -> Result<Committed, Problem> {
    let authorise = PaymentCommand::Authorise { by: order.caller.user };
    Ok(Committed::done(order.app.system.commands.execute::<Payment>(&order.ctx, id, authorise).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExecuteBody {
    /// `pain.001.001.09` or `pain.001.001.03`.
    #[serde(default = "newest")]
    #[schema(example = "pain.001.001.09")]
    format: String,
}

fn newest() -> String {
    "pain.001.001.09".to_owned()
}

/// Write the bank file. Everything that was approved is compared again first.
#[utoipa::path(post, path = "/v1/payments/{id}/execute", tag = "payments", request_body = ExecuteBody,
    params(("id" = PaymentId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn execute_payment(Id(id): Id<PaymentId>, order: KeyedOrder<ExecuteBody>) -> Result<Committed, Problem> {
    let execute = ExecutePayment { id, format: order.body.format };
    Ok(Committed::done(order.app.system.commands.run(&order.ctx, &execute).await?.receipt))
}

/// Record that the payment was made by other means: method, reference, date.
#[utoipa::path(post, path = "/v1/payments/{id}/record", tag = "payments", request_body = ManualRecord,
    params(("id" = PaymentId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn record_payment(Id(id): Id<PaymentId>, order: KeyedOrder<ManualRecord>) -> Result<Committed, Problem> {
    plausible("/paid_on", Some(order.body.paid_on))?;
    for (pointer, text) in [("/method", &order.body.method), ("/reference", &order.body.reference)] {
        if text.trim().is_empty() {
            return Err(Problem::invalid(pointer, "this must not be empty"));
        }
    }
    let record = RecordPayment { id, record: order.body };
    Ok(Committed::done(order.app.system.commands.run(&order.ctx, &record).await?.receipt))
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
    plausible("/value_date", Some(order.body.value_date))?;
    ended(id, order, |b| PaymentCommand::Settle { items: b.items, value_date: b.value_date }).await
}

/// The money did not move: the amounts are free again.
#[utoipa::path(post, path = "/v1/payments/{id}/fail", tag = "payments", request_body = FailBody,
    params(("id" = PaymentId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn fail_payment(Id(id): Id<PaymentId>, order: KeyedOrder<FailBody>) -> Result<Committed, Problem> {
    ended(id, order, |b| PaymentCommand::Fail { items: b.items, reason: b.reason }).await
}

/// The money came back after settlement: the invoices are open again.
#[utoipa::path(post, path = "/v1/payments/{id}/return", tag = "payments", request_body = ReturnBody,
    params(("id" = PaymentId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn return_payment(Id(id): Id<PaymentId>, order: KeyedOrder<ReturnBody>) -> Result<Committed, Problem> {
    plausible("/value_date", Some(order.body.value_date))?;
    ended(id, order, |b| PaymentCommand::Return { items: b.items, value_date: b.value_date, reason: b.reason }).await
}

/// Call a payment off before it starts: the amounts are free again.
#[utoipa::path(post, path = "/v1/payments/{id}/void", tag = "payments", request_body = ReasonBody,
    params(("id" = PaymentId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn void_payment(Id(id): Id<PaymentId>, order: KeyedOrder<ReasonBody>) -> Result<Committed, Problem> {
    let by = order.caller.user;
    ended(id, order, |b| PaymentCommand::Void { by, reason: b.reason }).await
}

/// The invoices follow before the answer, where that takes no longer than a moment.
async fn ended<B>(id: PaymentId, order: Ordered<B, true>, command: impl FnOnce(B) -> PaymentCommand) -> Result<Committed, Problem> {
    let command = command(order.body);
    let receipt = order.app.system.commands.execute::<Payment>(&order.ctx, id, command).await?;
    reacted(&order.app, &order.caller, receipt).await
}
