//! Finding work: which tenants a projector has not caught up with. Sees positions, no payload.

use chrono::{DateTime, Utc};
use quittance_domain::ids::TenantId;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{Postgres, Row, query};

use super::Database;

/// What happens by itself: at its time, or again and again until it has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// The deadline of an approval.
    Deadlines(DateTime<Utc>),
    RecurringInvoices(DateTime<Utc>),
    /// A discount has ended that nobody took.
    DiscountEnds(DateTime<Utc>),
    /// It is not known how a transfer ends.
    Transfers,
    Mail,
}

impl Due {
    fn tenants(self) -> Query<'static, Postgres, PgArguments> {
        match self {
            Self::Deadlines(now) => query("select distinct tenant_id from read.approvals where due_at <= $1").bind(now),
            Self::RecurringInvoices(now) => query("select distinct tenant_id from read.recurring_invoices where due_at <= $1").bind(now),
            Self::DiscountEnds(now) => query("select distinct tenant_id from read.discount_windows where due_at <= $1").bind(now),
            Self::Transfers => query("select distinct tenant_id from read.transfers where due_at is not null"),
            Self::Mail => query("select distinct tenant_id from read.payments where due_at is not null"),
        }
    }
}

/// How far a projector is behind, over all tenants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lag {
    pub projector: String,
    pub events: i64,
}

impl Database {
    /// Tenants whose log is ahead of at least one of `projectors`: those that stand still last, so that they never crowd
    /// out the others, else the furthest behind first.
    pub async fn tenants_behind(&self, projectors: &[&str]) -> sqlx::Result<Vec<TenantId>> {
        let query = "select h.tenant_id from es.log_heads h left join lateral \
                       (select count(*) as n, min(c.position) as lowest from ops.checkpoints c \
                         where c.tenant_id = h.tenant_id and c.projector = any ($1)) c on true \
                      where h.position > 0 and (c.n < cardinality($1) or c.lowest < h.position) \
                      order by exists (select 1 from ops.dead_letters d where d.tenant_id = h.tenant_id and d.projector = any ($1)), \
                               h.position - coalesce(c.lowest, 0) desc limit 256";
        let rows = sqlx::query(query).bind(projectors).fetch_all(&self.router).await?;
        rows.iter().map(|row| row.try_get("tenant_id").map(TenantId)).collect()
    }

    /// Every tenant in which something is due: who cannot be served now stands in nobody's way.
    pub async fn tenants_with(&self, due: Due) -> sqlx::Result<Vec<TenantId>> {
        let rows = due.tenants().fetch_all(&self.router).await?;
        rows.iter().map(|row| row.try_get("tenant_id").map(TenantId)).collect()
    }

    /// Every tenant with the head of its log.
    pub async fn heads(&self) -> sqlx::Result<Vec<(TenantId, i64)>> {
        let rows = sqlx::query("select tenant_id, position from es.log_heads order by tenant_id").fetch_all(&self.router).await?;
        rows.iter().map(|row| Ok((TenantId(row.try_get("tenant_id")?), row.try_get("position")?))).collect()
    }

    /// Whether requests get through, whichever way they take.
    pub async fn lets_requests_through(&self) -> sqlx::Result<()> {
        let mut tx = self.probe.begin_with("begin read only".to_owned()).await?;
        sqlx::query("select 1").execute(&mut tx).await?;
        tx.commit().await
    }

    /// How many tenants there are, and how many events.
    pub async fn size(&self) -> sqlx::Result<(i64, i64)> {
        sqlx::query_as("select count(tenant_id), coalesce(sum(position), 0)::bigint from es.log_heads").fetch_one(&self.router).await
    }

    /// Where a projector stands, tenant by tenant, wherever it has begun.
    pub async fn positions(&self, projector: &str) -> sqlx::Result<Vec<(TenantId, i64)>> {
        let query = "select tenant_id, position from ops.checkpoints where projector = $1 and position > 0";
        let rows = sqlx::query(query).bind(projector).fetch_all(&self.router).await?;
        rows.iter().map(|row| Ok((TenantId(row.try_get("tenant_id")?), row.try_get("position")?))).collect()
    }

    pub async fn lags(&self) -> sqlx::Result<Vec<Lag>> {
        let query = "select c.projector, sum(h.position - c.position)::bigint as behind from ops.checkpoints c \
                       join es.log_heads h on h.tenant_id = c.tenant_id group by c.projector order by c.projector";
        let rows = sqlx::query(query).fetch_all(&self.router).await?;
        rows.iter().map(|row| Ok(Lag { projector: row.try_get("projector")?, events: row.try_get("behind")? })).collect()
    }

    /// What stands still in which tenant: read models, process managers, the relay.
    pub async fn standing_still(&self) -> sqlx::Result<Vec<(TenantId, String)>> {
        let rows = sqlx::query("select tenant_id, projector from ops.dead_letters").fetch_all(&self.router).await?;
        rows.iter().map(|row| Ok((TenantId(row.try_get("tenant_id")?), row.try_get("projector")?))).collect()
    }
}
