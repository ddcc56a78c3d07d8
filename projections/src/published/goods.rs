//! What others may know of items, orders, deliveries and stock.

use quittance_domain::goods_receipt::{DeliveredLine, Delivery, GoodsReceiptEvent, InspectedLine, SentBackLine};
use quittance_domain::item::{ItemCard, ItemEvent};
use quittance_domain::location::{LocationCard, LocationEvent};
use quittance_domain::matching::{MatchingMode, UnitConversion};
use quittance_domain::purchase_order::{
    AgreedCharge, BilledSum, Billing, JudgedLine, OrderLine, PurchaseOrderEvent, ReceivedLine, ReturnedLine,
};
use quittance_domain::quantity::Quantity;
use quittance_domain::stock::{CostCause, ReceiptLine, StockEvent, Valuation};
use rust_decimal::Decimal;
use serde_json::Value;

use super::data;
use super::parties::address;

pub fn item(event: &ItemEvent) -> Value {
    let (ItemEvent::Created { card } | ItemEvent::Changed { card }) = event;
    // Where it goes in the books is told of each invoice, and what it costs of each order.
    let ItemCard {
        sku,
        name,
        unit,
        conversions,
        reorder_level,
        valuation,
        unit_weight,
        unit_volume: _,
        coding: _,
        group: _,
        list_price: _,
    } = card;
    let conversions = factors(conversions);
    data! { card: data! { sku, name, unit, conversions, reorder_level, valuation, unit_weight } }
}

pub fn location(event: &LocationEvent) -> Value {
    let told = |LocationCard { code, name, address: place }: &LocationCard| data! { code, name, address: place.as_ref().map(address) };
    match event {
        LocationEvent::Registered { location_id, card, by } | LocationEvent::Changed { location_id, card, by } => {
            data! { location_id, card: told(card), by }
        }
        LocationEvent::Closed { location_id, reason, by } | LocationEvent::Reopened { location_id, reason, by } => {
            data! { location_id, reason, by }
        }
    }
}

pub fn order(event: &PurchaseOrderEvent) -> Value {
    match event {
        PurchaseOrderEvent::Placed { vendor_id, number, currency, lines, charges, by } => {
            data! { vendor_id, number, currency, lines: lines.iter().map(order_line).collect::<Vec<_>>(), charges: agreed(charges), by }
        }
        PurchaseOrderEvent::Amended { revision, lines, charges, reason, by } => {
            data! { revision, lines: lines.iter().map(order_line).collect::<Vec<_>>(), charges: agreed(charges), reason, by }
        }
        PurchaseOrderEvent::Approved { revision, by } => data! { revision, by },
        PurchaseOrderEvent::Inspected { receipt_id, lines } => {
            let judged = |JudgedLine { line, accepted, rejected }: &JudgedLine| data! { line, accepted, rejected };
            data! { receipt_id, lines: lines.iter().map(judged).collect::<Vec<_>>() }
        }
        PurchaseOrderEvent::Returned { receipt_id, lines } => {
            let returned = |ReturnedLine { line, quantity, reason }: &ReturnedLine| data! { line, quantity, reason };
            data! { receipt_id, lines: lines.iter().map(returned).collect::<Vec<_>>() }
        }
        PurchaseOrderEvent::Billed(taken) | PurchaseOrderEvent::BillingWithdrawn(taken) => billing(taken),
        PurchaseOrderEvent::Received { receipt_id, lines } => {
            data! { receipt_id, lines: lines.iter().map(received_line).collect::<Vec<_>>() }
        }
        PurchaseOrderEvent::Closed { by } => data! { by },
        PurchaseOrderEvent::Cancelled { by, reason } => data! { by, reason },
    }
}

fn order_line(line: &OrderLine) -> Value {
    let OrderLine { line, item_id, description, quantity, unit_price, unit, contains, conversions, due_date, matching } = line;
    let matching = Some(matching).filter(|mode| **mode != MatchingMode::default());
    let (contains, conversions) = (contains.as_ref().map(contents), factors(conversions));
    data! { line, item_id, description, quantity, unit_price, unit, contains, conversions, due_date, matching }
}

fn contents(contains: &Quantity) -> Value {
    let Quantity { value, unit } = contains;
    data! { value, unit }
}

fn factors(conversions: &[UnitConversion]) -> Vec<Value> {
    conversions.iter().map(|UnitConversion { unit, factor }| data! { unit, factor }).collect()
}

fn agreed(charges: &[AgreedCharge]) -> Vec<Value> {
    charges.iter().map(|AgreedCharge { code, amount }| data! { code, amount }).collect()
}

fn billing(billing: &Billing) -> Value {
    let Billing { invoice_id, lines, charges, currency, effective_date, issue_date: _, relief, prepayment } = billing;
    let taken = |BilledSum { line, quantity, net, unit_price, repriced }: &BilledSum| {
        data! { line, quantity, net, unit_price, repriced: some(*repriced) }
    };
    let lines: Vec<_> = lines.iter().map(taken).collect();
    data! { invoice_id, lines, charges: agreed(charges), currency, effective_date, relief, prepayment }
}

fn received_line(line: &ReceivedLine) -> Value {
    let ReceivedLine { line, accepted, rejected, to_inspect } = line;
    data! { line, accepted, rejected, to_inspect: some(*to_inspect) }
}

pub fn receipt(event: &GoodsReceiptEvent) -> Value {
    match event {
        GoodsReceiptEvent::Posted(delivery) => posted(delivery),
        GoodsReceiptEvent::Inspected { purchase_order_id, inspection, lines, effective_date, by } => {
            data! { purchase_order_id, inspection, lines: lines.iter().map(inspected).collect::<Vec<_>>(), effective_date, by }
        }
        GoodsReceiptEvent::Returned { purchase_order_id, location, lines, effective_date, by } => {
            data! { purchase_order_id, location, lines: lines.iter().map(sent_back).collect::<Vec<_>>(), effective_date, by }
        }
    }
}

fn inspected(line: &InspectedLine) -> Value {
    let InspectedLine { line, item_id, accepted, rejected, unit_cost, currency } = line;
    data! { line, item_id, accepted, rejected, unit_cost, currency }
}

fn sent_back(line: &SentBackLine) -> Value {
    let SentBackLine { line, item_id, quantity, reason, unit_cost, currency } = line;
    data! { line, item_id, quantity, reason, unit_cost, currency }
}

fn posted(delivery: &Delivery) -> Value {
    let Delivery { purchase_order_id, location, effective_date, delivery_note, lines, received_by } = delivery;
    let lines = lines.iter().map(delivered_line).collect::<Vec<_>>();
    data! { purchase_order_id, location, effective_date, delivery_note, lines, received_by }
}

fn delivered_line(line: &DeliveredLine) -> Value {
    let DeliveredLine { line, item_id, accepted, rejected, to_inspect, unit_cost, currency, contains } = line;
    let contains = contains.as_ref().map(contents);
    data! { line, item_id, accepted, rejected, to_inspect: some(*to_inspect), unit_cost, currency, contains }
}

pub fn stock(event: &StockEvent) -> Value {
    match event {
        StockEvent::Opened { item_id, location, valuation } => {
            data! { item_id, location, valuation: Some(valuation).filter(|method| **method != Valuation::default()) }
        }
        StockEvent::Received { receipt: from, quantity, unit_cost, currency, on_hand, effective_date } => {
            data! { receipt: receipt_line(from), quantity, unit_cost, currency, on_hand, effective_date }
        }
        StockEvent::Returned { receipt: from, quantity, unit_cost, currency, on_hand, received_on, reason, by, effective_date } => {
            data! { receipt: receipt_line(from), quantity, unit_cost, currency, on_hand, received_on, reason, by, effective_date }
        }
        StockEvent::Issued { quantity, on_hand, reference, reason, by, effective_date } => {
            data! { quantity, on_hand, reference, reason, by, effective_date }
        }
        StockEvent::BroughtBack { reference, quantity, on_hand, reason, by, effective_date } => {
            data! { reference, quantity, on_hand, reason, by, effective_date }
        }
        StockEvent::Adjusted { difference, on_hand, reason, by, effective_date } => {
            data! { difference, on_hand, reason, by, effective_date }
        }
        StockEvent::Counted { counted, difference, by, effective_date } => data! { counted, difference, by, effective_date },
        StockEvent::Reserved { reference, quantity, by } | StockEvent::ReservationReleased { reference, quantity, by } => {
            data! { reference, quantity, by }
        }
        StockEvent::SentAway { transfer, to, to_stock, quantity, on_hand, by, effective_date } => {
            data! { transfer, to, to_stock, quantity, on_hand, by, effective_date }
        }
        StockEvent::TakenIn { transfer, from, quantity, on_hand, by, effective_date } => {
            data! { transfer, from, quantity, on_hand, by, effective_date }
        }
        StockEvent::Revalued { cause: why, receipt: from, quantity, difference, effective_date, rate_day: _ } => {
            data! { cause: cause(why), receipt: receipt_line(from), quantity, difference, effective_date }
        }
        StockEvent::RanLow { on_hand, reserved, reorder_level } | StockEvent::Recovered { on_hand, reserved, reorder_level } => {
            data! { on_hand, reserved: some(*reserved), reorder_level }
        }
    }
}

fn cause(cause: &CostCause) -> Value {
    match cause {
        CostCause::Invoice { invoice_id } => data! { invoice: data! { invoice_id } },
        CostCause::CreditNote { invoice_id } => data! { credit_note: data! { invoice_id } },
        CostCause::LandedCost { landed_cost_id, cost_account } => data! { landed_cost: data! { landed_cost_id, cost_account } },
    }
}

fn receipt_line(receipt: &ReceiptLine) -> Value {
    let ReceiptLine { receipt_id, line, inspection } = receipt;
    data! { receipt_id, line, inspection: Some(inspection).filter(|number| **number > 0) }
}

/// What is nothing is not said.
fn some(quantity: Decimal) -> Option<Decimal> {
    Some(quantity).filter(|quantity| !quantity.is_zero())
}
