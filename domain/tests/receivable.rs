//! What customers owe: a draft binds nobody, what is issued never changes, nothing is paid twice or beyond what is open, goods leave once.

mod fixtures;

use fixtures::*;
use proptest::prelude::*;
use quittance_domain::ids::IncomingPaymentId;
use quittance_domain::incoming::{IncomingChannel, IncomingRecord};
use quittance_domain::ledger::{Books, Entry, Quote, RateTable, ReceivableAccount, ReceivablePosting};
use quittance_domain::receivable::{
    CreditRequest, CustomerRefund, IncomingPayment, LineCredit, NumberSeries, NumberSeriesCommand, NumberSeriesEvent, Receivable,
    ReceivableCommand, ReceivableDocument, ReceivableEvent, ReceivableLine, ReceivableStatus, SoldGoods,
};
use quittance_domain::terms::{DiscountTier, Due, InstalmentPart, TermsRule};
use quittance_domain::{Currency, Money, Root};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

fn issued() -> Vec<ReceivableEvent> {
    let document = receivable_document();
    vec![receivable_drafted(&document), receivable_issued(&document)]
}

fn paid(n: u128, amount: Decimal, open: Decimal) -> ReceivableEvent {
    payment_received(incoming(n, eur(amount), "2026-03-20"), eur(open))
}

fn receive(payment: IncomingPayment) -> ReceivableCommand {
    ReceivableCommand::Receive { payment, record: Some(Box::new(incoming_cheque())), by: Some(ERIN) }
}

fn on_line(amount: Decimal) -> IncomingPayment {
    IncomingPayment { channel: IncomingChannel::BankLine(Uuid::from_u128(9)), ..incoming(9, eur(amount), "2026-03-22") }
}

fn take_back(n: u128, on: &str) -> ReceivableCommand {
    let incoming_payment_id = IncomingPaymentId(Uuid::from_u128(n));
    ReceivableCommand::TakePaymentBack { incoming_payment_id, effective_date: day(on), reason: "bounced".to_owned(), by: ERIN }
}

fn taken_back(n: u128, amount: Decimal) -> ReceivableEvent {
    let incoming_payment_id = IncomingPaymentId(Uuid::from_u128(n));
    let (effective_date, reason) = (day("2026-03-25"), "bounced".to_owned());
    ReceivableEvent::PaymentTakenBack { incoming_payment_id, amount: eur(amount), effective_date, reason, by: ERIN }
}

fn write_off(on: &str) -> ReceivableCommand {
    ReceivableCommand::WriteOff { effective_date: day(on), reason: "insolvent".to_owned(), by: ERIN }
}

fn written_off(amount: Decimal) -> ReceivableEvent {
    ReceivableEvent::WrittenOff { amount: eur(amount), effective_date: day("2026-04-30"), reason: "insolvent".to_owned(), by: ERIN }
}

fn reinstate(on: &str) -> ReceivableCommand {
    ReceivableCommand::Reinstate { effective_date: day(on), reason: "pays after all".to_owned(), by: ERIN }
}

fn cancel(on: &str) -> ReceivableCommand {
    ReceivableCommand::Cancel { effective_date: day(on), reason: "wrong".to_owned(), by: ANNA }
}

fn cancelled() -> ReceivableEvent {
    ReceivableEvent::Cancelled { effective_date: day("2026-03-03"), reason: "wrong".to_owned(), by: ANNA }
}

fn hand_over(on: &str) -> ReceivableCommand {
    ReceivableCommand::HandOver { effective_date: day(on), by: ANNA }
}

fn handed_over() -> ReceivableEvent {
    ReceivableEvent::GoodsHandedOver { effective_date: day("2026-03-21"), by: ANNA }
}

fn issue() -> ReceivableCommand {
    let document = receivable_document();
    ReceivableCommand::Issue {
        number: "2026-00002".to_owned(),
        issue_date: day("2026-03-02"),
        terms: receivable_terms(&document),
        by: ANNA,
    }
}

fn draft(document: ReceivableDocument) -> ReceivableCommand {
    ReceivableCommand::Draft { customer_id: CUSTOMER, document: Box::new(document), by: ANNA }
}

fn revise(document: ReceivableDocument) -> ReceivableCommand {
    ReceivableCommand::Revise { customer_id: CUSTOMER, document: Box::new(document), by: ANNA }
}

/// The state, the command, what comes of it.
#[test]
fn every_step_has_its_state_and_every_other_is_refused() {
    let nothing = || Vec::<ReceivableEvent>::new();
    let drafted = || vec![receivable_drafted(&receivable_document())];
    let then = |mut before: Vec<ReceivableEvent>, event: ReceivableEvent| {
        before.push(event);
        before
    };
    let part = || then(issued(), paid(1, dec!(1000), dec!(249.50)));
    let whole = || then(part(), paid(2, dec!(249.50), dec!(0)));
    let gone = || then(part(), written_off(dec!(249.50)));
    let twice = incoming(1, eur(dec!(1000)), "2026-03-20");
    let mut other = receivable_document();
    other.notes.clear();
    let table = [
        ("a draft", nothing(), draft(receivable_document()), "ReceivableDrafted"),
        ("a draft again", drafted(), draft(receivable_document()), "already_drafted"),
        ("nothing to revise", nothing(), revise(receivable_document()), "receivable_unknown"),
        ("the same again", drafted(), revise(receivable_document()), "nothing"),
        ("another text", drafted(), revise(other.clone()), "ReceivableRevised"),
        ("issued is fixed", issued(), revise(other), "wrong_state"),
        ("issued", drafted(), issue(), "ReceivableIssued"),
        ("issued once", issued(), issue(), "nothing"),
        ("a draft is not paid", drafted(), receive(twice.clone()), "wrong_state"),
        ("a part", issued(), receive(twice.clone()), "ReceivablePaymentReceived"),
        ("the same part again", part(), receive(twice), "nothing"),
        ("the rest", part(), receive(incoming(2, eur(dec!(249.50)), "2026-03-21")), "ReceivablePaymentReceived"),
        ("more than the rest", part(), receive(incoming(2, eur(dec!(249.51)), "2026-03-21")), "exceeds_open_amount"),
        ("told of by the bank, and more", whole(), receive(on_line(dec!(0.01))), "ReceivablePaymentReceived"),
        ("told of by the bank, and none", whole(), receive(on_line(dec!(0))), "amount_not_positive"),
        ("nothing is open", whole(), receive(incoming(3, eur(dec!(0.01)), "2026-03-21")), "nothing_open"),
        ("dollars for euros", issued(), receive(incoming(2, money(dec!(1), "USD"), "2026-03-21")), "currency_mismatch"),
        ("nothing", issued(), receive(incoming(2, eur(dec!(0)), "2026-03-21")), "amount_not_positive"),
        ("before it was issued", issued(), receive(incoming(2, eur(dec!(1)), "2026-03-01")), "before_issue"),
        ("bounced", part(), take_back(1, "2026-03-25"), "ReceivablePaymentTakenBack"),
        ("bounced before it came", part(), take_back(1, "2026-03-19"), "before_payment"),
        ("bounced twice", then(part(), taken_back(1, dec!(1000))), take_back(1, "2026-03-25"), "incoming_payment_unknown"),
        ("of a debt written off", gone(), take_back(1, "2026-03-25"), "wrong_state"),
        ("given up", part(), write_off("2026-04-30"), "ReceivableWrittenOff"),
        ("given up before a payment of it came back", then(part(), taken_back(1, dec!(1000))), write_off("2026-03-24"), "before_payment"),
        ("given up when it came back", then(part(), taken_back(1, dec!(1000))), write_off("2026-03-25"), "ReceivableWrittenOff"),
        ("given up twice", gone(), write_off("2026-04-30"), "nothing"),
        ("paid is not given up", whole(), write_off("2026-04-30"), "wrong_state"),
        ("given up is not paid", gone(), receive(incoming(2, eur(dec!(1)), "2026-05-01")), "wrong_state"),
        ("expected again", gone(), reinstate("2026-05-01"), "ReceivableReinstated"),
        ("expected before it was given up", gone(), reinstate("2026-04-29"), "before_payment"),
        ("expected all along", part(), reinstate("2026-05-01"), "nothing"),
        ("a draft dropped", drafted(), cancel("2026-03-03"), "ReceivableCancelled"),
        ("an invoice taken back", issued(), cancel("2026-03-03"), "ReceivableCancelled"),
        ("taken back twice", then(issued(), cancelled()), cancel("2026-03-03"), "nothing"),
        ("taken back before it was issued", issued(), cancel("2026-03-01"), "before_issue"),
        ("while it was paid", then(part(), taken_back(1, dec!(1000))), cancel("2026-03-24"), "before_payment"),
        ("paid no more", then(part(), taken_back(1, dec!(1000))), cancel("2026-03-25"), "ReceivableCancelled"),
        ("paid in part", part(), cancel("2026-03-25"), "payments_stand"),
        ("given up", gone(), cancel("2026-05-25"), "wrong_state"),
        ("gone", then(issued(), handed_over()), cancel("2026-03-25"), "goods_left"),
        ("nothing of what was taken back", then(issued(), cancelled()), receive(incoming(1, eur(dec!(1)), "2026-03-20")), "wrong_state"),
        ("on account", issued(), hand_over("2026-03-21"), "ReceivableGoodsHandedOver"),
        ("once", then(issued(), handed_over()), hand_over("2026-03-22"), "nothing"),
        ("not for a lost debt", gone(), hand_over("2026-05-22"), "wrong_state"),
    ];
    for (case, before, command, expected) in table {
        assert_eq!(verdict(&Receivable::replay(before), command), expected, "{case}");
    }
}

#[test]
fn a_document_of_ours_holds_or_is_not_drafted() {
    let whole = receivable_document();
    let with = |change: &dyn Fn(&mut ReceivableDocument)| {
        let mut document = whole.clone();
        change(&mut document);
        document
    };
    let anew = |change: &dyn Fn(&mut Vec<ReceivableLine>)| {
        let mut lines = whole.lines.clone();
        change(&mut lines);
        receivable_of(lines, Currency::EUR)
    };
    let table = [
        ("no lines", anew(&|lines| lines.clear()), "lines_missing"),
        ("another total", with(&|document| document.totals.payable += dec!(0.01)), "totals_do_not_hold"),
        ("another tax", with(&|document| document.tax_breakdown[0].tax += dec!(0.01)), "totals_do_not_hold"),
        ("nothing asked for", anew(&|lines| lines.iter_mut().for_each(|own| own.line.net = dec!(0))), "nothing_asked_for"),
        ("more given than asked", anew(&|lines| lines[0].line.net = dec!(-2000)), "nothing_asked_for"),
        ("goods that come back", anew(&|lines| lines[0].goods.as_mut().expect("goods").quantity = dec!(-1)), "sold_quantity_not_positive"),
        ("a standard rate of nothing", anew(&|lines| lines[1].line.tax.rate = dec!(0)), "tax_category_unfit"),
        (
            "an exemption of seven percent",
            anew(&|lines| (lines[0].line.tax.code, lines[0].line.tax.rate) = ("E".to_owned(), dec!(7))),
            "tax_category_unfit",
        ),
        ("a category of nobody", anew(&|lines| lines[0].line.tax.code = "X".to_owned()), "tax_category_unfit"),
    ];
    for (case, document, expected) in table {
        assert_eq!(verdict(&Receivable::default(), draft(document.clone())), expected, "{case}");
        assert_eq!(verdict(&Receivable::replay([receivable_drafted(&whole)]), revise(document)), expected, "{case}");
    }
}

#[test]
fn what_lies_in_one_place_is_set_aside_together() {
    let mut lines = receivable_document().lines;
    let mut second = lines[0].clone();
    second.line.id = "3".to_owned();
    second.goods = Some(SoldGoods { item_id: ITEM, location: "MAIN ".to_owned(), quantity: dec!(2.5) });
    lines.push(second.clone());
    second.goods = Some(SoldGoods { item_id: ITEM, location: "yard".to_owned(), quantity: dec!(1) });
    lines.push(second);
    let goods: Vec<(usize, String, Decimal)> =
        receivable_of(lines, Currency::EUR).goods().into_iter().map(|(line, own)| (line, own.location, own.quantity)).collect();
    assert_eq!(goods, [(0, "main".to_owned(), dec!(12.5)), (3, "yard".to_owned(), dec!(1))]);
}

#[test]
fn a_part_that_is_paid_is_due_no_more() {
    let document = receivable_document();
    let half = |days: u16| InstalmentPart { percent: dec!(50), due: Due::NetDays { days } };
    let rule = TermsRule { instalments: vec![half(10), half(40)], ..TermsRule::net(0) };
    let dates = quittance_domain::terms::Dates { invoice: day("2026-03-02"), received: day("2026-03-02"), of_order: false };
    let terms = quittance_domain::terms::AgreedTerms::of("HALVES", 1, &rule, dates, &document.totals, document.payable()).expect("small");
    let ReceivableEvent::Issued { number, customer_id, amount, issue_date, by, .. } = receivable_issued(&document) else { unreachable!() };
    let mut state =
        Receivable::replay([receivable_drafted(&document), ReceivableEvent::Issued { number, customer_id, amount, issue_date, terms, by }]);
    let due = |state: &Receivable| state.issued().expect("issued").due_date();
    assert_eq!(due(&state), Some(day("2026-03-12")));
    for (n, amount, open, expected) in [
        (1, dec!(624.74), dec!(624.76), Some("2026-03-12")),
        (2, dec!(0.01), dec!(624.75), Some("2026-04-11")),
        (3, dec!(624.75), dec!(0), None),
    ] {
        cqrs_es::Aggregate::apply(&mut state, paid(n, amount, open));
        assert_eq!(due(&state), expected.map(day), "{n}");
    }
    assert_eq!(state.status(), Some(ReceivableStatus::Paid));
}

#[test]
fn numbers_follow_each_other() {
    let mut series = NumberSeries::default();
    let take = |receivable_id| NumberSeriesCommand::Take { series: "2026".to_owned(), receivable_id };
    for (receivable, written) in [(RECEIVABLE, "2026-00001"), (RECEIVABLE, "2026-00002"), (OTHER_RECEIVABLE, "2026-00003")] {
        let events = series.decide(take(receivable)).expect("a number");
        events.into_iter().for_each(|event| cqrs_es::Aggregate::apply(&mut series, event));
        assert_eq!(series.written("2026"), written);
    }
    let last = NumberSeriesEvent::Taken { series: "2026".to_owned(), number: u32::MAX, receivable_id: RECEIVABLE };
    assert_eq!(verdict(&NumberSeries::replay([last]), take(OTHER_RECEIVABLE)), "series_exhausted");
}

fn at<'a>(books: &'a Books, rates: &'a RateTable) -> ReceivablePosting<'a> {
    ReceivablePosting { books, rates, receivable: RECEIVABLE.0 }
}

fn shown(entries: impl IntoIterator<Item = Entry>) -> Vec<String> {
    let line = |line: quittance_domain::ledger::Line| {
        let base = line.base.map_or("?".to_owned(), |base| base.normalize().to_string());
        format!("{} {} {base}", line.account, line.amount)
    };
    let balanced = entries.into_iter().map(|entry| entry.balanced().expect("balanced"));
    balanced.flat_map(|entry| entry.lines).map(line).collect()
}

#[test]
fn what_is_owed_stands_on_its_account_until_it_is_paid_lost_or_taken_back() {
    let (books, rates) = (books(), RateTable::default());
    let document = receivable_document();
    let mut account = ReceivableAccount::drafted(CUSTOMER, &document);
    assert_eq!(
        shown(account.on(&receivable_issued(&document), at(&books, &rates))),
        ["1350 1249.50 EUR 1249.5", "4000 -1000.00 EUR -1000", "4000 -50.00 EUR -50", "2200 -199.50 EUR -199.5"]
    );
    let posted = account.on(&paid(1, dec!(1000), dec!(249.50)), at(&books, &rates));
    assert_eq!(shown(posted), ["1350 -1000.00 EUR -1000", "1090 1000.00 EUR 1000"]);
    let posted = account.on(&taken_back(1, dec!(1000)), at(&books, &rates));
    assert_eq!(shown(posted), ["1350 1000.00 EUR 1000", "1090 -1000.00 EUR -1000"]);
    let record = IncomingRecord { account_code: Some(code("1010")), ..incoming_cheque() };
    let cash = IncomingPayment { channel: record.channel(), ..incoming(2, eur(dec!(49.50)), "2026-03-20") };
    let cash = ReceivableEvent::PaymentReceived { payment: cash, open: eur(dec!(1200)), record: Some(Box::new(record)), by: Some(ERIN) };
    assert_eq!(shown(account.on(&cash, at(&books, &rates))), ["1350 -49.50 EUR -49.5", "1010 49.50 EUR 49.5"]);
    let posted = account.on(&written_off(dec!(1200)), at(&books, &rates));
    assert_eq!(shown(posted), ["1350 -1200.00 EUR -1200", "6870 1200.00 EUR 1200"]);
    let reinstated =
        ReceivableEvent::Reinstated { amount: eur(dec!(1200)), effective_date: day("2026-05-01"), reason: "pays".to_owned(), by: ERIN };
    assert_eq!(shown(account.on(&reinstated, at(&books, &rates))), ["1350 1200.00 EUR 1200", "6870 -1200.00 EUR -1200"]);

    let mut account = ReceivableAccount::drafted(CUSTOMER, &document);
    assert_eq!(account.on(&cancelled(), at(&books, &rates)), None);
    account.on(&receivable_issued(&document), at(&books, &rates));
    let posted = shown(account.on(&cancelled(), at(&books, &rates)));
    assert_eq!(posted.first().map(String::as_str), Some("1350 -1249.50 EUR -1249.5"));
    assert_eq!(posted.len(), 4);
}

fn usd(on: &str, rate: Decimal) -> Quote {
    Quote { unit: Currency::EUR, currency: Currency::USD, on: day(on), rate }
}

/// Issued at 1.25, paid at 1.00 and 1.60: gained, then lost; and all of it after the rates came as if they had been there.
#[test]
fn dollars_are_worth_what_their_days_say_and_wait_for_their_rates() {
    let (books, mut rates) = (books(), RateTable::default());
    let document = receivable_of(receivable_document().lines, Currency::USD);
    let half = |n, open: Decimal, on: &str| payment_received(incoming(n, money(dec!(624.75), "USD"), on), money(open, "USD"));
    let events = [receivable_issued(&document), half(1, dec!(624.75), "2026-03-10"), half(2, dec!(0), "2026-03-20")];
    let quotes = [usd("2026-03-02", dec!(1.25)), usd("2026-03-10", dec!(1)), usd("2026-03-20", dec!(1.6))];

    let mut late = ReceivableAccount::drafted(CUSTOMER, &document);
    let untranslated: Vec<Entry> = events.iter().filter_map(|event| late.on(event, at(&books, &rates))).collect();
    assert_eq!(late.untranslated(), Some(Currency::USD));
    rates.quote(quotes[0]);
    rates.quote(quotes[1]);
    quotes[2..].iter().for_each(|quote| rates.quote(*quote));

    let mut early = ReceivableAccount::drafted(CUSTOMER, &document);
    let posted: Vec<Entry> = events.iter().filter_map(|event| early.on(event, at(&books, &rates))).collect();
    assert_eq!(
        shown(posted[1..].to_vec()),
        [
            "1350 -624.75 USD -499.8",
            "1090 624.75 USD 624.75",
            "4800 0.00 EUR -124.95",
            "1350 -624.75 USD -499.8",
            "1090 624.75 USD 390.47",
            "6800 0.00 EUR 109.33"
        ]
    );
    assert_eq!(early.untranslated(), None);

    let translated = late.translate(at(&books, &rates));
    assert_eq!(late, early, "what is kept is the same, whenever the rates came");
    assert_eq!(bases(untranslated.iter().chain(&translated)), bases(posted.iter()));
}

/// Paid, taken back and cancelled before anybody stated a rate: every day of it has its worth in the end, and nothing is left.
#[test]
fn what_was_undone_before_its_rate_was_known_waits_for_it_all_the_same() {
    let (books, mut rates) = (books(), RateTable::default());
    let document = receivable_of(receivable_document().lines, Currency::USD);
    let payment = payment_received(incoming(1, money(dec!(1000), "USD"), "2026-03-10"), money(dec!(249.50), "USD"));
    let incoming_payment_id = IncomingPaymentId(Uuid::from_u128(1));
    let (amount, effective_date, reason) = (money(dec!(1000), "USD"), day("2026-03-15"), "bounced".to_owned());
    let back = ReceivableEvent::PaymentTakenBack { incoming_payment_id, amount, effective_date, reason, by: ERIN };
    let gone = ReceivableEvent::Cancelled { effective_date: day("2026-03-20"), reason: "wrong".to_owned(), by: ANNA };
    let mut account = ReceivableAccount::drafted(CUSTOMER, &document);
    let events = [receivable_issued(&document), payment, back, gone];
    let mut posted: Vec<Entry> = events.iter().filter_map(|event| account.on(event, at(&books, &rates))).collect();
    assert_eq!(account.untranslated(), Some(Currency::USD));
    rates.quote(usd("2026-03-02", dec!(1.25)));
    posted.extend(account.translate(at(&books, &rates)));
    assert_eq!(account.untranslated(), None);
    assert!(posted.iter().all(|entry| entry.clone().balanced().is_ok()));
    for (until, expected) in
        [("2026-03-02", dec!(999.60)), ("2026-03-10", dec!(199.60)), ("2026-03-15", dec!(999.60)), ("2026-03-20", dec!(0))]
    {
        let lines = || posted.iter().filter(|entry| entry.effective_date <= day(until)).flat_map(|entry| &entry.lines);
        let waiting: Decimal =
            lines().filter(|line| line.base.is_none() && line.account == code("1350")).map(|line| line.amount.amount()).sum();
        let held: Decimal = lines().filter(|line| line.account == code("1350")).filter_map(|line| line.base).sum();
        assert_eq!((waiting, held), (dec!(0), expected), "{until}");
    }
    assert_eq!(bases(posted.iter()).len(), 0, "nothing is left anywhere");
}

/// What each account holds in the books' currency.
fn bases<'a>(entries: impl Iterator<Item = &'a Entry>) -> std::collections::BTreeMap<String, Decimal> {
    let mut held = std::collections::BTreeMap::new();
    for line in entries.flat_map(|entry| &entry.lines) {
        *held.entry(line.account.to_string()).or_default() += line.base.unwrap_or_default();
    }
    held.retain(|_, base: &mut Decimal| !base.is_zero());
    held
}

#[derive(Clone, Debug)]
enum Step {
    Pay(u32),
    /// What closes it, with what its terms let the customer keep.
    PayInTime,
    TakeBack(usize),
    Credit(Option<(usize, u32)>),
    Refund(u32),
    TakeRefundBack(usize),
    WriteOff,
    Reinstate,
    HandOver,
    Cancel,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (1_u32..90_000).prop_map(Step::Pay),
        2 => Just(Step::PayInTime),
        2 => (0_usize..8).prop_map(Step::TakeBack),
        3 => prop::option::weighted(0.8, (0_usize..2, 1_u32..400)).prop_map(Step::Credit),
        2 => (1_u32..60_000).prop_map(Step::Refund),
        1 => (0_usize..8).prop_map(Step::TakeRefundBack),
        1 => Just(Step::WriteOff),
        1 => Just(Step::Reinstate),
        1 => Just(Step::HandOver),
        1 => Just(Step::Cancel),
    ];
    prop::collection::vec(step, 0..30)
}

/// The same invoice, under other terms; with discounts that correct the tax or do not.
fn issued_under(document: &ReceivableDocument, rule: &TermsRule, with_tax: bool) -> ReceivableEvent {
    let dates = quittance_domain::terms::Dates { invoice: day("2026-03-02"), received: day("2026-03-02"), of_order: false };
    let terms = quittance_domain::terms::AgreedTerms::of("2-10", 1, rule, dates, &document.totals, document.payable()).expect("small");
    let terms = if with_tax { terms.correcting_output_tax(rule, document) } else { terms };
    let ReceivableEvent::Issued { number, customer_id, amount, issue_date, by, .. } = receivable_issued(document) else { unreachable!() };
    ReceivableEvent::Issued { number, customer_id, amount, issue_date, terms, by }
}

/// Two percent within ten days: 1,224.51 closes it on the last of them, and nothing else does; the discount goes back with its payment.
#[test]
fn who_pays_in_time_keeps_the_discount() {
    let document = receivable_document();
    let rule = TermsRule { discounts: vec![DiscountTier { days: 10, percent: dec!(2) }], ..TermsRule::net(30) };
    let before = || vec![receivable_drafted(&document), issued_under(&document, &rule, false)];
    let pays = |amount, on: &str| receive(incoming(1, eur(amount), on));
    for (amount, on, open) in [
        (dec!(1224.51), "2026-03-12", dec!(0)),
        (dec!(1224.51), "2026-03-13", dec!(24.99)),
        (dec!(1224.50), "2026-03-12", dec!(25.00)),
        (dec!(1224.52), "2026-03-12", dec!(24.98)),
        (dec!(1249.50), "2026-03-12", dec!(0)),
    ] {
        let events = Receivable::replay(before()).decide(pays(amount, on)).expect("it is taken");
        let Some(ReceivableEvent::PaymentReceived { open: told, .. }) = events.last() else { panic!("no payment: {events:?}") };
        assert_eq!(*told, eur(open), "{amount} on {on}");
        let state = Receivable::replay(before().into_iter().chain(events));
        assert_eq!(state.issued().expect("issued").open(), eur(open), "{amount} on {on}");
    }
    let mut history = before();
    history.extend(Receivable::replay(before()).decide(pays(dec!(1224.51), "2026-03-12")).expect("it is taken"));
    let state = Receivable::replay(history.clone());
    assert_eq!((state.status(), state.issued().expect("issued").discounted()), (Some(ReceivableStatus::Paid), eur(dec!(24.99))));
    history.extend(state.decide(take_back(1, "2026-03-25")).expect("it bounced"));
    let state = Receivable::replay(history);
    assert_eq!((state.status(), state.issued().expect("issued").open()), (Some(ReceivableStatus::Issued), eur(dec!(1249.50))));
}

/// Half of it is credited: half of the discount goes back, and the customer is owed half of what was paid.
#[test]
fn what_is_not_bought_after_all_earned_no_discount() {
    let document = receivable_document();
    let rule = TermsRule { discounts: vec![DiscountTier { days: 10, percent: dec!(2) }], ..TermsRule::net(30) };
    let mut history = vec![receivable_drafted(&document), issued_under(&document, &rule, true)];
    let (books, rates) = (books(), RateTable::default());
    let mut account = ReceivableAccount::drafted(CUSTOMER, &document);
    let half = vec![
        LineCredit { line: "1".to_owned(), quantity: None, net: Some(dec!(500)) },
        LineCredit { line: "2".to_owned(), quantity: None, net: Some(dec!(25)) },
    ];
    let request = CreditRequest { lines: Some(half), adjustments: None, goods_returned: false, reason: "half of it".to_owned() };
    let credit = ReceivableCommand::Credit {
        number: "CN-2026-00001".to_owned(),
        issue_date: day("2026-04-01"),
        request: Box::new(request),
        by: ERIN,
    };
    for command in [receive(incoming(1, eur(dec!(1224.51)), "2026-03-12")), credit] {
        history.extend(Receivable::replay(history.clone()).decide(command).expect("it holds"));
    }
    let posted: Vec<Vec<String>> = history.iter().filter_map(|event| account.on(event, at(&books, &rates))).map(|e| shown([e])).collect();
    assert_eq!(
        posted[1..],
        [
            vec!["1350 -24.99 EUR -24.99", "4600 21.00 EUR 21", "2200 3.99 EUR 3.99"],
            vec!["1350 -1224.51 EUR -1224.51", "1090 1224.51 EUR 1224.51"],
            vec!["1350 12.49 EUR 12.49", "4600 -10.50 EUR -10.5", "2200 -1.99 EUR -1.99"],
            vec!["1350 -624.75 EUR -624.75", "4000 500.00 EUR 500", "4000 25.00 EUR 25", "2200 99.75 EUR 99.75"],
        ]
    );
    let state = Receivable::replay(history);
    assert_eq!(state.issued().expect("issued").owed_back(), eur(dec!(612.26)));
}

proptest! {
    /// Whatever happens: what is open is never below zero, nor what the customer is owed; the one less the other stands on the control
    /// account in its own currency, and in the books' it is gone with the last of it. No more is credited than was asked for. Had no rate been
    /// known until the end, the same would stand there, and nothing would wait.
    #[test]
    fn what_is_open_is_what_the_control_account_holds(steps in steps(), rates in prop::collection::vec(50_u32..200, 30), on_partials: bool, with_tax: bool) {
        let (books, mut table) = (books(), RateTable::default());
        table.quote(usd("2026-03-02", dec!(1.25)));
        let document = receivable_of(receivable_document().lines, Currency::USD);
        let mut state = Receivable::default();
        let mut account = ReceivableAccount::drafted(CUSTOMER, &document);
        let (mut held, mut base) = (Decimal::ZERO, Decimal::ZERO);
        let (mut late, mut posted_late) = (ReceivableAccount::drafted(CUSTOMER, &document), Vec::new());
        let no_rates = RateTable::default();
        let mut on = |state: &mut Receivable, event: ReceivableEvent, table: &RateTable| -> Result<(), TestCaseError> {
            if let Some(entry) = account.on(&event, at(&books, table)) {
                let entry = entry.balanced().map_err(|e| TestCaseError::fail(e.to_string()))?;
                let control = entry.lines.iter().filter(|line| line.account == code("1350"));
                for line in control {
                    held += line.amount.amount();
                    base += line.base.expect("every rate is known");
                }
            }
            posted_late.extend(late.on(&event, at(&books, &no_rates)));
            cqrs_es::Aggregate::apply(state, event);
            let (open, owed_back) = match &*state {
                Receivable::Issued(outstanding) => (outstanding.open().amount(), outstanding.owed_back().amount()),
                _ => (Decimal::ZERO, Decimal::ZERO),
            };
            prop_assert!(open >= Decimal::ZERO && owed_back >= Decimal::ZERO && (open.is_zero() || owed_back.is_zero()));
            prop_assert_eq!(open - owed_back, held);
            prop_assert!(!held.is_zero() || base.is_zero(), "nothing is owed and {} is left", base);
            if let Receivable::Issued(outstanding) = &*state {
                prop_assert!(outstanding.credited().amount() <= outstanding.document.payable().amount());
            }
            Ok(())
        };
        on(&mut state, receivable_drafted(&document), &table)?;
        let rule = TermsRule { discounts: vec![DiscountTier { days: 15, percent: dec!(3) }], discount_on_partials: on_partials, ..TermsRule::net(30) };
        on(&mut state, issued_under(&document, &rule, with_tax), &table)?;
        for (n, step) in steps.into_iter().enumerate() {
            let today = day("2026-03-03") + chrono::Days::new(n as u64);
            table.quote(Quote { unit: Currency::EUR, currency: Currency::USD, on: today, rate: Decimal::new(i64::from(rates[n]), 2) });
            let (reason, by) = ("so".to_owned(), ERIN);
            let command = match step {
                Step::Pay(cents) => {
                    let amount = Money::exact(Decimal::new(i64::from(cents), 2), Currency::USD).expect("cents");
                    let told = incoming(n as u128, amount, "2026-03-20");
                    let channel = if cents % 3 == 0 { IncomingChannel::BankLine(Uuid::from_u128(n as u128)) } else { told.channel };
                    receive(IncomingPayment { value_date: today, channel, ..told })
                }
                Step::PayInTime => {
                    let closing = state.issued().map(|own| own.settlement(None, today).cash);
                    let Ok(amount) = closing else { continue };
                    receive(IncomingPayment { value_date: today, ..incoming(n as u128, amount, "2026-03-20") })
                }
                Step::TakeBack(index) => {
                    let standing = state.issued().ok().and_then(|own| own.payments.get(index).map(|payment| payment.incoming_payment_id));
                    let Some(incoming_payment_id) = standing else { continue };
                    ReceivableCommand::TakePaymentBack { incoming_payment_id, effective_date: today, reason, by }
                }
                Step::Credit(part) => {
                    let line = |(line, cents): (usize, u32)| {
                        let net = Some(Decimal::new(i64::from(cents) * 100, 2));
                        vec![LineCredit { line: (line + 1).to_string(), quantity: None, net }]
                    };
                    let request = CreditRequest { lines: part.map(line), adjustments: None, goods_returned: false, reason };
                    ReceivableCommand::Credit { number: format!("CN-2026-{n:05}"), issue_date: today, request: Box::new(request), by }
                }
                Step::Refund(cents) => {
                    let amount = Money::exact(Decimal::new(i64::from(cents), 2), Currency::USD).expect("cents");
                    let refund = CustomerRefund { value_date: today, ..refund(n as u128, amount, "2026-03-20") };
                    ReceivableCommand::Refund { refund, record: None, by: None }
                }
                Step::TakeRefundBack(index) => {
                    let standing = state.issued().ok().and_then(|own| own.refunds.get(index).map(|refund| refund.refund_id));
                    let Some(refund_id) = standing else { continue };
                    ReceivableCommand::TakeRefundBack { refund_id, effective_date: today, reason, by }
                }
                Step::WriteOff => ReceivableCommand::WriteOff { effective_date: today, reason, by },
                Step::Reinstate => ReceivableCommand::Reinstate { effective_date: today, reason, by },
                Step::HandOver => ReceivableCommand::HandOver { effective_date: today, by },
                Step::Cancel => ReceivableCommand::Cancel { effective_date: today, reason, by },
            };
            for event in state.decide(command).unwrap_or_default() {
                on(&mut state, event, &table)?;
            }
        }
        posted_late.extend(late.translate(at(&books, &table)));
        prop_assert_eq!(late.untranslated(), None);
        let mut lines = Vec::new();
        for entry in posted_late {
            lines.extend(entry.balanced().map_err(|e| TestCaseError::fail(e.to_string()))?.lines);
        }
        let waiting = lines.iter().filter(|line| line.base.is_none());
        let mut waits = std::collections::BTreeMap::<_, Decimal>::new();
        waiting.for_each(|line| *waits.entry(line.account.clone()).or_default() += line.amount.amount());
        prop_assert!(waits.values().all(Decimal::is_zero), "{:?}", waits);
        let told: Decimal = lines.iter().filter(|line| line.account == code("1350")).filter_map(|line| line.base).sum();
        prop_assert!((told - base).abs() <= dec!(0.05) && (!held.is_zero() || told.is_zero()), "{} instead of {}", told, base);
    }
}
