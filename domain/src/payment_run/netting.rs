//! Each vendor's credits reduce what it is sent, and cash is given out in order until the limit is reached.
//!
//! One pass over the candidates and one over the vendors.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::candidate::{Candidate, CandidateKind};
use super::criteria::Criteria;
use super::proposal::{Excluded, Exclusion, Included};
use super::selection;
use super::withholding::Taxes;
use crate::ids::VendorId;
use crate::money::{Currency, Money};

/// One transfer is to one vendor in one currency.
type Payee = (VendorId, Currency);

/// `candidates` in the order of cash. Answers what is paid, and what is not.
pub(super) fn net(criteria: &Criteria, candidates: Vec<&Candidate>) -> (Vec<Included>, Vec<Excluded>) {
    let taxes = Taxes::of(candidates.iter().copied());
    let all: Vec<Included> = candidates.into_iter().map(|candidate| selection::included(criteria, candidate)).collect();
    let (positive, mut left_out) = without_net_debits(all);
    let (within, over) = within_limits(criteria, positive, taxes);
    left_out.extend(over);
    // What the limit took away may have been what a vendor's credits were set against.
    let (paid, net_debits) = without_net_debits(within);
    left_out.extend(net_debits);
    (paid, left_out)
}

/// A vendor that owes us as much as we owe it, or more, is left out whole and keeps its credits.
fn without_net_debits(all: Vec<Included>) -> (Vec<Included>, Vec<Excluded>) {
    let mut balances: HashMap<Payee, Decimal> = HashMap::new();
    for one in &all {
        let balance = balances.entry(payee(one)).or_default();
        *balance = balance.saturating_add(signed(one));
    }
    let (paid, owing): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| balances[&payee(one)] > Decimal::ZERO);
    (paid, owing.into_iter().map(|one| left_out(one, Exclusion::NetDebitVendor)).collect())
}

/// A payable needs the cash that its vendor's credits do not cover and no tax authority is owed; what does not fit is passed over for
/// what does.
fn within_limits(criteria: &Criteria, all: Vec<Included>, mut taxes: Taxes) -> (Vec<Included>, Vec<Excluded>) {
    let mut credits: HashMap<Payee, Decimal> = HashMap::new();
    for one in all.iter().filter(|one| one.kind.is_credit()) {
        let credit = credits.entry(payee(one)).or_default();
        *credit = credit.saturating_add(one.amount.amount());
    }
    let mut left: HashMap<Currency, Option<Decimal>> = HashMap::new();
    let (within, over): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| {
        let currency = one.amount.currency();
        let left = left.entry(currency).or_insert_with(|| criteria.cash_limit(currency));
        one.kind.is_credit() || spend(left, credits.entry(payee(one)).or_default(), one, &mut taxes)
    });
    (within, over.into_iter().map(|one| left_out(one, Exclusion::OverRunLimit)).collect())
}

/// Takes what is paid from the vendor's credits first and from the cash that is left, or takes nothing and says so.
fn spend(left: &mut Option<Decimal>, credits: &mut Decimal, one: &Included, taxes: &mut Taxes) -> bool {
    // As credits are set off: an invoice that is paid less than whole would lose its discount.
    let from_credits = if one.discount.is_zero() { one.amount.amount().min(*credits) } else { Decimal::ZERO };
    let settled = Money::rounded(one.amount.amount() - from_credits, one.amount.currency());
    let mut fits = |leaves: Money| match left {
        Some(left) if *left < leaves.amount() => false,
        Some(left) => {
            *left -= leaves.amount();
            true
        }
        None => true,
    };
    let fit = taxes.keep_back(one.instalment.invoice_id, settled, &mut fits).is_some();
    if fit {
        *credits -= from_credits;
    }
    fit
}

fn payee(one: &Included) -> Payee {
    (one.vendor_id, one.amount.currency())
}

fn signed(one: &Included) -> Decimal {
    match one.kind {
        CandidateKind::Payable => one.amount.amount(),
        CandidateKind::Credit | CandidateKind::OnAccount => -one.amount.amount(),
    }
}

fn left_out(one: Included, reason: Exclusion) -> Excluded {
    Excluded { instalment: one.instalment, reason }
}
