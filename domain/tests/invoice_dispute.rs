//! What the vendor and we do not agree on: no payment takes it, everything else goes on.

mod fixtures;

use fixtures::*;
use quittance_domain::ids::UserId;
use quittance_domain::invoice::{
    Against, Allocation, Dispute, DisputeOutcome, Invoice, InvoiceCommand, InvoiceEvent, InvoiceRefusal, InvoiceStatus, Payable,
};
use quittance_domain::{Money, Root};
use rust_decimal::{Decimal, dec};

fn received() -> Vec<InvoiceEvent> {
    vec![InvoiceEvent::Received(Box::new(reception()))]
}

fn approved() -> Vec<InvoiceEvent> {
    fixtures::approved(reception())
}

fn dispute(amount: Decimal, by: UserId) -> Dispute {
    Dispute { dispute_id: DISPUTE, amount: eur(amount), reason: "delivered broken".to_owned(), by }
}

fn disputed(amount: Decimal) -> InvoiceEvent {
    InvoiceEvent::DisputeOpened { dispute: dispute(amount, BOB) }
}

fn open(amount: Decimal) -> InvoiceCommand {
    InvoiceCommand::OpenDispute { dispute: dispute(amount, BOB) }
}

fn resolve(by: UserId) -> InvoiceCommand {
    InvoiceCommand::ResolveDispute { outcome: DisputeOutcome::Credited, by, reason: "they credit it".to_owned() }
}

fn resolved() -> InvoiceEvent {
    InvoiceEvent::DisputeResolved { dispute_id: DISPUTE, outcome: DisputeOutcome::Credited, by: BOB, reason: "they credit it".to_owned() }
}

fn claim(amount: Decimal) -> InvoiceCommand {
    InvoiceCommand::Claim { payment_id: PAYMENT, amount: eur(amount) }
}

fn look<T>(events: Vec<InvoiceEvent>, at: impl Fn(&Payable) -> T) -> T {
    at(Invoice::replay(events).received().expect("received"))
}

/// What is disputed of 1190.00, what a payment wants, the verdict.
const PAYMENTS: &[(Decimal, Decimal, &str)] = &[
    (dec!(190.00), dec!(1000.00), "InvoicePaymentClaimed"),
    (dec!(190.00), dec!(1000.01), "disputed"),
    (dec!(1190.00), dec!(0.01), "disputed"),
    (dec!(1190.00), dec!(0), "disputed"),
    (dec!(0.01), dec!(1189.99), "InvoicePaymentClaimed"),
    (dec!(0.01), dec!(1190.00), "disputed"),
];

#[test]
fn a_payment_takes_at_most_what_nobody_disputes() {
    for (of_it, wanted, expected) in PAYMENTS {
        let state = Invoice::replay([approved(), vec![disputed(*of_it)]].concat());
        assert_eq!(verdict(&state, claim(*wanted)), *expected, "{of_it} disputed, {wanted} wanted");
        let ended = Invoice::replay([approved(), vec![disputed(*of_it), resolved()]].concat());
        let without = if wanted.is_zero() { "amount_not_positive" } else { "InvoicePaymentClaimed" };
        assert_eq!(verdict(&ended, claim(*wanted)), without);
    }
}

#[test]
fn what_is_settled_is_disputed_no_more() {
    let dated = day("2026-04-20");
    let credit =
        |amount| Allocation { allocation_id: ALLOCATION, against: Against::CreditNote(OTHER_INVOICE), amount, effective_date: dated };
    let credited = |amount: Money| InvoiceEvent::Allocated { allocation: credit(amount), by: ERIN, reason: None, tax_breakdown: vec![] };
    let of = |events: Vec<InvoiceEvent>| look([approved(), vec![disputed(dec!(190.00))], events].concat(), |p| p.disputed());
    assert_eq!(of(vec![]), eur(dec!(190.00)));
    assert_eq!(of(vec![credited(eur(dec!(1000.00)))]), eur(dec!(190.00)));
    assert_eq!(of(vec![credited(eur(dec!(1100.00)))]), eur(dec!(90.00)));
    assert_eq!(of(vec![credited(eur(dec!(1190.00)))]), eur(dec!(0)));
    // A credit note settles what is disputed: that is how most disputes end.
    let state = Invoice::replay([approved(), vec![disputed(dec!(1190.00))]].concat());
    let allocate = InvoiceCommand::Allocate { allocation: credit(eur(dec!(190.00))), by: ERIN, reason: None, tax_breakdown: vec![] };
    assert_eq!(verdict(&state, allocate), "InvoiceAllocated");
}

#[test]
fn a_dispute_shows_in_the_status_unless_something_graver_does() {
    let status = |events: Vec<InvoiceEvent>| look(events, Payable::status);
    assert_eq!(status([received(), vec![disputed(dec!(10))]].concat()), InvoiceStatus::Disputed);
    assert_eq!(status([approved(), vec![disputed(dec!(10))]].concat()), InvoiceStatus::Disputed);
    assert_eq!(status([approved(), vec![disputed(dec!(10)), resolved()]].concat()), InvoiceStatus::Approved);
    let voided = InvoiceEvent::Voided { by: ANNA, reason: "mistake".to_owned(), effective_date: day("2026-03-05") };
    assert_eq!(status([approved(), vec![disputed(dec!(10)), voided]].concat()), InvoiceStatus::Voided);
    // It goes through approval all the same: only money waits.
    let state = Invoice::replay([received(), vec![disputed(dec!(10))]].concat());
    assert_eq!(verdict(&state, InvoiceCommand::Submit { approval_id: ROUND_1, by: ANNA }), "InvoiceSubmitted");
}

#[test]
fn there_is_one_dispute_at_a_time_and_never_of_more_than_is_unclaimed() {
    let state = |events: Vec<InvoiceEvent>| Invoice::replay([approved(), events].concat());
    assert_eq!(verdict(&state(vec![]), open(dec!(1190.01))), "exceeds_open_amount");
    assert_eq!(verdict(&state(vec![]), open(dec!(0))), "amount_not_positive");
    let claimed = InvoiceEvent::PaymentClaimed { payment_id: PAYMENT, amount: eur(dec!(1000.00)) };
    assert_eq!(verdict(&state(vec![claimed.clone()]), open(dec!(190.01))), "exceeds_open_amount");
    assert_eq!(verdict(&state(vec![claimed]), open(dec!(190.00))), "InvoiceDisputeOpened");
    assert_eq!(verdict(&state(vec![disputed(dec!(10))]), open(dec!(10))), "nothing");
    assert_eq!(verdict(&state(vec![disputed(dec!(10))]), open(dec!(11))), "already_disputed");
    let dollars = InvoiceCommand::OpenDispute { dispute: Dispute { amount: money(dec!(10), "USD"), ..dispute(dec!(10), BOB) } };
    assert_eq!(verdict(&state(vec![]), dollars), "currency_mismatch");
    assert_eq!(look([approved(), vec![disputed(dec!(10)), resolved(), disputed(dec!(5))]].concat(), Payable::disputes_ever), 2);
}

#[test]
fn who_entered_the_invoice_ends_no_dispute_but_their_own() {
    let by =
        |opened_by| Invoice::replay([approved(), vec![InvoiceEvent::DisputeOpened { dispute: dispute(dec!(10), opened_by) }]].concat());
    assert_eq!(verdict(&by(BOB), resolve(ANNA)), "self_resolution");
    assert_eq!(verdict(&by(BOB), resolve(BOB)), "InvoiceDisputeResolved");
    assert_eq!(verdict(&by(BOB), resolve(CARL)), "InvoiceDisputeResolved");
    assert_eq!(verdict(&by(ANNA), resolve(ANNA)), "InvoiceDisputeResolved");
    given::<Invoice>(approved()).when(resolve(BOB)).then_expect_error(InvoiceRefusal::NotDisputed);
}

#[test]
fn nobody_takes_a_discount_of_what_is_disputed() {
    let terms = InvoiceEvent::TermsAgreed { terms: agreed_terms() };
    let early = agreed_terms().discounts.first().expect("a discount").last_day;
    let settlement = |events: Vec<InvoiceEvent>| look([received(), vec![terms.clone()], events].concat(), |p| p.settlement(None, early));
    assert!(settlement(vec![]).discount.is_positive());
    let partly = settlement(vec![disputed(dec!(190.00))]);
    assert_eq!((partly.cash, partly.discount), (eur(dec!(1000.00)), eur(dec!(0))));
}
