//! An invoice, given what happened, when it is asked something, then says what happens next.

mod fixtures;

use chrono::NaiveDate;
use fixtures::*;
use quittance_domain::invoice::{
    Amendment, DocumentKind, ExceptionKind, Invoice, InvoiceCommand, InvoiceEvent, InvoiceRefusal, InvoiceStatus, MaterialChange,
    ReleaseCause, Source, Verdict, normalised_number,
};
use quittance_domain::{ClaimChange, Money, Root};
use rust_decimal::{Decimal, dec};

fn received() -> Vec<InvoiceEvent> {
    vec![InvoiceEvent::Received(Box::new(reception()))]
}

fn hash() -> String {
    Invoice::replay(received()).received().expect("received").version_hash()
}

fn in_exception() -> Vec<InvoiceEvent> {
    [received(), vec![InvoiceEvent::ExceptionRaised { exception: exception(ExceptionKind::Totals) }]].concat()
}

fn submitted() -> Vec<InvoiceEvent> {
    [received(), vec![submission(1)]].concat()
}

fn submission(round: u32) -> InvoiceEvent {
    let approval_id = if round == 1 { ROUND_1 } else { ROUND_2 };
    InvoiceEvent::Submitted { round, approval_id, by: ANNA, version_hash: hash() }
}

fn approved() -> Vec<InvoiceEvent> {
    [submitted(), vec![InvoiceEvent::Approved { round: 1, approval_id: ROUND_1, version_hash: hash() }]].concat()
}

fn rejected() -> Vec<InvoiceEvent> {
    [submitted(), vec![rejection()]].concat()
}

fn rejection() -> InvoiceEvent {
    InvoiceEvent::Rejected { round: 1, approval_id: ROUND_1, by: BOB, reason: "never ordered".to_owned() }
}

fn claimed(amount: Money) -> Vec<InvoiceEvent> {
    [approved(), vec![InvoiceEvent::PaymentClaimed { payment_id: PAYMENT, amount }]].concat()
}

fn settled(amount: Money) -> Vec<InvoiceEvent> {
    [claimed(amount), vec![InvoiceEvent::PaymentSettled { payment_id: PAYMENT, amount, value_date: day("2026-03-30") }]].concat()
}

fn voided() -> Vec<InvoiceEvent> {
    let void = InvoiceEvent::Voided { by: ANNA, reason: "sent to the wrong company".to_owned(), effective_date: day("2026-03-05") };
    [received(), vec![void]].concat()
}

fn claim(amount: Money) -> InvoiceCommand {
    InvoiceCommand::Claim { payment_id: PAYMENT, amount }
}

fn amend(amendment: Amendment) -> InvoiceCommand {
    InvoiceCommand::Amend { amendment: Box::new(amendment), exceptions: vec![], rise_max: None }
}

fn status(events: Vec<InvoiceEvent>) -> InvoiceStatus {
    Invoice::replay(events).received().expect("received").status()
}

#[test]
fn an_invoice_comes_in_once() {
    let receive = || InvoiceCommand::Receive { reception: Box::new(reception()), exceptions: vec![] };
    nothing::<Invoice>().when(receive()).then_expect_events(received());
    given::<Invoice>(received()).when(receive()).then_expect_error(InvoiceRefusal::AlreadyReceived);
}

#[test]
fn what_is_wrong_with_it_comes_in_with_it() {
    nothing::<Invoice>()
        .when(InvoiceCommand::Receive { reception: Box::new(reception()), exceptions: vec![exception(ExceptionKind::Totals)] })
        .then_expect_events(in_exception());
}

#[test]
fn a_verdict_is_recorded_of_a_document_and_changes_nothing() {
    let verdict = Box::new(Verdict::of(vec![], vec![]));
    let record = || InvoiceCommand::RecordVerdict { verdict: verdict.clone() };
    let mut typed_in = reception();
    typed_in.source = Source::Json;
    let typed_in = vec![InvoiceEvent::Received(Box::new(typed_in))];
    let mut electronic = reception();
    electronic.source = document_source();
    let electronic = vec![InvoiceEvent::Received(Box::new(electronic))];
    let recorded = InvoiceEvent::Validated { verdict: verdict.clone() };

    given::<Invoice>(typed_in).when(record()).then_expect_error(InvoiceRefusal::NoDocument);
    given::<Invoice>(electronic.clone()).when(record()).then_expect_events(vec![recorded.clone()]);
    assert_eq!(Invoice::replay(electronic.clone()), Invoice::replay([electronic, vec![recorded]].concat()));
}

fn document_source() -> Source {
    Source::Document {
        format: "ubl_invoice".to_owned(),
        specification: None,
        sha256: "00".repeat(32),
        size_bytes: 1,
        media_type: "application/xml".to_owned(),
        file_name: None,
    }
}

#[test]
fn an_invoice_in_exception_is_not_submitted_until_somebody_else_has_resolved_it() {
    let resolve = |by| InvoiceCommand::ResolveExceptions { by, reason: "the vendor confirmed".to_owned() };
    let resolved = InvoiceEvent::ExceptionResolved { kind: ExceptionKind::Totals, by: BOB, reason: "the vendor confirmed".to_owned() };
    let submit = InvoiceCommand::Submit { approval_id: ROUND_1, by: ANNA };

    given::<Invoice>(in_exception()).when(submit.clone()).then_expect_error(InvoiceRefusal::InException);
    given::<Invoice>(in_exception()).when(resolve(ANNA)).then_expect_error(InvoiceRefusal::SelfResolution);
    given::<Invoice>(in_exception()).when(resolve(BOB)).then_expect_events(vec![resolved.clone()]);
    given::<Invoice>(in_exception()).and(vec![resolved.clone()]).when(resolve(BOB)).then_expect_events(vec![]);
    given::<Invoice>(in_exception()).and(vec![resolved]).when(submit).then_expect_events(vec![submission(1)]);
}

#[test]
fn who_corrected_an_invoice_cannot_resolve_what_is_wrong_with_it() {
    let by_carl = InvoiceEvent::Amended(Box::new(amendment()));
    let again = InvoiceEvent::ExceptionRaised { exception: exception(ExceptionKind::BankAccount) };
    given::<Invoice>(received())
        .and(vec![by_carl, again])
        .when(InvoiceCommand::ResolveExceptions { by: CARL, reason: "I looked".to_owned() })
        .then_expect_error(InvoiceRefusal::SelfResolution);
}

#[test]
fn submitting_binds_the_round_to_what_the_invoice_says() {
    let submit = |approval_id| InvoiceCommand::Submit { approval_id, by: ANNA };
    given::<Invoice>(received()).when(submit(ROUND_1)).then_expect_events(vec![submission(1)]);
    given::<Invoice>(submitted()).when(submit(ROUND_1)).then_expect_events(vec![]);
    given::<Invoice>(rejected()).when(submit(ROUND_2)).then_expect_events(vec![submission(2)]);
}

#[test]
fn an_approval_counts_for_its_round_and_its_version_only() {
    let approve = |approval_id, version_hash: &str| InvoiceCommand::Approve { approval_id, version_hash: version_hash.to_owned() };
    let granted = InvoiceEvent::Approved { round: 1, approval_id: ROUND_1, version_hash: hash() };
    let other_round =
        InvoiceRefusal::WrongState { state: "pending_approval".to_owned(), action: "approve", needed: "pending approval in this round" };

    given::<Invoice>(submitted()).when(approve(ROUND_1, &hash())).then_expect_events(vec![granted]);
    given::<Invoice>(approved()).when(approve(ROUND_1, &hash())).then_expect_events(vec![]);
    given::<Invoice>(submitted()).when(approve(ROUND_1, "another hash")).then_expect_error(InvoiceRefusal::VersionChanged);
    given::<Invoice>(submitted()).when(approve(ROUND_2, &hash())).then_expect_error(other_round);
}

#[test]
fn a_denial_ends_the_round_with_its_reason() {
    let reject = InvoiceCommand::Reject { approval_id: ROUND_1, by: BOB, reason: "never ordered".to_owned() };
    given::<Invoice>(submitted()).when(reject.clone()).then_expect_events(vec![rejection()]);
    given::<Invoice>(rejected()).when(reject).then_expect_events(vec![]);
}

/// What was approved, the change to it, and why the approval does not outlive it.
#[test]
fn every_material_change_starts_the_approval_over() {
    type Change = fn(&mut Amendment);
    let changes: [(Change, MaterialChange); 13] = [
        (|a| a.payable = eur(dec!(1190.01)), MaterialChange::Amount),
        (|a| a.vendor_id = OTHER_VENDOR, MaterialChange::Vendor),
        (|a| a.pay_to = None, MaterialChange::BankAccount),
        (|a| a.payable = money(dec!(1190.00), "USD"), MaterialChange::Currency),
        (|a| a.document.lines[0].name = "Paper, A3".to_owned(), MaterialChange::Lines),
        (|a| a.document.number = "2026-002".to_owned(), MaterialChange::Number),
        (|a| a.document.kind = DocumentKind::CreditNote, MaterialChange::DocumentKind),
        (|a| a.document.references.purchase_order = None, MaterialChange::OrderReference),
        (|a| a.document.references.purchase_order = Some("PO-8".to_owned()), MaterialChange::OrderReference),
        (|a| a.document.issue_date = day("2025-03-01"), MaterialChange::Dates),
        (|a| a.due_date = day("2026-03-30"), MaterialChange::Dates),
        (|a| a.document.payment.remittance = Some("customer 4711".to_owned()), MaterialChange::Remittance),
        // More was charged, and as much was paid before.
        (|a| a.document.totals.gross = dec!(2190.00), MaterialChange::Amount),
    ];
    for (change, because) in changes {
        let mut amendment = amendment();
        change(&mut amendment);
        let amended = InvoiceEvent::Amended(Box::new(amendment.clone()));
        let reset = InvoiceEvent::ApprovalReset { round: 1, approval_id: ROUND_1, because: vec![because] };
        for before in [submitted(), approved()] {
            given::<Invoice>(before).when(amend(amendment.clone())).then_expect_events(vec![amended.clone(), reset.clone()]);
        }
        given::<Invoice>(received()).when(amend(amendment)).then_expect_events(vec![amended]);
    }
}

#[test]
fn an_immaterial_change_keeps_the_approval() {
    let mut later = amendment();
    later.due_date = day("2026-04-30");
    later.document.due_date = Some(day("2026-04-30"));
    later.document.notes = vec!["as agreed by telephone".to_owned()];
    later.document.references.buyer = Some("Stores".to_owned());
    later.document.references.contract = Some("C-1".to_owned());
    later.document.payment.terms = Some("within 60 days".to_owned());
    later.effective_date = day("2026-03-02");
    let amended = InvoiceEvent::Amended(Box::new(later.clone()));
    given::<Invoice>(approved()).when(amend(later)).then_expect_events(vec![amended.clone()]);

    let pay = eur(dec!(1190.00));
    let claimed = InvoiceEvent::PaymentClaimed { payment_id: PAYMENT, amount: pay };
    given::<Invoice>(approved()).and(vec![amended]).when(claim(pay)).then_expect_events(vec![claimed]);
}

#[test]
fn a_change_that_leaves_something_wrong_starts_the_approval_over() {
    let wrong = exception(ExceptionKind::Totals);
    let because = vec![MaterialChange::Exceptions];
    given::<Invoice>(approved())
        .when(InvoiceCommand::Amend { amendment: Box::new(amendment()), exceptions: vec![wrong.clone()], rise_max: None })
        .then_expect_events(vec![
            InvoiceEvent::Amended(Box::new(amendment())),
            InvoiceEvent::ApprovalReset { round: 1, approval_id: ROUND_1, because },
            InvoiceEvent::ExceptionRaised { exception: wrong },
        ]);
}

#[test]
fn a_correction_takes_back_the_exceptions_that_it_does_not_raise_again() {
    let corrected = [in_exception(), vec![InvoiceEvent::Amended(Box::new(amendment()))]].concat();
    assert_eq!(status(corrected), InvoiceStatus::Received);
}

#[test]
fn a_payment_claims_what_is_open_and_no_more() {
    let too_much = |wanted, available| InvoiceRefusal::ExceedsOpenAmount { wanted: eur(wanted), available: eur(available) };
    let other = |amount| InvoiceCommand::Claim { payment_id: OTHER_PAYMENT, amount: eur(amount) };
    let taken = InvoiceEvent::PaymentClaimed { payment_id: OTHER_PAYMENT, amount: eur(dec!(190.00)) };

    given::<Invoice>(approved())
        .when(claim(eur(dec!(1190.00))))
        .then_expect_events(vec![InvoiceEvent::PaymentClaimed { payment_id: PAYMENT, amount: eur(dec!(1190.00)) }]);
    given::<Invoice>(approved()).when(claim(eur(dec!(1190.01)))).then_expect_error(too_much(dec!(1190.01), dec!(1190.00)));
    given::<Invoice>(claimed(eur(dec!(1000.00)))).when(other(dec!(190.00))).then_expect_events(vec![taken]);
    given::<Invoice>(claimed(eur(dec!(1000.00)))).when(other(dec!(190.01))).then_expect_error(too_much(dec!(190.01), dec!(190.00)));
    given::<Invoice>(settled(eur(dec!(1000.00)))).when(other(dec!(190.01))).then_expect_error(too_much(dec!(190.01), dec!(190.00)));
}

#[test]
fn claiming_twice_for_one_payment_claims_once() {
    given::<Invoice>(claimed(eur(dec!(1190.00)))).when(claim(eur(dec!(1190.00)))).then_expect_events(vec![]);
}

#[test]
fn only_a_positive_amount_in_the_invoices_currency_is_claimed() {
    let mismatch = InvoiceRefusal::CurrencyMismatch { payment: "USD".to_owned(), invoice: "EUR".to_owned() };
    given::<Invoice>(approved()).when(claim(money(dec!(10.00), "USD"))).then_expect_error(mismatch);
    given::<Invoice>(approved()).when(claim(eur(dec!(0.00)))).then_expect_error(InvoiceRefusal::AmountNotPositive);
    given::<Invoice>(approved()).when(claim(eur(dec!(-1.00)))).then_expect_error(InvoiceRefusal::AmountNotPositive);
}

#[test]
fn a_credit_note_is_never_paid() {
    let mut credit = reception();
    credit.document.kind = DocumentKind::CreditNote;
    let received = vec![InvoiceEvent::Received(Box::new(credit))];
    let hash = Invoice::replay(received.clone()).received().expect("received").version_hash();
    let approved = vec![
        InvoiceEvent::Submitted { round: 1, approval_id: ROUND_1, by: ANNA, version_hash: hash.clone() },
        InvoiceEvent::Approved { round: 1, approval_id: ROUND_1, version_hash: hash },
    ];
    given::<Invoice>(received).and(approved).when(claim(eur(dec!(1.00)))).then_expect_error(InvoiceRefusal::CreditNoteNotPayable);
}

/// No command leads here: should history ever hold such a state, it still pays nothing.
#[test]
fn what_was_not_approved_as_it_stands_is_never_paid() {
    let mut changed = amendment();
    changed.payable = eur(dec!(9190.00));
    given::<Invoice>(approved())
        .and(vec![InvoiceEvent::Amended(Box::new(changed))])
        .when(claim(eur(dec!(9190.00))))
        .then_expect_error(InvoiceRefusal::VersionChanged);
}

#[test]
fn a_claim_ends_by_settlement_or_release_once() {
    let amount = eur(dec!(500.00));
    let value_date = day("2026-03-30");
    let settle = InvoiceCommand::Settle { payment_id: PAYMENT, value_date };
    let release = InvoiceCommand::Release { payment_id: PAYMENT, because: ReleaseCause::PaymentFailed };
    let released = InvoiceEvent::ClaimReleased { payment_id: PAYMENT, amount, because: ReleaseCause::PaymentFailed };

    given::<Invoice>(claimed(amount)).when(settle.clone()).then_expect_events(vec![InvoiceEvent::PaymentSettled {
        payment_id: PAYMENT,
        amount,
        value_date,
    }]);
    given::<Invoice>(settled(amount)).when(settle.clone()).then_expect_events(vec![]);
    given::<Invoice>(settled(amount)).when(release.clone()).then_expect_events(vec![]);
    given::<Invoice>(claimed(amount)).when(release.clone()).then_expect_events(vec![released.clone()]);
    given::<Invoice>(claimed(amount)).and(vec![released.clone()]).when(release).then_expect_events(vec![]);
    given::<Invoice>(claimed(amount)).and(vec![released]).when(settle).then_expect_events(vec![]);
}

#[test]
fn money_that_comes_back_is_open_again_once() {
    let amount = eur(dec!(1190.00));
    let (value_date, reason) = (day("2026-04-02"), "AC04 account closed".to_owned());
    let take_back = InvoiceCommand::Return { payment_id: PAYMENT, value_date, reason: reason.clone() };
    let returned = InvoiceEvent::PaymentReturned { payment_id: PAYMENT, amount, value_date, reason };

    given::<Invoice>(settled(amount)).when(take_back.clone()).then_expect_events(vec![returned.clone()]);
    given::<Invoice>(settled(amount)).and(vec![returned.clone()]).when(take_back).then_expect_events(vec![]);
    given::<Invoice>(settled(amount))
        .and(vec![returned.clone()])
        .when(claim(amount))
        .then_expect_events(vec![InvoiceEvent::PaymentClaimed { payment_id: PAYMENT, amount }]);
    assert_eq!(status(settled(amount)), InvoiceStatus::Paid);
    assert_eq!(status([settled(amount), vec![returned]].concat()), InvoiceStatus::Approved);
}

/// Whatever value dates a bank tells: on each day no more is open than the invoice comes to, and no less than nothing.
#[test]
fn on_no_day_is_more_owed_than_all_nor_less_than_nothing() {
    let amount = eur(dec!(1190.00));
    let first = day("2026-02-27");
    let days = || first.iter_days().take(6);
    for (value_date, came_back) in days().flat_map(|left| days().map(move |back| (left, back))) {
        let settle = InvoiceCommand::Settle { payment_id: PAYMENT, value_date };
        let settled = Invoice::replay(claimed(amount)).decide(settle).expect("it settles");
        let take_back = InvoiceCommand::Return { payment_id: PAYMENT, value_date: came_back, reason: "AC04".to_owned() };
        let returned = Invoice::replay([claimed(amount), settled.clone()].concat()).decide(take_back).expect("it comes back");
        for today in days() {
            let open: Decimal = [received(), settled.clone(), returned.clone()].concat().iter().map(|event| opens(event, today)).sum();
            assert!([dec!(0), dec!(1190.00)].contains(&open), "left {value_date}, came back {came_back}: {open} is open on {today}");
        }
    }
}

/// What an event adds to the open amount of a day.
fn opens(event: &InvoiceEvent, today: NaiveDate) -> Decimal {
    match event {
        InvoiceEvent::Received(r) if r.effective_date <= today => r.payable.amount(),
        InvoiceEvent::PaymentSettled { amount, value_date, .. } if *value_date <= today => -amount.amount(),
        InvoiceEvent::PaymentReturned { amount, value_date, .. } if *value_date <= today => amount.amount(),
        _ => Decimal::ZERO,
    }
}

#[test]
fn what_a_payment_holds_is_neither_changed_nor_voided() {
    let void = InvoiceCommand::Void { by: ANNA, reason: "mistake".to_owned(), effective_date: day("2026-03-05") };
    for held in [claimed(eur(dec!(1.00))), settled(eur(dec!(1.00)))] {
        given::<Invoice>(held.clone()).when(void.clone()).then_expect_error(InvoiceRefusal::PaymentInProgress);
        given::<Invoice>(held).when(amend(amendment())).then_expect_error(InvoiceRefusal::PaymentInProgress);
    }
}

#[test]
fn an_invoice_is_voided_once() {
    let void = InvoiceCommand::Void { by: ANNA, reason: "sent to the wrong company".to_owned(), effective_date: day("2026-03-05") };
    given::<Invoice>(received()).when(void.clone()).then_expect_events(voided()[1..].to_vec());
    given::<Invoice>(voided()).when(void).then_expect_events(vec![]);
}

/// Events so far, the event that comes, what it does to the number's claims under either of the vendor's keys.
#[test]
fn a_number_is_held_from_reception_to_void_or_rejection() {
    let mut renumbered = amendment();
    renumbered.document.number = "2026-002".to_owned();
    let [reception, void] = [received().remove(0), voided().remove(1)];
    let table = [
        (vec![], reception, "+2026001 +2026001 +2026.1 +2026.1"),
        (received(), submission(1), ""),
        (received(), InvoiceEvent::Amended(Box::new(renumbered)), "-2026001 -2026001 -2026.1 -2026.1 +2026002 +2026002 +2026.2 +2026.2"),
        (received(), void, "-2026001 -2026001 -2026.1 -2026.1"),
        (submitted(), rejection(), "-2026001 -2026001 -2026.1 -2026.1"),
        (rejected(), submission(2), "+2026001 +2026001 +2026.1 +2026.1"),
    ];
    for (before, event, expected) in table {
        let claims = Invoice::replay(before).claims(&event);
        assert_eq!(claims.iter().map(shown).collect::<Vec<_>>().join(" "), expected, "{event:?}");
    }
}

fn shown(change: &ClaimChange) -> String {
    let (sign, claim) = match change {
        ClaimChange::Take(claim) => ('+', claim),
        ClaimChange::Release(claim) => ('-', claim),
    };
    assert_eq!(claim.on, Some(day("2026-03-01")), "a number's claim is dated by the invoice");
    let number = claim.key.rsplit('|').next().expect("a number");
    assert!(number.split('.').all(|part| part == normalised_number(part)), "{number}");
    format!("{sign}{number}")
}

#[test]
fn the_version_hash_says_everything_that_an_approver_approves() {
    let changes: [fn(&mut Amendment); 8] = [
        |a| a.vendor_id = OTHER_VENDOR,
        |a| a.document.number.push('1'),
        |a| a.payable = eur(dec!(1190.01)),
        |a| a.payable = money(dec!(1190.00), "USD"),
        |a| a.pay_to = None,
        |a| a.document.lines[0].id = "2".to_owned(),
        |a| a.document.lines[0].quantity.value = dec!(99),
        |a| a.document.lines[0].net = dec!(999.99),
    ];
    let mut hashes = vec![hash()];
    for change in changes {
        let mut amendment = amendment();
        change(&mut amendment);
        let changed = [received(), vec![InvoiceEvent::Amended(Box::new(amendment))]].concat();
        hashes.push(Invoice::replay(changed).received().expect("received").version_hash());
    }
    let distinct: std::collections::HashSet<_> = hashes.iter().collect();
    assert_eq!(distinct.len(), hashes.len());
}

/// Approvals of years ago bind to it.
#[test]
fn the_version_hash_never_changes() {
    assert_eq!(hash(), "f43e7d98e0653531586380c2dfb646a055c474cda2320bbe6a61c3e78ba52948");
}
