//! Tax that a run's payments will keep back: the run says what leaves, and its limits count that alone.

mod fixtures;

use fixtures::run::{candidate, credit, criteria, instalment, reasons};
use fixtures::{eur, withholding};
use proptest::prelude::*;
use quittance_domain::Money;
use quittance_domain::ids::{BankAccountId, PaymentRunId};
use quittance_domain::payment_run::{Candidate, Criteria, Included, Instalment, KeepsBack, pages, propose_with_set_offs};
use quittance_domain::withholding::{RateInForce, TaxedShare, Withholding};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

const RUN: PaymentRunId = PaymentRunId(Uuid::from_u128(7));

/// 10 % of everything.
fn keeps_back() -> KeepsBack {
    let Withholding { code, version, name, account_code, .. } = withholding();
    let rate = RateInForce { code, version, name, percent: dec!(10), account_code };
    KeepsBack { rate, share: TaxedShare { without_vat: dec!(1), with_vat: dec!(1), before: vec![] } }
}

fn taxed(number: u128, amount: Decimal) -> Candidate {
    Candidate { keeps_back: Some(keeps_back()), ..candidate(number, amount) }
}

fn limited(amount: Decimal) -> Criteria {
    Criteria { cash_limits: vec![eur(amount)], ..criteria() }
}

fn told(included: &[Included]) -> Vec<(Instalment, Decimal, Decimal)> {
    included.iter().map(|one| (one.instalment, one.leaves().amount(), one.withheld.amount())).collect()
}

#[test]
fn a_limit_counts_what_leaves() {
    let all = [taxed(1, dec!(100)), candidate(2, dec!(100))];
    let proposal = propose_with_set_offs(&limited(dec!(190)), &all);
    assert_eq!(told(&proposal.included), [(instalment(1), dec!(90), dec!(10)), (instalment(2), dec!(100), dec!(0))]);
    let proposal = propose_with_set_offs(&limited(dec!(189.99)), &all);
    assert_eq!(reasons(&proposal), [(instalment(2), "over_run_limit")]);
}

/// Nothing is kept back of what is set off.
#[test]
fn tax_is_kept_back_of_what_credits_leave() {
    let all = [taxed(1, dec!(100)), credit(8, dec!(40))];
    let proposal = propose_with_set_offs(&limited(dec!(54)), &all);
    assert_eq!(told(&proposal.included), [(instalment(1), dec!(54), dec!(6))]);
    assert_eq!(reasons(&propose_with_set_offs(&limited(dec!(53.99)), &all))[0], (instalment(1), "over_run_limit"));
}

/// Of three parts of 0.05 the first keeps back a cent, as the payments will; the invoice itself keeps back 0.02 of 0.15.
#[test]
fn parts_of_an_invoice_are_reckoned_one_upon_the_other() {
    let part = |number| Candidate { instalment: Instalment { number, ..instalment(1) }, ..taxed(1, dec!(0.05)) };
    let proposal = propose_with_set_offs(&criteria(), &[part(1), part(2), part(3)]);
    let kept: Vec<Decimal> = proposal.included.iter().map(|one| one.withheld.amount()).collect();
    assert_eq!(kept, [dec!(0.01), dec!(0.00), dec!(0.01)]);
}

#[test]
fn a_runs_sums_are_what_leaves_and_what_is_kept_back() {
    let proposal = propose_with_set_offs(&criteria(), &[taxed(1, dec!(100)), candidate(2, dec!(50))]);
    let (listed, mut sums) = pages(RUN, &proposal.included, |_| Some(BankAccountId(Uuid::nil())));
    assert_eq!((sums.totals.as_slice(), sums.withheld.as_slice()), ([eur(dec!(140))].as_slice(), [eur(dec!(10))].as_slice()));
    let items = &listed[0][0].items;
    assert_eq!(
        items.iter().map(|item| (item.amount, item.withheld)).collect::<Vec<_>>(),
        [(eur(dec!(50)), None), (eur(dec!(100)), Some(eur(dec!(10))))]
    );
    let taxed = &items[1];
    sums.take_out(taxed.leaves(), taxed.withheld, false);
    assert_eq!((sums.totals, sums.withheld), (vec![eur(dec!(50))], vec![eur(dec!(0))]));
}

fn candidates() -> impl Strategy<Value = Vec<Candidate>> {
    let one = (1..50_000i64, 0..6u8, 0..12u128);
    prop::collection::vec(one, 1..30).prop_map(|all| {
        let made = all.into_iter().zip(1u32..).map(|((cents, kind, invoice), number)| {
            let amount = Decimal::new(cents, 2);
            match kind {
                0 => credit(u128::from(number) + 100, amount),
                1 => candidate(u128::from(number) + 100, amount),
                _ => Candidate { instalment: Instalment { number, ..instalment(invoice) }, ..taxed(invoice, amount) },
            }
        });
        made.collect()
    })
}

proptest! {
    #[test]
    fn what_leaves_stays_within_the_limit_and_with_the_tax_is_what_is_settled(all in candidates(), limit in 0..2_000_000i64) {
        let limit = Decimal::new(limit, 2);
        let proposal = propose_with_set_offs(&limited(limit), &all);
        let leaves: Decimal = proposal.included.iter().map(|one| one.leaves().amount()).sum();
        prop_assert!(leaves <= limit, "{leaves} of {limit}");
        // In the order in which they are planned, each upon what the same invoice's parts before it keep back.
        let (listed, sums) = pages(RUN, &proposal.included, |_| None);
        let mut shares = std::collections::HashMap::new();
        let mut kept_back = Decimal::ZERO;
        for item in listed.iter().flatten().flat_map(|payee| &payee.items) {
            let none = Money::zero(item.amount.currency());
            let keeps = all.iter().find(|one| one.instalment == item.instalment).and_then(|one| one.keeps_back.clone());
            let Some(KeepsBack { rate, share }) = keeps else {
                prop_assert_eq!(item.withheld, None);
                continue;
            };
            let share = shares.entry(item.instalment.invoice_id).or_insert(share);
            let withheld = share.withhold(rate, item.amount);
            let tax = withheld.as_ref().map_or(none, |withheld| withheld.tax);
            prop_assert_eq!(item.withheld.unwrap_or(none), tax);
            kept_back += tax.amount();
            share.before.extend(withheld);
        }
        prop_assert_eq!(sums.withheld.iter().map(|tax| tax.amount()).sum::<Decimal>(), kept_back);
        prop_assert_eq!(sums.totals.iter().map(|total| total.amount()).sum::<Decimal>(), leaves);
    }
}
