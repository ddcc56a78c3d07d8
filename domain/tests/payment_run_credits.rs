//! Credits in a run: what leaves is the difference, every cent is set off once, and who owes us more is left out whole.

mod fixtures;

use std::collections::HashMap;

use fixtures::run::{candidate, credit, criteria, instalment, reasons};
use fixtures::{OTHER_VENDOR, day, eur};
use proptest::prelude::*;
use quittance_domain::ids::{PaymentId, VendorId};
use quittance_domain::payment_run::{
    Candidate, CandidateKind, Criteria, Discount, Instalment, Proposal, SetOff, credits_used, propose_with_set_offs,
};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

fn off(credit: u128, amount: Decimal) -> SetOff {
    SetOff { credit: instalment(credit), amount: eur(amount), on_account: false }
}

/// Each payable with what leaves for it and what is set off against it.
fn told(proposal: &Proposal) -> Vec<(Instalment, Decimal, Vec<SetOff>)> {
    proposal.included.iter().map(|one| (one.instalment, one.amount.amount(), one.set_off.clone())).collect()
}

#[test]
fn credits_are_taken_off_in_the_order_of_cash() {
    let all = [candidate(1, dec!(30)), candidate(2, dec!(100)), credit(8, dec!(20)), credit(9, dec!(25))];
    let proposal = propose_with_set_offs(&criteria(), &all);
    let expected =
        [(instalment(1), dec!(0.00), vec![off(8, dec!(20)), off(9, dec!(10))]), (instalment(2), dec!(85.00), vec![off(9, dec!(15))])];
    assert_eq!(told(&proposal), expected);
    assert_eq!(reasons(&proposal), []);
    assert_eq!(credits_used(&proposal.included), [instalment(8), instalment(9)]);
}

/// As a credit note, and the run knows where it lies.
#[test]
fn what_a_payment_left_on_account_is_taken_off_like_a_credit_note() {
    let on_account = Candidate { kind: CandidateKind::OnAccount, ..credit(9, dec!(25)) };
    let proposal = propose_with_set_offs(&criteria(), &[candidate(1, dec!(100)), credit(8, dec!(20)), on_account.clone()]);
    let left = SetOff { on_account: true, ..off(9, dec!(25)) };
    assert_eq!(told(&proposal), [(instalment(1), dec!(55.00), vec![off(8, dec!(20)), left])]);
    assert_eq!(left.left_by(), Some((PaymentId(instalment(9).invoice_id.0), Some(1))));
    let proposal = propose_with_set_offs(&criteria(), &[candidate(1, dec!(25)), on_account]);
    assert_eq!(told(&proposal), [], "the vendor owes as much");
    assert_eq!(reasons(&proposal), [(instalment(1), "net_debit_vendor")], "no document waits for a reason of what lies on account");
}

#[test]
fn a_vendor_that_owes_us_as_much_is_left_out_whole_and_keeps_its_credits() {
    let other = Candidate { vendor_id: OTHER_VENDOR, ..candidate(3, dec!(7)) };
    let all = [candidate(1, dec!(30)), credit(8, dec!(30)), other];
    let proposal = propose_with_set_offs(&criteria(), &all);
    assert_eq!(told(&proposal), [(instalment(3), dec!(7.00), vec![])], "another vendor's credit is not touched");
    assert_eq!(reasons(&proposal), [(instalment(1), "net_debit_vendor"), (instalment(8), "net_debit_vendor")]);
}

#[test]
fn no_invoice_loses_its_discount_to_a_credit() {
    let discount = Discount { amount: eur(dec!(2)), until: day("2026-03-16") };
    let discounted = Candidate { discount: Some(discount), ..candidate(1, dec!(100)) };
    let proposal = propose_with_set_offs(&criteria(), &[discounted.clone(), credit(8, dec!(20))]);
    assert_eq!(told(&proposal), [(instalment(1), dec!(98.00), vec![])]);
    assert_eq!(reasons(&proposal), [(instalment(8), "credit_not_applied")]);
    let proposal = propose_with_set_offs(&criteria(), &[discounted, candidate(2, dec!(20)), credit(8, dec!(20))]);
    assert_eq!(told(&proposal), [(instalment(2), dec!(0.00), vec![off(8, dec!(20))]), (instalment(1), dec!(98.00), vec![])]);
}

fn candidates() -> impl Strategy<Value = Vec<Candidate>> {
    let one = (1..50_000i64, any::<bool>(), 0..3u128, any::<bool>());
    prop::collection::vec(one, 1..40).prop_map(|all| {
        let made = all.into_iter().zip(1u128..).map(|((cents, owed, vendor, discounted), number)| {
            let amount = Decimal::new(cents, 2);
            let kind = if owed { candidate(number, amount) } else { credit(number, amount) };
            let granted = Discount { amount: eur(Decimal::new(cents / 50, 2)), until: day("2026-03-16") };
            let discount = (owed && discounted && cents >= 50).then_some(granted);
            Candidate { vendor_id: VendorId(Uuid::from_u128(vendor)), discount, ..kind }
        });
        made.collect()
    })
}

proptest! {
    #[test]
    fn every_cent_is_set_off_once_and_nothing_is_lost(all in candidates(), limit in prop::option::of(0..100_000i64)) {
        let cash_limits = limit.map(|cents| eur(Decimal::new(cents, 2))).into_iter().collect();
        let proposal = propose_with_set_offs(&Criteria { cash_limits, ..criteria() }, &all);
        let of: HashMap<Instalment, &Candidate> = all.iter().map(|one| (one.instalment, one)).collect();
        let mut used: HashMap<Instalment, Decimal> = HashMap::new();
        for one in &proposal.included {
            let set_off: Decimal = one.set_off.iter().map(|part| part.amount.amount()).sum();
            prop_assert_eq!(one.amount.amount() + one.discount.amount() + set_off, of[&one.instalment].open.amount());
            prop_assert!(one.amount.amount() >= Decimal::ZERO);
            prop_assert!(set_off.is_zero() || one.discount.is_zero());
            for part in &one.set_off {
                prop_assert!(part.amount.is_positive());
                prop_assert_eq!(of[&part.credit].vendor_id, one.vendor_id);
                *used.entry(part.credit).or_default() += part.amount.amount();
            }
        }
        for (credit, amount) in &used {
            prop_assert_eq!(of[credit].open.amount(), *amount, "a credit is used whole or not at all");
        }
        if let Some(cents) = limit {
            prop_assert!(proposal.included.iter().map(|one| one.amount.amount()).sum::<Decimal>() <= Decimal::new(cents, 2));
        }
        prop_assert_eq!(proposal.included.len() + used.len() + proposal.excluded.len(), all.len(), "everything is told of once");
    }
}
