//! Owners who are nothing else: they may do everything, and still nobody does everything alone.

use quittance_domain::role::Role;
use quittance_tests::app::{Answer, Person, TestApp};
use serde_json::{Value, json};

/// Two owners without any other role; the founder of the company takes no part.
async fn owners(app: &TestApp) -> (Person, Person) {
    let company = app.company("Acme").await;
    (app.user(&company, "olga", Role::Owner).await, app.user(&company, "oscar", Role::Owner).await)
}

/// Its account was entered by one and approved by the other.
async fn vendor_of(owner: &Person, checker: &Person) -> String {
    let vendor = json!({ "name": "Muster GmbH", "vat_id": "DE136695976", "address": { "country": "DE" } });
    let id = owner.posts("/v1/vendors", vendor).await.succeeds().id();
    let account = json!({ "account": { "kind": "iban", "iban": "DE89370400440532013000" } });
    let added = owner.posts(&format!("/v1/vendors/{id}/bank-accounts"), account).await.succeeds();
    let account = added.body["bank_account_id"].as_str().expect("an id");
    checker.posts(&format!("/v1/vendors/{id}/bank-accounts/{account}/approve"), json!({})).await.succeeds();
    id
}

async fn submitted_by(owner: &Person, vendor: &str, number: &str) -> (String, Answer) {
    let line =
        json!({ "name": "Goods", "quantity": { "value": "1", "unit": "C62" }, "unit_price": "50.00", "tax": { "code": "Z", "rate": "0" } });
    let invoice = json!({ "vendor_id": vendor, "number": number, "issue_date": "2026-11-01", "currency": "EUR", "lines": [line] });
    let id = owner.posts("/v1/invoices", invoice).await.succeeds().id();
    let submitted = owner.posts(&format!("/v1/invoices/{id}/submit"), json!({})).await.succeeds();
    (id, submitted)
}

async fn status_of(owner: &Person, invoice: &str, after: &Answer) -> Value {
    owner.gets(&format!("/v1/invoices/{invoice}?min_position={}", after.position())).await.succeeds().body["status"].clone()
}

/// Owners decide what the policy asks them to.
async fn let_owners_approve(owner: &Person, other: &Person) {
    let step = json!({ "stage": 1, "approvers": { "role": "owner" }, "quorum": 1 });
    let rules = json!({ "currency": "EUR", "rules": [{ "from": "0", "steps": [step] }] });
    owner.posts("/v1/approval-policy", rules).await.succeeds();
    other.posts("/v1/approval-policy/confirm", json!({ "policy_version": 2 })).await.succeeds();
}

#[tokio::test]
async fn two_owners_run_the_whole_job_between_them() {
    let app = TestApp::start().await;
    let (olga, oscar) = owners(&app).await;
    let_owners_approve(&olga, &oscar).await;
    let vendor = vendor_of(&olga, &oscar).await;
    let (invoice, _) = submitted_by(&olga, &vendor, "OWN-1").await;
    olga.posts(&format!("/v1/invoices/{invoice}/approve"), json!({})).await.is_refused_as("self-approval");
    let approved = oscar.posts(&format!("/v1/invoices/{invoice}/approve"), json!({})).await.succeeds();
    assert_eq!(status_of(&olga, &invoice, &approved).await, "approved");

    let plan = json!({ "method": "manual", "items": [{ "invoice_id": invoice }] });
    let payment = olga.posts("/v1/payments", plan).await.succeeds().id();
    olga.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.is_refused_as("self-authorisation");
    oscar.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();
    let record = json!({ "method": "cheque", "reference": "cheque 7", "paid_on": "2026-11-20" });
    olga.posts(&format!("/v1/payments/{payment}/record"), record).await.succeeds();
    let settled = olga.posts(&format!("/v1/payments/{payment}/settle"), json!({ "value_date": "2026-11-20" })).await.succeeds();
    assert_eq!(status_of(&oscar, &invoice, &settled).await, "paid");
}

/// Under the first policy an approver decides small invoices: where there is none, a round is stuck, not approved.
#[tokio::test]
async fn an_owner_is_not_an_approver_unless_the_policy_says_so() {
    let app = TestApp::start().await;
    let (olga, oscar) = owners(&app).await;
    let vendor = vendor_of(&olga, &oscar).await;
    let (invoice, submitted) = submitted_by(&olga, &vendor, "OWN-2").await;
    for owner in [&olga, &oscar] {
        owner.posts(&format!("/v1/invoices/{invoice}/approve"), json!({})).await.is_refused_as("approval-stuck");
    }
    assert_eq!(status_of(&oscar, &invoice, &submitted).await, "pending_approval");
    let plan = json!({ "method": "manual", "items": [{ "invoice_id": invoice }] });
    oscar.posts("/v1/payments", plan).await.is_refused_as("wrong-state");
}
