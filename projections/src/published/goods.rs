//! What others may know of items, orders, deliveries and stock.

use quittance_domain::goods_receipt::{DeliveredLine, Delivery, GoodsReceiptEvent};
use quittance_domain::item::{ItemCard, ItemEvent};
use quittance_domain::purchase_order::{OrderLine, PurchaseOrderEvent, ReceivedLine};
use quittance_domain::stock::{ReceiptLine, StockEvent};
use serde_json::Value;

use super::data;

pub fn item(event: &ItemEvent) -> Value {
    let (ItemEvent::Created { card } | ItemEvent::Changed { card }) = event;
    let ItemCard { sku, name, unit, reorder_level } = card;
    data! { card: data! { sku, name, unit, reorder_level } }
}

pub fn order(event: &PurchaseOrderEvent) -> Value {
    match event {
        PurchaseOrderEvent::Placed { vendor_id, number, currency, lines, by } => {
            data! { vendor_id, number, currency, lines: lines.iter().map(order_line).collect::<Vec<_>>(), by }
        }
        PurchaseOrderEvent::Received { receipt_id, lines } => {
            data! { receipt_id, lines: lines.iter().map(received_line).collect::<Vec<_>>() }
        }
        PurchaseOrderEvent::Closed { by } => data! { by },
        PurchaseOrderEvent::Cancelled { by, reason } => data! { by, reason },
    }
}

fn order_line(line: &OrderLine) -> Value {
    let OrderLine { line, item_id, description, quantity, unit_price } = line;
    data! { line, item_id, description, quantity, unit_price }
}

fn received_line(line: &ReceivedLine) -> Value {
    let ReceivedLine { line, accepted, rejected } = line;
    data! { line, accepted, rejected }
}

pub fn receipt(event: &GoodsReceiptEvent) -> Value {
    let GoodsReceiptEvent::Posted(delivery) = event;
    let Delivery { purchase_order_id, location, effective_date, delivery_note, lines, received_by } = delivery;
    let lines = lines.iter().map(delivered_line).collect::<Vec<_>>();
    data! { purchase_order_id, location, effective_date, delivery_note, lines, received_by }
}

fn delivered_line(line: &DeliveredLine) -> Value {
    let DeliveredLine { line, item_id, accepted, rejected, unit_cost, currency } = line;
    data! { line, item_id, accepted, rejected, unit_cost, currency }
}

pub fn stock(event: &StockEvent) -> Value {
    match event {
        StockEvent::Opened { item_id, location } => data! { item_id, location },
        StockEvent::Received { receipt: ReceiptLine { receipt_id, line }, quantity, unit_cost, currency, on_hand, effective_date } => {
            data! { receipt: data! { receipt_id, line }, quantity, unit_cost, currency, on_hand, effective_date }
        }
        StockEvent::Issued { quantity, on_hand, reason, by, effective_date } => {
            data! { quantity, on_hand, reason, by, effective_date }
        }
        StockEvent::Adjusted { difference, on_hand, reason, by, effective_date } => {
            data! { difference, on_hand, reason, by, effective_date }
        }
        StockEvent::Counted { counted, difference, by, effective_date } => data! { counted, difference, by, effective_date },
        StockEvent::RanLow { on_hand, reorder_level } | StockEvent::Recovered { on_hand, reorder_level } => {
            data! { on_hand, reorder_level }
        }
    }
}
