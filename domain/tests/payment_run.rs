//! What a payment run takes and what it leaves, with the reason for each.

mod fixtures;

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use fixtures::run::{candidate, credit, criteria, instalment, reasons};
use fixtures::{OTHER_VENDOR, VENDOR, day, eur};
use proptest::prelude::*;
use quittance_domain::ids::VendorId;
use quittance_domain::payment_run::{
    AccountStanding, Approval, Candidate, CandidateKind, Criteria, CriteriaRefusal, Discount, Exclusion, Instalment, Proposal, propose,
};
use quittance_domain::vendor::LegalGround;
use quittance_domain::{Currency, Money};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

fn discounted(number: u128, amount: Decimal, discount: Decimal, until: &str, due: &str) -> Candidate {
    Candidate { discount: Some(Discount { amount: eur(discount), until: day(until) }), due_date: day(due), ..candidate(number, amount) }
}

fn paid(proposal: &Proposal) -> Vec<(Instalment, Decimal)> {
    proposal.included.iter().map(|one| (one.instalment, one.amount.amount())).collect()
}

#[test]
fn each_candidate_alone_is_paid_or_told_why_not() {
    let changed = |on: &str| AccountStanding::Verified { changed_on: Some(day(on)) };
    let plain = || candidate(1, dec!(100));
    let cases = [
        ("in order", plain(), "paid"),
        ("due on the last day", Candidate { due_date: day("2026-03-16"), ..plain() }, "paid"),
        ("due a day later", Candidate { due_date: day("2026-03-17"), ..plain() }, "not_due"),
        ("counts from the run date on", Candidate { counts_from: day("2026-03-10"), ..plain() }, "paid"),
        ("counts a day later", Candidate { counts_from: day("2026-03-11"), ..plain() }, "not_due"),
        ("long overdue", Candidate { due_date: day("2020-01-01"), ..plain() }, "paid"),
        ("nothing open", candidate(1, dec!(0)), "nothing_open"),
        ("not approved", Candidate { approval: Approval::Missing, ..plain() }, "not_approved"),
        ("changed since", Candidate { approval: Approval::Outdated, ..plain() }, "changed_since_approval"),
        ("held", Candidate { holds: vec!["price".to_owned()], ..plain() }, "held"),
        ("suspect", Candidate { duplicate_suspect: true, ..plain() }, "duplicate_suspect"),
        ("blocked vendor", Candidate { vendor_blocked: true, ..plain() }, "vendor_blocked"),
        ("unconfirmed vendor", Candidate { vendor_unconfirmed: true, ..plain() }, "vendor_change_unconfirmed"),
        ("unverified account", Candidate { account: AccountStanding::Unverified, ..plain() }, "account_unverified"),
        ("an account of another kind", Candidate { account: AccountStanding::NotOnRail, ..plain() }, "account_not_on_rail"),
        ("more than a transfer carries", Candidate { account: AccountStanding::BeyondRail, ..plain() }, "amount_not_on_rail"),
        ("account changed four days ago", Candidate { account: changed("2026-03-06"), ..plain() }, "account_recently_changed"),
        ("account changed five days ago", Candidate { account: changed("2026-03-05"), ..plain() }, "paid"),
        ("discount's last run", discounted(1, dec!(100), dec!(2), "2026-03-16", "2026-04-05"), "paid"),
        ("discount that waits", discounted(1, dec!(100), dec!(2), "2026-03-17", "2026-04-05"), "not_due"),
        ("discount that is gone", discounted(1, dec!(100), dec!(2), "2026-03-09", "2026-04-05"), "not_due"),
        ("discount below the hurdle", discounted(1, dec!(100), dec!(0.50), "2026-03-16", "2026-04-05"), "discount_not_worth_it"),
        ("discount as large as the invoice", discounted(1, dec!(100), dec!(100), "2026-03-16", "2026-04-05"), "not_due"),
        ("a credit alone", credit(1, dec!(100)), "net_debit_vendor"),
    ];
    for (what, candidate, verdict) in cases {
        let proposal = propose(&criteria(), &[candidate]);
        let told = proposal.excluded.first().map_or("paid", |one| one.reason.code());
        assert_eq!(told, verdict, "{what}");
        assert_eq!(proposal.included.len() + proposal.excluded.len(), 1, "{what}");
    }
}

#[test]
fn a_run_takes_only_what_it_was_asked_for() {
    let other = Candidate { vendor_id: OTHER_VENDOR, ..candidate(2, dec!(5)) };
    let dollars = Money::exact(dec!(7), Currency::USD).expect("dollars");
    let dollars = Candidate { open: dollars, ..candidate(3, dec!(7)) };
    let all = [candidate(1, dec!(1)), other, dollars];
    let asked = Criteria { vendors: vec![VENDOR], currencies: vec![Currency::EUR], ..criteria() };
    let proposal = propose(&asked, &all);
    assert_eq!(paid(&proposal), [(instalment(1), dec!(1.00))]);
    assert_eq!(reasons(&proposal), [(instalment(2), "not_asked_for"), (instalment(3), "not_asked_for")]);
    let closed = Criteria { closed_currencies: vec![Currency::USD], ..criteria() };
    assert_eq!(reasons(&propose(&closed, &all)), [(instalment(3), "currency_cut_off")]);
}

#[test]
fn two_ten_net_thirty_is_worth_37_24_percent_a_year() {
    let discount = Discount { amount: eur(dec!(2)), until: day("2026-03-11") };
    let rate = discount.yearly_rate(eur(dec!(100)), day("2026-03-31")).expect("a rate");
    assert_eq!((rate * dec!(100)).round_dp(2), dec!(37.24));
    assert_eq!(discount.yearly_rate(eur(dec!(100)), day("2026-03-11")), None, "nothing is paid earlier");
    assert_eq!(discount.yearly_rate(eur(dec!(2)), day("2026-03-31")), None, "nothing is paid");
}

/// 1,725.05 at 10 %: the discount was rounded first, so 1,552.54 is paid.
#[test]
fn a_discount_in_its_window_is_taken_as_it_was_computed() {
    let proposal = propose(&criteria(), &[discounted(1, dec!(1725.05), dec!(172.51), "2026-03-10", "2026-03-31")]);
    assert_eq!(paid(&proposal), [(instalment(1), dec!(1552.54))]);
    assert_eq!(proposal.included[0].discount, eur(dec!(172.51)));
    let late = Criteria { run_date: day("2026-03-11"), due_until: day("2026-03-31"), ..criteria() };
    let proposal = propose(&late, &[discounted(1, dec!(1725.05), dec!(172.51), "2026-03-10", "2026-03-31")]);
    assert_eq!(paid(&proposal), [(instalment(1), dec!(1725.05))], "a day late is the whole amount");
}

#[test]
fn cash_goes_to_the_law_then_discounts_then_the_longest_overdue() {
    let law = Candidate { legal_priority: Some(LegalGround::Taxes), due_date: day("2026-03-16"), ..candidate(5, dec!(40)) };
    let all = [
        Candidate { due_date: day("2026-03-09"), ..candidate(1, dec!(40)) },
        Candidate { due_date: day("2026-01-09"), ..candidate(2, dec!(40)) },
        discounted(3, dec!(40), dec!(0.80), "2026-03-12", "2026-04-01"),
        discounted(4, dec!(40), dec!(1.20), "2026-03-12", "2026-04-01"),
        law,
    ];
    let order: Vec<Instalment> = propose(&criteria(), &all).included.iter().map(|one| one.instalment).collect();
    assert_eq!(order, [5, 4, 3, 2, 1].map(instalment));
    let limited = Criteria { cash_limits: vec![eur(dec!(118))], ..criteria() };
    let proposal = propose(&limited, &all);
    assert_eq!(paid(&proposal), [(instalment(5), dec!(40.00)), (instalment(4), dec!(38.80)), (instalment(3), dec!(39.20))]);
    assert_eq!(reasons(&proposal), [(instalment(1), "over_run_limit"), (instalment(2), "over_run_limit")]);
}

#[test]
fn credits_reduce_what_their_vendor_is_sent_and_the_cash_it_needs() {
    let all = [candidate(1, dec!(100)), candidate(2, dec!(50)), credit(3, dec!(30))];
    let limited = Criteria { cash_limits: vec![eur(dec!(120))], ..criteria() };
    let proposal = propose(&limited, &all);
    assert_eq!(proposal.excluded, []);
    let kinds: Vec<CandidateKind> = proposal.included.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [CandidateKind::Payable, CandidateKind::Payable, CandidateKind::Credit]);
    let short = Criteria { cash_limits: vec![eur(dec!(119.99))], ..criteria() };
    assert_eq!(reasons(&propose(&short, &all)), [(instalment(1), "over_run_limit")]);
}

#[test]
fn a_vendor_that_owes_us_is_left_out_whole_and_keeps_its_credits() {
    let other = Candidate { vendor_id: OTHER_VENDOR, ..candidate(4, dec!(9)) };
    let proposal = propose(&criteria(), &[candidate(1, dec!(100)), credit(2, dec!(60)), credit(3, dec!(40)), other]);
    assert_eq!(paid(&proposal), [(instalment(4), dec!(9.00))]);
    assert!(proposal.excluded.iter().all(|one| one.reason == Exclusion::NetDebitVendor));
    // The limit takes the payable away that the credit was set against.
    let limited = Criteria { cash_limits: vec![eur(dec!(10))], ..criteria() };
    let proposal = propose(&limited, &[candidate(1, dec!(100)), credit(2, dec!(60))]);
    assert_eq!(reasons(&proposal), [(instalment(1), "over_run_limit"), (instalment(2), "net_debit_vendor")]);
}

#[test]
fn criteria_that_make_no_sense_are_refused() {
    let refused = [
        (Criteria { next_run_date: day("2026-03-10"), ..criteria() }, CriteriaRefusal::NextRunNotLater),
        (Criteria { hurdle_rate: dec!(-0.01), ..criteria() }, CriteriaRefusal::HurdleRateNegative),
        (Criteria { cash_limits: vec![eur(dec!(-1))], ..criteria() }, CriteriaRefusal::CashLimitNegative),
        (Criteria { cash_limits: vec![eur(dec!(1)), eur(dec!(2))], ..criteria() }, CriteriaRefusal::CashLimitRepeated),
    ];
    for (criteria, refusal) in refused {
        assert_eq!(criteria.checked(), Err(refusal));
    }
    assert_eq!(criteria().checked(), Ok(criteria()));
}

/// Anything that can stand in a run: mostly in order, every kind of trouble now and then.
fn any_candidate() -> impl Strategy<Value = Candidate> {
    let trouble = (0..8u8, 0..12u8, any::<bool>(), 1..4u128);
    let money = (1..100_000i64, 0..60u64, prop::option::of((1..5_000i64, 0..40u64)));
    (trouble, money, 0..1_000_000u128).prop_map(|((kind, trouble, legal_priority, vendor), (cents, due, discount), number)| {
        let date = |days: u64| NaiveDate::from_ymd_opt(2026, 2, 15).expect("a day") + chrono::Days::new(days);
        Candidate {
            kind: if kind == 0 { CandidateKind::Credit } else { CandidateKind::Payable },
            vendor_id: VendorId(Uuid::from_u128(vendor)),
            vendor_blocked: trouble == 1,
            account: if trouble == 2 { AccountStanding::Unverified } else { AccountStanding::Verified { changed_on: None } },
            due_date: date(due),
            discount: discount.map(|(cents, until)| Discount { amount: eur(Decimal::new(cents, 2)), until: date(until) }),
            approval: if trouble == 3 { Approval::Missing } else { Approval::Given },
            holds: if trouble == 4 { vec!["quantity".to_owned()] } else { vec![] },
            duplicate_suspect: trouble == 5,
            legal_priority: legal_priority.then_some(LegalGround::Wages),
            ..candidate(number, Decimal::new(cents, 2))
        }
    })
}

fn distinct(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_by_key(|candidate| candidate.instalment);
    candidates.dedup_by_key(|candidate| candidate.instalment);
    candidates
}

proptest! {
    #[test]
    fn every_proposal_holds(candidates in prop::collection::vec(any_candidate(), 0..60), limit in prop::option::of(0..200_000i64)) {
        let candidates = distinct(candidates);
        let criteria = Criteria { cash_limits: limit.map(|cents| eur(Decimal::new(cents, 2))).into_iter().collect(), ..criteria() };
        let proposal = propose(&criteria, &candidates);

        let told = proposal.included.iter().map(|one| one.instalment).chain(proposal.excluded.iter().map(|one| one.instalment));
        prop_assert_eq!(told.clone().count(), candidates.len());
        prop_assert_eq!(told.collect::<BTreeSet<_>>().len(), candidates.len(), "each stands in it once");

        let by_instalment: HashMap<Instalment, &Candidate> = candidates.iter().map(|one| (one.instalment, one)).collect();
        let mut nets: HashMap<VendorId, Decimal> = HashMap::new();
        for one in &proposal.included {
            let candidate = by_instalment[&one.instalment];
            prop_assert_eq!(one.amount.plus(one.discount).expect("one currency"), candidate.open);
            prop_assert!(candidate.approval == Approval::Given && candidate.holds.is_empty() && !candidate.vendor_blocked);
            prop_assert!(one.kind == CandidateKind::Payable || one.discount.is_zero());
            let sign = if one.kind == CandidateKind::Payable { Decimal::ONE } else { Decimal::NEGATIVE_ONE };
            *nets.entry(one.vendor_id).or_default() += sign * one.amount.amount();
        }
        prop_assert!(nets.values().all(|net| *net > Decimal::ZERO), "{:?}", nets);
        if let Some(limit) = limit {
            prop_assert!(nets.values().copied().sum::<Decimal>() <= Decimal::new(limit, 2));
        }

        let mut shuffled = candidates.clone();
        shuffled.reverse();
        prop_assert_eq!(propose(&criteria, &shuffled), proposal, "the order of candidates decides nothing");
    }
}
