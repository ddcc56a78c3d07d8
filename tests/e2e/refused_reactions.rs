//! What a process manager could not do is seen and done after all; what is moot is not shown to anybody.

use quittance_domain::Currency;
use quittance_domain::goods_receipt::{DeliveredLine, Delivery, GoodsReceipt, GoodsReceiptCommand};
use quittance_domain::ids::{GoodsReceiptId, ItemId, PurchaseOrderId, UserId};
use quittance_domain::item::{Item, ItemCard, ItemCommand};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::reads::{admin, goes_on, stands_still};
use crate::rest_client::{Office, fresh_key};

fn id<T: From<Uuid>>() -> T {
    fresh_key().parse::<Uuid>().expect("an id").into()
}

/// Goods of an item that nobody has made: what no command lets in, but a log may hold.
async fn goods_come_in(office: &Office, item_id: ItemId) -> i64 {
    let system = &office.app.system;
    let ctx = system.context(office.tenant, UserId(Uuid::nil())).await.expect("a context");
    let line = DeliveredLine {
        line: 1,
        item_id,
        accepted: Decimal::TEN,
        rejected: Decimal::ZERO,
        to_inspect: Decimal::ZERO,
        unit_cost: Decimal::ONE,
        currency: Currency::EUR,
        contains: None,
    };
    let delivery = Delivery {
        purchase_order_id: id::<PurchaseOrderId>(),
        location: "main".to_owned(),
        effective_date: ctx.today(),
        delivery_note: None,
        lines: vec![line],
        received_by: UserId(Uuid::nil()),
    };
    let receipt = id::<GoodsReceiptId>();
    system.commands.begin::<GoodsReceipt>(&ctx, receipt, GoodsReceiptCommand::Post(delivery)).await.expect("posted").position
}

async fn item_is_made(office: &Office, item_id: ItemId) {
    item_is_made_as(office, item_id, "LATE").await;
}

async fn item_is_made_as(office: &Office, item_id: ItemId, sku: &str) {
    let system = &office.app.system;
    let ctx = system.context(office.tenant, UserId(Uuid::nil())).await.expect("a context");
    let card: ItemCard = serde_json::from_value(json!({ "sku": sku, "name": "Bracket", "unit": "C62" })).expect("a card");
    system.commands.begin::<Item>(&ctx, item_id, ItemCommand::Create { card }).await.expect("made");
}

async fn refused(office: &Office, position: i64) -> Vec<Value> {
    let list = office.by("viewer").get(&format!("/v1/refused-reactions?min_position={position}")).await.done();
    list.body["data"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn goods_that_no_stock_took_are_seen_and_taken_once_the_cause_is_mended() {
    let office = Office::open().await;
    let (item, clerk) = (id::<ItemId>(), office.by("clerk"));
    let position = goods_come_in(&office, item).await;
    let seen = refused(&office, position).await;
    let [one] = seen.as_slice() else { panic!("one is refused: {seen:?}") };
    assert_eq!((&one["code"], &one["event_type"], &one["attempts"]), (&json!("item_unknown"), &json!("GoodsReceiptPosted"), &json!(1)));
    assert_eq!(one["position"], position);

    let retried = clerk.post("/v1/refused-reactions/retry", json!({})).await.done();
    assert_eq!((&retried.body["done"], &retried.body["refused"]), (&json!(0), &json!(1)));
    assert_eq!(refused(&office, position).await[0]["attempts"], 2);
    clerk.post(&format!("/v1/refused-reactions/retry?position={}", position + 1), json!({})).await.done();
    assert_eq!(refused(&office, position).await[0]["attempts"], 2, "another event's");

    let next_door = office.next_door("Other").await;
    assert_eq!(refused(&next_door, next_door.head().await).await, Vec::<Value>::new());
    let theirs = next_door.by("owner").post("/v1/refused-reactions/retry", json!({})).await.done();
    assert_eq!((&theirs.body["done"], &theirs.body["refused"]), (&json!(0), &json!(0)));

    item_is_made(&office, item).await;
    for expected in [1, 0] {
        let retried = clerk.post(&format!("/v1/refused-reactions/retry?position={position}"), json!({})).await.done();
        assert_eq!((&retried.body["done"], &retried.body["refused"]), (&json!(expected), &json!(0)));
        let after = retried.body["position"].as_i64().expect("a position");
        let stock = clerk.get(&format!("/v1/stock?item_id={item}&min_position={after}")).await.done();
        assert_eq!(stock.body["data"][0]["on_hand"], "10", "once: {stock:?}");
        assert_eq!(refused(&office, after).await, Vec::<Value>::new());
    }
}

#[tokio::test]
async fn what_a_person_has_seen_to_by_hand_is_dismissed_for_a_reason_and_never_done() {
    let office = Office::open().await;
    let (item, other, owner) = (id::<ItemId>(), id::<ItemId>(), office.by("owner"));
    let position = goods_come_in(&office, item).await;
    let others = goods_come_in(&office, other).await;
    assert_eq!(refused(&office, others).await.len(), 2);
    let dismiss = format!("/v1/refused-reactions/dismiss?position={position}");
    owner.post(&dismiss, json!({ "reason": " " })).await.refused(422, "reason-missing");
    office.by("clerk").post(&dismiss, json!({ "reason": "counted by hand" })).await.refused(403, "role-missing");
    let next_door = office.next_door("Other").await;
    let theirs = next_door.by("owner").post(&dismiss, json!({ "reason": "not mine" })).await.done();
    assert_eq!(theirs.body["position"], 0);

    let done = owner.post(&dismiss, json!({ "reason": "counted by hand" })).await.done();
    let after = done.body["position"].as_i64().expect("a position");
    let left = refused(&office, after).await;
    assert_eq!((left.len(), &left[0]["position"]), (1, &json!(others)), "{left:?}");
    let trail = office.by("auditor").get(&format!("/v1/audit-trail?action=RefusedReactionDismissed&min_position={after}")).await.done();
    assert_eq!((&trail.body["data"][0]["why"], &trail.body["data"][1]), (&json!("counted by hand"), &Value::Null), "{trail:?}");

    item_is_made(&office, item).await;
    item_is_made_as(&office, other, "OTHER").await;
    let retried = office.by("clerk").post("/v1/refused-reactions/retry", json!({})).await.done();
    assert_eq!((&retried.body["done"], &retried.body["refused"]), (&json!(1), &json!(0)));
    let after = retried.body["position"].as_i64().expect("a position");
    let on_hand =
        async |item: ItemId| owner.get(&format!("/v1/stock?item_id={item}&min_position={after}")).await.done().body["data"].clone();
    assert_eq!((on_hand(item).await, &on_hand(other).await[0]["on_hand"]), (json!([]), &json!("10")));
    assert_eq!(owner.post(&dismiss, json!({ "reason": "again" })).await.done().body["position"], 0);
}

/// Between the last approval and what it makes of the invoice somebody voids it: nobody has to see to that.
#[tokio::test]
async fn what_the_world_has_moved_on_from_is_shown_to_nobody() {
    let office = Office::open().await;
    let (mut admin, clerk) = (admin(&office.app.system).await, office.by("clerk"));
    let vendor = clerk.post("/v1/vendors", json!({ "name": "Muster GmbH" })).await.done().id();
    let line = json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": "10", "tax": { "code": "Z", "rate": "0" } });
    let invoice = json!({ "vendor_id": vendor, "number": "M-1", "issue_date": "2026-11-01", "currency": "EUR", "lines": [line] });
    let invoice = format!("/v1/invoices/{}", clerk.post("/v1/invoices", invoice).await.done().id());
    clerk.post(&format!("{invoice}/submit"), json!({})).await.done();
    stands_still(office.tenant, &mut admin, "reactions").await;
    office.by("approver").post(&format!("{invoice}/approve"), json!({})).await.done();
    clerk.post(&format!("{invoice}/void"), json!({ "reason": "sent twice" })).await.done();
    goes_on(&mut admin).await;
    let head = office.head().await;
    // That it goes on is known a moment later.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    office.app.system.settled(office.tenant, head).await.expect("everything has been reacted to");
    assert_eq!(clerk.get(&invoice).await.done().body["status"], "voided");
    assert_eq!(refused(&office, head).await, Vec::<Value>::new());
}
