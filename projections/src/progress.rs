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

/// Which process managers are waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Managers {
    All,
    /// But for those that stand still: whoever reads is told of that, and would wait in vain.
    Going,
}

pub struct Progress {
    database: Database,
    reached: Mutex<HashMap<(&'static str, TenantId), i64>>,
    /// What stands still at an event that it cannot take, as of a moment ago.
    stopped: Mutex<HashMap<TenantId, Vec<String>>>,
    changes: watch::Sender<u64>,
    names: HashMap<Stage, Vec<&'static str>>,
}

/// How often the database is asked when another process does the projecting.
const ASK_EVERY: Duration = Duration::from_millis(25);

impl Progress {
    pub fn new(database: Database, projectors: Vec<&'static str>, managers: Vec<&'static str>) -> Self {
        let names = HashMap::from([(Stage::Projected, projectors), (Stage::Reacted, managers)]);
        Self { database, reached: Mutex::default(), stopped: Mutex::default(), changes: watch::Sender::new(0), names }
    }

    pub fn database(&self) -> &Database {
        &self.database
    }

    pub fn names(&self, stage: Stage) -> &[&'static str] {
        self.names.get(&stage).map_or(&[], Vec::as_slice)
    }

    /// One process manager or read model has come this far.
    pub fn record(&self, name: &'static str, tenant: TenantId, position: i64) {
        self.record_each(&[name], tenant, position);
    }

    /// Each of `names` has come at least this far.
    pub fn record_each(&self, names: &[&'static str], tenant: TenantId, position: i64) {
        let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        for &name in names {
            let known = reached.entry((name, tenant)).or_default();
            *known = position.max(*known);
        }
        drop(reached);
        self.changes.send_modify(|n| *n = n.wrapping_add(1));
    }

    /// How far the last of `names` has come, as far as this process knows.
    pub fn reached(&self, names: &[&'static str], tenant: TenantId) -> i64 {
        let reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        names.iter().map(|&name| reached.get(&(name, tenant)).copied().unwrap_or_default()).min().unwrap_or_default()
    }

    /// All that stands still now, whatever stood still before.
    pub fn stands_still(&self, all: impl IntoIterator<Item = (TenantId, String)>) {
        let mut stopped: HashMap<TenantId, Vec<String>> = HashMap::new();
        all.into_iter().for_each(|(tenant, name)| stopped.entry(tenant).or_default().push(name));
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner) = stopped;
    }

    /// Those of `names` that stand still.
    pub fn stopped(&self, names: &[&'static str], tenant: TenantId) -> Vec<&'static str> {
        let stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(stopped) = stopped.get(&tenant) else { return vec![] };
        names.iter().copied().filter(|name| stopped.iter().any(|other| other == name)).collect()
    }

    /// Waits until everything that `position` leads to can be read: first what others do because of it, then all rows.
    pub async fn settled(&self, tenant: TenantId, position: i64, limit: Duration) -> sqlx::Result<bool> {
        self.shown_in(self.names(Stage::Projected), Managers::All, tenant, position, limit).await
    }

    /// Waits until `read_models` show everything that `position` leads to.
    pub async fn shown_in(
        &self,
        read_models: &[&'static str],
        managers: Managers,
        tenant: TenantId,
        position: i64,
        limit: Duration,
    ) -> sqlx::Result<bool> {
        let deadline = Instant::now() + limit;
        if !self.wait(&self.managers(managers, tenant), tenant, position, deadline).await? {
            return Ok(false);
        }
        // What followed from `position` has raised the head.
        let mut tx = self.database.read(tenant).await?;
        let head = source::head(&mut tx).await?;
        drop(tx);
        self.wait(read_models, tenant, head.max(position), deadline).await
    }

    /// Waits until what others do because of `position` is done, but for those that stand still.
    pub async fn reacted(&self, tenant: TenantId, position: i64, limit: Duration) -> sqlx::Result<bool> {
        self.wait(&self.managers(Managers::Going, tenant), tenant, position, Instant::now() + limit).await
    }

    fn managers(&self, which: Managers, tenant: TenantId) -> Vec<&'static str> {
        let all = self.names(Stage::Reacted);
        let stopped = if which == Managers::Going { self.stopped(all, tenant) } else { vec![] };
        all.iter().copied().filter(|name| !stopped.contains(name)).collect()
    }

    async fn wait(&self, names: &[&'static str], tenant: TenantId, position: i64, deadline: Instant) -> sqlx::Result<bool> {
        let mut changes = self.changes.subscribe();
        let mut ask_at = (Instant::now() + ASK_EVERY).min(deadline);
        while !names.is_empty() && self.reached(names, tenant) < position {
            // Other tenants' changes do not put off the question.
            if Instant::now() < ask_at && timeout_at(ask_at, changes.changed()).await.is_ok() {
                continue;
            }
            let mut tx = self.database.read(tenant).await?;
            let lowest = checkpoint::lowest(&mut tx, names).await?;
            drop(tx);
            self.record_each(names, tenant, lowest);
            let in_vain = Instant::now() >= deadline || !self.stopped(names, tenant).is_empty();
            if lowest < position && in_vain {
                return Ok(false);
            }
            ask_at = (Instant::now() + ASK_EVERY).min(deadline);
        }
        Ok(true)
    }
}
