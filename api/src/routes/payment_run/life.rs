//! What people do with a proposed run.

use std::time::Duration;

use quittance_application::Context;
use quittance_application::payment_run::{RemoveRunItem, WriteRunFile};
use quittance_application::single::Single;
use quittance_domain::ids::{InvoiceId, PaymentRunId};
use quittance_domain::payment_run::{PaymentRun, PaymentRunCommand, PaymentRunStatus, Run};
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::payment::life::ExecuteBody;
use super::super::vendor::ReasonBody;
use crate::app::App;
use crate::auth::Caller;
use crate::committed::{CommandAnswer, Committed, reacted};
use crate::order::{KeyedOrder, Nothing};
use crate::problem::Problem;
use crate::reading::Id;

/// How often and how many times a caller who starts a run looks whether it is planned: two seconds at most, which a small run needs not.
const LOOK_EVERY: Duration = Duration::from_millis(20);
const LOOKS_MAX: u32 = 100;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveBody {
    invoice_id: InvoiceId,
    #[schema(example = "the vendor asked us to wait")]
    reason: String,
}

/// Leave an invoice out of a proposed run: what was reserved of it is free again.
#[utoipa::path(post, path = "/v1/payment-runs/{id}/remove", tag = "payment runs", request_body = RemoveBody,
    params(("id" = PaymentRunId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn remove_payment_run_item(Id(id): Id<PaymentRunId>, order: KeyedOrder<RemoveBody>) -> Result<Committed, Problem> {
    order.on(id, remove).await
}

pub fn remove(id: PaymentRunId, body: RemoveBody, _: &Context) -> Result<RemoveRunItem, Problem> {
    let reason = ReasonBody { reason: body.reason }.given()?;
    Ok(RemoveRunItem { id, invoice_id: body.invoice_id, reason })
}

/// A second person authorises what is left of the proposal.
#[utoipa::path(post, path = "/v1/payment-runs/{id}/authorise", tag = "payment runs", request_body = Nothing,
    params(("id" = PaymentRunId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn authorise_payment_run(Id(id): Id<PaymentRunId>, order: KeyedOrder<Nothing>) -> Result<Committed, Problem> {
    order.on(id, authorise).await
}

pub fn authorise(id: PaymentRunId, _: Nothing, ctx: &Context) -> Result<Single<PaymentRun>, Problem> {
    Ok(Single::on(id, PaymentRunCommand::Authorise { by: ctx.actor }))
}

/// Start an authorised run: its payments are planned page by page, and what can no longer be paid is dropped with the reason.
#[utoipa::path(post, path = "/v1/payment-runs/{id}/execute", tag = "payment runs", request_body = Nothing,
    params(("id" = PaymentRunId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn execute_payment_run(Id(id): Id<PaymentRunId>, order: KeyedOrder<Nothing>) -> Result<Committed, Problem> {
    let (app, caller) = (order.app.clone(), order.caller.clone());
    let committed = order.on(id, execute).await?;
    planned(&app, &caller, id).await?;
    Ok(committed)
}

pub fn execute(id: PaymentRunId, _: Nothing, ctx: &Context) -> Result<Single<PaymentRun>, Problem> {
    Ok(Single::on(id, PaymentRunCommand::Start { by: ctx.actor, at: ctx.now }))
}

/// Waits, bounded, until every page is planned; a large run goes on by itself.
async fn planned(app: &App, caller: &Caller, id: PaymentRunId) -> Result<(), Problem> {
    for _ in 0..LOOKS_MAX {
        let (run, _) = app.system.commands.state_of::<PaymentRun>(caller.tenant, id.0).await?;
        if run.proposed().map(Run::status) != Ok(PaymentRunStatus::Started) {
            break;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}

/// Write the bank file of a planned run. A run has one file.
#[utoipa::path(post, path = "/v1/payment-runs/{id}/write-file", tag = "payment runs", request_body = ExecuteBody,
    params(("id" = PaymentRunId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn write_payment_run_file(Id(id): Id<PaymentRunId>, order: KeyedOrder<ExecuteBody>) -> Result<Committed, Problem> {
    let (app, caller) = (order.app.clone(), order.caller.clone());
    reacted(&app, &caller, order.on(id, write_file).await?).await
}

pub fn write_file(id: PaymentRunId, body: ExecuteBody, _: &Context) -> Result<WriteRunFile, Problem> {
    Ok(WriteRunFile { id, format: body.format })
}

/// Call a run off before it starts: whatever it reserved is free again.
#[utoipa::path(post, path = "/v1/payment-runs/{id}/cancel", tag = "payment runs", request_body = ReasonBody,
    params(("id" = PaymentRunId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn cancel_payment_run(Id(id): Id<PaymentRunId>, order: KeyedOrder<ReasonBody>) -> Result<Committed, Problem> {
    let (app, caller) = (order.app.clone(), order.caller.clone());
    reacted(&app, &caller, order.on(id, cancel).await?).await
}

pub fn cancel(id: PaymentRunId, body: ReasonBody, ctx: &Context) -> Result<Single<PaymentRun>, Problem> {
    Ok(Single::on(id, PaymentRunCommand::Cancel { by: ctx.actor, reason: body.given()? }))
}
