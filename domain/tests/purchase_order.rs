//! A purchase order: placed, received against, closed or cancelled.

mod fixtures;

use fixtures::*;
use quittance_domain::ids::GoodsReceiptId;
use quittance_domain::purchase_order::{
    LineProgress, OrderLine, PurchaseOrder, PurchaseOrderCommand, PurchaseOrderEvent, PurchaseOrderRefusal, ReceivedLine, number_key,
};
use quittance_domain::{Currency, Root};
use rust_decimal::{Decimal, dec};

fn order_line(line: u32, quantity: Decimal, unit_price: Decimal) -> OrderLine {
    OrderLine { line, item_id: ITEM, description: "Paper, A4".to_owned(), quantity, unit_price }
}

fn lines() -> Vec<OrderLine> {
    vec![order_line(1, dec!(10), dec!(12.50)), order_line(2, dec!(5), dec!(0))]
}

fn place(number: &str, lines: Vec<OrderLine>) -> PurchaseOrderCommand {
    PurchaseOrderCommand::Place { vendor_id: VENDOR, number: number.to_owned(), currency: Currency::EUR, lines, by: ANNA }
}

fn placed() -> Vec<PurchaseOrderEvent> {
    let number = "PO-7".to_owned();
    vec![PurchaseOrderEvent::Placed { vendor_id: VENDOR, number, currency: Currency::EUR, lines: lines(), by: ANNA }]
}

fn got(line: u32, accepted: Decimal, rejected: Decimal) -> ReceivedLine {
    ReceivedLine { line, accepted, rejected }
}

fn receive(receipt_id: GoodsReceiptId, lines: Vec<ReceivedLine>) -> PurchaseOrderCommand {
    PurchaseOrderCommand::Receive { receipt_id, lines, over_receipt_allowed: false }
}

fn received(receipt_id: GoodsReceiptId, lines: Vec<ReceivedLine>) -> PurchaseOrderEvent {
    PurchaseOrderEvent::Received { receipt_id, lines }
}

fn close() -> PurchaseOrderCommand {
    PurchaseOrderCommand::Close { by: ANNA }
}

fn cancel() -> PurchaseOrderCommand {
    PurchaseOrderCommand::Cancel { by: ANNA, reason: "no longer needed".to_owned() }
}

fn cancelled() -> PurchaseOrderEvent {
    PurchaseOrderEvent::Cancelled { by: ANNA, reason: "no longer needed".to_owned() }
}

#[test]
fn an_order_is_placed_once() {
    nothing::<PurchaseOrder>().when(place("PO-7", lines())).then_expect_events(placed());
    given::<PurchaseOrder>(placed()).when(place("PO-7", lines())).then_expect_error(PurchaseOrderRefusal::PurchaseOrderExists);
}

/// Number and lines of an order, and how it is refused.
#[test]
fn an_order_must_be_complete() {
    let one = || order_line(1, dec!(1), dec!(1));
    let table = [
        (" ", vec![one()], PurchaseOrderRefusal::NumberMissing),
        ("PO-7", vec![], PurchaseOrderRefusal::NoLines),
        ("PO-7", vec![one(), one()], PurchaseOrderRefusal::LineRepeated { line: 1 }),
        ("PO-7", vec![one(), order_line(2, dec!(0), dec!(1))], PurchaseOrderRefusal::LineAmounts { line: 2 }),
        ("PO-7", vec![order_line(1, dec!(-1), dec!(1))], PurchaseOrderRefusal::LineAmounts { line: 1 }),
        ("PO-7", vec![order_line(1, dec!(1), dec!(-0.01))], PurchaseOrderRefusal::LineAmounts { line: 1 }),
    ];
    for (number, lines, refusal) in table {
        nothing::<PurchaseOrder>().when(place(number, lines)).then_expect_error(refusal);
    }
}

#[test]
fn what_was_never_placed_is_unknown() {
    for command in [receive(RECEIPT, vec![got(1, dec!(1), dec!(0))]), close(), cancel()] {
        nothing::<PurchaseOrder>().when(command).then_expect_error(PurchaseOrderRefusal::PurchaseOrderUnknown);
    }
    assert_eq!(PurchaseOrder::default().order().expect_err("no order"), PurchaseOrderRefusal::PurchaseOrderUnknown);
}

#[test]
fn a_receipt_counts_once() {
    let came = vec![got(1, dec!(4), dec!(1))];
    let again = vec![received(RECEIPT, came.clone())];
    given::<PurchaseOrder>(placed()).when(receive(RECEIPT, came.clone())).then_expect_events(again.clone());
    given::<PurchaseOrder>(placed()).and(again.clone()).when(receive(RECEIPT, came.clone())).then_expect_events(vec![]);
    let second = vec![received(OTHER_RECEIPT, came.clone())];
    given::<PurchaseOrder>(placed()).and(again).when(receive(OTHER_RECEIPT, came)).then_expect_events(second);
}

/// What comes in for an order of 10 and 5 after 4 of line 1 came in, and how it is refused.
#[test]
fn only_what_was_ordered_comes_in() {
    let too_much = |line, received, ordered| PurchaseOrderRefusal::QuantityExceedsOrder { line, received, ordered };
    let table = [
        (vec![], PurchaseOrderRefusal::NoLines),
        (vec![got(3, dec!(1), dec!(0))], PurchaseOrderRefusal::LineUnknown { line: 3 }),
        (vec![got(1, dec!(1), dec!(0)), got(1, dec!(1), dec!(0))], PurchaseOrderRefusal::LineRepeated { line: 1 }),
        (vec![got(1, dec!(0), dec!(0))], PurchaseOrderRefusal::LineAmounts { line: 1 }),
        (vec![got(1, dec!(-1), dec!(2))], PurchaseOrderRefusal::LineAmounts { line: 1 }),
        (vec![got(1, dec!(2), dec!(-1))], PurchaseOrderRefusal::LineAmounts { line: 1 }),
        (vec![got(1, dec!(1), dec!(-1))], PurchaseOrderRefusal::LineAmounts { line: 1 }),
        (vec![got(1, dec!(6.1), dec!(0))], too_much(1, dec!(10.1), dec!(10))),
        (vec![got(2, dec!(5), dec!(0)), got(1, dec!(7), dec!(0))], too_much(1, dec!(11), dec!(10))),
        (vec![got(1, Decimal::MAX, dec!(0))], PurchaseOrderRefusal::LineAmounts { line: 1 }),
        (vec![got(1, dec!(1), Decimal::MAX)], PurchaseOrderRefusal::LineAmounts { line: 1 }),
    ];
    for (lines, refusal) in table {
        given::<PurchaseOrder>(placed())
            .and(vec![received(RECEIPT, vec![got(1, dec!(4), dec!(1))])])
            .when(receive(OTHER_RECEIPT, lines))
            .then_expect_error(refusal);
    }
}

#[test]
fn rejected_goods_do_not_use_up_the_order() {
    let after_rejection = || given::<PurchaseOrder>(placed()).and(vec![received(RECEIPT, vec![got(1, dec!(0), dec!(10))])]);
    let rest = vec![got(1, dec!(10), dec!(0))];
    after_rejection().when(receive(OTHER_RECEIPT, rest.clone())).then_expect_events(vec![received(OTHER_RECEIPT, rest)]);
    after_rejection().when(cancel()).then_expect_events(vec![cancelled()]);
}

#[test]
fn more_than_was_ordered_comes_in_where_that_is_allowed() {
    let lines = vec![got(1, dec!(11), dec!(0))];
    let command = PurchaseOrderCommand::Receive { receipt_id: RECEIPT, lines: lines.clone(), over_receipt_allowed: true };
    given::<PurchaseOrder>(placed()).when(command).then_expect_events(vec![received(RECEIPT, lines)]);
}

#[test]
fn progress_adds_up_by_line() {
    let history = vec![received(RECEIPT, vec![got(1, dec!(4), dec!(1))]), received(OTHER_RECEIPT, vec![got(1, dec!(5.5), dec!(0))])];
    let order = PurchaseOrder::replay([placed(), history].concat());
    let progress = [(1, dec!(9.5), dec!(1)), (2, dec!(0), dec!(0))];
    let progress = progress.map(|(line, accepted, rejected)| LineProgress { line, accepted, rejected });
    assert_eq!(order.order().expect("placed").progress, progress);
}

/// What has happened, what is asked, what happens then.
#[test]
fn an_order_ends_once_and_takes_nothing_after() {
    let delivered = received(RECEIPT, vec![got(1, dec!(4), dec!(0))]);
    let closed = PurchaseOrderEvent::Closed { by: ANNA };
    let table = [
        (vec![], close(), "PurchaseOrderClosed"),
        (vec![], cancel(), "PurchaseOrderCancelled"),
        (vec![delivered.clone()], close(), "PurchaseOrderClosed"),
        (vec![delivered], cancel(), "goods_received"),
        (vec![closed.clone()], close(), "nothing"),
        (vec![closed.clone()], cancel(), "purchase_order_not_open"),
        (vec![closed], receive(RECEIPT, vec![got(1, dec!(1), dec!(0))]), "purchase_order_not_open"),
        (vec![cancelled()], cancel(), "nothing"),
        (vec![cancelled()], close(), "purchase_order_not_open"),
        (vec![cancelled()], receive(RECEIPT, vec![got(1, dec!(1), dec!(0))]), "purchase_order_not_open"),
        (vec![cancelled()], place("PO-7", lines()), "purchase_order_exists"),
    ];
    for (events, command, expected) in table {
        let shown = format!("{events:?} {command:?}");
        assert_eq!(verdict(&PurchaseOrder::replay([placed(), events].concat()), command), expected, "{shown}");
    }
}

#[test]
fn a_number_is_claimed_by_one_order() {
    assert_eq!(claims(&PurchaseOrder::default(), &placed()[0]), "+purchase_order|number|PO-7");
    assert_eq!(number_key("po 7 - 1"), number_key("PO7-1"));
    assert_ne!(number_key("1-10"), number_key("11-0"));
}
