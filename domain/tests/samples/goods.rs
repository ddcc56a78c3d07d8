//! Items, orders, receipts and stock.

use quittance_domain::Currency;
use quittance_domain::goods_receipt::{DeliveredLine, Delivery, GoodsReceiptEvent, InspectedLine, SentBackLine};
use quittance_domain::ids::StockId;
use quittance_domain::item::{ItemCard, ItemEvent, ListPrice};
use quittance_domain::location::{LocationCard, LocationEvent};
use quittance_domain::matching::{MatchingMode, UnitConversion};
use quittance_domain::party::Address;
use quittance_domain::purchase_order::{
    AgreedCharge, BilledSum, Billing, JudgedLine, OrderLine, PurchaseOrderEvent, ReceivedLine, Relief, ReturnedLine,
};
use quittance_domain::quantity::Quantity;
use quittance_domain::stock::{CostCause, ReceiptLine, StockEvent, Valuation};
use rust_decimal::dec;

use super::Sample;
use crate::fixtures::*;

pub fn items() -> Vec<Sample<ItemEvent>> {
    let card = |reorder_level| ItemCard {
        sku: "P-4".to_owned(),
        name: "Paper, A4".to_owned(),
        unit: "C62".to_owned(),
        conversions: vec![],
        reorder_level,
        valuation: None,
        unit_weight: None,
        unit_volume: None,
        coding: None,
        group: None,
        list_price: None,
    };
    let coded = ItemCard { coding: Some(assignment("6100", "K1")), ..card(None) };
    let boxed = ItemCard { conversions: vec![UnitConversion { unit: "BX".to_owned(), factor: dec!(500) }], ..card(None) };
    let fifo = ItemCard { valuation: Some(Valuation::Fifo), unit_weight: Some(dec!(2.5)), ..card(None) };
    let bulky = ItemCard { unit_volume: Some(dec!(0.024)), ..card(None) };
    let list_price = ListPrice { amount: dec!(12.50), currency: Currency::EUR, base_quantity: dec!(100) };
    let listed = ItemCard { list_price: Some(list_price), ..card(None) };
    vec![
        ("", ItemEvent::Created { card: card(Some(dec!(10))) }),
        ("bulky", ItemEvent::Created { card: bulky }),
        ("", ItemEvent::Changed { card: card(None) }),
        ("boxed", ItemEvent::Changed { card: boxed }),
        ("fifo", ItemEvent::Created { card: fifo }),
        ("coded", ItemEvent::Created { card: coded }),
        ("listed", ItemEvent::Changed { card: listed }),
    ]
}

pub fn locations() -> Vec<Sample<LocationEvent>> {
    let address = Address {
        lines: vec!["Hafenweg 3".to_owned()],
        city: Some("Hamburg".to_owned()),
        postal_code: Some("20457".to_owned()),
        subdivision: None,
        country: Some("DE".to_owned()),
    };
    let card = LocationCard { code: "main".to_owned(), name: "Main warehouse".to_owned(), address: Some(address) };
    let bare = LocationCard { code: "yard".to_owned(), name: "The yard".to_owned(), address: None };
    let (location_id, by, reason) = (LOCATION, DORA, "stocktaking".to_owned());
    vec![
        ("", LocationEvent::Registered { location_id, card: card.clone(), by }),
        ("bare", LocationEvent::Registered { location_id, card: bare, by }),
        ("", LocationEvent::Changed { location_id, card, by }),
        ("", LocationEvent::Closed { location_id, reason: reason.clone(), by }),
        ("", LocationEvent::Reopened { location_id, reason, by }),
    ]
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
    let in_boxes =
        OrderLine { unit: Some("BX".to_owned()), contains: Some(Quantity { value: dec!(12), unit: "C62".to_owned() }), ..line.clone() };
    let charges = vec![AgreedCharge { code: "freight".to_owned(), amount: dec!(25) }];
    let received = ReceivedLine::of(1, dec!(9), dec!(1));
    let left = ReceivedLine { to_inspect: dec!(4), ..ReceivedLine::of(1, dec!(0), dec!(0)) };
    let judged = JudgedLine { line: 1, accepted: dec!(3), rejected: dec!(1) };
    let returned = ReturnedLine { line: 1, quantity: dec!(2), reason: "scratched".to_owned() };
    let taken = BilledSum { line: 1, quantity: dec!(10), net: dec!(130), unit_price: dec!(12.50), repriced: dec!(0) };
    let given_back = BilledSum { quantity: dec!(-2), net: dec!(-25), ..taken.clone() };
    let repriced = BilledSum { quantity: dec!(0), net: dec!(-5), repriced: dec!(10), ..taken.clone() };
    let (lines, effective_date, vendor_id) = (vec![taken], day("2026-03-03"), VENDOR);
    let billing = |charges| Billing {
        invoice_id: INVOICE,
        lines: lines.clone(),
        charges,
        currency: Currency::EUR,
        effective_date,
        issue_date: None,
        relief: None,
        prepayment: None,
    };
    let (number, currency) = ("PO-7".to_owned(), Currency::EUR);
    let placed = |lines, charges| PurchaseOrderEvent::Placed { vendor_id, number: number.clone(), currency, lines, charges, by: ANNA };
    vec![
        ("", placed(vec![line.clone()], vec![])),
        ("whole", placed(vec![whole.clone()], charges.clone())),
        ("boxes", placed(vec![in_boxes], vec![])),
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
        ("given_back", PurchaseOrderEvent::Billed(Billing { lines: vec![given_back], relief: Some(Relief::InReview), ..billing(vec![]) })),
        ("repriced", PurchaseOrderEvent::Billed(Billing { lines: vec![repriced], relief: Some(Relief::Approved), ..billing(vec![]) })),
        ("ahead", PurchaseOrderEvent::Billed(Billing { lines: vec![], prepayment: Some(dec!(50)), ..billing(vec![]) })),
        ("", PurchaseOrderEvent::BillingWithdrawn(billing(vec![]))),
        ("", PurchaseOrderEvent::Closed { by: ANNA }),
        ("", PurchaseOrderEvent::Cancelled { by: ANNA, reason: "no longer needed".to_owned() }),
    ]
}

pub fn goods_receipts() -> Vec<Sample<GoodsReceiptEvent>> {
    let (accepted, rejected, unit_cost) = (dec!(9), dec!(1), dec!(12.50));
    let (currency, effective_date, by, item_id) = (Currency::EUR, day("2026-03-02"), CARL, ITEM);
    let line = DeliveredLine { line: 1, item_id, accepted, rejected, to_inspect: dec!(0), unit_cost, currency, contains: None };
    let boxes = Some(Quantity { value: dec!(12), unit: "C62".to_owned() });
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
        (
            "boxes",
            GoodsReceiptEvent::Posted(Delivery {
                lines: vec![DeliveredLine { contains: boxes, ..line.clone() }],
                ..delivery(None, dec!(0))
            }),
        ),
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
    let reference = || "S-17".to_owned();
    let (transfer, to_stock) = (uuid::Uuid::from_u128(0x7a), StockId::of(ITEM, "north"));
    let cost_account = "5400".parse().expect("a code");
    let issued = |reference| StockEvent::Issued { quantity, on_hand, reference, reason: "order 5".to_owned(), by, effective_date };
    let returned = |received_on| {
        let reason = "scratched".to_owned();
        StockEvent::Returned { receipt, quantity, unit_cost, currency, on_hand, received_on, reason, by, effective_date }
    };
    let revalued_at =
        |rate_day, cause| StockEvent::Revalued { cause, receipt, quantity, difference: eur(dec!(4.50)), effective_date, rate_day };
    let revalued = |cause| revalued_at(None, cause);
    vec![
        ("", StockEvent::Opened { item_id: ITEM, location: "main".to_owned(), valuation: Valuation::MovingAverage }),
        ("fifo", StockEvent::Opened { item_id: ITEM, location: "main".to_owned(), valuation: Valuation::Fifo }),
        ("", StockEvent::Received { receipt, quantity, unit_cost, currency, on_hand, effective_date }),
        ("", issued(None)),
        ("reserved", issued(Some("S-17".to_owned()))),
        ("", returned(None)),
        ("rate_day", returned(Some(day("2026-02-27")))),
        ("", StockEvent::BroughtBack { reference: reference(), quantity, on_hand, reason: "broken".to_owned(), by, effective_date }),
        ("", StockEvent::Adjusted { difference: dec!(-0.5), on_hand, reason: "broken".to_owned(), by, effective_date }),
        ("", StockEvent::Counted { counted: dec!(9), difference: dec!(0), by, effective_date }),
        ("", StockEvent::Reserved { reference: reference(), quantity, by }),
        ("", StockEvent::ReservationReleased { reference: reference(), quantity, by }),
        ("", StockEvent::SentAway { transfer, to: "north".to_owned(), to_stock, quantity, on_hand, by, effective_date }),
        ("", StockEvent::TakenIn { transfer, from: "main".to_owned(), quantity, on_hand, by, effective_date }),
        ("", revalued(CostCause::Invoice { invoice_id: INVOICE })),
        ("rate_day", revalued_at(Some(day("2026-02-27")), CostCause::Invoice { invoice_id: INVOICE })),
        ("credited", revalued(CostCause::CreditNote { invoice_id: INVOICE })),
        ("landed", revalued(CostCause::LandedCost { landed_cost_id: transfer, cost_account })),
        ("", StockEvent::RanLow { on_hand, reserved: dec!(0), reorder_level }),
        ("reserved", StockEvent::RanLow { on_hand: dec!(20), reserved: dec!(12), reorder_level }),
        ("", StockEvent::Recovered { on_hand, reserved: dec!(0), reorder_level }),
    ]
}
