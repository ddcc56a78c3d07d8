//! Tax that an invoice's payments keep back: claimed beside the transfer, owed once that settles, given back with it, exact in sum.

mod fixtures;

use fixtures::*;
use quittance_domain::ids::PaymentId;
use quittance_domain::invoice::{
    DocumentKind, Invoice, InvoiceCommand, InvoiceDocument, InvoiceEvent, InvoiceStatus, Payable, Reception, ReleaseCause, Totals,
};
use quittance_domain::withholding::{RateInForce, Withholding};
use quittance_domain::{Money, Root};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

const PAID_ON: &str = "2026-03-20";

fn rate(percent: Decimal) -> RateInForce {
    let Withholding { code, version, name, account_code, .. } = withholding();
    RateInForce { code, version, name, percent, account_code }
}

/// An approved invoice of this net amount and value added tax.
fn of(net: Decimal, tax: Decimal) -> Vec<InvoiceEvent> {
    let gross = net + tax;
    let totals = Totals { lines: net, net, tax, gross, payable: gross, ..Totals::default() };
    let document = InvoiceDocument { totals, ..document() };
    approved(Reception { document, payable: eur(gross), ..reception() })
}

fn approved(reception: Reception) -> Vec<InvoiceEvent> {
    let received = InvoiceEvent::Received(Box::new(reception));
    let hash = look(vec![received.clone()], Payable::version_hash);
    let submitted = InvoiceEvent::Submitted { round: 1, approval_id: ROUND_1, by: ANNA, version_hash: hash.clone() };
    vec![received, submitted, InvoiceEvent::Approved { round: 1, approval_id: ROUND_1, version_hash: hash }]
}

fn look<T>(events: Vec<InvoiceEvent>, at: impl FnOnce(&Payable) -> T) -> T {
    at(Invoice::replay(events).received().expect("received"))
}

fn transfer() -> Money {
    eur(dec!(1090.00))
}

fn withhold(payment_id: PaymentId, withholding: Withholding) -> InvoiceCommand {
    InvoiceCommand::Withhold { payment_id, withholding: Box::new(withholding) }
}

fn with_money() -> Vec<InvoiceEvent> {
    [approved(reception()), vec![InvoiceEvent::PaymentClaimed { payment_id: PAYMENT, amount: transfer() }]].concat()
}

fn claimed() -> InvoiceEvent {
    InvoiceEvent::WithholdingClaimed { payment_id: PAYMENT, withholding: Box::new(withholding()) }
}

fn planned() -> Vec<InvoiceEvent> {
    [with_money(), vec![claimed()]].concat()
}

fn settled() -> Vec<InvoiceEvent> {
    let money = InvoiceEvent::PaymentSettled { payment_id: PAYMENT, amount: transfer(), value_date: day(PAID_ON) };
    let tax = InvoiceEvent::TaxWithheld { payment_id: PAYMENT, withholding: Box::new(withholding()), value_date: day(PAID_ON) };
    [planned(), vec![money, tax]].concat()
}

#[test]
fn the_tax_is_on_what_is_paid_without_value_added_tax() {
    assert_eq!(look(approved(reception()), |p| p.to_withhold(rate(dec!(10)), eur(dec!(1190.00)))), Some(withholding()));
    let half = look(approved(reception()), |p| p.to_withhold(rate(dec!(10)), eur(dec!(595.00)))).expect("a tax");
    assert_eq!((half.base, half.tax), (eur(dec!(500.00)), eur(dec!(50.00))));
    let little =
        look(approved(reception()), |p| p.to_withhold(rate(dec!(10)), eur(dec!(0.05)))).expect("told of, though its tax is nothing");
    assert_eq!((little.base, little.tax), (eur(dec!(0.04)), eur(dec!(0.00))));
    for (percent, settled) in [(dec!(0), eur(dec!(1190.00))), (dec!(10), eur(dec!(0.00))), (dec!(10), money(dec!(1190), "JPY"))] {
        assert_eq!(look(approved(reception()), |p| p.to_withhold(rate(percent), settled)), None, "{percent} % of {settled}");
    }
    let credit = Reception { document: InvoiceDocument { kind: DocumentKind::CreditNote, ..document() }, ..reception() };
    assert_eq!(look(approved(credit), |p| p.to_withhold(rate(dec!(10)), eur(dec!(1190.00)))), None);
}

#[test]
fn tax_is_claimed_beside_the_transfer_of_its_payment_as_far_as_something_is_open() {
    let dear = Withholding { tax: eur(dec!(100.01)), ..withholding() };
    let nothing = Withholding { tax: eur(dec!(0)), ..withholding() };
    let less = Withholding { tax: eur(dec!(-0.01)), ..withholding() };
    let in_yen = Withholding { tax: money(dec!(5), "JPY"), ..withholding() };
    let table = [
        (with_money(), withhold(PAYMENT, withholding()), "InvoiceWithholdingClaimed"),
        (with_money(), withhold(PAYMENT, dear), "exceeds_open_amount"),
        (with_money(), withhold(PAYMENT, nothing), "InvoiceWithholdingClaimed"),
        (with_money(), withhold(PAYMENT, less), "amount_not_positive"),
        (with_money(), withhold(PAYMENT, in_yen), "currency_mismatch"),
        (with_money(), withhold(OTHER_PAYMENT, withholding()), "wrong_state"),
        (approved(reception()), withhold(PAYMENT, withholding()), "wrong_state"),
        (planned(), withhold(PAYMENT, withholding()), "nothing"),
        (settled(), withhold(PAYMENT, withholding()), "wrong_state"),
    ];
    for (row, (events, command, expected)) in table.into_iter().enumerate() {
        assert_eq!(verdict(&Invoice::replay(events), command), expected, "row {row}");
    }
    assert_eq!(look(planned(), Payable::unclaimed), eur(dec!(0)));
}

#[test]
fn transfer_and_tax_settle_the_invoice() {
    let settle = InvoiceCommand::Settle { payment_id: PAYMENT, value_date: day(PAID_ON) };
    given::<Invoice>(planned()).when(settle).then_expect_events(settled().split_off(planned().len()));
    assert_eq!(look(settled(), |p| (p.status(), p.open())), (InvoiceStatus::Paid, eur(dec!(0))));
}

#[test]
fn what_fails_or_comes_back_gives_the_tax_back() {
    let fail = InvoiceCommand::Release { payment_id: PAYMENT, because: ReleaseCause::PaymentFailed };
    let released = InvoiceEvent::ClaimReleased { payment_id: PAYMENT, amount: transfer(), because: ReleaseCause::PaymentFailed };
    given::<Invoice>(planned()).when(fail).then_expect_events(vec![released.clone()]);
    assert_eq!(look([planned(), vec![released]].concat(), Payable::unclaimed), eur(dec!(1190.00)));

    let (value_date, reason) = (day("2026-03-25"), "account closed".to_owned());
    let back = InvoiceCommand::Return { payment_id: PAYMENT, value_date, reason: reason.clone() };
    let returned = vec![
        InvoiceEvent::PaymentReturned { payment_id: PAYMENT, amount: transfer(), value_date, reason },
        InvoiceEvent::WithholdingReversed { payment_id: PAYMENT, withholding: Box::new(withholding()), value_date },
    ];
    given::<Invoice>(settled()).when(back).then_expect_events(returned.clone());
    let after = [settled(), returned].concat();
    assert_eq!(look(after.clone(), |p| (p.status(), p.open())), (InvoiceStatus::Approved, eur(dec!(1190.00))));
    assert_eq!(look(after, |p| p.to_withhold(rate(dec!(10)), eur(dec!(1190.00)))), Some(withholding()), "as if it had never been paid");
}

#[test]
fn a_settlement_that_is_withdrawn_is_claimed_again_with_its_tax() {
    let (effective_date, reason) = (day(PAID_ON), "another transfer".to_owned());
    let withdraw = InvoiceCommand::WithdrawSettlement { payment_id: PAYMENT, effective_date, reason };
    let withdrawn = Invoice::replay(settled()).decide(withdraw).expect("withdrawn");
    let names: Vec<&str> = withdrawn.iter().map(Invoice::type_of).collect();
    let expected = ["InvoicePaymentReturned", "InvoiceWithholdingReversed", "InvoicePaymentClaimed", "InvoiceWithholdingClaimed"];
    assert_eq!(names, expected);
    let after = [settled(), withdrawn].concat();
    assert_eq!(look(after.clone(), |p| (p.open(), p.unclaimed())), (eur(dec!(1190.00)), eur(dec!(0))));
    let settle = InvoiceCommand::Settle { payment_id: PAYMENT, value_date: day(PAID_ON) };
    given::<Invoice>(after).when(settle).then_expect_events(settled().split_off(planned().len()));
}

/// Each part is planned upon the parts before it, some of which have settled. However an invoice is cut, its parts keep back what the
/// whole would have.
#[test]
fn parts_add_up_to_the_tax_of_the_whole() {
    let invoices = [(dec!(1000.00), dec!(190.00)), (dec!(70.07), dec!(8.01)), (dec!(333.33), dec!(66.67)), (dec!(8421.09), dec!(1768.43))];
    let mut cut = 0;
    for ((net, vat), percent) in invoices.into_iter().flat_map(|invoice| [dec!(10), dec!(7.5), dec!(33.3333)].map(|p| (invoice, p))) {
        for parts in 2..=7u32 {
            let whole = look(of(net, vat), |p| p.to_withhold(rate(percent), eur(net + vat))).expect("a tax");
            assert_eq!(whole.base.amount(), net, "the base of the whole is the whole without value added tax");
            let in_parts = paid_in_parts(of(net, vat), net + vat, parts, percent);
            assert_eq!(in_parts, (net, whole.tax.amount()), "{net} + {vat} in {parts} at {percent} %");
            cut += 1;
        }
    }
    assert_eq!(cut, 72);
}

/// 0.40 and 0.08 tax in parts of 0.05: the tax of each is less than half a cent, and none is lost.
#[test]
fn parts_whose_tax_rounds_to_nothing_add_up_too() {
    for (parts, percent, tax) in [(9, dec!(10), dec!(0.04)), (9, dec!(1), dec!(0.00)), (47, dec!(7.5), dec!(0.03))] {
        let in_parts = paid_in_parts(of(dec!(0.40), dec!(0.08)), dec!(0.48), parts, percent);
        assert_eq!(in_parts, (dec!(0.40), tax), "in {parts} at {percent} %");
    }
}

/// A part that took over the cents of another stays when that one comes back: what is kept back next is never less than nothing.
#[test]
fn nothing_is_given_back_by_keeping_back() {
    let mut events = of(dec!(0.40), dec!(0.00));
    for (payment, settled) in [(1, dec!(0.08)), (2, dec!(0.04))] {
        let payment_id = PaymentId(Uuid::from_u128(payment));
        let withheld = look(events.clone(), |p| p.to_withhold(rate(dec!(5)), eur(settled))).expect("a tax");
        events.push(InvoiceEvent::PaymentClaimed { payment_id, amount: eur(settled - withheld.tax.amount()) });
        events.push(InvoiceEvent::WithholdingClaimed { payment_id, withholding: Box::new(withheld) });
    }
    let (payment_id, amount) = (PaymentId(Uuid::from_u128(1)), eur(dec!(0.08)));
    events.push(InvoiceEvent::ClaimReleased { payment_id, amount, because: ReleaseCause::PaymentFailed });
    let next = look(events, |p| p.to_withhold(rate(dec!(5)), eur(dec!(0.01)))).expect("a tax");
    assert_eq!((next.base, next.tax), (eur(dec!(0.01)), eur(dec!(0.00))));
}

fn paid_in_parts(mut events: Vec<InvoiceEvent>, gross: Decimal, parts: u32, percent: Decimal) -> (Decimal, Decimal) {
    let share = Money::rounded(gross / Decimal::from(parts), eur(gross).currency()).amount();
    let (mut bases, mut taxes) = (Decimal::ZERO, Decimal::ZERO);
    for part in 1..=parts {
        let payment_id = PaymentId(Uuid::from_u128(u128::from(part)));
        let open = look(events.clone(), Payable::unclaimed).amount();
        let settled = eur(if part == parts { open } else { share });
        let withheld = look(events.clone(), |p| p.to_withhold(rate(percent), settled)).expect("a tax");
        let tax = withheld.tax.amount();
        (bases, taxes) = (bases + withheld.base.amount(), taxes + tax);
        events.push(InvoiceEvent::PaymentClaimed { payment_id, amount: eur(settled.amount() - tax) });
        events.push(InvoiceEvent::WithholdingClaimed { payment_id, withholding: Box::new(withheld) });
        if part % 2 == 0 {
            let settle = InvoiceCommand::Settle { payment_id, value_date: day(PAID_ON) };
            let settled = Invoice::replay(events.clone()).decide(settle).expect("it settles");
            events.extend(settled);
        }
    }
    (bases, taxes)
}
