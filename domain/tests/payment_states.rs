//! Every command in every state of a payment: what happens, or which refusal names which state.

mod fixtures;

use fixtures::*;
use quittance_domain::Root;
use quittance_domain::payment::{Payment, PaymentCommand, PaymentEvent, PaymentRefusal};

const CASES: &[(&str, &str, &str)] = &[
    ("not_planned", "plan", "PaymentPlanned"),
    ("not_planned", "authorise", "payment_unknown"),
    ("not_planned", "start", "payment_unknown"),
    ("not_planned", "record_file", "payment_unknown"),
    ("not_planned", "record_manually", "payment_unknown"),
    ("not_planned", "settle", "payment_unknown"),
    ("not_planned", "fail", "payment_unknown"),
    ("not_planned", "return", "payment_unknown"),
    ("not_planned", "void", "payment_unknown"),
    ("planned", "plan", "already_planned"),
    ("planned", "authorise", "PaymentAuthorised"),
    ("planned", "start", "wrong_state: planned"),
    ("planned", "record_file", "wrong_state: planned"),
    ("planned", "record_manually", "wrong_state: planned"),
    ("planned", "settle", "wrong_state: planned"),
    ("planned", "fail", "wrong_state: planned"),
    ("planned", "return", "wrong_state: planned"),
    ("planned", "void", "PaymentVoided"),
    ("authorised", "plan", "already_planned"),
    ("authorised", "authorise", "nothing"),
    ("authorised", "start", "PaymentStarted"),
    ("authorised", "record_file", "wrong_state: authorised"),
    ("authorised", "record_manually", "wrong_method"),
    ("authorised", "settle", "wrong_state: authorised"),
    ("authorised", "fail", "wrong_state: authorised"),
    ("authorised", "return", "wrong_state: authorised"),
    ("authorised", "void", "PaymentVoided"),
    ("started", "plan", "already_planned"),
    ("started", "authorise", "wrong_state: started"),
    ("started", "start", "nothing"),
    ("started", "record_file", "PaymentFileSent"),
    ("started", "record_manually", "wrong_method"),
    ("started", "settle", "PaymentSettled"),
    ("started", "fail", "PaymentFailed"),
    ("started", "return", "wrong_state: started"),
    ("started", "void", "wrong_state: started"),
    ("sent", "plan", "already_planned"),
    ("sent", "authorise", "wrong_state: sent"),
    ("sent", "start", "wrong_state: sent"),
    ("sent", "record_file", "nothing"),
    ("sent", "record_manually", "wrong_state: sent"),
    ("sent", "settle", "PaymentSettled"),
    ("sent", "fail", "PaymentFailed"),
    ("sent", "return", "item_not_in_flight: 1 Sent"),
    ("sent", "void", "wrong_state: sent"),
    ("partially_settled", "plan", "already_planned"),
    ("partially_settled", "authorise", "wrong_state: partially_settled"),
    ("partially_settled", "start", "wrong_state: partially_settled"),
    ("partially_settled", "record_file", "nothing"),
    ("partially_settled", "record_manually", "wrong_state: partially_settled"),
    ("partially_settled", "settle", "PaymentSettled"),
    ("partially_settled", "fail", "PaymentFailed"),
    ("partially_settled", "return", "PaymentReturned"),
    ("partially_settled", "void", "wrong_state: partially_settled"),
    ("settled", "plan", "already_planned"),
    ("settled", "authorise", "wrong_state: settled"),
    ("settled", "start", "wrong_state: settled"),
    ("settled", "record_file", "nothing"),
    ("settled", "record_manually", "wrong_state: settled"),
    ("settled", "settle", "nothing"),
    ("settled", "fail", "item_not_in_flight: 1 Settled"),
    ("settled", "return", "PaymentReturned"),
    ("settled", "void", "wrong_state: settled"),
    ("failed", "plan", "already_planned"),
    ("failed", "authorise", "wrong_state: failed"),
    ("failed", "start", "wrong_state: failed"),
    ("failed", "record_file", "nothing"),
    ("failed", "record_manually", "wrong_state: failed"),
    ("failed", "settle", "item_not_in_flight: 1 Failed"),
    ("failed", "fail", "nothing"),
    ("failed", "return", "item_not_in_flight: 1 Failed"),
    ("failed", "void", "wrong_state: failed"),
    ("returned", "plan", "already_planned"),
    ("returned", "authorise", "wrong_state: returned"),
    ("returned", "start", "wrong_state: returned"),
    ("returned", "record_file", "nothing"),
    ("returned", "record_manually", "wrong_state: returned"),
    ("returned", "settle", "item_not_in_flight: 1 Returned"),
    ("returned", "fail", "item_not_in_flight: 1 Returned"),
    ("returned", "return", "nothing"),
    ("returned", "void", "wrong_state: returned"),
    ("voided", "plan", "already_planned"),
    ("voided", "authorise", "wrong_state: voided"),
    ("voided", "start", "wrong_state: voided"),
    ("voided", "record_file", "wrong_state: voided"),
    ("voided", "record_manually", "wrong_state: voided"),
    ("voided", "settle", "wrong_state: voided"),
    ("voided", "fail", "wrong_state: voided"),
    ("voided", "return", "wrong_state: voided"),
    ("voided", "void", "nothing"),
];

fn state(name: &str) -> Payment {
    let planned = PaymentEvent::Planned(Box::new(plan()));
    let authorised = PaymentEvent::Authorised { by: DORA };
    let started = PaymentEvent::Started { by: ERIN, at: at("2026-03-29T10:00:00Z") };
    let sent = PaymentEvent::FileSent { file: sent_file() };
    let settled = |items: &[u32]| PaymentEvent::Settled { items: items.to_vec(), value_date: day("2026-03-30") };
    let failed = PaymentEvent::Failed { items: vec![1, 2], reason: "AC01".to_owned() };
    let returned = PaymentEvent::Returned { items: vec![1, 2], value_date: day("2026-04-02"), reason: "AC04".to_owned() };
    let voided = PaymentEvent::Voided { by: ERIN, reason: "wrong date".to_owned() };
    Payment::replay(match name {
        "not_planned" => vec![],
        "planned" => vec![planned],
        "authorised" => vec![planned, authorised],
        "started" => vec![planned, authorised, started],
        "sent" => vec![planned, authorised, started, sent],
        "partially_settled" => vec![planned, authorised, started, sent, settled(&[1])],
        "settled" => vec![planned, authorised, started, sent, settled(&[1, 2])],
        "failed" => vec![planned, authorised, started, sent, failed],
        "returned" => vec![planned, authorised, started, sent, settled(&[1, 2]), returned],
        "voided" => vec![planned, authorised, voided],
        name => panic!("no state is called {name}"),
    })
}

fn command(name: &str) -> PaymentCommand {
    match name {
        "plan" => PaymentCommand::Plan(Box::new(plan())),
        "authorise" => PaymentCommand::Authorise { by: DORA },
        "start" => PaymentCommand::Start { by: ERIN, at: at("2026-03-29T11:00:00Z") },
        "record_file" => PaymentCommand::RecordFile { file: sent_file() },
        "record_manually" => PaymentCommand::RecordManually { by: ERIN, at: at("2026-03-29T11:00:00Z"), record: manual_record() },
        "settle" => PaymentCommand::Settle { items: None, value_date: day("2026-03-30") },
        "fail" => PaymentCommand::Fail { items: None, reason: "AC01".to_owned(), by: None },
        "return" => PaymentCommand::Return { items: None, value_date: day("2026-04-02"), reason: "AC04".to_owned(), by: None },
        "void" => PaymentCommand::Void { by: ERIN, reason: "wrong date".to_owned() },
        name => panic!("no command is called {name}"),
    }
}

const STATES: [&str; 10] =
    ["not_planned", "planned", "authorised", "started", "sent", "partially_settled", "settled", "failed", "returned", "voided"];

const COMMANDS: [&str; 9] = ["plan", "authorise", "start", "record_file", "record_manually", "settle", "fail", "return", "void"];

/// A wrong state is shown with the state that the refusal names.
fn verdict_in(state: &Payment, command: PaymentCommand) -> String {
    match state.decide(command.clone()) {
        Err(PaymentRefusal::WrongState { state, .. }) => format!("wrong_state: {state}"),
        Err(PaymentRefusal::ItemNotInFlight { line, state, .. }) => format!("item_not_in_flight: {line} {state:?}"),
        _ => verdict(state, command),
    }
}

#[test]
fn each_state_answers_each_command_as_the_table_says() {
    let mut cases = Vec::new();
    for state_name in STATES {
        for command_name in COMMANDS {
            cases.push((state_name, command_name, verdict_in(&state(state_name), command(command_name))));
        }
    }
    let wrong: Vec<_> = cases.iter().filter(|(s, c, v)| !CASES.contains(&(*s, *c, v.as_str()))).collect();
    assert!(wrong.is_empty(), "not in the table:\n{}", wrong.iter().map(|c| format!("    {c:?},\n")).collect::<String>());
    assert_eq!(CASES.len(), cases.len(), "the table has a row too many");
}

#[test]
fn each_state_is_called_by_its_name() {
    for name in STATES.iter().skip(1) {
        assert_eq!(state(name).status().expect("planned").to_string(), *name);
    }
}
