//! Proving that the log is whole, that the unique facts are those of its events, and that every live read model equals a fresh
//! replay.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use quittance_domain::ids::TenantId;
use quittance_infrastructure::database::{Database, TenantTx, migrator_pool};
use quittance_infrastructure::event_store::{Leaf, content_digest, leaf_hash};
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::projector::Projector;
use crate::rebuild::{Watcher, make_shadows, sole_rebuilder, tables};
use crate::replay::replay;
use crate::worker::holding;
use crate::{checkpoint, source, unique_facts};

const BATCH_EVENTS: i64 = 4_000;

/// What does not hold, and where.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    pub tenant: TenantId,
    pub what: String,
}

#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Verdict {
    pub tenants: u64,
    pub events: u64,
    pub tables: u64,
    pub findings: Vec<Finding>,
}

/// Checks everything; findings are what does not hold.
pub async fn verify(database: &Database, projectors: &[Arc<dyn Projector>], watcher: &dyn Watcher) -> anyhow::Result<Verdict> {
    let admin = migrator_pool(database.admin()).await?;
    let alone = sole_rebuilder(&admin).await?;
    make_shadows(&admin, projectors).await?;
    let heads = database.heads().await?;
    watcher.total(3 * heads.iter().map(|(_, head)| *head as u64).sum::<u64>());
    let mut verdict = Verdict { tables: tables(projectors).count() as u64, ..Verdict::default() };
    for (tenant, _) in heads {
        let mut log = LogCheck::new(tenant);
        log.run(database, watcher).await?;
        verdict.tenants += 1;
        verdict.events += log.position as u64;
        verdict.findings.append(&mut log.findings);
        verdict.findings.extend(originals(database, tenant).await?);
        verdict.findings.extend(facts(database, tenant, watcher).await?);
        verdict.findings.extend(compare(database, projectors, tenant, watcher).await?);
    }
    for table in tables(projectors) {
        sqlx::query(&format!("drop table rebuild.{table}")).execute(&admin).await?;
    }
    drop(alone);
    admin.close().await;
    Ok(verdict)
}

async fn originals(database: &Database, tenant: TenantId) -> anyhow::Result<Vec<Finding>> {
    let mut tx = database.read(tenant).await?;
    sqlx::query("set local statement_timeout = 0").execute(&mut *tx).await?;
    let broken = crate::originals::broken(&mut tx).await?;
    Ok(broken.into_iter().map(|(hash, what)| Finding { tenant, what: format!("the original {hash} {what}") }).collect())
}

async fn facts(database: &Database, tenant: TenantId, watcher: &dyn Watcher) -> anyhow::Result<Vec<Finding>> {
    let mut tx = database.read(tenant).await?;
    sqlx::query("set local statement_timeout = 0").execute(&mut *tx).await?;
    let differences = unique_facts::differences(&mut tx, &|n| watcher.advanced(n)).await?;
    Ok(differences.into_iter().map(|what| Finding { tenant, what }).collect())
}

/// Replays up to exactly where the live rows stand and compares row by row, both ways. The checkpoints are held
/// meanwhile, so nothing moves.
async fn compare(
    database: &Database,
    projectors: &[Arc<dyn Projector>],
    tenant: TenantId,
    watcher: &dyn Watcher,
) -> anyhow::Result<Vec<Finding>> {
    let wanted: Vec<(&str, i32)> = projectors.iter().map(|p| (p.name(), p.version())).collect();
    let mut checkpoints = database.project(tenant).await?;
    sqlx::query("select 1 from ops.checkpoints where tenant_id = $1 for update").bind(tenant.0).execute(&mut *checkpoints).await?;
    let held: HashMap<String, i64> =
        checkpoint::take(&mut checkpoints, &wanted).await?.into_iter().map(|c| (c.projector, c.position)).collect();
    let mut findings = Vec::new();
    let mut at: HashMap<i64, Vec<Arc<dyn Projector>>> = HashMap::new();
    let others = checkpoint::of_another_version(&mut checkpoints, &wanted).await?;
    for projector in projectors {
        match held.get(projector.name()) {
            Some(position) => at.entry(*position).or_default().push(projector.clone()),
            None if others.iter().any(|other| other == projector.name()) => {
                findings.push(Finding { tenant, what: format!("another version of {} wrote its rows", projector.name()) });
            }
            None => findings.push(Finding { tenant, what: format!("{} is poisoned and stands still", projector.name()) }),
        }
    }
    for (position, group) in at {
        holding(&mut checkpoints, replay(database, &group, tenant, 0, position, &|n| watcher.advanced(n))).await??;
        findings.extend(holding(&mut checkpoints, differences(database, tenant, &group)).await??);
    }
    Ok(findings)
}

async fn differences(database: &Database, tenant: TenantId, group: &[Arc<dyn Projector>]) -> anyhow::Result<Vec<Finding>> {
    let mut tx = database.rebuild(tenant).await?;
    // Every row of a tenant is compared: nobody waits for it.
    sqlx::query("set local statement_timeout = 0").execute(&mut *tx).await?;
    let mut findings = Vec::new();
    for table in tables(group) {
        findings.extend(difference(&mut tx, table).await?);
    }
    Ok(findings)
}

async fn difference(tx: &mut TenantTx, table: &'static str) -> anyhow::Result<Option<Finding>> {
    let tenant = tx.tenant();
    // The table's name is a constant of this program.
    let query = format!(
        "select (select count(*) from (select * from read.{table} where tenant_id = $1 except all select * from rebuild.{table} where tenant_id = $1) a) as live, \
                (select count(*) from (select * from rebuild.{table} where tenant_id = $1 except all select * from read.{table} where tenant_id = $1) b) as fresh"
    );
    let row = sqlx::query(&query).bind(tenant.0).fetch_one(&mut **tx).await?;
    let (live, fresh): (i64, i64) = (row.try_get("live")?, row.try_get("fresh")?);
    let differs = live + fresh > 0;
    Ok(differs.then(|| Finding { tenant, what: format!("{table}: {live} live rows differ from the {fresh} that a replay gives") }))
}

/// Dense positions and sequences, times that never go back, leaves as recomputed from the stored bytes.
struct LogCheck {
    tenant: TenantId,
    position: i64,
    recorded_at: DateTime<Utc>,
    sequences: HashMap<Uuid, i64>,
    findings: Vec<Finding>,
}

impl LogCheck {
    fn new(tenant: TenantId) -> Self {
        Self { tenant, position: 0, recorded_at: DateTime::<Utc>::MIN_UTC, sequences: HashMap::new(), findings: vec![] }
    }

    async fn run(&mut self, database: &Database, watcher: &dyn Watcher) -> anyhow::Result<()> {
        let query = "select position, recorded_at, aggregate_type, aggregate_id, sequence, event_type, event_version, payload::text as payload, \
                     metadata::text as metadata, actor_id, command_id, correlation_id, causation_id, leaf_hash \
                     from es.events where tenant_id = $1 and position > $2 order by position limit $3";
        loop {
            let mut tx = database.read(self.tenant).await?;
            let mut events = 0;
            let mut rows = sqlx::query(query).bind(self.tenant.0).bind(self.position).bind(BATCH_EVENTS).fetch(&mut *tx);
            // One at a time: some events are documents of megabytes.
            while let Some(row) = rows.try_next().await? {
                self.event(&row)?;
                events += 1;
            }
            drop(rows);
            if events == 0 {
                let head = source::head(&mut tx).await?;
                if head != self.position {
                    self.finding(format!("the log ends at {} but its head is {head}", self.position));
                }
                return Ok(());
            }
            watcher.advanced(events);
        }
    }

    fn event(&mut self, row: &PgRow) -> sqlx::Result<()> {
        let position: i64 = row.try_get("position")?;
        if position != self.position + 1 {
            self.finding(format!("events {} to {} are missing", self.position + 1, position - 1));
        }
        self.position = position;
        let recorded_at: DateTime<Utc> = row.try_get("recorded_at")?;
        if recorded_at < self.recorded_at {
            self.finding(format!("event {position} was recorded before its predecessor"));
        }
        self.recorded_at = recorded_at;
        let (id, sequence): (Uuid, i64) = (row.try_get("aggregate_id")?, row.try_get("sequence")?);
        let before = self.sequences.insert(id, sequence).unwrap_or_default();
        if sequence != before + 1 {
            self.finding(format!("event {position} is number {sequence} of its aggregate after number {before}"));
        }
        if row.try_get::<Vec<u8>, _>("leaf_hash")? != leaf_of(self.tenant, position, recorded_at, row)? {
            self.finding(format!("event {position} is not what was recorded: its hash differs"));
        }
        Ok(())
    }

    fn finding(&mut self, what: String) {
        self.findings.push(Finding { tenant: self.tenant, what });
    }
}

fn leaf_of(tenant: TenantId, position: i64, recorded_at: DateTime<Utc>, row: &PgRow) -> sqlx::Result<[u8; 32]> {
    let digest = content_digest(&Leaf {
        aggregate_type: row.try_get("aggregate_type")?,
        aggregate_id: row.try_get("aggregate_id")?,
        sequence: row.try_get("sequence")?,
        event_type: row.try_get("event_type")?,
        event_version: row.try_get("event_version")?,
        payload: row.try_get("payload")?,
        metadata: row.try_get("metadata")?,
        actor: row.try_get("actor_id")?,
        command_id: row.try_get("command_id")?,
        correlation_id: row.try_get("correlation_id")?,
        causation_id: row.try_get("causation_id")?,
    });
    Ok(leaf_hash(tenant, position, recorded_at, &digest))
}
