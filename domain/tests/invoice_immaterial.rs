//! Small changes of amounts (SEMANTICS 3.7): what an approval outlives, and what it is bound to then.

mod fixtures;

use fixtures::*;
use proptest::prelude::*;
use quittance_domain::Root;
use quittance_domain::invoice::{
    Amendment, CodedLine, CodedPart, Coding, Invoice, InvoiceCommand, InvoiceDocument, InvoiceEvent, MaterialChange, Reception,
};
use rust_decimal::{Decimal, dec};

/// Two lines without tax, so that an invoice comes to what its lines do.
fn of_lines(first: Decimal, second: Decimal) -> (InvoiceDocument, quittance_domain::Money) {
    let sum = first + second;
    let mut document = InvoiceDocument { lines: vec![line("1", dec!(1), first, first), line("2", dec!(1), second, second)], ..document() };
    (document.totals.lines, document.totals.net, document.totals.tax) = (sum, sum, dec!(0));
    (document.totals.gross, document.totals.payable) = (sum, sum);
    (document, eur(sum))
}

fn hash(events: &[InvoiceEvent]) -> String {
    Invoice::replay(events.to_vec()).received().expect("received").version_hash()
}

/// Of 600.00 and 400.00.
fn submitted() -> Vec<InvoiceEvent> {
    let (document, payable) = of_lines(dec!(600.00), dec!(400.00));
    let received = vec![InvoiceEvent::Received(Box::new(Reception { document, payable, ..reception() }))];
    let version_hash = hash(&received);
    [received, vec![InvoiceEvent::Submitted { round: 1, approval_id: ROUND_1, by: ANNA, version_hash }]].concat()
}

fn approved() -> Vec<InvoiceEvent> {
    let version_hash = hash(&submitted());
    [submitted(), vec![InvoiceEvent::Approved { round: 1, approval_id: ROUND_1, version_hash }]].concat()
}

fn to(first: Decimal, second: Decimal) -> Amendment {
    let (document, payable) = of_lines(first, second);
    Amendment { document, payable, ..amendment() }
}

fn amend(amendment: &Amendment, rise_max: Option<Decimal>) -> InvoiceCommand {
    InvoiceCommand::Amend { amendment: Box::new(amendment.clone()), exceptions: vec![], rise_max }
}

fn amended(amendment: &Amendment) -> InvoiceEvent {
    InvoiceEvent::Amended(Box::new(amendment.clone()))
}

fn kept(before: &[InvoiceEvent], amendment: &Amendment) -> InvoiceEvent {
    let version_hash = hash(&[before, &[amended(amendment)]].concat());
    InvoiceEvent::ApprovalKept { round: 1, approval_id: ROUND_1, version_hash }
}

fn reset(because: &[MaterialChange]) -> InvoiceEvent {
    InvoiceEvent::ApprovalReset { round: 1, approval_id: ROUND_1, because: because.to_vec() }
}

#[test]
fn an_approval_outlives_a_small_change_and_is_bound_to_it() {
    let dearer = to(dec!(610.00), dec!(400.00));
    for before in [submitted(), approved()] {
        let events = vec![amended(&dearer), kept(&before, &dearer)];
        given::<Invoice>(before).when(amend(&dearer, Some(dec!(10)))).then_expect_events(events);
    }
    let bound = [approved(), vec![amended(&dearer), kept(&approved(), &dearer)]].concat();
    let all = eur(dec!(1010.00));
    let claim = InvoiceCommand::Claim { payment_id: PAYMENT, amount: all };
    given::<Invoice>(bound).when(claim).then_expect_events(vec![InvoiceEvent::PaymentClaimed { payment_id: PAYMENT, amount: all }]);
}

/// What the lines come to, and what of that is material where amounts may rise by ten.
#[test]
fn what_is_above_what_was_submitted_by_more_is_material() {
    use MaterialChange::{Amount, Lines};
    let table: [(Decimal, Decimal, &[MaterialChange]); 7] = [
        (dec!(610.00), dec!(400.00), &[]),
        (dec!(605.00), dec!(405.00), &[]),
        (dec!(1.00), dec!(2.00), &[]),
        (dec!(610.01), dec!(400.00), &[Amount, Lines]),
        (dec!(605.00), dec!(405.01), &[Amount, Lines]),
        // The sum is the same, and another line pays it.
        (dec!(610.00), dec!(390.00), &[]),
        (dec!(700.00), dec!(300.00), &[Lines]),
    ];
    for (first, second, material) in table {
        let change = to(first, second);
        let follows = if material.is_empty() { kept(&approved(), &change) } else { reset(material) };
        given::<Invoice>(approved()).when(amend(&change, Some(dec!(10)))).then_expect_events(vec![amended(&change), follows]);
    }
}

#[test]
fn without_leave_every_change_of_amounts_is_material() {
    let cheaper = to(dec!(599.99), dec!(400.00));
    let because = [MaterialChange::Amount, MaterialChange::Lines];
    given::<Invoice>(approved()).when(amend(&cheaper, None)).then_expect_events(vec![amended(&cheaper), reset(&because)]);
    given::<Invoice>(approved())
        .when(amend(&cheaper, Some(dec!(0))))
        .then_expect_events(vec![amended(&cheaper), kept(&approved(), &cheaper)]);
}

#[test]
fn many_small_changes_are_measured_from_what_was_submitted() {
    let (first, second) = (to(dec!(606.00), dec!(400.00)), to(dec!(612.00), dec!(400.00)));
    let once = [approved(), vec![amended(&first), kept(&approved(), &first)]].concat();
    let because = [MaterialChange::Amount, MaterialChange::Lines];
    given::<Invoice>(once).when(amend(&second, Some(dec!(10)))).then_expect_events(vec![amended(&second), reset(&because)]);
}

/// A change within the limit that changes something else as well.
#[test]
fn whatever_else_changes_starts_approval_over() {
    type Change = fn(&mut Amendment);
    let changes: [(Change, &[MaterialChange]); 8] = [
        (|a| a.vendor_id = OTHER_VENDOR, &[MaterialChange::Vendor]),
        (|a| a.pay_to = None, &[MaterialChange::BankAccount]),
        (|a| a.document.number = "2026-002".to_owned(), &[MaterialChange::Number]),
        (|a| a.document.lines[1].name = "Paper, A3".to_owned(), &[MaterialChange::Amount, MaterialChange::Lines]),
        (|a| a.document.lines[1].item_number = None, &[MaterialChange::Amount, MaterialChange::Lines]),
        (|a| a.document.lines[1].quantity.unit = "KGM".to_owned(), &[MaterialChange::Amount, MaterialChange::Lines]),
        (|a| a.document.lines.swap(0, 1), &[MaterialChange::Amount, MaterialChange::Lines]),
        (|a| a.document.lines.push(line("3", dec!(1), dec!(0), dec!(0))), &[MaterialChange::Amount, MaterialChange::Lines]),
    ];
    for (change, because) in changes {
        let mut amendment = to(dec!(601.00), dec!(400.00));
        change(&mut amendment);
        given::<Invoice>(approved()).when(amend(&amendment, Some(dec!(10)))).then_expect_events(vec![amended(&amendment), reset(because)]);
    }
}

fn coding(parts: &[(&str, Option<Decimal>, Decimal)]) -> InvoiceEvent {
    let part = |&(account, percent, amount): &(&str, _, _)| CodedPart { to: assignment(account, "K1"), percent, amount };
    let line = CodedLine { line: "1".to_owned(), tax: standard_rate(), parts: parts.iter().map(part).collect(), default_of: None };
    InvoiceEvent::Coded { coding: Box::new(Coding { lines: vec![line] }), by: CARL, effective_date: None }
}

/// How line 1 was coded, and how at 610.00; nothing where that is asked about anew.
#[test]
fn what_was_coded_in_shares_is_coded_in_the_same_shares() {
    let half = Some(dec!(50));
    let table = [
        (coding(&[("6000", None, dec!(600.00))]), Some(coding(&[("6000", None, dec!(610.00))]))),
        (
            coding(&[("6000", half, dec!(300.00)), ("6100", half, dec!(300.00))]),
            Some(coding(&[("6000", half, dec!(305.00)), ("6100", half, dec!(305.00))])),
        ),
        (coding(&[("6000", None, dec!(200.00)), ("6100", None, dec!(400.00))]), None),
    ];
    for (coded, stretched) in table {
        let before = [approved()[..1].to_vec(), vec![coded], approved()[1..].to_vec()].concat();
        let dearer = to(dec!(610.00), dec!(400.00));
        let after = [before.clone(), vec![amended(&dearer), kept(&before, &dearer)]].concat();
        let expected = match stretched {
            Some(coded) => vec![coded],
            None => vec![InvoiceEvent::Coded { coding: Box::default(), by: CARL, effective_date: None }, reset(&[MaterialChange::Coding])],
        };
        given::<Invoice>(after).when(InvoiceCommand::Code { splits: vec![], by: CARL, effective_date: None }).then_expect_events(expected);
    }
}

proptest! {
    /// Whatever the lines become: an approval that stands was given for the same lines, no more than `most` below each sum that
    /// rose, and is bound to exactly what the invoice says.
    #[test]
    fn an_approval_that_stands_is_for_what_the_invoice_says(
        changes in prop::collection::vec((0_i64..120_000, 0_i64..120_000), 1..6),
        most in 0_i64..20_000,
    ) {
        let most = Decimal::new(most, 2);
        let mut events = approved();
        for (first, second) in changes {
            let change = to(Decimal::new(first, 2), Decimal::new(second, 2));
            events.extend(Invoice::replay(events.clone()).decide(amend(&change, Some(most))).expect("it is amended"));
            let invoice = Invoice::replay(events.clone());
            let payable = invoice.received().expect("received");
            let (rose_1, rose_2) = (Decimal::new(first, 2) - dec!(600), Decimal::new(second, 2) - dec!(400));
            let lines = rose_1.max(dec!(0)) + rose_2.max(dec!(0));
            let stands = matches!(payable.stage, quittance_domain::invoice::Stage::Approved { .. });
            if stands {
                prop_assert!(lines <= most && rose_1 + rose_2 <= most, "{lines} with leave for {most}");
                let claim = InvoiceCommand::Claim { payment_id: PAYMENT, amount: eur(dec!(0.01)) };
                prop_assert!(payable.payable.is_zero() || invoice.decide(claim).is_ok(), "it is bound to another version");
            } else {
                prop_assert!(lines > most, "{lines} with leave for {most} is asked again");
                return Ok(());
            }
        }
    }
}
