//! Money leaves a bank account in another currency at what it cost: at the average, whatever the order in which lines become known.

mod fixtures;

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use fixtures::*;
use proptest::prelude::*;
use quittance_domain::bank_statement::{BankStatementEvent, BookedPart, Booking, LinePosting, StatementLine};
use quittance_domain::journal::{JournalEntry, JournalEvent, ManualEntry, ManualLine, Reversal};
use quittance_domain::ledger::{BankLine, BankLinePosting, Books, Entry, Holdings, Quote, RateTable};
use quittance_domain::tenant::TenantEvent;
use quittance_domain::{Currency, Root};
use rust_decimal::{Decimal, dec};
use serde_json::{from_value, json};
use uuid::Uuid;

const BANK: &str = "1000";

/// Books in euros with one account in dollars, and all that was posted.
struct Ledger {
    books: Books,
    rates: RateTable,
    holdings: Holdings,
    lines: BTreeMap<u32, BankLine>,
    posted: Vec<Entry>,
}

fn march(n: u64) -> NaiveDate {
    day("2026-03-01") + Days::new(n - 1)
}

impl Ledger {
    fn open() -> Self {
        let mut books = Books::default();
        books.learn_company(&TenantEvent::Created { name: "Acme".to_owned(), base_currency: Currency::EUR, address: address() });
        Self { books, rates: RateTable::default(), holdings: Holdings::default(), lines: BTreeMap::new(), posted: vec![] }
    }

    /// So many euros cost a dollar on a day and after it; lines that waited are posted with it.
    fn quotes(&mut self, on: u64, rate: Decimal) -> Vec<String> {
        self.rates.quote(Quote { unit: Currency::USD, currency: Currency::EUR, on: march(on), rate });
        let at = BankLinePosting { books: &self.books, rates: &self.rates };
        let waiting = self.lines.values_mut().filter(|line| line.untranslated().is_some());
        let entries = waiting.flat_map(|line| line.translate(at, &mut self.holdings)).collect();
        self.post(entries)
    }

    fn books_line(&mut self, line: u32, on: u64, amount: Decimal) -> Vec<String> {
        let amount = money(amount, "USD");
        let told = json!({ "line": line, "identity": "x", "booked_on": march(on), "amount": amount });
        let told: StatementLine = from_value(told).expect("a line");
        self.lines.insert(line, BankLine::imported(Uuid::from_u128(line.into()), &told));
        let posted = LinePosting { account_code: code(BANK), effective_date: march(on), clears: vec![] };
        let parts = vec![BookedPart { to: assignment("4900", "100"), amount: amount.negated() }];
        let booking = Box::new(Booking { parts, reason: "x".to_owned(), posted, by: Some(ERIN), rule: None });
        self.on(line, &BankStatementEvent::Booked { line, booking })
    }

    fn takes_back(&mut self, line: u32, on: u64) -> Vec<String> {
        let back = BankStatementEvent::BookingTakenBack { line, effective_date: march(on), by: ERIN, reason: "x".to_owned() };
        self.on(line, &back)
    }

    fn on(&mut self, line: u32, event: &BankStatementEvent) -> Vec<String> {
        let at = BankLinePosting { books: &self.books, rates: &self.rates };
        let entries = self.lines.get_mut(&line).expect("a line").on(event, at, &mut self.holdings);
        self.post(entries)
    }

    /// Each line as `day account amount base`.
    fn post(&mut self, entries: Vec<Entry>) -> Vec<String> {
        let entries: Vec<Entry> = entries.into_iter().map(|entry| entry.balanced().expect("it balances")).collect();
        let base = |base: Option<Decimal>| base.map_or("?".to_owned(), |base| format!("{base:.2}"));
        let line = |entry: &Entry| {
            let on = entry.effective_date.format("%d").to_string();
            entry.lines.iter().map(move |l| format!("{on} {} {} {}", l.account, l.amount, base(l.base))).collect::<Vec<_>>()
        };
        let shown = entries.iter().flat_map(line).collect();
        self.posted.extend(entries);
        shown
    }

    /// What accounts hold as of a day: in dollars, and in euros.
    fn held(&self, accounts: &[&str], as_of: u64) -> (Decimal, Decimal) {
        let lines = self.posted.iter().filter(|entry| entry.effective_date <= march(as_of)).flat_map(|entry| &entry.lines);
        let own = lines.filter(|line| accounts.contains(&line.account.as_str()));
        own.fold((Decimal::ZERO, Decimal::ZERO), |(amount, base), l| (amount + l.amount.amount(), base + l.base.unwrap_or_default()))
    }

    /// What a line has put on an account on its own day, in euros; what others did to it later is theirs.
    fn of(&self, line: u32, on: u64, account: &str) -> Decimal {
        let own = self.posted.iter().filter(|entry| entry.document.id == Uuid::from_u128(line.into()) && entry.effective_date == march(on));
        own.flat_map(|entry| &entry.lines).filter(|own| own.account.as_str() == account).filter_map(|own| own.base).sum()
    }

    fn realised(&self) -> Decimal {
        self.held(&["4800", "6800"], 31).1
    }
}

/// 1,000 at 0.80 and 500 at 0.92 are 1,500 at 0.84: 300 of them cost 252.00 and are worth 285.00 at 0.95.
#[test]
fn what_leaves_leaves_at_the_average_and_the_difference_is_realised() {
    let mut l = Ledger::open();
    for (on, rate) in [(1, dec!(0.80)), (5, dec!(0.92)), (9, dec!(0.95)), (20, dec!(0.81))] {
        l.quotes(on, rate);
    }
    assert_eq!(l.books_line(1, 1, dec!(1000)), ["01 1000 1000.00 USD 800.00", "01 4900 -1000.00 USD -800.00"]);
    l.books_line(2, 5, dec!(500));
    let out = l.books_line(3, 9, dec!(-300));
    assert_eq!(out, ["09 1000 -300.00 USD -252.00", "09 4900 300.00 USD 285.00", "09 4800 0.00 EUR -33.00"]);
    assert_eq!(l.held(&[BANK], 9), (dec!(1200), dec!(1008)));
    // All the rest, and 100 more than there is: those are owed at the rate of the day, 81.00.
    let all = l.books_line(4, 20, dec!(-1300));
    assert_eq!(all, ["20 1000 -1300.00 USD -1089.00", "20 4900 1300.00 USD 1053.00", "20 6800 0.00 EUR 36.00"]);
    // The overdraft is paid back at 0.90: it had come to 0.81.
    l.quotes(22, dec!(0.90));
    let back = l.books_line(5, 22, dec!(150));
    assert_eq!(back, ["22 1000 150.00 USD 126.00", "22 4900 -150.00 USD -135.00", "22 6800 0.00 EUR 9.00"]);
    assert_eq!(l.held(&[BANK], 31), (dec!(50), dec!(45)));
}

/// 300 had left at 0.80, before 500 at 0.92 of days before became known: 1,000 at 0.80 and 500 at 0.92 are 0.84 each.
#[test]
fn a_line_that_belongs_before_others_changes_what_they_left_at_on_their_own_days() {
    let mut l = Ledger::open();
    for (on, rate) in [(1, dec!(0.80)), (5, dec!(0.92)), (9, dec!(0.95))] {
        l.quotes(on, rate);
    }
    l.books_line(1, 1, dec!(1000));
    let out = l.books_line(2, 9, dec!(-300));
    assert_eq!(out, ["09 1000 -300.00 USD -240.00", "09 4900 300.00 USD 285.00", "09 4800 0.00 EUR -45.00"]);
    let late = l.books_line(3, 5, dec!(500));
    let after = ["05 1000 500.00 USD 460.00", "05 4900 -500.00 USD -460.00", "09 1000 0.00 USD -12.00", "09 6800 0.00 EUR 12.00"];
    assert_eq!(late, after);
    assert_eq!(l.held(&[BANK], 31), (dec!(1200), dec!(1008)));
    // It never was: all is as before it.
    let gone = l.takes_back(3, 5);
    let before = ["05 1000 -500.00 USD -460.00", "05 4900 500.00 USD 460.00", "09 1000 0.00 USD 12.00", "09 4800 0.00 EUR -12.00"];
    assert_eq!(gone, before);
    assert_eq!((l.held(&[BANK], 31), l.realised()), ((dec!(700), dec!(560)), dec!(-45)));
    // What had gone out comes back on a later day at what it had left at, and nothing of it was gained.
    let back = l.takes_back(2, 12);
    assert_eq!(back, ["12 1000 300.00 USD 240.00", "12 4900 -300.00 USD -285.00", "12 4800 0.00 EUR 45.00"]);
    assert_eq!((l.held(&[BANK], 31), l.realised()), ((dec!(1000), dec!(800)), dec!(0)));
}

#[test]
fn what_waits_for_its_rate_is_not_there_until_it_is_known() {
    let mut l = Ledger::open();
    assert_eq!(l.books_line(1, 1, dec!(100)), ["01 1000 100.00 USD ?", "01 4900 -100.00 USD ?"]);
    l.quotes(3, dec!(0.90));
    let out = l.books_line(2, 3, dec!(-100));
    assert_eq!(out, ["03 1000 -100.00 USD -90.00", "03 4900 100.00 USD 90.00"]);
    let known = l.quotes(1, dec!(0.80));
    let of_both = ["01 1000 -100.00 USD ?", "01 4900 100.00 USD ?", "01 1000 100.00 USD 80.00", "01 4900 -100.00 USD -80.00"];
    assert_eq!(known[..4], of_both);
    assert_eq!(known[4..], ["03 1000 0.00 USD 10.00", "03 4800 0.00 EUR -10.00"]);
    assert_eq!(l.held(&[BANK], 31), (dec!(0), dec!(0)));
}

#[test]
fn what_is_taken_back_before_its_rate_is_known_was_there_for_its_days() {
    let mut l = Ledger::open();
    l.books_line(1, 1, dec!(100));
    assert_eq!(l.takes_back(1, 4), ["04 1000 -100.00 USD ?", "04 4900 100.00 USD ?"]);
    let known = l.quotes(1, dec!(0.80));
    let own = ["01 1000 -100.00 USD ?", "01 4900 100.00 USD ?", "01 1000 100.00 USD 80.00", "01 4900 -100.00 USD -80.00"];
    let back = ["04 1000 100.00 USD ?", "04 4900 -100.00 USD ?", "04 1000 -100.00 USD -80.00", "04 4900 100.00 USD 80.00"];
    assert_eq!(known, [own, back].concat());
    assert_eq!((l.held(&[BANK], 3), l.held(&[BANK], 4)), ((dec!(100), dec!(80)), (dec!(0), dec!(0))));
    assert_eq!(l.quotes(1, dec!(0.90)), [""; 0], "once");
}

/// What an opening entry says that the balance cost is what it leaves at; it may come after lines of later days.
#[test]
fn what_was_there_before_leaves_at_what_its_opening_entry_says() {
    let mut l = Ledger::open();
    l.quotes(1, dec!(0.90));
    l.books_line(1, 9, dec!(-400));
    assert_eq!(l.held(&[BANK], 31), (dec!(-400), dec!(-360)));
    let line = |account: &str, amount: Decimal, base: Decimal| {
        let (amount, base) = (money(amount, "USD"), eur(base));
        ManualLine { account: code(account), cost_centre: None, project: None, tax_code: None, amount, base }
    };
    let entry = Box::new(ManualEntry {
        effective_date: march(1),
        reason: "before".to_owned(),
        lines: vec![line(BANK, dec!(1000), dec!(700)), line("3000", dec!(-1000), dec!(-700))],
        by: ERIN,
        revaluation: None,
        accrual: None,
        opening_of: Some(ACCOUNT),
    });
    let posted = JournalEvent::Posted(entry);
    let mut state = JournalEntry::default();
    let of = |state: &JournalEntry, event: &JournalEvent, l: &mut Ledger| {
        let others = state.opens(event, Uuid::nil(), &l.books, &mut l.holdings);
        l.post(state.posts(event, Uuid::nil()).into_iter().chain(others).collect())
    };
    let own = ["01 1000 1000.00 USD 700.00", "01 3000 -1000.00 USD -700.00", "09 1000 0.00 USD 80.00", "09 4800 0.00 EUR -80.00"];
    assert_eq!(of(&state, &posted, &mut l), own, "280.00 of 700.00 left, not 360.00");
    assert_eq!(l.held(&[BANK], 31), (dec!(600), dec!(420)));
    state = JournalEntry::replay([posted]);
    let reversal = JournalEvent::Reversed(Reversal { effective_date: march(1), reason: "x".to_owned(), by: ERIN });
    of(&state, &reversal, &mut l);
    assert_eq!((l.held(&[BANK], 31), l.realised()), ((dec!(-400), dec!(-360)), dec!(0)));
}

/// A line of the model: day, amount, worth.
type Told = (u64, Decimal, Decimal);

/// What is carried after each day by the average alone, said as shortly as it can be.
fn average(told: &[Told], through: u64) -> (Decimal, Decimal) {
    let (mut amount, mut base) = (Decimal::ZERO, Decimal::ZERO);
    for on in 1..=through {
        for came_in in [true, false] {
            let of_side = told.iter().filter(|(day, moved, _)| *day == on && (*moved > Decimal::ZERO) == came_in);
            let (moved, worth) = of_side.fold((Decimal::ZERO, Decimal::ZERO), |(m, w), told| (m + told.1, w + told.2));
            let rest = amount + moved;
            base = match () {
                () if amount * moved >= Decimal::ZERO => base + worth,
                () if amount * rest > Decimal::ZERO => base - (base * -moved / amount).round_dp_with_strategy(2, HALF_UP),
                () if rest.is_zero() => Decimal::ZERO,
                () => (worth * rest / moved).round_dp_with_strategy(2, HALF_UP),
            };
            amount = rest;
        }
    }
    (amount, base)
}

const HALF_UP: rust_decimal::RoundingStrategy = rust_decimal::RoundingStrategy::MidpointAwayFromZero;

#[derive(Clone, Debug)]
enum Step {
    Moves {
        on: u64,
        cents: i64,
    },
    /// One of the lines, so many days after its own.
    TakesBack {
        nth: usize,
        later: u64,
    },
    Quotes {
        on: u64,
        rate: i64,
    },
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (1..20_u64, prop_oneof![-50_000..50_000_i64, Just(-10_000), Just(10_000)])
            .prop_filter("moves", |(_, cents)| *cents != 0)
            .prop_map(|(on, cents)| Step::Moves { on, cents }),
        2 => (0..30_usize, prop_oneof![Just(0_u64), 1..6_u64]).prop_map(|(nth, later)| Step::TakesBack { nth, later }),
        2 => (1..20_u64, 5_000..15_000_i64).prop_map(|(on, rate)| Step::Quotes { on, rate }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever comes in and goes out, in order or not, above nil or below, taken back on its day or later, with rates or before them:
    /// on every day the account is carried at its average, a balance of nil at nil, and all that was paid for it is carried or realised.
    #[test]
    fn the_account_is_carried_at_its_average_after_every_event(steps in prop::collection::vec(any_step(), 1..40)) {
        let mut l = Ledger::open();
        let mut told: BTreeMap<u32, Told> = BTreeMap::new();
        let mut backs: Vec<Told> = vec![];
        // Lines that were taken back before their rate was known, each with the day on which it was.
        let mut gone: BTreeMap<u32, (Told, u64)> = BTreeMap::new();
        for (n, step) in (0..).zip(steps) {
            match step {
                Step::Moves { on, cents } => {
                    l.books_line(n, on, Decimal::new(cents, 2));
                    told.insert(n, (on, Decimal::new(cents, 2), Decimal::ZERO));
                }
                Step::Quotes { on, rate } => drop(l.quotes(on, Decimal::new(rate, 4))),
                Step::TakesBack { nth, later } => {
                    let Some((line, (on, amount, worth))) = told.iter().nth(nth).map(|(line, told)| (*line, *told)) else { continue };
                    let waits = l.lines[&line].untranslated().is_some();
                    let left_at = l.of(line, on, BANK);
                    l.takes_back(line, on + later);
                    if later == 0 {
                        told.remove(&line);
                    } else if waits {
                        gone.insert(line, (told.remove(&line).expect("a line"), on + later));
                    } else {
                        let back = if amount > Decimal::ZERO { worth } else { left_at };
                        backs.push((on + later, -amount, -back));
                        backs.push(told.remove(&line).expect("a line"));
                    }
                }
            }
            // What a line is worth is what it was first posted at.
            for (line, (on, _, worth)) in &mut told {
                *worth = -l.of(*line, *on, "4900");
            }
            let known = |line: &u32| l.lines[line].untranslated().is_none();
            for (line, ((on, amount, _), until)) in gone.extract_if(.., |line, _| known(line)) {
                let worth = -l.of(line, on, "4900");
                let back = if amount > Decimal::ZERO { worth } else { l.of(line, on, BANK) };
                backs.extend([(on, amount, worth), (until, -amount, -back)]);
            }
            let all: Vec<Told> = told.iter().filter(|(line, _)| known(line)).map(|(_, told)| *told).chain(backs.iter().copied()).collect();
            let undone = gone.values().flat_map(|((on, amount, _), until)| [(*on, *amount), (*until, -amount)]);
            let waits = told.iter().filter(|(line, _)| !known(line)).map(|(_, told)| (told.0, told.1)).chain(undone);
            let waits: Vec<(u64, Decimal)> = waits.collect();
            let waiting = |on: u64| waits.iter().filter(|(day, _)| *day <= on).map(|(_, amount)| amount).sum::<Decimal>();
            for on in 1..=25 {
                let (amount, base) = average(&all, on);
                prop_assert_eq!(l.held(&[BANK], on), (amount + waiting(on), base), "day {}", on);
                let carried = l.holdings.carried(&code(BANK), Currency::USD, march(on));
                prop_assert_eq!((carried.amount, carried.base), (amount, base));
                prop_assert!(!amount.is_zero() || base.is_zero(), "nil is carried at nil");
            }
            let worth: Decimal = -l.held(&["4900"], 31).1;
            prop_assert_eq!(l.held(&[BANK], 31).1 + l.realised(), worth, "what it cost is carried or realised");
        }
    }
}
