//! `GET /v1/events/stream`: server-sent events over a real connection.

use std::sync::Arc;
use std::time::{Duration, Instant};

use quittance_api::server;
use quittance_api::system::System;
use quittance_domain::role::Role;
use quittance_infrastructure::database::{Database, Sizes};
use quittance_tests::app::{Company, Person, TestApp};
use serde_json::{Value, json};

use super::{are_the_log, head, position, positions};

/// A consumer at the other end of the wire.
struct Listener {
    response: reqwest::Response,
    text: String,
}

/// What came over the wire.
#[derive(Debug)]
enum Heard {
    Event { id: i64, name: String, event: Value },
    Heartbeat,
    Closed,
}

impl Listener {
    async fn open(person: &Person, path: &str, last: Option<&str>) -> Self {
        let response = person.streams(path, last).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    async fn next(&mut self) -> Heard {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let heard = heard(block);
                self.text = rest.to_owned();
                return heard;
            }
            match self.response.chunk().await {
                Ok(Some(bytes)) => self.text.push_str(std::str::from_utf8(&bytes).expect("UTF-8")),
                Ok(None) | Err(_) => return Heard::Closed,
            }
        }
    }

    /// The next `count` events, in the order of their arrival.
    async fn events(&mut self, count: usize) -> Vec<Value> {
        let mut events = Vec::new();
        while events.len() < count {
            match tokio::time::timeout(Duration::from_secs(60), self.next()).await.expect("an event in time") {
                Heard::Event { id, name, event } => {
                    assert_eq!((id, name.as_str()), (position(&event), event["type"].as_str().expect("a type")));
                    events.push(event);
                }
                Heard::Heartbeat => {}
                Heard::Closed => panic!("closed after {} of {count} events", events.len()),
            }
        }
        events
    }

    /// The positions that still come until the server closes the stream.
    async fn until_closed(&mut self, patience: Duration) -> Vec<i64> {
        let rest = async {
            let mut seen = Vec::new();
            loop {
                match self.next().await {
                    Heard::Event { id, .. } => seen.push(id),
                    Heard::Heartbeat => {}
                    Heard::Closed => return seen,
                }
            }
        };
        tokio::time::timeout(patience, rest).await.expect("the stream is closed in time")
    }
}

/// One block of the stream: lines of fields, or a comment.
fn heard(block: &str) -> Heard {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(|v| v.trim_start().to_owned());
    match (field("id:"), field("event:"), field("data:")) {
        (Some(id), Some(name), Some(data)) => {
            Heard::Event { id: id.parse().expect("a position"), name, event: serde_json::from_str(&data).expect("JSON") }
        }
        _ if block.starts_with(':') => Heard::Heartbeat,
        _ => panic!("{block:?} is neither an event nor a comment"),
    }
}

#[tokio::test]
async fn a_stream_goes_on_where_it_broke_and_shows_what_happens_next() {
    let app = TestApp::start().await;
    let (company, other) = (app.company("Acme").await, app.company("Other").await);
    company.creates_items("S", 5).await;
    let mut seen = Listener::open(&company.owner, "/v1/events/stream", None).await.events(4).await;
    let last = position(&seen[3]).to_string();

    // The header wins: a browser sends the address that it began with.
    let mut listener = Listener::open(&company.owner, "/v1/events/stream?after=1", Some(&last)).await;
    let behind = head(&app, company.tenant).await as usize - 4;
    seen.extend(listener.events(behind).await);
    other.creates_items("O", 3).await;
    let asked = Instant::now();
    company.creates_items("L", 3).await;
    seen.extend(listener.events(3).await);
    assert!(asked.elapsed() < Duration::from_secs(12), "live events took {:?}", asked.elapsed());
    are_the_log(&seen, &app, company.tenant).await;
}

/// A second server on the same database, which has appended nothing itself.
async fn another_node(app: &TestApp) -> TestApp {
    let database = Database::open(app.system.database.admin().clone(), None, Sizes { app: 4, projector: 2 });
    let system = Arc::new(System::on(app.system.settings.clone(), database, None));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(server::run(system.clone(), listener, std::future::pending()));
    TestApp { system, address }
}

#[tokio::test]
async fn a_long_backlog_comes_at_once_from_any_node() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let auditor =
        company.owner.posts("/v1/users", json!({ "email": "a@acme.example", "name": "A", "roles": ["auditor"] })).await.succeeds();
    company.creates_items("B", 700).await;
    let head = head(&app, company.tenant).await;
    let node = another_node(&app).await;
    let reader = node.person(auditor.body["api_key"].as_str().expect("a key").to_owned());
    let asked = Instant::now();
    let mut listener = Listener::open(&reader, "/v1/events/stream?after=0", None).await;
    let seen = listener.events(head as usize).await;
    assert_eq!(positions(&seen), (1..=head).collect::<Vec<_>>());
    assert!(asked.elapsed() < Duration::from_secs(10), "{head} events took {:?}", asked.elapsed());
    company.creates_items("L", 1).await;
    assert_eq!(positions(&listener.events(1).await), [head + 1]);
}

#[tokio::test]
async fn a_quiet_stream_has_a_heartbeat() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let mut listener = Listener::open(&company.owner, "/v1/events/stream?after=1000000", None).await;
    let heard = tokio::time::timeout(Duration::from_secs(30), listener.next()).await.expect("a heartbeat within the time of proxies");
    assert!(matches!(heard, Heard::Heartbeat), "{heard:?}");
}

#[tokio::test]
async fn a_last_event_id_that_is_none_is_refused() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    for last in ["abc", "", "-1", "1.5", "99999999999999999999", "1 2", "é"] {
        let response = company.owner.streams("/v1/events/stream", Some(last)).await;
        assert_eq!(response.status(), 400, "{last:?}");
        let problem: Value = response.json().await.expect("a problem document");
        assert_eq!(problem["type"], "/problems/last-event-id-invalid", "{last:?}");
    }
    assert_eq!(company.owner.gets("/problems/last-event-id-invalid").await.status, 200);
    let largest = company.owner.streams("/v1/events/stream", Some(&i64::MAX.to_string())).await;
    assert_eq!(largest.status(), 200);
}

/// An auditor with an open stream that has shown everything so far.
struct Auditor {
    user: String,
    key: String,
    stream: Listener,
}

async fn auditor(app: &TestApp, company: &Company, expires_at: Option<String>) -> Auditor {
    app.user(company, "audrey", Role::Auditor).await;
    let users = company.owner.gets("/v1/users").await.succeeds().body;
    let audrey = users["data"].as_array().into_iter().flatten().find(|u| u["email"] == "audrey@company.example").expect("audrey");
    let user = audrey["id"].as_str().expect("an id").to_owned();
    let issued = company.owner.posts(&format!("/v1/users/{user}/keys"), json!({ "expires_at": expires_at })).await.succeeds();
    let secret = issued.body["api_key"].as_str().expect("a key").to_owned();
    let keys = company.owner.gets(&format!("/v1/users/{user}/keys?min_position={}", issued.position())).await.succeeds().body;
    let shown = keys.as_array().into_iter().flatten().find(|k| k["prefix"].as_str().is_some_and(|p| secret.starts_with(p)));
    let key = shown.and_then(|k| k["id"].as_str().or(k["key_id"].as_str())).unwrap_or_else(|| panic!("{keys}")).to_owned();
    let mut stream = Listener::open(&app.person(secret), "/v1/events/stream", None).await;
    stream.events(head(app, company.tenant).await as usize).await;
    Auditor { user, key, stream }
}

/// What an open stream shows after its reader lost the right at event `lost`: that event at most, and then the end.
async fn ends_soon(mut auditor: Auditor, company: &Company, lost: i64) {
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    company.creates_items("SECRET", 5).await;
    let seen = auditor.stream.until_closed(Duration::from_secs(60)).await;
    assert!(seen.iter().all(|position| *position <= lost), "{seen:?} came, the right was lost at {lost}");
}

#[tokio::test]
async fn a_revoked_key_ends_its_open_stream() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let auditor = auditor(&app, &company, None).await;
    let path = format!("/v1/users/{}/keys/{}/revoke", auditor.user, auditor.key);
    let lost = company.owner.posts(&path, json!({})).await.succeeds().position();
    ends_soon(auditor, &company, lost).await;
}

#[tokio::test]
async fn a_key_that_expires_ends_its_open_stream() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let now = app.system.commands.ports().edge.now();
    let auditor = auditor(&app, &company, Some((now + Duration::from_secs(3)).to_rfc3339())).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let lost = head(&app, company.tenant).await;
    ends_soon(auditor, &company, lost).await;
}

#[tokio::test]
async fn a_role_that_is_taken_away_ends_its_open_stream() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let auditor = auditor(&app, &company, None).await;
    let path = format!("/v1/users/{}/roles", auditor.user);
    let lost = company.owner.posts(&path, json!({ "roles": ["viewer"] })).await.succeeds().position();
    ends_soon(auditor, &company, lost).await;
}

#[tokio::test]
async fn a_server_that_stops_ends_its_streams() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let mut listener = Listener::open(&company.owner, "/v1/events/stream?after=1000000", None).await;
    app.system.stopping.cancel();
    assert_eq!(listener.until_closed(Duration::from_secs(60)).await, Vec::<i64>::new());
}
