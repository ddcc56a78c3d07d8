//! Clients that leave and connections that break, at 500 moments of each operation, with one connection a pool:
//! whoever comes next is in a transaction of its own and sees its own tenant, and what was acknowledged is stored.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use quittance_domain::ids::{CommandId, TenantId};
use quittance_domain::item::{Item, ItemCommand, sku_key};
use quittance_infrastructure::database::{Database, Sizes, TenantTx};
use quittance_infrastructure::identity::Identity;
use quittance_tests::{Proxy, Store, TestDatabase, fresh_database, item_card};
use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions, Executor};
use uuid::Uuid;

const MOMENTS: u32 = 500;
/// How many houses share the moments.
const PARTS: u32 = 5;
/// The runs that nobody interrupts.
const LEFT_ALONE: [u32; 2] = [MOMENTS, MOMENTS + 1];
const DELAY: Duration = Duration::from_micros(1500);

/// Two tenants behind a slow proxy, and a connection that does not go through it.
struct House {
    proxy: Proxy,
    database: Database,
    store: Arc<Store>,
    direct: PgConnection,
    a: TenantId,
    b: TenantId,
    _test: TestDatabase,
}

impl House {
    async fn new() -> Self {
        let test = fresh_database().await;
        let proxy = Proxy::before(&test.admin).await;
        let database = Database::open(proxy.options(), None, Sizes { app: 1, projector: 1 });
        let store = Arc::new(Store::on(database.clone(), 1));
        let (a, b) = (store.tenant().await, store.tenant().await);
        let direct = test.admin.connect().await.expect("the administrator connects");
        let house = Self { proxy, database, store, direct, a, b, _test: test };
        house.create(a, 0).await.expect("a's item");
        house.create(b, 0).await.expect("b's item");
        house
    }

    async fn create(&self, tenant: TenantId, number: u32) -> Result<(), String> {
        create(self.store.clone(), tenant, number).await
    }

    /// As a client does that does not know what became of its command.
    async fn repeats_until_answered(&self, number: u32) {
        for _ in 0..5 {
            if self.create(WRITTEN, number).await.is_ok() {
                return;
            }
        }
        panic!("command {number} was never answered");
    }

    /// What the next borrower of the app's and the projectors' only connections finds.
    async fn nobody_is_in_the_way(&mut self, moment: &str) {
        self.direct.execute("select 1").await.expect("the server lives");
        let asked: f64 = seconds(&mut self.direct).await;
        let borrowed = [("app", self.database.read(self.b).await), ("projector", self.database.project(self.b).await)];
        for (pool, tx) in borrowed {
            let mut tx = tx.unwrap_or_else(|e| panic!("{moment}: no transaction for the {pool}: {e}"));
            own_transaction(&mut tx, asked, self.b, &format!("{moment}, {pool}")).await;
        }
    }
}

async fn create(store: Arc<Store>, tenant: TenantId, number: u32) -> Result<(), String> {
    let context = store.context(tenant).with_command_id(command_id(tenant, number));
    let card = item_card(&format!("S{number}"), "item");
    let done = store.commands.execute::<Item>(&context, store.new_id(), ItemCommand::Create { card }).await;
    done.map(drop).map_err(|e| e.to_string())
}

fn command_id(tenant: TenantId, number: u32) -> CommandId {
    CommandId(Uuid::from_u128(tenant.0.as_u128() ^ u128::from(number + 1)))
}

async fn seconds(connection: &mut PgConnection) -> f64 {
    sqlx::query_scalar("select extract(epoch from clock_timestamp())::float8").fetch_one(connection).await.expect("the time")
}

/// Begun after it was asked for, for the tenant that asked, with nothing left over in the session below.
async fn own_transaction(tx: &mut TenantTx, asked: f64, tenant: TenantId, moment: &str) {
    let query = "select extract(epoch from now())::float8, current_setting('app.tenant', true), \
                        (select count(*) filter (where tenant_id <> $1) from es.events), (select count(*) from es.events)";
    let (begun, set, foreign, own): (f64, String, i64, i64) =
        sqlx::query_as(query).bind(tenant.0).fetch_one(&mut **tx).await.unwrap_or_else(|e| panic!("{moment}: {e}"));
    assert!(begun >= asked, "{moment}: inside a transaction that began {:.4} s before it was asked for", asked - begun);
    assert_eq!((set, foreign, own), (tenant.to_string(), 0, 1), "{moment}: the tenant is another");
    tx.execute("rollback").await.expect("out of the transaction");
    let below: String =
        sqlx::query_scalar("select coalesce(current_setting('app.tenant', true), '')").fetch_one(&mut **tx).await.expect("a setting");
    assert_eq!(below, "", "{moment}: a tenant stayed in the session");
}

type Outcome = Result<(), String>;
type Operation = fn(&House, u32) -> BoxFuture<'static, Outcome>;

fn reads(house: &House, _: u32) -> BoxFuture<'static, Outcome> {
    let (database, a) = (house.database.clone(), house.a);
    Box::pin(async move {
        let mut tx = database.read(a).await.map_err(|e| e.to_string())?;
        let n: i64 = sqlx::query_scalar("select count(*) from es.events").fetch_one(&mut *tx).await.map_err(|e| e.to_string())?;
        assert_eq!(n, 1, "a's one event");
        tx.commit().await.map_err(|e| e.to_string())
    })
}

fn projects(house: &House, number: u32) -> BoxFuture<'static, Outcome> {
    let (database, a) = (house.database.clone(), house.a);
    Box::pin(async move {
        let mut tx = database.project(a).await.map_err(|e| e.to_string())?;
        let insert = "insert into ops.dead_letters (tenant_id, projector, position, error) values ($1, $2, 1, 'written')";
        sqlx::query(insert).bind(a.0).bind(format!("p{number}")).execute(&mut *tx).await.map_err(|e| e.to_string())?;
        tx.commit().await.map_err(|e| e.to_string())
    })
}

/// Loads and looks up without a transaction of its own, as the command bus does.
fn looks_up(house: &House, number: u32) -> BoxFuture<'static, Outcome> {
    let (log, a) = (house.store.commands.ports().log.clone(), house.a);
    Box::pin(async move {
        log.load(a, Uuid::from_u128(u128::from(number)), 1).await.map_err(|away| away.0)?;
        let found = log.holder(a, &sku_key("S0")).await.map_err(|away| away.0)?;
        if found.is_none() { Err("a's SKU has no holder".to_owned()) } else { Ok(()) }
    })
}

fn authenticates(house: &House, number: u32) -> BoxFuture<'static, Outcome> {
    let identity = Identity::new(house.database.clone());
    let now = house.store.commands.ports().edge.now();
    Box::pin(async move {
        let holder = identity.authenticate(&format!("qk_live_{number:08x}_secret"), now).await.map_err(|e| e.to_string())?;
        if holder.is_some() { Err("nobody has this key".to_owned()) } else { Ok(()) }
    })
}

fn commands(house: &House, number: u32) -> BoxFuture<'static, Outcome> {
    // In a tenant of its own, so that the other two keep one event each.
    Box::pin(create(house.store.clone(), WRITTEN, number + 1))
}

const WRITTEN: TenantId = TenantId(Uuid::from_u128(0x3333_0000_0000_7000_8000_0000_0000_0003));

/// How an operation ends before its time.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Ending {
    /// Its future is dropped.
    Dropped,
    /// Its connections break.
    Cut,
}

/// Runs `operation` at every moment of this part; answers which runs were acknowledged.
async fn interrupted(house: &mut House, operation: Operation, ending: Ending, part: u32) -> Vec<u32> {
    house.proxy.delay(DELAY);
    let started = Instant::now();
    for number in LEFT_ALONE {
        operation(house, number).await.expect("the operation works when left alone");
    }
    let whole = started.elapsed() / LEFT_ALONE.len() as u32;
    let mut acknowledged = LEFT_ALONE.to_vec();
    for number in moments_of(part) {
        // Up to twice as long as one takes alone: on a busy machine some still come through.
        let moment = whole * number * 2 / MOMENTS;
        house.proxy.delay(DELAY);
        let outcome = ended(house, operation(house, number), ending, moment).await;
        house.proxy.delay(Duration::ZERO);
        match outcome {
            Some(Ok(())) => acknowledged.push(number),
            Some(Err(error)) => assert_eq!(ending, Ending::Cut, "{moment:?}: {error}"),
            None => {}
        }
        house.nobody_is_in_the_way(&format!("{ending:?} after {moment:?} of {whole:?}")).await;
    }
    assert!(acknowledged.len() > LEFT_ALONE.len(), "no run came through: nothing was proved");
    assert!(acknowledged.len() < moments_of(part).count(), "every run came through: nothing was proved");
    acknowledged
}

/// What the operation answered, if it lived to answer.
async fn ended(house: &House, operation: BoxFuture<'static, Outcome>, ending: Ending, moment: Duration) -> Option<Outcome> {
    match ending {
        Ending::Dropped => tokio::time::timeout(moment, operation).await.ok(),
        Ending::Cut => {
            let running = tokio::spawn(operation);
            tokio::time::sleep(moment).await;
            house.proxy.cut();
            Some(running.await.expect("no panic"))
        }
    }
}

fn moments_of(part: u32) -> impl Iterator<Item = u32> {
    (part..MOMENTS).step_by(PARTS as usize)
}

/// Both endings, each in several houses at once: nearly all the time is waiting.
async fn everywhere<F: Future<Output = ()>>(test: impl Fn(Ending, u32) -> F) {
    for ending in [Ending::Dropped, Ending::Cut] {
        futures::future::join_all((0..PARTS).map(|part| test(ending, part))).await;
    }
}

#[tokio::test]
async fn a_read_that_is_given_up_leaves_nothing_behind() {
    everywhere(|ending, part| async move { drop(interrupted(&mut House::new().await, reads, ending, part).await) }).await;
}

#[tokio::test]
async fn a_look_up_that_is_given_up_leaves_nothing_behind() {
    everywhere(|ending, part| async move { drop(interrupted(&mut House::new().await, looks_up, ending, part).await) }).await;
}

#[tokio::test]
async fn a_login_that_is_given_up_leaves_nothing_behind() {
    everywhere(|ending, part| async move { drop(interrupted(&mut House::new().await, authenticates, ending, part).await) }).await;
}

#[tokio::test]
async fn a_projection_that_is_given_up_leaves_nothing_behind_and_keeps_what_it_acknowledged() {
    everywhere(|ending, part| async move {
        let mut house = House::new().await;
        let acknowledged = interrupted(&mut house, projects, ending, part).await;
        let names: Vec<String> = acknowledged.iter().map(|n| format!("p{n}")).collect();
        let query = sqlx::query_scalar("select count(*) from ops.dead_letters where projector = any ($1)");
        let stored: i64 = query.bind(&names).fetch_one(&mut house.direct).await.expect("a count");
        assert_eq!(stored as usize, names.len(), "{ending:?}: an acknowledged row is gone");
    })
    .await;
}

#[tokio::test]
async fn a_command_that_is_given_up_is_done_once_by_its_repeat() {
    everywhere(|ending, part| async move {
        let mut house = House::new().await;
        house.store.commands.ports().log.open_tenant(WRITTEN).await.expect("a log");
        let acknowledged = interrupted(&mut house, commands, ending, part).await;
        let stored = stored_commands(&mut house.direct).await;
        let missing: Vec<u32> = acknowledged.into_iter().filter(|n| !stored.contains(&command_id(WRITTEN, n + 1).0)).collect();
        assert!(missing.is_empty(), "{ending:?}: acknowledged and gone: {missing:?}");

        for number in moments_of(part) {
            house.repeats_until_answered(number + 1).await;
        }
        let stored = stored_commands(&mut house.direct).await;
        assert_eq!(stored.len(), moments_of(part).count() + LEFT_ALONE.len(), "{ending:?}: every command has exactly one effect");
    })
    .await;
}

async fn stored_commands(direct: &mut PgConnection) -> Vec<Uuid> {
    let query = "select command_id from es.events where tenant_id = $1 order by position";
    sqlx::query_scalar(query).bind(WRITTEN.0).fetch_all(direct).await.expect("commands")
}
