//! Rebuilding read models beside the live ones: shadow tables, replay, a last catch-up under the checkpoints' locks,
//! and a swap in one transaction. Readers see the old rows until the new ones are complete.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, ensure};
use futures::{StreamExt, TryStreamExt};
use quittance_domain::ids::TenantId;
use quittance_infrastructure::database::{Database, migrator_pool};
use sqlx::{PgPool, Postgres, Transaction};

use crate::projector::Projector;
use crate::replay::{LANES, replay};

/// How a rebuild tells how far it is.
pub trait Watcher: Sync {
    fn total(&self, events: u64);
    fn advanced(&self, events: u64);
}

/// Nobody watches.
pub struct Unwatched;

impl Watcher for Unwatched {
    fn total(&self, _: u64) {}
    fn advanced(&self, _: u64) {}
}

/// Rebuilds `projectors` (all tenants) and swaps. Answers how many events were replayed.
pub async fn rebuild(database: &Database, projectors: &[Arc<dyn Projector>], watcher: &dyn Watcher) -> anyhow::Result<u64> {
    ensure!(!projectors.is_empty(), "there is no such read model");
    let admin = migrator_pool(database.admin()).await?;
    let alone = sole_rebuilder(&admin).await?;
    let replayed = rebuild_alone(database, &admin, projectors, watcher).await?;
    drop(alone);
    admin.close().await;
    Ok(replayed)
}

/// Rebuilds those of `projectors` whose rows another version wrote. Whoever finds somebody else at it waits, and looks again: of several
/// nodes that start together one does the work.
pub async fn bring_up_to_date(database: &Database, projectors: &[Arc<dyn Projector>]) -> anyhow::Result<()> {
    let admin = migrator_pool(database.admin()).await?;
    if !outdated(&admin, projectors).await?.is_empty() {
        let alone = next_rebuilder(&admin).await?;
        let stale = outdated(&admin, projectors).await?;
        if !stale.is_empty() {
            let names: Vec<&str> = stale.iter().map(|p| p.name()).collect();
            tracing::info!(?names, "read models of another version are rebuilt");
            rebuild_alone(database, &admin, &stale, &Unwatched).await?;
        }
        drop(alone);
    }
    admin.close().await;
    Ok(())
}

async fn rebuild_alone(
    database: &Database,
    admin: &PgPool,
    projectors: &[Arc<dyn Projector>],
    watcher: &dyn Watcher,
) -> anyhow::Result<u64> {
    make_shadows(admin, projectors).await?;
    let mut reached = HashMap::new();
    let mut replayed = catch_up(database, projectors, &mut reached, watcher).await?;
    complete_shadows(admin, projectors).await?;
    // Most of what came in meanwhile, before anybody has to wait.
    replayed += catch_up(database, projectors, &mut reached, &Unwatched).await?;
    replayed += swap(database, admin, projectors, &mut reached).await?;
    Ok(replayed)
}

/// Two rebuilds at once would share the shadow schema. The lock ends with its transaction.
pub(crate) async fn sole_rebuilder(admin: &PgPool) -> anyhow::Result<Transaction<'static, Postgres>> {
    let mut tx = admin.begin().await?;
    let free: bool = sqlx::query_scalar("select pg_try_advisory_xact_lock(hashtext('quittance rebuild'))").fetch_one(&mut *tx).await?;
    ensure!(free, "another rebuild or verification is running");
    Ok(tx)
}

/// The same for whoever has time to wait.
async fn next_rebuilder(admin: &PgPool) -> anyhow::Result<Transaction<'static, Postgres>> {
    let mut tx = admin.begin().await?;
    sqlx::query("set local statement_timeout = 0").execute(&mut *tx).await?;
    sqlx::query("select pg_advisory_xact_lock(hashtext('quittance rebuild'))").execute(&mut *tx).await?;
    Ok(tx)
}

/// An empty shadow beside each read model, with the indexes that projecting needs.
pub async fn make_shadows(admin: &PgPool, projectors: &[Arc<dyn Projector>]) -> anyhow::Result<()> {
    let mut tx = admin.begin().await?;
    for table in tables(projectors) {
        sqlx::query("call ops.shadow($1)").bind(table).execute(&mut *tx).await.with_context(|| format!("no shadow of {table}"))?;
    }
    tx.commit().await?;
    for table in projectors.iter().flat_map(|p| p.searches()) {
        index(admin, table).await?;
    }
    Ok(())
}

/// Gives shadows, whose rows are there, the indexes and the statistics that queries need: as many at a time as there are
/// connections.
pub async fn complete_shadows(admin: &PgPool, projectors: &[Arc<dyn Projector>]) -> anyhow::Result<()> {
    futures::stream::iter(tables(projectors)).map(|table| complete(admin, table)).buffer_unordered(LANES).try_collect().await
}

async fn complete(admin: &PgPool, table: &str) -> anyhow::Result<()> {
    sqlx::query("call ops.complete($1)").bind(table).execute(admin).await.with_context(|| format!("{table} cannot be completed")).map(drop)
}

async fn index(admin: &PgPool, table: &str) -> anyhow::Result<()> {
    sqlx::query("call ops.index($1)").bind(table).execute(admin).await.with_context(|| format!("no indexes for {table}")).map(drop)
}

pub(crate) fn tables(projectors: &[Arc<dyn Projector>]) -> impl Iterator<Item = &'static str> + '_ {
    projectors.iter().flat_map(|p| p.tables().iter().copied())
}

/// Brings the shadows to every tenant's head.
async fn catch_up(
    database: &Database,
    projectors: &[Arc<dyn Projector>],
    reached: &mut HashMap<TenantId, i64>,
    watcher: &dyn Watcher,
) -> anyhow::Result<u64> {
    let heads = database.heads().await?;
    let behind = |reached: &HashMap<TenantId, i64>, tenant, head| head - reached.get(&tenant).copied().unwrap_or_default();
    let total: i64 = heads.iter().map(|(tenant, head)| behind(reached, *tenant, *head)).sum();
    watcher.total(total as u64);
    for (tenant, head) in heads {
        let from = reached.get(&tenant).copied().unwrap_or_default();
        replay(database, projectors, tenant, from, head, &|n| watcher.advanced(n)).await?;
        reached.insert(tenant, head);
    }
    Ok(total as u64)
}

/// Holds every checkpoint, so that no worker writes; catches up the rest; exchanges the tables; moves the checkpoints.
async fn swap(
    database: &Database,
    admin: &PgPool,
    projectors: &[Arc<dyn Projector>],
    reached: &mut HashMap<TenantId, i64>,
) -> anyhow::Result<u64> {
    let names: Vec<&str> = projectors.iter().map(|p| p.name()).collect();
    let versions: Vec<i32> = projectors.iter().map(|p| p.version()).collect();
    let mut tx = admin.begin().await?;
    sqlx::query("set local lock_timeout = '20s'").execute(&mut *tx).await?;
    sqlx::query("lock table ops.checkpoints in exclusive mode").execute(&mut *tx).await?;
    let replayed = catch_up(database, projectors, reached, &Unwatched).await?;
    // Every reader holds this lightly: those under way end first, and the next ones' snapshots know the new rows. It
    // also keeps readers of several tables and the swap from waiting for each other.
    sqlx::query("lock table ops.checkpoints in access exclusive mode").execute(&mut *tx).await?;
    for table in tables(projectors) {
        sqlx::query("call ops.swap($1)").bind(table).execute(&mut *tx).await.with_context(|| format!("{table} cannot be swapped"))?;
    }
    let tenants: Vec<_> = reached.keys().map(|t| t.0).collect();
    let positions: Vec<_> = reached.values().copied().collect();
    let moved = "insert into ops.checkpoints (tenant_id, projector, version, position) \
                 select t.tenant, p.name, p.version, t.position from unnest($1, $2) t(tenant, position), unnest($3, $4) p(name, version) \
                 on conflict (tenant_id, projector) do update set version = excluded.version, position = excluded.position, updated_at = now()";
    sqlx::query(moved).bind(&tenants).bind(&positions).bind(&names).bind(&versions).execute(&mut *tx).await?;
    sqlx::query("delete from ops.dead_letters where projector = any ($1)").bind(&names).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(replayed)
}

/// The read models whose rows were written by another version of their code.
async fn outdated(admin: &PgPool, projectors: &[Arc<dyn Projector>]) -> anyhow::Result<Vec<Arc<dyn Projector>>> {
    let known: Vec<(String, i32)> = sqlx::query_as("select distinct projector, version from ops.checkpoints").fetch_all(admin).await?;
    let stale = |p: &&Arc<dyn Projector>| known.iter().any(|(name, version)| name == p.name() && *version != p.version());
    Ok(projectors.iter().filter(stale).cloned().collect())
}
