//! Events out: the tenant's log as a gap-free feed, in pages and as a stream. A consumer keeps one number, its position.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, Sse};
use futures::Stream;
use quittance_domain::ids::TenantId;
use quittance_projections::feed::{Published, events_after};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep, sleep_until};
use utoipa::{IntoParams, ToSchema};

use super::Refusals;
use crate::app::App;
use crate::auth::Caller;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh};
use crate::streaming::{Follower, streamed};

const PAGE_DEFAULT: i64 = 100;
const PAGE_MAX: i64 = 1_000;
const WAIT_MAX_S: u64 = 30;
/// A request has thirty seconds in all; the last ones are for the answer.
const LONGEST_WAIT: Duration = Duration::from_secs(28);
/// Without a commit in this process, a waiting consumer looks at the log this often, and at its own rights.
const LOOK_EVERY: Duration = Duration::from_millis(500);

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// The last position that the consumer has; 0 from the beginning.
    #[serde(default)]
    after: i64,
    /// 1 to 1,000; 100 where absent. A page of large events may be shorter.
    limit: Option<i64>,
    /// Where there is nothing new, wait for it up to this many seconds, 30 at most.
    wait: Option<u64>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct From {
    /// The last position that the consumer has; 0 from the beginning.
    #[serde(default)]
    after: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Feed {
    data: Vec<Published>,
    /// Ask with `after` of this for what follows.
    next_after: i64,
}

/// The tenant's events in order, without a gap, as CloudEvents 1.0.
#[utoipa::path(get, path = "/v1/events", tag = "events", params(After), responses((status = 200, body = Feed), Refusals))]
pub async fn list_events(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Filter(page): Filter<After>,
) -> Result<Fresh<Feed>, Problem> {
    let wait = page.wait.unwrap_or_default();
    if wait > WAIT_MAX_S {
        return Err(Problem::invalid("wait", format!("a request waits {WAIT_MAX_S} seconds at most")));
    }
    let consumer = Consumer { tenant: caller.tenant, follower: Follower { app, headers, operation: "list_events" } };
    let after = page.after.max(0);
    let data = consumer.page(after, page.limit.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX), Duration::from_secs(wait)).await?;
    let next_after = after + data.len() as i64;
    Ok(Fresh::at(next_after, Feed { data, next_after }))
}

/// The same as server-sent events; `Last-Event-ID` (a position) goes on where a connection broke.
#[utoipa::path(get, path = "/v1/events/stream", tag = "events", params(From, ("Last-Event-ID" = Option<i64>, Header)),
    responses((status = 200, description = "One CloudEvent an event, its position as id", content_type = "text/event-stream"), Refusals))]
pub async fn stream_events(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Filter(from): Filter<From>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let after = last_event_id(&headers)?.unwrap_or(from.after.max(0));
    let consumer = Consumer { tenant: caller.tenant, follower: Follower { app, headers, operation: "stream_events" } };
    // Before the answer begins, so that what is wrong can still be said.
    let first = consumer.read(after, PAGE_DEFAULT).await?;
    let tail = Tail { consumer, after, caught_up: first.is_empty(), waiting: first.into_iter() };
    Ok(streamed(futures::stream::unfold(tail, Tail::next)))
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(given) = headers.get("last-event-id") else { return Ok(None) };
    let position = given.to_str().ok().and_then(|text| text.parse().ok()).filter(|position| *position >= 0);
    let refusal = || Problem::new(StatusCode::BAD_REQUEST, "last_event_id_invalid", "Not an event's id", "Last-Event-ID is a position");
    position.map(Some).ok_or_else(refusal)
}

struct Consumer {
    tenant: TenantId,
    follower: Follower,
}

impl Consumer {
    async fn read(&self, after: i64, limit: i64) -> Result<Vec<Published>, Problem> {
        Ok(events_after(&mut self.follower.read().await?, after, limit).await?)
    }

    fn app(&self) -> &App {
        &self.follower.app
    }

    /// What follows `after`, or nothing once the wait is over. Who waits holds a place among the requests that are worked
    /// on: only so many wait, the others are answered at once.
    async fn page(&self, after: i64, limit: i64, wait: Duration) -> Result<Vec<Published>, Problem> {
        let deadline = Instant::now() + wait.min(LONGEST_WAIT);
        let mut events = self.read(after, limit).await?;
        let Ok(_place) = self.app().waiting.try_acquire() else { return Ok(events) };
        while events.is_empty() && Instant::now() < deadline && !self.app().system.stopping.is_cancelled() {
            tokio::select! {
                () = self.grown(after) => {}
                () = sleep_until(deadline) => {}
            }
            events = self.read(after, limit).await?;
        }
        Ok(events)
    }

    /// Until the log may have grown past `after`: at once when this process appends to it, else when it is time to look.
    async fn grown(&self, after: i64) {
        let feed = self.app().system.committer.feed();
        let mut commits = feed.changes();
        let look = sleep(LOOK_EVERY);
        tokio::pin!(look);
        while feed.head(self.tenant).is_none_or(|head| head <= after) {
            tokio::select! {
                _ = commits.changed() => {}
                () = &mut look => return,
                () = self.app().system.stopping.cancelled() => return,
            }
        }
    }
}

/// A consumer's place in the log.
struct Tail {
    consumer: Consumer,
    after: i64,
    /// The last look found nothing new.
    caught_up: bool,
    waiting: std::vec::IntoIter<Published>,
}

impl Tail {
    /// Whatever is wrong ends the stream: the consumer comes back with its Last-Event-ID and is told.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        loop {
            if let Some(published) = self.waiting.next() {
                self.after += 1;
                let event = Event::default().id(self.after.to_string()).event(&published.r#type).json_data(&published).ok()?;
                return Some((Ok(event), self));
            }
            if self.caught_up {
                self.consumer.grown(self.after).await;
            }
            if self.consumer.app().system.stopping.is_cancelled() {
                return None;
            }
            let next = self.consumer.read(self.after, PAGE_DEFAULT).await.ok()?;
            self.caught_up = next.is_empty();
            self.waiting = next.into_iter();
        }
    }
}
