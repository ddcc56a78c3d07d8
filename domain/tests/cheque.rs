//! Cheques: numbers in order and once, one payee, cashed or voided whole.

mod fixtures;

use fixtures::*;
use quittance_domain::aggregate::ClaimChange;
use quittance_domain::chequebook::{
    Book, ChequeColumn, ChequeFact, Chequebook, ChequebookCommand, ChequebookEvent, DatePattern, ListColumn, ListFact, ListShape,
    PositivePayLayout,
};
use quittance_domain::ids::VendorId;
use quittance_domain::payment::{
    Cheque, CreditorItem, Method, Payment, PaymentCommand, PaymentEvent, PaymentPlan, PaymentStatus, cheque_claim,
};
use quittance_domain::{Refusal, Root};
use uuid::Uuid;

const FIRST: u64 = 1001;

fn opened(first_number: u64) -> ChequebookEvent {
    ChequebookEvent::Opened { bank_account_id: OTHER_ACCOUNT, first_number, by: ERIN }
}

fn open(first_number: u64) -> ChequebookCommand {
    ChequebookCommand::Open { bank_account_id: OTHER_ACCOUNT, first_number, by: ERIN }
}

fn take() -> ChequebookCommand {
    ChequebookCommand::TakeNumber { payment_id: PAYMENT }
}

fn taken(number: u64) -> ChequebookEvent {
    ChequebookEvent::NumberTaken { number, payment_id: PAYMENT }
}

fn spoil(number: u64) -> ChequebookCommand {
    ChequebookCommand::VoidNumber { number, on: day("2026-03-30"), by: ERIN, reason: "torn".to_owned() }
}

fn spoiled(number: u64) -> ChequebookEvent {
    ChequebookEvent::NumberVoided { number, on: day("2026-03-30"), by: ERIN, reason: "torn".to_owned() }
}

#[test]
fn numbers_are_used_in_order_and_none_is_left_out() {
    let table = [
        (vec![], open(FIRST), "ChequebookOpened"),
        (vec![], open(0), "cheque_number_invalid"),
        (vec![], open(Book::NUMBER_MAX + 1), "cheque_number_invalid"),
        (vec![], take(), "chequebook_unknown"),
        (vec![opened(FIRST)], open(FIRST), "nothing"),
        (vec![opened(FIRST)], open(FIRST + 1), "chequebook_opened"),
        (vec![opened(FIRST)], spoil(FIRST), "ChequebookNumberVoided"),
        (vec![opened(FIRST)], spoil(FIRST + 1), "cheque_number_not_next"),
        (vec![opened(FIRST), taken(FIRST)], spoil(FIRST), "cheque_number_not_next"),
        (vec![opened(Book::NUMBER_MAX)], take(), "ChequebookNumberTaken"),
        (vec![opened(Book::NUMBER_MAX), taken(Book::NUMBER_MAX)], take(), "cheque_numbers_used_up"),
    ];
    for (row, (events, command, expected)) in table.into_iter().enumerate() {
        assert_eq!(verdict(&Chequebook::replay(events), command), expected, "row {row}");
    }
    given::<Chequebook>(vec![opened(FIRST), taken(FIRST), spoiled(FIRST + 1)]).when(take()).then_expect_events(vec![taken(FIRST + 2)]);
    let claims = Chequebook::replay([opened(FIRST)]).claims(&spoiled(FIRST));
    assert_eq!(claims, [ClaimChange::Take(cheque_claim(OTHER_ACCOUNT, FIRST))], "a spoiled number is nobody else's");
}

fn by_cheque() -> PaymentPlan {
    PaymentPlan { method: Method::Cheque, ..plan() }
}

fn authorised() -> Vec<PaymentEvent> {
    vec![PaymentEvent::Planned(Box::new(by_cheque())), PaymentEvent::Authorised { by: DORA }]
}

fn write() -> PaymentCommand {
    PaymentCommand::WriteCheque { by: ERIN, at: at("2026-03-30T10:00:00Z"), cheque: cheque() }
}

fn written() -> Vec<PaymentEvent> {
    let started = PaymentEvent::Started { by: ERIN, at: at("2026-03-30T10:00:00Z") };
    [authorised(), vec![started, PaymentEvent::ChequeWritten { cheque: cheque() }]].concat()
}

#[test]
fn an_authorised_payment_leaves_as_one_cheque() {
    given::<Payment>(authorised()).when(write()).then_expect_events(written().split_off(2));
    given::<Payment>(written()).when(write()).then_expect_events(vec![]);
    let payment = Payment::replay(written());
    assert_eq!((payment.status(), payment.cheque()), (Some(PaymentStatus::Sent), Some(&cheque())));
    let other = PaymentCommand::WriteCheque { by: ERIN, at: at("2026-03-30T10:00:00Z"), cheque: Cheque { number: 1002, ..cheque() } };
    assert_eq!(verdict(&payment, other), "wrong_state", "a payment has one cheque");
    let by_transfer = [PaymentEvent::Planned(Box::new(plan())), PaymentEvent::Authorised { by: DORA }];
    assert_eq!(verdict(&Payment::replay(by_transfer), write()), "wrong_method");
    let claims = Payment::replay(authorised()).claims(&PaymentEvent::ChequeWritten { cheque: cheque() });
    assert_eq!(claims, [ClaimChange::Take(cheque_claim(OTHER_ACCOUNT, 1001))], "a number is used once for ever");
}

#[test]
fn a_cheque_is_drawn_on_an_account_and_made_out_to_one() {
    let mut items = by_cheque().items;
    items[1] = CreditorItem { vendor_id: VendorId(Uuid::from_u128(99)), ..items[1].clone() };
    for plan in [PaymentPlan { items, ..by_cheque() }, PaymentPlan { debtor_account_id: None, ..by_cheque() }] {
        assert_eq!(verdict(&Payment::default(), PaymentCommand::Plan(Box::new(plan))), "cheque_undrawable");
    }
}

#[test]
fn nobody_cashes_part_of_a_cheque() {
    let payment = Payment::replay(written());
    let settle = |items| PaymentCommand::Settle { items, value_date: day("2026-04-02") };
    let fail = |items| PaymentCommand::Fail { items, reason: "lost in the post".to_owned(), by: None };
    let table = [
        (settle(Some(vec![1])), "cheque_is_whole"),
        (fail(Some(vec![2])), "cheque_is_whole"),
        (settle(Some(vec![2, 1])), "PaymentSettled"),
        (settle(None), "PaymentSettled"),
        (fail(None), "PaymentFailed"),
    ];
    for (row, (command, expected)) in table.into_iter().enumerate() {
        assert_eq!(verdict(&payment, command), expected, "row {row}");
    }
}

#[test]
fn a_bank_reads_its_list_by_the_layout_that_was_agreed() {
    let agree = |layout: &PositivePayLayout| ChequebookCommand::AgreePositivePayLayout { layout: Box::new(layout.clone()), by: ERIN };
    let agreed = |layout: &PositivePayLayout| ChequebookEvent::PositivePayLayoutAgreed { layout: Box::new(layout.clone()), by: ERIN };
    let usual = PositivePayLayout::usual();
    let bars = PositivePayLayout { shape: ListShape::Separated { by: '|' }, ..usual.clone() };
    given::<Chequebook>(vec![opened(FIRST)]).when(agree(&usual)).then_expect_events(vec![]);
    given::<Chequebook>(vec![opened(FIRST)]).when(agree(&bars)).then_expect_events(vec![agreed(&bars)]);
    given::<Chequebook>(vec![opened(FIRST), agreed(&bars)]).when(agree(&bars)).then_expect_events(vec![]);
    given::<Chequebook>(vec![opened(FIRST), agreed(&bars)]).when(agree(&usual)).then_expect_events(vec![agreed(&usual)]);
    assert_eq!(verdict(&Chequebook::default(), agree(&bars)), "chequebook_unknown");

    let cheque = |fact, width| ChequeColumn { fact, width };
    let constant = |text: &str| ListFact::Constant { text: text.to_owned() };
    let with = |columns: Vec<ChequeColumn>| PositivePayLayout { columns, ..usual.clone() };
    let least = || vec![cheque(ChequeFact::ChequeNumber {}, Some(10)), cheque(ChequeFact::AmountInMinorUnits {}, Some(12))];
    let and = |column: ChequeColumn| with(least().into_iter().chain([column]).collect());
    let fixed = PositivePayLayout { shape: ListShape::Fixed {}, with_names: false, ..with(least()) };
    let said = |issued: &str, void: &str| ChequeFact::State { issued: issued.to_owned(), void: void.to_owned() };
    let line = |width, text: &str| vec![ListColumn { fact: constant(text), width }];
    let table = [
        (fixed.clone(), None),
        (with(least()), None),
        (PositivePayLayout { header: line(Some(1), "H"), trailer: line(Some(3), ""), ..fixed.clone() }, None),
        (PositivePayLayout { shape: ListShape::Separated { by: 'a' }, ..usual.clone() }, Some("/shape/by")),
        (PositivePayLayout { shape: ListShape::Separated { by: '"' }, ..usual.clone() }, Some("/shape/by")),
        (PositivePayLayout { with_names: true, ..fixed.clone() }, Some("/with_names")),
        (with(vec![]), Some("/columns")),
        (with(least().split_off(1)), Some("/columns")),
        (with(vec![cheque(ChequeFact::ChequeNumber {}, None)]), Some("/columns")),
        (with(vec![cheque(ChequeFact::Payee {}, None); 51]), Some("/columns")),
        (PositivePayLayout { columns: and(cheque(ChequeFact::Payee {}, None)).columns, ..fixed.clone() }, Some("/columns/2/width")),
        (and(cheque(ChequeFact::Payee {}, Some(0))), Some("/columns/2/width")),
        (and(cheque(ChequeFact::RoutingNumber {}, Some(8))), Some("/columns/2/width")),
        (and(cheque(ChequeFact::IssuedOn { pattern: DatePattern::Iso }, Some(8))), Some("/columns/2/width")),
        (and(cheque(said("ISSUED", "VOID"), Some(4))), Some("/columns/2/width")),
        (and(cheque(said("I", "I"), None)), Some("/columns/2/fact")),
        (and(cheque(said("I", "\n"), None)), Some("/columns/2/fact")),
        (and(cheque(ChequeFact::Constant { text: "Ä".to_owned() }, None)), Some("/columns/2/fact")),
        (and(cheque(ChequeFact::Constant { text: "x".repeat(101) }, None)), Some("/columns/2/fact")),
        (PositivePayLayout { header: line(Some(1), "HD"), ..fixed.clone() }, Some("/header/0/width")),
        (PositivePayLayout { trailer: line(None, "T"), ..fixed }, Some("/trailer/0/width")),
    ];
    for (row, (layout, refused_at)) in table.into_iter().enumerate() {
        let answer = Chequebook::replay([opened(FIRST)]).decide(agree(&layout));
        assert_eq!(answer.as_ref().err().and_then(Refusal::pointer).as_deref(), refused_at, "row {row}: {answer:?}");
    }
}
