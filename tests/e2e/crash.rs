//! Postgres is killed under writers, again and again: nothing acknowledged is lost, and every unknown outcome is found
//! out by its key (R1, R2).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use quittance_application::{Context, Failure, Receipt};
use quittance_domain::ids::{CommandId, TenantId};
use quittance_domain::item::{Item, ItemCard, ItemCommand};
use quittance_infrastructure::database::{Database, Sizes, migrate};
use quittance_infrastructure::embedded::{Durability, EmbeddedPostgres, PostgresSettings};
use quittance_tests::Store;
use quittance_tests::judge::judged;
use uuid::Uuid;

const CRASHES: usize = 6;
const WRITERS: usize = 32;

/// What a writer wanted, by key, and what it was told.
struct Told {
    tenant: TenantId,
    command: CommandId,
    sku: String,
    receipt: Option<Receipt>,
}

async fn send(store: &Store, told: &Told) -> Result<Receipt, Failure> {
    let ctx: Context = store.context(told.tenant).with_command_id(told.command);
    let card = ItemCard { sku: told.sku.clone(), name: "x".to_owned(), unit: "C62".to_owned(), reorder_level: None };
    store.commands.begin::<Item>(&ctx, store.new_id(), ItemCommand::Create { card }).await
}

async fn write(store: Arc<Store>, tenant: TenantId, writer: usize, stop: Arc<AtomicBool>) -> Vec<Told> {
    let mut journal = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let command = CommandId(store.new_id());
        let mut told = Told { tenant, command, sku: format!("W{writer}-{}", journal.len()), receipt: None };
        match send(&store, &told).await {
            Ok(receipt) => told.receipt = Some(receipt),
            Err(Failure::Unavailable(_) | Failure::Overloaded) => tokio::time::sleep(Duration::from_millis(20)).await,
            Err(refused) => panic!("{refused:?}"),
        }
        journal.push(told);
        // Every one of them is asked again in the end: some thousands are enough.
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    journal
}

/// The same key until there is an answer.
async fn find_out(store: &Store, told: &Told) -> Receipt {
    for _ in 0..200 {
        match send(store, told).await {
            Ok(receipt) => return receipt,
            Err(Failure::Unavailable(_) | Failure::Overloaded) => tokio::time::sleep(Duration::from_millis(100)).await,
            Err(refused) => panic!("{refused:?}"),
        }
    }
    panic!("the database did not come back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_is_killed_under_32_writers_and_nothing_acknowledged_is_lost() {
    let mut settings = PostgresSettings::throw_away().expect("a temporary directory");
    settings.durability = Durability::Full;
    let server = EmbeddedPostgres::start(settings).await.expect("PostgreSQL starts");
    migrate(&server.connect_options("postgres"), None).await.expect("migrated");
    let store = Arc::new(Store::on(Database::open(server.connect_options("postgres"), None, Sizes::default()), 2));
    let tenants = [store.tenant().await, store.tenant().await];
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..WRITERS).map(|w| tokio::spawn(write(store.clone(), tenants[w % 2], w, stop.clone()))).collect();
    for crash in 0..CRASHES {
        tokio::time::sleep(Duration::from_millis(300 + 137 * crash as u64 % 500)).await;
        if let Some(pid) = server.pid() {
            kill(Pid::from_raw(pid), Signal::SIGKILL).expect("killed");
        }
        tokio::time::sleep(Duration::from_millis(900)).await;
    }
    stop.store(true, Ordering::Relaxed);
    let mut journal: Vec<Told> = Vec::new();
    for writer in writers {
        journal.extend(writer.await.expect("no writer fell over"));
    }
    let (mut acknowledged, mut unknown) = (0, 0);
    let mut ids: Vec<Uuid> = Vec::new();
    for told in &journal {
        let receipt = find_out(&store, told).await;
        match told.receipt {
            Some(first) => {
                acknowledged += 1;
                assert_eq!((receipt.id, receipt.version, receipt.position), (first.id, first.version, first.position), "{}", told.sku);
                assert!(receipt.replayed, "{} was acknowledged and is gone", told.sku);
            }
            None => unknown += 1,
        }
        ids.push(receipt.id);
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), journal.len(), "one effect a command");
    println!("{CRASHES} crashes, {acknowledged} acknowledged, {unknown} unknown outcomes, each found out by its key");
    assert!(acknowledged > 100 && unknown > 0, "{acknowledged} acknowledged, {unknown} unknown: nothing was proved");
    use sqlx::ConnectOptions;
    let mut admin = server.connect_options("postgres").connect().await.expect("the administrator connects");
    for tenant in tenants {
        judged(&mut admin, tenant).await;
    }
}
