//! `quittance provider …`: accounts at providers that move money over HTTP, from opening to closing.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use quittance_application::Context;
use quittance_domain::ids::ProviderAccountId;
use quittance_domain::provider::AccountState;
use quittance_projections::Page;
use quittance_projections::provider_account::{ProviderAccountFilter, ProviderAccountView, get, list};
use serde_json::json;

use super::people::within_limits;
use super::session::{Key, Once, Session};
use super::words::{problem, tell};
use crate::order::Nothing;
use crate::problem::Problem;
use crate::routes::provider::account::{self, ProviderAccountBody};
use crate::routes::vendor::ReasonBody;
use crate::settings::Settings;
use crate::system::System;

#[derive(Subcommand)]
pub enum ProviderCommand {
    /// Open an account; prints where the provider sends its messages. A second person confirms it.
    Add(Adding),
    /// The accounts, closed ones too.
    List(Listing),
    /// Confirm an account that somebody else has opened: from then on money may be sent from there.
    Confirm(Confirming),
    /// Close an account: nothing new is sent; what is under way is still asked about.
    Close(Closing),
}

#[derive(Args)]
pub struct Adding {
    #[command(flatten)]
    key: Key,
    #[command(flatten)]
    once: Once,
    /// What the account is called.
    #[arg(long)]
    name: String,
    /// Below this address the provider has `transfers`.
    #[arg(long)]
    endpoint: String,
    /// What we sign in with; kept sealed. Best given by its variable, which no list of processes shows.
    #[arg(long, env = "QUITTANCE_PROVIDER_CREDENTIAL", hide_env_values = true)]
    credential: String,
    /// What the provider signs its messages with, `whsec_` and base64; kept sealed.
    #[arg(long, env = "QUITTANCE_PROVIDER_WEBHOOK_SECRET", hide_env_values = true)]
    webhook_secret: String,
    /// Id and path as one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Listing {
    #[command(flatten)]
    key: Key,
    /// Only those in this state: opened, active or closed.
    #[arg(long)]
    state: Option<AccountState>,
    /// One JSON object an account.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct One {
    #[command(flatten)]
    key: Key,
    /// The account.
    account: ProviderAccountId,
    /// The account as one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Confirming {
    #[command(flatten)]
    one: One,
    #[command(flatten)]
    once: Once,
}

#[derive(Args)]
pub struct Closing {
    #[command(flatten)]
    one: One,
    #[command(flatten)]
    once: Once,
    /// Why.
    #[arg(long)]
    reason: String,
}

pub async fn run(settings: Settings, command: ProviderCommand) -> anyhow::Result<()> {
    let told = System::at_work(settings, async |system| command.carried_out(system).await).await?;
    tell(told.as_bytes())
}

impl ProviderCommand {
    /// Does it; what is to be printed.
    pub async fn carried_out(self, system: &System) -> anyhow::Result<String> {
        match self {
            Self::Add(adding) => adding.add(system).await,
            Self::List(listing) => listing.told(system).await,
            Self::Confirm(Confirming { one, once }) => {
                let session = Session::begin(system, &one.key).await?;
                let confirm = |ctx: &Context| account::confirm(one.account, Nothing {}, ctx);
                let (_, key) = session.does_once("confirm_provider_account", once, &one.account, confirm).await?;
                shown(&session, &one, key).await
            }
            Self::Close(Closing { one, once, reason }) => {
                within_limits(&[("--reason", &reason)])?;
                let session = Session::begin(system, &one.key).await?;
                let asked = json!([one.account, reason]);
                let close = |ctx: &Context| account::close(one.account, ReasonBody { reason }, ctx);
                let (_, key) = session.does_once("close_provider_account", once, &asked, close).await?;
                shown(&session, &one, key).await
            }
        }
    }
}

impl Adding {
    async fn add(self, system: &System) -> anyhow::Result<String> {
        let session = Session::begin(system, &self.key).await?;
        session.may("open_provider_account")?;
        let Self { once, name, endpoint, credential, webhook_secret, json, .. } = self;
        within_limits(&[("--name", &name), ("--endpoint", &endpoint)])?;
        let (ctx, key) = session.keyed("open_provider_account", once, &json!([name, endpoint, credential, webhook_secret])).await?;
        let body = ProviderAccountBody { name, endpoint, credential, webhook_secret };
        let id = ProviderAccountId(account::open(system, &ctx, body).await.map_err(problem)?.id);
        let path = account::webhook_path(session.caller.tenant, id);
        Ok(if json {
            format!("{}\n", json!({ "provider_account_id": id, "webhook_path": path, "idempotency_key": key }))
        } else {
            format!("account  {id}   (a second person confirms it)\nwebhook  {path}\n")
        })
    }
}

impl Listing {
    async fn told(self, system: &System) -> anyhow::Result<String> {
        let session = Session::begin(system, &self.key).await?;
        let mut tx = session.reads("list_provider_accounts").await?;
        let filter = ProviderAccountFilter { state: self.state };
        let found = list(&mut tx, &filter, &Page::default().whole()).await?;
        let mut text = String::new();
        for account in &found.data {
            line(&mut text, account, self.json, None)?;
        }
        Ok(text)
    }
}

/// With the key of the command that has just changed it.
async fn shown(session: &Session<'_>, one: &One, key: String) -> anyhow::Result<String> {
    let mut tx = session.reads("get_provider_account").await?;
    let found = get(&mut tx, one.account).await?.ok_or_else(|| problem(Problem::not_found()))?;
    let mut text = String::new();
    line(&mut text, &found, one.json, Some(key))?;
    Ok(text)
}

fn line(text: &mut String, account: &ProviderAccountView, as_json: bool, key: Option<String>) -> anyhow::Result<()> {
    if as_json {
        let mut told = serde_json::to_value(account)?;
        if let Some(key) = key {
            told["idempotency_key"] = key.into();
        }
        writeln!(text, "{told}")?;
    } else {
        writeln!(text, "{}  {:<7} {}  {}", account.id, account.state, account.name, account.endpoint)?;
    }
    Ok(())
}
