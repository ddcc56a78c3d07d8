//! Orders, receipts and invoices held against each other, over HTTP: what holds an invoice, and what lets it go.

use futures::future::join_all;
use quittance_domain::role::Role;
use quittance_tests::app::{Answer, Company, Person, TestApp};
use quittance_tests::day;
use serde_json::{Value, json};

pub(crate) struct Office {
    app: TestApp,
    pub(crate) company: Company,
    /// A clerk and an approver.
    pub(crate) anna: Person,
    pub(crate) bob: Person,
    pub(crate) vendor: String,
    pub(crate) item: String,
}

pub(crate) async fn office() -> Office {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let anna = app.user(&company, "anna", Role::ApClerk).await;
    let bob = app.user(&company, "bob", Role::Approver).await;
    let vendor = anna.posts("/v1/vendors", json!({ "name": "Muster GmbH", "address": { "country": "DE" } })).await.succeeds().id();
    let item = anna.posts("/v1/items", json!({ "sku": "BRK", "name": "Bracket", "unit": "C62" })).await.succeeds().id();
    Office { app, company, anna, bob, vendor, item }
}

impl Office {
    pub(crate) fn line(&self, quantity: &str, price: &str) -> Value {
        json!({ "line": 1, "item_id": self.item, "description": "Bracket", "quantity": quantity, "unit_price": price })
    }

    pub(crate) async fn order(&self, number: &str, line: Value) -> String {
        let order = json!({ "vendor_id": self.vendor, "number": number, "currency": "EUR", "lines": [line] });
        self.anna.posts("/v1/purchase-orders", order).await.succeeds().id()
    }

    pub(crate) async fn receives(&self, order: &str, line: Value) -> Answer {
        let receipt = json!({ "purchase_order_id": order, "location": "main", "lines": [line], "over_receipt_allowed": true });
        self.anna.posts("/v1/goods-receipts", receipt).await.succeeds()
    }

    pub(crate) fn invoice(&self, number: &str, order: &str, quantity: &str, price: &str) -> Value {
        let line = json!({ "name": "Bracket", "quantity": { "value": quantity, "unit": "C62" }, "unit_price": price, "order_line": "1",
            "tax": { "code": "S", "rate": "0" } });
        json!({ "vendor_id": self.vendor, "number": number, "issue_date": "2026-11-01", "currency": "EUR",
            "references": { "purchase_order": order }, "lines": [line] })
    }

    pub(crate) async fn bills(&self, number: &str, order: &str, quantity: &str, price: &str) -> String {
        self.anna.posts("/v1/invoices", self.invoice(number, order, quantity, price)).await.succeeds().id()
    }

    /// The checks that hold an invoice, once everything that follows from the last command has happened.
    pub(crate) async fn holds(&self, invoice: &str, after: &Answer) -> Vec<String> {
        let path = format!("/v1/invoices/{invoice}/match?min_position={}", after.position());
        let found = self.anna.gets(&path).await.succeeds();
        let holds = found.body["holds"].as_array().expect("holds").iter();
        holds.map(|hold| hold["check"].as_str().expect("a check").to_owned()).collect()
    }

    /// Something that has happened last.
    pub(crate) async fn now(&self) -> Answer {
        let sku = quittance_application::ports::Edge::new_id(&quittance_infrastructure::edge::SystemEdge);
        self.anna.posts("/v1/items", json!({ "sku": sku.to_string(), "name": "x", "unit": "C62" })).await.succeeds()
    }
}

#[tokio::test]
async fn an_invoice_waits_for_its_goods_and_goes_on_by_itself() {
    let o = office().await;
    let order = o.order("PO-1", o.line("10", "2.50")).await;
    let invoice = o.bills("I-1", "po-1", "10", "2.50").await;
    assert_eq!(o.holds(&invoice, &o.now().await).await, ["quantity_received"]);
    o.anna.posts(&format!("/v1/invoices/{invoice}/submit"), json!({})).await.is_refused_as("in-exception");
    let part = o.receives(&order, json!({ "line": 1, "accepted": "9" })).await;
    assert_eq!(o.holds(&invoice, &part).await, ["quantity_received"]);
    let rest = o.receives(&order, json!({ "line": 1, "accepted": "1" })).await;
    assert!(o.holds(&invoice, &rest).await.is_empty());
    let queue = o.anna.gets(&format!("/v1/exceptions?invoice_id={invoice}")).await.succeeds().body["data"].clone();
    assert_eq!(
        (&queue[0]["kind"], &queue[0]["status"], &queue[0]["severity"]),
        (&json!("missing_receipt"), &json!("passed"), &json!("low"))
    );
    o.anna.posts(&format!("/v1/invoices/{invoice}/submit"), json!({})).await.succeeds();
}

#[tokio::test]
async fn a_price_is_let_be_by_somebody_else_and_only_as_it_was_seen() {
    let o = office().await;
    let order = o.order("PO-1", o.line("10", "2.50")).await;
    o.receives(&order, json!({ "line": 1, "accepted": "10" })).await;
    let invoice = o.bills("I-1", "PO-1", "10", "2.75").await;
    assert_eq!(o.holds(&invoice, &o.now().await).await, ["price", "line_total"]);
    let release = |check: &str| json!({ "check": check, "line": "1", "reason": "agreed by telephone" });
    let path = format!("/v1/invoices/{invoice}/release-hold");
    o.anna.posts(&path, release("price")).await.is_refused_as("role-missing");
    o.bob.posts(&path, release("early")).await.is_refused_as("hold-unknown");
    o.bob.posts(&path, json!({ "check": "price", "line": "1", "reason": " " })).await.is_refused_as("reason-missing");
    let released = o.bob.posts(&path, release("price")).await.succeeds();
    assert_eq!(o.holds(&invoice, &released).await, ["line_total"], "exactly the one");
    let released = o.bob.posts(&path, release("line_total")).await.succeeds();
    assert!(o.holds(&invoice, &released).await.is_empty());
    // What is dearer still is another finding.
    let dearer = json!({ "invoice": o.invoice("I-1", "PO-1", "10", "2.80"), "reason": "typing mistake" });
    let amended = o.anna.posts(&format!("/v1/invoices/{invoice}/amend"), dearer).await.succeeds();
    assert_eq!(o.holds(&invoice, &amended).await, ["price", "line_total"]);
    // The order is agreed at that price: both pass, and nobody has to do anything.
    let agreed = json!({ "lines": [o.line("10", "2.80")], "reason": "the vendor was right" });
    let agreed = o.anna.posts(&format!("/v1/purchase-orders/{order}/amend"), agreed).await.succeeds();
    assert!(o.holds(&invoice, &agreed).await.is_empty());
}

/// Who enters the invoice does not make it match: what somebody approved is changed with their approval.
#[tokio::test]
async fn an_approved_order_at_another_price_is_approved_again_before_it_is_billed() {
    let o = office().await;
    let order = o.order("PO-1", o.line("10", "10")).await;
    o.bob.posts(&format!("/v1/purchase-orders/{order}/approve"), json!({})).await.succeeds();
    o.receives(&order, json!({ "line": 1, "accepted": "10" })).await;
    let invoice = o.bills("I-1", "PO-1", "10", "30").await;
    assert_eq!(o.holds(&invoice, &o.now().await).await, ["price", "line_total"]);
    let dearer = json!({ "lines": [o.line("10", "30")], "reason": "the price rose" });
    let amended = o.anna.posts(&format!("/v1/purchase-orders/{order}/amend"), dearer).await.succeeds();
    assert_eq!(o.holds(&invoice, &amended).await, ["order_state"]);
    o.anna.posts(&format!("/v1/invoices/{invoice}/submit"), json!({})).await.is_refused_as("in-exception");
    let approved = o.bob.posts(&format!("/v1/purchase-orders/{order}/approve"), json!({})).await.succeeds();
    assert!(o.holds(&invoice, &approved).await.is_empty());
}

#[tokio::test]
async fn tolerances_hold_and_let_go_by_the_most_specific_rule() {
    let o = office().await;
    let order = o.order("PO-1", o.line("10", "10")).await;
    o.receives(&order, json!({ "line": 1, "accepted": "10" })).await;
    let invoice = o.bills("I-1", "PO-1", "10", "10.40").await;
    assert_eq!(o.holds(&invoice, &o.now().await).await, ["price", "line_total"]);
    let limits = |percent: &str| json!({ "price_up": { "percent": percent }, "line_total": { "percent": percent } });
    let rules = json!({ "rules": [{ "applies": "tenant", "limits": limits("5") }] });
    o.bob.posts("/v1/tolerances", rules.clone()).await.is_refused_as("role-missing");
    let adopted = o.company.owner.posts("/v1/tolerances", rules).await.succeeds();
    assert!(o.holds(&invoice, &adopted).await.is_empty());
    let found = o.anna.gets(&format!("/v1/invoices/{invoice}/match")).await.succeeds().body;
    let price = found["findings"].as_array().expect("findings").iter().find(|f| f["check"] == "price").expect("a price").clone();
    let told = (&price["outcome"], &price["expected"], &price["actual"], &price["limit"], &price["source"]);
    assert_eq!(told, (&json!("within_tolerance"), &json!("10"), &json!("10.4"), &json!("10.5"), &json!("tenant")));
    let stricter = json!({ "rules": [
        { "applies": "tenant", "limits": limits("5") },
        { "applies": { "vendor": o.vendor }, "limits": limits("3") },
    ] });
    let adopted = o.company.owner.posts("/v1/tolerances", stricter).await.succeeds();
    assert_eq!(o.holds(&invoice, &adopted).await, ["price", "line_total"]);
    let negative = json!({ "rules": [{ "applies": "tenant", "limits": limits("-1") }] });
    o.company.owner.posts("/v1/tolerances", negative).await.is_refused_as("tolerance-negative");
    assert_eq!(o.anna.gets("/v1/tolerances/versions").await.succeeds().body.as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn two_clerks_cannot_each_pass_alone() {
    let o = office().await;
    let order = o.order("PO-1", o.line("10", "1")).await;
    o.receives(&order, json!({ "line": 1, "accepted": "10" })).await;
    // Sixteen invoices of 3 of 10 at the same moment: three fit.
    let numbers: Vec<String> = (0..16).map(|n| format!("RACE-{n}")).collect();
    let invoices = join_all(numbers.iter().map(|number| o.bills(number, "PO-1", "3", "1"))).await;
    let after = o.now().await;
    let mut free = Vec::new();
    for invoice in &invoices {
        if o.holds(invoice, &after).await.is_empty() {
            free.push(invoice.clone());
        }
    }
    assert_eq!(free.len(), 3, "{free:?}");
    let shown = o.anna.gets(&format!("/v1/purchase-orders/{order}")).await.succeeds().body;
    assert_eq!((&shown["lines"][0]["invoiced_quantity"], shown["invoices"].as_array().map(Vec::len)), (&json!("48"), Some(16)));
    // One that passed is voided: the next in line takes its place, and only that one.
    let voided = o.anna.posts(&format!("/v1/invoices/{}/void", free[0]), json!({ "reason": "twice" })).await.succeeds();
    let after = o.now().await;
    let mut now_free = Vec::new();
    for invoice in invoices.iter().filter(|invoice| **invoice != free[0]) {
        if o.holds(invoice, &after).await.is_empty() {
            now_free.push(invoice.clone());
        }
    }
    assert!(voided.status == 200 && now_free.len() == 3 && free[1..].iter().all(|kept| now_free.contains(kept)), "{now_free:?}");
}

#[tokio::test]
async fn what_goes_back_is_not_paid() {
    let o = office().await;
    let order = o.order("PO-1", o.line("10", "4")).await;
    let receipt = o.receives(&order, json!({ "line": 1, "accepted": "10" })).await;
    let invoice = o.bills("I-1", "PO-1", "10", "4").await;
    o.anna.posts(&format!("/v1/invoices/{invoice}/submit"), json!({})).await.succeeds();
    o.bob.posts(&format!("/v1/invoices/{invoice}/approve"), json!({})).await.succeeds();
    let back = |quantity: &str| json!({ "lines": [{ "line": 1, "quantity": quantity, "reason": "scratched" }] });
    let path = format!("/v1/goods-receipts/{}/return", receipt.id());
    o.anna.posts(&path, back("11")).await.is_refused_as("return-exceeds-receipt");
    let returned = o.anna.posts(&path, back("2")).await.succeeds();
    assert_eq!(o.holds(&invoice, &returned).await, ["quantity_received"]);
    let stock = o.anna.gets(&format!("/v1/stock?item_id={}", o.item)).await.succeeds();
    assert_eq!(stock.body["data"][0]["on_hand"], "8");
    let payment = json!({ "method": "manual", "items": [{ "invoice_id": invoice }] });
    o.company.owner.posts("/v1/payments", payment).await.is_refused_as("in-exception");
}

/// A payment that is planned and authorised is held by what comes up before it leaves.
#[tokio::test]
async fn what_goes_back_before_the_payment_leaves_is_not_paid() {
    let o = office().await;
    let (tess, theo) = (o.app.user(&o.company, "tess", Role::Treasurer).await, o.app.user(&o.company, "theo", Role::Treasurer).await);
    let order = o.order("PO-1", o.line("10", "4")).await;
    let receipt = o.receives(&order, json!({ "line": 1, "accepted": "10" })).await;
    let invoice = o.bills("I-1", "PO-1", "10", "4").await;
    o.anna.posts(&format!("/v1/invoices/{invoice}/submit"), json!({})).await.succeeds();
    o.bob.posts(&format!("/v1/invoices/{invoice}/approve"), json!({})).await.succeeds();
    let plan = json!({ "method": "manual", "items": [{ "invoice_id": invoice }] });
    let payment = tess.posts("/v1/payments", plan).await.succeeds().id();
    theo.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();

    let back = json!({ "lines": [{ "line": 1, "quantity": "9", "reason": "broken" }] });
    let returned = o.anna.posts(&format!("/v1/goods-receipts/{}/return", receipt.id()), back).await.succeeds();
    assert_eq!(o.holds(&invoice, &returned).await, ["quantity_received"]);
    let record = json!({ "method": "wire", "reference": "W-1", "paid_on": "2026-11-20" });
    let path = format!("/v1/payments/{payment}/record");
    let refused = tess.posts(&path, record.clone()).await;
    refused.is_refused_as("in-exception");
    assert!(refused.body["detail"].as_str().is_some_and(|detail| detail.ends_with("missing_receipt")), "{}", refused.body);
    let release = json!({ "check": "quantity_received", "line": "1", "reason": "they send new ones" });
    o.bob.posts(&format!("/v1/invoices/{invoice}/release-hold"), release).await.succeeds();
    tess.posts(&path, record).await.succeeds();
}

/// An approval is of what bills this order: without its number, or with another, it is asked for again.
#[tokio::test]
async fn an_invoice_that_leaves_its_order_is_approved_anew() {
    let o = office().await;
    let order = o.order("PO-1", o.line("10", "4")).await;
    o.receives(&order, json!({ "line": 1, "accepted": "10" })).await;
    let invoice = o.bills("I-1", "PO-1", "10", "4").await;
    o.anna.posts(&format!("/v1/invoices/{invoice}/submit"), json!({})).await.succeeds();
    let approved = o.bob.posts(&format!("/v1/invoices/{invoice}/approve"), json!({})).await.succeeds();
    let path = format!("/v1/invoices/{invoice}?min_position={}", approved.position());
    assert_eq!(o.anna.gets(&path).await.succeeds().body["status"], "approved");
    let mut without = o.invoice("I-1", "PO-1", "10", "4");
    without["references"] = json!({});
    let amended =
        o.anna.posts(&format!("/v1/invoices/{invoice}/amend"), json!({ "invoice": without, "reason": "no order" })).await.succeeds();
    let path = format!("/v1/invoices/{invoice}?min_position={}", amended.position());
    assert_eq!(o.anna.gets(&path).await.succeeds().body["status"], "received");
    let payment = json!({ "method": "manual", "items": [{ "invoice_id": invoice }] });
    o.company.owner.posts("/v1/payments", payment).await.is_refused_as("wrong-state");
}

#[tokio::test]
async fn what_waits_for_inspection_counts_only_where_that_is_enough() {
    let o = office().await;
    let with_mode = |mode: &str| {
        let mut line = o.line("10", "4");
        line["matching"] = json!(mode);
        line
    };
    let (three, four) = (o.order("PO-3", with_mode("three_way")).await, o.order("PO-4", with_mode("four_way")).await);
    let waits = json!({ "line": 1, "accepted": "0", "to_inspect": "10" });
    o.receives(&three, waits.clone()).await;
    let receipt = o.receives(&four, waits).await;
    let (by_three, by_four) = (o.bills("I-3", "PO-3", "10", "4").await, o.bills("I-4", "PO-4", "10", "4").await);
    let after = o.now().await;
    assert!(o.holds(&by_three, &after).await.is_empty());
    assert_eq!(o.holds(&by_four, &after).await, ["quantity_received"]);
    let path = format!("/v1/goods-receipts/{}/inspect", receipt.id());
    let judged = |accepted: &str, rejected: &str| json!({ "lines": [{ "line": 1, "accepted": accepted, "rejected": rejected }] });
    o.anna.posts(&path, judged("10", "1")).await.is_refused_as("not-waiting-for-inspection");
    let inspected = o.anna.posts(&path, judged("10", "0")).await.succeeds();
    assert!(o.holds(&by_four, &inspected).await.is_empty());
    let stock = o.anna.gets(&format!("/v1/stock?item_id={}", o.item)).await.succeeds();
    assert_eq!(stock.body["data"][0]["on_hand"], "10", "only what was accepted lies in stock");
}

#[tokio::test]
async fn goods_come_in_against_approved_orders_where_the_tenant_says_so() {
    let o = office().await;
    o.company
        .owner
        .posts("/v1/tolerances", json!({ "rules": [], "orders_need_approval": true, "unknown_order_holds": true }))
        .await
        .succeeds();
    let order = o.order("PO-1", o.line("10", "4")).await;
    let receipt = json!({ "purchase_order_id": order, "location": "main", "lines": [{ "line": 1, "accepted": "10" }] });
    o.anna.posts("/v1/goods-receipts", receipt.clone()).await.is_refused_as("purchase-order-not-approved");
    let invoice = o.bills("I-1", "PO-1", "10", "4").await;
    assert_eq!(o.holds(&invoice, &o.now().await).await, ["order_state", "quantity_received"]);
    o.bob.posts(&format!("/v1/purchase-orders/{order}/approve"), json!({})).await.succeeds();
    let received = o.anna.posts("/v1/goods-receipts", receipt).await.succeeds();
    assert!(o.holds(&invoice, &received).await.is_empty());
    let stray = o.bills("I-2", "PO-99", "1", "4").await;
    assert_eq!(o.holds(&stray, &o.now().await).await, ["order"]);
    o.order("PO-99", o.line("1", "4")).await;
    let matched = o.anna.posts(&format!("/v1/invoices/{stray}/match"), json!({})).await.succeeds();
    assert_eq!(o.holds(&stray, &matched).await, ["order_state", "quantity_received"]);
}

#[tokio::test]
async fn what_came_in_and_is_not_invoiced_is_told_by_line_and_adds_up() {
    let o = office().await;
    let order = o.order("PO-1", o.line("10", "2.50")).await;
    let dated = |on: &str, accepted: &str| {
        json!({ "purchase_order_id": order, "location": "main", "effective_date": on,
        "lines": [{ "line": 1, "accepted": accepted }] })
    };
    o.anna.posts("/v1/goods-receipts", dated("2026-10-01", "4")).await.succeeds();
    let known = o.anna.posts("/v1/goods-receipts", dated("2026-10-20", "6")).await.succeeds();
    // Dearer than ordered: what is left is goods, not money.
    let invoice = o.bills("I-1", "PO-1", "7", "3").await;
    let after = o.now().await;
    let report = |on: &str| format!("/v1/reports/grni?as_of={on}&min_position={}", after.position().max(known.position()));
    let cell = |body: &Value| (body["lines"][0]["quantity"].clone(), body["totals"][0]["amount"].clone());
    assert_eq!(cell(&o.anna.gets(&report("2026-10-10")).await.succeeds().body), (json!("4"), json!("10.00")));
    assert_eq!(cell(&o.anna.gets(&report("2026-10-31")).await.succeeds().body), (json!("10"), json!("25.00")));
    let dearer = o.anna.gets(&report("2026-11-01")).await.succeeds().body;
    assert_eq!(cell(&dearer), (json!("3"), json!("7.50")));
    let control = &dearer["controls"][0];
    assert_eq!(
        (&control["account"], &control["balance"]["amount"], &control["difference"]["amount"]),
        (&json!("2100"), &json!("7.50"), &json!("0.00"))
    );
    let facts = o.anna.gets(&format!("/v1/reports/grni/facts?purchase_order_id={order}&as_of=2026-11-01")).await.succeeds().body;
    let sum: rust_decimal::Decimal = facts["data"]
        .as_array()
        .expect("facts")
        .iter()
        .map(|f| f["value"]["amount"].as_str().expect("an amount").parse::<rust_decimal::Decimal>().expect("a decimal"))
        .sum();
    assert_eq!(sum.to_string(), "7.50");
    // The line's own link is checked, and is still its figure when more is known.
    let explained = dearer["lines"][0]["explained_by"].as_str().expect("a link").to_owned();
    let adds_up = async |link: &str| {
        let found = o.anna.gets(link).await.succeeds().body;
        (found["agrees"].clone(), found["sums"][0]["value"]["amount"].clone(), found["sums"][0]["quantity"].clone())
    };
    assert_eq!(adds_up(&explained).await, (json!(true), json!("7.50"), json!("3")), "{explained}");
    assert_eq!(adds_up(&explained.replace("figure=7.50", "figure=7.51")).await.0, json!(false));
    let voided = o.anna.posts(&format!("/v1/invoices/{invoice}/void"), json!({ "reason": "mistake" })).await.succeeds();
    let again = async |on: &str| {
        let path = format!("/v1/reports/grni?as_of={on}&min_position={}", voided.position());
        cell(&o.anna.gets(&path).await.succeeds().body)
    };
    assert_eq!(again("2026-11-01").await, (json!("3"), json!("7.50")), "it was billed until it was voided");
    assert_eq!(again("2099-12-31").await, (json!("10"), json!("25.00")));
    o.bills("I-2", "PO-1", "2", "2.50").await;
    let later = o.now().await.position();
    let now = o.anna.gets(&format!("/v1/reports/grni?as_of=2026-11-01&min_position={later}")).await.succeeds().body;
    assert_eq!(cell(&now).0, json!("1"), "{now}");
    assert_eq!(adds_up(&explained).await.0, json!(true), "what was known then is known for ever");
}

/// Each bill that counts anew lets the others of its order look again: a new price, and a bill that goes, end in rest and not in a round.
#[tokio::test]
async fn bills_of_an_order_that_changes_come_to_rest() {
    let o = office().await;
    let order = o.order("PO-1", o.line("20", "10.00")).await;
    o.receives(&order, json!({ "line": 1, "accepted": "6", "rejected": "0" })).await;
    let first = o.bills("I-1", "PO-1", "10", "10.00").await;
    o.bills("I-2", "PO-1", "8", "10.00").await;
    o.bills("I-3", "PO-1", "2", "10.00").await;
    let rest = || async {
        let mut versions = vec![];
        for _ in 0..12 {
            let now = o.now().await.position();
            let shown = o.anna.gets(&format!("/v1/purchase-orders/{order}?min_position={now}")).await.succeeds().body;
            versions.push(shown["version"].as_i64().expect("a version"));
        }
        assert_eq!(versions[6..], [versions[11]; 6], "{versions:?}");
    };
    let amended = json!({ "lines": [o.line("20", "12.00")], "reason": "dearer" });
    o.anna.posts(&format!("/v1/purchase-orders/{order}/amend"), amended).await.succeeds();
    rest().await;
    o.company.owner.posts(&format!("/v1/invoices/{first}/void"), json!({ "reason": "twice" })).await.succeeds();
    rest().await;
}

#[tokio::test]
async fn another_tenants_order_is_no_order() {
    let o = office().await;
    o.order("PO-1", o.line("10", "2.50")).await;
    let other = o.app.company("Other").await;
    let vendor = other.owner.posts("/v1/vendors", json!({ "name": "Muster GmbH" })).await.succeeds().id();
    let mut invoice = o.invoice("I-1", "PO-1", "10", "2.50");
    invoice["vendor_id"] = json!(vendor);
    let theirs = other.owner.posts("/v1/invoices", invoice).await.succeeds();
    let found = other.owner.gets(&format!("/v1/invoices/{}/match?min_position={}", theirs.id(), theirs.position())).await.succeeds().body;
    assert_eq!((&found["purchase_order_id"], &found["holds"]), (&Value::Null, &json!([])));
}

/// What an order says nothing about does not carry an amount past it.
#[tokio::test]
async fn rounding_and_prepaid_amounts_and_tax_carry_nothing_past_an_order() {
    let o = office().await;
    let order = o.order("PO-1", o.line("100", "10.00")).await;
    o.receives(&order, json!({ "line": 1, "accepted": "100" })).await;
    let table: &[(&str, &str, Value, &str)] = &[
        ("rounding", "I-1", json!("4000.00"), "totals"),
        ("prepaid", "I-22", json!("-4000.00"), "totals"),
        ("prepaid", "I-333", json!("100.01"), "totals"),
        ("tax", "I-4444", json!({ "code": "S", "rate": "99" }), "tax"),
        ("rounding", "I-55555", json!("-0.02"), ""),
    ];
    for (day, (field, number, stated, kind)) in table.iter().enumerate() {
        let mut invoice = o.invoice(number, "PO-1", "10", "10.00");
        invoice["issue_date"] = json!(format!("2026-11-0{}", day + 1));
        match *field {
            "tax" => invoice["lines"][0]["tax"] = stated.clone(),
            field => invoice[field] = stated.clone(),
        }
        let entered = o.anna.posts("/v1/invoices", invoice).await.succeeds();
        let found = o.anna.gets(&format!("/v1/invoices/{}?min_position={}", entered.id(), entered.position())).await.succeeds().body;
        let kinds: Vec<&str> = found["exceptions"].as_array().expect("a list").iter().filter_map(|own| own["kind"].as_str()).collect();
        assert_eq!(kinds.join(" "), *kind, "{field} {stated}: {found}");
    }
}

#[tokio::test]
async fn goods_are_not_judged_or_sent_back_in_a_closed_period() {
    let o = office().await;
    let order = o.order("PO-1", o.line("10", "4")).await;
    let receipt = o.receives(&order, json!({ "line": 1, "accepted": "4", "to_inspect": "6" })).await.id();
    o.company.owner.posts("/v1/periods/close", json!({ "period": "2026-09", "closing": "soft" })).await.succeeds();
    let on = "2026-09-15";
    let judged = json!({ "effective_date": on, "lines": [{ "line": 1, "accepted": "6", "rejected": "0" }] });
    o.anna.posts(&format!("/v1/goods-receipts/{receipt}/inspect"), judged).await.is_refused_as("period-closed");
    let back = json!({ "effective_date": on, "lines": [{ "line": 1, "quantity": "1", "reason": "scratched" }] });
    o.anna.posts(&format!("/v1/goods-receipts/{receipt}/return"), back).await.is_refused_as("period-closed");
}

/// Goods that are billed before they come stand in the account at the invoice's price, and the report says by how much it differs.
#[tokio::test]
async fn goods_billed_dearer_before_they_come_are_told_beside_their_account() {
    let o = office().await;
    let order = o.order("PO-1", o.line("10", "100")).await;
    o.bills("I-1", "PO-1", "10", "100.13").await;
    let standing = async |after: i64| {
        let path = format!("/v1/reports/grni?as_of={}&min_position={after}", day(0));
        let told = o.anna.gets(&path).await.succeeds().body;
        let amount = |money: &Value| money["amount"].as_str().unwrap_or("none").to_owned();
        [amount(&told["totals"][0]), amount(&told["controls"][0]["balance"]), amount(&told["controls"][0]["difference"])]
    };
    let billed = o.now().await.position();
    assert_eq!(standing(billed).await, ["-1000.00", "-1001.30", "1.30"]);
    let some = o.receives(&order, json!({ "line": 1, "accepted": "4" })).await;
    assert_eq!(standing(some.position()).await, ["-600.00", "-600.78", "0.78"]);
    let rest = o.receives(&order, json!({ "line": 1, "accepted": "6" })).await;
    assert_eq!(standing(rest.position()).await, ["none", "0.00", "0.00"]);
}
