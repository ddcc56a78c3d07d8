//! Between processes: whoever has committed rings, and the others look at once instead of at their next poll.
//!
//! A hint and never more: a ring that nobody hears loses nothing, polling goes on. `NOTIFY` takes a lock of the whole database
//! as it commits, so no append carries one: a connection of its own rings, at most once in [`REST`]. A ring says nothing of
//! tenants: whoever may connect to the database may listen.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::feed::CommitFeed;

const CHANNEL: &str = "quittance_committed";
/// Between two rings: a busy process rings 40 times a second and not with each batch.
const REST: Duration = Duration::from_millis(25);
const BEFORE_IT_IS_HUNG_AGAIN: Duration = Duration::from_secs(2);

/// Rings for what `feed` commits and tells it of the rings of others, until `stop`.
pub fn hang(feed: Arc<CommitFeed>, options: PgConnectOptions, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => return,
                fallen = hangs(&feed, &options) => if let Err(error) = fallen {
                    tracing::warn!(%error, "other processes are not heard for a moment; they are polled");
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(BEFORE_IT_IS_HUNG_AGAIN) => {}
            }
        }
    })
}

/// As long as the connection holds.
async fn hangs(feed: &CommitFeed, options: &PgConnectOptions) -> sqlx::Result<()> {
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    let own: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut listener).await?;
    let mut commits = feed.commits();
    let mut rested = Instant::now();
    // What was committed while nobody rang.
    feed.rung();
    loop {
        tokio::select! {
            heard = listener.try_recv() => match heard? {
                Some(ring) if ring.process_id() as i32 != own => feed.rung(),
                Some(_) => {}
                None => return Err(io::Error::from(io::ErrorKind::ConnectionAborted).into()),
            },
            committed = next_commit(&mut commits, rested) => {
                if committed.is_err() {
                    return Ok(());
                }
                sqlx::query("select pg_notify($1, '')").bind(CHANNEL).execute(&mut listener).await?;
                rested = Instant::now() + REST;
            }
        }
    }
}

async fn next_commit(commits: &mut watch::Receiver<u64>, rested: Instant) -> Result<(), watch::error::RecvError> {
    sleep_until(rested).await;
    commits.changed().await
}
