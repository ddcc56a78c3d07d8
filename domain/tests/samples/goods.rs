//! Items, orders, receipts and stock.

use quittance_domain::Currency;
use quittance_domain::goods_receipt::{DeliveredLine, Delivery, GoodsReceiptEvent, InspectedLine, SentBackLine};
use quittance_domain::item::{ItemCard, ItemEvent};
use quittance_domain::matching::{MatchingMode, UnitConversion};
use quittance_domain::purchase_order::{
    AgreedCharge, BilledSum, Billing, JudgedLine, OrderLine, PurchaseOrderEvent, ReceivedLine, ReturnedLine,
};
use quittance_domain::stock::{ReceiptLine, StockEvent};
use rust_decimal::dec;

use super::Sample;
use crate::fixtures::*;

pub fn items() -> Vec<Sample<ItemEvent>> {
    let card = |reorder_level| ItemCard { sku: "P-4".to_owned(), name: "Paper, A4".to_owned(), unit: "C62".to_owned(), reorder_level };
    vec![("", ItemEvent::Created { card: card(Some(dec!(10))) }), ("", ItemEvent::Changed { card: card(None) })]
}

pub fn purchase_orders() -> Vec<Sample<PurchaseOrderEvent>> {
    let line = OrderLine::of(1, ITEM, "Paper, A4", dec!(10), dec!(12.50));
    let whole = OrderLine {
        unit: Some("C62".to_owned()),
        conversions: vec![UnitConversion { unit: "BX".to_owned(), factor: dec!(5) }],
        due_date: Some(day("2026-03-10")),
        matching: MatchingMode::FourWay,
        ..line.clone()
    };
    let charges = vec![AgreedCharge { code: "freight".to_owned(), amount: dec!(25) }];
    let received = ReceivedLine::of(1, dec!(9), dec!(1));
    let left = ReceivedLine { to_inspect: dec!(4), ..ReceivedLine::of(1, dec!(0), dec!(0)) };
    let judged = JudgedLine { line: 1, accepted: dec!(3), rejected: dec!(1) };
    let returned = ReturnedLine { line: 1, quantity: dec!(2), reason: "scratched".to_owned() };
    let taken = BilledSum { line: 1, quantity: dec!(10), net: dec!(130), unit_price: dec!(12.50) };
    let (lines, effective_date, vendor_id) = (vec![taken], day("2026-03-03"), VENDOR);
    let billing = |charges| Billing { invoice_id: INVOICE, lines: lines.clone(), charges, currency: Currency::EUR, effective_date };
    let (number, currency) = ("PO-7".to_owned(), Currency::EUR);
    let placed = |lines, charges| PurchaseOrderEvent::Placed { vendor_id, number: number.clone(), currency, lines, charges, by: ANNA };
    vec![
        ("", placed(vec![line.clone()], vec![])),
        ("whole", placed(vec![whole.clone()], charges.clone())),
        (
            "",
            PurchaseOrderEvent::Amended {
                revision: 2,
                lines: vec![whole],
                charges: charges.clone(),
                reason: "dearer".to_owned(),
                by: ANNA,
            },
        ),
        (
            "without_charges",
            PurchaseOrderEvent::Amended { revision: 3, lines: vec![line], charges: vec![], reason: "freight paid".to_owned(), by: ANNA },
        ),
        ("", PurchaseOrderEvent::Approved { revision: 2, by: BOB }),
        ("", PurchaseOrderEvent::Received { receipt_id: RECEIPT, lines: vec![received] }),
        ("to_inspect", PurchaseOrderEvent::Received { receipt_id: RECEIPT, lines: vec![left] }),
        ("", PurchaseOrderEvent::Inspected { receipt_id: RECEIPT, lines: vec![judged] }),
        ("", PurchaseOrderEvent::Returned { receipt_id: RECEIPT, lines: vec![returned] }),
        ("", PurchaseOrderEvent::Billed(billing(vec![]))),
        ("with_charges", PurchaseOrderEvent::Billed(billing(charges))),
        ("", PurchaseOrderEvent::BillingWithdrawn(billing(vec![]))),
        ("", PurchaseOrderEvent::Closed { by: ANNA }),
        ("", PurchaseOrderEvent::Cancelled { by: ANNA, reason: "no longer needed".to_owned() }),
    ]
}

pub fn goods_receipts() -> Vec<Sample<GoodsReceiptEvent>> {
    let (accepted, rejected, unit_cost) = (dec!(9), dec!(1), dec!(12.50));
    let (currency, effective_date, by, item_id) = (Currency::EUR, day("2026-03-02"), CARL, ITEM);
    let line = DeliveredLine { line: 1, item_id, accepted, rejected, to_inspect: dec!(0), unit_cost, currency };
    let delivery = |delivery_note, to_inspect| Delivery {
        purchase_order_id: ORDER,
        location: "main".to_owned(),
        effective_date,
        delivery_note,
        lines: vec![DeliveredLine { to_inspect, ..line.clone() }],
        received_by: CARL,
    };
    let inspected = InspectedLine { line: 1, item_id, accepted: dec!(3), rejected: dec!(1), unit_cost, currency };
    let sent_back = SentBackLine { line: 1, item_id, quantity: dec!(2), reason: "scratched".to_owned(), unit_cost, currency };
    vec![
        ("", GoodsReceiptEvent::Posted(delivery(Some("L-99".to_owned()), dec!(0)))),
        ("without_note", GoodsReceiptEvent::Posted(delivery(None, dec!(0)))),
        ("to_inspect", GoodsReceiptEvent::Posted(delivery(None, dec!(4)))),
        ("", GoodsReceiptEvent::Inspected { purchase_order_id: ORDER, inspection: 1, lines: vec![inspected], effective_date, by }),
        (
            "",
            GoodsReceiptEvent::Returned {
                purchase_order_id: ORDER,
                location: "main".to_owned(),
                lines: vec![sent_back],
                effective_date,
                by,
            },
        ),
    ]
}

pub fn stocks() -> Vec<Sample<StockEvent>> {
    let (by, effective_date, on_hand, reorder_level) = (CARL, day("2026-03-02"), dec!(9), dec!(10));
    let receipt = ReceiptLine { receipt_id: RECEIPT, line: 1, inspection: 0 };
    let (quantity, unit_cost, currency) = (dec!(9), dec!(12.50), Currency::EUR);
    vec![
        ("", StockEvent::Opened { item_id: ITEM, location: "main".to_owned() }),
        ("", StockEvent::Received { receipt, quantity, unit_cost, currency, on_hand, effective_date }),
        ("", StockEvent::Issued { quantity, on_hand, reason: "order 5".to_owned(), by, effective_date }),
        ("", StockEvent::Returned { receipt, quantity, unit_cost, currency, on_hand, reason: "scratched".to_owned(), by, effective_date }),
        ("", StockEvent::Adjusted { difference: dec!(-0.5), on_hand, reason: "broken".to_owned(), by, effective_date }),
        ("", StockEvent::Counted { counted: dec!(9), difference: dec!(0), by, effective_date }),
        ("", StockEvent::RanLow { on_hand, reorder_level }),
        ("", StockEvent::Recovered { on_hand, reorder_level }),
    ]
}
