//! What changes between entering and paying: who changed it does not decide it, what was decided does not outlive it.

use quittance_domain::role::Role;
use quittance_tests::app::{Company, Person, TestApp};
use serde_json::{Value, json};

async fn vendor_of(clerk: &Person, name: &str) -> String {
    clerk.posts("/v1/vendors", json!({ "name": name, "address": { "country": "DE" } })).await.succeeds().id()
}

fn invoice(vendor: &str, number: &str, price: &str) -> Value {
    let line =
        json!({ "name": "Goods", "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "Z", "rate": "0" } });
    json!({ "vendor_id": vendor, "number": number, "issue_date": "2026-11-01", "currency": "EUR", "lines": [line] })
}

/// Submitted by the clerk and approved by the approver.
async fn approved_once(app: &TestApp, company: &Company, invoice: Value) -> (Person, String) {
    let clerk = app.user(company, "clerk", Role::ApClerk).await;
    let approver = app.user(company, "approver", Role::Approver).await;
    let id = clerk.posts("/v1/invoices", invoice).await.succeeds().id();
    clerk.posts(&format!("/v1/invoices/{id}/submit"), json!({})).await.succeeds();
    approver.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.succeeds();
    (clerk, id)
}

#[tokio::test]
async fn who_changed_the_vendors_bank_account_does_not_approve_its_invoices() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let (editor, other) = (app.user(&company, "olga", Role::Owner).await, app.user(&company, "oscar", Role::Owner).await);
    let vendor = vendor_of(&company.owner, "Muster GmbH").await;
    let account = json!({ "account": { "kind": "iban", "iban": "DE89370400440532013000" } });
    let added = editor.posts(&format!("/v1/vendors/{vendor}/bank-accounts"), account).await.succeeds();
    let account = added.body["bank_account_id"].as_str().expect("an id");
    other.posts(&format!("/v1/vendors/{vendor}/bank-accounts/{account}/approve"), json!({})).await.succeeds();
    // Large enough for an owner to decide after the approver.
    let (_, id) = approved_once(&app, &company, invoice(&vendor, "LARGE", "20000.00")).await;
    editor.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.is_refused_as("bank-account-editor");
    let approved = company.owner.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.succeeds();
    let seen = company.owner.gets(&format!("/v1/invoices/{id}?min_position={}", approved.position())).await.succeeds();
    assert_eq!(seen.body["status"], "approved");
}

#[tokio::test]
async fn another_vendor_starts_approval_over() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let (vendor, another) = (vendor_of(&company.owner, "Muster GmbH").await, vendor_of(&company.owner, "Beispiel AG").await);
    let (clerk, id) = approved_once(&app, &company, invoice(&vendor, "MOVED", "20.00")).await;
    let amended = json!({ "invoice": invoice(&another, "MOVED", "20.00"), "reason": "the wrong vendor was chosen" });
    let amended = clerk.posts(&format!("/v1/invoices/{id}/amend"), amended).await.succeeds();
    let seen = clerk.gets(&format!("/v1/invoices/{id}?min_position={}", amended.position())).await.succeeds();
    assert_eq!(seen.body["status"], "received", "{seen:?}");
}

#[tokio::test]
async fn a_key_ends_when_it_was_said_to() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let soon = app.system.commands.ports().edge.now() + chrono::TimeDelta::seconds(6);
    let mut holders = vec![];
    for (name, end) in [("soon", soon.to_rfc3339()), ("late", "2999-01-01T00:00:00Z".to_owned())] {
        let user = json!({ "email": format!("{name}@acme.example"), "roles": ["viewer"], "key_expires_at": end });
        let added = company.owner.posts("/v1/users", user).await.succeeds();
        company.owner.gets(&format!("/v1/users?min_position={}", added.position())).await.succeeds();
        holders.push(app.person(added.body["api_key"].as_str().expect("a key").to_owned()));
    }
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
    while holders[0].gets("/v1/me").await.status != 401 {
        assert!(tokio::time::Instant::now() < deadline, "the key works still");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    assert!(app.system.commands.ports().edge.now() >= soon, "it worked until then");
    assert_eq!(holders[1].gets("/v1/me").await.status, 200);
}
