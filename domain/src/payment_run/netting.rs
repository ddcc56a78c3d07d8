//! Each vendor's credits reduce what it is sent, and cash is given out in order until the limit is reached.
//!
//! One pass over the candidates and one over the vendors.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::candidate::{Candidate, CandidateKind};
use super::criteria::Criteria;
use super::proposal::{Excluded, Exclusion, Included};
use super::selection;
use crate::ids::VendorId;
use crate::money::Currency;

/// One transfer is to one vendor in one currency.
type Payee = (VendorId, Currency);

/// `candidates` in the order of cash. Answers what is paid, and what is kept back.
pub(super) fn net(criteria: &Criteria, candidates: Vec<&Candidate>) -> (Vec<Included>, Vec<Excluded>) {
    let all: Vec<Included> = candidates.into_iter().map(|candidate| selection::included(criteria, candidate)).collect();
    let (positive, mut kept_back) = without_net_debits(all);
    let (within, over) = within_limits(criteria, positive);
    kept_back.extend(over);
    // What the limit took away may have been what a vendor's credits were set against.
    let (paid, net_debits) = without_net_debits(within);
    kept_back.extend(net_debits);
    (paid, kept_back)
}

/// A vendor that owes us as much as we owe it, or more, is left out whole and keeps its credits.
fn without_net_debits(all: Vec<Included>) -> (Vec<Included>, Vec<Excluded>) {
    let mut balances: HashMap<Payee, Decimal> = HashMap::new();
    for one in &all {
        let balance = balances.entry(payee(one)).or_default();
        *balance = balance.saturating_add(signed(one));
    }
    let (paid, left_out): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| balances[&payee(one)] > Decimal::ZERO);
    (paid, left_out.into_iter().map(|one| kept_back(one, Exclusion::NetDebitVendor)).collect())
}

/// A payable needs the cash that its vendor's credits do not cover; what does not fit is passed over for what does.
fn within_limits(criteria: &Criteria, all: Vec<Included>) -> (Vec<Included>, Vec<Excluded>) {
    let mut credits: HashMap<Payee, Decimal> = HashMap::new();
    for one in all.iter().filter(|one| one.kind == CandidateKind::Credit) {
        let credit = credits.entry(payee(one)).or_default();
        *credit = credit.saturating_add(one.amount.amount());
    }
    let mut left: HashMap<Currency, Option<Decimal>> = HashMap::new();
    let (within, over): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| {
        let currency = one.amount.currency();
        let left = left.entry(currency).or_insert_with(|| criteria.cash_limit(currency));
        one.kind == CandidateKind::Credit || spend(left, credits.entry(payee(one)).or_default(), one.amount.amount())
    });
    (within, over.into_iter().map(|one| kept_back(one, Exclusion::OverRunLimit)).collect())
}

/// Takes `amount` from the vendor's credits first and from the cash that is left, or takes nothing and says so.
fn spend(left: &mut Option<Decimal>, credits: &mut Decimal, amount: Decimal) -> bool {
    let from_credits = amount.min(*credits);
    let cash = amount - from_credits;
    match left {
        Some(left) if *left < cash => return false,
        Some(left) => *left -= cash,
        None => {}
    }
    *credits -= from_credits;
    true
}

fn payee(one: &Included) -> Payee {
    (one.vendor_id, one.amount.currency())
}

fn signed(one: &Included) -> Decimal {
    match one.kind {
        CandidateKind::Payable => one.amount.amount(),
        CandidateKind::Credit => -one.amount.amount(),
    }
}

fn kept_back(one: Included, reason: Exclusion) -> Excluded {
    Excluded { instalment: one.instalment, reason }
}
