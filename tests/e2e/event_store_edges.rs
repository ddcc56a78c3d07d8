//! The store at its edges: a write that cannot be stored, facts with dates, snapshots that are missing or wrong.

use std::sync::Arc;

use chrono::{Days, NaiveDate};
use quittance_application::commands::fold;
use quittance_application::ports::{AppendError, Appended, HeldClaim, NewEvent, Write};
use quittance_application::stock::MoveStock;
use quittance_domain::ids::{ItemId, StockId, TenantId, UserId};
use quittance_domain::item::{Item, ItemCommand};
use quittance_domain::stock::{Stock, StockAction};
use quittance_domain::{Claim, Root};
use quittance_tests::judge::judged;
use quittance_tests::{Store, TestDatabase, fresh_database, item_card};
use sqlx::ConnectOptions;
use uuid::Uuid;

/// A write of one event on a new aggregate, with this payload.
fn write(store: &Store, tenant: TenantId, payload: &str) -> Write {
    let event = NewEvent {
        aggregate_type: "note",
        aggregate_id: store.new_id(),
        sequence: 1,
        event_type: "NoteTaken",
        event_version: 1,
        payload: payload.to_owned(),
    };
    Write {
        tenant,
        command_id: None,
        actor: UserId(Uuid::from_u128(1)),
        correlation_id: store.new_id(),
        causation_id: None,
        first_metadata: "{}".to_owned(),
        metadata: "{}".to_owned(),
        events: vec![event],
        release: vec![],
        take: vec![],
        originals: vec![],
        snapshots: vec![],
        reads: vec![],
    }
}

async fn append(store: &Store, write: Write) -> Result<Appended, AppendError> {
    store.commands.ports().log.append(write).await
}

#[tokio::test]
async fn a_write_that_cannot_be_stored_fails_alone() {
    let test = fresh_database().await;
    let store = Arc::new(Store::on(test.open(), 1));
    let tenant = store.tenant().await;
    append(&store, write(&store, tenant, "{}")).await.expect("the lane knows the head");
    for poison in ["not json", "{\"a\": ", "\"a\0b\""] {
        let payloads = (0..40).map(|n| if n == 17 { poison } else { "{}" });
        let writes: Vec<Write> = payloads.map(|payload| write(&store, tenant, payload)).collect();
        // Polled in one go, so that they wait together and share a batch.
        let answers = futures::future::join_all(writes.into_iter().map(|w| append(&store, w))).await;
        for (n, answer) in answers.iter().enumerate() {
            assert_eq!(answer.is_err(), n == 17, "{poison:?}, write {n}: {answer:?}");
        }
    }
    let mut admin = test.admin.connect().await.expect("the administrator connects");
    assert_eq!(judged(&mut admin, tenant).await.len(), 1 + 3 * 39);
}

#[tokio::test]
async fn a_poisoned_write_of_one_tenant_does_not_stop_another() {
    let test = fresh_database().await;
    let store = Arc::new(Store::on(test.open(), 1));
    let (a, b) = (store.tenant().await, store.tenant().await);
    let (good, bad) = (write(&store, a, "{}"), write(&store, b, "not json"));
    let (good, bad) = futures::join!(append(&store, good), append(&store, bad));
    assert_eq!(good.expect("stored").last_position, 1);
    assert!(bad.is_err());
}

fn day(after: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2027, 6, 15).expect("a day") + Days::new(after)
}

/// The same number `after` days later, by another holder.
fn claiming(store: &Store, tenant: TenantId, after: u64) -> (Write, Uuid) {
    let mut write = write(store, tenant, "{}");
    let holder = write.events[0].aggregate_id;
    write.take = vec![HeldClaim { claim: Claim::dated("invoice|acme|2027-1", day(after), "duplicate"), holder }];
    (write, holder)
}

/// Both ways to append: the node whose lane knows the head, and one that has to look.
#[tokio::test]
async fn a_dated_fact_is_taken_for_366_days_and_free_on_the_367th() {
    let test = fresh_database().await;
    let knowing = Store::on(test.open(), 1);
    for (after, free) in [(0, false), (1, false), (365, false), (366, false), (367, true), (368, true)] {
        for looks in [false, true] {
            let tenant = knowing.tenant().await;
            let (first, holder) = claiming(&knowing, tenant, 0);
            append(&knowing, first).await.expect("the first claim");
            let node = if looks { &Store::on(test.open(), 1) } else { &knowing };
            let (second, _) = claiming(node, tenant, after);
            match append(node, second).await {
                Ok(_) => assert!(free, "{after} days, looks: {looks}: taken twice"),
                Err(AppendError::Claimed { holder: found, .. }) => {
                    assert!(!free && found == holder, "{after} days, looks: {looks}: refused")
                }
                Err(other) => panic!("{after} days, looks: {looks}: {other}"),
            }
        }
    }
}

#[tokio::test]
async fn the_window_counts_in_both_directions() {
    let store = Store::on(fresh_database().await.open(), 1);
    let tenant = store.tenant().await;
    append(&store, claiming(&store, tenant, 1_000).0).await.expect("the first claim");
    assert!(matches!(append(&store, claiming(&store, tenant, 1_000 - 366).0).await, Err(AppendError::Claimed { .. })));
    append(&store, claiming(&store, tenant, 1_000 - 367).0).await.expect("367 days before");
}

#[tokio::test]
async fn a_fact_that_was_freed_can_be_taken_and_its_holder_may_take_it_again() {
    let store = Store::on(fresh_database().await.open(), 1);
    let tenant = store.tenant().await;
    let (mut first, holder) = claiming(&store, tenant, 0);
    let held = first.take[0].clone();
    append(&store, first.clone()).await.expect("taken");

    first.events[0].sequence = 2;
    append(&store, first.clone()).await.expect("its holder takes it again");

    first.events[0].sequence = 3;
    (first.take, first.release) = (vec![], vec![held]);
    assert_eq!(first.events[0].aggregate_id, holder);
    append(&store, first).await.expect("freed");
    append(&store, claiming(&store, tenant, 5).0).await.expect("taken by another");
}

/// A stock that has moved 450 times, on a store that keeps a snapshot every 200 events.
async fn busy_stock(store: &Store) -> (TenantId, Uuid) {
    let tenant = store.tenant().await;
    let card = item_card("A-1", "bolt");
    let item =
        store.commands.execute::<Item>(&store.context(tenant), store.new_id(), ItemCommand::Create { card }).await.expect("created").id;
    for n in 1..=450_u32 {
        let context = store.context(tenant);
        let action = StockAction::Adjust { difference: n.into(), reason: "counted again".to_owned(), by: context.actor };
        let movement = MoveStock { item_id: ItemId(item), location: "Main".to_owned(), effective_date: context.today(), action };
        store.commands.run(&context, &movement).await.expect("moved");
    }
    (tenant, StockId::of(ItemId(item), "Main").0)
}

/// What a node that has just started makes of the stream.
async fn as_newcomer(test: &TestDatabase, tenant: TenantId, id: Uuid) -> (Arc<Stock>, i64) {
    Store::on(test.open(), 1).commands.state_of::<Stock>(tenant, id).await.expect("a stock")
}

async fn from_events_alone(store: &Store, tenant: TenantId, id: Uuid) -> Stock {
    let stream = store.commands.ports().log.load(tenant, id, -1).await.expect("a stream");
    assert!(stream.snapshot.is_none() && stream.events.len() > 450, "{} events", stream.events.len());
    let folded = fold::<Stock>(stream).expect("a whole stream");
    Stock::clone(&folded.state.downcast::<Stock>().expect("a stock"))
}

#[tokio::test]
async fn a_long_stream_is_loaded_from_its_snapshot_to_the_same_state() {
    let test = fresh_database().await;
    let store = Store::on(test.open(), 1);
    let (tenant, id) = busy_stock(&store).await;
    let stream = store.commands.ports().log.load(tenant, id, Stock::STATE_VERSION).await.expect("a stream");
    let snapshot = stream.snapshot.expect("a snapshot");
    assert!(snapshot.sequence >= 400 && stream.events.len() < 200, "{} and {} events", snapshot.sequence, stream.events.len());

    let expected = from_events_alone(&store, tenant, id).await;
    assert_eq!(expected.on_hand, (450 * 451 / 2).into());
    let (state, sequence) = as_newcomer(&test, tenant, id).await;
    assert_eq!((&*state, sequence), (&expected, 451));
}

#[tokio::test]
async fn whatever_is_wrong_with_a_snapshot_the_events_are_the_truth() {
    let test = fresh_database().await;
    let store = Store::on(test.open(), 1);
    let (tenant, id) = busy_stock(&store).await;
    let expected = from_events_alone(&store, tenant, id).await;
    let mut admin = test.admin.connect().await.expect("the administrator connects");
    for damage in [
        "update es.snapshots set state = left(state, 20)",
        "update es.snapshots set state = ''",
        "update es.snapshots set state = '{\"another\": \"shape\"}'",
        "update es.snapshots set state = '{}', state_version = state_version + 1",
        "update es.snapshots set sequence = 100000",
        "delete from es.snapshots",
    ] {
        sqlx::query(damage).execute(&mut admin).await.expect("damaged");
        let (state, sequence) = as_newcomer(&test, tenant, id).await;
        assert_eq!((&*state, sequence), (&expected, 451), "{damage}");
    }
}

#[tokio::test]
async fn snapshots_are_taken_up_again_after_they_were_lost() {
    let test = fresh_database().await;
    let store = Store::on(test.open(), 1);
    let (tenant, id) = busy_stock(&store).await;
    let mut admin = test.admin.connect().await.expect("the administrator connects");
    sqlx::query("delete from es.snapshots").execute(&mut admin).await.expect("lost");

    let context = store.context(tenant);
    let (stock, _) = as_newcomer(&test, tenant, id).await;
    let item_id = stock.item_id.expect("an item");
    for _ in 0..150 {
        let action = StockAction::Adjust { difference: 1.into(), reason: "more".to_owned(), by: context.actor };
        let movement = MoveStock { item_id, location: "Main".to_owned(), effective_date: context.today(), action };
        store.commands.run(&store.context(tenant), &movement).await.expect("moved");
    }
    let (state, sequence) = as_newcomer(&test, tenant, id).await;
    assert_eq!((state.on_hand, sequence), ((450 * 451 / 2 + 150).into(), 601));
    let kept: i64 = sqlx::query_scalar("select sequence from es.snapshots").fetch_one(&mut admin).await.expect("a snapshot");
    assert!(kept >= 600, "{kept}");
}
