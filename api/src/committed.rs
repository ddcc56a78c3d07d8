//! What a command answers: the same status, body and ETag however often it is repeated.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use quittance_application::Receipt;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::auth::Caller;
use crate::problem::Problem;

/// How long a command waits for what it makes others do (an approval approving its invoice). Its own effect is durable
/// before; this only spares the caller a look at a state in between.
pub const REACTION_WAIT: Duration = Duration::from_millis(500);

pub static REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// Where a command's effect is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CommandAnswer {
    /// The aggregate that the command was about.
    pub id: Uuid,
    /// Its version after the command; also the `ETag`.
    pub version: i64,
    /// Queries with `?min_position=` of this show the effect.
    pub position: i64,
}

impl From<Receipt> for CommandAnswer {
    fn from(receipt: Receipt) -> Self {
        Self { id: receipt.id, version: receipt.version, position: receipt.position }
    }
}

#[derive(Debug)]
pub struct Committed<T = CommandAnswer> {
    status: StatusCode,
    location: Option<String>,
    version: i64,
    replayed: bool,
    body: T,
}

impl Committed {
    pub fn done(receipt: Receipt) -> Self {
        Self { status: StatusCode::OK, location: None, version: receipt.version, replayed: receipt.replayed, body: receipt.into() }
    }

    /// Where the command's effects end in the tenant's log.
    pub fn position(&self) -> i64 {
        self.body.position
    }

    /// A new aggregate at `collection/{id}`.
    pub fn created(collection: &str, receipt: Receipt) -> Self {
        let location = Some(format!("{collection}/{}", receipt.id));
        Self { status: StatusCode::CREATED, location, ..Self::done(receipt) }
    }
}

impl<T> Committed<T> {
    pub fn with<U>(self, body: impl FnOnce(T) -> U) -> Committed<U> {
        Committed { status: self.status, location: self.location, version: self.version, replayed: self.replayed, body: body(self.body) }
    }
}

impl<T: Serialize> IntoResponse for Committed<T> {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        let headers = response.headers_mut();
        if let Ok(etag) = HeaderValue::from_str(&format!("\"{}\"", self.version)) {
            headers.insert(header::ETAG, etag);
        }
        if let Some(location) = self.location.and_then(|l| HeaderValue::from_str(&l).ok()) {
            headers.insert(header::LOCATION, location);
        }
        if self.replayed {
            headers.insert(REPLAYED.clone(), HeaderValue::from_static("true"));
        }
        response
    }
}

/// Waits, bounded, until what follows from a command has been done.
pub async fn reacted(app: &App, caller: &Caller, committed: Committed) -> Result<Committed, Problem> {
    app.system.progress.reacted(caller.tenant, committed.body.position, REACTION_WAIT).await?;
    Ok(committed)
}
