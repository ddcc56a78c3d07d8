//! What the bank reports of a file is kept as it said it, once for each change.

mod fixtures;

use fixtures::*;
use quittance_domain::Root;
use quittance_domain::payment::{BankStatusReport, Payment, PaymentCommand, PaymentEvent, PaymentRefusal, PaymentStatus, ReportedStatus};

fn started() -> Vec<PaymentEvent> {
    let started = PaymentEvent::Started { by: ERIN, at: at("2026-03-29T10:00:00Z") };
    vec![PaymentEvent::Planned(Box::new(plan())), PaymentEvent::Authorised { by: DORA }, started]
}

fn sent() -> Vec<PaymentEvent> {
    [started(), vec![PaymentEvent::FileSent { file: sent_file() }]].concat()
}

fn says(line: u32, status: &str) -> ReportedStatus {
    ReportedStatus { line, status: status.to_owned(), reason_code: None, reason_text: None, bank_reference: None }
}

fn report(items: &[ReportedStatus]) -> BankStatusReport {
    BankStatusReport { message_id: "R-1".to_owned(), sha256: "ab".repeat(32), items: items.to_vec() }
}

fn reports(items: &[ReportedStatus]) -> PaymentCommand {
    PaymentCommand::ReportBankStatus { report: report(items) }
}

fn reported(items: &[ReportedStatus]) -> PaymentEvent {
    PaymentEvent::BankStatusReported { report: report(items) }
}

#[test]
fn what_the_bank_says_is_kept_and_what_it_says_again_is_not() {
    let first = [says(1, "ACCP"), says(2, "ACCP")];
    given::<Payment>(sent()).when(reports(&first)).then_expect_events(vec![reported(&first)]);
    let known = [sent(), vec![reported(&first)]].concat();
    given::<Payment>(known.clone()).when(reports(&first)).then_expect_events(vec![]);
    let one_more = reports(&[says(1, "ACCP"), says(2, "ACSC")]);
    given::<Payment>(known.clone()).when(one_more).then_expect_events(vec![reported(&[says(2, "ACSC")])]);
    // Another reason is another word.
    let why = ReportedStatus { reason_code: Some("AC04".to_owned()), ..says(1, "ACCP") };
    given::<Payment>(known.clone()).when(reports(std::slice::from_ref(&why))).then_expect_events(vec![reported(&[why])]);
    assert_eq!(Payment::replay(known).status(), Some(PaymentStatus::Sent), "by itself it moves nothing");
}

#[test]
fn only_what_the_bank_has_is_reported_on() {
    let too_early = PaymentRefusal::WrongState { state: PaymentStatus::Started, action: "report on", needed: "sent" };
    given::<Payment>(started()).when(reports(&[says(1, "ACSC")])).then_expect_error(too_early);
    nothing::<Payment>().when(reports(&[says(1, "ACSC")])).then_expect_error(PaymentRefusal::PaymentUnknown);
    given::<Payment>(sent()).when(reports(&[says(3, "ACSC")])).then_expect_error(PaymentRefusal::NoSuchItem { line: 3 });
}

#[test]
fn the_words_of_the_bank_mean_what_the_standard_says() {
    let rows = [
        ("RCVD", false, false),
        ("PDNG", false, false),
        ("ACTC", true, false),
        ("ACCP", true, false),
        ("ACWC", true, false),
        ("ACSP", true, false),
        ("ACSC", false, true),
        ("ACCC", false, true),
        ("RJCT", false, false),
        ("CANC", false, false),
        ("X", false, false),
    ];
    for (status, accepted, settled) in rows {
        let status = says(1, status);
        assert_eq!((status.is_accepted(), status.has_settled()), (accepted, settled), "{}", status.status);
    }
}
