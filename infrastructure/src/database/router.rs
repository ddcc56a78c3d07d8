//! Finding work: which tenants a projector has not caught up with. Sees positions, no payload.

use quittance_domain::ids::TenantId;
use sqlx::Row;

use super::Database;

impl Database {
    /// Tenants whose log is ahead of at least one of `projectors`, the furthest behind first.
    pub async fn tenants_behind(&self, projectors: &[&str]) -> sqlx::Result<Vec<TenantId>> {
        let query = "select h.tenant_id from es.log_heads h left join lateral \
                       (select count(*) as n, min(c.position) as lowest from ops.checkpoints c \
                         where c.tenant_id = h.tenant_id and c.projector = any ($1)) c on true \
                      where h.position > 0 and (c.n < cardinality($1) or c.lowest < h.position) \
                      order by h.position - coalesce(c.lowest, 0) desc limit 256";
        let rows = sqlx::query(query).bind(projectors).fetch_all(&self.router).await?;
        rows.iter().map(|row| row.try_get("tenant_id").map(TenantId)).collect()
    }

    /// Every tenant with the head of its log.
    pub async fn heads(&self) -> sqlx::Result<Vec<(TenantId, i64)>> {
        let rows = sqlx::query("select tenant_id, position from es.log_heads order by tenant_id").fetch_all(&self.router).await?;
        rows.iter().map(|row| Ok((TenantId(row.try_get("tenant_id")?), row.try_get("position")?))).collect()
    }
}
