//! Two vendors that are one under two names, over HTTP: what comes in later is the survivor's, what is owed stays where it is.

use quittance_domain::role::Role;
use quittance_tests::app::{Company, Person, TestApp};
use serde_json::{Value, json};

struct Office {
    app: TestApp,
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
    Office { app, company, anna, muster, twin }
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

/// An order placed under the old name counts what the survivor bills, whose it is now.
#[tokio::test]
async fn an_order_counts_the_bills_of_both_names() {
    let o = office().await;
    let item = o.anna.posts("/v1/items", json!({ "sku": "BRK", "name": "Bracket", "unit": "C62" })).await.succeeds().id();
    let line = json!({ "line": 1, "item_id": item, "description": "Bracket", "quantity": "10", "unit_price": "10.00" });
    let order = json!({ "vendor_id": o.twin, "number": "PO-8", "currency": "EUR", "lines": [line] });
    o.anna.posts("/v1/purchase-orders", order).await.succeeds();
    o.merges().await;
    let mut ordered = vec![];
    for (vendor, number) in [(&o.muster, "M-1"), (&o.twin, "M-2")] {
        let mut bill = Office::document(vendor, number, "invoice");
        (bill["references"], bill["lines"][0]["order_line"]) = (json!({ "purchase_order": "PO-8" }), json!("1"));
        (bill["lines"][0]["quantity"]["value"], bill["lines"][0]["unit_price"]) = (json!("10"), json!("10.00"));
        let bill = o.anna.posts("/v1/invoices", bill).await.succeeds();
        let told = o.anna.gets(&format!("/v1/invoices/{}/match?min_position={}", bill.id(), bill.position())).await.succeeds().body;
        let findings = told["findings"].as_array().expect("findings");
        let found = findings.iter().find(|finding| finding["check"] == "quantity_ordered").expect("it is compared");
        ordered.push(found["outcome"].clone());
    }
    assert_eq!(ordered, ["pass", "fail"]);
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

/// What it was owed under either name is on the survivor's statement, from when the two were known to be one.
#[tokio::test]
async fn the_statement_of_the_survivor_tells_of_both_names() {
    let o = office().await;
    o.bills(&o.muster, "M-1").await;
    let lone = o.bills(&o.twin, "M-2").await;
    let tess = o.app.user(&o.company, "tess", Role::Treasurer).await;
    let known = tess.gets(&format!("/v1/invoices/{lone}")).await.succeeds().body["received_at"].as_str().expect("a time").to_owned();
    let position = o.merges().await;
    let statement = |vendor: &str, rest: &str| {
        let path = format!("/v1/reports/vendor-statement?vendor_id={vendor}&from=2026-11-01&to=2026-11-30&min_position={position}{rest}");
        let tess = &tess;
        async move { tess.gets(&path).await.succeeds().body }
    };
    let closing = |told: &Value| told["closing"].as_array().expect("sums").iter().map(|sum| sum["amount"].clone()).collect::<Vec<_>>();
    let both = statement(&o.muster, "").await;
    assert_eq!((closing(&both), both["data"].as_array().map(Vec::len)), (vec![json!("200.00")], Some(2)), "{both}");
    assert_eq!(closing(&statement(&o.muster, &format!("&known_at={known}")).await), [json!("100.00")], "as if they were two");
    assert_eq!(closing(&statement(&o.twin, "").await), [json!("100.00")], "what was recorded under the old name");
    let items = tess.gets(&format!("/v1/reports/open-items?vendor_id={}&with_absorbed=true", o.muster)).await.succeeds().body;
    assert_eq!(items["data"].as_array().map(Vec::len), Some(2), "{items}");
    let facts = format!("/v1/reports/payable-facts?vendor_id={}&with_absorbed=true&figure=200.00", o.muster);
    assert_eq!(tess.gets(&facts).await.succeeds().body["agrees"], json!(true));
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

impl Office {
    async fn bills_for(&self, vendor: &str, number: &str, issued: &str, price: &str) -> String {
        let line = json!({ "name": "Brackets", "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "S", "rate": "0" } });
        let invoice = json!({ "vendor_id": vendor, "number": number, "issue_date": issued, "currency": "EUR", "lines": [line] });
        self.anna.posts("/v1/invoices", invoice).await.succeeds().id()
    }

    /// The invoice once everything that has happened so far has had its effect.
    async fn settled(&self, id: &str) -> Value {
        let mut tx = self.app.system.database.read(self.company.tenant).await.expect("a transaction");
        let head = quittance_projections::source::head(&mut tx).await.expect("a head");
        drop(tx);
        self.app.system.settled(self.company.tenant, head).await.expect("in time");
        self.anna.gets(&format!("/v1/invoices/{id}")).await.succeeds().body
    }

    /// What it looks like, and in what.
    async fn looks_like(&self, id: &str) -> Vec<(String, Value)> {
        let lookalikes = self.settled(id).await["lookalikes"].as_array().expect("lookalikes").clone();
        let told = |found: Value| (found["invoice_id"].as_str().expect("an id").to_owned(), found["likenesses"].clone());
        lookalikes.into_iter().map(told).collect()
    }

    async fn approves(&self, bob: &Person, invoice: &str) {
        self.settled(invoice).await;
        self.anna.posts(&format!("/v1/invoices/{invoice}/submit"), json!({})).await.succeeds();
        bob.posts(&format!("/v1/invoices/{invoice}/approve"), json!({})).await.succeeds();
        assert_eq!(self.settled(invoice).await["status"], "approved");
    }

    /// As after a crash that lost where the process manager was.
    async fn compares_all_again(&self) {
        let (tenant, database) = (self.company.tenant, &self.app.system.database);
        let position = "select position from ops.checkpoints where tenant_id = $1 and projector = 'duplicates'";
        let mut tx = database.project(tenant).await.expect("a transaction");
        let reached: i64 = sqlx::query_scalar(position).bind(tenant.0).fetch_one(&mut *tx).await.expect("a position");
        let back = "update ops.checkpoints set position = 0 where tenant_id = $1 and projector = 'duplicates'";
        sqlx::query(back).bind(tenant.0).execute(&mut *tx).await.expect("an update");
        tx.commit().await.expect("a commit");
        for _ in 0..600 {
            let mut tx = database.project(tenant).await.expect("a transaction");
            let now: i64 = sqlx::query_scalar(position).bind(tenant.0).fetch_one(&mut *tx).await.expect("a position");
            if now >= reached {
                return;
            }
            drop(tx);
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("the process manager does not catch up");
    }

    async fn pays(&self, invoice: &str) -> quittance_tests::app::Answer {
        let plan = json!({ "method": "manual", "items": [{ "invoice_id": invoice }] });
        self.company.owner.posts("/v1/payments", plan).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_open_invoices_of_both_names_are_compared_when_they_become_one() {
    let o = office().await;
    let bob = o.app.user(&o.company, "bob", Role::Approver).await;
    let first = o.bills_for(&o.muster, "R-1007", "2026-11-02", "100.00").await;
    let same_number = o.bills_for(&o.twin, "r 1007", "2026-10-30", "88.00").await;
    let alike = o.bills_for(&o.twin, "T-77", "2026-11-05", "100.00").await;
    let apart = o.bills_for(&o.twin, "T-78", "2026-11-05", "555.00").await;
    let gone = o.bills_for(&o.muster, "R-555", "2026-11-05", "555.00").await;
    o.anna.posts(&format!("/v1/invoices/{gone}/void"), json!({ "reason": "never came" })).await.succeeds();
    let later = o.bills_for(&o.muster, "R-89", "2026-11-06", "88.00").await;
    for invoice in [&same_number, &alike, &apart, &later] {
        assert_eq!(o.looks_like(invoice).await, [], "under two names nothing is alike");
    }
    o.approves(&bob, &alike).await;

    o.merges().await;
    assert_eq!(o.looks_like(&first).await, [], "of two the newer one is held");
    assert_eq!(o.looks_like(&same_number).await, [(first.clone(), json!(["same_number"]))]);
    assert_eq!(o.looks_like(&alike).await, [(first.clone(), json!(["same_amount_near_date"]))]);
    assert_eq!(o.looks_like(&later).await, [(same_number.clone(), json!(["same_amount_near_date"]))], "whichever name has the newer one");
    assert_eq!(o.looks_like(&apart).await, [], "what is void is no duplicate");

    // What was approved is approved once more, after somebody has looked.
    assert_eq!(o.settled(&alike).await["status"], "in_exception");
    o.pays(&alike).await.is_refused_as("wrong-state");
    let queue = o.anna.gets(&format!("/v1/exceptions?invoice_id={alike}")).await.succeeds().body;
    assert_eq!(queue["data"].as_array().map(Vec::len), Some(1), "{queue}");
    let dismiss = json!({ "other": first, "reason": "two deliveries" });
    bob.posts(&format!("/v1/invoices/{alike}/dismiss-duplicate"), dismiss).await.succeeds();
    o.approves(&bob, &alike).await;

    // Merged once more, nothing is found again.
    let before = o.app.system.database.heads().await.expect("heads");
    o.merges().await;
    assert_eq!(o.looks_like(&alike).await, []);
    assert_eq!(o.app.system.database.heads().await.expect("heads"), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_looks_like_a_later_one_that_is_paid_is_held_itself_and_what_is_planned_does_not_leave() {
    let o = office().await;
    let bob = o.app.user(&o.company, "bob", Role::Approver).await;
    let (tess, theo) = (o.app.user(&o.company, "tess", Role::Treasurer).await, o.app.user(&o.company, "theo", Role::Treasurer).await);
    let open = o.bills_for(&o.muster, "R-1", "2026-11-02", "100.00").await;
    let paid = o.bills_for(&o.twin, "T-55", "2026-11-02", "100.00").await;
    let planned = o.bills_for(&o.twin, "T-99", "2026-11-12", "70.00").await;
    let older = o.bills_for(&o.muster, "R-2", "2026-11-12", "70.00").await;
    let newest = o.bills_for(&o.twin, "T-100", "2026-11-13", "70.00").await;
    bob.posts(&format!("/v1/vendors/{}/verify", o.twin), json!({})).await;
    let dismiss = json!({ "other": planned, "reason": "two deliveries" });
    o.settled(&newest).await;
    bob.posts(&format!("/v1/invoices/{newest}/dismiss-duplicate"), dismiss).await.succeeds();
    for invoice in [&paid, &newest] {
        o.approves(&bob, invoice).await;
    }
    let today = quittance_tests::today();
    let authorised = async |invoice: &str| {
        let plan = json!({ "method": "manual", "items": [{ "invoice_id": invoice }] });
        let payment = tess.posts("/v1/payments", plan).await.succeeds().id();
        theo.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();
        payment
    };
    let record = json!({ "method": "wire", "reference": "W-1", "paid_on": today });
    let payment = authorised(&paid).await;
    tess.posts(&format!("/v1/payments/{payment}/record"), record.clone()).await.succeeds();
    tess.posts(&format!("/v1/payments/{payment}/settle"), json!({ "value_date": today })).await.succeeds();
    assert_eq!(o.settled(&paid).await["status"], "paid");
    let leaving = authorised(&newest).await;

    o.merges().await;
    assert_eq!(
        o.looks_like(&open).await,
        [(paid.clone(), json!(["same_amount_and_date"]))],
        "the newer one is paid: nothing else can be stopped"
    );
    assert_eq!(o.looks_like(&paid).await, []);
    assert_eq!(o.looks_like(&newest).await, [(older.clone(), json!(["same_amount_near_date"]))], "what was dismissed stays dismissed");
    assert_eq!(o.looks_like(&older).await, [(planned.clone(), json!(["same_amount_and_date"]))]);
    tess.posts(&format!("/v1/payments/{leaving}/record"), record).await.is_refused_as("in-exception");

    let before = o.app.system.database.heads().await.expect("heads");
    o.compares_all_again().await;
    assert_eq!(o.app.system.database.heads().await.expect("heads"), before, "twice is once, whatever was done before a crash");
}
