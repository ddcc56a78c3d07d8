//! The relay: every event to NATS JetStream, in order per tenant, as CloudEvents.
//!
//! JetStream is a courier, never a store: it acknowledges before it syncs. The checkpoint moves only after every
//! acknowledgement of a window has come, so an event may be sent twice and is never left out; `Nats-Msg-Id` is
//! `<tenant>:<position>`, by which JetStream and consumers drop repeats. One worker a tenant, by the checkpoint's lock.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use async_nats::jetstream::{self, stream};
use async_nats::{ConnectOptions, HeaderMap, ServerAddr};
use futures::future::try_join_all;
use quittance_domain::ids::TenantId;
use quittance_infrastructure::database::Database;
use quittance_infrastructure::event_store::CommitFeed;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::checkpoint;
use crate::feed::{Published, events_after};

pub const NAME: &str = "relay:nats";
/// The JetStream stream that takes everything below `quittance.`.
pub const STREAM: &str = "QUITTANCE";
/// Messages in flight at most.
const WINDOW: i64 = 256;
const LOOK_EVERY: Duration = Duration::from_millis(500);
const BACK_OFF: Duration = Duration::from_secs(1);

pub struct Relay {
    pub database: Database,
    pub feed: Arc<CommitFeed>,
    /// `nats://[user:password@]host:port`.
    pub url: String,
}

impl Relay {
    pub fn start(self, stop: CancellationToken) -> JoinHandle<()> {
        tokio::spawn(async move {
            while !stop.is_cancelled() {
                if let Err(error) = self.serve(&stop).await {
                    tracing::warn!(%error, "the relay waits for NATS");
                }
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(BACK_OFF) => {}
                }
            }
        })
    }

    /// Publishes until something breaks; the checkpoints say where to go on.
    async fn serve(&self, stop: &CancellationToken) -> anyhow::Result<()> {
        let nats = connect(&self.url).await?;
        let mut changes = self.feed.changes();
        while !stop.is_cancelled() {
            let mut moved = false;
            for tenant in self.database.tenants_behind(&[NAME]).await? {
                moved |= self.window(&nats, tenant).await?;
            }
            if !moved {
                tokio::select! {
                    () = stop.cancelled() => {}
                    _ = changes.changed() => {}
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                }
            }
        }
        Ok(())
    }

    async fn window(&self, nats: &jetstream::Context, tenant: TenantId) -> anyhow::Result<bool> {
        let mut tx = self.database.project(tenant).await?;
        let Some(from) = checkpoint::take(&mut tx, &[(NAME, 1)]).await?.first().map(|c| c.position) else { return Ok(false) };
        let events = events_after(&mut tx, from, WINDOW).await?;
        if events.is_empty() {
            return Ok(false);
        }
        let reached = from + events.len() as i64;
        let mut acknowledgements = Vec::with_capacity(events.len());
        for (position, event) in (from + 1..).zip(&events) {
            let mut headers = HeaderMap::new();
            headers.insert("Nats-Msg-Id", format!("{tenant}:{position}").as_str());
            let sent = nats.publish_with_headers(subject(tenant, event), headers, serde_json::to_vec(event)?.into()).await?;
            acknowledgements.push(sent.into_future());
        }
        // All of them: an acknowledgement that fails leaves the checkpoint where it was.
        try_join_all(acknowledgements).await.context("an event was not acknowledged")?;
        checkpoint::advance(&mut tx, &[NAME], reached).await?;
        tx.commit().await?;
        metrics::counter!("quittance_events_relayed_total").increment(events.len() as u64);
        Ok(true)
    }
}

/// Sends everything after `position` again: consumers drop what they have.
pub async fn resend_after(database: &Database, tenant: TenantId, position: i64) -> sqlx::Result<()> {
    let mut tx = database.project(tenant).await?;
    checkpoint::take(&mut tx, &[(NAME, 1)]).await?;
    checkpoint::advance(&mut tx, &[NAME], position).await?;
    tx.commit().await
}

/// `quittance.<tenant>.<type>`, where the type is dotted itself.
fn subject(tenant: TenantId, event: &Published) -> String {
    format!("quittance.{tenant}.{}", event.r#type.trim_start_matches("quittance."))
}

async fn connect(url: &str) -> anyhow::Result<jetstream::Context> {
    let address: ServerAddr = url.parse().context("NATS_URL is not a NATS address")?;
    // The client does not look at credentials inside the address.
    let options = match (address.username(), address.password()) {
        (Some(user), Some(password)) => ConnectOptions::with_user_and_password(user.to_owned(), password.to_owned()),
        _ => ConnectOptions::new(),
    };
    let nats = jetstream::new(options.connect(address).await?);
    let wanted = stream::Config { name: STREAM.to_owned(), subjects: vec!["quittance.>".to_owned()], ..stream::Config::default() };
    nats.get_or_create_stream(wanted).await.context("JetStream has no stream for us")?;
    Ok(nats)
}
