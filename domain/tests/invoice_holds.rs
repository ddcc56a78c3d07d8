//! What matching holds of an invoice: until the check passes, or somebody lets exactly that finding be.

mod fixtures;

use fixtures::*;
use quittance_domain::Root;
use quittance_domain::invoice::{Invoice, InvoiceCommand, InvoiceEvent, InvoiceRefusal, InvoiceStatus};
use quittance_domain::matching::{Check, CheckOf, Evaluation, MatchFinding, Outcome};
use rust_decimal::dec;

fn finding(check: Check, actual: &str) -> MatchFinding {
    MatchFinding { check, actual: actual.to_owned(), ..match_finding() }
}

fn passing(check: Check, actual: &str) -> MatchFinding {
    MatchFinding { outcome: Outcome::Pass, holds: false, limit: None, source: None, ..finding(check, actual) }
}

fn evaluation(findings: Vec<MatchFinding>) -> Box<Evaluation> {
    Box::new(Evaluation { findings, ..fixtures::evaluation() })
}

fn received() -> Vec<InvoiceEvent> {
    vec![InvoiceEvent::Received(Box::new(reception()))]
}

fn evaluated(findings: Vec<MatchFinding>) -> InvoiceEvent {
    InvoiceEvent::MatchEvaluated { evaluation: evaluation(findings) }
}

fn record(findings: Vec<MatchFinding>) -> InvoiceCommand {
    InvoiceCommand::RecordMatch { evaluation: evaluation(findings) }
}

fn release(finding: &MatchFinding, by: quittance_domain::ids::UserId) -> InvoiceCommand {
    InvoiceCommand::ReleaseHold { check: finding.of(), by, reason: "agreed".to_owned() }
}

fn released(finding: MatchFinding) -> InvoiceEvent {
    InvoiceEvent::HoldReleased { finding: Box::new(finding), by: BOB, reason: "agreed".to_owned() }
}

fn holds(events: Vec<InvoiceEvent>) -> Vec<Check> {
    let invoice = Invoice::replay([received(), events].concat());
    invoice.received().expect("received").holds().map(|finding| finding.check).collect()
}

#[test]
fn only_news_is_recorded() {
    let price = finding(Check::Price, "13.2");
    let quantity = passing(Check::QuantityOrdered, "4");
    let matched = || given::<Invoice>(received()).and(vec![evaluated(vec![price.clone(), quantity.clone()])]);
    matched().when(record(vec![price.clone(), quantity.clone()])).then_expect_events(vec![]);
    // Passing with other numbers is no news; passing at all is.
    matched().when(record(vec![price.clone(), passing(Check::QuantityOrdered, "9")])).then_expect_events(vec![]);
    let passed = vec![passing(Check::Price, "12.5"), quantity.clone()];
    matched().when(record(passed.clone())).then_expect_events(vec![evaluated(passed)]);
    let worse = vec![finding(Check::Price, "14"), quantity.clone()];
    matched().when(record(worse.clone())).then_expect_events(vec![evaluated(worse)]);
    let without = InvoiceCommand::RecordMatch { evaluation: Box::default() };
    given::<Invoice>(received()).when(without).then_expect_events(vec![]);
}

#[test]
fn exactly_the_finding_that_passes_holds_no_more() {
    let (price, quantity) = (finding(Check::Price, "13.2"), finding(Check::QuantityReceived, "4"));
    let both = evaluated(vec![price.clone(), quantity.clone()]);
    assert_eq!(holds(vec![both.clone()]), [Check::Price, Check::QuantityReceived]);
    assert_eq!(holds(vec![both.clone(), evaluated(vec![price, passing(Check::QuantityReceived, "4")])]), [Check::Price]);
    let warned = MatchFinding { holds: false, ..finding(Check::PriceBelow, "9") };
    assert_eq!(holds(vec![evaluated(vec![warned, quantity])]), [Check::QuantityReceived]);
}

#[test]
fn a_release_covers_what_was_seen_and_nothing_worse() {
    let seen = finding(Check::Price, "13.2");
    assert!(holds(vec![evaluated(vec![seen.clone()]), released(seen.clone())]).is_empty());
    assert_eq!(holds(vec![evaluated(vec![seen.clone()]), released(seen), evaluated(vec![finding(Check::Price, "14")])]), [Check::Price]);
}

#[test]
fn who_entered_an_invoice_does_not_release_it() {
    let price = finding(Check::Price, "13.2");
    let held = || given::<Invoice>(received()).and(vec![evaluated(vec![price.clone()])]);
    held().when(release(&price, ANNA)).then_expect_error(InvoiceRefusal::SelfResolution);
    held().when(release(&price, BOB)).then_expect_events(vec![released(price.clone())]);
    held().and(vec![released(price.clone())]).when(release(&price, BOB)).then_expect_events(vec![]);
    let other = InvoiceCommand::ReleaseHold { check: CheckOf { line: Some("9".to_owned()), ..price.of() }, by: BOB, reason: String::new() };
    held().when(other).then_expect_error(InvoiceRefusal::HoldUnknown);
}

#[test]
fn a_held_invoice_is_neither_submitted_nor_paid() {
    let price = finding(Check::Price, "13.2");
    let held = evaluated(vec![price.clone()]);
    let submit = || InvoiceCommand::Submit { approval_id: ROUND_1, by: ANNA };
    given::<Invoice>(received()).and(vec![held.clone()]).when(submit()).then_expect_error(InvoiceRefusal::InException);
    let status = |events: Vec<InvoiceEvent>| Invoice::replay([received(), events].concat()).received().expect("received").status();
    assert_eq!(status(vec![held.clone()]), InvoiceStatus::InException);
    assert_eq!(status(vec![held.clone(), released(price.clone())]), InvoiceStatus::Received);
    let version_hash = Invoice::replay(received()).received().expect("received").version_hash();
    let submitted = InvoiceEvent::Submitted { round: 1, approval_id: ROUND_1, by: ANNA, version_hash: version_hash.clone() };
    let approved = InvoiceEvent::Approved { round: 1, approval_id: ROUND_1, version_hash };
    let pay = InvoiceCommand::Claim { payment_id: PAYMENT, amount: eur(dec!(10)) };
    let late = given::<Invoice>(received()).and(vec![submitted, approved, held]);
    late.when(pay).then_expect_error(InvoiceRefusal::InException);
}
