//! The two bridges to cqrs-es: its framework on our store, and its stock Postgres repository on our history.

use std::collections::HashMap;

use cqrs_es::persist::PersistedEventStore;
use cqrs_es::{AggregateContext, AggregateError, CqrsFramework, EventStore};
use postgres_es::PostgresEventRepository;
use quittance_application::Context;
use quittance_domain::ids::{CommandId, TenantId};
use quittance_domain::item::{Item, ItemCommand, ItemEvent};
use quittance_infrastructure::event_store::TenantStore;
use quittance_tests::{Store, TestDatabase, fresh_database, item_card};
use sqlx::postgres::PgPoolOptions;
use uuid::Uuid;

fn create(sku: &str) -> ItemCommand {
    ItemCommand::Create { card: item_card(sku, sku) }
}

fn rename(name: &str) -> ItemCommand {
    ItemCommand::Change { card: item_card("A-1", name) }
}

fn framework(store: &Store, context: Context) -> CqrsFramework<Item, TenantStore> {
    CqrsFramework::new(TenantStore::new(store.commands.clone(), context), vec![], ())
}

/// A pool as a stock program would open it: our app role, one tenant for its whole life.
async fn stock(database: &TestDatabase, tenant: TenantId) -> PersistedEventStore<PostgresEventRepository, Item> {
    let options = database.admin.clone().username("q_app").options([("app.tenant", tenant.to_string())]);
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await.expect("the app role connects");
    let repository = PostgresEventRepository::new(pool).with_tables("es.postgres_es_events", "es.no_snapshots");
    PersistedEventStore::new_event_store(repository)
}

async fn ours(store: &Store, tenant: TenantId, id: Uuid) -> Item {
    Item::clone(&store.commands.state_of::<Item>(tenant, id).await.expect("an item").0)
}

#[tokio::test]
async fn the_framework_works_on_our_store() {
    let store = Store::on(fresh_database().await.open(), 1);
    let tenant = store.tenant().await;
    let id = store.new_id();
    let framework = framework(&store, store.context(tenant));
    framework.execute(&id.to_string(), create("A-1")).await.expect("created");
    let metadata = HashMap::from([("request_id".to_owned(), "r-1".to_owned())]);
    framework.execute_with_metadata(&id.to_string(), rename("second"), metadata).await.expect("changed");

    assert_eq!(ours(&store, tenant, id).await, Item::Created(Box::new(item_card("A-1", "second"))));
    let reader = TenantStore::new(store.commands.clone(), store.context(tenant));
    let events = EventStore::<Item>::load_events(&reader, &id.to_string()).await.expect("events");
    assert_eq!(events.iter().map(|e| e.sequence).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(events[1].payload, ItemEvent::Changed { card: item_card("A-1", "second") });

    let mut tx = store.database.read(tenant).await.expect("a transaction");
    let request: String = sqlx::query_scalar("select metadata ->> 'request_id' from es.events where tenant_id = $1 and sequence = 2")
        .bind(tenant.0)
        .fetch_one(&mut *tx)
        .await
        .expect("metadata");
    assert_eq!(request, "r-1");
}

#[tokio::test]
async fn metadata_without_a_place_is_refused_and_nothing_is_written() {
    let store = Store::on(fresh_database().await.open(), 1);
    let tenant = store.tenant().await;
    let id = store.new_id();
    let metadata = HashMap::from([("mood".to_owned(), "good".to_owned())]);
    let refused = framework(&store, store.context(tenant)).execute_with_metadata(&id.to_string(), create("A-1"), metadata).await;
    assert!(matches!(refused, Err(AggregateError::UnexpectedError(_))), "{refused:?}");
    assert_eq!(ours(&store, tenant, id).await, Item::NotCreated);
}

#[tokio::test]
async fn a_commit_on_an_old_state_is_a_conflict() {
    let store = Store::on(fresh_database().await.open(), 1);
    let tenant = store.tenant().await;
    let id = store.new_id().to_string();
    let context = store.context(tenant);
    framework(&store, context.clone()).execute(&id, create("A-1")).await.expect("created");

    let (slow, quick) = (TenantStore::new(store.commands.clone(), context.clone()), framework(&store, context));
    let loaded = EventStore::<Item>::load_aggregate(&slow, &id).await.expect("an item");
    quick.execute(&id, rename("quick")).await.expect("changed");
    let late = slow.commit(vec![ItemEvent::Changed { card: item_card("A-1", "slow") }], loaded, HashMap::new()).await;
    assert!(matches!(late, Err(AggregateError::AggregateConflict)), "{late:?}");
    assert_eq!(ours(&store, tenant, id.parse().expect("an id")).await, Item::Created(Box::new(item_card("A-1", "quick"))));
}

#[tokio::test]
async fn a_conflict_with_another_node_is_a_conflict_too() {
    let database = fresh_database().await;
    let (left, right) = (Store::on(database.open(), 1), Store::on(database.open(), 1));
    let tenant = left.tenant().await;
    let id = left.new_id().to_string();
    framework(&left, left.context(tenant)).execute(&id, create("A-1")).await.expect("created");

    let slow = TenantStore::new(left.commands.clone(), left.context(tenant));
    let loaded = EventStore::<Item>::load_aggregate(&slow, &id).await.expect("an item");
    framework(&right, right.context(tenant)).execute(&id, rename("right")).await.expect("changed");
    let late = slow.commit(vec![ItemEvent::Changed { card: item_card("A-1", "left") }], loaded, HashMap::new()).await;
    assert!(matches!(late, Err(AggregateError::AggregateConflict)), "{late:?}");
}

#[tokio::test]
async fn unique_facts_and_repeats_hold_here_as_well() {
    let store = Store::on(fresh_database().await.open(), 1);
    let tenant = store.tenant().await;
    let once = store.context(tenant).with_command_id(CommandId(store.new_id()));
    let id = store.new_id().to_string();
    framework(&store, once.clone()).execute(&id, create("A-1")).await.expect("created");

    let rival = framework(&store, store.context(tenant)).execute(&store.new_id().to_string(), create("A-1")).await;
    assert!(matches!(&rival, Err(AggregateError::UnexpectedError(e)) if e.to_string().contains("already exists")), "{rival:?}");

    let other = store.new_id();
    framework(&store, once).execute(&other.to_string(), create("B-1")).await.expect("a repeat of the command is answered");
    assert_eq!(ours(&store, tenant, other).await, Item::NotCreated, "and has no second effect");
}

#[tokio::test]
async fn a_stock_repository_opens_our_history() {
    let database = fresh_database().await;
    let store = Store::on(database.open(), 1);
    let (tenant, stranger) = (store.tenant().await, store.tenant().await);
    // With a command id, so that the first event's metadata holds an answer, which is not a string.
    let mut context = store.context(tenant).with_command_id(CommandId(store.new_id()));
    context.request_hash = Some("a hash".to_owned());
    let id = store.commands.execute::<Item>(&context, store.new_id(), create("A-1")).await.expect("created").id;
    for name in ["second", "third"] {
        store.commands.execute::<Item>(&store.context(tenant), id, rename(name)).await.expect("changed");
    }

    let theirs = stock(&database, tenant).await;
    let mut replayed = theirs.load_aggregate(&id.to_string()).await.expect("an aggregate");
    assert_eq!(*replayed.aggregate(), ours(&store, tenant, id).await);
    assert_eq!(*replayed.aggregate(), Item::Created(Box::new(item_card("A-1", "third"))));
    let events = theirs.load_events(&id.to_string()).await.expect("events");
    assert_eq!(events.iter().map(|e| e.sequence).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(events[0].metadata["request_hash"], "a hash");

    let strangers = stock(&database, stranger).await;
    assert!(strangers.load_events(&id.to_string()).await.expect("no error").is_empty(), "another tenant sees nothing");
}

#[tokio::test]
async fn a_stock_repository_cannot_write_our_history() {
    let database = fresh_database().await;
    let store = Store::on(database.open(), 1);
    let tenant = store.tenant().await;
    let stock = CqrsFramework::new(stock(&database, tenant).await, vec![], ());
    let refused = stock.execute(&store.new_id().to_string(), create("A-1")).await;
    assert!(refused.is_err(), "only the committer appends");
    assert_eq!(store.database.heads().await.expect("heads"), [(tenant, 0)]);
}
