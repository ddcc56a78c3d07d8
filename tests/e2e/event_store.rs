//! The event store against a real Postgres: order, conflicts, unique facts, repeats, races.

use std::sync::Arc;

use quittance_application::{Failure, Receipt};
use quittance_domain::ids::{CommandId, ItemId, TenantId};
use quittance_domain::item::{Item, ItemCommand};
use quittance_domain::vendor::{Origin, Vendor, VendorCommand};
use quittance_tests::{Store, fresh_database, item_card, party};
use sqlx::Row;

async fn store() -> Arc<Store> {
    Arc::new(Store::on(fresh_database().await.open(), 2))
}

async fn create(store: &Store, tenant: TenantId, sku: &str) -> Result<Receipt, Failure> {
    let ctx = store.context(tenant);
    store.commands.execute::<Item>(&ctx, store.new_id(), ItemCommand::Create { card: item_card(sku, sku) }).await
}

fn code(failure: &Failure) -> &'static str {
    match failure {
        Failure::Refused(refused) => refused.code,
        _ => "not_refused",
    }
}

/// Positions are dense, sequences are dense within their aggregate, leaves are as computed.
async fn log_is_whole(store: &Store, tenant: TenantId) -> i64 {
    let mut tx = store.database.read(tenant).await.expect("a transaction");
    let row = sqlx::query(
        "select count(*) as n, coalesce(max(position), 0) as last, (select position from es.log_heads where tenant_id = $1) as head, \
                (select count(*) from (select 1 from es.events where tenant_id = $1 group by aggregate_id having max(sequence) <> count(*)) x) as holes \
           from es.events where tenant_id = $1",
    )
    .bind(tenant.0)
    .fetch_one(&mut *tx)
    .await
    .expect("a row");
    let (n, last, head, holes): (i64, i64, i64, i64) = (row.get("n"), row.get("last"), row.get("head"), row.get("holes"));
    assert_eq!((n, holes), (last, 0), "dense positions and sequences");
    assert_eq!(head, last, "the head is the last position");
    head
}

#[tokio::test]
async fn what_was_written_is_there_and_its_answer_says_where() {
    let store = store().await;
    let tenant = store.tenant().await;
    let receipt = create(&store, tenant, "A-1").await.expect("created");
    assert_eq!((receipt.version, receipt.position), (1, 1));
    let ctx = store.context(tenant);
    let changed = ItemCommand::Change { card: item_card("A-1", "another name") };
    let receipt = store.commands.execute::<Item>(&ctx, receipt.id, changed).await.expect("changed");
    assert_eq!((receipt.version, receipt.position), (2, 2));
    assert_eq!(log_is_whole(&store, tenant).await, 2);
}

#[tokio::test]
async fn a_unique_fact_has_one_holder_however_many_want_it_at_once() {
    let store = store().await;
    let tenant = store.tenant().await;
    let tries = (0..32).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { create(&store, tenant, "ONE").await })
    });
    let answers: Vec<_> = futures::future::join_all(tries).await.into_iter().map(|a| a.expect("no panic")).collect();
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 1);
    assert!(answers.iter().filter_map(|a| a.as_ref().err()).all(|f| code(f) == "sku_taken"), "{answers:?}");
    assert_eq!(log_is_whole(&store, tenant).await, 1);
}

#[tokio::test]
async fn the_same_fact_in_two_tenants_is_two_facts() {
    let store = store().await;
    let (a, b) = (store.tenant().await, store.tenant().await);
    create(&store, a, "SAME").await.expect("in a");
    create(&store, b, "SAME").await.expect("in b");
}

#[tokio::test]
async fn two_nodes_write_to_one_tenant_and_nothing_is_lost() {
    let database = fresh_database().await;
    let (left, right) = (Arc::new(Store::on(database.open(), 1)), Arc::new(Store::on(database.open(), 1)));
    let tenant = left.tenant().await;
    let writers = (0..8).flat_map(|w| [(w, left.clone()), (w, right.clone())]).enumerate().map(|(i, (_, store))| {
        tokio::spawn(async move {
            for n in 0..25 {
                create(&store, tenant, &format!("W{i}-{n}")).await.expect("created");
            }
        })
    });
    futures::future::join_all(writers).await.into_iter().for_each(|w| w.expect("no panic"));
    assert_eq!(log_is_whole(&left, tenant).await, 16 * 25);
}

#[tokio::test]
async fn one_aggregate_changed_from_two_nodes_keeps_every_change() {
    let database = fresh_database().await;
    let (left, right) = (Arc::new(Store::on(database.open(), 1)), Arc::new(Store::on(database.open(), 1)));
    let tenant = left.tenant().await;
    let id = ItemId(create(&left, tenant, "HOT").await.expect("created").id);
    let writers = [left.clone(), right.clone()].into_iter().enumerate().map(|(i, store)| {
        tokio::spawn(async move {
            for n in 0..20 {
                let ctx = store.context(tenant);
                let change = ItemCommand::Change { card: item_card("HOT", &format!("{i}-{n}")) };
                store.commands.execute::<Item>(&ctx, id, change).await.expect("changed");
            }
        })
    });
    futures::future::join_all(writers).await.into_iter().for_each(|w| w.expect("no panic"));
    assert_eq!(log_is_whole(&left, tenant).await, 41);
}

#[tokio::test]
async fn sixteen_repeats_of_one_key_are_one_command_and_answer_alike() {
    let store = store().await;
    let tenant = store.tenant().await;
    let command_id = CommandId(store.new_id());
    let repeats = (0..16).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut ctx = store.context(tenant).with_command_id(command_id);
            ctx.request_hash = Some("the same body".to_owned());
            let register = VendorCommand::Register {
                party: party("Repeated"),
                currency: None,
                payment_days: 30,
                origin: Origin::Person,
                by: ctx.actor,
            };
            store.commands.execute::<Vendor>(&ctx, store.new_id(), register).await.expect("answered")
        })
    });
    let answers: Vec<Receipt> = futures::future::join_all(repeats).await.into_iter().map(|a| a.expect("no panic")).collect();
    assert!(answers.iter().all(|a| (a.id, a.version, a.position) == (answers[0].id, answers[0].version, answers[0].position)));
    assert_eq!(answers.iter().filter(|a| !a.replayed).count(), 1);
    assert_eq!(log_is_whole(&store, tenant).await, 1);

    let mut other = store.context(tenant).with_command_id(command_id);
    other.request_hash = Some("another body".to_owned());
    let again = store.commands.execute::<Item>(&other, store.new_id(), ItemCommand::Create { card: item_card("X", "X") }).await;
    assert!(matches!(again, Err(Failure::KeyReused)), "{again:?}");
}

#[tokio::test]
async fn history_cannot_be_changed_by_anybody() {
    let test = fresh_database().await;
    let store = Store::on(test.open(), 1);
    let tenant = store.tenant().await;
    create(&store, tenant, "FOREVER").await.expect("created");
    let admin = quittance_infrastructure::database::migrator_pool(&test.admin).await.expect("the administrator connects");
    for attack in ["update es.events set payload = '{}'", "delete from es.events", "truncate es.events"] {
        let refused = sqlx::query(attack).execute(&admin).await.expect_err("append-only");
        assert!(refused.to_string().contains("append-only"), "{attack}: {refused}");
    }
}

#[tokio::test]
async fn a_tenant_that_was_never_opened_is_unknown() {
    let store = store().await;
    let refused = create(&store, TenantId(store.new_id()), "A").await.expect_err("no log");
    assert_eq!(code(&refused), "tenant_unknown");
}
