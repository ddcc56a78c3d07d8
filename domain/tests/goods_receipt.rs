//! A goods receipt: posted once, never changed.

mod fixtures;

use fixtures::*;
use quittance_domain::Currency;
use quittance_domain::goods_receipt::{DeliveredLine, Delivery, GoodsReceipt, GoodsReceiptCommand, GoodsReceiptEvent, GoodsReceiptRefusal};
use rust_decimal::dec;

fn delivery() -> Delivery {
    let line =
        DeliveredLine { line: 1, item_id: ITEM, accepted: dec!(9), rejected: dec!(1), unit_cost: dec!(12.50), currency: Currency::EUR };
    Delivery {
        purchase_order_id: ORDER,
        location: "main".to_owned(),
        effective_date: day("2026-03-02"),
        delivery_note: Some("L-99".to_owned()),
        lines: vec![line],
        received_by: CARL,
    }
}

fn post(delivery: Delivery) -> GoodsReceiptCommand {
    GoodsReceiptCommand::Post(delivery)
}

#[test]
fn a_receipt_is_posted_once() {
    let posted = vec![GoodsReceiptEvent::Posted(delivery())];
    nothing::<GoodsReceipt>().when(post(delivery())).then_expect_events(posted.clone());
    given::<GoodsReceipt>(posted).when(post(delivery())).then_expect_events(vec![]);
}

#[test]
fn a_posted_receipt_never_says_anything_else() {
    let other = Delivery { location: "north".to_owned(), ..delivery() };
    given::<GoodsReceipt>(vec![GoodsReceiptEvent::Posted(delivery())])
        .when(post(other))
        .then_expect_error(GoodsReceiptRefusal::GoodsReceiptExists);
}

#[test]
fn goods_lie_somewhere() {
    let nowhere = Delivery { location: " ".to_owned(), ..delivery() };
    nothing::<GoodsReceipt>().when(post(nowhere)).then_expect_error(GoodsReceiptRefusal::LocationMissing);
}
