//! Entries by hand: balanced in every currency and in base, reversed once, never changed.

mod fixtures;

use fixtures::*;
use quittance_domain::Root;
use quittance_domain::journal::{
    Accrual, ClosingValue, JournalCommand, JournalEntry, JournalEvent, JournalRefusal, ManualEntry, ManualLine, Revaluation,
    RevaluationAccounts, RevaluedCurrency, RevaluedHolding, Reversal,
};
use quittance_domain::ledger::{Entry, Reason};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

fn line(account: &str, amount: Decimal, currency: &str, base: Decimal) -> ManualLine {
    let account = account.parse().expect("a code");
    ManualLine { account, cost_centre: None, project: None, tax_code: None, amount: money(amount, currency), base: eur(base) }
}

fn entry(lines: Vec<ManualLine>) -> Box<ManualEntry> {
    Box::new(ManualEntry {
        effective_date: day("2026-03-31"),
        reason: "Rent of March".to_owned(),
        lines,
        by: DORA,
        revaluation: None,
        accrual: None,
        opening_of: None,
    })
}

fn rent() -> Box<ManualEntry> {
    entry(vec![line("6000", dec!(110), "USD", dec!(100)), line("2300", dec!(-110), "USD", dec!(-100))])
}

fn reversal(on: &str) -> Reversal {
    Reversal { effective_date: day(on), reason: "Accrual".to_owned(), by: DORA }
}

/// Lines by hand, and what comes of them.
#[test]
fn an_entry_balances() {
    let two = |a: ManualLine, b: ManualLine| entry(vec![a, b]);
    let table = [
        (rent(), "JournalEntryPosted"),
        (entry(vec![line("6000", dec!(1), "EUR", dec!(1))]), "too_few_lines"),
        (two(line("1", dec!(1), "EUR", dec!(1)), line("2", dec!(-2), "EUR", dec!(-2))), "entry_unbalanced"),
        (two(line("1", dec!(1), "USD", dec!(1)), line("2", dec!(-1), "EUR", dec!(-1))), "entry_unbalanced"),
        (two(line("1", dec!(1), "USD", dec!(1)), line("2", dec!(-1), "USD", dec!(-0.9))), "entry_unbalanced"),
        (two(line("1", dec!(0), "EUR", dec!(0)), line("2", dec!(0), "EUR", dec!(0))), "amount_zero"),
        (two(line("1", dec!(0), "EUR", dec!(5)), line("2", dec!(0), "EUR", dec!(-5))), "JournalEntryPosted"),
        (Box::new(ManualEntry { reason: " ".to_owned(), ..*rent() }), "reason_missing"),
    ];
    for (entry, expected) in table {
        let asked = format!("{entry:?}");
        assert_eq!(verdict(&JournalEntry::default(), JournalCommand::Post(entry)), expected, "{asked}");
    }
}

#[test]
fn amounts_too_large_to_add_are_refused_and_not_made_to_fit() {
    let huge = Decimal::MAX.trunc();
    let yen = |amount| ManualLine { amount: money(amount, "JPY"), ..line("1", dec!(1), "EUR", dec!(1)) };
    let refused = JournalEntry::default().decide(JournalCommand::Post(entry(vec![yen(huge), yen(huge)])));
    assert!(matches!(refused, Err(JournalRefusal::EntryUnbalanced { .. })), "{refused:?}");
}

#[test]
fn an_entry_is_reversed_once_by_its_mirror_image() {
    let posted = vec![JournalEvent::Posted(rent())];
    let reverse = |on| JournalCommand::Reverse(reversal(on));
    given::<JournalEntry>(posted.clone())
        .when(reverse("2026-03-30"))
        .then_expect_error(JournalRefusal::ReversalTooEarly { entry: day("2026-03-31") });
    given::<JournalEntry>(posted.clone())
        .when(reverse("2026-04-01"))
        .then_expect_events(vec![JournalEvent::Reversed(reversal("2026-04-01"))]);
    let reversed = [posted.clone(), vec![JournalEvent::Reversed(reversal("2026-04-01"))]].concat();
    given::<JournalEntry>(reversed.clone()).when(reverse("2026-04-01")).then_expect_events(vec![]);
    given::<JournalEntry>(reversed).when(reverse("2026-04-02")).then_expect_error(JournalRefusal::AlreadyReversed);
    nothing::<JournalEntry>().when(reverse("2026-04-02")).then_expect_error(JournalRefusal::JournalEntryUnknown);
    given::<JournalEntry>(posted).when(JournalCommand::Post(rent())).then_expect_error(JournalRefusal::JournalEntryExists);
}

#[test]
fn an_entry_and_its_reversal_leave_nothing() {
    let id = Uuid::from_u128(1);
    let posted = JournalEvent::Posted(rent());
    let state = JournalEntry::replay([posted.clone()]);
    let first = JournalEntry::default().posts(&posted, id).expect("an entry");
    let second = state.posts(&JournalEvent::Reversed(reversal("2026-04-01")), id).expect("an entry");
    assert_eq!(second.effective_date, day("2026-04-01"));
    let both = [first.lines.clone(), second.lines.clone()].concat();
    let left: Decimal = both.iter().map(|l| l.amount.amount() + l.base.expect("base")).sum();
    assert_eq!((left, Entry::reversed(&first.lines)), (Decimal::ZERO, second.lines.clone()));
    first.balanced().and(second.balanced()).expect("both balance");
}

fn closing_value(carried: Decimal, closing: Decimal) -> ClosingValue {
    ClosingValue {
        carried: eur(carried),
        numerator: dec!(1),
        denominator: dec!(1.1),
        quoted_on: day("2026-03-31"),
        source: "ECB".to_owned(),
        closing: eur(closing),
    }
}

/// Euro books that carry 1,000.00 of dollars, by what they are worth in the end: where the difference is posted.
#[test]
fn closing_rates_post_a_loss_a_gain_or_nothing_and_balance() {
    let accounts = || RevaluationAccounts {
        payables: "2010".parse().expect("a code"),
        receivables: code("1355"),
        gain: "4810".parse().expect("a code"),
        loss: "6810".parse().expect("a code"),
    };
    let worth = |closing| Revaluation {
        through: 7,
        currencies: vec![RevaluedCurrency { open: money(dec!(1100), "USD"), value: closing_value(dec!(1000), closing) }],
        receivables: vec![],
        holdings: vec![],
    };
    let table = [
        (dec!(1017.39), vec![("2010", dec!(-17.39)), ("6810", dec!(17.39))]),
        (dec!(950), vec![("2010", dec!(50)), ("4810", dec!(-50))]),
        (dec!(1000), vec![]),
    ];
    for (closing, expected) in table {
        let revaluation = worth(closing);
        let lines = revaluation.lines(&accounts());
        let posted: Vec<(&str, Decimal)> = lines.iter().map(|line| (line.account.as_str(), line.base.amount())).collect();
        assert_eq!(posted, expected, "{closing}");
        assert!(lines.iter().all(|line| line.amount.is_zero()), "what is owed in dollars stays");
        if lines.is_empty() {
            continue;
        }
        let entry = Box::new(ManualEntry { revaluation: Some(revaluation), ..*entry(lines) });
        let posted = JournalEvent::Posted(entry);
        let posts = JournalEntry::default().posts(&posted, Uuid::nil()).expect("an entry");
        assert_eq!(posts.reason, Reason::PayablesRevalued);
        let back = JournalEvent::Reversed(reversal("2026-04-01"));
        let taken_back = JournalEntry::replay([posted]).posts(&back, Uuid::nil()).expect("its reversal");
        assert_eq!((taken_back.reason, taken_back.lines), (Reason::RevaluationReversed, Entry::reversed(&posts.lines)));
    }
}

/// What customers owe gains where what vendors are owed loses.
#[test]
fn what_customers_owe_gains_with_the_rate() {
    let accounts = RevaluationAccounts { payables: code("2010"), receivables: code("1355"), gain: code("4810"), loss: code("6810") };
    for (closing, expected) in [
        (dec!(1017.39), vec![("1355", dec!(17.39)), ("4810", dec!(-17.39))]),
        (dec!(950), vec![("1355", dec!(-50)), ("6810", dec!(50))]),
        (dec!(1000), vec![]),
    ] {
        let owed = RevaluedCurrency { open: money(dec!(1100), "USD"), value: closing_value(dec!(1000), closing) };
        let lines = Revaluation { through: 7, currencies: vec![], receivables: vec![owed], holdings: vec![] }.lines(&accounts);
        let posted: Vec<(&str, Decimal)> = lines.iter().map(|line| (line.account.as_str(), line.base.amount())).collect();
        assert_eq!(posted, expected, "{closing}");
        assert!(lines.iter().all(|line| line.amount == money(dec!(0), "USD")), "what is owed in dollars stays");
    }
}

/// A bank account of dollars that the books carry at 450.00, or one of nothing that is still carried at something, or an overdraft.
#[test]
fn what_a_bank_account_holds_gains_and_loses_the_other_way_round() {
    let accounts = RevaluationAccounts { payables: code("2010"), receivables: code("1355"), gain: code("4810"), loss: code("6810") };
    for (carried, closing, expected) in [
        (dec!(450), dec!(462.45), vec![("1001", dec!(12.45)), ("4810", dec!(-12.45))]),
        (dec!(450), dec!(440), vec![("1001", dec!(-10)), ("6810", dec!(10))]),
        (dec!(-450), dec!(-462.45), vec![("1001", dec!(-12.45)), ("6810", dec!(12.45))]),
        (dec!(3.10), dec!(0), vec![("1001", dec!(-3.10)), ("6810", dec!(3.10))]),
        (dec!(450), dec!(450), vec![]),
    ] {
        let holding = RevaluedHolding {
            bank_account_id: ACCOUNT,
            account_code: code("1001"),
            held: money(dec!(500), "USD"),
            value: closing_value(carried, closing),
        };
        let lines = Revaluation { through: 7, currencies: vec![], receivables: vec![], holdings: vec![holding] }.lines(&accounts);
        let posted: Vec<(&str, Decimal)> = lines.iter().map(|line| (line.account.as_str(), line.base.amount())).collect();
        assert_eq!(posted, expected, "{carried} {closing}");
        assert!(lines.iter().all(|line| line.amount == money(dec!(0), "USD")), "what is held in dollars stays");
    }
}

#[test]
fn an_accrual_is_taken_back_on_the_next_periods_first_day() {
    for (period, posted_on, taken_back_on) in
        [("2026-11", "2026-11-30", "2026-12-01"), ("2028-02", "2028-02-29", "2028-03-01"), ("2026-12", "2026-12-31", "2027-01-01")]
    {
        let accrual = Accrual { period: period.parse().expect("a period") };
        assert_eq!((accrual.posted_on(), accrual.taken_back_on()), (day(posted_on), day(taken_back_on)));
        let entry = Box::new(ManualEntry { effective_date: accrual.posted_on(), accrual: Some(accrual), ..*rent() });
        let posted = JournalEvent::Posted(entry);
        let state = JournalEntry::replay([posted.clone()]);
        let reversed = JournalEvent::Reversed(reversal(taken_back_on));
        let there = JournalEntry::default().posts(&posted, Uuid::nil()).expect("lines");
        let back = state.posts(&reversed, Uuid::nil()).expect("lines");
        assert_eq!((there.reason, back.reason), (Reason::Accrued, Reason::AccrualReversed));
        assert_eq!(back.lines, Entry::reversed(&there.lines));
    }
}
