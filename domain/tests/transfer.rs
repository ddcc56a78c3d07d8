//! A payment that a provider makes: whatever is reported, late, twice and in any order, money is settled once.

mod fixtures;

use fixtures::*;
use quittance_domain::Root;
use quittance_domain::payment::{
    FoundOutcome, Payment, PaymentCommand, PaymentEvent, PaymentPlan, PaymentRefusal, PaymentStatus, Transfer, TransferOutcome,
    TransferReport, transfer_key,
};
use rust_decimal::dec;

fn planned() -> Vec<PaymentEvent> {
    vec![PaymentEvent::Planned(Box::new(transfer_plan()))]
}

fn started() -> Vec<PaymentEvent> {
    [planned(), vec![PaymentEvent::Authorised { by: DORA }, PaymentEvent::Started { by: ERIN, at: at("2026-03-29T10:00:00Z") }]].concat()
}

fn sent() -> PaymentEvent {
    PaymentEvent::TransferSent { transfer: Transfer { provider_reference: "tr_1".to_owned() } }
}

fn settled() -> PaymentEvent {
    PaymentEvent::Settled { items: vec![1, 2], value_date: day("2026-03-30") }
}

fn failed() -> PaymentEvent {
    PaymentEvent::Failed { items: vec![1, 2], reason: "account closed".to_owned() }
}

fn returned() -> PaymentEvent {
    PaymentEvent::Returned { items: vec![1, 2], value_date: day("2026-04-02"), reason: "AC04".to_owned() }
}

fn credited() -> PaymentEvent {
    PaymentEvent::CreditedOnAccount { vendor_id: VENDOR, amount: eur(dec!(1200.00)), value_date: day("2026-03-30"), item: None }
}

fn credit_returned() -> PaymentEvent {
    let reason = "AC04".to_owned();
    PaymentEvent::CreditReturned { vendor_id: VENDOR, amount: eur(dec!(1200.00)), value_date: day("2026-04-02"), reason, item: None }
}

fn outcome(word: &str) -> TransferOutcome {
    let (settled_on, returned_on) = (day("2026-03-30"), day("2026-04-02"));
    match word {
        "pending" => TransferOutcome::Pending,
        "settled" => TransferOutcome::Settled { value_date: settled_on },
        "failed" => TransferOutcome::Failed { reason: "account closed".to_owned() },
        "returned" => TransferOutcome::Returned { settled_on, returned_on, reason: "AC04".to_owned() },
        other => panic!("no outcome {other}"),
    }
}

fn report(word: &str) -> PaymentCommand {
    PaymentCommand::RecordTransfer { report: TransferReport { provider_reference: Some("tr_1".to_owned()), outcome: outcome(word) } }
}

/// What was known, what is reported, what happens.
#[test]
fn a_report_adds_what_is_not_known_yet() {
    let on = |events: &[PaymentEvent]| [started(), events.to_vec()].concat();
    let table: Vec<(Vec<PaymentEvent>, &str, Vec<PaymentEvent>)> = vec![
        (on(&[]), "pending", vec![sent()]),
        (on(&[]), "settled", vec![sent(), settled()]),
        (on(&[]), "failed", vec![sent(), failed()]),
        (on(&[]), "returned", vec![sent(), settled(), returned()]),
        (on(&[sent()]), "pending", vec![]),
        (on(&[sent()]), "settled", vec![settled()]),
        (on(&[sent()]), "failed", vec![failed()]),
        (on(&[sent()]), "returned", vec![settled(), returned()]),
        (on(&[sent(), settled()]), "pending", vec![]),
        (on(&[sent(), settled()]), "settled", vec![]),
        // An older word that comes late.
        (on(&[sent(), settled()]), "failed", vec![]),
        (on(&[sent(), settled()]), "returned", vec![returned()]),
        (on(&[sent(), failed()]), "pending", vec![]),
        (on(&[sent(), failed()]), "failed", vec![]),
        // Its claims are gone: this money settles nothing.
        (on(&[sent(), failed()]), "settled", vec![credited()]),
        (on(&[sent(), failed()]), "returned", vec![credited(), credit_returned()]),
        (on(&[failed()]), "settled", vec![credited()]),
        (on(&[sent(), failed(), credited()]), "settled", vec![]),
        (on(&[sent(), failed(), credited()]), "failed", vec![]),
        (on(&[sent(), failed(), credited()]), "returned", vec![credit_returned()]),
        (on(&[sent(), failed(), credited(), credit_returned()]), "settled", vec![]),
        (on(&[sent(), settled(), returned()]), "settled", vec![]),
        (on(&[sent(), settled(), returned()]), "returned", vec![]),
    ];
    for (before, word, after) in table {
        given::<Payment>(before).when(report(word)).then_expect_events(after);
    }
}

#[test]
fn a_transfer_that_was_declined_was_never_taken_on() {
    let declined = TransferReport { provider_reference: None, outcome: outcome("failed") };
    given::<Payment>(started()).when(PaymentCommand::RecordTransfer { report: declined }).then_expect_events(vec![failed()]);
}

#[test]
fn nothing_is_reported_of_what_has_not_started_or_goes_another_way() {
    for before in [planned(), [planned(), vec![PaymentEvent::Voided { by: ERIN, reason: "x".to_owned() }]].concat()] {
        let payment = Payment::replay(before);
        assert_eq!(verdict(&payment, report("settled")), "wrong_state");
    }
    let by_file = Payment::replay(vec![PaymentEvent::Planned(Box::new(plan()))]);
    assert_eq!(verdict(&by_file, report("settled")), "wrong_method");
    assert_eq!(verdict(&Payment::default(), report("settled")), "payment_unknown");
}

#[test]
fn a_person_alone_cannot_say_how_a_transfer_ended_nor_void_it() {
    let statement = PaymentCommand::SettleByBank { items: vec![1, 2], value_date: day("2026-03-30") };
    let by_hand = PaymentCommand::Settle { items: None, value_date: day("2026-03-30") };
    for before in [started(), [started(), vec![sent()]].concat()] {
        given::<Payment>(before.clone()).when(statement.clone()).then_expect_events(vec![settled()]);
        let payment = Payment::replay(before);
        assert_eq!(verdict(&payment, by_hand.clone()), "transfer_under_way");
        assert_eq!(verdict(&payment, PaymentCommand::Fail { items: None, reason: "x".to_owned(), by: None }), "transfer_undecided");
        assert_eq!(verdict(&payment, PaymentCommand::Void { by: ERIN, reason: "x".to_owned() }), "wrong_state");
    }
    let ended = Payment::replay([started(), vec![sent(), settled()]].concat());
    assert_eq!(verdict(&ended, by_hand), "nothing", "it is settled already");
    let start = PaymentCommand::StartTransfer { by: ERIN, at: at("2026-03-29T11:00:00Z") };
    for (before, then) in [(started(), "nothing"), ([started(), vec![sent()]].concat(), "nothing"), (planned(), "wrong_state")] {
        assert_eq!(verdict(&Payment::replay(before), start.clone()), then);
    }
}

#[test]
fn one_transfer_goes_to_one_account_through_a_named_provider() {
    type Spoil = fn(&mut PaymentPlan);
    let table: [(Spoil, PaymentRefusal); 4] = [
        (|p| p.provider_account_id = None, PaymentRefusal::ProviderAccountMissing),
        (|p| p.items[1].vendor_id = OTHER_VENDOR, PaymentRefusal::SeveralCreditors),
        (|p| p.items[1].creditor_account = Some(other_account()), PaymentRefusal::SeveralCreditors),
        (|p| p.items.iter_mut().for_each(|i| i.creditor_account = None), PaymentRefusal::SeveralCreditors),
    ];
    for (spoil, refusal) in table {
        let mut plan = transfer_plan();
        spoil(&mut plan);
        nothing::<Payment>().when(PaymentCommand::Plan(Box::new(plan))).then_expect_error(refusal);
    }
    nothing::<Payment>().when(PaymentCommand::Plan(Box::new(transfer_plan()))).then_expect_events(planned());
}

/// Every sequence of up to five reports: money is settled or credited once at most, and what came back had gone.
#[test]
fn no_order_of_reports_moves_money_twice() {
    const WORDS: [&str; 4] = ["pending", "settled", "failed", "returned"];
    let mut explored = 0;
    let mut open = vec![(Payment::replay(started()), Vec::<&'static str>::new(), 5)];
    while let Some((payment, happened, left)) = open.pop() {
        explored += 1;
        let count = |name: &str| happened.iter().filter(|n| **n == name).count();
        let gone = count("PaymentSettled") + count("PaymentCreditedOnAccount");
        assert!(gone <= 1, "{happened:?}");
        assert!(count("PaymentReturned") <= count("PaymentSettled"), "{happened:?}");
        assert!(count("PaymentCreditReturned") <= count("PaymentCreditedOnAccount"), "{happened:?}");
        for word in WORDS.iter().take_while(|_| left > 0) {
            let events = payment.decide(report(word)).expect("a started payment takes every report");
            let (mut next, mut names) = (payment.clone(), happened.clone());
            for event in events {
                names.push(event.name());
                cqrs_es::Aggregate::apply(&mut next, event);
            }
            open.push((next, names, left - 1));
        }
    }
    assert_eq!(explored, (0..=5).map(|n| 4usize.pow(n)).sum::<usize>());
}

#[test]
fn a_credit_on_account_is_a_state_of_its_own() {
    let state = Payment::replay([started(), vec![sent(), failed(), credited()]].concat());
    assert_eq!(state.status(), Some(PaymentStatus::OnAccount));
    assert!(state.awaits_provider().is_none());
    assert!(Payment::replay(started()).awaits_provider().is_some());
}

#[test]
fn the_key_of_a_payments_transfer_is_its_own_for_ever() {
    assert_eq!(transfer_key(PAYMENT), transfer_key(PAYMENT));
    assert_ne!(transfer_key(PAYMENT), transfer_key(OTHER_PAYMENT));
    assert_eq!(transfer_key(PAYMENT).to_string(), "b78e8641-5157-5d11-bebf-94594b69c360");
}

fn found(outcome: FoundOutcome) -> PaymentEvent {
    PaymentEvent::OutcomeFound { finding: finding(outcome) }
}

fn refused_as(given: &[PaymentEvent], command: PaymentCommand) -> PaymentRefusal {
    Payment::replay(given.to_vec()).decide(command).expect_err("it is refused")
}

#[test]
fn two_people_end_a_transfer_whose_provider_is_gone() {
    let on = |events: &[PaymentEvent]| [started(), events.to_vec()].concat();
    let never_left = PaymentEvent::Failed { items: vec![1, 2], reason: finding(FoundOutcome::NeverLeft).reason };
    for before in [on(&[]), on(&[sent()])] {
        let stating = Payment::replay(before.clone()).decide(PaymentCommand::FindOutcome { finding: finding(left()) });
        assert_eq!(stating, Ok(vec![found(left())]));
        for (outcome, end) in [(left(), settled()), (FoundOutcome::NeverLeft, never_left.clone())] {
            // A finding takes the place of the one before.
            let stated = [before.clone(), vec![found(FoundOutcome::NeverLeft), found(left()), found(outcome)]].concat();
            assert_eq!(refused_as(&stated, PaymentCommand::ConfirmOutcome { by: ERIN }), PaymentRefusal::OwnFinding);
            let confirmed = vec![PaymentEvent::OutcomeConfirmed { by: DORA }, end];
            assert_eq!(Payment::replay(stated).decide(PaymentCommand::ConfirmOutcome { by: DORA }), Ok(confirmed));
        }
        assert_eq!(refused_as(&before, PaymentCommand::ConfirmOutcome { by: DORA }), PaymentRefusal::OutcomeNotFound);
    }
}

#[test]
fn what_the_provider_says_after_all_is_heard_once() {
    let ended = |end: PaymentEvent| [started(), vec![found(left()), PaymentEvent::OutcomeConfirmed { by: DORA }, end]].concat();
    let hears = |given: Vec<PaymentEvent>, word: &str| Payment::replay(given).decide(report(word)).expect("it is heard");
    assert_eq!(hears(ended(failed()), "settled"), [credited()]);
    assert_eq!(hears([ended(failed()), vec![credited()]].concat(), "settled"), []);
    assert_eq!(hears(ended(settled()), "settled"), []);
    assert_eq!(hears(ended(settled()), "returned"), [returned()]);
    // The provider's own word, before anybody confirms, takes the finding away.
    let told = [started(), vec![found(left()), sent()]].concat();
    assert_eq!(refused_as(&told, PaymentCommand::ConfirmOutcome { by: DORA }), PaymentRefusal::OutcomeNotFound);
}

#[test]
fn a_finding_needs_a_transfer_under_way_a_reason_and_evidence() {
    let without = |change: fn(&mut quittance_domain::payment::OutcomeFinding)| {
        let mut finding = finding(left());
        change(&mut finding);
        refused_as(&started(), PaymentCommand::FindOutcome { finding })
    };
    assert_eq!(without(|finding| finding.reason = " ".to_owned()), PaymentRefusal::OutcomeReasonMissing);
    assert_eq!(without(|finding| finding.evidence.clear()), PaymentRefusal::OutcomeEvidenceMissing);
    let blank = |finding: &mut quittance_domain::payment::OutcomeFinding| {
        finding.outcome = FoundOutcome::Left { reference: String::new(), value_date: day("2026-03-30") };
    };
    assert_eq!(without(blank), PaymentRefusal::OutcomeReferenceMissing);
    for given in [planned(), [started(), vec![sent(), settled()]].concat(), [started(), vec![sent(), failed()]].concat()] {
        let late = refused_as(&given, PaymentCommand::FindOutcome { finding: finding(left()) });
        assert!(matches!(late, PaymentRefusal::WrongState { .. }), "{late:?}");
    }
}
