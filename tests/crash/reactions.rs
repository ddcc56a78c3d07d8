//! A process manager is killed at any step, also between its command and its checkpoint: whatever it makes others do
//! happens exactly once. Stock is received once, an invoice is approved once and settled once.

use std::collections::BTreeMap;

use quittance_infrastructure::database::{Database, Sizes};
use quittance_tests::judge::{Stored, judged};
use quittance_tests::{Lost, Proxy};
use serde_json::json;

use crate::client::Client;
use crate::day::Day;
use crate::office::{DAY, Office, done};
use crate::verdict::reactions_to;
use crate::works::Works;

/// What is about to make others do something.
struct Pending {
    name: String,
    submitted: String,
    paid: String,
}

async fn prepared(office: &Office, name: String) -> Pending {
    let day = Day { office, name: name.clone(), iban: "" };
    let paid = day.payment(&day.approved_invoice("P").await).await;
    let submitted = done(&office.clerk, "/v1/invoices", &office.invoice(&format!("{name} S")), &format!("{name} S")).await.id();
    done(&office.clerk, &format!("/v1/invoices/{submitted}/submit"), &json!({}), &format!("{name} submit")).await;
    Pending { name, submitted, paid }
}

/// All at once, as each answer waits a moment for a reaction that does not come.
async fn happens(office: &Office, pending: &Pending) {
    let does = |who: &Client, path: String, body| {
        let (who, key) = (who.clone(), format!("{} {path}", pending.name));
        async move { done(&who, &path, &body, &key).await }
    };
    let receipt = json!({ "purchase_order_id": office.order, "location": "main", "lines": [{ "line": 1, "accepted": "3" }] });
    futures::join!(
        does(&office.approver, format!("/v1/invoices/{}/approve", pending.submitted), json!({})),
        does(&office.treasurer, format!("/v1/payments/{}/settle", pending.paid), json!({ "value_date": DAY })),
        does(&office.clerk, "/v1/goods-receipts".to_owned(), receipt),
    );
}

/// Tells whether there was a step of this number at all.
async fn killed_at(works: &Works, office: &Office, proxy: &Proxy, step: u32, lost: Lost) -> bool {
    let reacting = works.reacts();
    let pending = prepared(office, format!("{lost:?}{step}X").to_uppercase()).await;
    works.reacted(office.tenant).await;
    reacting.stops().await;
    happens(office, &pending).await;
    let database = Database::open(proxy.options(), None, Sizes { app: 1, projector: 1 });
    proxy.cut_at(step, lost);
    let reacting = works.reacts_with(&database);
    let was_cut = tokio::select! {
        () = proxy.is_cut() => true,
        () = works.reacted(office.tenant) => false,
    };
    reacting.kill().await;
    proxy.mend() || was_cut
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_follows_happens_once_at_whatever_step_the_process_manager_is_killed() {
    let works = Works::start().await;
    let (projecting, reacting) = (works.projects(), works.reacts());
    let office = works.office("Acme").await;
    works.reacted(office.tenant).await;
    reacting.stops().await;
    let proxy = Proxy::before(&works.test.admin).await;
    let mut rounds = 0;
    for lost in [Lost::Request, Lost::Answer] {
        let mut kills = 0;
        while killed_at(&works, &office, &proxy, kills, lost).await {
            kills += 1;
        }
        println!("killed at each of {kills} steps, {lost:?} lost");
        assert!(kills > 8, "only {kills} steps: nothing was proved");
        rounds += kills as usize + 1;
    }
    let reacting = works.reacts();
    works.reacted(office.tenant).await;
    reacting.stops().await;
    projecting.stops().await;
    let log = judged(&mut works.admin().await, office.tenant).await;
    everything_followed_once(&office, &log, rounds);
    works.verifies().await;
}

fn everything_followed_once(office: &Office, log: &[Stored], rounds: usize) {
    let mut expected = reactions_to(office.tenant, log);
    assert_eq!(expected.len(), 4 * rounds, "two approvals, a settlement and a receipt a round");
    let managed = log.iter().filter(|e| e.metadata.contains("\"process_manager\"")).filter_map(|e| e.command_id);
    managed.for_each(|command| assert!(expected.remove(&command), "a reaction nobody asked for, or twice"));
    assert!(expected.is_empty(), "{} reactions never happened", expected.len());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    log.iter().for_each(|e| *counts.entry(&e.event_type).or_default() += 1);
    let seen = ["InvoiceApproved", "InvoicePaymentSettled", "StockReceived"].map(|kind| counts.get(kind).copied().unwrap_or_default());
    assert_eq!(seen, [2 * rounds, rounds, rounds], "{counts:?}");
}
