//! An order that was closed, over HTTP: what came in before is billed still, and what nobody expects any more waits for somebody to look.

use serde_json::json;

use crate::matching::office;

#[tokio::test]
async fn a_closed_order_is_billed_as_far_as_it_came_in() {
    let o = office().await;
    let order = o.order("PO-1", o.line("10", "10")).await;
    o.receives(&order, json!({ "line": 1, "accepted": "4" })).await;
    let known = o.bills("I-1", "PO-1", "1", "10").await;
    o.anna.posts(&format!("/v1/purchase-orders/{order}/close"), json!({})).await.succeeds();
    let rest = o.bills("J-22", "PO-1", "3", "10").await;
    let more = o.bills("K-333", "PO-1", "6", "10").await;
    let now = o.now().await;
    assert!(o.holds(&known, &now).await.is_empty() && o.holds(&rest, &now).await.is_empty());
    assert_eq!(o.holds(&more, &now).await, ["order_state", "quantity_received"]);
    let found = o.anna.gets(&format!("/v1/invoices/{more}/match")).await.succeeds().body["findings"][0].clone();
    let said = ["check", "line", "expected", "actual", "limit"].map(|field| found[field].clone());
    assert_eq!(said, ["order_state", "1", "open", "closed", "4"].map(|word| json!(word)));
}

/// Nothing of a service is ever received: closing its order is how a clerk says that nothing more is paid on it.
#[tokio::test]
async fn a_closed_order_for_a_service_is_not_billed_at_all() {
    let o = office().await;
    let mut line = o.line("10", "10");
    line["matching"] = json!("two_way");
    let order = o.order("PO-1", line).await;
    o.anna.posts(&format!("/v1/purchase-orders/{order}/close"), json!({})).await.succeeds();
    let bill = o.bills("I-1", "PO-1", "10", "10").await;
    assert_eq!(o.holds(&bill, &o.now().await).await, ["order_state"]);
    let mut ahead = o.invoice("A-7", "PO-1", "1", "10");
    (ahead["prepayment"], ahead["issue_date"]) = (json!(true), json!("2026-07-01"));
    let ahead = o.anna.posts("/v1/invoices", ahead).await.succeeds().id();
    assert_eq!(o.holds(&ahead, &o.now().await).await, ["order_state", "prepayment"], "10.00 beside the 100.00 that are billed");
    let release = json!({ "check": "order_state", "line": "1", "reason": "closed too early" });
    o.bob.posts(&format!("/v1/invoices/{bill}/release-hold"), release).await.succeeds();
    assert!(o.holds(&bill, &o.now().await).await.is_empty());
}
