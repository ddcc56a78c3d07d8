//! One person is not two: who has had another's key in hand counts as the same person until somebody else vouches (A3, T2).

use quittance_application::vouching::VouchForUser;
use quittance_domain::ids::UserId;
use quittance_tests::day;
use serde_json::{Value, json};

use crate::rest_client::{Client, Office};

/// A user whom `by` adds over REST, and whose first key `by` has in hand.
async fn adds(office: &Office, by: &str, name: &str, role: &str) -> (String, Client) {
    let user = json!({ "email": format!("{name}@acme.example"), "roles": [role] });
    let added = office.by(by).post("/v1/users", user).await.done();
    // Who may decide is read from what can be read by now.
    office.by(by).get(&format!("/v1/users?min_position={}", office.head().await)).await.done();
    (added.id(), office.with_key(added.body["api_key"].as_str().expect("a secret")))
}

fn body(vendor: &str, number: &str, price: &str) -> Value {
    let line =
        json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "S", "rate": "0" } });
    json!({ "vendor_id": vendor, "number": number, "issue_date": day(-9), "due_date": day(-2), "currency": "EUR", "lines": [line] })
}

async fn registered(office: &Office, name: &str) -> String {
    let vendor = json!({ "name": name, "address": { "country": "DE" }, "currency": "EUR" });
    office.by("clerk").post("/v1/vendors", vendor).await.done().id()
}

/// Entered and submitted by `enterer`: the path below which it is decided.
async fn submitted(enterer: &Client, vendor: &str, number: &str, price: &str) -> String {
    let path = format!("/v1/invoices/{}", enterer.post("/v1/invoices", body(vendor, number, price)).await.done().id());
    enterer.post(&format!("{path}/submit"), json!({})).await.done();
    path
}

async fn approves(who: &Client, invoice: &str) -> crate::rest_client::Reply {
    who.post(&format!("{invoice}/approve"), json!({})).await
}

/// The user gets a key of their own, and somebody takes the one away that was handed out.
async fn takes_over(office: &Office, user: &str, handed: &Client, revoker: &str) -> Client {
    let own = handed.post(&format!("/v1/users/{user}/keys"), json!({})).await.done();
    let keys = office.by(revoker).get(&format!("/v1/users/{user}/keys?min_position={}", office.head().await)).await.done().body;
    let in_force = keys.as_array().expect("keys").iter().filter(|key| key["revoked"] == false);
    let first = in_force.min_by_key(|key| key["issued_at"].as_str().map(str::to_owned)).expect("a key");
    let revoke = format!("/v1/users/{user}/keys/{}/revoke", first["id"].as_str().expect("an id"));
    office.by(revoker).post(&revoke, json!({})).await.done();
    office.with_key(own.body["api_key"].as_str().expect("a secret"))
}

async fn vouches(who: &Client, user: &str) -> crate::rest_client::Reply {
    who.post(&format!("/v1/users/{user}/vouch"), json!({})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invented_second_person_approves_verifies_and_authorises_nothing() {
    let office = Office::open().await;
    let (owner, vendor) = (office.by("owner"), registered(&office, "Muster").await);
    let (invented_id, invented) = adds(&office, "owner", "invented", "approver").await;

    let invoice = submitted(owner, &vendor, "V-1", "100").await;
    approves(&invented, &invoice).await.refused(403, "not-vouched-for");
    let asked = json!({ "invoice_id": invoice.rsplit('/').next() });
    let preview = owner.post("/v1/approval-policy/preview", asked).await.done().body;
    let eligible = preview["stages"][0]["steps"][0]["eligible"].to_string();
    assert!(eligible.contains("user_id") && !eligible.contains(&invented_id), "nor would be asked: {preview}");
    assert_eq!(invented.get(&format!("/v1/approvals/inbox?min_position={}", office.head().await)).await.done().body["data"], json!([]));

    let renamed = json!({ "name": "Fraud Ltd", "address": { "country": "DE" }, "currency": "EUR" });
    owner.post(&format!("/v1/vendors/{vendor}"), renamed).await.done();
    invented.post(&format!("/v1/vendors/{vendor}/verify"), json!({})).await.refused(403, "not-vouched-for");

    let account = json!({ "account": { "kind": "iban", "iban": "DE89370400440532013000" } });
    let account = owner.post(&format!("/v1/vendors/{vendor}/bank-accounts"), account).await.done().body["bank_account_id"].clone();
    let approve = format!("/v1/vendors/{vendor}/bank-accounts/{}/approve", account.as_str().expect("an id"));
    invented.post(&approve, json!({})).await.refused(403, "not-vouched-for");

    // Somebody else has no part in it.
    office.by("approver").post(&format!("/v1/vendors/{vendor}/verify"), json!({})).await.done();
    let of_nobody = registered(&office, "Nandu").await;
    let other = submitted(office.by("clerk"), &of_nobody, "V-22", "222").await;
    approves(&invented, &other).await.done();

    let (_, banker) = adds(&office, "owner", "banker", "treasurer").await;
    let plan = json!({ "method": "manual", "items": [{ "invoice_id": other.rsplit('/').next() }] });
    let payment = format!("/v1/payments/{}", owner.post("/v1/payments", plan).await.done().id());
    banker.post(&format!("{payment}/authorise"), json!({})).await.refused(403, "not-vouched-for");
    office.by("treasurer").post(&format!("{payment}/authorise"), json!({})).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_whom_one_person_added_are_that_person() {
    let office = Office::open().await;
    let vendor = registered(&office, "Muster").await;
    let (clerk_id, clerk) = adds(&office, "admin", "carl", "ap_clerk").await;
    let (_, approver) = adds(&office, "admin", "dora", "approver").await;
    let (_, of_another) = adds(&office, "owner", "erin", "approver").await;
    let invoice = submitted(&clerk, &vendor, "V-1", "100").await;
    approves(&approver, &invoice).await.refused(403, "not-vouched-for");
    approves(&of_another, &invoice).await.done();

    // Once somebody has vouched for one of them they are two.
    let clerk = takes_over(&office, &clerk_id, &clerk, "owner").await;
    let invoice = submitted(&clerk, &vendor, "V-22", "222").await;
    approves(&approver, &invoice).await.refused(403, "not-vouched-for");
    vouches(office.by("owner"), &clerk_id).await.done();
    let invoice = submitted(&clerk, &vendor, "V-333", "333").await;
    approves(&approver, &invoice).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_else_vouches_once_the_handed_key_is_gone() {
    let office = Office::open().await;
    let (vendor, (id, handed)) = (registered(&office, "Muster").await, adds(&office, "owner", "bert", "approver").await);
    let waiting = async || office.by("admin").get("/v1/unvouched-users").await.done().body;
    let listed = waiting().await;
    assert_eq!((&listed[0]["user_id"], listed[0]["by"].as_str().is_some()), (&json!(id), true), "{listed}");

    vouches(office.by("clerk"), &id).await.refused(403, "role-missing");
    vouches(office.by("owner"), &id).await.refused(403, "self-vouching");
    vouches(office.by("admin"), &id).await.refused(409, "handed-key-in-force");
    let bert = takes_over(&office, &id, &handed, "admin").await;
    vouches(office.by("owner"), &id).await.refused(403, "self-vouching");
    vouches(office.by("admin"), &id).await.done();
    vouches(office.by("admin"), &id).await.done();
    assert_eq!(waiting().await, json!([]));
    let invoice = submitted(office.by("owner"), &vendor, "V-1", "100").await;
    approves(&bert, &invoice).await.done();

    // A key that another issues for the user starts it anew, and the operator's word ends it.
    let keys = office.by("admin").get(&format!("/v1/users/{id}/keys?min_position={}", office.head().await)).await.done().body;
    for key in keys.as_array().expect("keys").iter().filter(|key| key["revoked"] == false) {
        let revoke = format!("/v1/users/{id}/keys/{}/revoke", key["id"].as_str().expect("an id"));
        office.by("admin").post(&revoke, json!({})).await.done();
    }
    let issued = office.by("owner").post(&format!("/v1/users/{id}/keys"), json!({})).await.done();
    let handed = office.with_key(issued.body["api_key"].as_str().expect("a secret"));
    let invoice = submitted(office.by("owner"), &vendor, "V-22", "222").await;
    approves(&handed, &invoice).await.refused(403, "not-vouched-for");
    let bert = takes_over(&office, &id, &handed, "admin").await;
    approves(&bert, &invoice).await.refused(403, "not-vouched-for");
    let user = UserId(id.parse().expect("an id"));
    let ctx = office.app.system.context(office.tenant, user).await.expect("a context");
    office.app.system.commands.run(&ctx, &VouchForUser { user_id: user, by_operator: true }).await.expect("vouched for");
    assert_eq!(waiting().await, json!([]));
    let invoice = submitted(office.by("owner"), &vendor, "V-333", "333").await;
    approves(&bert, &invoice).await.done();
}
