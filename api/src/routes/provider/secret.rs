//! The secrets of an account at a provider: replaced without a gap, sealed, never shown.

use quittance_application::Context;
use quittance_application::single::Single;
use quittance_domain::ids::{ProviderAccountId, SecretId};
use quittance_domain::provider::{ProviderAccount, ProviderAccountCommand};
use quittance_infrastructure::provider::WebhookSecret;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::account::{vault, weak};
use crate::app::App;
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::reading::Id;

/// Shorter ones can be guessed.
const CREDENTIAL_CHARS_MIN: usize = 16;
const CREDENTIAL_CHARS_MAX: usize = 4096;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CredentialBody {
    #[schema(example = "sk_live_9vR2mQx7Lk0sTzYb3NcWf8Ha")]
    credential: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookSecretBody {
    #[schema(example = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")]
    webhook_secret: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetireBody {
    secret_id: SecretId,
}

pub(super) fn credential(pointer: &str, text: &str) -> Result<(), Problem> {
    let visible = text.bytes().all(|b| b.is_ascii_graphic());
    if visible && (CREDENTIAL_CHARS_MIN..=CREDENTIAL_CHARS_MAX).contains(&text.len()) {
        return Ok(());
    }
    Err(Problem::invalid(pointer, format!("a credential has at least {CREDENTIAL_CHARS_MIN} visible ASCII characters")))
}

/// Sign in with another credential from now on.
#[utoipa::path(post, path = "/v1/provider-accounts/{id}/credential", tag = "payments", request_body = CredentialBody,
    params(("id" = ProviderAccountId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn replace_provider_credential(Id(id): Id<ProviderAccountId>, order: KeyedOrder<CredentialBody>) -> Result<Committed, Problem> {
    let KeyedOrder { app, ctx, body, .. } = order;
    credential("/credential", &body.credential)?;
    let by = ctx.actor;
    keep_and(&app, &ctx, id, &body.credential, |credential| ProviderAccountCommand::ReplaceCredential { credential, by }).await
}

/// Let the provider's messages be signed with another secret too: the first half of replacing one.
#[utoipa::path(post, path = "/v1/provider-accounts/{id}/webhook-secrets", tag = "payments", request_body = WebhookSecretBody,
    params(("id" = ProviderAccountId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn add_provider_webhook_secret(
    Id(id): Id<ProviderAccountId>,
    order: KeyedOrder<WebhookSecretBody>,
) -> Result<Committed, Problem> {
    let KeyedOrder { app, ctx, body, .. } = order;
    WebhookSecret::parse(&body.webhook_secret).ok_or_else(|| weak("/webhook_secret"))?;
    let by = ctx.actor;
    keep_and(&app, &ctx, id, &body.webhook_secret, |secret| ProviderAccountCommand::AddWebhookSecret { secret, by }).await
}

/// Let a secret sign nothing any more: the second half of replacing one.
#[utoipa::path(post, path = "/v1/provider-accounts/{id}/retire-webhook-secret", tag = "payments", request_body = RetireBody,
    params(("id" = ProviderAccountId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn retire_provider_webhook_secret(Id(id): Id<ProviderAccountId>, order: KeyedOrder<RetireBody>) -> Result<Committed, Problem> {
    let KeyedOrder { app, ctx, body: RetireBody { secret_id: secret }, .. } = order;
    let retire = Single::<ProviderAccount>::on(id, ProviderAccountCommand::RetireWebhookSecret { secret, by: ctx.actor });
    let done = app.system.commands.run(&ctx, &retire).await?;
    vault(&app.system)?.forget(ctx.tenant, secret).await.map_err(|e| Problem::unavailable(&e))?;
    Ok(Committed::done(done.receipt))
}

/// Sealed before it is named; forgotten again if nobody came to name it.
async fn keep_and(
    app: &App,
    ctx: &Context,
    id: ProviderAccountId,
    text: &str,
    command: impl FnOnce(SecretId) -> ProviderAccountCommand,
) -> Result<Committed, Problem> {
    let (vault, secret) = (vault(&app.system)?, SecretId(app.system.commands.ports().edge.new_id()));
    vault.keep(ctx.tenant, secret, text).await.map_err(|e| Problem::unavailable(&e))?;
    let done = app.system.commands.run(ctx, &Single::<ProviderAccount>::on(id, command(secret))).await;
    if !done.as_ref().is_ok_and(|done| done.output.is_some()) {
        vault.forget(ctx.tenant, secret).await.map_err(|e| Problem::unavailable(&e))?;
    }
    Ok(Committed::done(done?.receipt))
}
