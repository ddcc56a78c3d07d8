//! What keeps read models and process managers going: whose rows they are, what fails and shows, how much is read at once.

use std::marker::PhantomData;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cqrs_es::Aggregate;
use quittance_application::duplicate::DuplicateWatch;
use quittance_application::invoice::{Capture, ReceiveInvoice};
use quittance_application::ports::Later;
use quittance_application::ports::StoredEvent;
use quittance_application::reaction::Manager;
use quittance_application::work::Work;
use quittance_application::{Commands, Context, Failure, UseCase};
use quittance_domain::ids::{InvoiceId, ItemId, TenantId};
use quittance_domain::invoice::Source;
use quittance_domain::item::{Item, ItemCard, ItemCommand};
use quittance_infrastructure::database::{TenantTx, migrator_pool};
use quittance_infrastructure::event_store::CommitFeed;
use quittance_projections::reactions::Reactions;
use quittance_projections::rebuild::{Watcher, bring_up_to_date, rebuild};
use quittance_projections::{Memory, ProjectionError, Projector, Recorded, checkpoint, read_models};
use serde_json::json;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::documents::invoice_document;
use crate::engine::{Engine, eur};
use crate::journey::{company_with_vendor, day};

/// How long a test waits for what has to come.
const TRIES: u32 = 600;

async fn admin(engine: &Engine) -> PgPool {
    migrator_pool(engine.database.admin()).await.expect("the administrator connects")
}

async fn stands_at(engine: &Engine, projector: &str) -> i64 {
    checkpoint::lowest(&mut engine.read().await, &[projector]).await.expect("a position")
}

async fn comes_to(engine: &Engine, projector: &str, position: i64) {
    for _ in 0..TRIES {
        if stands_at(engine, projector).await >= position {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{projector} does not come to {position}");
}

/// One more item, which nobody waits for.
async fn item(engine: &Engine, sku: &str) -> i64 {
    let card: ItemCard = serde_json::from_value(json!({ "sku": sku, "name": "Bracket", "unit": "C62" })).expect("a card");
    let (ctx, id) = (engine.as_user(engine.admin), engine.new_id::<ItemId>());
    engine.commands.execute::<Item>(&ctx, id, ItemCommand::Create { card }).await.expect("made").position
}

/// As a newer node does that has rebuilt it.
async fn is_taken_over(engine: &Engine, admin: &PgPool, projector: &str) {
    let query = sqlx::query("update ops.checkpoints set version = version + 1 where tenant_id = $1 and projector = $2");
    let taken = query.bind(engine.tenant.0).bind(projector).execute(admin).await.expect("taken over");
    assert_eq!(taken.rows_affected(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_another_version_are_left_alone() {
    let engine = Engine::start().await;
    let admin = admin(&engine).await;
    let before = item(&engine, "A").await;
    engine.settled(before).await;
    is_taken_over(&engine, &admin, "items").await;
    let head = item(&engine, "B").await;
    for other in read_models().iter().map(|p| p.name()).filter(|name| *name != "items") {
        comes_to(&engine, other, head).await;
    }
    assert_eq!(stands_at(&engine, "items").await, before, "the others went on without it");
    admin.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_of_a_new_version_that_start_together_wait_for_each_other() {
    let engine = Engine::start().await;
    let (projectors, admin) = (read_models(), admin(&engine).await);
    engine.settled(item(&engine, "A").await).await;
    is_taken_over(&engine, &admin, "items").await;
    item(&engine, "B").await;
    let (one, other) = tokio::join!(bring_up_to_date(&engine.database, &projectors), bring_up_to_date(&engine.database, &projectors));
    one.and(other).expect("whoever comes second waits");
    engine.settled(item(&engine, "C").await).await;
    admin.close().await;
}

/// Four lanes of which nothing can be read begin before the fifth, whose event stands before theirs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_shows_although_an_earlier_event_had_not_been_tried() {
    let engine = Engine::start().await;
    let (vendor_id, _) = company_with_vendor(&engine).await;
    let mut ids: Vec<InvoiceId> = (0..5).map(|_| engine.new_id()).collect();
    ids.sort_by_key(|id| std::cmp::Reverse(id.0));
    for (n, id) in ids.iter().enumerate() {
        let amount = format!("{}.00", 17 * (n + 3));
        let document = invoice_document(&format!("{n}{n}{n}"), &amount, day("2026-03-01"), None);
        let capture = Capture {
            verdict: None,
            payable: eur(&amount),
            document,
            effective_date: None,
            stated_account: None,
            source: Source::Json,
            original: None,
            exceptions: vec![],
        };
        engine.run(engine.admin, &ReceiveInvoice { id: *id, vendor_id, capture, beside: None }).await;
    }
    let admin = admin(&engine).await;
    let unreadable: Vec<Uuid> = ids[1..].iter().map(|id| id.0).collect();
    sqlx::query("alter table es.events disable trigger events_append_only").execute(&admin).await.expect("the guard sleeps");
    let rewrite = sqlx::query("update es.events set payload = '{\"Teleported\":{}}' where tenant_id = $1 and aggregate_id = any ($2)");
    rewrite.bind(engine.tenant.0).bind(&unreadable).execute(&admin).await.expect("unreadable");
    let first = sqlx::query_scalar("select min(position) from es.events where tenant_id = $1 and aggregate_id = any ($2)");
    let first: i64 = first.bind(engine.tenant.0).bind(&unreadable).fetch_one(&admin).await.expect("a position");

    let stop = CancellationToken::new();
    let watch = Arc::new(Reactions {
        database: engine.database.clone(),
        // It remembers nothing of what it could read before.
        commands: Commands::new(engine.commands.ports().clone(), 1 << 20),
        progress: engine.progress.clone(),
        feed: Arc::new(CommitFeed::default()),
        manager: PhantomData::<fn() -> DuplicateWatch>,
    })
    .start(stop.clone());
    let mut buried = None;
    for _ in 0..TRIES {
        let query = sqlx::query_scalar("select position from ops.dead_letters where tenant_id = $1 and projector = $2");
        buried = query.bind(engine.tenant.0).bind(DuplicateWatch::NAME).fetch_optional(&admin).await.expect("dead letters");
        if buried.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    stop.cancel();
    watch.await.expect("it ends");
    assert_eq!(buried, Some(first), "the first that fails, with all done that stands before it");
    assert_eq!(stands_at(&engine, DuplicateWatch::NAME).await, first - 1);
    admin.close().await;
}

/// What it asks for takes a while.
struct Slow;

impl UseCase for Slow {
    type Output = ();

    async fn attempt(&self, _: &mut Work<'_>) -> Result<(), Failure> {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Ok(())
    }
}

impl Manager for Slow {
    const NAME: &'static str = "slow";
    const TRIGGERS: &'static [&'static str] = &["ItemCreated"];

    fn to(_: &str, _: Uuid, _: &StoredEvent) -> Result<Option<Self>, Failure> {
        Ok(Some(Self))
    }
}

/// Two tenants have asked for more than two seconds' work each: neither is done before the other has had a turn.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_tenant_asks_for_keeps_another_waiting_no_longer_than_a_turn() {
    let engine = Engine::start().await;
    let other = TenantId(engine.commands.ports().edge.new_id());
    engine.commands.ports().log.open_tenant(other).await.expect("a log opens");
    let mut heads = [0, 0];
    for n in 0..120 {
        let card: ItemCard = serde_json::from_value(json!({ "sku": format!("A-{n}"), "name": "Bracket", "unit": "C62" })).expect("a card");
        for (head, tenant) in heads.iter_mut().zip([engine.tenant, other]) {
            let (ctx, id) = (Context { tenant, ..engine.as_user(engine.admin) }, engine.new_id::<ItemId>());
            let create = ItemCommand::Create { card: card.clone() };
            *head = engine.commands.execute::<Item>(&ctx, id, create).await.expect("made").position;
        }
    }
    let stop = CancellationToken::new();
    let slow = Arc::new(Reactions {
        database: engine.database.clone(),
        commands: engine.commands.clone(),
        progress: engine.progress.clone(),
        feed: Arc::new(CommitFeed::default()),
        manager: PhantomData::<fn() -> Slow>,
    })
    .start(stop.clone());
    for _ in 0..TRIES {
        let came = [engine.tenant, other].map(|tenant| engine.progress.reached(&[Slow::NAME], tenant));
        if came[0] >= heads[0] || came[1] >= heads[1] {
            assert!(came[0] > 0 && came[1] > 0, "one is done, the other has not begun: {came:?} of {heads:?}");
            stop.cancel();
            slow.await.expect("it ends");
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("neither comes to its end");
}

/// How much was read at once.
#[derive(Default)]
struct Batches(Mutex<Vec<u64>>);

impl Batches {
    fn take(&self) -> Vec<u64> {
        std::mem::take(&mut *self.0.lock().expect("nobody panicked"))
    }
}

impl Watcher for Batches {
    fn total(&self, _: u64) {}

    fn advanced(&self, events: u64) {
        self.0.lock().expect("nobody panicked").push(events);
    }
}

/// The items' read model, which cannot take anything.
struct Broken(Arc<dyn Projector>);

impl Projector for Broken {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn version(&self) -> i32 {
        self.0.version()
    }

    fn tables(&self) -> &'static [&'static str] {
        self.0.tables()
    }

    fn project<'a>(&'a self, _: &'a mut TenantTx, _: &'a mut Memory, events: &'a [Recorded]) -> Later<'a, Result<(), ProjectionError>> {
        let refused = ProjectionError::Poison { position: events[0].position, reason: "indigestible".to_owned() };
        Box::pin(std::future::ready(Err(refused)))
    }
}

const EVENTS: u64 = 16;

fn items() -> Arc<dyn Projector> {
    read_models().iter().find(|p| p.name() == "items").expect("a read model of items").clone()
}

/// Three megabytes each, as a statement or an invoice of many lines makes them.
async fn large_events(engine: &Engine) {
    let admin = admin(engine).await;
    let query = "insert into es.events (tenant_id, aggregate_type, aggregate_id, sequence, position, event_type, event_version, payload, metadata, \
                                        actor_id, correlation_id, recorded_at, leaf_hash) \
                 select $1, $2, gen_random_uuid(), 1, n, 'ItemCreated', 1, json_build_object('Created', json_build_object( \
                          'card', json_build_object('sku', 'P-' || n, 'name', 'Paper', 'unit', 'C62'), \
                          'more', (select string_agg(md5(n::text || m), '') from generate_series(1, 100000) m))), \
                        '{}', $1, gen_random_uuid(), now(), '' from generate_series(1, $3) n";
    sqlx::query(query).bind(engine.tenant.0).bind(Item::TYPE).bind(EVENTS as i64).execute(&admin).await.expect("large events");
    let head = sqlx::query("update es.log_heads set position = $2 where tenant_id = $1 and position = 0");
    assert_eq!(head.bind(engine.tenant.0).bind(EVENTS as i64).execute(&admin).await.expect("a head").rows_affected(), 1);
    admin.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_events_are_read_few_at_a_time() {
    let engine = Engine::start().await;
    large_events(&engine).await;
    engine.settled(EVENTS as i64).await;
    let batches = Batches::default();
    assert_eq!(rebuild(&engine.database, &[items()], &batches).await.expect("rebuilt"), EVENTS);
    let read = batches.take();
    assert!(read.iter().all(|events| *events <= 2), "{read:?}");
    assert_eq!(read.iter().sum::<u64>(), EVENTS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_that_has_failed_reads_no_further() {
    let engine = Engine::start().await;
    large_events(&engine).await;
    let batches = Batches::default();
    let failed = rebuild(&engine.database, &[Arc::new(Broken(items()))], &batches).await.expect_err("it cannot");
    assert!(failed.to_string().contains("event 1 cannot be projected"), "{failed:#}");
    let read: u64 = batches.take().iter().sum();
    assert!(read <= EVENTS / 2, "{read} events were read for nothing");
}
