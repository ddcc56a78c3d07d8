//! What a query request carries: one tenant's transaction, as fresh as asked.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::ids::TenantId;
use quittance_domain::time_zone::TimeZone;
use quittance_infrastructure::database::TenantTx;
use quittance_projections::checkpoint;
use quittance_projections::past::{PastError, past};
use quittance_projections::progress::{Managers, Progress, Stage};
use quittance_projections::source::head;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;
use utoipa::IntoParams;

use crate::app::App;
use crate::auth::{Caller, OperationName};
use crate::fields;
use crate::problem::Problem;
use crate::reads;
use crate::system::System;

/// How long a query waits for its `min_position`.
const FRESHNESS_WAIT: Duration = Duration::from_secs(2);

static POSITION: HeaderName = HeaderName::from_static("quittance-position");
static STOPPED: HeaderName = HeaderName::from_static("quittance-stopped");

/// Read your own writes: what a command answered as `position`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MinPosition {
    /// Wait (at most two seconds) until the answer shows everything up to this position and what follows from it.
    pub min_position: Option<i64>,
}

/// A read-only transaction of the caller's tenant.
pub struct Reading {
    pub app: App,
    pub caller: Caller,
    pub tx: TenantTx,
    /// Where the company keeps its calendar.
    pub zone: TimeZone,
    position: i64,
    /// What this reads, or should have followed from it, and stands still.
    stopped: Vec<&'static str>,
    recalled: Option<Recalled>,
}

/// This answers what was known at a moment.
struct Recalled {
    at: DateTime<Utc>,
    _turn: OwnedSemaphorePermit,
}

#[derive(Deserialize)]
struct KnownAt {
    known_at: Option<DateTime<Utc>>,
}

impl FromRequestParts<App> for Reading {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let (database, progress, tenant) = (&app.system.database, &app.system.progress, caller.tenant);
        let reads = read_models(parts).unwrap_or_else(|| progress.names(Stage::Projected));
        if let Some(at) = known_at(parts)? {
            return Self::recalled(app, caller, reads, at).await;
        }
        if let Some(min) = min_position(parts)? {
            Patience::of(&app.system).reach(tenant, reads, min).await?;
        }
        let zone = app.system.commands.zone_of(tenant).await?;
        let mut tx = database.read(tenant).await?;
        let mut position = progress.reached(reads, tenant);
        if reads.is_empty() {
            position = head(&mut tx).await?;
        } else if position == 0 {
            // This process has not projected anything of the tenant yet.
            position = checkpoint::lowest(&mut tx, reads).await?;
            progress.record_each(reads, tenant, position);
        }
        let mut stopped = progress.stopped(reads, tenant);
        stopped.extend(progress.stopped(progress.names(Stage::Reacted), tenant));
        Ok(Self { app: app.clone(), caller, tx, zone, position, stopped, recalled: None })
    }
}

impl Reading {
    /// What was known `at` a moment: nothing that a projector has to catch up with, and nothing stands still in it.
    async fn recalled(app: &App, caller: Caller, reads: &[&'static str], at: DateTime<Utc>) -> Result<Self, Problem> {
        let System { recalls, database, projectors, commands, .. } = &*app.system;
        let turn = recalls.clone().try_acquire_owned().map_err(|_| Problem::overloaded())?;
        let zone = commands.zone_of(caller.tenant).await?;
        let read: Vec<_> = projectors.iter().filter(|projector| reads.contains(&projector.name())).cloned().collect();
        let (tx, position) = past(database, &read, caller.tenant, at).await?;
        let recalled = Some(Recalled { at, _turn: turn });
        Ok(Self { app: app.clone(), caller, tx, zone, position, stopped: vec![], recalled })
    }
}

/// The moment that is asked for, where the operation answers what was known.
fn known_at(parts: &Parts) -> Result<Option<DateTime<Utc>>, Problem> {
    if !parts.extensions.get::<OperationName>().is_some_and(|operation| reads::has_past(&operation.0)) {
        return Ok(None);
    }
    let KnownAt { known_at } = fields::read(query_of(parts), "query")?;
    Ok(known_at)
}

impl From<PastError> for Problem {
    fn from(error: PastError) -> Self {
        match error {
            PastError::TooMuch => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "past_too_long",
                "Too long a past",
                format!("{error}: ask for one thing by /v1/aggregates/{{type}}/{{id}}?at=, or a report by its own known_at"),
            ),
            PastError::Database(error) => error.into(),
            PastError::Projection(error) => Self::unavailable(&error),
        }
    }
}

/// How long the read models are waited for.
pub struct Patience<'a> {
    pub progress: &'a Progress,
    pub wait: Duration,
}

impl<'a> Patience<'a> {
    /// As a query has it.
    pub fn of(system: &'a System) -> Self {
        Self { progress: &system.progress, wait: FRESHNESS_WAIT }
    }

    /// For a command that looks up what nobody has named: until these show all that is in the log.
    pub async fn reach_head(&self, tenant: TenantId, reads: &[&'static str]) -> Result<(), Problem> {
        let head = head(&mut self.progress.database().read(tenant).await?).await?;
        self.reach(tenant, reads, head).await
    }

    async fn reach(&self, tenant: TenantId, reads: &[&'static str], min: i64) -> Result<(), Problem> {
        if self.progress.shown_in(reads, Managers::Going, tenant, min, self.wait).await? {
            return Ok(());
        }
        Err(unreadable(&checkpoint::stopped(&mut self.progress.database().read(tenant).await?, reads).await?, min))
    }
}

/// What the operation reads; nothing where it does not say.
fn read_models(parts: &Parts) -> Option<&'static [&'static str]> {
    parts.extensions.get::<OperationName>().and_then(|operation| reads::of(&operation.0))
}

/// One that stands still is not waited for in vain.
fn unreadable(stopped: &[String], min: i64) -> Problem {
    if stopped.is_empty() {
        let detail = format!("position {min} cannot be read yet");
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_yet_readable", "Not yet readable", detail).after(1);
    }
    let detail = format!("{} cannot go on to position {min}: it stands still before it", stopped.join(", "));
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "read_model_stopped", "Read model stopped", detail).after(60)
}

fn min_position(parts: &Parts) -> Result<Option<i64>, Problem> {
    let in_query = parts.uri.query().into_iter().flat_map(|q| q.split('&')).find_map(|pair| pair.strip_prefix("min_position="));
    let given = in_query.or_else(|| parts.headers.get("min-position").and_then(|v| v.to_str().ok()));
    given.map(|text| text.parse().map_err(|_| Problem::invalid("min_position", "a position is a whole number"))).transpose()
}

impl Reading {
    /// The answer, with how fresh it is.
    pub fn answer<T: Serialize>(&self, body: T) -> Fresh<T> {
        Fresh { stopped: self.stopped.join(", "), ..Fresh::at(self.position, body) }
    }

    /// The moment of the answer: now, or the past one that it is about.
    pub fn now(&self) -> DateTime<Utc> {
        let now = self.app.system.commands.ports().edge.now();
        self.recalled.as_ref().map_or(now, |recalled| recalled.at.min(now))
    }

    /// What day it is where the company is.
    pub fn today(&self) -> NaiveDate {
        self.zone.day_of(self.now())
    }

    pub fn found<T: Serialize>(&self, body: Option<T>) -> Result<Fresh<T>, Problem> {
        let body = body.ok_or_else(Problem::not_found)?;
        Ok(Fresh { is_one: true, ..self.answer(body) })
    }
}

/// A query's answer; `Quittance-Position` says up to where the log is in it at least, `Quittance-Stopped` what stands still.
pub struct Fresh<T> {
    position: i64,
    stopped: String,
    /// It is one thing, whose version is its `ETag`.
    is_one: bool,
    body: T,
}

/// What has a version, whatever else it says.
#[derive(Deserialize)]
struct Versioned {
    version: i64,
}

impl<T> Fresh<T> {
    pub fn at(position: i64, body: T) -> Self {
        Self { position, stopped: String::new(), is_one: false, body }
    }
}

impl<T: Serialize> Fresh<T> {
    /// What it says, and the headers that say how fresh it is: for another form than JSON.
    pub fn taken_apart(self) -> Result<(HeaderMap, Value), Problem> {
        let headers = self.headers();
        serde_json::to_value(self.body).map(|body| (headers, body)).map_err(|_| Problem::internal())
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(POSITION.clone(), HeaderValue::from(self.position));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        if let Some(stopped) = HeaderValue::from_str(&self.stopped).ok().filter(|_| !self.stopped.is_empty()) {
            headers.insert(STOPPED.clone(), stopped);
        }
        headers
    }

    fn in_json(self) -> serde_json::Result<Response> {
        let mut headers = self.headers();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let body = serde_json::to_vec(&self.body)?;
        let versioned: Option<Versioned> = self.is_one.then(|| serde_json::from_slice(&body).ok()).flatten();
        if let Some(etag) = versioned.and_then(|one| HeaderValue::from_str(&format!("\"{}\"", one.version)).ok()) {
            headers.insert(header::ETAG, etag);
        }
        Ok((headers, body).into_response())
    }
}

impl<T: Serialize> IntoResponse for Fresh<T> {
    fn into_response(self) -> Response {
        self.in_json().unwrap_or_else(|_| Problem::internal().into_response())
    }
}

/// Query parameters.
pub struct Filter<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Filter<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        fields::read(query_of(parts), "query").map(Self)
    }
}

fn query_of(parts: &Parts) -> &[u8] {
    parts.uri.query().unwrap_or_default().as_bytes()
}

/// An id in the path. What is no id at all names nothing: 404, like an unknown one.
pub struct Id<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, app).await;
        path.map(|path| Self(path.0)).map_err(|_| Problem::not_found())
    }
}
