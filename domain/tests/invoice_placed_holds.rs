//! What people stop an invoice for: it goes on only when each of the holds was let go, by who may.

mod fixtures;

use fixtures::*;
use quittance_domain::Root;
use quittance_domain::exception::{AnswerTimes, ExceptionOf, QueueKind};
use quittance_domain::ids::{HoldId, UserId};
use quittance_domain::invoice::{
    ExceptionAssignment, ExceptionKind, HoldKind, Invoice, InvoiceCommand, InvoiceEvent, InvoiceRefusal, InvoiceStatus, Lookalike,
    PlacedHold,
};
use quittance_domain::matching::{Evaluation, MatchFinding};
use rust_decimal::dec;

fn hold(hold_id: HoldId, by: UserId) -> PlacedHold {
    PlacedHold { hold_id, kind: HoldKind::Delivery, reason: "two crates are missing".to_owned(), until: Some(day("2026-04-15")), by }
}

fn put(hold: PlacedHold) -> InvoiceCommand {
    InvoiceCommand::PutOnHold { hold }
}

fn held(hold: PlacedHold) -> InvoiceEvent {
    InvoiceEvent::PutOnHold { hold }
}

fn take_off(hold_id: HoldId, by: UserId) -> InvoiceCommand {
    InvoiceCommand::TakeOffHold { hold_id, by, reason: "found".to_owned() }
}

fn taken_off(hold_id: HoldId, by: UserId) -> InvoiceEvent {
    InvoiceEvent::TakenOffHold { hold_id, by, reason: "found".to_owned() }
}

fn received() -> Vec<InvoiceEvent> {
    vec![InvoiceEvent::Received(Box::new(reception()))]
}

fn approved() -> Vec<InvoiceEvent> {
    fixtures::approved(reception())
}

fn claim() -> InvoiceCommand {
    InvoiceCommand::Claim { payment_id: PAYMENT, amount: eur(dec!(10)) }
}

/// What came up after a payment was planned, and what the payment is told when it is about to leave.
#[test]
fn what_is_planned_leaves_only_if_nothing_has_come_up_since() {
    let planned = Invoice::replay(received()).received().expect("received").version_hash();
    let claimed = InvoiceEvent::PaymentClaimed { payment_id: PAYMENT, amount: eur(dec!(10)) };
    let goods_went_back = InvoiceEvent::MatchEvaluated { evaluation: Box::new(evaluation()) };
    let lookalike = Lookalike { invoice_id: OTHER_INVOICE, number: "2026-01".to_owned(), likenesses: vec![], score: 90 };
    let alike = InvoiceEvent::DuplicatesSuspected { lookalikes: vec![lookalike] };
    let table = [
        (vec![], Ok(())),
        (vec![held(hold(HOLD, BOB))], Err(InvoiceRefusal::OnHold)),
        (vec![held(hold(HOLD, BOB)), taken_off(HOLD, BOB)], Ok(())),
        (vec![goods_went_back], Err(InvoiceRefusal::InException)),
        (vec![alike], Err(InvoiceRefusal::InException)),
    ];
    for (since, expected) in table {
        let invoice = Invoice::replay([approved(), vec![claimed.clone()], since].concat());
        assert_eq!(invoice.received().expect("received").may_leave(&planned), expected);
    }
    let another = Invoice::replay(approved()).received().expect("received").may_leave("what was planned");
    assert_eq!(another, Err(InvoiceRefusal::VersionChanged));
}

#[test]
fn who_is_on_hold_is_neither_submitted_nor_paid() {
    let submit = || InvoiceCommand::Submit { approval_id: ROUND_1, by: ANNA };
    given::<Invoice>(received()).and(vec![held(hold(HOLD, BOB))]).when(submit()).then_expect_error(InvoiceRefusal::OnHold);
    given::<Invoice>(approved()).and(vec![held(hold(HOLD, BOB))]).when(claim()).then_expect_error(InvoiceRefusal::OnHold);
    let status = |events: Vec<InvoiceEvent>| Invoice::replay([received(), events].concat()).received().expect("received").status();
    assert_eq!(status(vec![held(hold(HOLD, BOB))]), InvoiceStatus::InException);
    assert_eq!(status(vec![held(hold(HOLD, BOB)), taken_off(HOLD, BOB)]), InvoiceStatus::Received);
}

#[test]
fn each_of_several_holds_stops_it_alone() {
    let both = || [approved(), vec![held(hold(HOLD, BOB)), held(PlacedHold { kind: HoldKind::Legal, ..hold(OTHER_HOLD, DORA) })]].concat();
    given::<Invoice>(both()).and(vec![taken_off(HOLD, BOB)]).when(claim()).then_expect_error(InvoiceRefusal::OnHold);
    let claimed = InvoiceEvent::PaymentClaimed { payment_id: PAYMENT, amount: eur(dec!(10)) };
    given::<Invoice>(both()).and(vec![taken_off(HOLD, BOB), taken_off(OTHER_HOLD, BOB)]).when(claim()).then_expect_events(vec![claimed]);
    assert_eq!(Invoice::replay([both(), vec![taken_off(HOLD, BOB)]].concat()).received().expect("received").holds_ever(), 2);
}

#[test]
fn holding_twice_for_one_reason_is_one_hold() {
    let once = || given::<Invoice>(received()).and(vec![held(hold(HOLD, BOB))]);
    once().when(put(hold(OTHER_HOLD, BOB))).then_expect_events(vec![]);
    once().when(put(hold(OTHER_HOLD, CARL))).then_expect_events(vec![held(hold(OTHER_HOLD, CARL))]);
}

/// Who placed it, who lets it go, the verdict. Anna has entered the invoice.
const RELEASES: &[(UserId, UserId, &str)] = &[
    (BOB, BOB, "InvoiceTakenOffHold"),
    (BOB, CARL, "InvoiceTakenOffHold"),
    (BOB, ANNA, "self_resolution"),
    (ANNA, ANNA, "InvoiceTakenOffHold"),
    (ANNA, CARL, "InvoiceTakenOffHold"),
];

#[test]
fn who_entered_the_invoice_lets_go_of_no_hold_but_their_own() {
    for (placed_by, by, expected) in RELEASES {
        let state = Invoice::replay([received(), vec![held(hold(HOLD, *placed_by))]].concat());
        assert_eq!(verdict(&state, take_off(HOLD, *by)), *expected, "placed by {placed_by}, let go by {by}");
    }
    let once = || given::<Invoice>(received()).and(vec![held(hold(HOLD, BOB))]);
    once().when(take_off(OTHER_HOLD, BOB)).then_expect_error(InvoiceRefusal::HoldUnknown);
    once().and(vec![taken_off(HOLD, BOB)]).when(take_off(HOLD, BOB)).then_expect_events(vec![]);
}

#[test]
fn what_is_paid_or_voided_is_not_held() {
    let all = eur(dec!(1190.00));
    let settled = InvoiceEvent::PaymentSettled { payment_id: PAYMENT, amount: all, value_date: day("2026-03-30") };
    let paid = [approved(), vec![InvoiceEvent::PaymentClaimed { payment_id: PAYMENT, amount: all }, settled]].concat();
    assert_eq!(verdict(&Invoice::replay(paid), put(hold(HOLD, BOB))), "wrong_state");
    let voided = InvoiceEvent::Voided { by: ANNA, reason: "mistake".to_owned(), effective_date: day("2026-03-05") };
    let voided = [received(), vec![held(hold(HOLD, BOB)), voided]].concat();
    assert_eq!(verdict(&Invoice::replay(voided.clone()), put(hold(OTHER_HOLD, CARL))), "wrong_state");
    assert!(Invoice::replay(voided).received().expect("received").open_exceptions().is_empty());
}

#[test]
fn everything_that_is_open_can_be_given_to_somebody_and_nothing_else() {
    let found = MatchFinding { line: Some("1".to_owned()), ..match_finding() };
    let evaluation = Box::new(Evaluation { findings: vec![found.clone()], ..evaluation() });
    let raised = InvoiceEvent::ExceptionRaised { exception: exception(ExceptionKind::Totals) };
    let state = Invoice::replay([received(), vec![raised, held(hold(HOLD, BOB)), InvoiceEvent::MatchEvaluated { evaluation }]].concat());
    let open = state.received().expect("received").open_exceptions();
    let expected = [ExceptionOf::whole(QueueKind::Totals), (&found).into(), (&hold(HOLD, BOB)).into()];
    assert_eq!(open, expected);
    let ids: std::collections::HashSet<_> = open.iter().map(|exception| exception.id(INVOICE)).collect();
    assert_eq!(ids.len(), 3, "each is a thing of its own");
    let assign = |exception: &ExceptionOf| InvoiceCommand::AssignException {
        assignment: ExceptionAssignment { exception: exception.clone(), owner: CARL, due_at: None, by: DORA },
    };
    for exception in &open {
        assert_eq!(verdict(&state, assign(exception)), "InvoiceExceptionAssigned");
    }
    assert_eq!(verdict(&state, assign(&ExceptionOf::whole(QueueKind::Rule))), "exception_unknown");
    assert_eq!(verdict(&state, assign(&(&hold(OTHER_HOLD, BOB)).into())), "exception_unknown");
}

#[test]
fn kinds_have_the_usual_time_unless_the_company_says_otherwise() {
    let times = AnswerTimes { hours: [(QueueKind::Price, 48)].into() };
    let hours = |kind| times.time_for(kind).num_hours();
    assert_eq!([QueueKind::Price, QueueKind::BankAccount, QueueKind::Quantity, QueueKind::MissingReceipt].map(hours), [48, 24, 72, 120]);
    assert_eq!(times.outlandish(), None);
    assert_eq!(AnswerTimes { hours: [(QueueKind::Price, 0)].into() }.outlandish(), Some(QueueKind::Price));
    assert_eq!(AnswerTimes { hours: [(QueueKind::Rule, AnswerTimes::HOURS_MAX + 1)].into() }.outlandish(), Some(QueueKind::Rule));
}
