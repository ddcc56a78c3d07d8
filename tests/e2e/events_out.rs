//! Events out: the feed is gap-free and resumable; the relay loses nothing, whatever NATS loses.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::StreamExt;
use quittance_infrastructure::embedded::{EmbeddedNats, NatsSettings};
use quittance_projections::relay::{Relay, STREAM, resend_after};
use quittance_tests::app::TestApp;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn the_feed_has_every_event_once_in_order_and_goes_on_where_it_was_left() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    app.company("Other").await;
    for n in 0..7 {
        company.owner.posts("/v1/items", json!({ "sku": format!("S{n}"), "name": "x", "unit": "C62" })).await.succeeds();
    }
    let head = app.system.database.heads().await.expect("heads").iter().find(|(t, _)| *t == company.tenant).expect("a log").1;
    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let page = company.owner.gets(&format!("/v1/events?after={after}&limit=3")).await.succeeds().body;
        let data = page["data"].as_array().expect("events").clone();
        if data.is_empty() {
            break;
        }
        seen.extend(data.iter().map(position));
        after = page["next_after"].as_i64().expect("a position");
    }
    assert_eq!(seen, (1..=head).collect::<Vec<_>>());
}

fn position(event: &Value) -> i64 {
    event["sequence"].as_str().and_then(|s| s.parse().ok()).unwrap_or_else(|| panic!("no position: {event}"))
}

#[tokio::test]
async fn nats_is_wiped_and_killed_and_a_consumer_still_gets_every_event() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let directory = tempfile::tempdir().expect("a directory");
    let mut nats = EmbeddedNats::start(NatsSettings::kept_in(directory.path())).await.expect("nats-server starts");
    let stop = CancellationToken::new();
    let relay = Relay { database: app.system.database.clone(), feed: app.system.committer.feed().clone(), url: nats.url() };
    relay.start(stop.clone());
    let mut got = BTreeMap::new();
    for round in 0..3 {
        for n in 0..20 {
            let item = json!({ "sku": format!("R{round}-{n}"), "name": "x", "unit": "C62" });
            company.owner.posts("/v1/items", item).await.succeeds();
        }
        let head = app.system.database.heads().await.expect("heads")[0].1;
        consume(&nats.url(), head, &mut got).await;
        assert_eq!(got.keys().copied().collect::<Vec<_>>(), (1..=head).collect::<Vec<_>>(), "round {round}");
        nats.kill();
        nats.wipe().expect("wiped");
        nats.restart().expect("restarted");
        got.clear();
        resend_after(&app.system.database, company.tenant, 0).await.expect("from the beginning");
    }
    let head = app.system.database.heads().await.expect("heads")[0].1;
    consume(&nats.url(), head, &mut got).await;
    assert_eq!(got.len() as i64, head);
    stop.cancel();
}

/// Reads until the event at `head` has come; drops repeats by position.
async fn consume(url: &str, head: i64, got: &mut BTreeMap<i64, Value>) {
    let address: async_nats::ServerAddr = url.parse().expect("an address");
    let options = match (address.username(), address.password()) {
        (Some(user), Some(password)) => async_nats::ConnectOptions::with_user_and_password(user.to_owned(), password.to_owned()),
        _ => async_nats::ConnectOptions::new(),
    };
    let jetstream = async_nats::jetstream::new(options.connect(address).await.expect("connected"));
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    while !got.contains_key(&head) {
        assert!(tokio::time::Instant::now() < deadline, "only {} of {head} events came", got.len());
        tokio::time::sleep(Duration::from_millis(200)).await;
        let Ok(stream) = jetstream.get_stream(STREAM).await else { continue };
        let config = async_nats::jetstream::consumer::pull::OrderedConfig::default();
        let Ok(consumer) = stream.create_consumer(config).await else { continue };
        let Ok(mut messages) = consumer.messages().await else { continue };
        while let Ok(Some(Ok(message))) = tokio::time::timeout(Duration::from_millis(500), messages.next()).await {
            let event: Value = serde_json::from_slice(&message.payload).expect("a CloudEvent");
            got.entry(position(&event)).or_insert(event);
        }
    }
}
