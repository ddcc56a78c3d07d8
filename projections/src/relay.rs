//! The relay: every event to NATS JetStream, in order per tenant, as CloudEvents.
//!
//! JetStream is a courier, never a store: it acknowledges before it syncs. The checkpoint moves only after every
//! acknowledgement of a window has come, so an event may be sent twice and is never left out; `Nats-Msg-Id` is
//! `<tenant>:<position>`, by which JetStream (for two minutes) and consumers (for ever) drop repeats. What JetStream lost,
//! be it the whole stream or its unsynced end, is sent again with the next connection, marked as a replay.
//!
//! One worker a tenant, by the checkpoint's lock. What cannot be sent stops its tenant alone and shows as a dead letter;
//! an event that is only too large goes by reference (`dataref`, read at `GET /v1/events`).

mod courier;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt, stream};
use quittance_domain::ids::TenantId;
use quittance_infrastructure::database::{Database, TenantTx};
use quittance_infrastructure::event_store::CommitFeed;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use self::courier::Courier;
use crate::checkpoint;
use crate::feed::stretch_after;
use crate::worker::keep_at_work;

pub const NAME: &str = "relay:nats";
/// The JetStream stream that takes everything below `quittance.`.
pub const STREAM: &str = "QUITTANCE";
/// Messages in flight at most.
const WINDOW: i64 = 256;
const LOOKS_AT_ONCE: usize = 64;
const LOOK_EVERY: Duration = Duration::from_millis(500);
const BACK_OFF: Duration = Duration::from_secs(1);

pub struct Relay {
    pub database: Database,
    pub feed: Arc<CommitFeed>,
    /// `nats://[user:password@]host:port`.
    pub url: String,
}

/// Whose window broke a pass, and when: they come last in the next pass, the longest ago first, so that a tenant with
/// trouble of its own never keeps the others waiting.
#[derive(Default)]
struct Troubles {
    count: u64,
    last: HashMap<TenantId, u64>,
}

impl Troubles {
    fn order(&self, tenants: &mut [TenantId]) {
        tenants.sort_by_key(|tenant| self.last.get(tenant).copied().unwrap_or_default());
    }

    fn note(&mut self, tenant: TenantId, outcome: &anyhow::Result<bool>) {
        if outcome.is_ok() {
            self.last.remove(&tenant);
        } else {
            self.count += 1;
            self.last.insert(tenant, self.count);
        }
    }
}

impl Relay {
    pub fn start(self, stop: CancellationToken) -> JoinHandle<()> {
        keep_at_work("relay", Arc::new(self), stop, Self::run)
    }

    async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut troubles = Troubles::default();
        while !stop.is_cancelled() {
            if let Err(error) = self.serve(&stop, &mut troubles).await {
                tracing::warn!(error = format!("{error:#}"), "the relay waits for NATS");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(BACK_OFF) => {}
            }
        }
    }

    /// Publishes until something breaks; the checkpoints say where to go on.
    async fn serve(&self, stop: &CancellationToken, troubles: &mut Troubles) -> anyhow::Result<()> {
        let courier = self.courier().await?;
        let mut changes = self.feed.changes();
        while !stop.is_cancelled() {
            if self.pass(&courier, stop, troubles).await? {
                continue;
            }
            // Also while there is nothing to send: what NATS lost meanwhile does not wait for the next event.
            anyhow::ensure!(courier.is_connected(), "the connection was lost");
            tokio::select! {
                () = stop.cancelled() => {}
                _ = changes.changed() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        Ok(())
    }

    /// Each checkpoint goes back to what JetStream still has, before anything is sent: nothing new comes ahead of what was lost.
    async fn courier(&self) -> anyhow::Result<Courier> {
        let mut courier = Courier::connect(&self.url).await?;
        let sent = self.database.positions(NAME).await?;
        let looks = sent.into_iter().map(|(tenant, sent)| courier.lost_after(tenant, sent));
        let lost: Vec<Option<(TenantId, i64)>> = stream::iter(looks).buffer_unordered(LOOKS_AT_ONCE).try_collect().await?;
        for (tenant, position) in lost.into_iter().flatten() {
            tracing::warn!(%tenant, after = position, "JetStream lost events: they are sent again");
            let mut tx = self.database.project(tenant).await?;
            checkpoint::rewind(&mut tx, NAME, position).await?;
            tx.commit().await?;
        }
        courier.open_stream().await?;
        Ok(courier)
    }

    /// One window of every tenant that is behind; tells whether any got further.
    async fn pass(&self, courier: &Courier, stop: &CancellationToken, troubles: &mut Troubles) -> anyhow::Result<bool> {
        let mut tenants = self.database.tenants_behind(&[NAME]).await?;
        troubles.order(&mut tenants);
        let mut moved = false;
        for tenant in tenants {
            if stop.is_cancelled() {
                break;
            }
            let outcome = self.window(courier, tenant).await;
            troubles.note(tenant, &outcome);
            moved |= outcome?;
        }
        Ok(moved)
    }

    /// Sends a tenant's next events and waits for all acknowledgements; tells whether it got further.
    async fn window(&self, courier: &Courier, tenant: TenantId) -> anyhow::Result<bool> {
        let mut tx = self.database.project(tenant).await?;
        let held = checkpoint::take(&mut tx, &[(NAME, 1)]).await?;
        let Some(from) = held.first() else { return Ok(false) };
        let stretch = stretch_after(&mut tx, from.position, WINDOW).await?;
        let delivered = courier.deliver(tenant, from, stretch.events).await?;
        let reached = from.position + delivered.events as i64;
        if reached > from.position {
            checkpoint::advance(&mut tx, &[NAME], reached).await?;
            checkpoint::unbury(&mut tx, &[NAME]).await?;
            metrics::counter!("quittance_events_relayed_total").increment(delivered.events as u64);
        }
        if let Some(error) = delivered.refused.or(stretch.broken.map(|error| error.to_string())) {
            bury(&mut tx, reached + 1, &error).await?;
        }
        tx.commit().await?;
        Ok(reached > from.position)
    }
}

/// The event at `position` cannot be sent: its tenant waits until the cause is mended.
async fn bury(tx: &mut TenantTx, position: i64, error: &str) -> sqlx::Result<()> {
    metrics::counter!("quittance_dead_letters_total", "projector" => NAME).increment(1);
    tracing::error!(tenant = %tx.tenant(), position, error, "an event cannot be relayed: its tenant's relay stands still");
    checkpoint::bury(tx, NAME, position, error).await
}

/// Whether NATS with JetStream answers there.
pub async fn reaches(url: &str) -> anyhow::Result<()> {
    Courier::connect(url).await.map(drop)
}

/// Sends the events from `position` on again; it only ever goes back. Answers how many of those that were sent are sent
/// again, or nothing where the relay has not begun with the tenant. What stopped it before is tried again at once.
pub async fn resend_from(database: &Database, tenant: TenantId, position: i64) -> sqlx::Result<Option<i64>> {
    let mut tx = database.project(tenant).await?;
    let after = position.saturating_sub(1).max(0);
    let stood = checkpoint::rewind(&mut tx, NAME, after).await?;
    checkpoint::unbury(&mut tx, &[NAME]).await?;
    tx.commit().await?;
    Ok(stood.map(|stood| (stood - after).max(0)))
}
