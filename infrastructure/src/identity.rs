//! API keys: made from 256 random bits, stored as hashes, found before the tenant is known.
//!
//! A key is a unique fact from the write that issues it to the one that revokes it or deactivates its user, and what the
//! user may do is folded from the log: no read model is asked, so a key that was revoked, or a role that was taken away,
//! is gone however far behind the read models are. Both are one round trip: an index lookup and a short stream. A key that
//! was found is remembered for a second: a busy client costs it once a second, and a revoked key works for a second at
//! most, on every node.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use quittance_application::commands::{NO_SNAPSHOT, fold};
use quittance_domain::ids::{KeyId, TenantId, UserId};
use quittance_domain::role::Role;
use quittance_domain::user::{Account, ApiKey, User};
use sha2::{Digest, Sha256};
use sqlx::Row;

use crate::database::Database;
use crate::event_store::stream_of;

const REMEMBERED_FOR: Duration = Duration::from_secs(1);
const REMEMBERED_MAX: u64 = 10_000;
const PREFIX: &str = "qk_live_";

/// Whose key it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyHolder {
    pub tenant: TenantId,
    pub user: UserId,
    pub key: KeyId,
    pub roles: Vec<Role>,
    pub expires_at: Option<DateTime<Utc>>,
}

/// A new key: the secret is shown once, the rest is stored.
pub struct NewKey {
    pub secret: String,
    pub key: ApiKey,
}

/// `qk_live_` + 8 characters that may be shown + `_` + 256 random bits.
pub fn new_key(key_id: KeyId, expires_at: Option<DateTime<Utc>>) -> anyhow::Result<NewKey> {
    let mut random = [0u8; 36];
    getrandom::fill(&mut random).map_err(|e| anyhow::anyhow!("the system gives no randomness: {e}"))?;
    let prefix = format!("{PREFIX}{}", hex::encode(&random[..4]));
    let secret = format!("{prefix}_{}", BASE64_URL_SAFE_NO_PAD.encode(&random[4..]));
    let hash = hex::encode(hash_of(&secret));
    Ok(NewKey { secret, key: ApiKey { key_id, prefix, hash, expires_at } })
}

fn hash_of(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

pub struct Identity {
    database: Database,
    found: moka::sync::Cache<[u8; 32], KeyHolder>,
}

impl Identity {
    pub fn new(database: Database) -> Self {
        let found = moka::sync::Cache::builder().max_capacity(REMEMBERED_MAX).time_to_live(REMEMBERED_FOR).build();
        Self { database, found }
    }

    /// The holder of a key that is in force at `now`. Expiry is judged each time, also for a remembered key.
    pub async fn authenticate(&self, secret: &str, now: DateTime<Utc>) -> anyhow::Result<Option<KeyHolder>> {
        if !secret.starts_with(PREFIX) || secret.len() > 128 {
            return Ok(None);
        }
        let hash = hash_of(secret);
        let holder = match self.found.get(&hash) {
            Some(holder) => Some(holder),
            None => self.look_up(hash).await?,
        };
        Ok(holder.filter(|h| h.expires_at.is_none_or(|at| now < at)))
    }

    async fn look_up(&self, hash: [u8; 32]) -> anyhow::Result<Option<KeyHolder>> {
        let query = "select k.tenant_id, k.user_id, e.sequence, e.position, e.event_type, e.event_version, e.body \
                     from iam.key_lookup($1) k, lateral es.load(k.tenant_id, k.user_id, $2) e";
        let rows = sqlx::query(query).bind(&hash[..]).bind(NO_SNAPSHOT).fetch_all(&self.database.hot).await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let (tenant, user) = (TenantId(first.try_get("tenant_id")?), UserId(first.try_get("user_id")?));
        let folded = fold::<User>(stream_of(&rows)?)?.state;
        let account = folded.downcast_ref::<User>().and_then(|account| account.account().ok());
        let holder = account.and_then(|account| holder(tenant, user, account, &hex::encode(hash)));
        if let Some(holder) = &holder {
            self.found.insert(hash, holder.clone());
        }
        Ok(holder)
    }
}

fn holder(tenant: TenantId, user: UserId, account: &Account, hash: &str) -> Option<KeyHolder> {
    let key = account.keys.iter().find(|key| account.active && key.hash == hash)?;
    Some(KeyHolder { tenant, user, key: key.key_id, roles: account.roles.clone(), expires_at: key.expires_at })
}
