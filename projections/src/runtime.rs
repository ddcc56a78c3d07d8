//! Workers that keep the read models up with the log.
//!
//! A tenant's work is one transaction: take the checkpoints (`SKIP LOCKED`, so any number of workers and nodes share
//! the work), read the next events once, fold them into every read model, move the checkpoints, commit. Round trips a
//! batch: begin, checkpoints, events, one or two a touched table, advance, commit. Bound: [`BATCH_EVENTS`] events.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Once};
use std::time::Duration;

use futures::FutureExt;
use quittance_domain::ids::TenantId;
use quittance_infrastructure::database::{Database, TenantTx};
use quittance_infrastructure::event_store::CommitFeed;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::checkpoint::{self, Checkpoint};
use crate::fact::Recorded;
use crate::progress::Progress;
use crate::projector::{Memory, ProjectionError, Projector};
use crate::source::next_events;
use crate::worker::{keep_at_work, panic_message};

pub const BATCH_EVENTS: i64 = 1_000;
/// Without any hint, the log is looked at this often.
const POLL_EVERY: Duration = Duration::from_millis(500);
/// Under load a breath between two passes lets events gather: a batch of many costs little more than a batch of one.
const BREATH: Duration = Duration::from_millis(8);

pub struct Runtime {
    pub database: Database,
    pub projectors: Arc<[Arc<dyn Projector>]>,
    pub progress: Arc<Progress>,
    pub feed: Arc<CommitFeed>,
}

/// What remains in memory of a tenant, valid as long as its checkpoint is where this worker left it.
struct Remembered {
    position: i64,
    memory: Memory,
}

impl Runtime {
    /// Starts one worker. Several may run, here and on other nodes.
    pub fn start(self: &Arc<Self>, stop: CancellationToken) -> JoinHandle<()> {
        keep_at_work("projections", self.clone(), stop, Self::run)
    }

    async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut remembered: HashMap<TenantId, Remembered> = HashMap::new();
        let mut changes = self.feed.changes();
        while !stop.is_cancelled() {
            let moved = match self.pass(&mut remembered).await {
                Ok(moved) => moved,
                Err(error) => {
                    tracing::warn!(%error, "projections cannot reach the database");
                    false
                }
            };
            if moved {
                tokio::time::sleep(BREATH).await;
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => return,
                changed = changes.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(POLL_EVERY) => {}
            }
        }
    }

    /// Brings every tenant that is behind one batch further; tells whether there was any.
    async fn pass(&self, remembered: &mut HashMap<TenantId, Remembered>) -> Result<bool, ProjectionError> {
        let names: Vec<&str> = self.projectors.iter().map(|p| p.name()).collect();
        let mut moved = false;
        let tenants = self.database.tenants_behind(&names).await?;
        for &tenant in &tenants {
            match self.advance(tenant, remembered).await {
                Ok(on) => moved |= on,
                // The next tenant may fare better.
                Err(error) => tracing::warn!(%tenant, %error, "this tenant's read models wait"),
            }
        }
        if remembered.len() > 64 {
            remembered.clear();
        }
        if !moved && let Some(tenant) = tenants.first() {
            self.look_who_else_writes(*tenant).await?;
        }
        Ok(moved)
    }

    /// A new version has taken over in every tenant: this process serves what it wrote last, and says so once.
    async fn look_who_else_writes(&self, tenant: TenantId) -> Result<(), ProjectionError> {
        static TOLD: Once = Once::new();
        if TOLD.is_completed() {
            return Ok(());
        }
        let mut tx = self.database.project(tenant).await?;
        let others = checkpoint::of_another_version(&mut tx, &self.versions()).await?;
        if !others.is_empty() {
            TOLD.call_once(|| tracing::warn!(?others, "another version writes these read models now: they wait here for ever"));
        }
        Ok(())
    }

    fn versions(&self) -> Vec<(&'static str, i32)> {
        self.projectors.iter().map(|p| (p.name(), p.version())).collect()
    }

    async fn advance(&self, tenant: TenantId, remembered: &mut HashMap<TenantId, Remembered>) -> Result<bool, ProjectionError> {
        let mut memory = remembered.remove(&tenant).unwrap_or(Remembered { position: -1, memory: Memory::default() });
        match self.batch(tenant, &mut memory).await {
            Ok(moved) => {
                remembered.insert(tenant, memory);
                Ok(moved)
            }
            Err(ProjectionError::Database(error)) if !is_statement_error(&error) => Err(error.into()),
            Err(error) => {
                tracing::error!(%tenant, %error, "projecting together failed: each read model goes on alone");
                self.part(tenant).await
            }
        }
    }

    /// All read models of one tenant, one batch, one transaction.
    async fn batch(&self, tenant: TenantId, remembered: &mut Remembered) -> Result<bool, ProjectionError> {
        let mut tx = self.database.project(tenant).await?;
        let held = checkpoint::take(&mut tx, &self.versions()).await?;
        let Some(from) = held.iter().map(|c| c.position).min() else { return Ok(false) };
        let together: Vec<&Checkpoint> = held.iter().filter(|c| c.position == from).collect();
        let events = next_events(&mut tx, from, BATCH_EVENTS).await?;
        let Some(last) = events.last().map(|e| e.position) else { return Ok(false) };
        // Those that were left behind catch up first, but not past the others: then all go on together.
        let next = held.iter().map(|c| c.position).filter(|&p| p > from).min().unwrap_or(last).min(last);
        let events = &events[..(next - from) as usize];
        if remembered.position != from {
            remembered.memory.clear();
        }
        remembered.position = -1;
        let projectors: Vec<_> = self.projectors.iter().filter(|p| together.iter().any(|c| c.projector == p.name())).collect();
        for projector in &projectors {
            project(projector.as_ref(), &mut tx, &mut remembered.memory, events).await?;
        }
        let names: Vec<&'static str> = projectors.iter().map(|p| p.name()).collect();
        checkpoint::advance(&mut tx, &names, next).await?;
        tx.commit().await?;
        remembered.position = next;
        self.progress.record_each(&names, tenant, next);
        metrics::counter!("quittance_events_projected_total").increment(events.len() as u64);
        Ok(true)
    }

    /// Each read model on its own, so that a poisoned event stops only the one that it poisons.
    async fn part(&self, tenant: TenantId) -> Result<bool, ProjectionError> {
        let mut moved = false;
        for projector in self.projectors.iter() {
            moved |= self.alone(tenant, projector.as_ref(), BATCH_EVENTS).await?;
        }
        Ok(moved)
    }

    /// One read model, as far as it gets: a batch, else single events up to the one that it cannot take.
    async fn alone(&self, tenant: TenantId, projector: &dyn Projector, limit: i64) -> Result<bool, ProjectionError> {
        match self.alone_batch(tenant, projector, limit).await {
            Ok(moved) => Ok(moved),
            Err(ProjectionError::Database(error)) if !is_statement_error(&error) => Err(error.into()),
            Err(_) if limit > 1 => {
                let mut moved = false;
                while self.alone_single(tenant, projector).await? {
                    moved = true;
                }
                Ok(moved)
            }
            Err(error) => Err(error),
        }
    }

    async fn alone_single(&self, tenant: TenantId, projector: &dyn Projector) -> Result<bool, ProjectionError> {
        let error = match self.alone_batch(tenant, projector, 1).await {
            Ok(moved) => return Ok(moved),
            Err(ProjectionError::Database(error)) if !is_statement_error(&error) => return Err(error.into()),
            Err(error) => error,
        };
        let mut tx = self.database.project(tenant).await?;
        let position = checkpoint::lowest(&mut tx, &[projector.name()]).await? + 1;
        checkpoint::bury(&mut tx, projector.name(), position, &error.to_string()).await?;
        tx.commit().await?;
        metrics::counter!("quittance_dead_letters_total", "projector" => projector.name()).increment(1);
        tracing::error!(%tenant, projector = projector.name(), position, %error, "poisoned: this read model of this tenant stands still");
        Ok(false)
    }

    async fn alone_batch(&self, tenant: TenantId, projector: &dyn Projector, limit: i64) -> Result<bool, ProjectionError> {
        let mut tx = self.database.project(tenant).await?;
        let held = checkpoint::take(&mut tx, &[(projector.name(), projector.version())]).await?;
        let Some(checkpoint) = held.first() else { return Ok(false) };
        let events = next_events(&mut tx, checkpoint.position, limit).await?;
        let Some(last) = events.last().map(|e| e.position) else { return Ok(false) };
        project(projector, &mut tx, &mut Memory::default(), &events).await?;
        checkpoint::advance(&mut tx, &[projector.name()], last).await?;
        tx.commit().await?;
        self.progress.record(projector.name(), tenant, last);
        Ok(true)
    }
}

/// A panic in a projector is an error like any other: it must not take the worker along.
pub(crate) async fn project(
    projector: &dyn Projector,
    tx: &mut TenantTx,
    memory: &mut Memory,
    events: &[Recorded],
) -> Result<(), ProjectionError> {
    AssertUnwindSafe(projector.project(tx, memory, events))
        .catch_unwind()
        .await
        .unwrap_or_else(|panic| Err(ProjectionError::Panicked(panic_message(&*panic))))
}

/// The database refused what a projector wrote or never came to an end with it, as opposed to being away.
fn is_statement_error(error: &sqlx::Error) -> bool {
    const QUERY_CANCELED: &str = "57014";
    match error {
        sqlx::Error::Database(d) if d.code().is_some_and(|c| c == QUERY_CANCELED) => true,
        sqlx::Error::Database(d) => !d.code().is_some_and(|c| c.starts_with("57") || c.starts_with("08") || c.starts_with("40")),
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Protocol(_) => false,
        _ => true,
    }
}
