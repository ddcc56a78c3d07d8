//! A closed order expects nothing more: what came in before stays to be billed, and what had been billed when it was closed was known.

mod fixtures;

use fixtures::*;
use quittance_domain::ids::InvoiceId;
use quittance_domain::matching::{Billed, BilledLine, Check, MatchFinding, MatchingMode, evaluate};
use quittance_domain::purchase_order::{
    BilledSum, Billing, OrderLine, PurchaseOrder, PurchaseOrderEvent, ReceivedLine, ReturnedLine, billing_of,
};
use quittance_domain::tolerance::{Applies, Limits, ToleranceRule, ToleranceSet};
use quittance_domain::{Currency, Root};
use rust_decimal::{Decimal, dec};

const CLOSED: PurchaseOrderEvent = PurchaseOrderEvent::Closed { by: ANNA };

fn placed(matching: MatchingMode) -> PurchaseOrderEvent {
    let lines = vec![OrderLine { matching, ..OrderLine::of(1, ITEM, "Bolts", dec!(10), dec!(10)) }];
    PurchaseOrderEvent::Placed { vendor_id: VENDOR, number: "PO-1".to_owned(), currency: Currency::EUR, lines, charges: vec![], by: ANNA }
}

fn came(quantity: Decimal) -> PurchaseOrderEvent {
    PurchaseOrderEvent::Received { receipt_id: RECEIPT, lines: vec![ReceivedLine::of(1, quantity, dec!(0))] }
}

fn went_back(quantity: Decimal) -> PurchaseOrderEvent {
    let lines = vec![ReturnedLine { line: 1, quantity, reason: "scratched".to_owned() }];
    PurchaseOrderEvent::Returned { receipt_id: RECEIPT, lines }
}

fn billing(invoice_id: InvoiceId, quantity: Decimal) -> Billing {
    let sum = BilledSum { line: 1, quantity, net: quantity * dec!(10), unit_price: dec!(10), repriced: dec!(0) };
    let (currency, effective_date) = (Currency::EUR, day("2026-03-03"));
    Billing { invoice_id, lines: vec![sum], charges: vec![], currency, effective_date, issue_date: None, relief: None, prepayment: None }
}

fn billed(invoice: InvoiceId, quantity: Decimal) -> PurchaseOrderEvent {
    PurchaseOrderEvent::Billed(billing(invoice, quantity))
}

fn document(lines: Vec<BilledLine<'static>>, prepayment: Option<Decimal>) -> Billed<'static> {
    let (vendor_id, currency, issue_date) = (VENDOR, Currency::EUR, day("2026-03-03"));
    Billed { vendor_id, currency, issue_date, is_credit: false, is_approved: false, lines, charges: vec![], prepayment }
}

fn bolts(quantity: Decimal) -> Billed<'static> {
    let line = BilledLine { id: "1", order_line: Some(1), quantity, unit: "C62", net: quantity * dec!(10) };
    document(vec![line], None)
}

/// What is found about the order's state by an invoice that is counted after all that has happened, or was before.
fn state(matching: MatchingMode, happened: Vec<PurchaseOrderEvent>, invoice: InvoiceId, bill: &Billed<'_>) -> Option<MatchFinding> {
    let order = PurchaseOrder::replay([vec![placed(matching)], happened].concat());
    let (shut, order) = (order.shut(false), order.order().expect("placed").clone());
    let generous = Limits { quantity_ordered_percent: Some(dec!(100)), quantity_received_percent: Some(dec!(100)), ..Limits::default() };
    let rules = vec![ToleranceRule { applies: Applies::Tenant, limits: generous }];
    let tolerances = ToleranceSet { rules, ..ToleranceSet::default() };
    let findings = evaluate(bill, &order.as_seen_by(invoice, shut), &tolerances);
    findings.into_iter().find(|finding| finding.check == Check::OrderState)
}

#[test]
fn what_came_in_before_an_order_was_closed_stays_to_be_billed_and_no_more() {
    use MatchingMode::{FourWay, ThreeWay, TwoWay};
    // What has happened, how much is billed after it, and the most that would have passed.
    let cases = [
        (vec![], dec!(10), None),
        (vec![CLOSED], dec!(0.001), Some("0")),
        (vec![CLOSED], dec!(10), Some("0")),
        (vec![came(dec!(4)), CLOSED], dec!(4), None),
        (vec![came(dec!(4)), CLOSED], dec!(5), Some("4")),
        (vec![came(dec!(4)), CLOSED, went_back(dec!(1))], dec!(4), Some("3")),
        (vec![came(dec!(4)), billed(OTHER_INVOICE, dec!(3)), CLOSED], dec!(1), None),
        (vec![came(dec!(4)), billed(OTHER_INVOICE, dec!(3)), CLOSED], dec!(2), Some("4")),
        (vec![came(dec!(4)), CLOSED, billed(OTHER_INVOICE, dec!(4))], dec!(1), Some("4")),
    ];
    for mode in [TwoWay, ThreeWay, FourWay] {
        for (happened, quantity, limit) in &cases {
            let found = state(mode, happened.clone(), INVOICE, &bolts(*quantity));
            assert_eq!(found.as_ref().map(|finding| finding.limit.as_deref()), limit.map(Some), "{mode:?} {happened:?} {quantity}");
            assert!(found.is_none_or(|finding| finding.is_hold() && finding.line.as_deref() == Some("1") && finding.actual == "closed"));
        }
    }
}

/// A service: nothing is ever received, and who closed the order had seen the bill.
#[test]
fn what_had_been_billed_when_an_order_was_closed_is_owed_and_no_more_than_that() {
    let closed = |then: Decimal, now: Decimal| {
        let changed = [PurchaseOrderEvent::BillingWithdrawn(billing(INVOICE, then)), billed(INVOICE, now)];
        let happened = [vec![billed(INVOICE, then), CLOSED], changed.to_vec()].concat();
        state(MatchingMode::TwoWay, happened, INVOICE, &bolts(now)).is_some()
    };
    assert!(!closed(dec!(6), dec!(6)) && !closed(dec!(6), dec!(5)), "a mistake that is put right");
    assert!(closed(dec!(6), dec!(7)), "nobody bills more of it behind one that was there");
    let happened = vec![billed(OTHER_INVOICE, dec!(6)), CLOSED];
    assert!(state(MatchingMode::TwoWay, happened, INVOICE, &bolts(dec!(1))).is_some());
}

#[test]
fn nothing_is_prepaid_of_an_order_that_is_closed() {
    let asks = |amount| document(vec![], Some(amount));
    let ahead = |amount| {
        let order = PurchaseOrder::replay([placed(MatchingMode::ThreeWay)]);
        let seen = order.order().expect("placed").as_seen_by(INVOICE, None);
        PurchaseOrderEvent::Billed(billing_of(INVOICE, day("2026-03-03"), &asks(amount), &seen))
    };
    let found = |happened, amount| state(MatchingMode::ThreeWay, happened, INVOICE, &asks(amount)).is_some();
    assert!(!found(vec![], dec!(50)) && !found(vec![ahead(dec!(50)), CLOSED], dec!(50)));
    assert!(found(vec![CLOSED], dec!(50)) && found(vec![ahead(dec!(50)), CLOSED], dec!(51)));
}
