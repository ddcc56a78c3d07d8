//! What one process commits wakes the others: a hint between processes, on connections of its own.

use std::sync::Arc;
use std::time::Duration;

use quittance_domain::ids::TenantId;
use quittance_domain::item::{Item, ItemCommand};
use quittance_infrastructure::database::Role;
use quittance_infrastructure::event_store::bell;
use quittance_tests::{Store, fresh_database, item_card};
use tokio::sync::watch::Receiver;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Long enough for any machine; nothing polls here, so whoever is deaf hears nothing however long it waits.
const PATIENCE: Duration = Duration::from_secs(60);

async fn commits(store: &Store, tenant: TenantId, sku: &str) {
    let create = ItemCommand::Create { card: item_card(sku, sku) };
    store.commands.execute::<Item>(&store.context(tenant), store.new_id(), create).await.expect("created");
}

/// Until it has heard at least `times`.
async fn hears(changes: &mut Receiver<u64>, times: u64) -> bool {
    timeout(PATIENCE, changes.wait_for(|n| *n >= times)).await.is_ok()
}

#[tokio::test]
async fn other_processes_hear_of_a_commit_and_nobody_hears_an_echo() {
    let database = fresh_database().await;
    let stop = CancellationToken::new();
    let nodes: Vec<Arc<Store>> = (0..2).map(|_| Arc::new(Store::on(database.open(), 1))).collect();
    let mut heard: Vec<Receiver<u64>> = nodes.iter().map(|node| node.committer.feed().changes()).collect();
    for node in &nodes {
        bell::hang(node.committer.feed().clone(), node.database.as_role(Role::Router), stop.clone());
    }
    // Each bell is rung once when it hangs: from then on it listens.
    for changes in &mut heard {
        assert!(hears(changes, 1).await, "it hangs");
    }
    let tenant = nodes[0].tenant().await;
    commits(&nodes[0], tenant, "A-1").await;
    assert!(hears(&mut heard[1], 2).await, "the other process is told");
    commits(&nodes[1], tenant, "A-2").await;
    assert!(hears(&mut heard[0], 3).await, "and so the other way");
    // Whatever echoes would do so by now: twice as long as a bell rests.
    commits(&nodes[0], tenant, "A-3").await;
    assert!(hears(&mut heard[1], 4).await);
    tokio::time::sleep(Duration::from_millis(200)).await;
    let told: Vec<u64> = heard.iter().map(|changes| *changes.borrow()).collect();
    assert_eq!(told, [4, 4], "hanging, two of its own and one of the other; hanging, one of its own and two of the other");
    stop.cancel();
}
