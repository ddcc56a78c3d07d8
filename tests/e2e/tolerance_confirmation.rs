//! Nobody lets through alone what they then approve: who adopts tolerances approves nothing that was matched by them before somebody else
//! confirms them (A3, SEMANTICS 1 and 3.4).

use quittance_api::cli::confirmation::confirm_tolerances;
use quittance_domain::role::Role;
use serde_json::{Value, json};

use crate::approval_policies::{adopts, approves, id_of, invoice_of, policy, role, round_of, rule, submitted, vendor, waits_for};
use crate::rest_client::{Client, Office, Reply};

const ADOPT: &str = "/v1/tolerances";

/// Where admins decide, of whom the owner is one.
async fn of_admins() -> (Office, String) {
    let office = Office::open().await;
    adopts(&office, policy(&[rule("0", 1, role(Role::Admin), json!({}))])).await;
    let vendor = vendor(&office, "Muster").await;
    (office, vendor)
}

fn ten_percent() -> Value {
    let band = json!({ "amount": "100.00", "percent": "10" });
    json!({ "rules": [{ "applies": "tenant", "limits": { "price_up": band, "line_total": band } }] })
}

/// An order that has come in whole, and an invoice for more than was ordered.
async fn dear_invoice(office: &Office, vendor: &str, number: &str, price: &str) -> String {
    let clerk = office.by("clerk");
    let item = clerk.post("/v1/items", json!({ "sku": number, "name": "x", "unit": "C62" })).await.done().id();
    let line = json!({ "line": 1, "item_id": item, "description": "x", "quantity": "1", "unit_price": "200" });
    let order = json!({ "vendor_id": vendor, "number": number, "currency": "EUR", "lines": [line] });
    let order = clerk.post("/v1/purchase-orders", order).await.done().id();
    let receipt = json!({ "purchase_order_id": order, "location": "main", "lines": [{ "line": 1, "accepted": "1" }] });
    clerk.post("/v1/goods-receipts", receipt).await.done();
    let mut body = naming(vendor, number, number, price);
    body["lines"][0]["order_line"] = json!("1");
    clerk.post("/v1/invoices", body).await.done().id()
}

fn naming(vendor: &str, number: &str, order: &str, price: &str) -> Value {
    let mut body = invoice_of(vendor, number, price);
    body["references"] = json!({ "purchase_order": order });
    body
}

async fn submits(office: &Office, invoice: &str) -> Reply {
    office.by("clerk").post(&format!("/v1/invoices/{invoice}/submit"), json!({})).await
}

async fn confirms(who: &Client, version: u32) -> Reply {
    who.post("/v1/tolerances/confirm", json!({ "tolerances_version": version })).await
}

async fn stands(office: &Office) -> (Value, Value) {
    let found = office.by("viewer").get(&format!("{ADOPT}?min_position={}", office.head().await)).await.done().body;
    (found["tolerances_version"].clone(), found["awaits_confirmation"].clone())
}

/// Why the person is excluded from the newest round.
async fn because(office: &Office, invoice: &str, person: &str) -> Value {
    let (round, id) = (round_of(office, invoice).await, id_of(office, person));
    let excluded = round["excluded"].as_array().expect("people").iter().find(|e| e["user_id"] == id.as_str());
    excluded.map(|e| e["because"].clone()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_adopts_tolerances_alone_approves_nothing_that_was_matched_by_them() {
    let (office, vendor) = of_admins().await;
    let (admin, invoice) = (office.by("admin"), dear_invoice(&office, &vendor, "T-1", "210").await);
    submits(&office, &invoice).await.refused(409, "in-exception");
    assert_eq!(stands(&office).await, (json!(0), json!(false)));
    admin.post(ADOPT, ten_percent()).await.done();
    assert_eq!(stands(&office).await, (json!(1), json!(true)));
    submits(&office, &invoice).await.done();
    assert_eq!(because(&office, &invoice, "admin").await, "adopted_tolerances");
    assert_eq!(waits_for(&office, &invoice).await, ["owner"]);
    approves(&office, "admin", &invoice).await.refused(403, "tolerances-adopter");
    let preview = office.by("clerk").post("/v1/approval-policy/preview", json!({ "invoice_id": invoice })).await.done().body;
    assert!(preview["excluded"].to_string().contains("adopted_tolerances"), "{preview}");

    // What no order was asked for did not pass by them.
    let plain = submitted(&office, &vendor, "T-22", "22").await;
    approves(&office, "admin", &plain).await.done();

    confirms(admin, 1).await.refused(403, "self-adopted");
    confirms(office.by("clerk"), 1).await.refused(403, "role-missing");
    for unknown in [0, 2] {
        confirms(office.by("owner"), unknown).await.refused(422, "version-not-adopted").at("/tolerances_version");
    }
    let added = admin.post("/v1/users", json!({ "email": "mate@acme.example", "roles": ["admin"] })).await.done();
    let mate = office.with_key(added.body["api_key"].as_str().expect("a secret"));
    confirms(&mate, 1).await.refused(403, "not-vouched-for");
    mate.post(&format!("/v1/invoices/{invoice}/approve"), json!({})).await.refused(403, "not-vouched-for");
    confirms(office.by("owner"), 1).await.done();
    confirms(office.by("owner"), 1).await.done();
    assert_eq!(stands(&office).await, (json!(1), json!(false)));
    admin.post(&format!("/v1/invoices/{invoice}/resolve-approvers"), json!({})).await.done();
    assert_eq!(because(&office, &invoice, "admin").await, Value::Null);
    approves(&office, "admin", &invoice).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_what_names_an_order_that_there_is_not_where_somebody_wanted_that_held() {
    let (office, vendor) = of_admins().await;
    let holding = json!({ "rules": [], "unknown_order_holds": true });
    office.by("owner").post(ADOPT, holding.clone()).await.done();
    confirms(office.by("admin"), 1).await.done();
    office.by("admin").post(ADOPT, json!({ "rules": [] })).await.done();
    let invoice = office.by("clerk").post("/v1/invoices", naming(&vendor, "U-1", "PO-404", "100")).await.done().id();
    submits(&office, &invoice).await.done();
    // Put back, it would be held; it has passed.
    office.by("admin").post(ADOPT, holding).await.done();
    assert_eq!(stands(&office).await, (json!(3), json!(false)), "what was confirmed, put back by who replaced it");
    assert_eq!(because(&office, &invoice, "admin").await, "adopted_tolerances");
    approves(&office, "admin", &invoice).await.refused(403, "tolerances-adopter");
    confirm_tolerances(&office.app.system, office.tenant, 2).await.expect("the operator confirms");
    office.by("admin").post(&format!("/v1/invoices/{invoice}/resolve-approvers"), json!({})).await.done();
    approves(&office, "admin", &invoice).await.done();
}
