//! Events out: the tenant's log as a gap-free feed, in pages and as a stream. A consumer keeps one number, its position.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use quittance_domain::ids::TenantId;
use quittance_projections::feed::{Published, events_after};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Refusals;
use crate::app::App;
use crate::auth::Caller;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Reading};

const EVENTS_MAX: i64 = 1_000;
/// Without a commit in this process, a stream looks at the log this often.
const LOOK_EVERY: Duration = Duration::from_millis(500);

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// The last position that the consumer has; 0 from the beginning.
    #[serde(default)]
    after: i64,
    /// 1 to 1,000; 100 where absent.
    limit: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Feed {
    data: Vec<Published>,
    /// Ask with `after` of this for what follows.
    next_after: i64,
}

/// The tenant's events in order, without a gap, as CloudEvents 1.0.
#[utoipa::path(get, path = "/v1/events", tag = "events", params(After), responses((status = 200, body = Feed), Refusals))]
pub async fn list_events(mut read: Reading, Filter(page): Filter<After>) -> Result<Fresh<Feed>, Problem> {
    let after = page.after.max(0);
    let data = events_after(&mut read.tx, after, page.limit.unwrap_or(100).clamp(1, EVENTS_MAX)).await?;
    let next_after = after + data.len() as i64;
    Ok(read.answer(Feed { data, next_after }))
}

/// The same as server-sent events; `Last-Event-ID` (a position) goes on where a connection broke.
#[utoipa::path(get, path = "/v1/events/stream", tag = "events", params(After, ("Last-Event-ID" = Option<i64>, Header)),
    responses((status = 200, description = "One CloudEvent an event, its position as id", content_type = "text/event-stream"), Refusals))]
pub async fn stream_events(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Filter(page): Filter<After>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let resumed = headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    let after = resumed.unwrap_or(page.after).max(0);
    let tail = Tail { app, tenant: caller.tenant, after, waiting: Vec::new().into_iter() };
    Sse::new(futures::stream::unfold(tail, Tail::next)).keep_alive(KeepAlive::default())
}

/// A consumer's place in the log.
struct Tail {
    app: App,
    tenant: TenantId,
    after: i64,
    waiting: std::vec::IntoIter<Published>,
}

impl Tail {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        loop {
            if let Some(published) = self.waiting.next() {
                self.after += 1;
                let event = Event::default().id(self.after.to_string()).event(&published.r#type).json_data(&published).ok()?;
                return Some((Ok(event), self));
            }
            let mut commits = self.app.system.committer.feed().changes();
            // A database that is away ends the stream; the consumer comes back with its Last-Event-ID.
            self.waiting = self.read().await?.into_iter();
            if self.waiting.len() == 0 {
                tokio::select! {
                    _ = commits.changed() => {}
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                    () = self.app.system.stopping.cancelled() => return None,
                }
            }
        }
    }

    async fn read(&self) -> Option<Vec<Published>> {
        let mut tx = self.app.system.database.read(self.tenant).await.ok()?;
        events_after(&mut tx, self.after, EVENTS_MAX).await.ok()
    }
}
