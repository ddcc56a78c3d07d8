//! A line that no payment explains is booked once, in balance, and not beside a match; what lines post balances at the right rates.

mod fixtures;

use fixtures::*;
use quittance_domain::bank_statement::{
    AppliedRule, BankStatement, BankStatementCommand, BankStatementEvent, BookedPart, Booking, Cleared, LinePosting, MatchTarget, Matching,
    PaymentEffect, StatementLine, TakenBack, Withheld,
};
use quittance_domain::ledger::{BankLine, BankLinePosting, Entry, Holdings, Quote, RateTable};
use quittance_domain::{Currency, Money, Refusal, Root};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

fn line(amount: Money) -> StatementLine {
    StatementLine {
        line: 1,
        identity: "aa".to_owned(),
        booked_on: day("2026-03-30"),
        value_date: None,
        amount,
        bank_reference: None,
        end_to_end_id: None,
        references: vec![],
        counterparty_name: None,
        counterparty_account: None,
        text: None,
        is_return: false,
        return_reason: None,
        transaction_codes: vec![],
        cheque_number: None,
    }
}

/// A statement with a fee of 5.00.
fn imported() -> Vec<BankStatementEvent> {
    imports(vec![line(eur(dec!(-5)))])
}

fn part(account: &str, amount: Money) -> BookedPart {
    BookedPart { to: assignment(account, "100"), amount }
}

fn posted(clears: Vec<Cleared>) -> LinePosting {
    LinePosting { account_code: code("1000"), effective_date: day("2026-03-30"), clears }
}

fn booking(parts: Vec<BookedPart>) -> Box<Booking> {
    Box::new(Booking { parts, reason: "fees".to_owned(), posted: posted(vec![]), by: Some(ERIN), rule: None })
}

fn fee() -> Box<Booking> {
    booking(vec![part("6850", eur(dec!(4))), part("1400", eur(dec!(1)))])
}

fn book(booking: Box<Booking>) -> BankStatementCommand {
    BankStatementCommand::Book { line: 1, booking }
}

fn back(on: &str) -> BankStatementCommand {
    let back = TakenBack { effective_date: day(on), by: ERIN, reason: "wrong account".to_owned() };
    BankStatementCommand::TakeBookingBack { line: 1, back }
}

fn matching(target: MatchTarget, posted: Option<LinePosting>) -> Matching {
    Matching { target, score: 100, evidence: vec![], by: Some(ERIN), posted }
}

fn said(statement: &BankStatement, command: BankStatementCommand) -> String {
    match statement.decide(command) {
        Ok(events) => format!("{} events", events.len()),
        Err(refused) => refused.code().to_owned(),
    }
}

#[test]
fn a_line_is_booked_once_and_not_beside_a_match() {
    let booked = BankStatementEvent::Booked { line: 1, booking: fee() };
    given::<BankStatement>(imported()).when(book(fee())).then_expect_events(vec![booked.clone()]);
    let state = BankStatement::replay([imported(), vec![booked.clone()]].concat());
    assert_eq!(state.imported().expect("imported").unmatched().count(), 0, "nothing is left to explain");
    let explained = || MatchTarget::Explained { explanation: "fees".to_owned() };
    let match_it = || BankStatementCommand::Match { line: 1, matching: matching(explained(), None) };
    let later = Booking { by: Some(ANNA), posted: LinePosting { effective_date: day("2026-04-01"), ..posted(vec![]) }, ..*fee() };
    for (command, expected) in [
        (book(fee()), "0 events"),
        (book(Box::new(later)), "0 events"),
        (book(booking(vec![part("6000", eur(dec!(5)))])), "bank_line_booked"),
        (match_it(), "bank_line_booked"),
        (back("2026-03-29"), "reversal_too_early"),
        (back("2026-03-30"), "1 events"),
        (BankStatementCommand::Unmatch { line: 1, by: ERIN, reason: "x".to_owned(), effective_date: None }, "bank_line_not_matched"),
    ] {
        assert_eq!(said(&state, command), expected);
    }
    let matched =
        BankStatement::replay([imported(), vec![BankStatementEvent::Matched { line: 1, matching: matching(explained(), None) }]].concat());
    assert_eq!(
        (said(&matched, book(fee())), said(&matched, back("2026-03-30"))),
        ("bank_line_matched".to_owned(), "bank_line_not_booked".to_owned())
    );
    let gone = BankStatementEvent::BookingTakenBack { line: 1, effective_date: day("2026-03-30"), by: ERIN, reason: "wrong".to_owned() };
    let free = BankStatement::replay([imported(), vec![booked, gone]].concat());
    assert_eq!((said(&free, match_it()), said(&free, book(fee()))), ("1 events".to_owned(), "1 events".to_owned()));
}

#[test]
fn a_booking_comes_to_what_moved() {
    let state = BankStatement::replay(imported());
    let dollars = booking(vec![part("6850", money(dec!(5), "USD"))]);
    let wordless = Box::new(Booking { reason: " ".to_owned(), ..*fee() });
    let elsewhere = BankStatementCommand::Book { line: 2, booking: fee() };
    for (command, expected) in [
        (book(booking(vec![part("6850", eur(dec!(5)))])), "1 events"),
        (book(booking(vec![part("6850", eur(dec!(7))), part("4900", eur(dec!(-2)))])), "1 events"),
        (book(booking(vec![part("6850", eur(dec!(-5)))])), "booking_unbalanced"),
        (book(booking(vec![part("6850", eur(dec!(4.99)))])), "booking_unbalanced"),
        (book(booking(vec![])), "booking_unbalanced"),
        (book(booking(vec![part("6850", eur(dec!(5))), part("1400", eur(dec!(0)))])), "part_invalid"),
        (book(dollars), "part_invalid"),
        (book(wordless), "reason_missing"),
        (elsewhere, "bank_line_unknown"),
    ] {
        assert_eq!(said(&state, command), expected);
    }
}

fn dollars(quotes: &[(&str, Decimal)]) -> RateTable {
    let mut rates = RateTable::default();
    for (on, rate) in quotes {
        rates.quote(Quote { unit: Currency::EUR, currency: Currency::USD, on: day(on), rate: *rate });
    }
    rates
}

/// `account amount base`, a line each, of the one entry, which balances.
fn shown(entries: Vec<Entry>) -> Vec<String> {
    let [entry] = <[Entry; 1]>::try_from(entries).expect("one entry");
    let entry = entry.balanced().expect("it balances");
    entry
        .lines
        .iter()
        .map(|l| format!("{} {} {}", l.account, l.amount, l.base.map_or("?".to_owned(), |b| b.normalize().to_string())))
        .collect()
}

fn settling(clears: Vec<Cleared>) -> BankStatementEvent {
    let target =
        MatchTarget::Payment { payment_id: PAYMENT, items: vec![1, 2], effect: PaymentEffect::Settles, value_date: day("2026-03-30") };
    BankStatementEvent::Matched { line: 1, matching: matching(target, Some(posted(clears))) }
}

#[test]
fn a_booking_posts_against_the_banks_account_and_is_taken_back_to_the_cent() {
    let (books, rates) = (books(), RateTable::default());
    let (at, mut none) = (BankLinePosting { books: &books, rates: &rates }, Holdings::default());
    let mut kept = BankLine::imported(Uuid::nil(), &line(eur(dec!(-5))));
    let booked = BankStatementEvent::Booked { line: 1, booking: fee() };
    assert_eq!(shown(kept.on(&booked, at, &mut none)), ["1000 -5.00 EUR -5", "6850 4.00 EUR 4", "1400 1.00 EUR 1"]);
    let gone = BankStatementEvent::BookingTakenBack { line: 1, effective_date: day("2026-04-02"), by: ERIN, reason: "wrong".to_owned() };
    let reversed = kept.on(&gone, at, &mut none);
    assert_eq!(reversed[0].effective_date, day("2026-04-02"));
    assert_eq!(shown(reversed), ["1000 5.00 EUR 5", "6850 -4.00 EUR -4", "1400 -1.00 EUR -1"]);
    assert_eq!(kept.on(&gone, at, &mut none), vec![], "once");
}

/// What a payment had put on the clearing account leaves it at the same rate, whatever the rate is on the bank's day.
#[test]
fn a_match_takes_off_the_clearing_account_what_each_item_had_put_there() {
    let (books, rates) = (books(), dollars(&[("2026-03-01", dec!(1.25)), ("2026-03-28", dec!(1.20)), ("2026-03-30", dec!(1.10))]));
    let (at, mut held) = (BankLinePosting { books: &books, rates: &rates }, Holdings::default());
    let clears = |amount, on: &str| Cleared { amount: money(amount, "USD"), on: day(on) };
    let two = vec![clears(dec!(60), "2026-03-20"), clears(dec!(40), "2026-03-28")];
    let mut kept = BankLine::imported(Uuid::nil(), &line(money(dec!(-100), "USD")));
    assert_eq!(shown(kept.on(&settling(two), at, &mut held)), ["1000 -100.00 USD -81.33", "1090 100.00 USD 81.33"]);
    let unmatched = BankStatementEvent::Unmatched { line: 1, by: ERIN, reason: "x".to_owned(), effective_date: Some(day("2026-03-30")) };
    assert_eq!(shown(kept.on(&unmatched, at, &mut held)), ["1000 100.00 USD 81.33", "1090 -100.00 USD -81.33"]);
}

#[test]
fn a_match_from_before_the_books_kept_the_account_posts_nothing() {
    let (books, rates) = (books(), RateTable::default());
    let target = MatchTarget::Explained { explanation: "fees".to_owned() };
    let mut kept = BankLine::imported(Uuid::nil(), &line(eur(dec!(-5))));
    let matched = BankStatementEvent::Matched { line: 1, matching: matching(target, None) };
    assert_eq!(kept.on(&matched, BankLinePosting { books: &books, rates: &rates }, &mut Holdings::default()), vec![]);
}

#[test]
fn without_a_rate_a_line_waits_and_is_posted_again_with_it() {
    let (books, none) = (books(), RateTable::default());
    let mut kept = BankLine::imported(Uuid::nil(), &line(money(dec!(-100), "USD")));
    let booked = BankStatementEvent::Booked { line: 1, booking: booking(vec![part("6850", money(dec!(100), "USD"))]) };
    let mut held = Holdings::default();
    assert_eq!(
        shown(kept.on(&booked, BankLinePosting { books: &books, rates: &none }, &mut held)),
        ["1000 -100.00 USD ?", "6850 100.00 USD ?"]
    );
    assert_eq!((kept.untranslated(), kept.rate_days()), (Some(Currency::USD), vec![(Currency::USD, day("2026-03-30"))]));
    let rates = dollars(&[("2026-03-30", dec!(1.25))]);
    let translated = kept.translate(BankLinePosting { books: &books, rates: &rates }, &mut held);
    assert_eq!(shown(translated), ["1000 100.00 USD ?", "6850 -100.00 USD ?", "1000 -100.00 USD -80", "6850 100.00 USD 80"]);
    assert_eq!(kept.untranslated(), None);
}

/// What stands in a rule's way is told once, until the line is explained; what a person took back no rule books again.
#[test]
fn a_rule_waits_where_it_may_not_book_and_does_not_insist() {
    let rule = || AppliedRule { version: 1, rule: 1, name: "fees".to_owned() };
    let withheld = |code: &str| Withheld { rule: rule(), code: code.to_owned(), detail: String::new() };
    let withhold = |code: &str| BankStatementCommand::Withhold { line: 1, withheld: withheld(code) };
    let told = |code: &str| BankStatementEvent::BookingWithheld { line: 1, withheld: withheld(code) };
    let before = [imported(), vec![told("period_closed")]].concat();
    given::<BankStatement>(imported()).when(withhold("period_closed")).then_expect_events(vec![told("period_closed")]);
    given::<BankStatement>(before.clone()).when(withhold("period_closed")).then_expect_events(vec![]);
    given::<BankStatement>(before.clone()).when(withhold("account_inactive")).then_expect_events(vec![told("account_inactive")]);
    let by_rule = Box::new(Booking { by: None, rule: Some(rule()), ..*fee() });
    let booked = BankStatementEvent::Booked { line: 1, booking: by_rule.clone() };
    given::<BankStatement>(before.clone()).when(book(by_rule)).then_expect_events(vec![booked.clone()]);

    let after = |events: Vec<BankStatementEvent>| BankStatement::replay([before.clone(), events].concat());
    let for_rules = |state: &BankStatement| state.imported().expect("imported").for_rules().count();
    let is_withheld = |state: &BankStatement| !state.imported().expect("imported").withheld.is_empty();
    assert_eq!((for_rules(&after(vec![])), is_withheld(&after(vec![]))), (1, true));
    let explained = after(vec![booked.clone()]);
    assert_eq!((for_rules(&explained), is_withheld(&explained)), (0, false));
    assert_eq!(said(&explained, withhold("period_closed")), "0 events", "what is explained waits for nothing");
    let gone = BankStatementEvent::BookingTakenBack { line: 1, effective_date: day("2026-03-30"), by: ERIN, reason: "wrong".to_owned() };
    let taken_back = after(vec![booked, gone]);
    assert_eq!((for_rules(&taken_back), taken_back.imported().expect("imported").unmatched().count()), (0, 1));
}
