//! A purchase order: placed, amended, approved, received against, invoiced, closed or cancelled.

mod fixtures;

use fixtures::*;
use quittance_domain::ids::{GoodsReceiptId, InvoiceId, UserId};
use quittance_domain::purchase_order::{
    BilledSum, Billing, JudgedLine, LineProgress, OrderLine, PurchaseOrder, PurchaseOrderCommand, PurchaseOrderEvent, PurchaseOrderRefusal,
    ReceivedLine, Relief, ReturnedLine, number_key,
};
use quittance_domain::{Currency, Root};
use rust_decimal::{Decimal, dec};

fn order_line(line: u32, quantity: Decimal, unit_price: Decimal) -> OrderLine {
    OrderLine::of(line, ITEM, "Paper, A4", quantity, unit_price)
}

fn lines() -> Vec<OrderLine> {
    vec![order_line(1, dec!(10), dec!(12.50)), order_line(2, dec!(5), dec!(0))]
}

fn place(number: &str, lines: Vec<OrderLine>) -> PurchaseOrderCommand {
    PurchaseOrderCommand::Place { vendor_id: VENDOR, number: number.to_owned(), currency: Currency::EUR, lines, charges: vec![], by: ANNA }
}

fn placed() -> Vec<PurchaseOrderEvent> {
    let number = "PO-7".to_owned();
    vec![PurchaseOrderEvent::Placed { vendor_id: VENDOR, number, currency: Currency::EUR, lines: lines(), charges: vec![], by: ANNA }]
}

fn got(line: u32, accepted: Decimal, rejected: Decimal) -> ReceivedLine {
    ReceivedLine::of(line, accepted, rejected)
}

fn receive(receipt_id: GoodsReceiptId, lines: Vec<ReceivedLine>) -> PurchaseOrderCommand {
    PurchaseOrderCommand::Receive { receipt_id, lines, over_receipt_allowed: false, approval_needed: false }
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
    let command =
        PurchaseOrderCommand::Receive { receipt_id: RECEIPT, lines: lines.clone(), over_receipt_allowed: true, approval_needed: false };
    given::<PurchaseOrder>(placed()).when(command).then_expect_events(vec![received(RECEIPT, lines)]);
}

#[test]
fn progress_adds_up_by_line() {
    let history = vec![received(RECEIPT, vec![got(1, dec!(4), dec!(1))]), received(OTHER_RECEIPT, vec![got(1, dec!(5.5), dec!(0))])];
    let order = PurchaseOrder::replay([placed(), history].concat());
    let progress = [(1, dec!(9.5), dec!(1)), (2, dec!(0), dec!(0))];
    let progress = progress.map(|(line, accepted, rejected)| LineProgress { line, accepted, rejected, ..Default::default() });
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

fn amend(lines: Vec<OrderLine>, by: UserId) -> PurchaseOrderCommand {
    PurchaseOrderCommand::Amend { lines, charges: vec![], reason: "dearer".to_owned(), by }
}

fn amended(revision: u32, lines: Vec<OrderLine>, by: UserId) -> PurchaseOrderEvent {
    PurchaseOrderEvent::Amended { revision, lines, charges: vec![], reason: "dearer".to_owned(), by }
}

fn dearer() -> Vec<OrderLine> {
    vec![order_line(1, dec!(10), dec!(13)), order_line(2, dec!(5), dec!(0))]
}

#[test]
fn an_amendment_is_a_new_revision_that_somebody_else_approves() {
    let approve = |by| PurchaseOrderCommand::Approve { by };
    let approved = |revision| PurchaseOrderEvent::Approved { revision, by: BOB };
    let was_amended = || given::<PurchaseOrder>(placed()).and(vec![approved(1), amended(2, dearer(), CARL)]);
    given::<PurchaseOrder>(placed()).when(amend(dearer(), CARL)).then_expect_events(vec![amended(2, dearer(), CARL)]);
    given::<PurchaseOrder>(placed()).when(amend(lines(), CARL)).then_expect_events(vec![]);
    given::<PurchaseOrder>(placed()).when(approve(ANNA)).then_expect_error(PurchaseOrderRefusal::OwnOrder);
    given::<PurchaseOrder>(placed()).when(approve(BOB)).then_expect_events(vec![approved(1)]);
    given::<PurchaseOrder>(placed()).and(vec![approved(1)]).when(approve(CARL)).then_expect_events(vec![]);
    was_amended().when(approve(CARL)).then_expect_error(PurchaseOrderRefusal::OwnOrder);
    was_amended().when(approve(BOB)).then_expect_events(vec![approved(2)]);
    let needing = PurchaseOrderCommand::Receive {
        receipt_id: RECEIPT,
        lines: vec![got(1, dec!(1), dec!(0))],
        over_receipt_allowed: false,
        approval_needed: true,
    };
    was_amended().when(needing).then_expect_error(PurchaseOrderRefusal::PurchaseOrderNotApproved { revision: 2 });
}

/// What an order has been through, and whether invoices wait where the tenant wants no approval, and where it does.
#[test]
fn an_order_that_was_approved_once_is_approved_in_each_revision() {
    let approved = |revision| PurchaseOrderEvent::Approved { revision, by: BOB };
    let changed = || amended(2, dearer(), CARL);
    let table = [
        (vec![], [None, Some("not_approved")]),
        (vec![changed()], [None, Some("not_approved")]),
        (vec![approved(1)], [None, None]),
        (vec![approved(1), changed()], [Some("not_approved"), Some("not_approved")]),
        (vec![approved(1), changed(), approved(2)], [None, None]),
    ];
    for (events, expected) in table {
        let order = PurchaseOrder::replay([placed(), events].concat());
        assert_eq!([order.shut(false), order.shut(true)], expected);
    }
}

/// The lines of an amendment after 4 of line 1 came in and 1 went back, and how it is refused; `None` where it is not.
#[test]
fn what_came_in_is_not_amended_away() {
    let in_use = |kept| Some(PurchaseOrderRefusal::LineInUse { line: 1, kept });
    let other_unit = OrderLine { unit: Some("KGM".to_owned()), ..order_line(1, dec!(10), dec!(12.50)) };
    let table = [
        (vec![order_line(2, dec!(5), dec!(0))], in_use(dec!(3))),
        (vec![order_line(1, dec!(2.9), dec!(12.50))], in_use(dec!(3))),
        (vec![other_unit], in_use(dec!(3))),
        (vec![order_line(1, dec!(3), dec!(12.50))], None),
        (vec![order_line(1, dec!(10), dec!(1)), order_line(3, dec!(1), dec!(1))], None),
        (vec![], Some(PurchaseOrderRefusal::NoLines)),
    ];
    let back = ReturnedLine { line: 1, quantity: dec!(1), reason: "scratched".to_owned() };
    let history =
        vec![received(RECEIPT, vec![got(1, dec!(4), dec!(0))]), PurchaseOrderEvent::Returned { receipt_id: RECEIPT, lines: vec![back] }];
    for (lines, refusal) in table {
        let given = given::<PurchaseOrder>(placed()).and(history.clone()).when(amend(lines.clone(), ANNA));
        match refusal {
            Some(refusal) => given.then_expect_error(refusal),
            None => given.then_expect_events(vec![amended(2, lines, ANNA)]),
        }
    }
}

#[test]
fn inspection_turns_what_waits_into_what_is_accepted() {
    let waits = ReceivedLine { to_inspect: dec!(8), ..got(1, dec!(0), dec!(0)) };
    let judged =
        PurchaseOrderEvent::Inspected { receipt_id: RECEIPT, lines: vec![JudgedLine { line: 1, accepted: dec!(5), rejected: dec!(1) }] };
    let order = PurchaseOrder::replay([placed(), vec![received(RECEIPT, vec![waits.clone()]), judged]].concat());
    let progress = &order.order().expect("placed").progress[0];
    assert_eq!((progress.accepted, progress.rejected, progress.to_inspect, progress.kept()), (dec!(5), dec!(1), dec!(2), dec!(7)));
    let too_much = PurchaseOrderRefusal::QuantityExceedsOrder { line: 1, received: dec!(11), ordered: dec!(10) };
    given::<PurchaseOrder>(placed())
        .and(vec![received(RECEIPT, vec![waits])])
        .when(receive(OTHER_RECEIPT, vec![got(1, dec!(3), dec!(0))]))
        .then_expect_error(too_much);
}

fn billing(invoice_id: InvoiceId, quantity: Decimal) -> Billing {
    let lines = vec![BilledSum { line: 1, quantity, net: quantity * dec!(12.50), unit_price: dec!(12.50), repriced: dec!(0) }];
    Billing {
        invoice_id,
        lines,
        charges: vec![],
        currency: Currency::EUR,
        effective_date: day("2026-03-03"),
        issue_date: None,
        relief: None,
        prepayment: None,
    }
}

fn billed(invoice_id: InvoiceId, quantity: Decimal) -> PurchaseOrderEvent {
    PurchaseOrderEvent::Billed(billing(invoice_id, quantity))
}

fn withdrawn(invoice_id: InvoiceId, quantity: Decimal) -> PurchaseOrderEvent {
    PurchaseOrderEvent::BillingWithdrawn(billing(invoice_id, quantity))
}

fn bill(invoice_id: InvoiceId, quantity: Decimal) -> PurchaseOrderCommand {
    PurchaseOrderCommand::Bill { billing: billing(invoice_id, quantity) }
}

#[test]
fn each_invoice_sees_those_before_it_and_a_changed_one_goes_to_the_end() {
    let history = vec![billed(INVOICE, dec!(4)), billed(OTHER_INVOICE, dec!(6))];
    let sums = |history: Vec<PurchaseOrderEvent>, invoice| {
        let order = PurchaseOrder::replay([placed(), history].concat());
        order.order().expect("placed").as_seen_by(invoice, None).lines[0].invoiced_quantity
    };
    assert_eq!((sums(history.clone(), INVOICE), sums(history.clone(), OTHER_INVOICE)), (dec!(0), dec!(4)));
    let changed = vec![withdrawn(INVOICE, dec!(4)), billed(INVOICE, dec!(9))];
    given::<PurchaseOrder>(placed()).and(history.clone()).when(bill(INVOICE, dec!(9))).then_expect_events(changed.clone());
    let after = [history, changed].concat();
    assert_eq!((sums(after.clone(), INVOICE), sums(after, OTHER_INVOICE)), (dec!(6), dec!(0)));
}

/// Otherwise a clerk could bill an order twice behind a credit note that nobody agrees with.
#[test]
fn a_credit_note_makes_room_once_it_is_approved_and_then_for_all() {
    let credit = |relief| PurchaseOrderEvent::Billed(Billing { relief: Some(relief), ..billing(CREDIT_NOTE, dec!(-10)) });
    let sums = |relief| {
        let history = vec![billed(INVOICE, dec!(10)), billed(OTHER_INVOICE, dec!(9)), credit(relief)];
        let order = PurchaseOrder::replay([placed(), history].concat());
        let order = order.order().expect("placed").clone();
        let seen = |invoice| order.as_seen_by(invoice, None).lines[0].invoiced_quantity;
        (seen(INVOICE), seen(OTHER_INVOICE), seen(CREDIT_NOTE), order.invoiced(1).0)
    };
    assert_eq!(sums(Relief::InReview), (dec!(0), dec!(10), dec!(19), dec!(19)));
    assert_eq!(sums(Relief::Approved), (dec!(-10), dec!(0), dec!(19), dec!(9)));
}

/// Goods go back and invoices come in whatever has become of the order; each says a thing once.
#[test]
fn invoices_are_counted_once_also_by_a_closed_order() {
    let closed = PurchaseOrderEvent::Closed { by: ANNA };
    let withdraw = PurchaseOrderCommand::Withdraw { invoice_id: INVOICE, effective_date: None };
    given::<PurchaseOrder>(placed())
        .and(vec![closed.clone()])
        .when(bill(INVOICE, dec!(4)))
        .then_expect_events(vec![billed(INVOICE, dec!(4))]);
    let counted = || given::<PurchaseOrder>(placed()).and(vec![billed(INVOICE, dec!(4)), closed.clone()]);
    counted().when(bill(INVOICE, dec!(4))).then_expect_events(vec![]);
    counted().when(withdraw.clone()).then_expect_events(vec![withdrawn(INVOICE, dec!(4))]);
    given::<PurchaseOrder>(placed()).when(withdraw).then_expect_events(vec![]);
    given::<PurchaseOrder>(placed())
        .and(vec![billed(INVOICE, dec!(4))])
        .when(cancel())
        .then_expect_error(PurchaseOrderRefusal::OrderInvoiced);
}
