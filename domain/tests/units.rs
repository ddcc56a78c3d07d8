//! Goods that are ordered in boxes, billed in pieces and kept in pieces: everything is counted in one unit before it is compared or
//! valued, and a part of a box that has no end leaves nothing behind.

mod fixtures;

use cqrs_es::Aggregate;
use fixtures::*;
use proptest::prelude::*;
use quittance_domain::goods_receipt::DeliveredLine;
use quittance_domain::ids::InvoiceId;
use quittance_domain::ledger::{Books, RateTable, StockAccount, StockPosting};
use quittance_domain::matching::{Billed, BilledLine, Outcome, UnitConversion, Units, evaluate};
use quittance_domain::purchase_order::{OrderLine, PurchaseOrder, PurchaseOrderCommand, PurchaseOrderEvent, ReceivedLine, billing_of};
use quittance_domain::quantity::Quantity;
use quittance_domain::stock::{ReceiptLine, StockEvent, Valuation};
use quittance_domain::tenant::TenantEvent;
use quittance_domain::tolerance::ToleranceSet;
use quittance_domain::{Currency, Money, Root};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

fn pieces(value: Decimal) -> Quantity {
    Quantity { value, unit: "C62".to_owned() }
}

#[test]
fn what_nobody_has_said_is_not_counted() {
    let (dozens, twelve) = ([UnitConversion { unit: "DZN".to_owned(), factor: dec!(2) }], pieces(dec!(12)));
    let boxes = Units { own: Some("BX"), conversions: &dozens, contains: Some(&twelve) };
    let table = [
        ("BX", dec!(3), Some(dec!(3))),
        ("DZN", dec!(3), Some(dec!(6))),
        ("C62", dec!(120), Some(dec!(10))),
        ("C62", dec!(4), Some(dec!(0.333333333333333333))),
        ("KGM", dec!(3), None),
    ];
    for (unit, quantity, counted) in table {
        assert_eq!(boxes.counted(quantity, unit), counted, "{quantity} {unit}");
    }
    assert_eq!(Units { contains: None, ..boxes }.counted(dec!(120), "C62"), None, "pieces are never taken for boxes");
    assert_eq!(Units { own: None, ..boxes }.counted(dec!(7), "KGM"), Some(dec!(7)), "from before units were stated");
}

fn ordered(boxes: Decimal, of: Decimal, price: Decimal) -> PurchaseOrder {
    let (unit, contains) = (Some("BX".to_owned()), Some(pieces(of)));
    let lines = vec![OrderLine { unit, contains, ..OrderLine::of(1, ITEM, "Bolts", boxes, price) }];
    let number = "PO-1".to_owned();
    let placed = PurchaseOrderEvent::Placed { vendor_id: VENDOR, number, currency: Currency::EUR, lines, charges: vec![], by: ANNA };
    let lines = vec![ReceivedLine::of(1, boxes, dec!(0))];
    PurchaseOrder::replay([placed, PurchaseOrderEvent::Received { receipt_id: RECEIPT, lines }])
}

fn bill(quantity: Decimal, net: Decimal) -> Billed<'static> {
    let lines = vec![BilledLine { id: "1", order_line: Some(1), quantity, unit: "C62", net }];
    let (vendor_id, currency, issue_date) = (VENDOR, Currency::EUR, day("2026-03-03"));
    Billed { vendor_id, currency, issue_date, is_credit: false, is_approved: false, lines, charges: vec![], prepayment: None }
}

/// Counts a bill on the order, and answers whether it passes.
fn passes(order: &mut PurchaseOrder, nth: u128, bill: &Billed<'_>) -> bool {
    let invoice = InvoiceId(Uuid::from_u128(nth));
    let billing = billing_of(invoice, bill.issue_date, bill, &order.order().expect("placed").as_seen_by(invoice, None));
    for event in order.decide(PurchaseOrderCommand::Bill { billing }).expect("it is counted") {
        order.apply(event);
    }
    let findings = evaluate(bill, &order.order().expect("placed").as_seen_by(invoice, None), &ToleranceSet::default());
    !findings.is_empty() && findings.iter().all(|finding| finding.outcome == Outcome::Pass)
}

#[test]
fn pieces_are_held_against_boxes() {
    let ordered = || ordered(dec!(10), dec!(12), dec!(30));
    assert!(passes(&mut ordered(), 1, &bill(dec!(120), dec!(300))));
    assert!(!passes(&mut ordered(), 1, &bill(dec!(120), dec!(300.01))), "dearer");
    assert!(!passes(&mut ordered(), 1, &bill(dec!(121), dec!(302.50))), "one more than came");
}

/// What came in is worth what the order says of it, whatever a piece costs.
fn worth(boxes: Decimal, of: Decimal, price: Decimal) -> Decimal {
    let (accepted, currency) = (boxes, Currency::EUR);
    let line = DeliveredLine {
        line: 1,
        item_id: ITEM,
        accepted,
        rejected: dec!(0),
        to_inspect: dec!(0),
        unit_cost: price,
        currency,
        contains: Some(pieces(of)),
    };
    let (quantity, unit_cost) = line.stocked(accepted).zip(line.stocked_cost()).expect("no more than any stock");
    let (receipt, effective_date) = (ReceiptLine { receipt_id: RECEIPT, line: 1, inspection: 0 }, day("2026-03-02"));
    let mut books = Books::default();
    books.learn_company(&TenantEvent::Created { name: "Acme".to_owned(), base_currency: Currency::EUR, address: address() });
    let (mut account, rates) = (StockAccount::default(), RateTable::default());
    let opened = StockEvent::Opened { item_id: ITEM, location: "main".to_owned(), valuation: Valuation::MovingAverage };
    let received = StockEvent::Received { receipt, quantity, unit_cost, currency, on_hand: quantity, effective_date };
    for (position, event) in (1..).zip([opened, received]) {
        let (books, rates, stock, history) = (&books, &rates, Uuid::from_u128(7), &[][..]);
        account.on(&event, StockPosting { books, rates, stock, position, recorded_on: effective_date, history, transferred: None });
    }
    assert_eq!(account.on_hand(), boxes * of);
    account.worth().base()
}

proptest! {
    #[test]
    fn boxes_cost_in_pieces_what_they_cost(boxes in 1i64..10_000, of in 1i64..1_000, price in 0i64..1_000_000) {
        let (boxes, of, price) = (Decimal::from(boxes), Decimal::from(of), Decimal::new(price, 3));
        prop_assert_eq!(worth(boxes, of, price), Money::rounded(boxes * price, Currency::EUR).amount());
    }

    /// However many pieces a bill is for, all bills of all the pieces are all the boxes, exactly.
    #[test]
    fn bills_of_parts_of_boxes_add_up_to_the_boxes(of in 1i64..30, parts in prop::collection::vec(1i64..60, 1..9)) {
        let all: i64 = parts.iter().sum();
        let rest = (of - all % of) % of;
        let boxes = Decimal::from((all + rest) / of);
        let mut order = ordered(boxes, Decimal::from(of), Decimal::from(of));
        for (nth, part) in (1..).zip(parts.iter().copied().chain((rest > 0).then_some(rest))) {
            let part = Decimal::from(part);
            prop_assert!(passes(&mut order, nth, &bill(part, part)), "{} of {} {:?}", part, of, parts);
        }
        let (quantity, net) = order.order().expect("placed").invoiced(1);
        prop_assert_eq!((quantity, net), (boxes, boxes * Decimal::from(of)));
    }
}
