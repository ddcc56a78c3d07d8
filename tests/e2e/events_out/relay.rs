//! The relay to JetStream: in order, never less than everything, whatever NATS loses.

use std::time::Duration;

use async_nats::Subscriber;
use futures::StreamExt;
use quittance_domain::ids::{TenantId, UserId};
use quittance_domain::item::{Item, ItemCommand};
use quittance_projections::relay::{STREAM, resend_from};
use quittance_tests::app::TestApp;
use quittance_tests::item_card;
use serde_json::Value;

use super::consumer::{Consumer, Nats, relay};
use super::{are_the_log, head, position};

#[tokio::test]
async fn nats_is_killed_and_wiped_while_publishing_goes_on_and_a_consumer_ends_with_the_log() {
    let app = TestApp::start().await;
    let (acme, other) = (app.company("Acme").await, app.company("Other").await);
    let mut nats = Nats::start().await;
    let _relay = relay(&app, &nats);
    let mut consumer = Consumer::default();
    let writing = async {
        for n in 0..180 {
            acme.creates_items(&format!("A{n}"), 3).await;
            other.creates_items(&format!("B{n}"), 1).await;
            tokio::time::sleep(Duration::from_millis(80)).await;
        }
    };
    let breaking = async {
        for _ in 0..5 {
            // Longer than the relay needs to come back.
            tokio::time::sleep(Duration::from_millis(1_800)).await;
            consumer.reads(&nats).await;
            nats.server.kill();
            nats.server.wipe().expect("wiped");
            nats.server.restart().expect("restarted");
        }
    };
    tokio::join!(writing, breaking);
    for company in [&acme, &other] {
        consumer.reads_until(&nats, company.tenant, head(&app, company.tenant).await).await;
        are_the_log(consumer.arrived(company.tenant), &app, company.tenant).await;
    }
    // The last wipe took everything, and everything came again.
    let mut late = Consumer::default();
    late.reads_until(&nats, acme.tenant, head(&app, acme.tenant).await).await;
    are_the_log(late.arrived(acme.tenant), &app, acme.tenant).await;
}

/// How many messages JetStream holds.
async fn kept(nats: &Nats) -> u64 {
    let jetstream = async_nats::jetstream::new(nats.client().await);
    let Ok(stream) = jetstream.get_stream(STREAM).await else { return 0 };
    stream.get_info().await.map_or(0, |info| info.state.messages)
}

async fn begun(nats: &Nats) {
    while kept(nats).await == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn nats_is_killed_amid_a_window_and_nothing_comes_before_what_it_follows() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    company.creates_items("S", 800).await;
    let head = head(&app, company.tenant).await;
    let mut nats = Nats::start().await;
    let _relay = relay(&app, &nats);
    let mut amid = 0;
    for _ in 0..5 {
        nats.server.kill();
        nats.server.wipe().expect("wiped");
        nats.server.restart().expect("restarted");
        tokio::time::timeout(Duration::from_secs(120), begun(&nats)).await.expect("everything is sent again");
        nats.server.kill();
        nats.server.restart().expect("restarted with what it has");
        amid += usize::from(kept(&nats).await < head as u64);
        let mut consumer = Consumer::default();
        consumer.reads_until(&nats, company.tenant, head).await;
        are_the_log(consumer.arrived(company.tenant), &app, company.tenant).await;
    }
    assert!(amid > 0, "NATS was never killed before it had everything");
}

#[tokio::test]
async fn nats_loses_its_last_messages_and_they_come_again() {
    let app = TestApp::start().await;
    let (short, whole) = (app.company("Short").await, app.company("Whole").await);
    short.creates_items("S", 10).await;
    let head = head(&app, short.tenant).await;
    let mut nats = Nats::start().await;
    let _relay = relay(&app, &nats);
    Consumer::default().reads_until(&nats, short.tenant, head).await;
    Consumer::default().reads_until(&nats, whole.tenant, 1).await;

    // As when the machine goes down before JetStream has synced.
    forgets(&nats, short.tenant, head - 4).await;
    nats.server.kill();
    nats.server.restart().expect("restarted");
    let mut consumer = Consumer::default();
    consumer.reads_until(&nats, short.tenant, head).await;
    are_the_log(consumer.arrived(short.tenant), &app, short.tenant).await;
    let mut wire = wire(&nats).await;
    short.creates_items("T", 1).await;
    assert_eq!(seen(&mut wire).await, [(head + 1, false)], "what was there was left alone");
}

/// Deletes the tenant's messages after a position.
async fn forgets(nats: &Nats, tenant: TenantId, after: i64) {
    let stream = async_nats::jetstream::new(nats.client().await).get_stream(STREAM).await.expect("the stream");
    let last = stream.get_info().await.expect("its facts").state.last_sequence;
    for sequence in 1..=last {
        let Ok(message) = stream.get_raw_message(sequence).await else { continue };
        let event: Value = serde_json::from_slice(&message.payload).expect("a CloudEvent");
        if message.subject.contains(&tenant.to_string()) && position(&event) > after {
            assert!(stream.delete_message(sequence).await.expect("deleted"));
        }
    }
}

/// What is on the wire, also what JetStream drops as a repeat.
async fn wire(nats: &Nats) -> Subscriber {
    let client = nats.client().await;
    let subscriber = client.subscribe("quittance.>").await.expect("subscribed");
    client.flush().await.expect("the subscription stands");
    subscriber
}

/// Positions on the wire until it is quiet, each with whether it is marked as a replay.
async fn seen(wire: &mut Subscriber) -> Vec<(i64, bool)> {
    let mut seen = Vec::new();
    while let Ok(Some(message)) = tokio::time::timeout(Duration::from_millis(1_500), wire.next()).await {
        let event: Value = serde_json::from_slice(&message.payload).expect("a CloudEvent");
        let replay = message.headers.as_ref().and_then(|h| h.get("Quittance-Replay")).is_some_and(|v| v.as_str() == "true");
        seen.push((position(&event), replay));
    }
    seen
}

#[tokio::test]
async fn a_resend_goes_back_never_forward_and_marks_what_comes_again() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let nats = Nats::start().await;
    let mut wire = wire(&nats).await;
    let resend = async |position| resend_from(&app.system.database, company.tenant, position).await.expect("the database answers");
    assert_eq!(resend(1).await, None, "nothing was sent yet");
    let _relay = relay(&app, &nats);
    let head = head(&app, company.tenant).await;
    let first = |from: i64, to: i64| (from..=to).map(|position| (position, false)).collect::<Vec<_>>();
    let again = |from: i64, to: i64| (from..=to).map(|position| (position, true)).collect::<Vec<_>>();
    assert_eq!(seen(&mut wire).await, first(1, head));

    assert_eq!(resend(3).await, Some(head - 2));
    company.creates_items("N", 1).await;
    assert_eq!(seen(&mut wire).await, [again(3, head), first(head + 1, head + 1)].concat());

    for beyond in [head + 2, head + 100, i64::MAX] {
        assert_eq!(resend(beyond).await, Some(0));
    }
    company.creates_items("M", 1).await;
    assert_eq!(seen(&mut wire).await, first(head + 2, head + 2), "nothing is skipped");

    for before in [0, -5, i64::MIN] {
        assert_eq!(resend(before).await, Some(head + 2));
        assert_eq!(seen(&mut wire).await, again(1, head + 2));
    }
}

/// Larger than any item that comes in over REST, whose texts are limited; answers its event's position.
async fn creates_a_large_item(app: &TestApp, tenant: TenantId, name: &str) -> i64 {
    let commands = &app.system.commands;
    let new_id = || commands.ports().edge.new_id();
    let card = item_card("LARGE", name);
    let ctx = app.system.context(tenant, UserId(new_id())).await.expect("a context");
    commands.begin::<Item>(&ctx, new_id(), ItemCommand::Create { card }).await.expect("created").position
}

#[tokio::test]
async fn an_event_of_more_than_a_mebibyte_is_sent_whole() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let nats = Nats::start().await;
    let _relay = relay(&app, &nats);
    let name = "n".repeat(1_800_000);
    creates_a_large_item(&app, company.tenant, &name).await;
    company.creates_items("S", 1).await;
    let mut consumer = Consumer::default();
    consumer.reads_until(&nats, company.tenant, head(&app, company.tenant).await).await;
    are_the_log(consumer.arrived(company.tenant), &app, company.tenant).await;
}

/// A stream that an operator made, with a limit of their own.
async fn stream_that_takes(nats: &Nats, bytes: i32) {
    let jetstream = async_nats::jetstream::new(nats.client().await);
    let limited = async_nats::jetstream::stream::Config {
        name: STREAM.to_owned(),
        subjects: vec!["quittance.>".to_owned()],
        max_message_size: bytes,
        ..Default::default()
    };
    jetstream.create_stream(limited).await.expect("a stream");
}

#[tokio::test]
async fn an_event_that_is_too_large_goes_by_reference() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let nats = Nats::start().await;
    stream_that_takes(&nats, 64 << 10).await;
    let _relay = relay(&app, &nats);
    let name = "n".repeat(70_000);
    let large = creates_a_large_item(&app, company.tenant, &name).await;
    company.creates_items("S", 1).await;
    let mut consumer = Consumer::default();
    consumer.reads_until(&nats, company.tenant, head(&app, company.tenant).await).await;

    let sent = &consumer.arrived(company.tenant)[large as usize - 1];
    assert_eq!((sent["type"].as_str(), sent.get("data")), (Some("quittance.item.created.v3"), None), "{sent}");
    let read = company.owner.gets(sent["dataref"].as_str().expect("a reference")).await.succeeds().body;
    assert_eq!(read["data"][0]["id"], sent["id"]);
    assert_eq!(read["data"][0]["data"]["card"]["name"], name);
    assert_eq!(read["data"].as_array().map(Vec::len), Some(1));
}
