//! Accounts at providers, from opening to closing, and the transfers that are made through them.

use quittance_application::single::Single;
use quittance_application::{Context, Receipt};
use quittance_domain::ids::{ProviderAccountId, SecretId, TenantId};
use quittance_domain::provider::{ProviderAccount, ProviderAccountCommand, ProviderSettings};
use quittance_infrastructure::provider::{WebhookSecret, admitted};
use quittance_infrastructure::sealed_secrets::SealedSecrets;
use quittance_projections::provider_account::{self, ProviderAccountFilter, ProviderAccountView};
use quittance_projections::transfer::{self, TransferFilter, TransferView};
use quittance_projections::{Page, PageOf};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::vendor::ReasonBody;
use super::secret::credential;
use crate::committed::{CommandAnswer, Committed};
use crate::order::{KeyedOrder, Nothing, Order};
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};
use crate::system::System;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProviderAccountBody {
    #[schema(example = "Nordbank transfers")]
    pub name: String,
    /// Below this address the provider has `transfers`.
    #[schema(example = "https://api.nordbank.example/v2")]
    pub endpoint: String,
    /// What we sign in with, as a bearer token. Kept sealed, never shown again.
    #[schema(example = "sk_live_4eC39HqLyjWDarjtT1zdp7dc")]
    pub credential: String,
    /// What the provider signs its messages with, by Standard Webhooks: `whsec_` and base64. Kept sealed, never shown again.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    pub webhook_secret: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ProviderAccountOpened {
    #[serde(flatten)]
    answer: CommandAnswer,
    /// Below the server's address: where the provider sends its messages.
    webhook_path: String,
}

/// Open an account at a provider that moves money over HTTP. A second person confirms it before anything is sent.
#[utoipa::path(post, path = "/v1/provider-accounts", tag = "payments", request_body = ProviderAccountBody,
    params(("Idempotency-Key" = String, Header)), responses((status = 201, body = ProviderAccountOpened), Refusals))]
pub async fn open_provider_account(order: KeyedOrder<ProviderAccountBody>) -> Result<Committed<ProviderAccountOpened>, Problem> {
    let opened = open(&order.app.system, &order.ctx, order.body).await?;
    let committed = Committed::created("/v1/provider-accounts", opened);
    Ok(committed.with(|answer| ProviderAccountOpened { webhook_path: webhook_path(order.ctx.tenant, answer.id.into()), answer }))
}

/// Seals the secrets, then opens the account that names them.
pub async fn open(system: &System, ctx: &Context, body: ProviderAccountBody) -> Result<Receipt, Problem> {
    let ProviderAccountBody { name, endpoint, credential: token, webhook_secret } = body;
    admitted(&endpoint, system.reach()).map_err(|e| Problem::invalid("/endpoint", e.to_string()))?;
    credential("/credential", &token)?;
    WebhookSecret::parse(&webhook_secret).ok_or_else(|| weak("/webhook_secret"))?;
    let edge = &system.commands.ports().edge;
    let (id, ours, theirs) = (ProviderAccountId(edge.new_id()), SecretId(edge.new_id()), SecretId(edge.new_id()));
    let vault = vault(system)?;
    for (secret, text) in [(ours, &token), (theirs, &webhook_secret)] {
        vault.keep(ctx.tenant, secret, text).await.map_err(|e| Problem::unavailable(&e))?;
    }
    let settings = ProviderSettings { name, endpoint, credential: ours, webhook_secrets: vec![theirs] };
    let open = Single::<ProviderAccount>::beginning(id, ProviderAccountCommand::Open { settings, by: ctx.actor });
    let opened = system.commands.run(ctx, &open).await;
    if !opened.as_ref().is_ok_and(|done| done.receipt.id == id.0) {
        // Refused, or opened by an earlier request: nobody names what was sealed just now.
        for secret in [ours, theirs] {
            vault.forget(ctx.tenant, secret).await.map_err(|e| Problem::unavailable(&e))?;
        }
    }
    Ok(opened?.receipt)
}

pub fn webhook_path(tenant: TenantId, account: ProviderAccountId) -> String {
    format!("/webhooks/provider/{tenant}/{account}")
}

pub(super) fn weak(pointer: &str) -> Problem {
    Problem::invalid(pointer, "a webhook secret is whsec_ and the base64 of 24 bytes or more")
}

pub(super) fn vault(system: &System) -> Result<SealedSecrets, Problem> {
    system.sealed_secrets().map_err(|e| Problem::unavailable(&e))
}

/// A second person confirms that money may be sent from there.
#[utoipa::path(post, path = "/v1/provider-accounts/{id}/confirm", tag = "payments", request_body = Nothing,
    params(("id" = ProviderAccountId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn confirm_provider_account(Id(id): Id<ProviderAccountId>, order: KeyedOrder<Nothing>) -> Result<Committed, Problem> {
    order.on(id, confirm).await
}

pub fn confirm(id: ProviderAccountId, _: Nothing, ctx: &Context) -> Result<Single<ProviderAccount>, Problem> {
    Ok(Single::on(id, ProviderAccountCommand::Confirm { by: ctx.actor }))
}

/// Close an account: nothing new is sent; what is under way is still asked about.
#[utoipa::path(post, path = "/v1/provider-accounts/{id}/close", tag = "payments", request_body = ReasonBody,
    params(("id" = ProviderAccountId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn close_provider_account(Id(id): Id<ProviderAccountId>, order: Order<ReasonBody>) -> Result<Committed, Problem> {
    order.on(id, close).await
}

pub fn close(id: ProviderAccountId, body: ReasonBody, ctx: &Context) -> Result<Single<ProviderAccount>, Problem> {
    Ok(Single::on(id, ProviderAccountCommand::Close { by: ctx.actor, reason: body.given()? }))
}

/// Accounts at providers.
#[utoipa::path(get, path = "/v1/provider-accounts", tag = "payments", params(ProviderAccountFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<ProviderAccountView>), Refusals))]
pub async fn list_provider_accounts(
    mut read: Reading,
    Filter(filter): Filter<ProviderAccountFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<ProviderAccountView>>, Problem> {
    let found = provider_account::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// One account at a provider. Its secrets show by their ids alone.
#[utoipa::path(get, path = "/v1/provider-accounts/{id}", tag = "payments", params(("id" = ProviderAccountId, Path), MinPosition),
    responses((status = 200, body = ProviderAccountView), Refusals))]
pub async fn get_provider_account(Id(id): Id<ProviderAccountId>, mut read: Reading) -> Result<Fresh<ProviderAccountView>, Problem> {
    let found = provider_account::get(&mut read.tx, id).await?;
    read.found(found)
}

/// Transfers that providers make, those under way first: how each stands, and what is in the way of knowing.
#[utoipa::path(get, path = "/v1/transfers", tag = "payments", params(TransferFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<TransferView>), Refusals))]
pub async fn list_transfers(
    mut read: Reading,
    Filter(filter): Filter<TransferFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<TransferView>>, Problem> {
    let now = read.now();
    let found = transfer::list(&mut read.tx, &filter, &page, now).await?;
    Ok(read.answer(found))
}
