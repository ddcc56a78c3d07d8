//! A payment, given what happened, when it is asked something, then says what happens next.

mod fixtures;

use chrono::{DateTime, Utc};
use fixtures::*;
use quittance_domain::Root;
use quittance_domain::payment::{
    ItemState, ManualRecord, Method, Payment, PaymentCommand, PaymentEvent, PaymentPlan, PaymentRefusal, PaymentStatus, RecordedMethod,
    SentFile,
};
use rust_decimal::{Decimal, dec};

fn now() -> DateTime<Utc> {
    at("2026-03-29T10:00:00Z")
}

fn planned() -> Vec<PaymentEvent> {
    vec![PaymentEvent::Planned(Box::new(plan()))]
}

fn manual() -> Vec<PaymentEvent> {
    let plan = PaymentPlan { method: Method::Manual, ..plan() };
    vec![PaymentEvent::Planned(Box::new(plan)), PaymentEvent::Authorised { by: DORA }]
}

fn authorised() -> Vec<PaymentEvent> {
    [planned(), vec![PaymentEvent::Authorised { by: DORA }]].concat()
}

fn started() -> Vec<PaymentEvent> {
    [authorised(), vec![PaymentEvent::Started { by: ERIN, at: now() }]].concat()
}

fn sent() -> Vec<PaymentEvent> {
    [started(), vec![PaymentEvent::FileSent { file: sent_file() }]].concat()
}

fn settled(items: &[u32]) -> PaymentEvent {
    PaymentEvent::Settled { items: items.to_vec(), value_date: day("2026-03-30") }
}

fn failed(items: &[u32]) -> PaymentEvent {
    PaymentEvent::Failed { items: items.to_vec(), reason: "AC01".to_owned() }
}

fn returned(items: &[u32]) -> PaymentEvent {
    PaymentEvent::Returned { items: items.to_vec(), value_date: day("2026-04-02"), reason: "AC04".to_owned() }
}

fn settle(items: Option<&[u32]>) -> PaymentCommand {
    PaymentCommand::Settle { items: items.map(<[u32]>::to_vec), value_date: day("2026-03-30") }
}

fn fail(items: Option<&[u32]>) -> PaymentCommand {
    PaymentCommand::Fail { items: items.map(<[u32]>::to_vec), reason: "AC01".to_owned(), by: None }
}

fn take_back(items: Option<&[u32]>) -> PaymentCommand {
    PaymentCommand::Return { items: items.map(<[u32]>::to_vec), value_date: day("2026-04-02"), reason: "AC04".to_owned(), by: None }
}

fn record(record: ManualRecord) -> PaymentCommand {
    PaymentCommand::RecordManually { by: ERIN, at: now(), record }
}

#[test]
fn a_payment_is_planned_once() {
    let planning = || PaymentCommand::Plan(Box::new(plan()));
    nothing::<Payment>().when(planning()).then_expect_events(planned());
    given::<Payment>(planned()).when(planning()).then_expect_error(PaymentRefusal::AlreadyPlanned);
}

/// What is wrong with the plan, and how it is refused.
#[test]
fn a_plan_must_add_up_and_pay_each_invoice_once() {
    type Spoil = fn(&mut PaymentPlan);
    let table: [(Spoil, PaymentRefusal); 8] = [
        (|p| p.items.clear(), PaymentRefusal::NoItems),
        (|p| p.items[1].line = 1, PaymentRefusal::ItemRepeated { line: 1 }),
        (|p| p.items[1].invoice_id = INVOICE, PaymentRefusal::ItemRepeated { line: 2 }),
        (|p| p.items[1].amount = eur(dec!(0.00)), PaymentRefusal::AmountNotPositive { line: 2 }),
        (|p| p.items[1].amount = eur(dec!(-10.00)), PaymentRefusal::AmountNotPositive { line: 2 }),
        (|p| p.items[1].amount = money(dec!(10.00), "USD"), PaymentRefusal::TotalMismatch),
        (|p| p.total = eur(dec!(1200.01)), PaymentRefusal::TotalMismatch),
        (|p| p.total = money(dec!(1200.00), "USD"), PaymentRefusal::TotalMismatch),
    ];
    for (spoil, refusal) in table {
        let mut plan = plan();
        spoil(&mut plan);
        nothing::<Payment>().when(PaymentCommand::Plan(Box::new(plan))).then_expect_error(refusal);
    }
}

#[test]
fn a_second_person_authorises_once() {
    let authorise = |by| PaymentCommand::Authorise { by };
    let too_late = PaymentRefusal::WrongState { state: PaymentStatus::Authorised, action: "authorise", needed: "planned" };
    given::<Payment>(planned()).when(authorise(ERIN)).then_expect_error(PaymentRefusal::SelfAuthorisation);
    given::<Payment>(planned()).when(authorise(DORA)).then_expect_events(vec![PaymentEvent::Authorised { by: DORA }]);
    given::<Payment>(authorised()).when(authorise(DORA)).then_expect_events(vec![]);
    given::<Payment>(authorised()).when(authorise(BOB)).then_expect_error(too_late);
}

/// A crash, or a person who never said how it went: the bank knows, and what it says ends the payment.
#[test]
fn a_payment_that_only_started_is_settled_or_failed_as_the_bank_says() {
    let settle = PaymentCommand::Settle { items: None, value_date: day("2026-11-20") };
    let fail = PaymentCommand::Fail { items: None, reason: "never sent".to_owned(), by: None };
    let settled = PaymentEvent::Settled { items: vec![1, 2], value_date: day("2026-11-20") };
    let failed = PaymentEvent::Failed { items: vec![1, 2], reason: "never sent".to_owned() };
    given::<Payment>(started()).when(settle.clone()).then_expect_events(vec![settled.clone()]);
    given::<Payment>(started()).when(fail.clone()).then_expect_events(vec![failed.clone()]);
    let after = |event: &PaymentEvent| Payment::replay(started().into_iter().chain([event.clone()])).status();
    assert_eq!((after(&settled), after(&failed)), (Some(PaymentStatus::Settled), Some(PaymentStatus::Failed)));
    given::<Payment>(authorised()).when(settle).then_expect_error(PaymentRefusal::WrongState {
        state: PaymentStatus::Authorised,
        action: "settle",
        needed: "started or sent",
    });
}

#[test]
fn it_starts_before_its_file_is_known() {
    let start = PaymentCommand::Start { by: ERIN, at: now() };
    let file = |file| PaymentCommand::RecordFile { file };
    let not_started = PaymentRefusal::WrongState { state: PaymentStatus::Authorised, action: "send", needed: "started" };
    given::<Payment>(authorised()).when(start.clone()).then_expect_events(vec![PaymentEvent::Started { by: ERIN, at: now() }]);
    given::<Payment>(started()).when(start).then_expect_events(vec![]);
    given::<Payment>(authorised()).when(file(sent_file())).then_expect_error(not_started);
    given::<Payment>(started()).when(file(sent_file())).then_expect_events(vec![PaymentEvent::FileSent { file: sent_file() }]);
    given::<Payment>(sent()).when(file(sent_file())).then_expect_events(vec![]);
}

#[test]
fn a_second_file_is_never_sent() {
    let second = SentFile { sha256: "00".repeat(32), ..sent_file() };
    let already = PaymentRefusal::WrongState { state: PaymentStatus::Sent, action: "send", needed: "started" };
    given::<Payment>(sent()).when(PaymentCommand::RecordFile { file: second }).then_expect_error(already);
}

#[test]
fn what_a_person_paid_is_recorded_once() {
    let recorded = PaymentEvent::RecordedManually { record: manual_record() };
    let other = ManualRecord { reference: "000124".to_owned(), ..manual_record() };
    let both = vec![PaymentEvent::Started { by: ERIN, at: now() }, recorded];
    let already = PaymentRefusal::WrongState { state: PaymentStatus::Sent, action: "execute", needed: "authorised" };
    given::<Payment>(manual()).when(record(manual_record())).then_expect_events(both.clone());
    given::<Payment>(manual()).and(both.clone()).when(record(manual_record())).then_expect_events(vec![]);
    given::<Payment>(manual()).and(both).when(record(other)).then_expect_error(already);
}

/// Old events say whatever somebody wrote; new ones a word of the list.
#[test]
fn a_record_names_its_means() {
    for word in ["ach", "wire", "cheque", "card", "cash", "mobile_money", "direct_debit", "other"] {
        assert_eq!(word.parse::<RecordedMethod>().map(|method| method.to_string()), Ok(word.to_owned()));
    }
    assert!("carrier pigeon".parse::<RecordedMethod>().is_err());
    let before = serde_json::json!({ "method": "carrier pigeon", "reference": "x", "paid_on": "2020-01-01" });
    let record: ManualRecord = serde_json::from_value(before).expect("it was written so");
    assert_eq!(record.method, "carrier pigeon");
}

#[test]
fn a_payment_leaves_by_the_method_that_was_planned() {
    let start = PaymentCommand::Start { by: ERIN, at: now() };
    let by_file = PaymentRefusal::WrongMethod { method: Method::SepaCreditTransfer };
    given::<Payment>(manual()).when(start).then_expect_error(PaymentRefusal::WrongMethod { method: Method::Manual });
    given::<Payment>(authorised()).when(record(manual_record())).then_expect_error(by_file.clone());
    given::<Payment>(started()).when(record(manual_record())).then_expect_error(by_file);
}

#[test]
fn each_item_ends_on_its_own() {
    given::<Payment>(sent()).when(settle(Some(&[2]))).then_expect_events(vec![settled(&[2])]);
    given::<Payment>(sent()).and(vec![settled(&[2])]).when(fail(Some(&[1]))).then_expect_events(vec![failed(&[1])]);
    given::<Payment>(sent()).and(vec![settled(&[2])]).when(take_back(Some(&[2]))).then_expect_events(vec![returned(&[2])]);
    given::<Payment>(sent()).when(settle(Some(&[3]))).then_expect_error(PaymentRefusal::NoSuchItem { line: 3 });
    given::<Payment>(sent()).when(settle(Some(&[]))).then_expect_events(vec![]);
}

#[test]
fn all_means_all_that_can() {
    given::<Payment>(sent()).when(settle(None)).then_expect_events(vec![settled(&[1, 2])]);
    given::<Payment>(sent()).and(vec![failed(&[1])]).when(settle(None)).then_expect_events(vec![settled(&[2])]);
    given::<Payment>(sent()).and(vec![settled(&[1])]).when(fail(None)).then_expect_events(vec![failed(&[2])]);
    given::<Payment>(sent()).and(vec![settled(&[1])]).when(take_back(None)).then_expect_events(vec![returned(&[1])]);
}

/// What has happened to the items, what comes again.
#[test]
fn an_end_that_comes_again_ends_nothing_again() {
    let table = [
        (vec![settled(&[1, 2])], settle(None)),
        (vec![settled(&[1, 2])], settle(Some(&[2, 1, 2]))),
        (vec![failed(&[1]), settled(&[2])], settle(None)),
        (vec![failed(&[1]), settled(&[2])], fail(None)),
        (vec![failed(&[1, 2])], fail(Some(&[1]))),
        (vec![settled(&[1, 2]), returned(&[1, 2])], take_back(None)),
        (vec![failed(&[1]), settled(&[2]), returned(&[2])], take_back(None)),
    ];
    for (ended, again) in table {
        given::<Payment>(sent()).and(ended).when(again).then_expect_events(vec![]);
    }
}

#[test]
fn an_item_named_twice_is_named_once() {
    given::<Payment>(sent()).when(settle(Some(&[1, 1]))).then_expect_events(vec![settled(&[1])]);
}

/// What has happened to item 1, what is asked of it, the state that the refusal names.
#[test]
fn an_item_that_has_ended_does_not_end_otherwise() {
    let table = [
        (vec![], take_back(Some(&[1])), ItemState::Sent, "be returned"),
        (vec![settled(&[1])], fail(Some(&[1])), ItemState::Settled, "fail"),
        (vec![failed(&[1])], settle(Some(&[1])), ItemState::Failed, "settle"),
        (vec![failed(&[1])], take_back(Some(&[1])), ItemState::Failed, "be returned"),
        (vec![settled(&[1]), returned(&[1])], settle(Some(&[1])), ItemState::Returned, "settle"),
        (vec![settled(&[1]), returned(&[1])], fail(Some(&[1])), ItemState::Returned, "fail"),
        (vec![failed(&[1, 2])], settle(None), ItemState::Failed, "settle"),
        (vec![], take_back(None), ItemState::Sent, "be returned"),
    ];
    for (ended, command, state, action) in table {
        let refusal = PaymentRefusal::ItemNotInFlight { line: 1, state, action };
        given::<Payment>(sent()).and(ended).when(command).then_expect_error(refusal);
    }
}

#[test]
fn one_item_that_cannot_refuses_them_all() {
    let refusal = PaymentRefusal::ItemNotInFlight { line: 2, state: ItemState::Failed, action: "settle" };
    given::<Payment>(sent()).and(vec![failed(&[2])]).when(settle(Some(&[1, 2]))).then_expect_error(refusal);
}

#[test]
fn a_payment_is_voided_before_it_starts_and_never_after() {
    let void = PaymentCommand::Void { by: ERIN, reason: "wrong date".to_owned() };
    let voided = PaymentEvent::Voided { by: ERIN, reason: "wrong date".to_owned() };
    let too_late = |state| PaymentRefusal::WrongState { state, action: "void", needed: "planned or authorised" };
    given::<Payment>(planned()).when(void.clone()).then_expect_events(vec![voided.clone()]);
    given::<Payment>(authorised()).when(void.clone()).then_expect_events(vec![voided.clone()]);
    given::<Payment>(planned()).and(vec![voided]).when(void.clone()).then_expect_events(vec![]);
    given::<Payment>(started()).when(void.clone()).then_expect_error(too_late(PaymentStatus::Started));
    given::<Payment>(sent()).when(void).then_expect_error(too_late(PaymentStatus::Sent));
}

/// What has happened to the two items, and the payment's status in one word.
#[test]
fn a_payment_stands_where_its_items_stand() {
    let table = [
        (vec![], PaymentStatus::Sent),
        (vec![settled(&[1])], PaymentStatus::PartiallySettled),
        (vec![settled(&[1, 2])], PaymentStatus::Settled),
        (vec![failed(&[1])], PaymentStatus::Sent),
        (vec![failed(&[1, 2])], PaymentStatus::Failed),
        (vec![failed(&[1]), settled(&[2])], PaymentStatus::PartiallySettled),
        (vec![settled(&[1, 2]), returned(&[1])], PaymentStatus::PartiallySettled),
        (vec![settled(&[1, 2]), returned(&[1, 2])], PaymentStatus::Returned),
        (vec![failed(&[1]), settled(&[2]), returned(&[2])], PaymentStatus::Returned),
    ];
    for (ended, status) in table {
        let shown = format!("{ended:?}");
        assert_eq!(Payment::replay([sent(), ended].concat()).status(), Some(status), "{shown}");
    }
}

#[test]
fn what_was_never_planned_is_unknown() {
    nothing::<Payment>().when(settle(None)).then_expect_error(PaymentRefusal::PaymentUnknown);
    assert_eq!(Payment::default().plan().expect_err("no plan"), PaymentRefusal::PaymentUnknown);
    assert_eq!(Payment::default().status(), None);
}

#[test]
fn a_settlement_by_mistake_is_withdrawn_and_the_payment_is_under_way_again() {
    let withdraw = |items: &[u32]| PaymentCommand::WithdrawSettlement {
        items: items.to_vec(),
        effective_date: day("2026-03-30"),
        by: ERIN,
        reason: "another line".to_owned(),
    };
    let withdrawn = |items: &[u32]| PaymentEvent::SettlementWithdrawn {
        items: items.to_vec(),
        effective_date: day("2026-03-30"),
        by: ERIN,
        reason: "another line".to_owned(),
    };
    let on = |events: &[PaymentEvent]| [sent(), events.to_vec()].concat();
    given::<Payment>(on(&[settled(&[1, 2])])).when(withdraw(&[1])).then_expect_events(vec![withdrawn(&[1])]);
    given::<Payment>(on(&[settled(&[1, 2]), withdrawn(&[1])])).when(withdraw(&[1])).then_expect_events(vec![]);
    let again = PaymentCommand::Settle { items: Some(vec![1]), value_date: day("2026-03-30") };
    given::<Payment>(on(&[settled(&[1, 2]), withdrawn(&[1])])).when(again).then_expect_events(vec![settled(&[1])]);
    let failed = PaymentEvent::Failed { items: vec![1], reason: "AC01".to_owned() };
    let refused = Payment::replay(on(&[failed])).decide(withdraw(&[1]));
    assert!(matches!(refused, Err(PaymentRefusal::ItemNotInFlight { line: 1, .. })), "{refused:?}");
}

fn by_statement(items: &[u32]) -> PaymentCommand {
    PaymentCommand::SettleByBank { items: items.to_vec(), value_date: day("2026-03-30") }
}

fn credited(line: u32, amount: Decimal) -> PaymentEvent {
    PaymentEvent::CreditedOnAccount { vendor_id: VENDOR, amount: eur(amount), value_date: day("2026-03-30"), item: Some(line) }
}

#[test]
fn what_the_bank_moved_of_a_failed_item_is_the_vendors_credit() {
    let failed = |items: &[u32]| [sent(), vec![PaymentEvent::Failed { items: items.to_vec(), reason: "no idea".to_owned() }]].concat();
    let settled = PaymentEvent::Settled { items: vec![1], value_date: day("2026-03-30") };
    given::<Payment>(failed(&[2])).when(by_statement(&[1, 2])).then_expect_events(vec![settled, credited(2, dec!(10.00))]);
    let credits = vec![credited(1, dec!(1190.00)), credited(2, dec!(10.00))];
    given::<Payment>(failed(&[1, 2])).when(by_statement(&[2, 1, 2])).then_expect_events(credits.clone());

    // Once: a second line of it is nobody's, and what came back is owed no more.
    let on_account = [failed(&[1, 2]), credits].concat();
    let refused = PaymentRefusal::ItemNotInFlight { line: 2, state: ItemState::OnAccount, action: "settle" };
    given::<Payment>(on_account.clone()).when(by_statement(&[2])).then_expect_error(refused);
    let back = PaymentCommand::Return { items: Some(vec![2]), value_date: day("2026-04-02"), reason: "AC04".to_owned(), by: None };
    let (amount, value_date, reason) = (eur(dec!(10.00)), day("2026-04-02"), "AC04".to_owned());
    let returned = PaymentEvent::CreditReturned { vendor_id: VENDOR, amount, value_date, reason, item: Some(2) };
    given::<Payment>(on_account.clone()).when(back.clone()).then_expect_events(vec![returned.clone()]);
    given::<Payment>([on_account.clone(), vec![returned]].concat()).when(back).then_expect_events(vec![]);
    assert_eq!(Payment::replay(on_account).status(), Some(PaymentStatus::OnAccount));
}

/// Who says it, whether the bank has a file, what happens.
#[test]
fn who_planned_what_a_file_carries_does_not_free_it_alone() {
    let planner = plan().planned_by;
    let fail = |by| PaymentCommand::Fail { items: None, reason: "no idea".to_owned(), by };
    let back = |by| PaymentCommand::Return { items: None, value_date: day("2026-04-02"), reason: "AC04".to_owned(), by };
    let settled = [sent(), vec![PaymentEvent::Settled { items: vec![1, 2], value_date: day("2026-03-30") }]].concat();
    for (by, refused) in [(Some(planner), true), (Some(DORA), false), (None, false)] {
        for (before, command) in [(sent(), fail(by)), (settled.clone(), back(by))] {
            let decided = Payment::replay(before).decide(command);
            assert_eq!(decided == Err(PaymentRefusal::OwnPayment), refused, "{by:?}: {decided:?}");
        }
    }
    let without_file: Vec<PaymentEvent> = sent().into_iter().filter(|event| !matches!(event, PaymentEvent::FileSent { .. })).collect();
    assert!(Payment::replay(without_file).decide(fail(Some(planner))).is_ok(), "nothing is at the bank yet");
}
