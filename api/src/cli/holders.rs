//! `quittance user list`, `revoke-key` and `deactivate`: who holds the machine sees whose keys there are, and takes away one that has leaked.

use chrono::{DateTime, Utc};
use clap::Args;
use quittance_application::UseCase;
use quittance_application::user::{DeactivateUser, RevokeKey};
use quittance_domain::ids::{KeyId, TenantId, UserId};
use quittance_projections::api_key::{self, ApiKeyView};
use quittance_projections::source::head;
use quittance_projections::user::{self, UserFilter, UserView};
use quittance_projections::{Page, PageOf};
use serde_json::json;

use super::people::carry_out;
use crate::system::System;

#[derive(Args)]
pub struct ListArguments {
    /// Where they work.
    #[arg(long)]
    tenant: TenantId,
    /// One JSON object a user, with their keys.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct RevokeArguments {
    /// Where they work.
    #[arg(long)]
    tenant: TenantId,
    /// Whose key.
    #[arg(long)]
    user: UserId,
    /// The key's id, as `quittance user list` shows it.
    #[arg(long)]
    key: KeyId,
}

#[derive(Args)]
pub struct DeactivateArguments {
    /// Where they work.
    #[arg(long)]
    tenant: TenantId,
    /// Who leaves.
    #[arg(long)]
    user: UserId,
}

impl ListArguments {
    pub async fn carried_out(self, system: &System) -> anyhow::Result<String> {
        system.knows(self.tenant).await?;
        system.start_workers().await?;
        let head = head(&mut system.database.read(self.tenant).await?).await?;
        system.settled(self.tenant, head).await?;
        let (now, mut tx) = (system.commands.ports().edge.now(), system.database.read(self.tenant).await?);
        let (mut lines, mut page) = (Vec::new(), Page::default().whole());
        loop {
            let PageOf { data, next_cursor } = user::list(&mut tx, &UserFilter::default(), &page).await?;
            for user in data {
                let keys = api_key::of_user(&mut tx, user.id).await?;
                lines.push(if self.json { json!({ "user": user, "keys": keys }).to_string() } else { told(&user, &keys, now) });
            }
            let Some(cursor) = next_cursor else { return Ok(lines.join("\n")) };
            page = Page { cursor: Some(cursor), ..page };
        }
    }
}

/// A line for the person, and one for each key.
fn told(user: &UserView, keys: &[ApiKeyView], now: DateTime<Utc>) -> String {
    let roles: Vec<String> = user.roles.iter().map(ToString::to_string).collect();
    let gone = if user.active { "" } else { "  (deactivated)" };
    let keys = keys.iter().map(|key| {
        let standing = match key.expires_at {
            _ if key.revoked => "revoked".to_owned(),
            Some(end) if end <= now => format!("expired on {}", end.date_naive()),
            Some(end) => format!("until {}", end.format("%Y-%m-%dT%H:%M:%SZ")),
            None => "without end".to_owned(),
        };
        format!("\n  key {}  {}…  issued {}, {standing}", key.id, key.prefix, key.issued_at.date_naive())
    });
    format!("{}  {}  {}{gone}{}", user.id, user.email, roles.join(", "), keys.collect::<String>())
}

impl RevokeArguments {
    pub async fn carried_out(self, system: &System) -> anyhow::Result<String> {
        done(system, self.tenant, self.user, &RevokeKey { user_id: self.user, key_id: self.key }).await?;
        Ok(format!("key      {}   works no more", self.key))
    }
}

impl DeactivateArguments {
    pub async fn carried_out(self, system: &System) -> anyhow::Result<String> {
        done(system, self.tenant, self.user, &DeactivateUser { id: self.user }).await?;
        Ok(format!("user     {}   is deactivated: none of their keys works any more", self.user))
    }
}

async fn done<U: UseCase>(system: &System, tenant: TenantId, user: UserId, use_case: &U) -> anyhow::Result<()> {
    system.knows(tenant).await?;
    system.start_workers().await?;
    let position = carry_out(system, tenant, user, use_case).await?;
    system.settled(tenant, position).await
}
