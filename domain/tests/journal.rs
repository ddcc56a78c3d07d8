//! Entries by hand: balanced in every currency and in base, reversed once, never changed.

mod fixtures;

use fixtures::*;
use quittance_domain::Root;
use quittance_domain::journal::{JournalCommand, JournalEntry, JournalEvent, JournalRefusal, ManualEntry, ManualLine, Reversal};
use quittance_domain::ledger::Entry;
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

fn line(account: &str, amount: Decimal, currency: &str, base: Decimal) -> ManualLine {
    let account = account.parse().expect("a code");
    ManualLine { account, cost_centre: None, project: None, tax_code: None, amount: money(amount, currency), base: eur(base) }
}

fn entry(lines: Vec<ManualLine>) -> Box<ManualEntry> {
    Box::new(ManualEntry { effective_date: day("2026-03-31"), reason: "Rent of March".to_owned(), lines, by: DORA, revaluation: None })
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
