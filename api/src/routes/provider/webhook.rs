//! `POST /webhooks/provider/{tenant}/{account}`: what a provider says of itself, signed by the rules of Standard Webhooks.
//!
//! Who is not known by a signature learns nothing: unknown tenants, unknown accounts and forged messages get one answer.
//! The message's id makes it one command for ever, so a repeat within the tolerance changes nothing either.

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::{Router, routing};
use quittance_application::provider::{HearTransfer, PROVIDER, RailTrouble, TransferOrder};
use quittance_application::{Channel, Failure};
use quittance_domain::aggregate::derived_id;
use quittance_domain::bank_account::PaymentReference;
use quittance_domain::ids::{CommandId, PaymentId, ProviderAccountId, TenantId};
use quittance_domain::payment::{Payment, TransferReport};
use quittance_domain::provider::ProviderAccount;
use quittance_infrastructure::provider::{SignedHeaders, StatedTransfer, WebhookSecret, verify};
use serde::Deserialize;
use uuid::Uuid;

use crate::app::App;
use crate::fields::Whole;
use crate::layers;
use crate::order::request_hash;
use crate::problem::Problem;

const MESSAGE_BYTES_MAX: usize = 64 << 10;

pub fn router(app: &App) -> Router<App> {
    let routes = Router::new().route("/webhooks/provider/{tenant}/{account}", routing::post(receive));
    routes.layer(DefaultBodyLimit::max(MESSAGE_BYTES_MAX)).layer(from_fn_with_state(app.clone(), layers::admit))
}

#[derive(Deserialize)]
struct Message {
    data: StatedTransfer,
}

async fn receive(
    State(app): State<App>,
    Path((tenant, account)): Path<(String, String)>,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<StatusCode, Problem> {
    let (Ok(tenant), Ok(account)) = (tenant.parse().map(TenantId), account.parse().map(ProviderAccountId)) else { return Err(refused()) };
    let secrets = secrets_of(&app, tenant, account).await?;
    let now = app.system.commands.ports().edge.now();
    let signed = SignedHeaders {
        id: text(&headers, "webhook-id"),
        timestamp: text(&headers, "webhook-timestamp"),
        signatures: text(&headers, "webhook-signature"),
    };
    verify(&secrets, signed, &body, now).map_err(|refusal| {
        tracing::warn!(%tenant, %account, %refusal, "a provider's message is refused");
        refused()
    })?;
    let message: Message = serde_json::from_slice(&body).map_err(|e| Problem::malformed(format!("the message cannot be read: {e}")))?;
    let (payment, report) = reported(&app, tenant, account, message.data).await?;
    let commands = &app.system.commands;
    let mut ctx = commands.context(tenant, PROVIDER, Channel::Webhook, commands.ports().edge.new_id()).await?;
    ctx.command_id = Some(CommandId(derived_id(&[b"provider message", tenant.0.as_bytes(), account.0.as_bytes(), signed.id.as_bytes()])));
    ctx.request_hash = Some(request_hash(ctx.actor, "provider message", &body));
    match commands.run(&ctx, &HearTransfer { id: payment, report }).await {
        Ok(_) => Ok(StatusCode::NO_CONTENT),
        // Of a payment that has not started there is nothing to report.
        Err(Failure::Refused(_)) => Err(Problem::not_found()),
        Err(failure) => Err(failure.into()),
    }
}

/// None of an account that there is not: nothing verifies then.
async fn secrets_of(app: &App, tenant: TenantId, account: ProviderAccountId) -> Result<Vec<WebhookSecret>, Problem> {
    let (account, _) = app.system.commands.state_of::<ProviderAccount>(tenant, account.0).await?;
    let Ok(account) = account.account() else { return Ok(vec![]) };
    let vault = super::account::vault(&app.system)?;
    let mut secrets = Vec::with_capacity(account.webhook_secrets.len());
    for id in &account.webhook_secrets {
        let text = vault.open(tenant, *id).await.map_err(|e| Problem::unavailable(&e))?;
        secrets.extend(WebhookSecret::parse(&text));
    }
    Ok(secrets)
}

/// The payment that a transfer is of, if it was sent through this account and is what was asked for.
async fn reported(
    app: &App,
    tenant: TenantId,
    account: ProviderAccountId,
    stated: StatedTransfer,
) -> Result<(PaymentId, TransferReport), Problem> {
    let payment: Option<Uuid> = PaymentReference::parse(&stated.reference).ok().and_then(|reference| reference.payment());
    let id = PaymentId(payment.ok_or_else(Problem::not_found)?);
    let (payment, _) = app.system.commands.state_of::<Payment>(tenant, id.0).await?;
    let plan = payment.plan().map_err(|_| Problem::not_found())?;
    let order = TransferOrder::of(id, plan).filter(|_| plan.provider_account_id == Some(account)).ok_or_else(Problem::not_found)?;
    let report = stated.report_on(&order).map_err(|trouble: RailTrouble| {
        tracing::error!(%tenant, payment = %id, %trouble, "a provider tells of another transfer than was asked for");
        Problem::not_found()
    })?;
    Ok((id, report))
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn refused() -> Problem {
    let detail = "the message is not signed by a secret of this account, or not in time";
    Problem::new(StatusCode::UNAUTHORIZED, "webhook_refused", "Message refused", detail)
}
