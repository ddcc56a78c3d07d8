//! Replaying a tenant's log into shadow tables, as fast as the machine goes.
//!
//! One task reads and decodes ahead; the read models are split over a few lanes, each with its own connection and
//! transaction a batch. Memory: at most three decoded batches, which end early where events are large, and the rows that lanes
//! remember.

use std::sync::Arc;

use quittance_domain::ids::TenantId;
use quittance_infrastructure::database::Database;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::fact::Recorded;
use crate::projector::{Memory, ProjectionError, Projector};
use crate::runtime::project;
use crate::source::next_events;

const BATCH_EVENTS: i64 = 2_000;
pub(crate) const LANES: usize = 4;

/// Projects the events of `tenant` in `(after, upto]` into the shadow tables; tells each batch's size to `advanced`.
pub async fn replay(
    database: &Database,
    projectors: &[Arc<dyn Projector>],
    tenant: TenantId,
    after: i64,
    upto: i64,
    advanced: &(dyn Fn(u64) + Sync),
) -> Result<(), ProjectionError> {
    let mut lanes = JoinSet::new();
    let mut senders = Vec::new();
    for lane in 0..LANES {
        let mine: Vec<Arc<dyn Projector>> = projectors.iter().skip(lane).step_by(LANES).cloned().collect();
        let (sender, batches) = mpsc::channel(1);
        senders.push(sender);
        lanes.spawn(project_lane(database.clone(), mine, tenant, batches));
    }
    let mut position = after;
    'reading: while position < upto {
        let mut tx = database.project(tenant).await?;
        let events = next_events(&mut tx, position, BATCH_EVENTS.min(upto - position)).await?;
        drop(tx);
        let Some(last) = events.last().map(|e| e.position) else {
            return Err(ProjectionError::Gap { expected: position + 1, found: upto });
        };
        advanced(events.len() as u64);
        let events: Arc<[Recorded]> = events.into();
        for sender in &senders {
            // A lane that is gone has failed: its error is collected below, and nothing more is read for the others.
            if sender.send(events.clone()).await.is_err() {
                break 'reading;
            }
        }
        position = last;
    }
    drop(senders);
    while let Some(lane) = lanes.join_next().await {
        lane.map_err(|e| ProjectionError::Panicked(e.to_string()))??;
    }
    Ok(())
}

async fn project_lane(
    database: Database,
    projectors: Vec<Arc<dyn Projector>>,
    tenant: TenantId,
    mut batches: mpsc::Receiver<Arc<[Recorded]>>,
) -> Result<(), ProjectionError> {
    let mut memory = Memory::default();
    while let Some(events) = batches.recv().await {
        let mut tx = database.rebuild(tenant).await?;
        for projector in &projectors {
            project(projector.as_ref(), &mut tx, &mut memory, &events).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}
