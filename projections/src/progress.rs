//! How far read models and process managers have come, for readers who wait for their own writes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use quittance_domain::ids::TenantId;
use quittance_infrastructure::database::Database;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::{checkpoint, source};

/// Which half of the work a position is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Process managers: what an event makes others do has been done.
    Reacted,
    /// Read models: every row shows the event.
    Projected,
}

pub struct Progress {
    reached: Mutex<HashMap<(&'static str, TenantId), i64>>,
    changes: watch::Sender<u64>,
    names: HashMap<Stage, Vec<&'static str>>,
}

/// How often the database is asked when another process does the projecting.
const ASK_EVERY: Duration = Duration::from_millis(25);

impl Progress {
    pub fn new(projectors: Vec<&'static str>, managers: Vec<&'static str>) -> Self {
        let names = HashMap::from([(Stage::Projected, projectors), (Stage::Reacted, managers)]);
        Self { reached: Mutex::default(), changes: watch::Sender::new(0), names }
    }

    pub fn names(&self, stage: Stage) -> &[&'static str] {
        self.names.get(&stage).map_or(&[], Vec::as_slice)
    }

    /// One process manager has come this far, or one read model that goes on alone.
    pub fn record(&self, name: &'static str, tenant: TenantId, position: i64) {
        self.record_each(&[name], tenant, position);
    }

    /// Everything of a stage has come at least this far.
    pub fn record_all(&self, stage: Stage, tenant: TenantId, position: i64) {
        self.record_each(self.names(stage), tenant, position);
    }

    fn record_each(&self, names: &[&'static str], tenant: TenantId, position: i64) {
        let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        for &name in names {
            let known = reached.entry((name, tenant)).or_default();
            *known = position.max(*known);
        }
        drop(reached);
        self.changes.send_modify(|n| *n = n.wrapping_add(1));
    }

    /// How far the last of a stage has come.
    pub fn reached(&self, stage: Stage, tenant: TenantId) -> i64 {
        let reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        let each = self.names(stage).iter().map(|&name| reached.get(&(name, tenant)).copied().unwrap_or_default());
        each.min().unwrap_or_default()
    }

    /// Waits until everything that `position` leads to can be read: first what others do because of it, then all rows.
    pub async fn settled(&self, database: &Database, tenant: TenantId, position: i64, limit: Duration) -> sqlx::Result<bool> {
        let deadline = Instant::now() + limit;
        if !self.wait(database, Stage::Reacted, tenant, position, deadline).await? {
            return Ok(false);
        }
        let mut tx = database.read(tenant).await?;
        let head = source::head(&mut tx).await?;
        drop(tx);
        self.wait(database, Stage::Projected, tenant, head.max(position), deadline).await
    }

    /// Waits until what others do because of `position` is done.
    pub async fn reacted(&self, database: &Database, tenant: TenantId, position: i64, limit: Duration) -> sqlx::Result<bool> {
        self.wait(database, Stage::Reacted, tenant, position, Instant::now() + limit).await
    }

    async fn wait(&self, database: &Database, stage: Stage, tenant: TenantId, position: i64, deadline: Instant) -> sqlx::Result<bool> {
        let mut changes = self.changes.subscribe();
        loop {
            if self.reached(stage, tenant) >= position {
                return Ok(true);
            }
            let ask_at = (Instant::now() + ASK_EVERY).min(deadline);
            let heard = timeout_at(ask_at, changes.changed()).await.is_ok();
            if !heard {
                let mut tx = database.read(tenant).await?;
                let lowest = checkpoint::lowest(&mut tx, self.names(stage)).await?;
                self.record_all(stage, tenant, lowest);
                if lowest < position && Instant::now() >= deadline {
                    return Ok(false);
                }
            }
        }
    }
}
