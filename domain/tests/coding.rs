//! Coding: parts come to their line exactly, and what was approved is no longer approved when it is coded otherwise.

mod fixtures;

use fixtures::*;
use proptest::prelude::*;
use quittance_domain::invoice::{
    CodedPart, Coding, Invoice, InvoiceCommand, InvoiceDocument, InvoiceEvent, InvoiceRefusal, MaterialChange, Reception, Share, Split,
};
use quittance_domain::{Refusal, Root};
use rust_decimal::{Decimal, dec};

fn received() -> Vec<InvoiceEvent> {
    vec![InvoiceEvent::Received(Box::new(reception()))]
}

/// An invoice with one line of this net amount.
fn of_net(net: Decimal) -> Vec<InvoiceEvent> {
    let document = InvoiceDocument { lines: vec![line("1", dec!(1), net, net)], ..document() };
    vec![InvoiceEvent::Received(Box::new(Reception { document, ..reception() }))]
}

fn split(parts: &[(&str, Share)]) -> Vec<Split> {
    let parts = parts.iter().map(|(account, share)| (assignment(account, ""), *share)).collect();
    vec![Split::by_hand("1".to_owned(), parts)]
}

fn code(splits: Vec<Split>) -> InvoiceCommand {
    InvoiceCommand::Code { splits, by: CARL, effective_date: None }
}

/// What an invoice is coded to after this, or the refusal's code.
fn coded(events: Vec<InvoiceEvent>, splits: Vec<Split>) -> Result<Vec<CodedPart>, &'static str> {
    let invoice = Invoice::replay(events);
    let events = invoice.decide(code(splits)).map_err(|refusal| refusal.code())?;
    let InvoiceEvent::Coded { coding, .. } = &events[0] else { panic!("{events:?}") };
    Ok(coding.parts().map(|(_, part)| part.clone()).collect())
}

fn amounts(net: Decimal, parts: &[(&str, Share)]) -> String {
    match coded(of_net(net), split(parts)) {
        Ok(parts) => parts.iter().map(|part| part.amount.to_string()).collect::<Vec<_>>().join(" "),
        Err(code) => code.to_owned(),
    }
}

/// A line's net, how it is shared out, and what each part gets.
type Case<'a> = (Decimal, &'a [(&'a str, Share)], &'a str);

#[test]
fn parts_come_to_the_line() {
    use Share::{Amount, Percent, Rest};
    const THIRD: Share = Percent(dec!(33.33));
    let table: [Case; 13] = [
        (dec!(100), &[("6000", Rest)], "100.00"),
        (dec!(100), &[("6000", Percent(dec!(60))), ("6100", Percent(dec!(40)))], "60.00 40.00"),
        // A cent that is left goes where most was cut off; of equals to the first.
        (dec!(0.05), &[("6000", Percent(dec!(50))), ("6100", Percent(dec!(50)))], "0.03 0.02"),
        (dec!(100), &[("6000", THIRD), ("6100", THIRD), ("6200", Percent(dec!(33.34)))], "33.33 33.33 33.34"),
        (dec!(100), &[("6000", Amount(dec!(70))), ("6100", Amount(dec!(30)))], "70.00 30.00"),
        (dec!(100), &[("6000", Amount(dec!(70))), ("6100", Rest)], "70.00 30.00"),
        (dec!(100), &[("6000", Amount(dec!(10))), ("6100", Percent(dec!(50))), ("6200", Percent(dec!(50)))], "10.00 45.00 45.00"),
        (dec!(-10.01), &[("6000", Percent(dec!(50))), ("6100", Percent(dec!(50)))], "-5.01 -5.00"),
        (dec!(100), &[("6000", Percent(dec!(60))), ("6100", Percent(dec!(30)))], "coding_unbalanced"),
        (dec!(100), &[("6000", Amount(dec!(70))), ("6100", Amount(dec!(31)))], "coding_unbalanced"),
        (dec!(100), &[("6000", Amount(dec!(130))), ("6100", Amount(dec!(-30)))], "coding_unbalanced"),
        (dec!(100), &[("6000", Amount(dec!(0.001))), ("6100", Rest)], "coding_unbalanced"),
        (dec!(100), &[("6000", Rest), ("6100", Rest)], "coding_unbalanced"),
    ];
    for (net, parts, expected) in table {
        assert_eq!(amounts(net, parts), expected, "{net} {parts:?}");
    }
}

#[test]
fn a_line_is_named_once_and_exists() {
    let whole = |id: &str| Split::by_hand(id.to_owned(), vec![(assignment("6000", ""), Share::Rest)]);
    assert_eq!(coded(received(), vec![whole("7")]), Err("coding_line_unknown"));
    assert_eq!(coded(received(), vec![whole("1"), whole("1")]), Err("coding_line_unknown"));
    let twins = InvoiceDocument { lines: vec![line("1", dec!(1), dec!(500), dec!(500)); 2], ..document() };
    let twins = vec![InvoiceEvent::Received(Box::new(Reception { document: twins, ..reception() }))];
    assert_eq!(coded(twins, vec![whole("1")]), Err("coding_line_unknown"));
}

fn rest_to(account: &str) -> Vec<Split> {
    split(&[(account, Share::Rest)])
}

fn coded_to(account: &str) -> InvoiceEvent {
    let invoice = Invoice::replay(received());
    invoice.decide(code(rest_to(account))).expect("it is coded").remove(0)
}

#[test]
fn coding_twice_is_coding_once_and_no_parts_take_it_back() {
    given::<Invoice>(received()).and(vec![coded_to("6100")]).when(code(rest_to("6100"))).then_expect_events(vec![]);
    let nothing = InvoiceEvent::Coded { coding: Box::new(Coding::default()), by: CARL, effective_date: None };
    given::<Invoice>(received()).and(vec![coded_to("6100")]).when(code(split(&[]))).then_expect_events(vec![nothing]);
}

fn submitted() -> Vec<InvoiceEvent> {
    let version_hash = Invoice::replay(received()).received().expect("received").version_hash();
    [received(), vec![InvoiceEvent::Submitted { round: 1, approval_id: ROUND_1, by: ANNA, version_hash }]].concat()
}

#[test]
fn another_coding_voids_the_approval_and_the_same_one_does_not() {
    let because = vec![MaterialChange::Coding];
    let reset = InvoiceEvent::ApprovalReset { round: 1, approval_id: ROUND_1, because };
    given::<Invoice>(submitted()).when(code(rest_to("6100"))).then_expect_events(vec![coded_to("6100"), reset]);
    let before = [received(), vec![coded_to("6100")], submitted()[1..].to_vec()].concat();
    given::<Invoice>(before).when(code(rest_to("6100"))).then_expect_events(vec![]);
}

#[test]
fn what_is_being_paid_or_voided_is_not_coded() {
    let claimed = InvoiceEvent::PaymentClaimed { payment_id: PAYMENT, amount: eur(dec!(10)) };
    given::<Invoice>(received()).and(vec![claimed]).when(code(rest_to("6100"))).then_expect_error(InvoiceRefusal::PaymentInProgress);
    let voided = InvoiceEvent::Voided { by: ANNA, reason: "mistake".to_owned(), effective_date: day("2026-03-05") };
    let invoice = Invoice::replay([received(), vec![voided]].concat());
    assert_eq!(verdict(&invoice, code(rest_to("6100"))), "wrong_state");
}

#[test]
fn what_bills_an_order_is_coded_by_it() {
    let matched = InvoiceEvent::MatchEvaluated { evaluation: Box::new(evaluation()) };
    given::<Invoice>(received()).and(vec![matched]).when(code(rest_to("6100"))).then_expect_error(InvoiceRefusal::CodedByOrder);
}

#[test]
fn an_amended_document_is_coded_anew_and_lines_that_stand_as_they_were_keep_theirs() {
    let amended = InvoiceEvent::Amended(Box::new(amendment()));
    let before = [received(), vec![coded_to("6100"), amended]].concat();
    let invoice = Invoice::replay(before.clone());
    assert_eq!(invoice.received().expect("received").coding(), None, "nothing holds before it is said again");
    let again = invoice.decide(code(vec![])).expect("it is coded");
    let InvoiceEvent::Coded { coding, .. } = &again[0] else { panic!("{again:?}") };
    let same = |id: &str| reception().document.lines.iter().any(|line| line.id == id && amendment().document.lines.contains(line));
    assert!(coding.lines.iter().all(|coded| same(&coded.line)), "{coding:?}");
}

#[test]
fn who_codes_an_invoice_is_one_of_its_editors() {
    let invoice = Invoice::replay([received(), vec![coded_to("6100")]].concat());
    assert!(invoice.received().expect("received").editors.contains(&CARL));
}

proptest! {
    /// Whatever the percentages: the parts come to the line, none is more than a cent off its share, none of the other sign.
    #[test]
    fn percentages_never_lose_a_cent(cents in -10_000_000i64..10_000_000, cuts in proptest::collection::vec(1u32..10_000, 0..12)) {
        let net = Decimal::new(cents, 2);
        let mut cuts: Vec<u32> = cuts.into_iter().chain([0, 10_000]).collect();
        cuts.sort_unstable();
        cuts.dedup();
        let percents: Vec<Decimal> = cuts.windows(2).map(|pair| Decimal::new(i64::from(pair[1] - pair[0]), 2)).collect();
        let parts = percents.iter().map(|percent| (assignment("6000", ""), Share::Percent(*percent))).collect();
        let splits = vec![Split::by_hand("1".to_owned(), parts)];
        prop_assume!(!net.is_zero());
        let coded = coded(of_net(net), splits).expect("it is coded");
        prop_assert_eq!(coded.iter().map(|part| part.amount).sum::<Decimal>(), net);
        for (part, percent) in coded.iter().zip(&percents) {
            let exact = net * percent / Decimal::ONE_HUNDRED;
            prop_assert!((part.amount - exact).abs() <= dec!(0.01), "{} is not {}", part.amount, exact);
        }
    }
}
