//! Approve and reject: about the invoice as the caller saw it, by those who were asked; and twice is once.

use quittance_domain::role::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::rest_client::{Client, Office, Reply, reply};

async fn submitted(office: &Office, price: &str) -> String {
    let clerk = office.by("clerk");
    let vendor = clerk.post("/v1/vendors", json!({ "name": format!("Vendor {price}") })).await.done().id();
    let id = clerk.post("/v1/invoices", invoice(&vendor, price)).await.done().id();
    let submitted = clerk.post(&format!("/v1/invoices/{id}/submit"), json!({})).await.done();
    clerk.get(&format!("/v1/invoices/{id}?min_position={}", submitted.body["position"])).await.done();
    id
}

fn invoice(vendor: &str, price: &str) -> Value {
    let line =
        json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "Z", "rate": "0" } });
    json!({ "vendor_id": vendor, "number": price, "issue_date": "2026-11-01", "currency": "EUR", "lines": [line] })
}

async fn approves(client: &Client, id: &str, version: &str, key: &str) -> Reply {
    let request = client.request(Method::POST, &format!("/v1/invoices/{id}/approve"));
    reply(request.header("If-Match", version).header("Idempotency-Key", key).json(&json!({}))).await
}

#[tokio::test]
async fn a_decision_is_about_the_version_of_the_invoice_that_was_seen() {
    let office = Office::open().await;
    let id = submitted(&office, "100").await;
    let seen = office.by("approver").get(&format!("/v1/invoices/{id}")).await;
    let etag = seen.headers["etag"].clone();
    let stale = approves(office.by("approver"), &id, "\"1\"", "stale").await;
    stale.refused(412, "version-mismatch");
    assert_eq!(format!("\"{}\"", stale.body["current_version"]), etag);

    let approved = approves(office.by("approver"), &id, &etag, "approve").await.done();
    assert_eq!((approved.body["id"].as_str(), &approved.headers["etag"]), (Some(id.as_str()), &etag));
    let approval = approved.body["approval_id"].as_str().expect("the round");
    let round = office.by("viewer").get(&format!("/v1/approvals/{approval}?min_position={}", approved.body["position"])).await.done();
    assert_eq!((&round.body["invoice_id"], &round.body["version"]), (&json!(id), &approved.body["approval_version"]));

    let again = approves(office.by("approver"), &id, &etag, "approve").await.done();
    assert_eq!(again.body, approved.body, "a repeat is answered alike, though the invoice has moved on");
    assert!(again.headers.contains_key("idempotent-replayed"));
}

#[tokio::test]
async fn a_granted_round_is_granted_again_only_to_who_granted_it() {
    let office = Office::open().await;
    let late = office.by("admin").post("/v1/users", json!({ "email": "late@acme.example", "roles": ["approver"] })).await.done();
    let id = submitted(&office, "100").await;
    let path = format!("/v1/invoices/{id}/approve");
    office.by("approver").post(&path, json!({})).await.done();
    office.by("approver").post(&path, json!({})).await.done();
    office.by("owner").post(&path, json!({})).await.refused(403, "not-eligible");
    assert!(late.body["api_key"].is_string(), "a second approver, who was asked but did not answer: {late:?}");
    let other = office.with_key(late.body["api_key"].as_str().expect("a key"));
    other.post(&path, json!({})).await.refused(403, "not-eligible");
}

#[tokio::test]
async fn rejecting_tells_both_versions_and_ends_the_round() {
    let office = Office::open().await;
    let id = submitted(&office, "100").await;
    let rejected = office.by("approver").post(&format!("/v1/invoices/{id}/reject"), json!({ "reason": "never ordered" })).await.done();
    assert_eq!(rejected.body["id"], json!(id));
    assert!(rejected.body["approval_version"].as_i64() > Some(1), "{rejected:?}");
    let seen = office.by("viewer").get(&format!("/v1/invoices/{id}?min_position={}", rejected.body["position"])).await;
    assert_eq!(seen.body["status"], "rejected");
}

#[tokio::test]
async fn removing_and_revoking_twice_is_once_and_what_never_was_is_unknown() {
    let office = Office::open().await;
    let clerk = office.by("clerk");
    let vendor = clerk.post("/v1/vendors", json!({ "name": "Muster GmbH" })).await.done().id();
    let account = json!({ "account": { "kind": "iban", "iban": "DE89370400440532013000" } });
    let added = clerk.post(&format!("/v1/vendors/{vendor}/bank-accounts"), account.clone()).await.done();
    let remove = format!("/v1/vendors/{vendor}/bank-accounts/{}/remove", added.body["bank_account_id"].as_str().expect("an id"));
    let first = clerk.post(&remove, json!({})).await.done();
    assert_eq!(clerk.post(&remove, json!({})).await.done().body["version"], first.body["version"]);
    clerk.post(&format!("/v1/vendors/{vendor}/bank-accounts/{vendor}/remove"), json!({})).await.refused(404, "not-found");
    // Added again, it is removed again.
    clerk.post(&format!("/v1/vendors/{vendor}/bank-accounts"), account).await.done();
    assert!(clerk.post(&remove, json!({})).await.done().body["version"].as_i64() > first.body["version"].as_i64());

    let admin = office.by("admin");
    let user = admin.post("/v1/users", json!({ "email": "carl@acme.example", "roles": [Role::Viewer] })).await.done();
    let keys = admin.get(&format!("/v1/users/{}/keys?min_position={}", user.id(), user.body["position"])).await.done();
    let revoke = format!("/v1/users/{}/keys/{}/revoke", user.id(), keys.body[0]["id"].as_str().expect("a key's id"));
    let first = admin.post(&revoke, json!({})).await.done();
    assert_eq!(admin.post(&revoke, json!({})).await.done().body["version"], first.body["version"]);
    admin.post(&format!("/v1/users/{}/keys/{vendor}/revoke", user.id()), json!({})).await.refused(404, "not-found");
}
