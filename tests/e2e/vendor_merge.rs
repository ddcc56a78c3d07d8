//! Two vendors that are one under two names, over HTTP: what comes in later is the survivor's, what is owed stays where it is.

use quittance_domain::role::Role;
use quittance_tests::app::{Company, Person, TestApp};
use serde_json::{Value, json};

struct Office {
    _app: TestApp,
    company: Company,
    anna: Person,
    /// With a tax id.
    muster: String,
    /// The same under another name.
    twin: String,
}

async fn office() -> Office {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let anna = app.user(&company, "anna", Role::ApClerk).await;
    let muster = json!({ "name": "Muster GmbH", "vat_id": "DE136695976", "address": { "country": "DE" } });
    let twin = json!({ "name": "Muster Werkzeuge", "address": { "country": "DE" } });
    let muster = anna.posts("/v1/vendors", muster).await.succeeds().id();
    let twin = anna.posts("/v1/vendors", twin).await.succeeds().id();
    Office { _app: app, company, anna, muster, twin }
}

impl Office {
    fn document(vendor: &str, number: &str, kind: &str) -> Value {
        let line = json!({ "name": "Brackets", "quantity": { "value": "1", "unit": "C62" }, "unit_price": "100.00", "tax": { "code": "S", "rate": "0" } });
        json!({ "vendor_id": vendor, "number": number, "kind": kind, "issue_date": "2026-11-01", "currency": "EUR", "lines": [line] })
    }

    async fn bills(&self, vendor: &str, number: &str) -> String {
        self.anna.posts("/v1/invoices", Self::document(vendor, number, "invoice")).await.succeeds().id()
    }

    async fn merges(&self) -> String {
        let merged = self.anna.posts(&format!("/v1/vendors/{}/merge", self.twin), json!({ "into": self.muster })).await.succeeds();
        merged.position().to_string()
    }

    async fn vendor_of(&self, invoice: &str) -> Value {
        let position = self.anna.posts("/v1/items", json!({ "sku": invoice, "name": "x", "unit": "C62" })).await.succeeds().position();
        self.anna.gets(&format!("/v1/invoices/{invoice}?min_position={position}")).await.succeeds().body["vendor_id"].clone()
    }
}

#[tokio::test]
async fn what_comes_in_after_the_merger_is_the_survivors() {
    let o = office().await;
    let before = o.bills(&o.twin, "T-1").await;
    let position = o.merges().await;
    let told = |id: &str| format!("/v1/vendors/{id}?min_position={position}");
    assert_eq!(o.anna.gets(&told(&o.twin)).await.succeeds().body["merged_into"], o.muster.as_str());
    assert_eq!(o.anna.gets(&told(&o.muster)).await.succeeds().body["absorbed"], json!([o.twin]));

    let after = o.bills(&o.twin, "T-2").await;
    assert_eq!(o.vendor_of(&after).await, o.muster.as_str(), "named by its old id it is the survivor's");
    assert_eq!(o.vendor_of(&before).await, o.twin.as_str(), "what was owed stays where it was");
    let item = o.anna.posts("/v1/items", json!({ "sku": "BRK", "name": "Bracket", "unit": "C62" })).await.succeeds().id();
    let line = json!({ "line": 1, "item_id": item, "description": "Bracket", "quantity": "1", "unit_price": "100.00" });
    let order = json!({ "vendor_id": o.twin, "number": "PO-7", "currency": "EUR", "lines": [line] });
    let placed = o.anna.posts("/v1/purchase-orders", order).await.succeeds();
    let read = format!("/v1/purchase-orders/{}?min_position={}", placed.id(), placed.position());
    assert_eq!(o.anna.gets(&read).await.succeeds().body["vendor_id"], o.muster.as_str(), "and so is an order");
    // What each sent under its name was sent by one: a number comes once.
    o.anna.posts("/v1/invoices", Office::document(&o.muster, "T 1", "invoice")).await.is_refused_as("duplicate-invoice");
}

#[tokio::test]
async fn a_credit_of_one_is_set_off_against_an_invoice_of_the_other() {
    let o = office().await;
    let invoice = o.bills(&o.muster, "R-1").await;
    let credit = o.anna.posts("/v1/invoices", Office::document(&o.twin, "C-1", "credit_note")).await.succeeds().id();
    let apply = json!({ "credit_note_id": credit, "amount": { "amount": "40.00", "currency": "EUR" } });
    let path = format!("/v1/invoices/{invoice}/apply-credit");
    o.company.owner.posts(&path, apply.clone()).await.is_refused_as("other-vendors-document");
    o.merges().await;
    let tried = o.company.owner.posts(&path, apply).await;
    assert_ne!(tried.body["code"], "other-vendors-document", "they are one now: {tried:?}");
}

#[tokio::test]
async fn a_vendor_is_merged_once_and_into_one_that_goes_on() {
    let o = office().await;
    let merge = |id: &str, into: &str| (format!("/v1/vendors/{id}/merge"), json!({ "into": into }));
    let (path, body) = merge(&o.twin, &o.twin);
    o.anna.posts(&path, body).await.is_refused_as("merged-into-itself");
    let (path, body) = merge(&o.twin, "0198c000-0000-7000-8000-000000000000");
    let unknown = o.anna.posts(&path, body).await;
    unknown.is_refused_as("vendor-unknown");
    assert_eq!((unknown.status, &unknown.body["errors"][0]["pointer"]), (422, &json!("/into")));
    o.company.owner.posts(&format!("/v1/vendors/{}/block", o.twin), json!({ "reason": "fraud" })).await.succeeds();
    let (path, body) = merge(&o.twin, &o.muster);
    o.anna.posts(&path, body).await.is_refused_as("vendor-blocked");
    o.company.owner.posts(&format!("/v1/vendors/{}/unblock", o.twin), json!({})).await.succeeds();
    o.merges().await;
    o.merges().await;
    let (path, body) = merge(&o.muster, &o.twin);
    let back = o.anna.posts(&path, body).await;
    back.is_refused_as("vendor-merged");
    assert_eq!(back.body["errors"][0]["pointer"], "/into");
    let third = o.anna.posts("/v1/vendors", json!({ "name": "Third", "address": { "country": "DE" } })).await.succeeds().id();
    let (path, body) = merge(&o.twin, &third);
    o.anna.posts(&path, body).await.is_refused_as("vendor-merged");
}
