//! What a vendor is paid by is changed by one person and confirmed by another, and nothing is paid meanwhile (M1, M2, A3).

use quittance_domain::role::Role;
use quittance_tests::app::{Answer, Person};
use quittance_tests::day;
use serde_json::{Value, json};

use crate::payment_runs::{MUELLER, Office};

async fn renames(office: &Office, who: &Person, vendor: &str, name: &str) -> Answer {
    let body = json!({ "name": name, "address": { "city": "Köln", "country": "DE" }, "currency": "EUR" });
    let changed = who.posts(&format!("/v1/vendors/{vendor}"), body).await.succeeds();
    office.reads(&format!("/v1/vendors?min_position={}", changed.position())).await;
    changed
}

async fn verifies(who: &Person, vendor: &str) -> Answer {
    who.posts(&format!("/v1/vendors/{vendor}/verify"), json!({})).await
}

async fn plans(office: &Office, invoice: &str) -> Answer {
    let plan = json!({ "method": "sepa_credit_transfer", "debtor_account_id": office.account, "items": [{ "invoice_id": invoice }] });
    office.tess.posts("/v1/payments", plan).await
}

/// Received, and waiting for approval.
async fn submitted(office: &Office, vendor: &str, number: &str, price: &str) -> String {
    let line =
        json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "S", "rate": "0" } });
    let invoice =
        json!({ "vendor_id": vendor, "number": number, "issue_date": day(-52), "due_date": day(-2), "currency": "EUR", "lines": [line] });
    let invoice = office.anna.posts("/v1/invoices", invoice).await.succeeds().id();
    office.anna.posts(&format!("/v1/invoices/{invoice}/submit"), json!({})).await.succeeds();
    invoice
}

async fn waiting(office: &Office) -> Vec<Value> {
    let list = office.reads("/v1/vendors?unconfirmed=true").await;
    list["data"].as_array().expect("vendors").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_paid_by_a_change_that_one_person_alone_has_seen() {
    let office = Office::open().await;
    let vendor = office.vendor("Muster", MUELLER).await;
    let invoice = submitted(&office, &vendor, "M-1", "100").await;
    office.bob.posts(&format!("/v1/invoices/{invoice}/approve"), json!({})).await.succeeds();
    let planned = plans(&office, &invoice).await.succeeds().id();
    office.theo.posts(&format!("/v1/payments/{planned}/authorise"), json!({})).await.succeeds();

    // What was planned before does not leave either, nor is anything planned.
    renames(&office, &office.anna, &vendor, "Fraud Ltd").await;
    office.tess.posts(&format!("/v1/payments/{planned}/execute"), json!({})).await.is_refused_as("vendor-change-unconfirmed");
    office.tess.posts(&format!("/v1/payments/{planned}/void"), json!({ "reason": "renamed" })).await.succeeds();
    plans(&office, &invoice).await.is_refused_as("vendor-change-unconfirmed");
    let run = office.proposes().await.succeeds().id();
    let item = &office.reads(&format!("/v1/payment-runs/{run}/items?excluded=true")).await["data"][0];
    assert_eq!((item["invoice_id"].as_str(), item["reason"].as_str()), (Some(&*invoice), Some("vendor_change_unconfirmed")));

    // The queue says what was before; the reason says who can act; the audit line both sides.
    let queue = waiting(&office).await;
    assert_eq!(queue.len(), 1);
    assert_eq!((&queue[0]["id"], &queue[0]["party"]["name"]), (&json!(vendor), &json!("Fraud Ltd")));
    assert_eq!(queue[0]["unconfirmed"]["before"]["name"], "Muster");
    let why = office.reads(&format!("/v1/invoices/{invoice}/why-not-paid")).await;
    let blockers = why["blocked_by"].as_array().expect("blockers");
    let blocker = blockers.iter().find(|b| b["kind"] == "vendor_change_unconfirmed").expect("it stands in the way");
    assert!(blocker["detail"].as_str().is_some_and(|detail| detail.ends_with(": name")), "{blocker}");
    let owner = &office.company.owner;
    let trail = owner.gets("/v1/audit-trail?action=VendorPaymentDataChanged").await.succeeds().body;
    let line = owner.gets(&format!("/v1/audit-trail/{}", trail["data"][0]["position"])).await.succeeds().body;
    assert_eq!((&line["data"]["before"]["name"], &line["data"]["after"]["name"]), (&json!("Muster"), &json!("Fraud Ltd")), "{line}");

    verifies(&office.tess, &vendor).await.succeeds();
    assert_eq!(waiting(&office).await, Vec::<Value>::new());
    plans(&office, &invoice).await.succeeds();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changed_a_vendor_neither_confirms_it_nor_approves_its_invoices() {
    let office = Office::open().await;
    let vendor = office.vendor("Muster", MUELLER).await;
    let invoice = submitted(&office, &vendor, "M-1", "100").await;
    renames(&office, &office.company.owner, &vendor, "Muster Neu").await;
    verifies(&office.company.owner, &vendor).await.is_refused_as("self-verification");
    verifies(&office.tess, &vendor).await.succeeds();
    office.company.owner.posts(&format!("/v1/invoices/{invoice}/approve"), json!({})).await.is_refused_as("vendor-editor");
}

/// The owners approve.
async fn owners_approve(office: &Office) -> Person {
    let (owner, otto) = (&office.company.owner, office.app.user(&office.company, "otto", Role::Owner).await);
    let step = json!({ "stage": 1, "approvers": { "role": "owner" }, "quorum": 1 });
    let adopted =
        owner.posts("/v1/approval-policy", json!({ "currency": "EUR", "rules": [{ "from": "0", "steps": [step] }] })).await.succeeds();
    let policy = owner.gets(&format!("/v1/approval-policy?min_position={}", adopted.position())).await.succeeds().body;
    let confirm = json!({ "policy_version": policy["policy_version"] });
    otto.posts("/v1/approval-policy/confirm", confirm).await.succeeds();
    otto
}

/// A new name is as good as a changed one: a second person looks at it, or who registered it does not approve what it bills.
#[tokio::test(flavor = "multi_thread")]
async fn who_registers_a_vendor_alone_does_not_approve_its_invoices() {
    let office = Office::open().await;
    let otto = owners_approve(&office).await;
    let owner = &office.company.owner;
    let registers = async |name: &str| {
        let vendor = json!({ "name": name, "address": { "city": "Köln", "country": "DE" } });
        owner.posts("/v1/vendors", vendor).await.succeeds().id()
    };
    let approves = async |invoice: &str| owner.posts(&format!("/v1/invoices/{invoice}/approve"), json!({})).await;

    let cousin = registers("The owner's cousin").await;
    let invoice = submitted(&office, &cousin, "C-1", "100").await;
    approves(&invoice).await.is_refused_as("vendor-editor");
    let round = office.reads(&format!("/v1/approvals?invoice_id={invoice}")).await["data"][0].clone();
    let because: Vec<&Value> = round["excluded"].as_array().expect("people").iter().map(|one| &one["because"]).collect();
    assert!(because.contains(&&json!("registered_vendor")), "{round}");
    verifies(owner, &cousin).await.is_refused_as("self-verification");
    verifies(&office.tess, &cousin).await.succeeds();
    otto.posts(&format!("/v1/invoices/{invoice}/resolve-approvers"), json!({})).await.succeeds();
    approves(&invoice).await.succeeds();

    // Who approves where the money goes has looked at whom it is for.
    let paid = registers("Muster").await;
    owner.opens_account(&office.bob, &paid, json!({ "account": { "kind": "iban", "iban": MUELLER } })).await;
    let invoice = submitted(&office, &paid, "M-22", "250").await;
    approves(&invoice).await.is_refused_as("bank-account-editor");
    let seen = registers("Beispiel").await;
    office.anna.opens_account(&office.bob, &seen, json!({ "account": { "kind": "iban", "iban": crate::payment_runs::NANDU } })).await;
    approves(&submitted(&office, &seen, "B-333", "350").await).await.succeeds();
}

/// Nobody is there to look where the company has said, by two people, that one is enough.
#[tokio::test(flavor = "multi_thread")]
async fn who_was_let_work_alone_registers_vendors_alone() {
    let office = Office::open().await;
    let second = owners_approve(&office).await;
    office.company.owner.loosens(&second, json!({ "second_person": false, "cooling_off_days": 0 })).await;
    let vendor = json!({ "name": "Muster", "address": { "city": "Köln", "country": "DE" } });
    let vendor = office.company.owner.posts("/v1/vendors", vendor).await.succeeds().id();
    let invoice = submitted(&office, &vendor, "M-1", "100").await;
    office.company.owner.posts(&format!("/v1/invoices/{invoice}/approve"), json!({})).await.succeeds();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_back_or_changed_by_somebody_who_works_alone_waits_for_nobody() {
    let office = Office::open().await;
    let vendor = office.vendor("Muster", MUELLER).await;
    renames(&office, &office.anna, &vendor, "Fraud Ltd").await;
    assert_eq!(waiting(&office).await.len(), 1);
    renames(&office, &office.company.owner, &vendor, "Muster").await;
    assert_eq!(waiting(&office).await.len(), 0);

    let control = json!({ "second_person": false, "cooling_off_days": 0 });
    let second = office.app.user(&office.company, "otto", Role::Owner).await;
    office.company.owner.loosens(&second, control).await;
    renames(&office, &office.anna, &vendor, "Muster Neu").await;
    assert_eq!(waiting(&office).await.len(), 0);
}
