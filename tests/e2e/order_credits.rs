//! What credit notes and voided bills give back to their order: no sooner than somebody agrees, and on the day on which they do.
//! A price that is credited is no goods given back. What prepayments ask for of it: no more than it comes to.

use serde_json::{Value, json};

use crate::matching::{Office, office};

impl Office {
    async fn credits(&self, number: &str, order: &str, quantity: &str, price: &str) -> String {
        let mut credit = self.invoice(number, order, quantity, price);
        (credit["kind"], credit["issue_date"]) = (json!("credit_note"), json!("2026-10-05"));
        self.anna.posts("/v1/invoices", credit).await.succeeds().id()
    }

    /// Entered on another day at another price, so that it looks like no other.
    async fn bills_again(&self, number: &str, order: &str) -> String {
        let mut bill = self.invoice(number, order, "10", "9.99");
        bill["issue_date"] = json!("2026-08-14");
        self.anna.posts("/v1/invoices", bill).await.succeeds().id()
    }

    /// What the goods here are worth, and the order's lines of which received and invoiced quantities differ.
    async fn told(&self, order: &str) -> (Value, Value) {
        let after = self.now().await.position();
        let stock = self.anna.gets(&format!("/v1/reports/stock-value?min_position={after}")).await.succeeds();
        let open = self.anna.gets(&format!("/v1/reports/grni?purchase_order_id={order}&min_position={after}")).await.succeeds();
        (stock.body["total"].clone(), open.body["lines"].clone())
    }

    async fn is_approved(&self, invoice: &str) {
        self.anna.posts(&format!("/v1/invoices/{invoice}/submit"), json!({})).await.succeeds();
        self.bob.posts(&format!("/v1/invoices/{invoice}/approve"), json!({})).await.succeeds();
    }
}

/// Otherwise a clerk bills an order twice behind a credit note of their own, and voids it when both are approved.
#[tokio::test]
async fn a_credit_note_makes_room_on_its_order_once_it_is_approved() {
    let o = office().await;
    let order = o.order("PO-1", o.line("10", "10")).await;
    o.receives(&order, json!({ "line": 1, "accepted": "10" })).await;
    o.bills("C-1", "PO-1", "10", "10").await;
    let credit = o.credits("X-2", "PO-1", "10", "10").await;
    let again = o.bills_again("M-3333", "PO-1").await;
    assert_eq!(o.holds(&again, &o.now().await).await, ["quantity_ordered", "quantity_received", "line_total"]);
    o.is_approved(&credit).await;
    assert!(o.holds(&again, &o.now().await).await.is_empty(), "also for what came in before it was approved");
    let voided = o.anna.posts(&format!("/v1/invoices/{credit}/void"), json!({ "reason": "not theirs" })).await.succeeds();
    assert_eq!(o.holds(&again, &voided).await, ["quantity_ordered", "quantity_received", "line_total"]);
}

/// Otherwise ten pieces stand as not invoiced for ever, their order may be billed once more, and what they cost never falls.
#[tokio::test]
async fn a_credit_note_for_the_price_alone_leaves_the_goods_billed_and_makes_them_cheaper() {
    let o = office().await;
    let order = o.order("PO-1", o.line("10", "10")).await;
    let receipt = o.receives(&order, json!({ "line": 1, "accepted": "10" })).await.id();
    let bill = o.bills("I-1", "PO-1", "10", "12").await;
    let credit = o.credits("X-2", "PO-1", "10", "2").await;
    o.is_approved(&credit).await;
    let again = o.bills_again("M-3333", "PO-1").await;
    assert_eq!(o.holds(&again, &o.now().await).await, ["quantity_ordered", "quantity_received", "line_total"], "there is room for none");
    o.anna.posts(&format!("/v1/invoices/{again}/void"), json!({ "reason": "billed twice" })).await.succeeds();
    assert_eq!(o.told(&order).await, (json!("100.00"), json!([])), "10.00 each, and nothing is left between goods and invoices");
    // Three of them go back after all, and were credited like the others.
    let back = json!({ "lines": [{ "line": 1, "quantity": "3", "reason": "scratched" }] });
    o.anna.posts(&format!("/v1/goods-receipts/{receipt}/return"), back).await.succeeds();
    let counted = o.anna.gets(&format!("/v1/purchase-orders/{order}?min_position={}", o.now().await.position())).await.succeeds();
    assert_eq!(counted.body["lines"][0]["invoiced_quantity"], json!("7"));
    assert_eq!(o.told(&order).await.1, json!([]));
    assert_ne!(bill, credit);
}

/// What a bill was owed for until it was voided, goods cost until then: the account between both ties on every day.
#[tokio::test]
async fn a_voided_bill_takes_its_price_back_on_the_day_of_the_void() {
    let o = office().await;
    let order = o.order("PO-1", o.line("10", "15")).await;
    let line = json!({ "line": 1, "accepted": "10" });
    let receipt = json!({ "purchase_order_id": order, "location": "main", "effective_date": "2026-10-01", "lines": [line] });
    o.anna.posts("/v1/goods-receipts", receipt).await.succeeds();
    let bill = o.bills("I-1", "PO-1", "10", "16").await;
    o.now().await;
    let voided = o.anna.posts(&format!("/v1/invoices/{bill}/void"), json!({ "reason": "billed to somebody else" })).await.succeeds();
    let after = voided.position().max(o.now().await.position());
    for (day, open, stock) in [("2026-10-31", "150.00", "150.00"), ("2026-11-05", "0.00", "160.00"), ("2099-12-31", "150.00", "150.00")] {
        let path = format!("/v1/reports/grni?as_of={day}&min_position={after}");
        let control = o.anna.gets(&path).await.succeeds().body["controls"][0].clone();
        assert_eq!((&control["balance"]["amount"], &control["difference"]["amount"]), (&json!(open), &json!("0.00")), "{day}");
        let path = format!("/v1/reports/trial-balance?as_of={day}&min_position={after}");
        let balance = o.anna.gets(&path).await.succeeds().body["lines"].clone();
        let mut lines = balance.as_array().expect("lines").iter();
        let inventory = lines.find(|line| line["account"] == "1200").map(|line| line["balance"]["amount"].clone());
        assert_eq!(inventory, Some(Value::from(stock)), "{day}");
    }
}

/// Nothing has come yet; but what is paid ahead of an order is no more than the order, and it is this vendor's.
#[tokio::test]
async fn prepayments_of_an_order_ask_for_no_more_than_it_comes_to() {
    let o = office().await;
    o.order("PO-1", o.line("10", "10")).await;
    let asks = async |number: &str, day: &str, price: &str| {
        let mut body = o.invoice(number, "PO-1", "10", price);
        (body["prepayment"], body["issue_date"]) = (json!(true), json!(day));
        let id = o.anna.posts("/v1/invoices", body).await.succeeds().id();
        let holds = o.holds(&id, &o.now().await).await;
        (id, holds)
    };
    assert_eq!(asks("A-1", "2026-07-01", "99").await.1, ["prepayment"], "990.00 of 100.00");
    let (half, holds) = asks("B-22", "2026-08-02", "6").await;
    assert_eq!(holds, ["prepayment"], "with the one before it, which nobody has voided");
    let first = o.anna.gets("/v1/invoices?number=A-1").await.succeeds().body["data"][0]["id"].clone();
    let path = format!("/v1/invoices/{}/void", first.as_str().expect("an id"));
    let voided = o.anna.posts(&path, json!({ "reason": "the sum of another order" })).await.succeeds();
    assert!(o.holds(&half, &voided).await.is_empty());
    o.is_approved(&half).await;
    assert_eq!(asks("C-333", "2026-09-03", "5").await.1, ["prepayment"], "60.00 of 100.00 are asked for already");
}
