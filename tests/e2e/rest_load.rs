//! A server that is full says so at once; one that could lose or leak does not start.

use std::sync::Arc;
use std::time::Duration;

use quittance_api::settings::{Environment, Given, Settings};
use quittance_api::system::System;
use quittance_api::{production, server};
use quittance_infrastructure::edge::SystemEdge;
use quittance_tests::app::TestApp;
use quittance_tests::{TestDatabase, durable_database, fresh_database};
use serde_json::{Value, json};
use sqlx::{ConnectOptions, Connection, Executor};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::rest_client::Office;

async fn office_with(given: Given) -> Office {
    let database = fresh_database().await;
    let settings = Settings::resolve(given).expect("settings");
    let system = Arc::new(System::on(settings, database.open(), None));
    system.start_workers().await.expect("workers");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(server::run(system.clone(), listener, std::future::pending()));
    Office::of(TestApp { system, address }, "Acme").await
}

#[tokio::test]
async fn a_full_server_sends_away_at_once_and_says_when_to_come_back() {
    let office = office_with(Given { in_flight: Some(1), ..Given::default() }).await;
    let mut slow = TcpStream::connect(office.app.address).await.expect("connected");
    let secret = office.by("clerk").secret().to_owned();
    let head = format!(
        "POST /v1/items HTTP/1.1\r\nhost: q\r\nauthorization: Bearer {secret}\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{{"
    );
    slow.write_all(head.as_bytes()).await.expect("sent");
    let refused = loop {
        let reply = office.by("clerk").get("/v1/items").await;
        if reply.status != 200 {
            break reply;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    refused.refused(503, "overloaded");
    assert_eq!(refused.headers["retry-after"], "1");
    office.by("clerk").get("/health/live").await.done();
    drop(slow);
    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    while office.by("clerk").post("/v1/items", json!({ "sku": "A", "name": "A", "unit": "C62" })).await.status != 201 {
        assert!(tokio::time::Instant::now() < deadline, "the place was never given back");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Every page of a sheet is read while the request still has its place: had each to wait for another, none would ever come.
#[tokio::test]
async fn a_sheet_of_many_pages_needs_no_more_than_its_own_place() {
    let office = office_with(Given { in_flight: Some(1), ..Given::default() }).await;
    let item = |n: usize| json!({ "operation": "create_item", "body": { "sku": format!("K-{n:03}"), "name": "x", "unit": "C62" } });
    let all: Vec<Value> = (0..450).map(item).collect();
    office.by("clerk").post("/v1/commands", json!({ "commands": all })).await.done();
    for media_type in ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv"] {
        let list = format!("http://{}/v1/items", office.app.address);
        let whole = async {
            let asked = reqwest::Client::new().get(list).bearer_auth(office.by("clerk").secret()).header("accept", media_type);
            let answer = asked.send().await.expect("an answer");
            (answer.status(), answer.bytes().await.expect("it comes whole").len())
        };
        let (status, bytes) = tokio::time::timeout(std::time::Duration::from_secs(20), whole).await.expect("it comes");
        assert!(status == 200 && bytes > 5_000, "{media_type}: {status}, {bytes} bytes");
        office.by("clerk").get("/v1/items").await.done();
    }
}

#[tokio::test]
async fn a_key_that_hurries_is_told_when_to_come_back_and_no_other_key_waits() {
    let office = office_with(Given { rate_per_key: Some(3), ..Given::default() }).await;
    let first = office.by("clerk").get("/v1/items").await.done();
    assert_eq!((first.headers["ratelimit-policy"].as_str(), first.headers["ratelimit"].as_str()), ("\"key\";q=3;w=1", "\"key\";r=2;t=1"));
    let hurried = futures::future::join_all((0..40).map(|_| office.by("clerk").get("/v1/items"))).await;
    let refused = hurried.iter().find(|reply| reply.status != 200).expect("forty at once are too many");
    refused.refused(429, "too-many-requests");
    assert_eq!((refused.headers["retry-after"].as_str(), refused.headers["ratelimit"].as_str()), ("1", "\"key\";r=0;t=1"));
    office.by("viewer").get("/v1/items").await.done();
    office.by("clerk").get("/health/ready").await.done();
    tokio::time::sleep(Duration::from_secs(1)).await;
    office.by("clerk").get("/v1/items").await.done();
}

#[tokio::test]
async fn nobody_hurries_too_much_where_nothing_is_said() {
    let office = Office::open().await;
    let replies = futures::future::join_all((0..100).map(|_| office.by("clerk").get("/v1/items"))).await;
    assert!(replies.iter().all(|reply| reply.status == 200 && reply.headers.contains_key("ratelimit")));
}

/// Behind the proxy that ends TLS an auditor still sees from where each command came.
#[tokio::test]
async fn a_proxy_of_ours_says_from_where_a_command_came() {
    let came_from = async |given: Given| {
        let office = office_with(given).await;
        let item = json!({ "sku": "A", "name": "A", "unit": "C62" });
        let request = office.by("clerk").request(reqwest::Method::POST, "/v1/items").header("X-Forwarded-For", "1.1.1.1, 203.0.113.7");
        let made = crate::rest_client::reply(request.json(&item)).await.done();
        let trail = office
            .by("auditor")
            .get(&format!("/v1/audit-trail?entity_id={}&min_position={}", made.id(), made.body["position"]))
            .await
            .done();
        trail.body["data"][0]["client_address"].clone()
    };
    let trusted_proxies = Some(vec!["127.0.0.0/8".parse().expect("a network")]);
    assert_eq!(came_from(Given { trusted_proxies, ..Given::default() }).await, "203.0.113.7");
    assert_eq!(came_from(Given::default()).await, "127.0.0.1", "anybody can write such a header");
}

/// Whatever makes their answers late, workers find their work meanwhile.
#[tokio::test]
async fn who_asks_how_the_system_stands_takes_no_connection_from_the_search_for_work() {
    let app = TestApp::without_workers(Arc::new(SystemEdge)).await;
    let administrator = async || app.system.database.admin().connect().await.expect("the administrator connects");
    let (mut admin, mut watching) = (administrator().await, administrator().await);
    let mut held = admin.begin().await.expect("a transaction");
    held.execute("lock table ops.checkpoints in access exclusive mode").await.expect("locked");
    let url = format!("http://{}", app.address);
    let asked = ["/metrics", "/"].into_iter().cycle().take(50).map(|path| tokio::spawn(reqwest::get(format!("{url}{path}"))));
    let asked: Vec<_> = asked.collect();
    let waiting =
        "select count(*) from pg_stat_activity where datname = current_database() and usename = 'q_router' and wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut watching).await.expect("a count") == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Time enough for all of them to get as far.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let searched = tokio::time::timeout(Duration::from_secs(5), app.system.database.standing_still()).await;
    searched.expect("a connection is free").expect("it answers");
    held.rollback().await.expect("let go");
    for answer in asked {
        assert_eq!(answer.await.expect("a task").expect("an answer").status(), 200);
    }
}

fn in_production(database: &TestDatabase) -> System {
    let secret = || Some("a secret of more than 32 characters".to_owned());
    let signing_key = Some(signing_key(database));
    let environment = Some(Environment::Production);
    let given = Given { environment, link_secret: secret(), secret_key: secret(), signing_key, ..Given::default() };
    System::on(Settings::resolve(given).expect("settings"), database.open(), None)
}

/// Beside the throw-away database, and for its owner's eyes.
fn signing_key(database: &TestDatabase) -> std::path::PathBuf {
    let folder = database.admin.get_socket().and_then(|run| run.parent()).expect("an embedded server has a directory");
    let file = tempfile::NamedTempFile::new_in(folder).expect("room");
    std::fs::write(file.path(), quittance_infrastructure::signed_documents::new_key().expect("a key")).expect("room");
    file.keep().expect("it stays").1
}

async fn refusal(database: &TestDatabase) -> String {
    production::check(&in_production(database)).await.err().map(|error| error.to_string()).unwrap_or_default()
}

/// An old release of Postgres on the machine that tests is a finding of its own.
fn without_release(refusal: &str) -> String {
    let findings = refusal.trim_start_matches("not fit for production: ").split("; ");
    findings.filter(|finding| !finding.starts_with("PostgreSQL ")).collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn production_refuses_a_server_that_does_not_wait_for_the_disk() {
    let refused = refusal(&fresh_database().await).await;
    assert!(refused.contains("fsync is off"), "{refused:?}");
}

#[tokio::test]
async fn production_refuses_a_table_without_its_wall_and_a_commit_that_does_not_wait() {
    let database = durable_database().await;
    assert_eq!(without_release(&refusal(&database).await), "");
    let mut admin = database.admin.connect().await.expect("the administrator connects");
    admin.execute("alter table read.vendors no force row level security").await.expect("sabotaged");
    let refused = refusal(&database).await;
    assert!(refused.contains("read.vendors"), "{refused:?}");
    let careless = format!("alter database {} set synchronous_commit = off", database.name);
    admin.execute(careless.as_str()).await.expect("sabotaged");
    let refused = refusal(&database).await;
    assert!(refused.contains("read.vendors") && refused.contains("synchronous_commit is off"), "every reason at once: {refused:?}");
    admin.close().await.expect("closed");
}

/// What a role commits by is the role's own setting, whatever the administrator's is.
#[tokio::test]
async fn production_refuses_a_role_whose_commits_do_not_wait() {
    let database = durable_database().await;
    let mut admin = database.admin.connect().await.expect("the administrator connects");
    // Roles belong to the whole server: this one's setting is for this database alone.
    let careless = format!("alter role q_committer in database {} set synchronous_commit = off", database.name);
    admin.execute(careless.as_str()).await.expect("sabotaged");
    let refused = without_release(&refusal(&database).await);
    assert_eq!(refused, "synchronous_commit is off for q_committer: an acknowledged command could be lost");
    admin.close().await.expect("closed");
}

#[tokio::test]
async fn production_has_no_database_of_its_own() {
    let given = Given { environment: Some(Environment::Production), ..Given::default() };
    let settings = Settings { database_url: None, ..Settings::resolve(given).expect("settings") };
    let refused = System::open(settings).await.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(refused.contains("DATABASE_URL"), "{refused:?}");
}
