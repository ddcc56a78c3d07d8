//! Invoices that are owed in parts, with a discount: closed at once by a run where that is worth it, and otherwise paid part by part.

mod fixtures;

use std::collections::BTreeSet;

use fixtures::run::{candidate, criteria, instalment, reasons};
use fixtures::{day, eur};
use proptest::prelude::*;
use quittance_domain::payment_run::{Candidate, Closing, Criteria, Discount, Instalment, Proposal, propose};
use rust_decimal::{Decimal, dec};

/// 2 % of 1,000.00 until the run's next day but five, for paying both halves at once.
fn halves(due: [&str; 2], until: &str, each: Option<Decimal>) -> Vec<Candidate> {
    let until = day(until);
    let closing = Closing { open: eur(dec!(1000)), discount: Discount { amount: eur(dec!(20)), until } };
    let half = |(number, due): (u32, &str)| Candidate {
        instalment: Instalment { number, ..instalment(1) },
        due_date: day(due),
        discount: each.map(|amount| Discount { amount: eur(amount), until }),
        closing: Some(closing),
        ..candidate(1, dec!(500))
    };
    (1..).zip(due).map(half).collect()
}

/// Number, further numbers, money and discount of all that is paid.
fn paid(proposal: &Proposal) -> Vec<(u32, Vec<u32>, Decimal, Decimal)> {
    let told = proposal.included.iter().map(|one| (one.instalment.number, one.with_instalments.clone(), one.amount, one.discount));
    told.map(|(number, with, amount, discount)| (number, with, amount.amount(), discount.amount())).collect()
}

fn words(proposal: &Proposal) -> Vec<(u32, &'static str)> {
    reasons(proposal).into_iter().map(|(instalment, reason)| (instalment.number, reason)).collect()
}

/// The run is of the 10th and pays what is due by the 16th; the next one is on the 17th.
#[test]
fn an_invoice_is_closed_at_once_for_the_discount_that_only_all_of_it_earns() {
    let whole = || vec![(1, vec![2], dec!(980.00), dec!(20.00))];
    let first = || vec![(1, vec![], dec!(500.00), dec!(0.00))];
    let in_parts = vec![(1, vec![], dec!(500.00), dec!(0.00)), (2, vec![], dec!(500.00), dec!(0.00))];
    let cases = [
        ("both are due", ["2026-03-10", "2026-03-16"], "2026-03-20", whole(), vec![]),
        ("both are due, the discount is gone", ["2026-03-10", "2026-03-16"], "2026-03-09", in_parts, vec![]),
        // 20.00 for 480.00 that leave 31 days early: 49 % a year.
        ("one is due, and the other is worth it", ["2026-03-10", "2026-04-20"], "2026-03-20", whole(), vec![]),
        // For 20 months: 2.4 %.
        ("one is due, and the other is not", ["2026-03-10", "2027-11-20"], "2026-03-20", first(), vec![(2, "discount_not_worth_it")]),
        (
            "none is due, and the next run is in time",
            ["2026-03-30", "2026-04-20"],
            "2026-03-17",
            vec![],
            vec![(1, "not_due"), (2, "not_due")],
        ),
        ("none is due, and the next run is not", ["2026-03-30", "2026-04-20"], "2026-03-16", whole(), vec![]),
        (
            "none is due, and it is not worth it",
            ["2026-10-30", "2027-11-20"],
            "2026-03-16",
            vec![],
            vec![(1, "discount_not_worth_it"), (2, "discount_not_worth_it")],
        ),
    ];
    for (what, due, until, expected, left) in cases {
        let proposal = propose(&criteria(), &halves(due, until, None));
        assert_eq!((paid(&proposal), words(&proposal)), (expected, left), "{what}");
    }
}

#[test]
fn parts_that_earn_their_own_share_wait_each_for_its_own_day() {
    let shares = |due| propose(&criteria(), &halves(due, "2026-03-20", Some(dec!(10))));
    let one = shares(["2026-03-10", "2026-04-20"]);
    assert_eq!((paid(&one), words(&one)), (vec![(1, vec![], dec!(490.00), dec!(10))], vec![(2, "not_due")]));
    let both = shares(["2026-03-10", "2026-03-16"]);
    assert_eq!(paid(&both), [(1, vec![2], dec!(980.00), dec!(20.00))], "paid together they close the invoice");
}

#[test]
fn what_finds_no_cash_at_once_is_paid_as_far_as_it_is_due() {
    let limited = |limit| Criteria { cash_limits: vec![eur(limit)], ..criteria() };
    let due = ["2026-03-10", "2026-04-20"];
    let proposal = propose(&limited(dec!(600)), &halves(due, "2026-03-20", None));
    assert_eq!((paid(&proposal), words(&proposal)), (vec![(1, vec![], dec!(500.00), dec!(0))], vec![(2, "not_due")]));
    let proposal = propose(&limited(dec!(400)), &halves(due, "2026-03-20", None));
    assert_eq!((paid(&proposal), words(&proposal)), (vec![], vec![(1, "over_run_limit"), (2, "not_due")]));
}

#[test]
fn nothing_is_closed_while_another_run_pays_a_part_of_it() {
    let mut parts = halves(["2026-03-10", "2026-03-16"], "2026-03-20", None);
    parts[0].in_another_run = true;
    let proposal = propose(&criteria(), &parts);
    assert_eq!((paid(&proposal), words(&proposal)), (vec![(2, vec![], dec!(500.00), dec!(0))], vec![(1, "in_another_run")]));
}

proptest! {
    /// Whatever the days, the limit and the hurdle: every part is told of once, and what is paid is what was open, less the discount.
    #[test]
    fn each_part_is_paid_or_told_why_not(
        days in prop::array::uniform2(0..60u64), until in 0..40u64, limit in prop::option::of(0..200_000i64), shares in any::<bool>()
    ) {
        let date = |days: u64| (day("2026-03-01") + chrono::Days::new(days)).to_string();
        let (due, until) = (days.map(date), date(until));
        let parts = halves([&due[0], &due[1]], &until, shares.then_some(dec!(10)));
        let criteria = Criteria { cash_limits: limit.map(|cents| eur(Decimal::new(cents, 2))).into_iter().collect(), ..criteria() };
        let proposal = propose(&criteria, &parts);
        let told = proposal.included.iter().flat_map(|one| one.instalments());
        let told: Vec<Instalment> = told.chain(proposal.excluded.iter().map(|one| one.instalment)).collect();
        prop_assert_eq!(told.len(), 2);
        prop_assert_eq!(told.into_iter().collect::<BTreeSet<_>>().len(), 2);
        for one in &proposal.included {
            let open: Decimal = one.instalments().count().try_into().map(|count: u32| Decimal::from(count) * dec!(500)).expect("few");
            prop_assert_eq!(one.amount.amount() + one.discount.amount(), open);
            prop_assert!(one.discount.is_zero() || shares || one.with_instalments == [2]);
        }
        // What is due and fits is paid, whatever the discount.
        if limit.is_none() {
            let due = parts.iter().filter(|part| part.due_date <= criteria.due_until).map(|part| part.instalment);
            let paid: BTreeSet<Instalment> = proposal.included.iter().flat_map(|one| one.instalments()).collect();
            prop_assert!(due.clone().all(|part| paid.contains(&part)));
        }
    }
}
