//! Credit notes of ours: what is taken back is no more than was asked for, goes back where it stood, brings back goods that had left, and
//! leaves the customer owed what was paid beyond it.

mod fixtures;

use fixtures::*;
use proptest::prelude::*;
use quittance_domain::Root;
use quittance_domain::invoice::{Adjustment, TaxCategory, totals};
use quittance_domain::ledger::{Entry, Quote, RateTable, ReceivableAccount, ReceivablePosting};
use quittance_domain::receivable::{
    CreditNote, CreditRequest, CreditedAdjustment, LineCredit, Receivable, ReceivableCommand, ReceivableDocument, ReceivableEvent,
    ReceivableStatus,
};
use quittance_domain::{Currency, Money};
use rust_decimal::{Decimal, dec};

/// Ten pieces and an hour (fixtures), with a rebate of 10 % and 20.00 of freight, both taxed as the goods.
fn rebated() -> ReceivableDocument {
    let document = receivable_document();
    let adjustment = |is_charge, amount| Adjustment { is_charge, amount, reason: None, tax: Some(vat()) };
    with_adjustments(document, vec![adjustment(false, dec!(105)), adjustment(true, dec!(20))])
}

fn vat() -> TaxCategory {
    receivable_document().lines[0].line.tax.clone()
}

fn with_adjustments(document: ReceivableDocument, adjustments: Vec<Adjustment>) -> ReceivableDocument {
    let stated: Vec<_> = document.lines.iter().map(|own| own.line.clone()).collect();
    let (tax_breakdown, totals) =
        totals::totals(&stated, &adjustments, Decimal::ZERO, Decimal::ZERO, document.currency).expect("small numbers");
    ReceivableDocument { adjustments, tax_breakdown, totals, ..document }
}

fn issued(document: &ReceivableDocument) -> Vec<ReceivableEvent> {
    vec![receivable_drafted(document), receivable_issued(document)]
}

fn line(id: &str, quantity: Option<Decimal>, net: Option<Decimal>) -> LineCredit {
    LineCredit { line: id.to_owned(), quantity, net }
}

fn of(lines: Vec<LineCredit>) -> CreditRequest {
    CreditRequest { lines: Some(lines), adjustments: None, goods_returned: false, reason: "broken".to_owned() }
}

fn all() -> CreditRequest {
    CreditRequest { lines: None, ..of(vec![]) }
}

fn back(request: CreditRequest) -> CreditRequest {
    CreditRequest { goods_returned: true, ..request }
}

fn credit(on: &str, request: CreditRequest) -> ReceivableCommand {
    ReceivableCommand::Credit { number: "CN-2026-00001".to_owned(), issue_date: day(on), request: Box::new(request), by: ERIN }
}

fn refunded(n: u128, amount: Decimal, owed_back: Decimal) -> ReceivableEvent {
    ReceivableEvent::Refunded { refund: refund(n, eur(amount), "2026-04-03"), owed_back: eur(owed_back), record: None, by: None }
}

fn pay_back(n: u128, amount: Decimal) -> ReceivableCommand {
    pay_back_on(n, amount, "2026-04-03")
}

fn pay_back_on(n: u128, amount: Decimal, on: &str) -> ReceivableCommand {
    ReceivableCommand::Refund { refund: refund(n, eur(amount), on), record: None, by: None }
}

fn take_refund_back(n: u128, on: &str) -> ReceivableCommand {
    let refund_id = refund(n, eur(dec!(0)), on).refund_id;
    ReceivableCommand::TakeRefundBack { refund_id, effective_date: day(on), reason: "closed".to_owned(), by: ERIN }
}

/// The state after the command, which must hold.
fn after(mut before: Vec<ReceivableEvent>, command: ReceivableCommand) -> Vec<ReceivableEvent> {
    let events = Receivable::replay(before.clone()).decide(command).expect("it holds");
    before.extend(events);
    before
}

fn note(events: &[ReceivableEvent]) -> CreditNote {
    match events.last() {
        Some(ReceivableEvent::Credited { credit_note, .. }) => (**credit_note).clone(),
        other => panic!("no credit note: {other:?}"),
    }
}

#[test]
fn every_credit_note_has_its_state_and_its_bounds() {
    let whole = || receivable_document();
    let paid = || after(issued(&whole()), pay());
    let credited = || after(paid(), credit("2026-04-01", all()));
    let left = || after(issued(&whole()), hand_over());
    let part = || of(vec![line("1", Some(dec!(2)), None)]);
    let other_adjustment = |index, amount| CreditRequest { adjustments: Some(vec![CreditedAdjustment { index, amount }]), ..part() };
    let table = [
        ("of a draft", vec![receivable_drafted(&whole())], credit("2026-04-01", all()), "wrong_state"),
        ("of nothing", vec![], credit("2026-04-01", all()), "receivable_unknown"),
        ("of all", issued(&whole()), credit("2026-04-01", all()), "ReceivableCredited"),
        ("of a part", issued(&whole()), credit("2026-04-01", part()), "ReceivableCredited"),
        ("of what was paid", paid(), credit("2026-04-01", all()), "ReceivableCredited"),
        ("of what was credited", credited(), credit("2026-04-02", all()), "nothing_credited"),
        ("of what was given up", after(issued(&whole()), write_off()), credit("2026-04-01", all()), "wrong_state"),
        ("before the invoice", issued(&whole()), credit("2026-03-01", all()), "before_issue"),
        ("of a line that is none", issued(&whole()), credit("2026-04-01", of(vec![line("7", None, None)])), "credited_line_unknown"),
        (
            "of a line twice",
            issued(&whole()),
            credit("2026-04-01", of(vec![line("2", None, None), line("2", None, None)])),
            "credited_line_unknown",
        ),
        ("of eleven of ten", issued(&whole()), credit("2026-04-01", of(vec![line("1", Some(dec!(11)), None)])), "exceeds_line_quantity"),
        ("of less than none", issued(&whole()), credit("2026-04-01", of(vec![line("1", Some(dec!(-1)), None)])), "exceeds_line_quantity"),
        (
            "of more than the line",
            issued(&whole()),
            credit("2026-04-01", of(vec![line("1", None, Some(dec!(1000.01)))])),
            "exceeds_line_amount",
        ),
        ("of a zero", issued(&whole()), credit("2026-04-01", of(vec![line("1", None, Some(dec!(0)))])), "nothing_credited"),
        ("of an allowance that is none", issued(&whole()), credit("2026-04-01", other_adjustment(0, dec!(1))), "exceeds_adjustment"),
        ("of more freight", issued(&rebated()), credit("2026-04-01", other_adjustment(1, dec!(20.01))), "exceeds_adjustment"),
        ("of some freight", issued(&rebated()), credit("2026-04-01", other_adjustment(1, dec!(5))), "ReceivableCredited"),
        ("with goods that are here", issued(&whole()), credit("2026-04-01", back(part())), "goods_not_left"),
        ("with goods that had left", left(), credit("2026-04-01", back(part())), "ReceivableCredited"),
        ("with goods before they left", left(), credit("2026-03-20", back(part())), "before_hand_over"),
        ("with goods of a service", left(), credit("2026-04-01", back(of(vec![line("2", None, None)]))), "no_goods"),
        ("a refund of nothing", paid(), pay_back(1, dec!(1)), "nothing_owed_back"),
        ("a refund", credited(), pay_back(1, dec!(1249.50)), "ReceivableRefunded"),
        ("a refund of more", credited(), pay_back(1, dec!(1249.51)), "exceeds_owed_back"),
        ("a refund before it was owed", credited(), pay_back_on(1, dec!(1), "2026-03-31"), "before_payment"),
        ("the same refund", after(credited(), pay_back(1, dec!(9))), pay_back(1, dec!(9)), "nothing"),
        ("a refund that is none", credited(), pay_back(1, dec!(0)), "amount_not_positive"),
        ("it never arrived", after(credited(), pay_back(1, dec!(9))), take_refund_back(1, "2026-04-05"), "ReceivableRefundTakenBack"),
        ("before it left", after(credited(), pay_back(1, dec!(9))), take_refund_back(1, "2026-04-02"), "before_payment"),
        ("nobody's refund", credited(), take_refund_back(1, "2026-04-05"), "refund_unknown"),
        ("credited is not cancelled", after(issued(&whole()), credit("2026-04-01", part())), cancel(), "credit_notes_stand"),
        ("credited is not paid", after(issued(&whole()), credit("2026-04-01", all())), pay(), "nothing_open"),
        ("credited is not handed over", after(issued(&whole()), credit("2026-04-01", all())), hand_over(), "no_goods"),
    ];
    for (case, before, command, expected) in table {
        assert_eq!(verdict(&Receivable::replay(before), command), expected, "{case}");
    }
}

fn pay() -> ReceivableCommand {
    ReceivableCommand::Receive { payment: incoming(1, eur(dec!(1249.50)), "2026-03-20"), record: None, by: None }
}

fn hand_over() -> ReceivableCommand {
    ReceivableCommand::HandOver { effective_date: day("2026-03-21"), by: ANNA }
}

fn write_off() -> ReceivableCommand {
    ReceivableCommand::WriteOff { effective_date: day("2026-03-30"), reason: "insolvent".to_owned(), by: ERIN }
}

fn cancel() -> ReceivableCommand {
    ReceivableCommand::Cancel { effective_date: day("2026-04-30"), reason: "wrong".to_owned(), by: ANNA }
}

/// Two of ten pieces, their share of the rebate and of the freight, and the tax on it; then 50.00 off a line; then all that is left.
#[test]
fn a_credit_note_takes_back_its_lines_with_their_share_of_the_whole() {
    let document = rebated();
    assert_eq!(document.payable(), eur(dec!(1148.35)));
    let first = after(issued(&document), credit("2026-04-01", of(vec![line("1", Some(dec!(2)), None)])));
    let told = note(&first);
    assert_eq!((told.totals.lines, told.totals.allowances, told.totals.charges), (dec!(200.00), dec!(20.00), dec!(3.81)));
    assert_eq!((told.totals.net, told.totals.tax, told.totals.payable), (dec!(183.81), dec!(34.92), dec!(218.73)));
    assert_eq!(told.lines[0].goods.as_ref().map(|goods| goods.quantity), Some(dec!(2)));
    let second = after(first, credit("2026-04-02", of(vec![line("2", None, Some(dec!(50)))])));
    let told = note(&second);
    assert_eq!((told.lines[0].quantity, told.lines[0].goods.as_ref()), (dec!(0), None));
    let state = Receivable::replay(second.clone());
    let outstanding = state.issued().expect("issued");
    assert_eq!(outstanding.goods_left()[0].1.quantity, dec!(8));
    assert_eq!(outstanding.status(), ReceivableStatus::Issued);
    let third = after(second, credit("2026-04-03", all()));
    let state = Receivable::replay(third);
    let outstanding = state.issued().expect("issued");
    assert_eq!((outstanding.open(), outstanding.credited()), (eur(dec!(0)), document.payable()));
    assert_eq!((outstanding.status(), outstanding.goods_left().len()), (ReceivableStatus::Credited, 0));
}

#[test]
fn goods_that_stay_with_the_customer_are_credited_without_them() {
    let left = || after(issued(&receivable_document()), hand_over());
    let kept = after(left(), credit("2026-04-01", of(vec![line("1", Some(dec!(2)), None)])));
    assert_eq!(note(&kept).lines[0].goods, None);
    let brought = after(kept, credit("2026-04-02", back(of(vec![line("1", Some(dec!(3)), None)]))));
    assert_eq!(note(&brought).lines[0].goods.as_ref().map(|goods| goods.quantity), Some(dec!(3)));
}

fn posting<'a>(books: &'a quittance_domain::ledger::Books, rates: &'a RateTable) -> ReceivablePosting<'a> {
    ReceivablePosting { books, rates, receivable: RECEIVABLE.0 }
}

fn shown(entry: Option<Entry>) -> Vec<String> {
    let entry = entry.expect("an entry").balanced().expect("balanced");
    let line = |line: &quittance_domain::ledger::Line| {
        let base = line.base.map_or("?".to_owned(), |base| base.normalize().to_string());
        format!("{} {} {base}", line.account, line.amount)
    };
    entry.lines.iter().map(line).collect()
}

/// Sold at 1.25, paid at 1.00, credited at the rate at which it was sold, paid back at 1.60: only money gains and loses.
#[test]
fn what_is_credited_goes_back_at_the_rate_at_which_it_was_sold() {
    let (books, mut rates) = (books(), RateTable::default());
    for (on, rate) in [("2026-03-02", dec!(1.25)), ("2026-03-20", dec!(1)), ("2026-04-01", dec!(2)), ("2026-04-03", dec!(1.6))] {
        rates.quote(Quote { unit: Currency::EUR, currency: Currency::USD, on: day(on), rate });
    }
    let document = receivable_of(receivable_document().lines, Currency::USD);
    let usd = |amount| money(amount, "USD");
    let mut account = ReceivableAccount::drafted(CUSTOMER, &document);
    let mut posted = |event: &ReceivableEvent| shown(account.on(event, posting(&books, &rates)));
    posted(&receivable_issued(&document));
    posted(&payment_received(incoming(1, usd(dec!(1249.50)), "2026-03-20"), usd(dec!(0))));
    let events = after(issued(&document), credit("2026-04-01", of(vec![line("1", Some(dec!(5)), None)])));
    assert_eq!(posted(events.last().expect("a credit note")), ["1350 -595.00 USD -476", "4000 500.00 USD 400", "2200 95.00 USD 76"]);
    let refund =
        ReceivableEvent::Refunded { refund: refund(1, usd(dec!(595)), "2026-04-03"), owed_back: usd(dec!(0)), record: None, by: None };
    assert_eq!(posted(&refund), ["1350 595.00 USD 476", "1090 -595.00 USD -371.88", "4800 0.00 EUR -104.12"]);
}

#[test]
fn a_refund_goes_out_and_comes_back_at_its_own_numbers() {
    let (books, rates) = (books(), RateTable::default());
    let document = receivable_document();
    let mut account = ReceivableAccount::drafted(CUSTOMER, &document);
    for event in after(after(issued(&document), pay()), credit("2026-04-01", all())) {
        account.on(&event, posting(&books, &rates));
    }
    assert_eq!(
        shown(account.on(&refunded(1, dec!(1249.50), dec!(0)), posting(&books, &rates))),
        ["1350 1249.50 EUR 1249.5", "1090 -1249.50 EUR -1249.5"]
    );
    let (effective_date, reason) = (day("2026-04-05"), "closed".to_owned());
    let refund_id = refund(1, eur(dec!(0)), "2026-04-05").refund_id;
    let back = ReceivableEvent::RefundTakenBack { refund_id, amount: eur(dec!(1249.50)), effective_date, reason, by: ERIN };
    assert_eq!(shown(account.on(&back, posting(&books, &rates))), ["1350 -1249.50 EUR -1249.5", "1090 1249.50 EUR 1249.5"]);
}

proptest! {
    /// Bit by bit, in any parts: all of it is credited in the end, to the cent, tax category by tax category, and every piece of the goods.
    #[test]
    fn what_is_credited_in_parts_is_credited_whole(
        parts in prop::collection::vec((0_usize..2, 1_u32..40), 0..12),
        price in 1_u32..100_000,
        rebate in 0_u32..5_000,
        factor in 1_u32..7,
    ) {
        let mut lines = receivable_document().lines;
        let price = Decimal::new(i64::from(price), 2);
        (lines[0].line.unit_price, lines[0].line.net) = (price, price * dec!(10));
        if let Some(goods) = &mut lines[0].goods {
            goods.quantity = dec!(10) / Decimal::from(factor);
        }
        lines[1].line.tax.rate = dec!(7);
        let goods = lines[0].goods.as_ref().map(|goods| goods.quantity).unwrap_or_default();
        let adjustment = Adjustment { is_charge: false, amount: Decimal::new(i64::from(rebate), 2), reason: None, tax: Some(vat()) };
        let document = with_adjustments(receivable_of(lines, Currency::EUR), vec![adjustment]);
        prop_assume!(document.payable().is_positive() && document.totals.tax > Decimal::ZERO);
        let mut state = Receivable::replay(issued(&document));
        let steps = parts.into_iter().map(|(at, tenths)| {
            let own = &document.lines[at].line;
            of(vec![line(&own.id, Some(Decimal::new(i64::from(tenths), 1) * own.quantity.value / dec!(10)), None)])
        });
        let mut brought = Decimal::ZERO;
        for request in steps.chain([all()]) {
            for event in state.decide(credit("2026-04-01", request)).unwrap_or_default() {
                if let ReceivableEvent::Credited { credit_note, .. } = &event {
                    brought += credit_note.goods().map(|(_, goods)| goods.quantity).sum::<Decimal>();
                }
                cqrs_es::Aggregate::apply(&mut state, event);
            }
        }
        let outstanding = state.issued().expect("issued");
        prop_assert_eq!(outstanding.credited(), document.payable());
        prop_assert_eq!(brought, goods);
        for whole in &document.tax_breakdown {
            let parts = outstanding.credit_notes.iter().flat_map(|note| &note.tax_breakdown).filter(|own| own.category == whole.category);
            let (taxable, tax) = parts.fold((Decimal::ZERO, Decimal::ZERO), |(taxable, tax), own| (taxable + own.taxable, tax + own.tax));
            prop_assert_eq!((taxable, tax), (whole.taxable, whole.tax));
        }
        prop_assert_eq!(outstanding.open(), Money::zero(Currency::EUR));
    }
}
