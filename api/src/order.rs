//! What a command request carries: who, which key, which version, and a body with no unknown field.

use std::time::Duration;

use axum::extract::{FromRequest, Request};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use quittance_application::context::command_id_of_key;
use quittance_application::{Channel, Context};
use quittance_domain::ids::UserId;
use quittance_domain::time_zone::TimeZone;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::app::App;
use crate::auth::Caller;
use crate::body_budget::BodyShare;
use crate::layers::{ClientAddress, RequestId};
use crate::limits;
use crate::problem::Problem;

const BODY_TIME_MAX: Duration = Duration::from_secs(30);

/// A command with an optional `Idempotency-Key`.
pub type Order<T> = Ordered<T, false>;
/// A command that moves money, stock or bank details: without an `Idempotency-Key` it is refused.
pub type KeyedOrder<T> = Ordered<T, true>;

pub struct Ordered<T, const KEYED: bool> {
    pub app: App,
    pub ctx: Context,
    pub caller: Caller,
    pub body: T,
}

/// A command without a body; `{}` is one too.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl<T: DeserializeOwned + Send, const KEYED: bool> FromRequest<App> for Ordered<T, KEYED> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let raw = Ordered::<Bytes, KEYED>::from_raw(request, app).await?;
        let body = parse(&raw.body)?;
        Ok(Self { app: raw.app, ctx: raw.ctx, caller: raw.caller, body })
    }
}

impl<const KEYED: bool> Ordered<Bytes, KEYED> {
    pub async fn from_raw(request: Request, app: &App) -> Result<Self, Problem> {
        let caller = request.extensions().get::<Caller>().cloned().ok_or_else(Problem::unauthenticated)?;
        let key = idempotency_key(request.headers(), KEYED)?;
        let zone = app.system.commands.zone_of(caller.tenant).await?;
        let mut ctx = context(&request, app, &caller, zone)?;
        let route = asked_of(&request);
        let body = body_of(request, app).await?;
        if let Some(key) = key {
            ctx.command_id = Some(command_id_of_key(caller.tenant, &key));
            ctx.request_hash = Some(request_hash(caller.user, &route, &body));
        }
        Ok(Self { app: app.clone(), ctx, caller, body })
    }
}

/// The place that this request has is not held by a body that drips, nor memory that others have by one that is large.
async fn body_of(request: Request, app: &App) -> Result<Bytes, Problem> {
    let share = request.extensions().get::<BodyShare>().cloned().ok_or_else(Problem::internal)?;
    let read = tokio::time::timeout(BODY_TIME_MAX, Bytes::from_request(share.counted(request), app)).await.map_err(|_| too_slow())?;
    read.map_err(|rejection| if share.found_no_room() { Problem::overloaded() } else { too_large_or_cut(rejection.status()) })
}

fn too_slow() -> Problem {
    Problem::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", "Body too slow", "the request's body did not arrive in time")
}

pub fn too_large_or_cut(status: StatusCode) -> Problem {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(status, "body_too_large", "Body too large", "the request's body is larger than this route takes");
    }
    Problem::malformed("the request's body did not arrive whole")
}

/// What a request asks for beside its body: another query is another request.
pub fn asked_of(request: &Request) -> String {
    let uri = request.uri();
    format!("{} {}", request.method(), uri.path_and_query().map_or(uri.path(), PathAndQuery::as_str))
}

/// Who asks is part of what is asked: somebody else's approval is another one, although nothing else differs.
pub fn request_hash(by: UserId, route: &str, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(by.0.as_bytes());
    hash.update(route.as_bytes());
    hash.update([0]);
    hash.update(body);
    hex::encode(hash.finalize())
}

/// `{}` and nothing are the same. What is wrong is named by its JSON pointer.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    limits::check(body)?;
    let text: &[u8] = if body.iter().all(u8::is_ascii_whitespace) { b"{}" } else { body };
    let mut reader = serde_json::Deserializer::from_slice(text);
    let parsed = serde_path_to_error::deserialize(&mut reader).map_err(unreadable)?;
    reader.end().map_err(|error| Problem::malformed(format!("the body is not one JSON value: {error}")))?;
    Ok(parsed)
}

/// A part of a body that has been read already; absent is empty.
pub fn read_value<T: DeserializeOwned>(value: Option<&Value>) -> Result<T, Problem> {
    match value {
        Some(value) => serde_path_to_error::deserialize(value).map_err(unreadable),
        None => parse(b""),
    }
}

fn unreadable(error: serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let pointer = pointer_of(error.path());
    let inner = error.into_inner();
    match inner.classify() {
        serde_json::error::Category::Data => {
            let rule = in_words(&without_place(&inner));
            let missing = missing_field(&rule).map(|name| format!("/{name}")).unwrap_or_default();
            Problem::invalid(pointer + &missing, rule)
        }
        _ => Problem::malformed(format!("the body is not JSON: {inner}")),
    }
}

/// What a parser says of a day or a moment that it cannot read, as a person would.
pub fn in_words(rule: &str) -> String {
    const OF_DATES: &[&str] = &[
        "input is out of range",
        "no possible date and time matching input",
        "input is not enough for unique date and time",
        "input contains invalid characters",
        "premature end of input",
        "trailing input",
    ];
    if OF_DATES.contains(&rule) {
        format!("a day is written as 2026-03-31, a moment as 2026-03-31T09:30:00Z: {rule}")
    } else {
        rule.to_owned()
    }
}

fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(before, _)| before.to_owned())
}

/// A field that is missing is pointed at where it should be.
pub fn missing_field(rule: &str) -> Option<&str> {
    rule.strip_prefix("missing field `")?.split_once('`').map(|(name, _)| name)
}

fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => String::new(),
        })
        .collect()
}

fn context(request: &Request, app: &App, caller: &Caller, zone: TimeZone) -> Result<Context, Problem> {
    let headers = request.headers();
    let edge = &app.system.commands.ports().edge;
    let correlation = match text(headers, "x-correlation-id")? {
        Some(id) => Uuid::parse_str(id).map_err(|_| Problem::malformed("X-Correlation-Id is not a UUID"))?,
        None => edge.new_id(),
    };
    let mut ctx = Context::new(caller.tenant, caller.user, edge.now(), zone, Channel::Rest, correlation);
    ctx.expected_version = text(headers, header::IF_MATCH.as_str())?.and_then(|v| expected(v).transpose()).transpose()?;
    ctx.request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone());
    ctx.client_address = request.extensions().get::<ClientAddress>().map(|a| a.0.to_string());
    ctx.trace_parent = headers.get("traceparent").and_then(|v| v.to_str().ok()).filter(|t| t.len() <= 64).map(str::to_owned);
    Ok(ctx)
}

/// `"7"`; `*` means any.
fn expected(value: &str) -> Result<Option<i64>, Problem> {
    match value.trim() {
        "*" => Ok(None),
        quoted => {
            let version =
                quoted.trim_matches('"').parse().map_err(|_| Problem::malformed("If-Match is a version in quotes, as ETag gives it"))?;
            Ok(Some(version))
        }
    }
}

fn idempotency_key(headers: &HeaderMap, required: bool) -> Result<Option<String>, Problem> {
    match text(headers, "idempotency-key")? {
        None if required => {
            let detail = "what moves money, stock or bank details needs an Idempotency-Key";
            Err(Problem::new(StatusCode::BAD_REQUEST, "idempotency_key_missing", "Idempotency-Key missing", detail))
        }
        key => key.map(|key| whole_key(key).map(|()| key.to_owned())).transpose(),
    }
}

pub fn whole_key(key: &str) -> Result<(), Problem> {
    let whole = (1..=255).contains(&key.len()) && key.bytes().all(|b| (0x20..0x7f).contains(&b));
    if whole { Ok(()) } else { Err(Problem::malformed("an Idempotency-Key has 1 to 255 visible ASCII characters")) }
}

/// A header that cannot be read is refused: a command would otherwise run without the key or version that its caller set.
fn text<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, Problem> {
    let unreadable = |_| Problem::malformed(format!("the header {name} has characters other than visible ASCII"));
    headers.get(name).map(|value| value.to_str().map_err(unreadable)).transpose()
}
