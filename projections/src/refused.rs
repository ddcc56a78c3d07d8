//! What process managers could not do because a command was refused: kept until it is done after all, for a person to see.
//! What a person has dismissed is neither seen nor tried again.

use chrono::{DateTime, Utc};
use quittance_domain::ids::TenantId;
use quittance_infrastructure::database::TenantTx;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::listing::{Listing, Sort};
use crate::page::{Page, PageOf, QueryError};
use crate::row;

row! {
    pub struct RefusedRow in "ops.open_refusals" {
        refusal_id: Uuid,
        manager: String,
        position: i64,
        event_type: String,
        aggregate_type: String,
        aggregate_id: Uuid,
        concerned: Option<Uuid>,
        code: String,
        detail: String,
        attempts: i32,
        first_at: DateTime<Utc>,
        last_at: DateTime<Utc>,
    }
}

/// A refusal as a process manager meets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub id: Uuid,
    pub position: i64,
    pub concerned: Option<Uuid>,
    pub code: &'static str,
    pub detail: String,
}

/// Where a refusal stands and who met it: what it takes to try again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub tenant: TenantId,
    pub id: Uuid,
    pub manager: String,
    pub position: i64,
    pub concerned: Option<Uuid>,
    /// Why it was refused the last time.
    pub code: String,
}

/// Keeps `refusals` of one manager; one that is there already was tried once more.
pub async fn keep(tx: &mut TenantTx, manager: &str, refusals: &[Refusal]) -> sqlx::Result<()> {
    let query = "insert into ops.refused_reactions as r \
                   (tenant_id, refusal_id, manager, position, event_type, aggregate_type, aggregate_id, concerned, code, detail) \
                 select tenant_id, $2, $3, position, event_type, aggregate_type, aggregate_id, $5, $6, $7 \
                   from es.events where tenant_id = $1 and position = $4 \
                 on conflict (tenant_id, refusal_id) do update \
                   set code = excluded.code, detail = excluded.detail, attempts = r.attempts + 1, last_at = now()";
    let tenant = tx.tenant();
    for Refusal { id, position, concerned, code, detail } in refusals {
        let query = sqlx::query(query).bind(tenant.0).bind(id).bind(manager).bind(position).bind(concerned).bind(code).bind(detail);
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

/// It has been done after all.
pub async fn forget(tx: &mut TenantTx, id: Uuid) -> sqlx::Result<()> {
    let tenant = tx.tenant();
    let query = "delete from ops.refused_reactions where tenant_id = $1 and refusal_id = $2";
    sqlx::query(query).bind(tenant.0).bind(id).execute(&mut **tx).await.map(drop)
}

/// Whether somebody has said that it need not be done any more.
pub async fn is_dismissed(tx: &mut TenantTx, id: Uuid) -> sqlx::Result<bool> {
    let tenant = tx.tenant();
    let query = "select exists (select 1 from es.events where tenant_id = $1 and aggregate_id = $2)";
    sqlx::query_scalar(query).bind(tenant.0).bind(id).fetch_one(&mut **tx).await
}

/// What waits to be tried again, oldest events first: what one event asked for, or everything.
pub async fn waiting(tx: &mut TenantTx, position: Option<i64>, limit: i64) -> sqlx::Result<Vec<Waiting>> {
    let tenant = tx.tenant();
    let query = "select refusal_id, manager, position, concerned, code from ops.open_refusals \
                 where tenant_id = $1 and ($2::bigint is null or position = $2) order by position, refusal_id limit $3";
    let rows: Vec<(Uuid, String, i64, Option<Uuid>, String)> =
        sqlx::query_as(query).bind(tenant.0).bind(position).bind(limit).fetch_all(&mut **tx).await?;
    Ok(rows
        .into_iter()
        .map(|(id, manager, position, concerned, code)| Waiting { tenant, id, manager, position, concerned, code })
        .collect())
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RefusedReaction {
    pub id: Uuid,
    /// Of the event that asked for it; `POST /v1/refused-reactions/retry?position=` has it tried again.
    pub position: i64,
    /// What happened.
    #[schema(example = "GoodsReceiptPosted")]
    pub event_type: String,
    #[schema(example = "goods_receipt")]
    pub aggregate_type: String,
    pub aggregate_id: Uuid,
    /// Where the event concerns many things, the one that refused.
    pub concerned_id: Option<Uuid>,
    /// Why what follows from it was refused.
    pub code: String,
    pub detail: String,
    pub attempts: i32,
    pub first_refused_at: DateTime<Utc>,
    pub last_refused_at: DateTime<Utc>,
}

impl From<RefusedRow> for RefusedReaction {
    fn from(row: RefusedRow) -> Self {
        Self {
            id: row.refusal_id,
            position: row.position,
            event_type: row.event_type,
            aggregate_type: row.aggregate_type,
            aggregate_id: row.aggregate_id,
            concerned_id: row.concerned,
            code: row.code,
            detail: row.detail,
            attempts: row.attempts,
            first_refused_at: row.first_at,
            last_refused_at: row.last_at,
        }
    }
}

const SORTS: &[Sort<RefusedRow>] = &[Sort { name: "position", column: "position", cast: "bigint", key: |row| row.position.to_string() }];

pub async fn list(tx: &mut TenantTx, page: &Page) -> Result<PageOf<RefusedReaction>, QueryError> {
    let found = Listing::<RefusedRow>::of(tx).page(tx, SORTS, &(), page).await?;
    Ok(found.map(RefusedReaction::from))
}
