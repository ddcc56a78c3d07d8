//! What an item was agreed to cost is what an order's line costs that states no price, over HTTP.

use serde_json::{Value, json};

use crate::approval_policies::vendor;
use crate::rest_client::{Office, Reply};

fn card(list_price: Value) -> Value {
    let conversions = json!([{ "unit": "BX", "factor": "12" }]);
    json!({ "sku": "P-4", "name": "Paper", "unit": "C62", "conversions": conversions, "list_price": list_price })
}

fn euro(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

/// An office that orders one item from one vendor.
struct Buyer {
    office: Office,
    vendor: String,
    item: String,
}

impl Buyer {
    async fn of(list_price: Value) -> Self {
        let office = Office::open().await;
        let vendor = vendor(&office, "Paper Mill").await;
        let item = office.by("clerk").post("/v1/items", card(list_price)).await.done().id();
        Self { office, vendor, item }
    }

    fn line(&self, unit_price: Value, unit: Value) -> Value {
        json!({ "line": 1, "item_id": self.item, "description": "Paper", "quantity": "10", "unit_price": unit_price, "unit": unit })
    }

    async fn orders(&self, number: &str, currency: &str, line: Value) -> Reply {
        let order = json!({ "vendor_id": self.vendor, "number": number, "currency": currency, "lines": [line] });
        self.office.by("clerk").post("/v1/purchase-orders", order).await
    }

    async fn amends(&self, order: &str, line: Value) -> Reply {
        let body = json!({ "lines": [line], "reason": "agreed anew" });
        self.office.by("clerk").post(&format!("/v1/purchase-orders/{order}/amend"), body).await
    }

    async fn changes(&self, list_price: Value) -> Reply {
        self.office.by("clerk").post(&format!("/v1/items/{}", self.item), card(list_price)).await
    }

    async fn reads(&self, path: &str) -> Value {
        let sign = if path.contains('?') { '&' } else { '?' };
        self.office.by("auditor").get(&format!("{path}{sign}min_position={}", self.office.head().await)).await.done().body
    }

    /// What the order's line costs, and what the order comes to.
    async fn price(&self, order: &str) -> (Value, Value) {
        let read = self.reads(&format!("/v1/purchase-orders/{order}")).await;
        (read["lines"][0]["unit_price"].clone(), read["net"]["amount"].clone())
    }
}

fn priced(price: &str, net: &str) -> (Value, Value) {
    (json!(price), json!(net))
}

#[tokio::test]
async fn a_line_that_states_no_price_is_ordered_at_the_list_price() {
    let buyer = Buyer::of(json!({ "amount": "37.50", "currency": "EUR", "base_quantity": "100" })).await;
    let (none, boxes) = (Value::Null, json!("BX"));
    for (number, stated, unit, price) in [
        ("PO-1", &none, &none, priced("0.375", "3.75")),
        ("PO-2", &none, &boxes, priced("4.5", "45.00")),
        ("PO-3", &json!("9.00"), &boxes, priced("9.00", "90.00")),
    ] {
        let order = buyer.orders(number, "EUR", buyer.line(stated.clone(), unit.clone())).await.done().id();
        assert_eq!(buyer.price(&order).await, price, "{number}");
    }
    let refused = buyer.orders("PO-4", "USD", buyer.line(none.clone(), none.clone())).await;
    refused.refused(422, "list-price-in-other-currency").at("/lines/0/unit_price");
    buyer.orders("PO-4", "USD", buyer.line(json!("0.40"), none.clone())).await.done();
    buyer.changes(json!({ "amount": "10", "currency": "EUR", "base_quantity": "3" })).await.done();
    let refused = buyer.orders("PO-5", "EUR", buyer.line(none.clone(), none.clone())).await;
    refused.refused(422, "list-price-endless").at("/lines/0/unit_price");
    let boxed = buyer.orders("PO-5", "EUR", buyer.line(none.clone(), boxes)).await.done().id();
    assert_eq!(buyer.price(&boxed).await, priced("40", "400.00"), "twelve at 10 for three");
    buyer.changes(none.clone()).await.done();
    let refused = buyer.orders("PO-6", "EUR", buyer.line(none.clone(), none.clone())).await;
    refused.refused(422, "unit-price-missing").at("/lines/0/unit_price");
    let found = buyer.reads("/v1/purchase-orders").await;
    assert_eq!(found["data"].as_array().map(Vec::len), Some(5), "what was refused left nothing");
}

#[tokio::test]
async fn what_an_order_was_placed_at_stays_its_own() {
    let buyer = Buyer::of(euro("12.345")).await;
    let (none, boxes) = (Value::Null, json!("BX"));
    let line = || buyer.line(none.clone(), none.clone());
    let order = buyer.orders("PO-1", "EUR", line()).await.done().id();
    buyer.changes(euro("20")).await.done();
    assert_eq!(buyer.price(&order).await, priced("12.345", "123.45"));
    buyer.amends(&order, line()).await.done();
    assert_eq!(buyer.price(&order).await, priced("12.345", "123.45"), "a line that states no price keeps its own");
    let next = buyer.orders("PO-2", "EUR", line()).await.done().id();
    assert_eq!(buyer.price(&next).await, priced("20", "200.00"));
    // What was agreed of a piece is not of a box, and what somebody states is what is agreed.
    buyer.amends(&order, buyer.line(none.clone(), boxes.clone())).await.done();
    assert_eq!(buyer.price(&order).await, priced("240", "2400.00"));
    buyer.amends(&order, buyer.line(json!("230"), boxes)).await.done();
    assert_eq!(buyer.price(&order).await, priced("230", "2300.00"));
}

#[tokio::test]
async fn a_list_price_is_shown_with_its_history() {
    let buyer = Buyer::of(euro("12.50")).await;
    let path = format!("/v1/items/{}", buyer.item);
    let before = buyer.reads(&path).await;
    assert_eq!(before["list_price"], euro("12.50"));
    let then = buyer.reads(&format!("/v1/audit-trail?entity_id={}", buyer.item)).await;
    let at = then["data"][0]["recorded_at"].as_str().expect("a time").to_owned();
    let dearer = json!({ "amount": "1300", "currency": "EUR", "base_quantity": "100" });
    buyer.changes(dearer.clone()).await.done();
    assert_eq!(buyer.reads(&path).await["list_price"], dearer);
    assert_eq!(buyer.reads("/v1/items").await["data"][0]["list_price"], dearer);
    let known = buyer.reads(&format!("/v1/items?known_at={at}")).await;
    assert_eq!(known["data"][0]["list_price"], euro("12.50"), "{known}");
    let diff = buyer.reads(&format!("/v1/aggregates/{}/diff?from=1&to=2", buyer.item)).await;
    let told = diff.to_string();
    assert!(told.contains("/list_price/amount") && told.contains("12.50") && told.contains("1300"), "{told}");
    for (price, code, pointer) in [
        (euro("-0.01"), "list-price-negative", "/list_price/amount"),
        (json!({ "amount": "1", "currency": "EUR", "base_quantity": "0" }), "list-price-base-not-positive", "/list_price/base_quantity"),
        (json!({ "amount": 12.5, "currency": "EUR" }), "number-inexact", "/list_price/amount"),
    ] {
        buyer.changes(price).await.refused(422, code).at(pointer);
    }
    assert_eq!(buyer.reads(&path).await["list_price"], dearer);
}
