//! Near duplicates over HTTP: found after the fact, named, held until somebody else has looked, gone with the other one.

use quittance_domain::role::Role;
use quittance_tests::app::{Company, Person, TestApp};
use serde_json::{Value, json};

struct Desk {
    app: TestApp,
    company: Company,
    clerk: Person,
    approver: Person,
    vendor: String,
}

impl Desk {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let company = app.company("Acme").await;
        let clerk = app.user(&company, "anna", Role::ApClerk).await;
        let approver = app.user(&company, "bob", Role::Approver).await;
        let vendor = json!({ "name": "Muster", "vat_id": "DE136695976", "address": { "country": "DE" } });
        let vendor = clerk.posts("/v1/vendors", vendor).await.succeeds().id();
        Self { app, company, clerk, approver, vendor }
    }

    fn invoice(&self, number: &str, issued: &str, price: &str) -> Value {
        let line = json!({ "name": "Desk", "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "S", "rate": "19" } });
        json!({ "vendor_id": self.vendor, "number": number, "issue_date": issued, "currency": "EUR", "lines": [line] })
    }

    async fn received(&self, number: &str, issued: &str, price: &str) -> String {
        self.clerk.posts("/v1/invoices", self.invoice(number, issued, price)).await.succeeds().id()
    }

    /// The invoice once everything that has happened so far has had its effect.
    async fn settled(&self, id: &str) -> Value {
        let mut tx = self.app.system.database.read(self.company.tenant).await.expect("a transaction");
        let head = quittance_projections::source::head(&mut tx).await.expect("a head");
        drop(tx);
        self.app.system.settled(self.company.tenant, head).await.expect("in time");
        self.clerk.gets(&format!("/v1/invoices/{id}")).await.succeeds().body
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lookalike_is_held_until_somebody_else_has_looked() {
    let desk = Desk::open().await;
    let first = desk.received("2026-118", "2026-11-02", "100.00").await;
    let other = desk.received("77", "2026-11-02", "55.00").await;
    let second = desk.received("2026-181", "2026-11-02", "100.00").await;

    let held = desk.settled(&second).await;
    assert_eq!(held["status"], "in_exception", "{held}");
    let expected =
        json!([{ "invoice_id": first, "number": "2026-118", "likenesses": ["same_amount_and_date", "near_number"], "score": 90 }]);
    assert_eq!(held["lookalikes"], expected);
    for fine in [&first, &other] {
        let fine = desk.settled(fine).await;
        assert_eq!((&fine["status"], &fine["lookalikes"]), (&json!("received"), &json!([])), "the earlier one is not held");
    }
    let listed = desk.clerk.gets("/v1/invoices?has_lookalikes=true").await.succeeds().body;
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(1));

    let dismiss = |other: &str, reason: &str| json!({ "other": other, "reason": reason });
    let path = format!("/v1/invoices/{second}/dismiss-duplicate");
    desk.clerk.posts(&format!("/v1/invoices/{second}/submit"), json!({})).await.is_refused_as("in-exception");
    desk.clerk.posts(&path, dismiss(&first, "I know")).await.is_refused_as("self-resolution");
    desk.approver.posts(&path, dismiss(&other, "no")).await.is_refused_as("duplicate-not-suspected");
    desk.approver.posts(&path, dismiss(&first, " ")).await.is_refused_as("reason-missing");
    desk.approver.posts(&path, dismiss(&first, "two desks, two deliveries")).await.succeeds();
    assert_eq!(desk.settled(&second).await["status"], "received");
    desk.clerk.posts(&format!("/v1/invoices/{second}/submit"), json!({})).await.succeeds();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspicion_goes_with_the_other_invoice_or_the_correction() {
    let desk = Desk::open().await;
    let first = desk.received("A-1", "2026-11-02", "100.00").await;
    let second = desk.received("B-2", "2026-11-04", "100.00").await;
    let third = desk.received("C-3", "2026-11-05", "100.00").await;
    assert_eq!(desk.settled(&second).await["lookalikes"][0]["likenesses"], json!(["same_amount_near_date"]));
    assert_eq!(desk.settled(&third).await["lookalikes"].as_array().map(Vec::len), Some(2));

    let void = json!({ "reason": "entered twice" });
    desk.clerk.posts(&format!("/v1/invoices/{first}/void"), void).await.succeeds();
    assert_eq!(desk.settled(&second).await["status"], "received");
    assert_eq!(desk.settled(&third).await["lookalikes"][0]["invoice_id"], json!(second));

    let corrected = json!({ "invoice": desk.invoice("C-3", "2026-11-05", "101.00"), "reason": "the price was misread" });
    desk.clerk.posts(&format!("/v1/invoices/{third}/amend"), corrected).await.succeeds();
    assert_eq!(desk.settled(&third).await["status"], "received");
}

/// What was rejected is no duplicate of anything; when it is to be paid after all, it is compared with what came in meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_submitted_again_is_compared_with_what_came_in_meanwhile() {
    let desk = Desk::open().await;
    let first = desk.received("X-5001", "2026-11-02", "777.00").await;
    desk.clerk.posts(&format!("/v1/invoices/{first}/submit"), json!({})).await.succeeds();
    desk.approver.posts(&format!("/v1/invoices/{first}/reject"), json!({ "reason": "never ordered" })).await.succeeds();
    assert_eq!(desk.settled(&first).await["status"], "rejected");
    let copy = desk.received("X-5002", "2026-11-02", "777.00").await;
    let copied = desk.settled(&copy).await;
    assert_eq!((&copied["status"], &copied["lookalikes"]), (&json!("received"), &json!([])));
    desk.clerk.posts(&format!("/v1/invoices/{copy}/submit"), json!({})).await.succeeds();

    desk.clerk.posts(&format!("/v1/invoices/{first}/submit"), json!({})).await.succeeds();
    let again = desk.settled(&first).await;
    assert_eq!((&again["status"], &again["lookalikes"][0]["invoice_id"]), (&json!("in_exception"), &json!(copy)), "{again}");
    assert_eq!(desk.settled(&copy).await["status"], "pending_approval", "one of two is held");
}

/// However they come in, one of two lookalikes is held: nobody slips through between two checks.
#[tokio::test(flavor = "multi_thread")]
async fn of_invoices_that_come_in_together_all_but_one_are_held() {
    let desk = Desk::open().await;
    let numbers: Vec<String> = (0..12).map(|n| format!("{}-X", n * 111 + 5)).collect();
    let ids = futures::future::join_all(numbers.iter().map(|number| desk.received(number, "2026-11-02", "100.00"))).await;
    let mut free = Vec::new();
    for id in &ids {
        let invoice = desk.settled(id).await;
        if invoice["status"] == "received" {
            free.push(invoice["number"].clone());
        }
    }
    assert_eq!(free.len(), 1, "{free:?}");
}
