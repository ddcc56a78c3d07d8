//! One bank account of several vendors: a factor's, which joins no legal entities, or one vendor's under two names (SEMANTICS 2).

use quittance_domain::role::Role;
use quittance_tests::app::{Answer, Company, Person, TestApp};
use quittance_tests::day;
use serde_json::{Value, json};

struct Desk {
    app: TestApp,
    company: Company,
    clerk: Person,
    approver: Person,
}

const FACTOR: &str = "DE89370400440532013000";
const VAT_IDS: [&str; 3] = ["DE136695976", "DE811569869", "FR40303265045"];

impl Desk {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let company = app.company("Acme").await;
        let clerk = app.user(&company, "anna", Role::ApClerk).await;
        let approver = app.user(&company, "bob", Role::Approver).await;
        Self { app, company, clerk, approver }
    }

    /// Paid to the factor's account.
    async fn vendor(&self, name: &str, ids: Value) -> String {
        let mut vendor = json!({ "name": name, "address": { "country": "DE" } });
        vendor.as_object_mut().expect("an object").extend(ids.as_object().expect("ids").clone());
        let vendor = self.clerk.posts("/v1/vendors", vendor).await.succeeds().id();
        self.clerk.opens_account(&self.approver, &vendor, json!({ "account": { "kind": "iban", "iban": FACTOR } })).await;
        vendor
    }

    async fn enters(&self, vendor: &str, number: &str, before: i64, price: &str) -> Answer {
        self.enters_as(vendor, number, before, price, "invoice").await
    }

    async fn enters_as(&self, vendor: &str, number: &str, before: i64, price: &str, kind: &str) -> Answer {
        let line =
            json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "Z", "rate": "0" } });
        let invoice =
            json!({ "vendor_id": vendor, "number": number, "kind": kind, "issue_date": day(-before), "currency": "EUR", "lines": [line] });
        self.clerk.posts("/v1/invoices", invoice).await
    }

    async fn settled(&self, id: &str) -> Value {
        let mut tx = self.app.system.database.read(self.company.tenant).await.expect("a transaction");
        let head = quittance_projections::source::head(&mut tx).await.expect("a head");
        drop(tx);
        self.app.system.settled(self.company.tenant, head).await.expect("in time");
        self.clerk.gets(&format!("/v1/invoices/{id}")).await.succeeds().body
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_legal_entities_behind_one_factor_keep_their_numbers_and_their_credits() {
    let desk = Desk::open().await;
    let one = desk.vendor("Factored A", json!({ "vat_id": VAT_IDS[0] })).await;
    let other = desk.vendor("Factored B", json!({ "vat_id": VAT_IDS[1] })).await;
    let first = desk.enters(&one, "2026-001", 5, "100").await.succeeds().id();
    let second = desk.enters(&other, "2026-001", 30, "999").await.succeeds().id();

    // Not refused, and looked at by a person.
    let held = desk.settled(&second).await;
    assert_eq!(held["status"], "in_exception", "{held}");
    let expected = json!([{ "invoice_id": first, "number": "2026-001", "likenesses": ["same_number"], "score": 98 }]);
    assert_eq!(held["lookalikes"], expected);
    // Of one of them it is the same number still.
    for (vendor, existing) in [(&one, &first), (&other, &second)] {
        let again = desk.enters(vendor, "2026/001", 4, "7").await;
        again.is_refused_as("duplicate-invoice");
        assert_eq!(again.body["existing_id"], json!(existing), "{again:?}");
    }

    let credit = desk.enters_as(&one, "G-1", 5, "50", "credit_note").await.succeeds().id();
    for id in [&credit, &second] {
        let lookalikes = desk.settled(id).await["lookalikes"].clone();
        for found in lookalikes.as_array().expect("lookalikes") {
            let dismiss = json!({ "other": found["invoice_id"], "reason": "two vendors of one factor" });
            desk.approver.posts(&format!("/v1/invoices/{id}/dismiss-duplicate"), dismiss).await.succeeds();
        }
        desk.clerk.posts(&format!("/v1/invoices/{id}/submit"), json!({})).await.succeeds();
        desk.approver.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.succeeds();
    }
    let apply = json!({ "credit_note_id": credit });
    desk.clerk.posts(&format!("/v1/invoices/{second}/apply-credit"), apply).await.is_refused_as("other-vendors-document");
}

/// Who of two vendors with one account is told from whom: by the same kind of number only.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_told_apart_is_one() {
    let vat = |id: &str| json!({ "vat_id": id });
    let tax = |number: &str| json!({ "tax_registration": number });
    let table = [
        (vat(VAT_IDS[0]), vat(VAT_IDS[1]), false),
        (tax("22/815/0815/4"), tax("22/815/0815/5"), false),
        (vat(VAT_IDS[0]), json!({}), true),
        (json!({}), vat(VAT_IDS[0]), true),
        (json!({}), json!({}), true),
        (vat(VAT_IDS[0]), tax("22/815/0815/4"), true),
        (tax("22/815/0815/4"), vat(VAT_IDS[0]), true),
        (json!({}), json!({ "legal_id": "HRB 1" }), true),
    ];
    for (one, other, joined) in table {
        let desk = Desk::open().await;
        let (first, second) = (desk.vendor("A", one.clone()).await, desk.vendor("B", other.clone()).await);
        let existing = desk.enters(&first, "2026-001", 5, "100").await.succeeds().id();
        let answer = desk.enters(&second, "2026-001", 30, "999").await;
        if joined {
            answer.is_refused_as("duplicate-invoice");
            assert_eq!(answer.body["existing_id"], json!(existing), "{one} {other}");
            // Once the first has gone, the other has it alone; the first does not come again beside it.
            desk.clerk.posts(&format!("/v1/invoices/{existing}/void"), json!({ "reason": "not ours" })).await.succeeds();
            desk.enters(&second, "2026-001", 30, "999").await.succeeds();
            desk.enters(&first, "2026-001", 5, "100").await.is_refused_as("duplicate-invoice");
        } else {
            answer.succeeds();
        }
    }
}

/// A third that nobody tells apart is kept out by each of two that are, and the other way round, also at the same moment.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_told_from_none_is_kept_out_by_all() {
    let desk = Desk::open().await;
    let one = desk.vendor("Factored A", json!({ "vat_id": VAT_IDS[0] })).await;
    let other = desk.vendor("Factored B", json!({ "vat_id": VAT_IDS[1] })).await;
    let nobody = desk.vendor("Factored", json!({})).await;
    for round in 0..6 {
        let number = format!("R-{round}00");
        let (a, b, c) = tokio::join!(
            desk.enters(&one, &number, 5, "100"),
            desk.enters(&nobody, &number, 6, "200"),
            desk.enters(&other, &number, 7, "300")
        );
        let got_in = |answer: &Answer| answer.status == 201;
        assert_eq!((got_in(&a), got_in(&c)), (!got_in(&b), !got_in(&b)), "{a:?} {b:?} {c:?}");
    }
    // In one request as well.
    let line = json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": "5", "tax": { "code": "Z", "rate": "0" } });
    let enter = |vendor: &str| {
        let invoice = json!({ "vendor_id": vendor, "number": "B-500", "issue_date": day(-5), "currency": "EUR", "lines": [line] });
        json!({ "operation": "create_invoice", "body": invoice })
    };
    let batch = |vendors: [&str; 2]| json!({ "atomic": true, "commands": vendors.map(enter) });
    desk.clerk.posts("/v1/commands", batch([&one, &nobody])).await.is_refused_as("duplicate-invoice");
    desk.clerk.posts("/v1/commands", batch([&one, &other])).await.succeeds();
}

/// What came in before a vendor was told apart keeps out what comes after.
#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_that_gets_its_number_later_loses_nothing() {
    let desk = Desk::open().await;
    let one = desk.vendor("Factored A", json!({})).await;
    let other = desk.vendor("Factored B", json!({ "vat_id": VAT_IDS[1] })).await;
    let first = desk.enters(&one, "2026-001", 5, "100").await.succeeds().id();
    let told = json!({ "name": "Factored A", "vat_id": VAT_IDS[0], "address": { "country": "DE" } });
    desk.clerk.posts(&format!("/v1/vendors/{one}"), told).await.succeeds();
    for vendor in [&one, &other] {
        let again = desk.enters(vendor, "2026-001", 4, "99").await;
        again.is_refused_as("duplicate-invoice");
        assert_eq!(again.body["existing_id"], json!(first));
    }
    desk.enters(&one, "2026-002", 4, "98").await.succeeds();
    desk.enters(&other, "2026-002", 4, "97").await.succeeds();
}
