//! Events out: the feed is gap-free and resumable; the relay loses nothing, whatever NATS loses.

pub mod consumer;
mod feed;
mod poison;
mod relay;
mod stream;

use quittance_domain::ids::TenantId;
use quittance_tests::app::TestApp;
use serde_json::Value;
use sqlx::Connection;
use sqlx::types::chrono::{DateTime, Utc};
use sqlx::types::uuid::Uuid;

/// Where an event stands in its tenant's log.
fn position(event: &Value) -> i64 {
    event["sequence"].as_str().and_then(|s| s.parse().ok()).unwrap_or_else(|| panic!("no position: {event}"))
}

fn positions(events: &[Value]) -> Vec<i64> {
    events.iter().map(position).collect()
}

async fn head(app: &TestApp, tenant: TenantId) -> i64 {
    app.system.database.heads().await.expect("heads").iter().find(|(t, _)| *t == tenant).expect("a log").1
}

/// The administrator's own connection: past every policy, as nobody in the product is.
async fn administrator(app: &TestApp) -> sqlx::PgConnection {
    sqlx::PgConnection::connect_with(app.system.database.admin()).await.expect("the administrator connects")
}

/// An event as the log itself holds it.
#[derive(sqlx::FromRow)]
struct Truth {
    position: i64,
    recorded_at: DateTime<Utc>,
    aggregate_type: String,
    aggregate_id: Uuid,
    event_type: String,
    actor_id: Uuid,
    correlation_id: Uuid,
    payload: String,
}

async fn truth(app: &TestApp, tenant: TenantId) -> Vec<Truth> {
    let query = "select position, recorded_at, aggregate_type, aggregate_id, event_type, actor_id, correlation_id, payload::text \
                 from es.events where tenant_id = $1 order by position";
    sqlx::query_as(query).bind(tenant.0).fetch_all(&mut administrator(app).await).await.expect("the log")
}

/// `events`, in the order in which they came, are the tenant's log: the same facts about the same things by the same people.
async fn are_the_log(events: &[Value], app: &TestApp, tenant: TenantId) {
    let log = truth(app, tenant).await;
    assert_eq!(positions(events), log.iter().map(|e| e.position).collect::<Vec<_>>());
    for (event, logged) in events.iter().zip(&log) {
        says(event, logged, tenant);
    }
}

fn says(event: &Value, logged: &Truth, tenant: TenantId) {
    let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
    assert_eq!(text("source"), format!("/quittance/{tenant}"));
    assert_eq!((text("subject"), text("partitionkey")), (logged.aggregate_id.to_string(), logged.aggregate_id.to_string()));
    assert_eq!((text("actor"), text("correlation")), (logged.actor_id.to_string(), logged.correlation_id.to_string()));
    assert_eq!(text("time").parse::<DateTime<Utc>>().expect("a time"), logged.recorded_at);
    let (named, version) =
        text("type").rsplit_once(".v").map(|(name, version)| (name.replace(['.', '_'], ""), version.to_owned())).expect("a version");
    assert!(version.parse::<u16>().is_ok_and(|version| version > 0), "{version}");
    let of_aggregate = format!("quittance{}", logged.aggregate_type.replace('_', ""));
    let what = named.strip_prefix(&of_aggregate).unwrap_or_else(|| panic!("{named} is not of {of_aggregate}"));
    assert!(!what.is_empty() && logged.event_type.to_lowercase().ends_with(what), "{named} is not {}", logged.event_type);
    let payload: Value = serde_json::from_str(&logged.payload).expect("JSON");
    assert!(event["data"].is_object(), "{event} says nothing");
    let (inside, outside) = (leaves(&payload), leaves(&event["data"]));
    let foreign: Vec<&String> = outside.iter().filter(|leaf| !inside.contains(leaf)).collect();
    assert!(foreign.is_empty(), "{foreign:?} is not in event {}", logged.position);
}
fn leaves(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => members.values().flat_map(leaves).collect(),
        Value::Array(values) => values.iter().flat_map(leaves).collect(),
        Value::Null => vec![],
        leaf => vec![leaf.to_string()],
    }
}
