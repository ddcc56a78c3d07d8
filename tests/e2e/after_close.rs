//! What a period's close leaves possible: an invoice of it is corrected, coded anew and paid, and nothing posts into it (L3, B8).

use chrono::{Datelike, Months, NaiveDate};
use quittance_domain::calendar::Period;
use quittance_domain::role::Role;
use quittance_tests::app::{Answer, Person, TestApp};
use quittance_tests::{day, today};
use serde_json::{Value, json};

const OLD: &str = "DE89370400440532013000";
const NEW: &str = "FR1420041010050500013M02606";

struct Office {
    anna: Person,
    bob: Person,
    tess: Person,
    theo: Person,
    vendor: String,
    old: String,
    month: Period,
    _app: TestApp,
}

impl Office {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let company = app.company("Acme").await;
        let anna = app.user(&company, "anna", Role::ApClerk).await;
        let bob = app.user(&company, "bob", Role::Approver).await;
        let tess = app.user(&company, "tess", Role::Treasurer).await;
        let theo = app.user(&company, "theo", Role::Treasurer).await;
        let second = app.user(&company, "otto", Role::Owner).await;
        company.owner.loosens(&second, json!({ "second_person": true, "cooling_off_days": 0 })).await;
        let vendor = json!({ "name": "Muster GmbH", "vat_id": "DE136695976", "address": { "country": "DE" } });
        let vendor = anna.posts("/v1/vendors", vendor).await.succeeds().id();
        let old = anna.opens_account(&bob, &vendor, json!({ "account": { "kind": "iban", "iban": OLD } })).await;
        let month = Period::of(today() - Months::new(5));
        Self { anna, bob, tess, theo, vendor, old, month, _app: app }
    }

    /// In the middle of the month that will be closed.
    fn then(&self) -> NaiveDate {
        self.month.first_day().with_day(20).expect("a day")
    }

    fn first_open_day(&self) -> String {
        (self.month.first_day() + Months::new(1)).to_string()
    }

    /// Due in a month; 119.00 for each hundred.
    fn body(&self, number: &str, price: &str) -> Value {
        let line = json!({ "name": "Brackets", "quantity": { "value": "1", "unit": "C62" }, "unit_price": price,
            "tax": { "code": "S", "rate": "19" } });
        json!({ "vendor_id": self.vendor, "number": number, "issue_date": self.then(), "due_date": day(30), "currency": "EUR", "lines": [line] })
    }

    async fn approves(&self, id: &str) {
        self.anna.posts(&format!("/v1/invoices/{id}/submit"), json!({})).await.succeeds();
        self.bob.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.succeeds();
    }

    async fn approved(&self, body: Value) -> String {
        let id = self.anna.posts("/v1/invoices", body).await.succeeds().id();
        self.approves(&id).await;
        id
    }

    async fn closes(&self) {
        let close = |closing: &str| json!({ "period": self.month, "closing": closing });
        self.tess.posts("/v1/periods/close", close("soft")).await.succeeds();
        for _ in 0..10 {
            let answer = self.tess.posts("/v1/periods/close", close("hard")).await;
            if answer.body["code"] != "postings-under-way" {
                answer.succeeds();
                return;
            }
        }
        panic!("{} could not be closed", self.month);
    }

    async fn moves_account(&self) {
        let change = json!({ "account": { "kind": "iban", "iban": NEW }, "replaces": self.old });
        self.anna.opens_account(&self.bob, &self.vendor, change).await;
    }

    async fn amends(&self, id: &str, body: Value) -> Answer {
        self.anna.posts(&format!("/v1/invoices/{id}/amend"), json!({ "invoice": body, "reason": "as the vendor says" })).await
    }

    async fn pays(&self, id: &str) -> Answer {
        self.tess.posts("/v1/payments", json!({ "method": "manual", "items": [{ "invoice_id": id }] })).await
    }

    /// What is posted for it: `day account amount`.
    async fn posted(&self, id: &str, after: i64) -> Vec<String> {
        let path = format!("/v1/journal?document_id={id}&limit=200&min_position={after}");
        let lines = self.tess.gets(&path).await.succeeds().body["data"].clone();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let line = |l: &Value| format!("{} {} {}", text(&l["effective_date"]), text(&l["account"]), text(&l["amount"]["amount"]));
        lines.as_array().expect("lines").iter().map(line).collect()
    }

    /// What the books had at the end of the closed month, and that it ties to what was owed then.
    async fn at_its_end(&self, after: i64) -> Vec<String> {
        let as_of = self.month.last_day();
        let balance = self.tess.gets(&format!("/v1/reports/trial-balance?as_of={as_of}&min_position={after}")).await.succeeds().body;
        for end in [as_of.to_string(), today().to_string()] {
            let ageing = self.tess.gets(&format!("/v1/reports/ap-ageing?as_of={end}&min_position={after}")).await.succeeds().body;
            assert_eq!(ageing["totals"][0]["control"]["difference"]["amount"], "0.00", "{ageing}");
        }
        let line =
            |l: &Value| format!("{} {}", l["account"].as_str().unwrap_or_default(), l["balance"]["amount"].as_str().unwrap_or_default());
        balance["lines"].as_array().expect("lines").iter().map(line).collect()
    }
}

#[tokio::test]
async fn an_invoice_of_a_closed_month_is_given_the_new_account_and_paid() {
    let o = Office::open().await;
    let mut body = o.body("F-1", "100.00");
    let id = o.approved(body.clone()).await;
    let coded = json!({ "lines": [{ "line": "1", "parts": [{ "account_code": "6850" }] }] });
    o.anna.posts(&format!("/v1/invoices/{id}/coding"), coded).await.succeeds();
    o.approves(&id).await;
    o.closes().await;
    o.moves_account().await;
    o.pays(&id).await.is_refused_as("bank-account-replaced");

    let posted = o.posted(&id, 0).await;
    body["due_date"] = json!(day(10));
    body["remittance"] = json!("RF18539007547034");
    body["notes"] = json!(["paid to the account of the letter of today"]);
    body["lines"][0]["name"] = json!("Brackets, steel");
    let amended = o.amends(&id, body).await.succeeds().position();
    assert_eq!(o.posted(&id, amended).await, posted, "nothing is posted, nothing is taken back");
    let invoice = o.anna.gets(&format!("/v1/invoices/{id}?min_position={amended}")).await.succeeds().body;
    assert_eq!(invoice["effective_date"], json!(o.then()));
    assert_eq!(invoice["due_date"], json!(day(10)));
    assert_eq!(invoice["pay_to"]["account"]["iban"], NEW);
    let coding = o.anna.gets(&format!("/v1/invoices/{id}/coding?min_position={amended}")).await.succeeds().body;
    assert_eq!(coding["lines"][0]["parts"][0]["account_code"], "6850", "{coding}");
    o.at_its_end(amended).await;

    // To whom it goes has changed: it is approved anew, and paid.
    o.pays(&id).await.is_refused_as("wrong-state");
    o.approves(&id).await;
    let payment = o.pays(&id).await.succeeds().id();
    o.theo.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();
}

#[tokio::test]
async fn what_posts_otherwise_goes_back_and_is_posted_in_the_first_open_period() {
    let o = Office::open().await;
    let id = o.approved(o.body("F-1", "100.00")).await;
    o.closes().await;
    let closed = o.at_its_end(0).await;

    let mut named = o.body("F-1", "200.00");
    named["effective_date"] = json!(o.then());
    o.amends(&id, named).await.is_refused_as("period-closed");
    let amended = o.amends(&id, o.body("F-1", "200.00")).await.succeeds().position();
    let (then, open) = (o.then(), o.first_open_day());
    let expected = [
        format!("{then} 2000 -119.00"),
        format!("{then} 6000 100.00"),
        format!("{then} 1400 19.00"),
        format!("{open} 2000 119.00"),
        format!("{open} 6000 -100.00"),
        format!("{open} 1400 -19.00"),
        format!("{open} 2000 -238.00"),
        format!("{open} 6000 200.00"),
        format!("{open} 1400 38.00"),
    ];
    assert_eq!(o.posted(&id, amended).await, expected);
    assert_eq!(o.at_its_end(amended).await, closed, "the closed month stands");
    o.tess.gets(&format!("/v1/reports/ap-ageing?as_of={}", today())).await.succeeds();
}

#[tokio::test]
async fn what_was_spent_in_a_closed_month_goes_elsewhere_in_the_first_open_one() {
    let o = Office::open().await;
    let id = o.approved(o.body("F-1", "100.00")).await;
    o.closes().await;
    let closed = o.at_its_end(0).await;
    let coded = json!({ "lines": [{ "line": "1", "parts": [{ "account_code": "6850" }] }] });
    let coded = o.anna.posts(&format!("/v1/invoices/{id}/coding"), coded).await.succeeds().position();
    let posted = o.posted(&id, coded).await;
    let open = o.first_open_day();
    assert_eq!(
        posted[3..],
        [format!("{open} 6000 -100.00"), format!("{open} 1400 -19.00"), format!("{open} 6850 100.00"), format!("{open} 1400 19.00"),],
        "{posted:?}"
    );
    assert_eq!(o.at_its_end(coded).await, closed);
}

/// An order that an invoice of a closed month bills is given back, and billed anew, in the first open one: the account between goods
/// and invoices ties to what was received and not invoiced on every day.
#[tokio::test]
async fn an_order_is_billed_anew_in_the_first_open_period() {
    let o = Office::open().await;
    let item = o.anna.posts("/v1/items", json!({ "sku": "P-4", "name": "Paper", "unit": "C62" })).await.succeeds().id();
    let line = json!({ "line": 1, "item_id": item, "description": "Paper", "quantity": "10", "unit_price": "12.50" });
    let order = json!({ "vendor_id": o.vendor, "number": "PO-7", "currency": "EUR", "lines": [line] });
    let order = o.anna.posts("/v1/purchase-orders", order).await.succeeds().id();
    let receipt =
        json!({ "purchase_order_id": order, "location": "main", "effective_date": o.then(), "lines": [{ "line": 1, "accepted": "10" }] });
    o.anna.posts("/v1/goods-receipts", receipt).await.succeeds();
    let bill = |quantity: &str| {
        let mut body = o.body("F-1", "12.50");
        body["references"] = json!({ "purchase_order": "PO-7" });
        body["lines"][0]["quantity"]["value"] = json!(quantity);
        body["lines"][0]["order_line"] = json!("1");
        body
    };
    let id = o.anna.posts("/v1/invoices", bill("8")).await.succeeds().id();
    o.closes().await;
    let amended = o.amends(&id, bill("10")).await.succeeds().position();
    for (as_of, left) in [(o.month.last_day(), "25.00"), (today(), "0.00")] {
        let grni = o.tess.gets(&format!("/v1/reports/grni?as_of={as_of}&min_position={amended}")).await.succeeds().body;
        assert_eq!(grni["controls"][0]["difference"]["amount"], "0.00", "{grni}");
        let balance = o.tess.gets(&format!("/v1/reports/trial-balance?as_of={as_of}&min_position={amended}")).await.succeeds().body;
        let between = balance["lines"].as_array().expect("lines").iter().find(|l| l["account"] == "2100");
        let between = between.map_or("0.00", |l| l["balance"]["amount"].as_str().expect("an amount"));
        assert_eq!(between.trim_start_matches('-'), left, "{as_of}: {balance}");
    }
}
