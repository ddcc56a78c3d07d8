//! Terms that count from the receipt of the goods: provisional until these are there, fixed by the receipt (P2).

use quittance_tests::day;
use serde_json::{Value, json};

use crate::matching::{Office, office};

/// 2 % within ten days of the goods, with one day of grace, else net 30.
async fn by_goods(o: &Office) {
    let rule = json!({
        "name": "2/10 net 30 after receipt of goods",
        "base_date": "goods_receipt",
        "instalments": [{ "percent": "100", "due": { "kind": "net_days", "days": 30 } }],
        "discounts": [{ "percent": "2", "days": 10 }],
        "grace_days": 1,
    });
    o.anna.posts("/v1/payment-terms", json!({ "code": "ROG", "rule": rule })).await.succeeds();
    let details = json!({ "number": "V-1", "payment_terms": "ROG" });
    o.anna.posts(&format!("/v1/vendors/{}/details", o.vendor), details).await.succeeds();
}

async fn receives_on(o: &Office, order: &str, quantity: &str, on: i64) -> quittance_tests::app::Answer {
    let lines = json!([{ "line": 1, "accepted": quantity }]);
    let receipt = json!({ "purchase_order_id": order, "location": "main", "effective_date": day(on), "lines": lines });
    o.anna.posts("/v1/goods-receipts", receipt).await.succeeds()
}

/// Due date, last day of the discount, and whether they are provisional.
async fn days(o: &Office, invoice: &str, position: i64) -> (Value, Value, bool) {
    // Reactions follow the receipt: what they have done is behind this.
    let path = format!("/v1/invoices/{invoice}/match?min_position={position}");
    o.anna.gets(&path).await.succeeds();
    let seen = o.anna.gets(&format!("/v1/invoices/{invoice}?min_position={}", o.now().await.position())).await.succeeds().body;
    let terms = &seen["terms"];
    (seen["due_date"].clone(), terms["discounts"][0]["last_day"].clone(), !terms["awaiting_goods"].is_null())
}

#[tokio::test]
async fn the_receipt_of_the_last_goods_fixes_the_days() {
    let o = office().await;
    by_goods(&o).await;
    let order = o.order("PO-1", o.line("10", "100.00")).await;
    let bill = json!({ "issue_date": day(-40) });
    let mut invoice = o.invoice("I-1", "PO-1", "10", "100.00");
    invoice["issue_date"] = bill["issue_date"].clone();
    let invoice = o.anna.posts("/v1/invoices", invoice).await.succeeds();
    assert_eq!(days(&o, &invoice.id(), invoice.position()).await, (json!(day(-10)), json!(day(-29)), true));
    let part = receives_on(&o, &order, "9", -20).await;
    assert_eq!(days(&o, &invoice.id(), part.position()).await, (json!(day(-10)), json!(day(-29)), true));
    let rest = receives_on(&o, &order, "1", -5).await;
    assert_eq!(days(&o, &invoice.id(), rest.position()).await, (json!(day(25)), json!(day(6)), false));
    let ageing = o.anna.gets("/v1/reports/open-items").await.succeeds().body;
    assert_eq!(ageing["data"][0]["due_date"], json!(day(25)), "{ageing}");
    let found = o.anna.gets("/v1/reports/missed-discounts").await.succeeds().body;
    assert_eq!(found["data"], json!([]), "none ended before the goods were there");
}

#[tokio::test]
async fn goods_that_were_there_first_fix_the_days_at_once() {
    let o = office().await;
    by_goods(&o).await;
    let order = o.order("PO-1", o.line("20", "100.00")).await;
    receives_on(&o, &order, "10", -3).await;
    let mut invoice = o.invoice("I-1", "PO-1", "4", "100.00");
    invoice["issue_date"] = json!(day(-1));
    let invoice = o.anna.posts("/v1/invoices", invoice).await.succeeds();
    assert_eq!(days(&o, &invoice.id(), invoice.position()).await, (json!(day(27)), json!(day(8)), false));
    // The terms may change; what was agreed does not.
    o.anna
        .posts(
            "/v1/payment-terms",
            json!({ "code": "ROG", "rule": { "name": "net 5", "base_date": "goods_receipt",
        "instalments": [{ "percent": "100", "due": { "kind": "net_days", "days": 5 } }] } }),
        )
        .await
        .succeeds();
    let more = receives_on(&o, &order, "0.5", -1).await;
    assert_eq!(days(&o, &invoice.id(), more.position()).await, (json!(day(27)), json!(day(8)), false));
}

/// Services, an order that nobody knows, what is missing within a tolerance, what was let be, and the rest of a closed order.
#[tokio::test]
async fn what_will_never_be_received_is_not_waited_for() {
    let o = office().await;
    by_goods(&o).await;
    let short = json!({ "quantity_received_percent": "5", "quantity_ordered_percent": "5", "line_total": { "percent": "5" } });
    let rules = json!({ "rules": [{ "applies": "tenant", "limits": short }] });
    o.company.owner.posts("/v1/tolerances", rules).await.succeeds();
    let bills = async |number: &str, order: &str, quantity: &str, price: &str| {
        let mut invoice = o.invoice(number, order, quantity, price);
        invoice["issue_date"] = json!(day(-40));
        o.anna.posts("/v1/invoices", invoice).await.succeeds()
    };
    let by_its_coming_in = (json!(day(30)), json!(day(11)), false);
    let by_the_last_receipt = (json!(day(10)), json!(day(-9)), false);

    let mut service = o.line("10", "100.00");
    service["matching"] = json!("two_way");
    o.order("PO-1", service).await;
    let services = bills("A-1", "PO-1", "10", "100.00").await;
    assert_eq!(days(&o, &services.id(), services.position()).await, by_its_coming_in, "services");
    let unknown = bills("B-22", "NOPE", "1", "333.33").await;
    assert_eq!(days(&o, &unknown.id(), unknown.position()).await, by_its_coming_in, "an order that nobody knows");

    let order = o.order("PO-2", o.line("100", "7.77")).await;
    receives_on(&o, &order, "100", -20).await;
    let over = bills("C-333", "PO-2", "101", "7.77").await;
    assert_eq!(days(&o, &over.id(), over.position()).await, by_the_last_receipt, "101 billed of 100 that came");

    let order = o.order("PO-3", o.line("10", "5.00")).await;
    receives_on(&o, &order, "9", -20).await;
    let let_be = bills("D-4444", "PO-3", "10", "5.00").await;
    assert!(days(&o, &let_be.id(), let_be.position()).await.2, "one is missing");
    let release = json!({ "check": "quantity_received", "line": "1", "reason": "the tenth is a gift to the driver" });
    let released = o.bob.posts(&format!("/v1/invoices/{}/release-hold", let_be.id()), release).await.succeeds();
    assert_eq!(days(&o, &let_be.id(), released.position()).await, by_the_last_receipt, "the missing one was let be");

    let order = o.order("PO-4", o.line("10", "3.00")).await;
    receives_on(&o, &order, "4", -20).await;
    let rest = bills("E-55555", "PO-4", "10", "3.00").await;
    assert!(days(&o, &rest.id(), rest.position()).await.2, "six are missing");
    let closed = o.anna.posts(&format!("/v1/purchase-orders/{order}/close"), json!({})).await.succeeds();
    assert_eq!(days(&o, &rest.id(), closed.position()).await, by_the_last_receipt, "they will not come");
}
