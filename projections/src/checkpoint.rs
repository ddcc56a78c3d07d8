//! Where each projector stands in each tenant's log; moved in the transaction of the rows.

use quittance_infrastructure::database::TenantTx;

/// A checkpoint whose row this transaction holds.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Checkpoint {
    pub projector: String,
    pub position: i64,
    /// Up to here everything has been done once before: a relay marks it as a replay.
    pub replay_until: i64,
}

/// Makes missing checkpoints at 0 and takes those of `projectors` that no other worker holds and that are not poisoned. Rows that
/// another version writes are not ours to go on with: while a new version takes over, both run beside each other. A poisoned one comes back on its own after a while that doubles with each try, five minutes at most.
pub async fn take(tx: &mut TenantTx, projectors: &[(&str, i32)]) -> sqlx::Result<Vec<Checkpoint>> {
    let tenant = tx.tenant();
    let (names, versions): (Vec<&str>, Vec<i32>) = projectors.iter().copied().unzip();
    let query = "select c.projector, c.position, c.replay_until from ops.checkpoints c \
                   join unnest($2::text[], $3::int[]) as mine (projector, version) using (projector, version) \
                  where c.tenant_id = $1 \
                    and not exists (select 1 from ops.dead_letters d where d.tenant_id = $1 and d.projector = c.projector \
                                     and d.last_at + interval '1 second' * least(power(2, least(d.attempts, 10)), 300) > now()) \
                  order by c.projector for update of c skip locked";
    let held: Vec<Checkpoint> = sqlx::query_as(query).bind(tenant.0).bind(&names).bind(&versions).fetch_all(&mut **tx).await?;
    if held.len() == projectors.len() {
        return Ok(held);
    }
    let begin = "insert into ops.checkpoints (tenant_id, projector, version, position) select $1, u.name, u.version, 0 \
                 from unnest($2, $3) u(name, version) on conflict do nothing returning projector, position, replay_until";
    let mut all: Vec<Checkpoint> = sqlx::query_as(begin).bind(tenant.0).bind(&names).bind(&versions).fetch_all(&mut **tx).await?;
    all.extend(held);
    Ok(all)
}

/// Those of `projectors` whose rows another version writes.
pub async fn of_another_version(tx: &mut TenantTx, projectors: &[(&str, i32)]) -> sqlx::Result<Vec<String>> {
    let tenant = tx.tenant();
    let (names, versions): (Vec<&str>, Vec<i32>) = projectors.iter().copied().unzip();
    let query = "select c.projector from ops.checkpoints c join unnest($2::text[], $3::int[]) as mine (projector, version) using (projector) \
                  where c.tenant_id = $1 and c.version <> mine.version order by c.projector";
    sqlx::query_scalar(query).bind(tenant.0).bind(names).bind(versions).fetch_all(&mut **tx).await
}

/// Who moves on has got past whatever had stopped it.
pub async fn advance(tx: &mut TenantTx, projectors: &[&str], position: i64) -> sqlx::Result<()> {
    let tenant = tx.tenant();
    let query = "with past as (delete from ops.dead_letters where tenant_id = $1 and projector = any ($2)) \
                 update ops.checkpoints set position = $3, updated_at = now() where tenant_id = $1 and projector = any ($2)";
    sqlx::query(query).bind(tenant.0).bind(projectors).bind(position).execute(&mut **tx).await.map(drop)
}

/// Moves back to `position`, never forward: what lies between would be left out. Answers where it stood; nothing where it
/// has not begun. Waits for the worker that holds it, and for the disk: somebody is told that it is done.
pub async fn rewind(tx: &mut TenantTx, projector: &str, position: i64) -> sqlx::Result<Option<i64>> {
    let tenant = tx.tenant();
    sqlx::query("set local synchronous_commit = on").execute(&mut **tx).await?;
    let stands = "select position from ops.checkpoints where tenant_id = $1 and projector = $2 for update";
    let stood: Option<i64> = sqlx::query_scalar(stands).bind(tenant.0).bind(projector).fetch_optional(&mut **tx).await?;
    let back = "update ops.checkpoints set position = $3, replay_until = greatest(replay_until, position), updated_at = now() \
                where tenant_id = $1 and projector = $2 and position > $3";
    sqlx::query(back).bind(tenant.0).bind(projector).bind(position).execute(&mut **tx).await?;
    Ok(stood)
}

/// Remembers that `projector` cannot get past `position`.
pub async fn bury(tx: &mut TenantTx, projector: &str, position: i64, error: &str) -> sqlx::Result<()> {
    let tenant = tx.tenant();
    let query = "insert into ops.dead_letters as d (tenant_id, projector, position, error) values ($1, $2, $3, $4) \
                 on conflict (tenant_id, projector) do update set position = $3, error = $4, last_at = now(), \
                 attempts = case when d.position = $3 then d.attempts + 1 else 1 end";
    sqlx::query(query).bind(tenant.0).bind(projector).bind(position).bind(error).execute(&mut **tx).await.map(drop)
}

/// What had stopped `projectors` is no longer in their way.
pub async fn unbury(tx: &mut TenantTx, projectors: &[&str]) -> sqlx::Result<()> {
    let tenant = tx.tenant();
    let query = "delete from ops.dead_letters where tenant_id = $1 and projector = any ($2)";
    sqlx::query(query).bind(tenant.0).bind(projectors).execute(&mut **tx).await.map(drop)
}

/// The lowest position of `projectors` for the transaction's tenant; 0 where one has not begun.
pub async fn lowest(tx: &mut TenantTx, projectors: &[&str]) -> sqlx::Result<i64> {
    let tenant = tx.tenant();
    let query = "select case when count(*) = cardinality($2::text[]) then min(position) else 0 end from ops.checkpoints \
                 where tenant_id = $1 and projector = any ($2)";
    let lowest: Option<i64> = sqlx::query_scalar(query).bind(tenant.0).bind(projectors).fetch_one(&mut **tx).await?;
    Ok(lowest.unwrap_or_default())
}

/// Those of `projectors` that stand still in the transaction's tenant.
pub async fn stopped(tx: &mut TenantTx, projectors: &[&str]) -> sqlx::Result<Vec<String>> {
    let tenant = tx.tenant();
    let query = "select projector from ops.dead_letters where tenant_id = $1 and projector = any ($2) order by projector";
    sqlx::query_scalar(query).bind(tenant.0).bind(projectors).fetch_all(&mut **tx).await
}
