//! Lanes that append what waits: group commit without a timer.
//!
//! A tenant always goes through the same lane of a process, so its head is known and the fast call nearly always
//! suffices. What surprises the fast call (another node wrote, a fact is taken, a command is repeated) goes through
//! the careful one, which answers every write on its own.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt;
use quittance_application::ports::{AppendError, Appended, NewSnapshot, Write};
use quittance_domain::ids::TenantId;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::{mpsc, oneshot};

use super::batch::{Job, split};
use super::feed::CommitFeed;
use super::statements::{Verdicts, append_checked, append_fast, keep_snapshots};

const BATCH_WRITES_MAX: usize = 512;
const BATCH_BYTES_MAX: usize = 4 << 20;
const WAITING_MAX: usize = 4096;
/// How often a lane tries to reach a database that is away before it tells the callers.
const RECONNECTS_MAX: u32 = 3;

#[derive(Clone)]
pub struct Committer {
    lanes: Arc<[mpsc::Sender<Job>]>,
    feed: Arc<CommitFeed>,
}

impl Committer {
    /// Starts `lanes` tasks, each with a connection of its own. They end when the last handle is dropped.
    pub fn start(options: &PgConnectOptions, lanes: usize) -> Self {
        let feed = Arc::new(CommitFeed::default());
        let lanes = (0..lanes.max(1))
            .map(|number| {
                let (sender, receiver) = mpsc::channel(WAITING_MAX);
                let lane = Lane { number, options: options.clone(), connection: None, heads: HashMap::new(), feed: feed.clone() };
                tokio::spawn(lane.run(receiver));
                sender
            })
            .collect();
        Self { lanes, feed }
    }

    pub fn feed(&self) -> &Arc<CommitFeed> {
        &self.feed
    }

    pub async fn append(&self, write: Write) -> Result<Appended, AppendError> {
        let (done, answer) = oneshot::channel();
        let lane = &self.lanes[lane_of(write.tenant, self.lanes.len())];
        lane.try_send(Job::of(write, done)).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => AppendError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => AppendError::Unavailable("the committer has stopped".to_owned()),
        })?;
        answer.await.unwrap_or_else(|_| Err(AppendError::Unavailable("the committer stopped while it held the command".to_owned())))
    }

    /// How many writes wait in all lanes.
    pub fn waiting(&self) -> usize {
        self.lanes.iter().map(|lane| lane.max_capacity() - lane.capacity()).sum()
    }
}

fn lane_of(tenant: TenantId, lanes: usize) -> usize {
    (tenant.0.as_u128() % lanes as u128) as usize
}

/// Takes what waits. Callers that the last commit woke are about to send their next write: they get to run first, or
/// batches would alternate between one write and all the others. They run no longer than until half of all who are busy
/// here wait: the others can do their work while the database does its own (1.2 times as many commands over REST).
async fn gather(jobs: &mut Vec<Job>, waiting: &mut mpsc::Receiver<Job>, answered: usize) {
    let mut bytes: usize = jobs.iter().map(Job::bytes).sum();
    let enough = (jobs.len() + waiting.len() + answered).div_ceil(2);
    loop {
        let before = jobs.len();
        if before < enough {
            tokio::task::yield_now().await;
        }
        while jobs.len() < BATCH_WRITES_MAX && bytes < BATCH_BYTES_MAX {
            let Ok(job) = waiting.try_recv() else { break };
            bytes += job.bytes();
            jobs.push(job);
        }
        if jobs.len() == before || jobs.len() >= enough || jobs.len() >= BATCH_WRITES_MAX || bytes >= BATCH_BYTES_MAX {
            return;
        }
    }
}

struct Lane {
    number: usize,
    options: PgConnectOptions,
    connection: Option<PgConnection>,
    heads: HashMap<TenantId, i64>,
    feed: Arc<CommitFeed>,
}

impl Lane {
    async fn run(mut self, mut waiting: mpsc::Receiver<Job>) {
        let mut rest: Vec<Job> = Vec::new();
        let mut answered = 0;
        loop {
            let mut jobs = std::mem::take(&mut rest);
            if jobs.is_empty() {
                match waiting.recv().await {
                    Some(job) => jobs.push(job),
                    None => return,
                }
            }
            gather(&mut jobs, &mut waiting, answered).await;
            let (batch, left) = split(jobs);
            answered = batch.len();
            rest = left;
            // Those who wait for a batch that panics are told that it is not known; the lane goes on with the next.
            if AssertUnwindSafe(self.commit(batch)).catch_unwind().await.is_err() {
                tracing::error!(lane = self.number, "a batch panicked");
                self.connection = None;
                self.heads.clear();
            }
        }
    }

    async fn commit(&mut self, batch: Vec<Job>) {
        let started = Instant::now();
        let verdicts = self.append(&batch).await;
        self.record(&batch, started);
        self.feed.committed(batch.iter().zip(&verdicts).filter_map(|(j, v)| v.as_ref().ok().map(|a| (j.tenant(), a.last_position))));
        let mut snapshots = Vec::new();
        for (job, verdict) in batch.into_iter().zip(verdicts) {
            if verdict.is_ok() {
                snapshots.extend(job.write.snapshots.into_iter().map(|snapshot| (job.write.tenant, snapshot)));
            }
            // Nobody waits any more: the events are stored all the same, and a repeat of the key will say so.
            let _ = job.done.send(verdict);
        }
        if !snapshots.is_empty() {
            self.keep_snapshots(&snapshots).await;
        }
    }

    async fn append(&mut self, batch: &[Job]) -> Verdicts {
        match self.try_append(batch).await {
            Ok(verdicts) => verdicts,
            // Something in the batch cannot be stored. Find out whose it is.
            Err(error) if batch.len() > 1 && is_about_a_write(&error) => self.append_one_by_one(batch).await,
            Err(error) => {
                tracing::error!(lane = self.number, %error, writes = batch.len(), "append failed");
                self.heads.clear();
                batch.iter().map(|_| Err(AppendError::Unavailable(error.to_string()))).collect()
            }
        }
    }

    /// Once the database is away, nobody waits for it as often as there are writes.
    async fn append_one_by_one(&mut self, batch: &[Job]) -> Verdicts {
        let mut verdicts = Vec::with_capacity(batch.len());
        for job in batch {
            match self.try_append(std::slice::from_ref(job)).await {
                Ok(alone) => verdicts.extend(alone),
                Err(error) => {
                    let left = if is_about_a_write(&error) { 1 } else { batch.len() - verdicts.len() };
                    verdicts.extend((0..left).map(|_| Err(AppendError::Unavailable(error.to_string()))));
                }
            }
            if verdicts.len() == batch.len() {
                break;
            }
        }
        verdicts
    }

    async fn try_append(&mut self, batch: &[Job]) -> sqlx::Result<Verdicts> {
        let mut connection = self.connected().await?;
        let known = batch.iter().all(|job| self.heads.contains_key(&job.tenant()));
        let mut verdicts = if known { append_fast(&mut connection, batch, &mut self.heads).await } else { surprised() };
        if verdicts.as_ref().is_err_and(is_surprise) {
            metrics::counter!("quittance_appends_checked_total").increment(1);
            verdicts = append_checked(&mut connection, batch, &mut self.heads).await;
        }
        match &verdicts {
            // After anything but an answer of the database the connection's state is unknown.
            Err(error) if !is_answer(error) => drop(connection),
            _ => self.connection = Some(connection),
        }
        verdicts
    }

    async fn connected(&mut self) -> sqlx::Result<PgConnection> {
        if let Some(connection) = self.connection.take() {
            return Ok(connection);
        }
        self.heads.clear();
        let mut tries = 0;
        loop {
            match self.options.connect().await {
                Ok(connection) => return Ok(connection),
                Err(error) if tries == RECONNECTS_MAX => return Err(error),
                Err(_) => tokio::time::sleep(Duration::from_millis(100 << tries)).await,
            }
            tries += 1;
        }
    }

    async fn keep_snapshots(&mut self, snapshots: &[(TenantId, NewSnapshot)]) {
        let Some(connection) = &mut self.connection else { return };
        if let Err(error) = keep_snapshots(connection, snapshots).await {
            tracing::warn!(%error, "snapshots were not kept");
            if let Some(connection) = self.connection.take() {
                let _ = connection.close_hard().await;
            }
        }
    }

    fn record(&self, batch: &[Job], started: Instant) {
        metrics::histogram!("quittance_append_batch_writes").record(batch.len() as f64);
        metrics::histogram!("quittance_append_seconds").record(started.elapsed().as_secs_f64());
        metrics::counter!("quittance_events_appended_total").increment(batch.iter().map(|j| j.write.events.len() as u64).sum());
    }
}

fn surprised() -> sqlx::Result<Verdicts> {
    Err(sqlx::Error::RowNotFound)
}

/// Head moved, fact taken, sequence or command id already there: nothing was stored, look closer.
fn is_surprise(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::RowNotFound => true,
        sqlx::Error::Database(d) => matches!(d.code().as_deref(), Some("ES001" | "ES005" | "23505")),
        _ => false,
    }
}

/// The database spoke, and goes on; else the connection is broken (class 08) or the server is going away (class 57P).
fn is_answer(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(d) if d.code().is_some_and(|code| !code.starts_with("57P") && !code.starts_with("08")))
}

/// What took too long is not told from a database that is too slow for any.
fn is_about_a_write(error: &sqlx::Error) -> bool {
    const QUERY_CANCELED: &str = "57014";
    is_answer(error) && !matches!(error, sqlx::Error::Database(d) if d.code().as_deref() == Some(QUERY_CANCELED))
}
