//! Credit notes set off against invoices: never more than is open on either side, and back again whole.

mod fixtures;

use chrono::NaiveDate;
use fixtures::*;
use quittance_domain::ids::AllocationId;
use quittance_domain::invoice::{
    Against, Allocation, DocumentKind, Invoice, InvoiceCommand, InvoiceDocument, InvoiceEvent, InvoiceRefusal, InvoiceStatus, Reception,
};
use quittance_domain::{Money, Root};
use rust_decimal::dec;
use uuid::Uuid;

/// 1,190.00 that everybody has approved.
fn approved(kind: DocumentKind) -> Vec<InvoiceEvent> {
    fixtures::approved(Reception { document: InvoiceDocument { kind, ..document() }, ..reception() })
}

fn allocation(against: Against, amount: Money) -> Allocation {
    Allocation { allocation_id: ALLOCATION, against, amount, effective_date: day("2026-03-20") }
}

fn allocate(allocation: Allocation) -> InvoiceCommand {
    InvoiceCommand::Allocate { allocation, by: ERIN, reason: None, tax_breakdown: vec![] }
}

fn allocated(allocation: Allocation) -> InvoiceEvent {
    InvoiceEvent::Allocated { allocation, by: ERIN, reason: None, tax_breakdown: vec![] }
}

fn reverse(on: NaiveDate) -> InvoiceCommand {
    InvoiceCommand::ReverseAllocation { allocation_id: ALLOCATION, effective_date: on, by: ERIN, reason: "wrong".to_owned() }
}

fn by_credit(amount: Money) -> Allocation {
    allocation(Against::CreditNote(OTHER_INVOICE), amount)
}

fn state(events: Vec<InvoiceEvent>) -> (Money, InvoiceStatus) {
    let invoice = Invoice::replay(events);
    let payable = invoice.received().expect("received");
    (payable.open(), payable.status())
}

#[test]
fn what_is_allocated_is_open_no_more_and_what_closes_it_pays_it() {
    let part = by_credit(eur(dec!(90)));
    given::<Invoice>(approved(DocumentKind::Invoice)).when(allocate(part.clone())).then_expect_events(vec![allocated(part.clone())]);
    let mut events = approved(DocumentKind::Invoice);
    events.push(allocated(part.clone()));
    assert_eq!(state(events.clone()), (eur(dec!(1100)), InvoiceStatus::PartiallyPaid));
    given::<Invoice>(events.clone()).when(allocate(part)).then_expect_events(vec![]);
    let other = AllocationId(Uuid::from_u128(9));
    events.push(allocated(Allocation { allocation_id: other, ..by_credit(eur(dec!(1100))) }));
    assert_eq!(state(events), (eur(dec!(0)), InvoiceStatus::Paid));
}

/// The kind of document, against what, how much, when; and what comes of it.
#[test]
fn nothing_is_allocated_that_is_not_there() {
    use DocumentKind::{CreditNote, Invoice as Bill};
    let (credit, bill) = (Against::CreditNote(OTHER_INVOICE), Against::Invoice(OTHER_INVOICE));
    let table = [
        (Bill, credit, eur(dec!(1190.00)), "2026-03-20", "InvoiceAllocated"),
        (Bill, credit, eur(dec!(1190.01)), "2026-03-20", "exceeds_open_amount"),
        (Bill, credit, eur(dec!(0.00)), "2026-03-20", "amount_not_positive"),
        (Bill, credit, eur(dec!(-1.00)), "2026-03-20", "amount_not_positive"),
        (Bill, credit, money(dec!(1.00), "USD"), "2026-03-20", "currency_mismatch"),
        (Bill, bill, eur(dec!(1.00)), "2026-03-20", "not_set_off"),
        (CreditNote, bill, eur(dec!(1190.00)), "2026-03-20", "InvoiceAllocated"),
        (CreditNote, credit, eur(dec!(1.00)), "2026-03-20", "not_set_off"),
        (Bill, credit, eur(dec!(1.00)), "1999-01-01", "allocation_too_early"),
        (Bill, Against::SmallDifference, eur(dec!(0.01)), "2026-03-20", "InvoiceAllocated"),
    ];
    for (kind, against, amount, on, expected) in table {
        let invoice = Invoice::replay(approved(kind));
        let asked = Allocation { effective_date: day(on), ..allocation(against, amount) };
        assert_eq!(verdict(&invoice, allocate(asked)), expected, "{kind} {against:?} {amount} {on}");
    }
}

#[test]
fn what_a_payment_has_claimed_is_not_allocated_and_the_reverse() {
    let claimed = InvoiceEvent::PaymentClaimed { payment_id: PAYMENT, amount: eur(dec!(1000)) };
    let events = [approved(DocumentKind::Invoice), vec![claimed]].concat();
    let (wanted, available) = (eur(dec!(190.01)), eur(dec!(190)));
    let refusal = InvoiceRefusal::ExceedsOpenAmount { wanted, available };
    given::<Invoice>(events).when(allocate(by_credit(wanted))).then_expect_error(refusal);
    let events = [approved(DocumentKind::Invoice), vec![allocated(by_credit(eur(dec!(1000))))]].concat();
    let claim = InvoiceCommand::Claim { payment_id: PAYMENT, amount: wanted };
    given::<Invoice>(events).when(claim).then_expect_error(InvoiceRefusal::ExceedsOpenAmount { wanted, available });
}

#[test]
fn only_what_was_approved_is_set_off() {
    let received = vec![InvoiceEvent::Received(Box::new(reception()))];
    assert_eq!(verdict(&Invoice::replay(received), allocate(by_credit(eur(dec!(1))))), "wrong_state");
}

#[test]
fn what_is_taken_back_is_open_again_once() {
    let events = [approved(DocumentKind::CreditNote), vec![allocated(allocation(Against::Invoice(OTHER_INVOICE), eur(dec!(90))))]].concat();
    let invoice = Invoice::replay(events.clone());
    assert_eq!(verdict(&invoice, reverse(day("2026-03-19"))), "allocation_too_early");
    let reversed = invoice.decide(reverse(day("2026-03-21"))).expect("it is reversed");
    let after = [events, reversed].concat();
    assert_eq!(state(after.clone()), (eur(dec!(1190)), InvoiceStatus::Approved));
    given::<Invoice>(after).when(reverse(day("2026-03-22"))).then_expect_events(vec![]);
    given::<Invoice>(approved(DocumentKind::Invoice)).when(reverse(day("2026-03-22"))).then_expect_error(InvoiceRefusal::AllocationUnknown);
}

#[test]
fn an_invoice_with_an_allocation_is_neither_amended_nor_voided() {
    let events = [approved(DocumentKind::Invoice), vec![allocated(by_credit(eur(dec!(1))))]].concat();
    let void = InvoiceCommand::Void { by: ANNA, reason: "mistake".to_owned(), effective_date: day("2026-03-25") };
    given::<Invoice>(events).when(void).then_expect_error(InvoiceRefusal::PaymentInProgress);
}
