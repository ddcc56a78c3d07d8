//! Which waiting writes go together: at most one a stream, a command id and a unique key, and none that changes what
//! another one has read; the others wait a turn.

use std::collections::HashSet;

use quittance_application::ports::{AppendError, Appended, Write};
use quittance_domain::ids::TenantId;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::canonical::{Leaf, content_digest};

/// A write on its way, with what its caller has already computed, so that the lane only waits for the database.
pub struct Job {
    pub write: Write,
    pub digests: Vec<[u8; 32]>,
    /// The streams that it continues, each with the sequence that it saw.
    pub streams: Vec<(Uuid, i64)>,
    pub done: oneshot::Sender<Result<Appended, AppendError>>,
}

impl Job {
    pub fn of(write: Write, done: oneshot::Sender<Result<Appended, AppendError>>) -> Self {
        let digests = write.events.iter().enumerate().map(|(i, e)| content_digest(&Leaf::of(&write, e, i == 0))).collect();
        let mut known = HashSet::new();
        let firsts = write.events.iter().filter(|event| known.insert(event.aggregate_id));
        let streams = firsts.map(|event| (event.aggregate_id, event.sequence - 1)).collect();
        Self { write, digests, streams, done }
    }

    pub fn bytes(&self) -> usize {
        let events: usize = self.write.events.iter().map(|e| e.payload.len() + 256).sum();
        events + self.write.originals.iter().map(|o| o.bytes.len()).sum::<usize>()
    }

    pub fn tenant(&self) -> TenantId {
        self.write.tenant
    }
}

/// Splits what waits into one batch and the rest, keeping the order of each.
pub fn split(waiting: Vec<Job>) -> (Vec<Job>, Vec<Job>) {
    if waiting.len() == 1 {
        return (waiting, Vec::new());
    }
    let mut taken: HashSet<(TenantId, Touch)> = HashSet::new();
    let mut read: HashSet<(TenantId, Touch)> = HashSet::new();
    let (mut batch, mut rest) = (Vec::with_capacity(waiting.len()), Vec::new());
    for job in waiting {
        let touches = touches(&job);
        // Once a write waits, whatever it touches waits behind it.
        let reads = reads(&job);
        if touches.iter().any(|t| taken.contains(t) || read.contains(t)) || reads.iter().any(|r| taken.contains(r)) {
            rest.push(job);
        } else {
            batch.push(job);
        }
        taken.extend(touches);
        read.extend(reads);
    }
    (batch, rest)
}

#[derive(PartialEq, Eq, Hash)]
enum Touch {
    Stream(Uuid),
    Command(Uuid),
    Key(String),
}

fn touches(job: &Job) -> Vec<(TenantId, Touch)> {
    let write = &job.write;
    let streams = job.streams.iter().map(|(id, _)| Touch::Stream(*id));
    let keys = write.take.iter().chain(&write.release).map(|held| Touch::Key(held.claim.base().to_owned()));
    streams.chain(write.command_id.map(Touch::Command)).chain(keys).map(|touch| (write.tenant, touch)).collect()
}

fn reads(job: &Job) -> Vec<(TenantId, Touch)> {
    job.write.reads.iter().map(|(id, _)| (job.write.tenant, Touch::Stream(*id))).collect()
}
