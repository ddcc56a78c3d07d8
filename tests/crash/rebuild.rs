//! Read models are rebuilt while hundreds of commands a second are written and people read: nobody ever sees an empty
//! table, a shrinking one, or two that do not belong together.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use quittance_domain::ids::TenantId;
use quittance_infrastructure::database::{Database, TenantTx};
use quittance_projections::rebuild::{Unwatched, rebuild};
use quittance_tests::Dice;
use serde_json::json;

use crate::client::Outcome;
use crate::office::{Office, done};
use crate::works::Works;

const WRITERS: usize = 8;
const READERS: u64 = 4;
const REBUILDS: usize = 16;
/// Longer than a rebuild takes to catch up, so that some reads begin before a swap and end after it.
const PAUSE_MAX_MICROS: u64 = 150_000;

/// What is rebuilt when not everything is.
const SOME: [&str; 2] = ["invoices", "users"];

#[derive(Default)]
struct Traffic {
    over: AtomicBool,
    written: AtomicU64,
    reads: AtomicU64,
}

impl Traffic {
    fn flows(&self) -> bool {
        !self.over.load(Ordering::Relaxed)
    }
}

async fn writes(office: Arc<Office>, traffic: Arc<Traffic>, writer: usize) {
    for n in 0.. {
        if !traffic.flows() {
            return;
        }
        let name = format!("W{writer}N{n}");
        match n % 4 {
            0 => drop(done(&office.clerk, "/v1/invoices", &office.invoice(&name), &name).await),
            _ => drop(done(&office.clerk, "/v1/items", &json!({ "sku": name, "name": "x", "unit": "C62" }), &name).await),
        }
        traffic.written.fetch_add(1, Ordering::Relaxed);
    }
}

/// What one transaction sees of three tables, one after another.
async fn seen(database: &Database, tenant: TenantId, dice: &mut Dice) -> (i64, i64, i64) {
    let mut tx = database.read(tenant).await.expect("a transaction");
    let items = count(&mut tx, "select count(*) from items where tenant_id = $1").await;
    // A report takes its time between one table and the next.
    tokio::time::sleep(Duration::from_micros(dice.throw() % PAUSE_MAX_MICROS)).await;
    let invoices = count(&mut tx, "select count(*) from invoices where tenant_id = $1").await;
    tokio::time::sleep(Duration::from_micros(dice.throw() % PAUSE_MAX_MICROS)).await;
    let owed = count(&mut tx, "select count(distinct invoice_id) from payable_facts where tenant_id = $1").await;
    tx.commit().await.expect("it ends");
    (items, invoices, owed)
}

async fn count(tx: &mut TenantTx, query: &'static str) -> i64 {
    let tenant = tx.tenant();
    sqlx::query_scalar(query).bind(tenant.0).fetch_one(&mut **tx).await.unwrap_or_else(|e| panic!("{query}: {e}"))
}

async fn reads(database: Database, tenant: TenantId, traffic: Arc<Traffic>, seed: u64) {
    let (mut dice, mut last) = (Dice::seeded(seed), (0, 0, 0));
    while traffic.flows() {
        let now = seen(&database, tenant, &mut dice).await;
        assert!(now.0 >= last.0 && now.1 >= last.1 && now.2 >= last.2, "a table has shrunk: {last:?}, then {now:?}");
        assert_eq!(now.1, now.2, "invoices and what is owed on them are not of one moment");
        last = now;
        traffic.reads.fetch_add(1, Ordering::Relaxed);
    }
}

/// Over REST, as a client would: every answer is whole.
async fn asks(office: Arc<Office>, traffic: Arc<Traffic>) {
    while traffic.flows() {
        for path in ["/v1/items?limit=5", "/v1/dashboard", "/v1/reports/ap-ageing", "/v1/invoices?limit=5", "/v1/users"] {
            match office.owner.gets(path).await {
                Outcome::Answered(answer) => drop(answer.succeeds()),
                Outcome::Unknown(error) => panic!("{path}: {error}"),
                Outcome::NotSent => panic!("{path}: nobody listens"),
            }
        }
        traffic.reads.fetch_add(5, Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_under_traffic_is_never_seen() {
    let works = Works::start().await;
    let (projecting, reacting) = (works.projects(), works.reacts());
    let office = Arc::new(works.office("Acme").await);
    let traffic = Arc::new(Traffic::default());
    let mut people = Vec::new();
    people.extend((0..WRITERS).map(|n| tokio::spawn(writes(office.clone(), traffic.clone(), n))));
    people.extend((0..READERS).map(|n| tokio::spawn(reads(works.system.database.clone(), office.tenant, traffic.clone(), n))));
    people.push(tokio::spawn(asks(office.clone(), traffic.clone())));

    let began = Instant::now();
    for round in 0..REBUILDS {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let chosen: Vec<_> = works.system.projectors.iter().filter(|p| round % 6 == 0 || SOME.contains(&p.name())).cloned().collect();
        let replayed = rebuild(&works.system.database, &chosen, &Unwatched).await.expect("rebuilt");
        assert!(replayed > 0, "nothing was rebuilt");
    }
    let (seconds, written) = (began.elapsed().as_secs_f64(), traffic.written.load(Ordering::Relaxed));
    traffic.over.store(true, Ordering::Relaxed);
    for person in people {
        person.await.expect("nobody fell over");
    }
    let reads = traffic.reads.load(Ordering::Relaxed);
    println!("{REBUILDS} rebuilds in {seconds:.1} s, {:.0} commands a second, {reads} reads", written as f64 / seconds);
    assert!(written > 200 && reads > 100, "nothing was proved");
    works.reacted(office.tenant).await;
    projecting.stops().await;
    reacting.stops().await;
    works.verifies().await;
}
