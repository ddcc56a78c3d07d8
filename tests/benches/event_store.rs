//! The event store against its yardsticks, interleaved in one run on one durable server: stock `postgres-es` through
//! cqrs-es, and pgbench doing the same insert in one transaction per command. Ratios count, not figures.
//!
//! `cargo bench -p quittance-tests --bench event_store [-- --rounds 3 --seconds 4]`

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cqrs_es::CqrsFramework;
use cqrs_es::persist::PersistedEventStore;
use postgres_es::{PostgresEventRepository, postgres_cqrs};
use quittance_domain::ids::{ItemId, TenantId};
use quittance_domain::item::{Item, ItemCard, ItemCommand};
use quittance_tests::{Store, TestDatabase, durable_database, item_card};
use sqlx::postgres::PgPoolOptions;
use sqlx::{Executor, PgPool};
use uuid::Uuid;

/// As in the executable.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn argument(name: &str, default: u64) -> u64 {
    let mut arguments = std::env::args().skip_while(|a| a != name);
    arguments.nth(1).and_then(|v| v.parse().ok()).unwrap_or(default)
}

/// Commands a second and mean latency in ms.
#[derive(Clone, Copy, Default)]
struct Rate {
    per_second: f64,
    latency_ms: f64,
}

/// About 400 bytes of payload; the SKU stays, so that no unique fact moves.
fn card(item: usize, n: u64) -> ItemCard {
    item_card(&format!("S{item}"), &format!("{n:0>300}"))
}

/// One command: load an aggregate, decide, append an event with its expected sequence, acknowledged durable.
async fn ours(world: &World, callers: u64, time: Duration) -> Rate {
    let (store, tenant, items) = (world.store.clone(), world.tenant, world.items.clone());
    drive(callers, time, move |caller, n| {
        let item = pick(caller, callers, n, items.len());
        let (store, id) = (store.clone(), items[item]);
        async move {
            let ctx = store.context(tenant);
            store.commands.execute::<Item>(&ctx, id, ItemCommand::Change { card: card(item, caller << 32 | n) }).await.expect("changed");
        }
    })
    .await
}

async fn stock(world: &World, callers: u64, time: Duration) -> Rate {
    let (cqrs, items) = (world.cqrs.clone(), world.stock_items.clone());
    drive(callers, time, move |caller, n| {
        let item = pick(caller, callers, n, items.len());
        let (cqrs, id) = (cqrs.clone(), items[item].clone());
        async move { cqrs.execute(&id, ItemCommand::Change { card: card(item, caller << 32 | n) }).await.expect("changed") }
    })
    .await
}

/// Each caller has aggregates of its own: stock has no answer to a lost race, and streams stay short for both.
fn pick(caller: u64, callers: u64, n: u64, items: usize) -> usize {
    let share = (items / callers as usize).max(1);
    (caller as usize * share + n as usize % share) % items
}

async fn drive<F, Fut>(callers: u64, time: Duration, work: F) -> Rate
where
    F: Fn(u64, u64) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send,
{
    let done = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let (done, work) = (done.clone(), work.clone());
            tokio::spawn(async move {
                let mut n = 0;
                while started.elapsed() < time {
                    work(caller, n).await;
                    n += 1;
                    done.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
    let per_second = done.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64();
    Rate { per_second, latency_ms: callers as f64 / per_second * 1000.0 }
}

/// The same insert, one transaction a command, by pgbench on the same server.
fn pgbench(world: &World, callers: u64, time: Duration) -> Rate {
    let script = world.directory.path().join("insert.pgb");
    let insert = format!(
        "\\set n random(1, 2000000000)\ninsert into bench_events values ('item', md5(:client_id::text || ':' || :n::text)::uuid::text, 1, 'ItemChanged', '1.0', '{}', '{{\"channel\":\"rest\"}}') on conflict do nothing;\n",
        serde_json::json!({ "Changed": { "card": card(1, 1) } })
    );
    std::fs::write(&script, insert).expect("the script is written");
    let binaries = world.binaries.join("pgbench");
    let output = Command::new(binaries)
        .args(["-n", "-M", "prepared", "-c", &callers.to_string(), "-j", "2", "-T", &time.as_secs().to_string(), "-f"])
        .arg(&script)
        .arg(&world.url)
        .output()
        .expect("pgbench runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let tps =
        text.lines().find_map(|l| l.strip_prefix("tps = ")).and_then(|l| l.split_whitespace().next()).and_then(|n| n.parse::<f64>().ok());
    let per_second = tps.unwrap_or_else(|| panic!("pgbench: {text} {}", String::from_utf8_lossy(&output.stderr)));
    Rate { per_second, latency_ms: callers as f64 / per_second * 1000.0 }
}

struct World {
    store: Arc<Store>,
    tenant: TenantId,
    items: Arc<Vec<ItemId>>,
    cqrs: Arc<Stock>,
    stock_items: Arc<Vec<String>>,
    url: String,
    binaries: PathBuf,
    directory: tempfile::TempDir,
}

type Stock = CqrsFramework<Item, PersistedEventStore<PostgresEventRepository, Item>>;

const AGGREGATES: u64 = 2048;

impl World {
    async fn build() -> Self {
        let server = quittance_tests::postgres::durable_server().await;
        let database = durable_database().await;
        let store = Arc::new(Store::on(database.open(), 2));
        let tenant = store.tenant().await;
        let mut items = Vec::new();
        for n in 0..AGGREGATES {
            let ctx = store.context(tenant);
            let create = ItemCommand::Create { card: card(n as usize, n) };
            items.push(ItemId(store.commands.execute::<Item>(&ctx, store.new_id(), create).await.expect("created").id));
        }
        let pool = stock_tables(&database).await;
        let cqrs = Arc::new(postgres_cqrs::<Item>(pool, vec![], ()));
        let mut stock_items = Vec::new();
        for n in 0..AGGREGATES {
            let id = Uuid::from_u128(u128::from(n)).to_string();
            cqrs.execute(&id, ItemCommand::Create { card: card(n as usize, n) }).await.expect("created");
            stock_items.push(id);
        }
        Self {
            store,
            tenant,
            items: Arc::new(items),
            cqrs,
            stock_items: Arc::new(stock_items),
            url: server.database_url(&database.name),
            binaries: server.binaries().directory.clone(),
            directory: tempfile::tempdir().expect("a directory"),
        }
    }
}

/// The tables that stock postgres-es asks for, and pgbench's copy of them.
async fn stock_tables(database: &TestDatabase) -> PgPool {
    let pool = PgPoolOptions::new().max_connections(64).connect_with(database.admin.clone()).await.expect("connects");
    for table in ["events", "bench_events"] {
        let ddl = format!(
            "create table {table} (aggregate_type text not null, aggregate_id text not null, sequence bigint not null, event_type text not null, \
             event_version text not null, payload json not null, metadata json not null, primary key (aggregate_type, aggregate_id, sequence))"
        );
        pool.execute(ddl.as_str()).await.expect("the table is made");
    }
    pool
}

#[tokio::main]
async fn main() {
    let (rounds, time) = (argument("--rounds", 3), Duration::from_secs(argument("--seconds", 4)));
    let world = World::build().await;
    let chosen = argument("--callers", 0);
    for callers in [1, 8, 32, 128].into_iter().filter(|n| chosen == 0 || *n == chosen) {
        let mut sums = [Rate::default(); 3];
        for _ in 0..rounds {
            for (sum, rate) in
                sums.iter_mut().zip([ours(&world, callers, time).await, stock(&world, callers, time).await, pgbench(&world, callers, time)])
            {
                sum.per_second += rate.per_second / rounds as f64;
                sum.latency_ms += rate.latency_ms / rounds as f64;
            }
        }
        let [ours, stock, pgbench] = sums;
        println!(
            "{callers:>4} callers: quittance {:>8.0}/s {:>7.3} ms | postgres-es {:>7.0}/s {:>7.3} ms | pgbench {:>7.0}/s {:>7.3} ms | {:>5.2} x stock, {:>5.2} x pgbench, latency {:>5.2} x pgbench",
            ours.per_second,
            ours.latency_ms,
            stock.per_second,
            stock.latency_ms,
            pgbench.per_second,
            pgbench.latency_ms,
            ours.per_second / stock.per_second,
            ours.per_second / pgbench.per_second,
            ours.latency_ms / pgbench.latency_ms,
        );
    }
}
