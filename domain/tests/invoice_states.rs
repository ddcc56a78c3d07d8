//! Every command in every state of an invoice: what happens, or which refusal names which state.

mod fixtures;

use fixtures::*;
use quittance_domain::Root;
use quittance_domain::invoice::{ExceptionKind, Invoice, InvoiceCommand, InvoiceEvent, InvoiceRefusal, ReleaseCause};
use rust_decimal::dec;

const CASES: &[(&str, &str, &str)] = &[
    ("not_received", "receive", "InvoiceReceived"),
    ("not_received", "amend", "invoice_unknown"),
    ("not_received", "resolve", "invoice_unknown"),
    ("not_received", "submit", "invoice_unknown"),
    ("not_received", "approve", "invoice_unknown"),
    ("not_received", "reject", "invoice_unknown"),
    ("not_received", "claim", "invoice_unknown"),
    ("not_received", "release", "invoice_unknown"),
    ("not_received", "settle", "invoice_unknown"),
    ("not_received", "return", "invoice_unknown"),
    ("not_received", "void", "invoice_unknown"),
    ("received", "receive", "already_received"),
    ("received", "amend", "InvoiceAmended"),
    ("received", "resolve", "nothing"),
    ("received", "submit", "InvoiceSubmitted"),
    ("received", "approve", "wrong_state: received"),
    ("received", "reject", "wrong_state: received"),
    ("received", "claim", "wrong_state: received"),
    ("received", "release", "nothing"),
    ("received", "settle", "nothing"),
    ("received", "return", "nothing"),
    ("received", "void", "InvoiceVoided"),
    ("in_exception", "receive", "already_received"),
    ("in_exception", "amend", "InvoiceAmended"),
    ("in_exception", "resolve", "InvoiceExceptionResolved"),
    ("in_exception", "submit", "in_exception"),
    ("in_exception", "approve", "wrong_state: in_exception"),
    ("in_exception", "reject", "wrong_state: in_exception"),
    ("in_exception", "claim", "wrong_state: in_exception"),
    ("in_exception", "release", "nothing"),
    ("in_exception", "settle", "nothing"),
    ("in_exception", "return", "nothing"),
    ("in_exception", "void", "InvoiceVoided"),
    ("pending_approval", "receive", "already_received"),
    ("pending_approval", "amend", "InvoiceAmended"),
    ("pending_approval", "resolve", "nothing"),
    ("pending_approval", "submit", "wrong_state: pending_approval"),
    ("pending_approval", "approve", "InvoiceApproved"),
    ("pending_approval", "reject", "InvoiceRejected"),
    ("pending_approval", "claim", "wrong_state: pending_approval"),
    ("pending_approval", "release", "nothing"),
    ("pending_approval", "settle", "nothing"),
    ("pending_approval", "return", "nothing"),
    ("pending_approval", "void", "InvoiceVoided"),
    ("approved", "receive", "already_received"),
    ("approved", "amend", "InvoiceAmended"),
    ("approved", "resolve", "nothing"),
    ("approved", "submit", "wrong_state: approved"),
    ("approved", "approve", "nothing"),
    ("approved", "reject", "wrong_state: approved"),
    ("approved", "claim", "InvoicePaymentClaimed"),
    ("approved", "release", "nothing"),
    ("approved", "settle", "nothing"),
    ("approved", "return", "nothing"),
    ("approved", "void", "InvoiceVoided"),
    ("scheduled", "receive", "already_received"),
    ("scheduled", "amend", "payment_in_progress"),
    ("scheduled", "resolve", "nothing"),
    ("scheduled", "submit", "wrong_state: scheduled"),
    ("scheduled", "approve", "nothing"),
    ("scheduled", "reject", "wrong_state: scheduled"),
    ("scheduled", "claim", "InvoicePaymentClaimed"),
    ("scheduled", "release", "InvoiceClaimReleased"),
    ("scheduled", "settle", "InvoicePaymentSettled"),
    ("scheduled", "return", "nothing"),
    ("scheduled", "void", "payment_in_progress"),
    ("partially_paid", "receive", "already_received"),
    ("partially_paid", "amend", "payment_in_progress"),
    ("partially_paid", "resolve", "nothing"),
    ("partially_paid", "submit", "wrong_state: partially_paid"),
    ("partially_paid", "approve", "nothing"),
    ("partially_paid", "reject", "wrong_state: partially_paid"),
    ("partially_paid", "claim", "InvoicePaymentClaimed"),
    ("partially_paid", "release", "nothing"),
    ("partially_paid", "settle", "nothing"),
    ("partially_paid", "return", "InvoicePaymentReturned"),
    ("partially_paid", "void", "payment_in_progress"),
    ("paid", "receive", "already_received"),
    ("paid", "amend", "payment_in_progress"),
    ("paid", "resolve", "nothing"),
    ("paid", "submit", "wrong_state: paid"),
    ("paid", "approve", "nothing"),
    ("paid", "reject", "wrong_state: paid"),
    ("paid", "claim", "exceeds_open_amount"),
    ("paid", "release", "nothing"),
    ("paid", "settle", "nothing"),
    ("paid", "return", "InvoicePaymentReturned"),
    ("paid", "void", "payment_in_progress"),
    ("rejected", "receive", "already_received"),
    ("rejected", "amend", "InvoiceAmended"),
    ("rejected", "resolve", "nothing"),
    ("rejected", "submit", "InvoiceSubmitted"),
    ("rejected", "approve", "wrong_state: rejected"),
    ("rejected", "reject", "nothing"),
    ("rejected", "claim", "wrong_state: rejected"),
    ("rejected", "release", "nothing"),
    ("rejected", "settle", "nothing"),
    ("rejected", "return", "nothing"),
    ("rejected", "void", "InvoiceVoided"),
    ("voided", "receive", "already_received"),
    ("voided", "amend", "wrong_state: voided"),
    ("voided", "resolve", "wrong_state: voided"),
    ("voided", "submit", "wrong_state: voided"),
    ("voided", "approve", "wrong_state: voided"),
    ("voided", "reject", "wrong_state: voided"),
    ("voided", "claim", "wrong_state: voided"),
    ("voided", "release", "nothing"),
    ("voided", "settle", "nothing"),
    ("voided", "return", "nothing"),
    ("voided", "void", "nothing"),
];

fn state(name: &str) -> Invoice {
    let received = InvoiceEvent::Received(Box::new(reception()));
    let wrong = InvoiceEvent::ExceptionRaised { exception: exception(ExceptionKind::Totals) };
    let version_hash = Invoice::replay([received.clone()]).received().expect("received").version_hash();
    let submitted = InvoiceEvent::Submitted { round: 1, approval_id: ROUND_1, by: ANNA, version_hash: version_hash.clone() };
    let approved = InvoiceEvent::Approved { round: 1, approval_id: ROUND_1, version_hash };
    let rejected = InvoiceEvent::Rejected { round: 1, approval_id: ROUND_1, by: BOB, reason: "never ordered".to_owned() };
    let voided = InvoiceEvent::Voided { by: ANNA, reason: "mistake".to_owned(), effective_date: day("2026-03-05") };
    let claimed = |amount| InvoiceEvent::PaymentClaimed { payment_id: PAYMENT, amount };
    let settled = |amount| InvoiceEvent::PaymentSettled { payment_id: PAYMENT, amount, value_date: day("2026-03-30") };
    let (part, all) = (eur(dec!(190.00)), eur(dec!(1190.00)));
    Invoice::replay(match name {
        "not_received" => vec![],
        "received" => vec![received],
        "in_exception" => vec![received, wrong],
        "pending_approval" => vec![received, submitted],
        "approved" => vec![received, submitted, approved],
        "scheduled" => vec![received, submitted, approved, claimed(part)],
        "partially_paid" => vec![received, submitted, approved, claimed(part), settled(part)],
        "paid" => vec![received, submitted, approved, claimed(all), settled(all)],
        "rejected" => vec![received, submitted, rejected],
        "voided" => vec![received, voided],
        name => panic!("no state is called {name}"),
    })
}

fn command(name: &str, state: &Invoice) -> InvoiceCommand {
    let version_hash = state.received().map(|p| p.version_hash()).unwrap_or_default();
    match name {
        "receive" => InvoiceCommand::Receive { reception: Box::new(reception()), exceptions: vec![] },
        "amend" => InvoiceCommand::Amend { amendment: Box::new(amendment()), exceptions: vec![], rise_max: None },
        "resolve" => InvoiceCommand::ResolveExceptions { by: BOB, reason: "confirmed".to_owned() },
        "submit" => InvoiceCommand::Submit { approval_id: ROUND_2, by: ANNA },
        "approve" => InvoiceCommand::Approve { approval_id: ROUND_1, version_hash },
        "reject" => InvoiceCommand::Reject { approval_id: ROUND_1, by: BOB, reason: "never ordered".to_owned() },
        "claim" => InvoiceCommand::Claim { payment_id: OTHER_PAYMENT, amount: eur(dec!(10.00)) },
        "release" => InvoiceCommand::Release { payment_id: PAYMENT, because: ReleaseCause::PaymentVoided },
        "settle" => InvoiceCommand::Settle { payment_id: PAYMENT, value_date: day("2026-03-30") },
        "return" => InvoiceCommand::Return { payment_id: PAYMENT, value_date: day("2026-04-02"), reason: "AC04".to_owned() },
        "void" => InvoiceCommand::Void { by: ANNA, reason: "mistake".to_owned(), effective_date: day("2026-03-05") },
        name => panic!("no command is called {name}"),
    }
}

const STATES: [&str; 10] = [
    "not_received",
    "received",
    "in_exception",
    "pending_approval",
    "approved",
    "scheduled",
    "partially_paid",
    "paid",
    "rejected",
    "voided",
];

const COMMANDS: [&str; 11] = ["receive", "amend", "resolve", "submit", "approve", "reject", "claim", "release", "settle", "return", "void"];

/// A wrong state is shown with the state that the refusal names.
fn verdict_in(state: &Invoice, command: InvoiceCommand) -> String {
    match state.decide(command.clone()) {
        Err(InvoiceRefusal::WrongState { state, .. }) => format!("wrong_state: {state}"),
        _ => verdict(state, command),
    }
}

#[test]
fn each_state_answers_each_command_as_the_table_says() {
    let mut cases = Vec::new();
    for state_name in STATES {
        for command_name in COMMANDS {
            let state = state(state_name);
            cases.push((state_name, command_name, verdict_in(&state, command(command_name, &state))));
        }
    }
    let wrong: Vec<_> = cases.iter().filter(|(s, c, v)| !CASES.contains(&(*s, *c, v.as_str()))).collect();
    assert!(wrong.is_empty(), "not in the table:\n{}", wrong.iter().map(|c| format!("    {c:?},\n")).collect::<String>());
    assert_eq!(CASES.len(), cases.len(), "the table has a row too many");
}

#[test]
fn each_state_is_called_by_its_name() {
    for name in STATES.iter().skip(1) {
        assert_eq!(state(name).received().expect("received").status().to_string(), *name);
    }
}
