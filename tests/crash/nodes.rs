//! Two servers on one database: whatever they are asked for at the same moment happens once, and neither decides on
//! what the other has changed.

use futures::future::join_all;
use quittance_tests::app::Answer;
use quittance_tests::{TestDatabase, postgres};
use serde_json::json;

use crate::client::{Client, Outcome};
use crate::office::Office;
use crate::server::ServerProcess;

struct Nodes {
    servers: [ServerProcess; 2],
    office: Office,
    _database: TestDatabase,
}

impl Nodes {
    async fn start() -> Self {
        let database = postgres::durable_database().await;
        let url = postgres::durable_server().await.database_url(&database.name);
        let servers = [ServerProcess::on_database(url.clone()).await, ServerProcess::on_database(url).await];
        let office = Office::open(&servers[0], "Acme").await;
        Self { servers, office, _database: database }
    }

    /// The same person at one of the servers, in turn.
    fn at(&self, turn: usize, who: &Client) -> Client {
        self.servers[turn % 2].serves(who)
    }

    async fn approved_invoice(&self, number: &str) -> String {
        let id = told(self.office.clerk.posts("/v1/invoices", &self.office.invoice(number), number).await).id();
        let at = |verb: &str| format!("/v1/invoices/{id}/{verb}");
        told(self.office.clerk.posts(&at("submit"), &json!({}), &format!("submit {number}")).await).succeeds();
        let approved = told(self.office.approver.posts(&at("approve"), &json!({}), &format!("approve {number}")).await).succeeds();
        self.office.clerk.reads(&format!("/v1/invoices/{id}?min_position={}", approved.position())).await.succeeds();
        id
    }
}

fn told(outcome: Outcome) -> Answer {
    match outcome {
        Outcome::Answered(answer) => answer,
        Outcome::Unknown(error) => panic!("no answer: {error}"),
        Outcome::NotSent => panic!("nobody listens"),
    }
}

/// One succeeded; all others were refused with `code`.
fn one_won<'a>(answers: &'a [Answer], code: &str) -> &'a Answer {
    let won: Vec<&Answer> = answers.iter().filter(|a| a.status == 201).collect();
    assert_eq!(won.len(), 1, "{answers:?}");
    answers.iter().filter(|a| a.status != 201).for_each(|a| a.is_refused_as(code));
    won[0]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_payers_on_two_servers_pay_an_invoice_once() {
    let nodes = Nodes::start().await;
    for round in 0..4 {
        let invoice = nodes.approved_invoice(&format!("RACE {round}")).await;
        let plan = json!({ "method": "manual", "items": [{ "invoice_id": invoice, "amount": { "amount": "100.00", "currency": "EUR" } }] });
        let payers = (0..64).map(|n| (nodes.at(n, &nodes.office.treasurer), format!("payer {n} of {round}")));
        let plan = &plan;
        let answers = join_all(payers.map(|(who, key)| async move { told(who.posts("/v1/payments", plan, &key).await) })).await;
        let position = one_won(&answers, "exceeds-open-amount").position();
        let read = format!("/v1/invoices/{invoice}?min_position={position}");
        for turn in 0..2 {
            let seen = nodes.at(turn, &nodes.office.clerk).reads(&read).await.succeeds();
            assert_eq!(seen.body["claimed"]["amount"], "100.00", "{seen:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_and_a_key_that_both_servers_get_at_once_count_once() {
    let nodes = Nodes::start().await;
    let document = include_bytes!("../../api/samples/muster-2026-0117.ubl.xml");
    let captures = (0..32).map(|n| (nodes.at(n, &nodes.office.clerk), format!("capture {n}")));
    let uploads =
        captures.map(|(who, key)| async move { told(who.sends("/v1/invoices/import", document.to_vec(), "application/xml", &key).await) });
    one_won(&join_all(uploads).await, "duplicate-invoice");

    let invoice = nodes.office.invoice("ONCE");
    let invoice = &invoice;
    let repeats = (0..16).map(|n| nodes.at(n, &nodes.office.clerk));
    let answers = join_all(repeats.map(|who| async move { told(who.posts("/v1/invoices", invoice, "one key").await) })).await;
    assert!(answers.iter().all(|a| a.status == 201 && a.body == answers[0].body && a.etag == answers[0].etag), "{answers:?}");
    assert_eq!(answers.iter().filter(|a| !a.replayed).count(), 1, "{answers:?}");
}

/// A payment that was authorised at the second server, which therefore knows its invoice and vendor.
async fn authorised_payment(nodes: &Nodes, name: &str) -> String {
    let invoice = nodes.approved_invoice(name).await;
    let plan = json!({ "method": "manual", "items": [{ "invoice_id": invoice }] });
    let planned = told(nodes.at(1, &nodes.office.treasurer).posts("/v1/payments", &plan, &format!("plan {name}")).await);
    let payment = planned.succeeds().id();
    let path = format!("/v1/payments/{payment}/authorise");
    told(nodes.at(1, &nodes.office.second).posts(&path, &json!({}), &format!("authorise {name}")).await).succeeds();
    payment
}

async fn vendor_is(nodes: &Nodes, verb: &str, name: &str) -> Answer {
    let path = format!("/v1/vendors/{}/{verb}", nodes.office.vendor);
    let body = if verb == "block" { json!({ "reason": "fraud suspected" }) } else { json!({}) };
    told(nodes.office.treasurer.posts(&path, &body, &format!("{verb} {name}")).await).succeeds()
}

async fn pays(nodes: &Nodes, turn: usize, payment: &str) -> Answer {
    let record = json!({ "method": "wire", "reference": payment, "paid_on": "2026-11-02" });
    told(nodes.at(turn, &nodes.office.treasurer).posts(&format!("/v1/payments/{payment}/record"), &record, payment).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_server_has_blocked_the_other_does_not_pay() {
    let nodes = Nodes::start().await;
    for name in ["FIRST", "SECOND"] {
        let payment = authorised_payment(&nodes, name).await;
        vendor_is(&nodes, "block", name).await;
        pays(&nodes, 1, &payment).await.is_refused_as("vendor-blocked");
        vendor_is(&nodes, "unblock", name).await;
    }
    for turn in 0..12 {
        let name = format!("RACE {turn}");
        let payment = authorised_payment(&nodes, &name).await;
        let (blocked, paid) = futures::join!(vendor_is(&nodes, "block", &name), pays(&nodes, turn, &payment));
        match paid.status {
            200 => assert!(paid.position() < blocked.position(), "paid after the vendor was blocked: {paid:?} {blocked:?}"),
            _ => paid.is_refused_as("vendor-blocked"),
        }
        vendor_is(&nodes, "unblock", &name).await;
    }
}

/// One process serves and another projects: what is written at the first is read there, and what should follow follows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_serves_and_one_that_projects_are_one_system() {
    let database = postgres::durable_database().await;
    let url = postgres::durable_server().await.database_url(&database.name);
    let projecting = ServerProcess::in_roles("projector", url.clone()).await;
    let serving = ServerProcess::in_roles("api", url).await;
    let office = Office::open(&serving, "Acme").await;
    let nodes = Nodes { servers: [serving, projecting], office, _database: database };
    let invoice = nodes.approved_invoice("SPLIT").await;
    let seen = nodes.office.clerk.reads(&format!("/v1/invoices/{invoice}")).await.succeeds();
    assert_eq!(seen.body["status"], "approved");
    let elsewhere = nodes.servers[1].serves(&nodes.office.clerk);
    assert_eq!(told(elsewhere.gets("/v1/invoices").await).status, 404, "it serves nobody");
    assert_eq!(told(elsewhere.gets("/health/ready").await).succeeds().body["status"], "ready");
}
