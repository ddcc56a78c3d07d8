//! An event that cannot be sent or read holds up its own tenant, behind it, and nobody else.

use std::time::Duration;

use quittance_domain::ids::TenantId;
use quittance_projections::relay::{NAME, resend_from};
use quittance_tests::app::TestApp;
use serde_json::json;

use super::consumer::{Consumer, Nats, relay};
use super::{administrator, are_the_log, head, positions};

/// Changes what the log holds at a position, as nobody may; answers what was there.
async fn rewrite(app: &TestApp, tenant: TenantId, position: i64, payload: &str) -> String {
    let mut admin = administrator(app).await;
    let query = "select payload::text from es.events where tenant_id = $1 and position = $2";
    let before = sqlx::query_scalar(query).bind(tenant.0).bind(position).fetch_one(&mut admin).await.expect("the event");
    sqlx::query("alter table es.events disable trigger events_append_only").execute(&mut admin).await.expect("the guard sleeps");
    let update = sqlx::query("update es.events set payload = $3::json where tenant_id = $1 and position = $2");
    update.bind(tenant.0).bind(position).bind(payload).execute(&mut admin).await.expect("rewritten");
    sqlx::query("alter table es.events enable trigger events_append_only").execute(&mut admin).await.expect("the guard wakes");
    before
}

/// Where the relay stands still, and why.
async fn dead_letters(app: &TestApp) -> Vec<(TenantId, i64, String)> {
    let query = "select tenant_id, position, error from ops.dead_letters where projector = $1";
    let rows: Vec<(sqlx::types::uuid::Uuid, i64, String)> =
        sqlx::query_as(query).bind(NAME).fetch_all(&mut administrator(app).await).await.expect("dead letters");
    rows.into_iter().map(|(tenant, position, error)| (TenantId(tenant), position, error)).collect()
}

async fn stopped(app: &TestApp, tenant: TenantId, at: i64) -> String {
    for _ in 0..2_400 {
        if let [(who, position, error)] = dead_letters(app).await.as_slice() {
            assert_eq!((*who, *position), (tenant, at));
            return error.clone();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no dead letter: {:?}", dead_letters(app).await);
}

#[tokio::test]
async fn an_unreadable_event_stops_its_tenant_there_and_no_other() {
    let app = TestApp::start().await;
    let (sick, healthy) = (app.company("Sick").await, app.company("Healthy").await);
    sick.creates_items("S", 20).await;
    let bad = head(&app, sick.tenant).await - 5;
    let good = rewrite(&app, sick.tenant, bad, r#"{"Teleported":{}}"#).await;
    let nats = Nats::start().await;
    let _relay = relay(&app, &nats);

    let error = stopped(&app, sick.tenant, bad).await;
    assert!(error.contains(&format!("event {bad} cannot be read")), "{error}");
    assert_eq!(app.system.database.standing_still().await.expect("told").len(), 1, "health shows it");
    healthy.creates_items("H", 10).await;
    let mut consumer = Consumer::default();
    consumer.reads_until(&nats, healthy.tenant, head(&app, healthy.tenant).await).await;
    are_the_log(consumer.arrived(healthy.tenant), &app, healthy.tenant).await;
    assert_eq!(positions(consumer.arrived(sick.tenant)), (1..bad).collect::<Vec<_>>(), "what comes before it is sent");

    rewrite(&app, sick.tenant, bad, &good).await;
    resend_from(&app.system.database, sick.tenant, bad).await.expect("tried again at once");
    consumer.reads_until(&nats, sick.tenant, head(&app, sick.tenant).await).await;
    are_the_log(consumer.arrived(sick.tenant), &app, sick.tenant).await;
    assert!(dead_letters(&app).await.is_empty(), "what was mended is forgotten");
}

#[tokio::test]
async fn a_missing_event_stops_its_tenant_before_the_gap() {
    let app = TestApp::start().await;
    let (sick, healthy) = (app.company("Sick").await, app.company("Healthy").await);
    sick.creates_items("S", 5).await;
    let lost = head(&app, sick.tenant).await - 2;
    let mut admin = administrator(&app).await;
    sqlx::query("alter table es.events disable trigger events_append_only").execute(&mut admin).await.expect("the guard sleeps");
    let delete = sqlx::query("delete from es.events where tenant_id = $1 and position = $2").bind(sick.tenant.0).bind(lost);
    delete.execute(&mut admin).await.expect("deleted");
    let nats = Nats::start().await;
    let _relay = relay(&app, &nats);

    let error = stopped(&app, sick.tenant, lost).await;
    assert!(error.contains("the log has a gap"), "{error}");
    let mut consumer = Consumer::default();
    consumer.reads_until(&nats, healthy.tenant, head(&app, healthy.tenant).await).await;
    assert_eq!(positions(consumer.arrived(sick.tenant)), (1..lost).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_event_that_no_message_can_carry_stops_its_tenant_alone() {
    let app = TestApp::start().await;
    let (long, short) = (app.company("Long").await, app.company("Short").await);
    long.creates_items("S", 3).await;
    let nats = Nats::start().await;
    let jetstream = async_nats::jetstream::new(nats.client().await);
    // Room for no event at all, reference or not.
    let config = async_nats::jetstream::stream::Config {
        name: quittance_projections::relay::STREAM.to_owned(),
        subjects: vec!["quittance.>".to_owned()],
        max_message_size: 600,
        ..Default::default()
    };
    jetstream.create_stream(config.clone()).await.expect("a stream");
    let relaying = relay(&app, &nats);
    for _ in 0..2_400 {
        if dead_letters(&app).await.len() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let stopped = dead_letters(&app).await;
    assert_eq!(stopped.len(), 2, "each tenant on its own: {stopped:?}");
    assert!(stopped.iter().all(|(_, position, error)| *position == 1 && error.contains("even without its data")), "{stopped:?}");

    drop(relaying);
    jetstream.update_stream(async_nats::jetstream::stream::Config { max_message_size: -1, ..config }).await.expect("room");
    let _relay = relay(&app, &nats);
    let mut consumer = Consumer::default();
    for company in [&long, &short] {
        resend_from(&app.system.database, company.tenant, 1).await.expect("tried again at once");
        consumer.reads_until(&nats, company.tenant, head(&app, company.tenant).await).await;
        are_the_log(consumer.arrived(company.tenant), &app, company.tenant).await;
    }
}

#[tokio::test]
async fn an_unreadable_event_hides_none_before_it_from_the_feed() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    company.creates_items("S", 5).await;
    let bad = head(&app, company.tenant).await - 2;
    rewrite(&app, company.tenant, bad, "{}").await;
    let page = company.owner.gets("/v1/events?after=0").await.succeeds().body;
    assert_eq!(positions(page["data"].as_array().expect("events")), (1..bad).collect::<Vec<_>>());
    assert_eq!(page["next_after"], bad - 1);
    let stuck = company.owner.gets(&format!("/v1/events?after={}", bad - 1)).await;
    assert_eq!((stuck.status, &stuck.body["code"]), (503, &json!("unavailable")), "what cannot be read is never passed over");
}
