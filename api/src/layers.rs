//! What every request passes through, outermost first: request id and headers, load shedding, its own task.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ipnet::IpNet;
use tracing::Instrument;

use crate::app::App;
use crate::auth::OperationName;
use crate::body_budget::BodyShare;
use crate::problem::Problem;

const TIME_LIMIT: Duration = Duration::from_secs(30);

#[derive(Clone)]
pub struct RequestId(pub String);

#[derive(Clone)]
pub struct ClientAddress(pub IpAddr);

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
static FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Names the request, times it, and gives every answer its headers; a problem learns its request id here.
pub async fn outermost(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id(&app, &request);
    let span = tracing::info_span!("request", id = %id, method = %request.method(), path = %told(request.uri().path()));
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied() {
        let client = client_address(peer.ip(), request.headers(), &app.system.settings.trusted_proxies);
        request.extensions_mut().insert(ClientAddress(client));
    }
    let only_asks = request.method().is_safe();
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).instrument(span.clone()).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let problem = if only_asks { problem.of_question() } else { problem };
        response = with_request_id(response, problem, &id);
    }
    span.in_scope(|| record(&response, started));
    dress(&mut response, &id);
    response
}

/// Who is on the other side: the peer, or, where that is a proxy of ours, the last one it names who is none of them. What stands before
/// that one anybody may have written.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let lines = headers.get_all(&FORWARDED_FOR).iter().rev().filter_map(|value| value.to_str().ok());
    let mut hops = lines.flat_map(|line| line.rsplit(',')).map_while(|hop| hop.trim().parse::<IpAddr>().ok());
    let mut client = peer.to_canonical();
    while trusted.iter().any(|network| network.contains(&client)) {
        let Some(before) = hops.next() else { break };
        client = before.to_canonical();
    }
    client
}

/// A path as a log may have it: what follows `/decide/` decides in its holder's name, whoever reads it.
fn told(path: &str) -> &str {
    const DECIDE: &str = "/decide/";
    if path.starts_with(DECIDE) { DECIDE } else { path }
}

fn request_id(app: &App, request: &Request) -> String {
    let given = request.headers().get(&REQUEST_ID).and_then(|v| v.to_str().ok());
    let fits = |id: &&str| !id.is_empty() && id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    given.filter(fits).map_or_else(|| app.system.commands.ports().edge.new_id().simple().to_string(), str::to_owned)
}

fn with_request_id(response: Response, problem: Problem, id: &str) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let body = Json(Problem { request_id: Some(id.to_owned()), ..problem }).into_response().into_body();
    Response::from_parts(parts, body)
}

/// Counts the request. What failed or took long is told; any other where the log's filter asks for it.
fn record(response: &Response, started: Instant) {
    const LONG: Duration = Duration::from_secs(1);
    let operation = response.extensions().get::<OperationName>().map_or_else(|| "other".to_owned(), |o| o.0.clone());
    let (status, took) = (response.status(), started.elapsed());
    if status.is_server_error() || took > LONG {
        tracing::info!(operation, status = status.as_u16(), ms = took.as_millis(), "answered");
    } else {
        tracing::debug!(operation, status = status.as_u16(), ms = took.as_millis(), "answered");
    }
    metrics::counter!("quittance_http_requests_total", "operation" => operation.clone(), "status" => status.as_u16().to_string())
        .increment(1);
    metrics::histogram!("quittance_http_request_seconds", "operation" => operation).record(took.as_secs_f64());
}

fn dress(response: &mut Response, id: &str) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID.clone(), id);
    }
    for (name, value) in
        [(header::X_CONTENT_TYPE_OPTIONS, "nosniff"), (header::X_FRAME_OPTIONS, "DENY"), (header::REFERRER_POLICY, "no-referrer")]
    {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // The docs page brings its own styles inline; scripts only ever come from this server.
    let policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(policy));
    headers.entry("permissions-policy").or_insert(HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=()"));
    // Answers hold a tenant's books: nobody between keeps them.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// Takes a place or sends the caller away at once: nothing queues without bound. What has a place runs in a task of its
/// own, so that a client that leaves does not cut a transaction in half.
pub async fn admit(State(app): State<App>, mut request: Request, next: Next) -> Response {
    if app.in_flight.available_permits() == 0 {
        metrics::counter!("quittance_requests_shed_total").increment(1);
        return Problem::overloaded().into_response();
    }
    let share = BodyShare::of(&app.bodies);
    request.extensions_mut().insert(share.clone());
    let work = async move {
        // Place and room come back when the work has ended, not when the answer is late.
        let _room = share;
        let Ok(_place) = app.in_flight.try_acquire() else { return Problem::overloaded().into_response() };
        next.run(request).await
    };
    // The limit is on the answer, not on the work: what took too long goes on to its end, and its key finds out.
    match tokio::time::timeout(TIME_LIMIT, tokio::spawn(work.in_current_span())).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => {
            tracing::error!(%error, "a handler panicked");
            Problem::internal().into_response()
        }
        Err(_) => Problem::unavailable(&"the request took too long").into_response(),
    }
}

/// Paths that are not ours.
pub async fn nowhere() -> Problem {
    Problem::not_found()
}

/// Paths that are ours, with another method.
pub async fn wrong_method() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Method not allowed", "this path has no such method")
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{FORWARDED_FOR, HeaderMap, client_address, told};

    #[test]
    fn a_proxy_of_ours_says_who_asked_and_nobody_else_does() {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        let rows: [(&str, &[&str], &str); 8] = [
            ("203.0.113.7", &["198.51.100.1"], "203.0.113.7"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("::ffff:10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["1.1.1.1, 198.51.100.1, 10.2.3.4"], "198.51.100.1"),
            ("10.0.0.1", &["1.1.1.1", "2001:db8::5", "fd00::2"], "2001:db8::5"),
            ("10.0.0.1", &["198.51.100.1, unknown"], "10.0.0.1"),
            ("10.0.0.1", &["10.0.0.9"], "10.0.0.9"),
        ];
        for (peer, lines, client) in rows {
            let headers: HeaderMap = lines.iter().map(|line| (FORWARDED_FOR.clone(), line.parse().unwrap())).collect();
            let found = client_address(peer.parse().unwrap(), &headers, &trusted);
            assert_eq!(found, client.parse::<IpAddr>().unwrap(), "{peer} {lines:?}");
        }
    }

    #[test]
    fn no_path_tells_a_log_what_opens_something() {
        for (path, line) in [("/decide/AbC_9-x", "/decide/"), ("/decide/AbC/x", "/decide/"), ("/v1/items/1", "/v1/items/1")] {
            assert_eq!(told(path), line);
        }
    }
}
