//! Answers that go on for longer than a request usually takes.

use std::convert::Infallible;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use quittance_infrastructure::database::TenantTx;

use crate::app::App;
use crate::auth::Caller;
use crate::problem::Problem;

/// Shorter than what proxies take for a dead connection.
const HEARTBEAT: Duration = Duration::from_secs(10);

pub fn streamed(
    events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT))
}

/// Somebody who reads on.
pub struct Follower {
    pub app: App,
    pub headers: HeaderMap,
    pub operation: &'static str,
}

impl Follower {
    /// Who asks is asked again before each read: a key that was revoked, has expired or lost its role reads nothing more.
    pub async fn read(&self) -> Result<TenantTx, Problem> {
        let caller = Caller::of(&self.app, &self.headers).await?;
        caller.may(self.operation)?;
        Ok(self.app.system.database.read(caller.tenant).await?)
    }
}
