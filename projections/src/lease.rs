//! Who works on what now, and when it is tried again: two nodes do not do one thing at once, and one that dies gives it back in time.
//! Losing a lease costs one more try.

use chrono::{DateTime, TimeDelta, Utc};
use quittance_domain::ids::TenantId;
use quittance_infrastructure::database::Database;
use uuid::Uuid;

/// A wait doubles with each try so often at most.
const DOUBLED_MAX: i32 = 9;

/// The leases of one kind of work.
pub struct Leases<'a> {
    pub database: &'a Database,
    /// Names its rows: never changed.
    pub kind: &'static str,
    /// Longer than one try may take.
    pub for_at_most: TimeDelta,
}

/// When something is tried again, after how many tries, and what was in the way the last time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    pub at: DateTime<Utc>,
    pub tries: i32,
    pub trouble: Option<String>,
}

impl Leases<'_> {
    /// How often it was tried before; `None` while somebody else is at it.
    pub async fn take(&self, tenant: TenantId, id: Uuid, now: DateTime<Utc>) -> sqlx::Result<Option<i32>> {
        let query = "insert into ops.leases as l (tenant_id, kind, id, next_at, tries) values ($1, $2, $3, $4, 1) \
                     on conflict (tenant_id, kind, id) do update set next_at = excluded.next_at, tries = l.tries + 1 \
                      where l.next_at <= $5 returning tries";
        let mut tx = self.database.keep(tenant).await?;
        let query = sqlx::query_scalar(query).bind(tenant.0).bind(self.kind).bind(id).bind(now + self.for_at_most).bind(now);
        let tries: Option<i32> = query.fetch_optional(&mut *tx).await?;
        tx.commit().await?;
        Ok(tries.map(|tries| tries - 1))
    }

    pub async fn give_back(&self, tenant: TenantId, id: Uuid, next: Next) -> sqlx::Result<()> {
        let query = "update ops.leases set next_at = $4, tries = $5, trouble = $6 where tenant_id = $1 and kind = $2 and id = $3";
        let mut tx = self.database.keep(tenant).await?;
        let query = sqlx::query(query).bind(tenant.0).bind(self.kind).bind(id).bind(next.at).bind(next.tries).bind(next.trouble);
        query.execute(&mut *tx).await?;
        tx.commit().await
    }
}

/// `first`, twice that, four times, … up to `at_most`.
pub fn backoff(first: TimeDelta, tried_before: i32, at_most: TimeDelta) -> TimeDelta {
    (first * (1 << tried_before.clamp(0, DOUBLED_MAX))).min(at_most)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::backoff;

    #[test]
    fn a_wait_doubles_up_to_its_limit() {
        let waits = [0, 1, 2, 5, 6, i32::MAX].map(|tried| backoff(TimeDelta::seconds(5), tried, TimeDelta::minutes(5)).num_seconds());
        assert_eq!(waits, [5, 10, 20, 160, 300, 300]);
    }
}
