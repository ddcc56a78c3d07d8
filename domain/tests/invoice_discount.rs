//! An early-payment discount of an invoice: claimed with its payment's money, taken when that settles, given back with it.

mod fixtures;

use fixtures::*;
use quittance_domain::ids::PaymentId;
use quittance_domain::invoice::{
    ExceptionKind, Invoice, InvoiceCommand, InvoiceDocument, InvoiceEvent, InvoiceRefusal, InvoiceStatus, MissedCause, Reception,
    ReleaseCause,
};
use quittance_domain::terms::{AgreedTerms, AvailableDiscount, BaseDate, Settlement, TermsRule};
use quittance_domain::{Money, Root};
use rust_decimal::dec;

const INSIDE: &str = "2026-03-13";
const AFTER: &str = "2026-03-14";

fn cash() -> Money {
    eur(dec!(1166.20))
}

fn discount() -> Money {
    eur(dec!(23.80))
}

fn received() -> Vec<InvoiceEvent> {
    vec![InvoiceEvent::Received(Box::new(reception())), InvoiceEvent::TermsAgreed { terms: agreed_terms() }]
}

fn approved() -> Vec<InvoiceEvent> {
    let hash = Invoice::replay(received()).received().expect("received").version_hash();
    let submitted = InvoiceEvent::Submitted { round: 1, approval_id: ROUND_1, by: ANNA, version_hash: hash.clone() };
    [received(), vec![submitted, InvoiceEvent::Approved { round: 1, approval_id: ROUND_1, version_hash: hash }]].concat()
}

fn paid_early() -> Vec<InvoiceEvent> {
    let claimed = InvoiceEvent::PaymentClaimed { payment_id: PAYMENT, amount: cash() };
    [approved(), vec![claimed, discount_claimed()]].concat()
}

fn discount_claimed() -> InvoiceEvent {
    InvoiceEvent::DiscountClaimed { payment_id: PAYMENT, amount: discount(), until: day(INSIDE) }
}

fn claim_discount(payment_id: PaymentId, amount: Money, value_date: &str) -> InvoiceCommand {
    InvoiceCommand::ClaimDiscount { payment_id, amount, value_date: day(value_date) }
}

fn settled() -> Vec<InvoiceEvent> {
    let settled = InvoiceEvent::PaymentSettled { payment_id: PAYMENT, amount: cash(), value_date: day(INSIDE) };
    let taken = InvoiceEvent::DiscountTaken { payment_id: PAYMENT, amount: discount(), value_date: day(INSIDE), tax_breakdown: vec![] };
    [paid_early(), vec![settled, taken]].concat()
}

fn look<T>(events: Vec<InvoiceEvent>, at: impl FnOnce(&quittance_domain::invoice::Payable) -> T) -> T {
    at(Invoice::replay(events).received().expect("received"))
}

/// 1,190.00 with 23.80: what a run proposed is asked for again on the day on which it is planned.
#[test]
fn what_a_run_proposed_is_granted_as_far_as_the_terms_still_grant_it() {
    let by_parts = |events: Vec<InvoiceEvent>| {
        let terms = AgreedTerms { discount_on_partials: true, ..agreed_terms() };
        [events, vec![InvoiceEvent::TermsAgreed { terms }]].concat()
    };
    let table = [
        ("nothing is always granted", approved(), dec!(595), dec!(0), AFTER, true),
        ("all of it, closing", approved(), dec!(1166.20), dec!(23.80), INSIDE, true),
        ("too late", approved(), dec!(1166.20), dec!(23.80), AFTER, false),
        ("half of it, by itself", approved(), dec!(583.10), dec!(11.90), INSIDE, false),
        ("half of it, where parts earn", by_parts(approved()), dec!(583.10), dec!(11.90), INSIDE, true),
        ("too late, where parts earn", by_parts(approved()), dec!(583.10), dec!(11.90), AFTER, false),
        ("more than there is", by_parts(approved()), dec!(583.10), dec!(23.81), INSIDE, false),
    ];
    for (what, events, cash, discount, on, granted) in table {
        let proposed = Settlement { cash: eur(cash), discount: eur(discount) };
        assert_eq!(look(events, |p| p.grants(proposed, day(on))), granted, "{what}");
    }
}

#[test]
fn a_payment_inside_the_window_settles_more_than_its_money() {
    let settlement = |value_date| look(approved(), |p| p.settlement(None, day(value_date)));
    assert_eq!(settlement(INSIDE), Settlement { cash: cash(), discount: discount() });
    assert_eq!(settlement(AFTER), Settlement { cash: eur(dec!(1190.00)), discount: eur(dec!(0)) });
    let in_yen = money(dec!(5), "JPY");
    assert_eq!(look(approved(), |p| p.settlement(Some(in_yen), day(INSIDE))).cash, in_yen);
}

/// What was claimed before, and whether the discount may be.
#[test]
fn a_discount_is_claimed_beside_the_money_of_its_payment_inside_the_window() {
    let with_money = || [approved(), vec![InvoiceEvent::PaymentClaimed { payment_id: PAYMENT, amount: cash() }]].concat();
    let table = [
        (with_money(), claim_discount(PAYMENT, discount(), INSIDE), "InvoiceDiscountClaimed"),
        (with_money(), claim_discount(PAYMENT, discount(), AFTER), "discount_expired"),
        (with_money(), claim_discount(PAYMENT, eur(dec!(23.81)), INSIDE), "exceeds_discount"),
        (with_money(), claim_discount(PAYMENT, eur(dec!(0)), INSIDE), "exceeds_discount"),
        (with_money(), claim_discount(PAYMENT, money(dec!(5), "JPY"), INSIDE), "exceeds_discount"),
        (with_money(), claim_discount(OTHER_PAYMENT, discount(), INSIDE), "wrong_state"),
        (approved(), claim_discount(PAYMENT, discount(), INSIDE), "wrong_state"),
        (received(), claim_discount(PAYMENT, discount(), INSIDE), "wrong_state"),
        (paid_early(), claim_discount(PAYMENT, discount(), INSIDE), "nothing"),
        (settled(), claim_discount(PAYMENT, discount(), INSIDE), "wrong_state"),
    ];
    for (row, (events, command, expected)) in table.into_iter().enumerate() {
        assert_eq!(verdict(&Invoice::replay(events), command), expected, "row {row}");
    }
    given::<Invoice>(with_money()).when(claim_discount(PAYMENT, discount(), INSIDE)).then_expect_events(vec![discount_claimed()]);
}

#[test]
fn nothing_is_left_open_beside_a_claimed_discount() {
    assert_eq!(look(paid_early(), |p| p.unclaimed()), eur(dec!(0)));
    let more = InvoiceCommand::Claim { payment_id: OTHER_PAYMENT, amount: eur(dec!(0.01)) };
    assert_eq!(verdict(&Invoice::replay(paid_early()), more), "exceeds_open_amount");
}

#[test]
fn settling_takes_the_discount_and_pays_the_invoice() {
    let settle = InvoiceCommand::Settle { payment_id: PAYMENT, value_date: day(INSIDE) };
    given::<Invoice>(paid_early()).when(settle).then_expect_events(settled().split_off(paid_early().len()));
    assert_eq!(look(settled(), |p| (p.status(), p.open())), (InvoiceStatus::Paid, eur(dec!(0))));
}

#[test]
fn what_fails_or_comes_back_gives_the_discount_back() {
    let fail = InvoiceCommand::Release { payment_id: PAYMENT, because: ReleaseCause::PaymentFailed };
    let released = InvoiceEvent::ClaimReleased { payment_id: PAYMENT, amount: cash(), because: ReleaseCause::PaymentFailed };
    given::<Invoice>(paid_early()).when(fail).then_expect_events(vec![released.clone()]);
    assert_eq!(look([paid_early(), vec![released]].concat(), |p| p.unclaimed()), eur(dec!(1190.00)));

    let reason = "account closed".to_owned();
    let back = InvoiceCommand::Return { payment_id: PAYMENT, value_date: day("2026-03-20"), reason: reason.clone() };
    let returned = vec![
        InvoiceEvent::PaymentReturned { payment_id: PAYMENT, amount: cash(), value_date: day("2026-03-20"), reason },
        InvoiceEvent::DiscountReversed { payment_id: PAYMENT, amount: discount(), value_date: day("2026-03-20") },
    ];
    given::<Invoice>(settled()).when(back).then_expect_events(returned.clone());
    let after = [settled(), returned].concat();
    assert_eq!(look(after.clone(), |p| (p.status(), p.open())), (InvoiceStatus::Approved, eur(dec!(1190.00))));
    // The window has passed meanwhile, or it has not.
    assert_eq!(look(after.clone(), |p| p.settlement(None, day("2026-03-21")).discount), eur(dec!(0)));
    assert_eq!(look(after, |p| p.settlement(None, day(INSIDE)).discount), discount());
}

#[test]
fn a_payment_that_leaves_too_late_is_short_by_its_discount() {
    let granted = |events, date| look(events, |p| p.discount_still_granted(PAYMENT, day(date)));
    assert_eq!(granted(paid_early(), INSIDE), Ok(()));
    assert_eq!(granted(paid_early(), AFTER), Err(InvoiceRefusal::DiscountExpired));
    assert_eq!(granted(approved(), AFTER), Ok(()));

    // What is still granted afterwards is less than the payment claims.
    let lower = AvailableDiscount { until: day("2026-03-20"), last_day: day("2026-03-20"), amount: eur(dec!(11.90)) };
    let two = AgreedTerms { discounts: [agreed_terms().discounts, vec![lower]].concat(), ..agreed_terms() };
    let two_tiers: Vec<InvoiceEvent> = paid_early()
        .into_iter()
        .map(|event| match event {
            InvoiceEvent::TermsAgreed { .. } => InvoiceEvent::TermsAgreed { terms: two.clone() },
            event => event,
        })
        .collect();
    assert_eq!(granted(two_tiers.clone(), INSIDE), Ok(()));
    assert_eq!(granted(two_tiers, AFTER), Err(InvoiceRefusal::DiscountExpired));
}

#[test]
fn terms_are_agreed_once_and_not_under_a_payment() {
    let agree = || InvoiceCommand::AgreeTerms { terms: Box::new(agreed_terms()) };
    let bare = vec![InvoiceEvent::Received(Box::new(reception()))];
    given::<Invoice>(bare).when(agree()).then_expect_events(vec![InvoiceEvent::TermsAgreed { terms: agreed_terms() }]);
    given::<Invoice>(received()).when(agree()).then_expect_events(vec![]);
    given::<Invoice>(paid_early()).when(agree()).then_expect_error(InvoiceRefusal::PaymentInProgress);
}

#[test]
fn an_amended_document_has_its_terms_agreed_anew() {
    let amended = [received(), vec![InvoiceEvent::Amended(Box::new(amendment()))]].concat();
    assert_eq!(look(amended, |p| p.terms.clone()), None);
}

fn end(today: &str, short_of_cash: bool) -> InvoiceCommand {
    InvoiceCommand::MissDiscounts { today: day(today), short_of_cash }
}

fn missed(cause: MissedCause) -> InvoiceEvent {
    InvoiceEvent::DiscountMissed { last_day: day(INSIDE), amount: discount(), cause }
}

/// What had happened by the day after the last, whether the run was short of cash, and why the discount is lost.
#[test]
fn a_discount_that_nobody_took_is_missed_once_with_its_cause() {
    let held = InvoiceEvent::ExceptionRaised { exception: exception(ExceptionKind::Totals) };
    let paid_without = InvoiceEvent::PaymentClaimed { payment_id: PAYMENT, amount: eur(dec!(1190.00)) };
    let table = [
        (received(), false, MissedCause::ApprovalLate),
        ([received(), vec![held]].concat(), false, MissedCause::Held),
        (approved(), false, MissedCause::RunNotExecuted),
        (approved(), true, MissedCause::Cash),
        ([approved(), vec![paid_without]].concat(), false, MissedCause::NotTaken),
    ];
    for (events, short_of_cash, cause) in table {
        given::<Invoice>(events.clone()).when(end(INSIDE, short_of_cash)).then_expect_events(vec![]);
        given::<Invoice>(events.clone()).when(end(AFTER, short_of_cash)).then_expect_events(vec![missed(cause)]);
        let said = [events, vec![missed(cause)]].concat();
        given::<Invoice>(said).when(end("2026-04-30", short_of_cash)).then_expect_events(vec![]);
    }
}

#[test]
fn what_is_taken_or_not_owed_is_not_missed() {
    let rejected = InvoiceEvent::Rejected { round: 1, approval_id: ROUND_1, by: BOB, reason: "not ours".to_owned() };
    for events in [paid_early(), settled(), [approved(), vec![rejected]].concat(), vec![InvoiceEvent::Received(Box::new(reception()))]] {
        given::<Invoice>(events).when(end(AFTER, false)).then_expect_events(vec![]);
    }
    // A payment that fails after the last day gives nothing back that could still be had.
    let failed = InvoiceEvent::ClaimReleased { payment_id: PAYMENT, amount: cash(), because: ReleaseCause::PaymentFailed };
    let events = [paid_early(), vec![failed]].concat();
    given::<Invoice>(events).when(end(AFTER, false)).then_expect_events(vec![missed(MissedCause::RunNotExecuted)]);
}

#[test]
fn what_was_over_before_the_invoice_came_in_could_not_be_missed() {
    let late = AgreedTerms { received_on: day(AFTER), ..agreed_terms() };
    let events = vec![InvoiceEvent::Received(Box::new(reception())), InvoiceEvent::TermsAgreed { terms: late }];
    given::<Invoice>(events).when(end("2026-04-30", false)).then_expect_events(vec![]);
}

/// As if the payment had never settled it: its money and its discount are claimed as before, and it may settle once more.
#[test]
fn a_withdrawn_settlement_leaves_the_claims_as_they_were() {
    let withdraw =
        InvoiceCommand::WithdrawSettlement { payment_id: PAYMENT, effective_date: day(INSIDE), reason: "another line".to_owned() };
    let withdrawn = Invoice::replay(settled()).decide(withdraw.clone()).expect("it is withdrawn");
    let names: Vec<&str> = withdrawn.iter().map(|event| event.name()).collect();
    assert_eq!(names, ["InvoicePaymentReturned", "InvoiceDiscountReversed", "InvoicePaymentClaimed", "InvoiceDiscountClaimed"]);
    let after = Invoice::replay([settled(), withdrawn].concat());
    let before = Invoice::replay(paid_early());
    let (after, before) = (after.received().expect("received"), before.received().expect("received"));
    assert_eq!((after.open(), after.unclaimed(), after.status()), (before.open(), before.unclaimed(), before.status()));
    assert_eq!(after.discount_of(PAYMENT), discount());
    assert_eq!(Invoice::replay(paid_early()).decide(withdraw), Ok(vec![]), "nothing was settled");
}

/// A part was paid before the goods came: what is left falls due by the days that are fixed then, once.
#[test]
fn the_base_date_is_fixed_when_the_goods_are_there() {
    let rule = TermsRule { base_date: BaseDate::GoodsReceipt, ..TermsRule::net(30) };
    let awaiting = AgreedTerms { awaiting_goods: Some(Box::new(rule)), ..agreed_terms() };
    let unstated = Reception { document: InvoiceDocument { due_date: None, ..document() }, ..reception() };
    let received = vec![InvoiceEvent::Received(Box::new(unstated)), InvoiceEvent::TermsAgreed { terms: awaiting.clone() }];
    let fix = |goods_in| InvoiceCommand::FixBaseDate { goods_in: day(goods_in) };
    let fixed = awaiting.clone().counted_from(day("2026-03-20"));
    let agreed = InvoiceEvent::TermsAgreed { terms: fixed };
    given::<Invoice>(received.clone()).when(fix("2026-03-20")).then_expect_events(vec![agreed.clone()]);
    let claimed = InvoiceEvent::PaymentClaimed { payment_id: PAYMENT, amount: eur(dec!(100)) };
    given::<Invoice>([received.clone(), vec![claimed]].concat()).when(fix("2026-03-20")).then_expect_events(vec![agreed.clone()]);
    let events = [received, vec![agreed]].concat();
    assert_eq!(look(events.clone(), |p| p.due_date), day("2026-04-19"));
    given::<Invoice>(events).when(fix("2026-03-25")).then_expect_events(vec![]);
    // A day that the document states is believed; nobody ends what does not end yet.
    let stated = vec![received_stated(), InvoiceEvent::TermsAgreed { terms: awaiting }];
    let day_of = |events: Vec<InvoiceEvent>| look(events, |p| p.due_date);
    let more = Invoice::replay(stated.clone()).decide(fix("2026-03-20")).expect("it is fixed");
    assert_eq!(day_of([stated.clone(), more].concat()), day("2026-03-31"));
    let miss = InvoiceCommand::MissDiscounts { today: day("2027-01-01"), short_of_cash: false };
    given::<Invoice>(stated).when(miss).then_expect_events(vec![]);
}

/// No discount is granted without end: what is approved has days, whatever has not come in.
#[test]
fn what_is_approved_awaits_no_goods() {
    let rule = TermsRule { base_date: BaseDate::GoodsReceipt, ..TermsRule::net(30) };
    let awaiting = AgreedTerms { awaiting_goods: Some(Box::new(rule)), ..agreed_terms() };
    let unstated = Reception { document: InvoiceDocument { due_date: None, ..document() }, ..reception() };
    let received = vec![InvoiceEvent::Received(Box::new(unstated)), InvoiceEvent::TermsAgreed { terms: awaiting.clone() }];
    let version_hash = Invoice::replay(received.clone()).received().expect("received").version_hash();
    let submitted = InvoiceEvent::Submitted { round: 1, approval_id: ROUND_1, by: ANNA, version_hash: version_hash.clone() };
    let approved = InvoiceEvent::Approved { round: 1, approval_id: ROUND_1, version_hash: version_hash.clone() };
    let terms = awaiting.clone().counted_from(awaiting.received_on);
    assert!(terms.awaiting_goods.is_none());
    given::<Invoice>([received, vec![submitted]].concat())
        .when(InvoiceCommand::Approve { approval_id: ROUND_1, version_hash })
        .then_expect_events(vec![approved, InvoiceEvent::TermsAgreed { terms }]);
}

fn received_stated() -> InvoiceEvent {
    InvoiceEvent::Received(Box::new(reception()))
}
