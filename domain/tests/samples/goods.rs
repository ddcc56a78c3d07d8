//! Items, orders, receipts and stock.

use quittance_domain::Currency;
use quittance_domain::goods_receipt::{DeliveredLine, Delivery, GoodsReceiptEvent};
use quittance_domain::item::{ItemCard, ItemEvent};
use quittance_domain::purchase_order::{OrderLine, PurchaseOrderEvent, ReceivedLine};
use quittance_domain::stock::{ReceiptLine, StockEvent};
use rust_decimal::dec;

use super::Sample;
use crate::fixtures::*;

pub fn items() -> Vec<Sample<ItemEvent>> {
    let card = |reorder_level| ItemCard { sku: "P-4".to_owned(), name: "Paper, A4".to_owned(), unit: "C62".to_owned(), reorder_level };
    vec![("", ItemEvent::Created { card: card(Some(dec!(10))) }), ("", ItemEvent::Changed { card: card(None) })]
}

pub fn purchase_orders() -> Vec<Sample<PurchaseOrderEvent>> {
    let line = OrderLine { line: 1, item_id: ITEM, description: "Paper, A4".to_owned(), quantity: dec!(10), unit_price: dec!(12.50) };
    let received = ReceivedLine { line: 1, accepted: dec!(9), rejected: dec!(1) };
    let (number, currency) = ("PO-7".to_owned(), Currency::EUR);
    vec![
        ("", PurchaseOrderEvent::Placed { vendor_id: VENDOR, number, currency, lines: vec![line], by: ANNA }),
        ("", PurchaseOrderEvent::Received { receipt_id: RECEIPT, lines: vec![received] }),
        ("", PurchaseOrderEvent::Closed { by: ANNA }),
        ("", PurchaseOrderEvent::Cancelled { by: ANNA, reason: "no longer needed".to_owned() }),
    ]
}

pub fn goods_receipts() -> Vec<Sample<GoodsReceiptEvent>> {
    let (accepted, rejected, unit_cost) = (dec!(9), dec!(1), dec!(12.50));
    let line = DeliveredLine { line: 1, item_id: ITEM, accepted, rejected, unit_cost, currency: Currency::EUR };
    let delivery = |delivery_note| Delivery {
        purchase_order_id: ORDER,
        location: "main".to_owned(),
        effective_date: day("2026-03-02"),
        delivery_note,
        lines: vec![line.clone()],
        received_by: CARL,
    };
    vec![("", GoodsReceiptEvent::Posted(delivery(Some("L-99".to_owned())))), ("without_note", GoodsReceiptEvent::Posted(delivery(None)))]
}

pub fn stocks() -> Vec<Sample<StockEvent>> {
    let (by, effective_date, on_hand, reorder_level) = (CARL, day("2026-03-02"), dec!(9), dec!(10));
    let receipt = ReceiptLine { receipt_id: RECEIPT, line: 1 };
    let (quantity, unit_cost, currency) = (dec!(9), dec!(12.50), Currency::EUR);
    vec![
        ("", StockEvent::Opened { item_id: ITEM, location: "main".to_owned() }),
        ("", StockEvent::Received { receipt, quantity, unit_cost, currency, on_hand, effective_date }),
        ("", StockEvent::Issued { quantity, on_hand, reason: "order 5".to_owned(), by, effective_date }),
        ("", StockEvent::Adjusted { difference: dec!(-0.5), on_hand, reason: "broken".to_owned(), by, effective_date }),
        ("", StockEvent::Counted { counted: dec!(9), difference: dec!(0), by, effective_date }),
        ("", StockEvent::RanLow { on_hand, reorder_level }),
        ("", StockEvent::Recovered { on_hand, reorder_level }),
    ]
}
