//! An order in boxes of an item that is counted in pieces, over HTTP: what comes in, goes back, is billed and is dearer counts in pieces.

use serde_json::{Value, json};

use crate::matching::{Office, office};

impl Office {
    async fn boxed(&self, sku: &str, conversions: Value) -> String {
        let card = json!({ "sku": sku, "name": "Bolt", "unit": "C62", "conversions": conversions });
        self.anna.posts("/v1/items", card).await.succeeds().id()
    }

    fn boxes(&self, item: &str, price: &str) -> Value {
        let mut line = self.line("10", price);
        (line["item_id"], line["unit"]) = (json!(item), json!("BX"));
        line
    }

    /// How many of an item are here, and what they are worth.
    async fn here(&self, item: &str) -> (Value, Value) {
        let after = self.now().await.position();
        let told = self.anna.gets(&format!("/v1/reports/stock-value?item_id={item}&min_position={after}")).await.succeeds();
        (told.body["lines"][0]["quantity"].clone(), told.body["total"].clone())
    }

    /// What holds a bill of so many of a unit.
    async fn bills_in(&self, unit: &str, number: &str, quantity: &str, price: &str) -> Vec<String> {
        let mut invoice = self.invoice(number, "PO-1", quantity, price);
        invoice["lines"][0]["quantity"]["unit"] = json!(unit);
        let bill = self.anna.posts("/v1/invoices", invoice).await.succeeds().id();
        self.holds(&bill, &self.now().await).await
    }
}

#[tokio::test]
async fn boxes_come_in_as_pieces_and_are_billed_as_either() {
    let o = office().await;
    let item = o.boxed("BOLT", json!([{ "unit": "BX", "factor": "12" }, { "unit": "PF", "factor": "120" }])).await;
    let order = o.order("PO-1", o.boxes(&item, "30")).await;
    let path = format!("/v1/purchase-orders/{order}?min_position={}", o.now().await.position());
    let placed = o.anna.gets(&path).await.succeeds().body["lines"][0].clone();
    assert_eq!(placed["contains"], json!({ "value": "12", "unit": "C62" }));
    let receipt = o.receives(&order, json!({ "line": 1, "accepted": "9", "to_inspect": "1" })).await.id();
    assert_eq!(o.here(&item).await, (json!("108"), json!("270.00")));
    let judged = json!({ "lines": [{ "line": 1, "accepted": "1" }] });
    o.anna.posts(&format!("/v1/goods-receipts/{receipt}/inspect"), judged).await.succeeds();
    assert_eq!(o.here(&item).await, (json!("120"), json!("300.00")));
    let issue = json!({ "item_id": item, "location": "main", "quantity": "20", "reason": "sold" });
    o.anna.posts("/v1/stock/issue", issue).await.succeeds();
    assert_eq!(o.here(&item).await, (json!("100"), json!("250.00")), "2.50 each");
    // Half of them in pieces, and four boxes; the rest on a pallet, dearer by 12.00.
    assert!(o.bills_in("C62", "I-1", "60", "2.5").await.is_empty());
    assert!(o.bills_in("BX", "J-22", "4", "30").await.is_empty());
    assert_eq!(o.bills_in("PF", "K-333", "0.1", "420").await, ["price", "line_total"]);
    assert_eq!(o.here(&item).await, (json!("100"), json!("262.00")), "all of the dearer ones are here");
    let path = format!("/v1/reports/grni?purchase_order_id={order}&min_position={}", o.now().await.position());
    assert_eq!(o.anna.gets(&path).await.succeeds().body["lines"], json!([]));
    let back = json!({ "lines": [{ "line": 1, "quantity": "1", "reason": "rusty" }] });
    o.anna.posts(&format!("/v1/goods-receipts/{receipt}/return"), back).await.succeeds();
    assert_eq!(o.here(&item).await.0, json!("88"), "a box of twelve");
}

#[tokio::test]
async fn a_line_may_say_what_its_boxes_hold_and_what_nobody_says_is_refused() {
    let o = office().await;
    let item = o.boxed("BOLT", json!([])).await;
    let order = |line: Value| json!({ "vendor_id": o.vendor, "number": "PO-1", "currency": "EUR", "lines": [line] });
    let refused = o.anna.posts("/v1/purchase-orders", order(o.boxes(&item, "30"))).await;
    refused.is_refused_as("unit-not-convertible");
    assert_eq!(refused.body["errors"][0]["pointer"], json!("/lines/0/unit"));
    let mut tens = o.boxes(&item, "30");
    tens["contains"] = json!({ "value": "10", "unit": "KGM" });
    o.anna.posts("/v1/purchase-orders", order(tens.clone())).await.is_refused_as("unit-not-convertible");
    tens["contains"] = json!({ "value": "0", "unit": "C62" });
    o.anna.posts("/v1/purchase-orders", order(tens.clone())).await.is_refused_as("line-amounts");
    tens["contains"] = json!({ "value": "10", "unit": "C62" });
    let order = o.order("PO-1", tens.clone()).await;
    // What an item says later is not what this order was agreed by.
    let card = json!({ "sku": "BOLT", "name": "Bolt", "unit": "C62", "conversions": [{ "unit": "BX", "factor": "12" }] });
    o.anna.posts(&format!("/v1/items/{item}"), card).await.succeeds();
    let dearer = json!({ "lines": [o.boxes(&item, "31")], "reason": "the price of steel" });
    o.anna.posts(&format!("/v1/purchase-orders/{order}/amend"), dearer).await.succeeds();
    o.receives(&order, json!({ "line": 1, "accepted": "10" })).await;
    assert_eq!(o.here(&item).await, (json!("100"), json!("310.00")));
    tens["contains"] = json!({ "value": "12", "unit": "C62" });
    let changed = json!({ "lines": [tens], "reason": "they hold more" });
    o.anna.posts(&format!("/v1/purchase-orders/{order}/amend"), changed).await.is_refused_as("line-in-use");
}
