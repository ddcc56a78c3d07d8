//! API keys: their hashes, whom they belong to, and whether they still open anything.

use chrono::{DateTime, Utc};
use quittance_application::ports::Later;
use quittance_domain::ids::{KeyId, TenantId, UserId};
use quittance_domain::user::{ApiKey, UserEvent};
use quittance_infrastructure::database::TenantTx;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::aggregate_row::poison;
use crate::fact::{Fact, Recorded};
use crate::projector::{Memory, ProjectionError, Projector};
use crate::row;
use crate::rows::Rows;

row! {
    pub struct ApiKeyRow in "api_keys" {
        key_id: Uuid,
        user_id: Uuid,
        prefix: String,
        hash: Vec<u8>,
        expires_at: Option<DateTime<Utc>>,
        revoked: bool,
        issued_at: DateTime<Utc>,
    }
}

pub struct ApiKeys;

impl Projector for ApiKeys {
    fn name(&self) -> &'static str {
        "api_keys"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["api_keys"]
    }

    fn project<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        memory: &'a mut Memory,
        events: &'a [Recorded],
    ) -> Later<'a, Result<(), ProjectionError>> {
        Box::pin(async move {
            let rows = memory.rows::<ApiKeyRow>();
            rows.fetch(tx, events.iter().filter_map(revoked)).await?;
            for at in events {
                fold(rows, at)?;
            }
            rows.flush(tx).await
        })
    }
}

fn revoked(at: &Recorded) -> Option<Uuid> {
    match &at.fact {
        Fact::User(UserEvent::KeyRevoked { key_id, .. }) => Some(key_id.0),
        _ => None,
    }
}

fn fold(rows: &mut Rows<ApiKeyRow>, at: &Recorded) -> Result<(), ProjectionError> {
    match &at.fact {
        Fact::User(UserEvent::KeyIssued { key }) => rows.put(issued(key, at)?),
        Fact::User(UserEvent::KeyRevoked { key_id, .. }) => {
            rows.change(&key_id.0).ok_or_else(|| poison(at, "a key was revoked that was not issued"))?.revoked = true;
        }
        _ => {}
    }
    Ok(())
}

fn issued(key: &ApiKey, at: &Recorded) -> Result<ApiKeyRow, ProjectionError> {
    Ok(ApiKeyRow {
        key_id: key.key_id.0,
        user_id: at.aggregate_id,
        prefix: key.prefix.clone(),
        hash: hex::decode(&key.hash).map_err(|_| poison(at, "a key's hash is not hexadecimal"))?,
        expires_at: key.expires_at,
        revoked: false,
        issued_at: at.recorded_at,
    })
}

/// A key as its owner may see it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ApiKeyView {
    pub id: KeyId,
    pub user_id: UserId,
    pub prefix: String,
    pub expires_at: Option<DateTime<Utc>>,
    pub revoked: bool,
    pub issued_at: DateTime<Utc>,
}

/// The keys of a user, the newest first.
pub async fn of_user(tx: &mut TenantTx, user: UserId) -> sqlx::Result<Vec<ApiKeyView>> {
    let query = "select key_id, user_id, prefix, hash, expires_at, revoked, issued_at from api_keys \
                 where tenant_id = $1 and user_id = $2 order by issued_at desc, key_id";
    let tenant: TenantId = tx.tenant();
    let rows: Vec<ApiKeyRow> = sqlx::query_as(query).bind(tenant.0).bind(user.0).fetch_all(&mut **tx).await?;
    Ok(rows.into_iter().map(ApiKeyView::from).collect())
}

impl From<ApiKeyRow> for ApiKeyView {
    fn from(row: ApiKeyRow) -> Self {
        Self {
            id: KeyId(row.key_id),
            user_id: UserId(row.user_id),
            prefix: row.prefix,
            expires_at: row.expires_at,
            revoked: row.revoked,
            issued_at: row.issued_at,
        }
    }
}
