//! Who is paid: each candidate alone, the parts of an invoice together, then the order of cash, then each vendor's credits against what it
//! is owed.

use std::cmp::Reverse;
use std::collections::HashSet;

use rust_decimal::Decimal;

use super::candidate::{AccountStanding, Approval, Candidate, CandidateKind, Instalment};
use super::closing::{Timed, timed};
use super::criteria::Criteria;
use super::netting::net;
use super::proposal::{Excluded, Exclusion, Included, Proposal};
use super::withholding::{Taxes, keep_back};
use crate::ids::{InvoiceId, VendorId};
use crate::money::Money;

/// The same criteria and candidates give the same proposal, in whatever order the candidates come.
pub fn propose(criteria: &Criteria, candidates: &[Candidate]) -> Proposal {
    let mut apart = HashSet::new();
    loop {
        let (proposal, refused) = propose_but(criteria, candidates, &apart);
        if refused.is_empty() {
            return proposal;
        }
        // What was to be paid at once and is not: of its parts those that are due may be.
        apart.extend(refused);
    }
}

/// The invoices `apart` are paid part by part. Answers those as well that were to be paid at once, and found no cash.
fn propose_but(criteria: &Criteria, candidates: &[Candidate], apart: &HashSet<InvoiceId>) -> (Proposal, Vec<InvoiceId>) {
    let asked_for = AskedFor::new(criteria);
    let mut standing: Vec<&Candidate> = Vec::new();
    let mut excluded = Vec::new();
    for candidate in candidates {
        match asked_for.reason_against(candidate) {
            Some(reason) => excluded.push(Excluded { instalment: candidate.instalment, reason }),
            None => standing.push(candidate),
        }
    }
    let Timed { paid, waiting } = timed(criteria.timing(), standing, apart);
    excluded.extend(waiting);
    let at_once: HashSet<Instalment> = paid.iter().filter(|one| !one.with_instalments.is_empty()).map(|one| one.instalment).collect();
    let mut payable: Vec<&Candidate> = paid.iter().collect();
    payable.sort_by_cached_key(|candidate| cash_order(criteria, candidate));
    let (mut included, left_out) = net(criteria, payable);
    keep_back(Taxes::of(candidates), &mut included);
    let refused = left_out.iter().map(|one| one.instalment).filter(|one| at_once.contains(one)).map(|one| one.invoice_id).collect();
    excluded.extend(left_out);
    excluded.sort_by_key(|excluded| excluded.instalment);
    (Proposal { included, excluded }, refused)
}

/// The criteria, with what is asked for each candidate ready to be looked up.
struct AskedFor<'a> {
    criteria: &'a Criteria,
    vendors: HashSet<VendorId>,
}

impl<'a> AskedFor<'a> {
    fn new(criteria: &'a Criteria) -> Self {
        Self { criteria, vendors: criteria.vendors.iter().copied().collect() }
    }

    /// What speaks against one candidate, whatever else is paid and whenever it is due.
    fn reason_against(&self, candidate: &Candidate) -> Option<Exclusion> {
        let currency = candidate.open.currency();
        let currencies = &self.criteria.currencies;
        if !currencies.is_empty() && !currencies.contains(&currency) {
            return Some(Exclusion::NotAskedFor);
        }
        if !self.vendors.is_empty() && !self.vendors.contains(&candidate.vendor_id) {
            return Some(Exclusion::NotAskedFor);
        }
        if !candidate.open.is_positive() {
            return Some(Exclusion::NothingOpen);
        }
        invoice(candidate).or_else(|| payee(self.criteria, candidate)).or_else(|| not_yet(self.criteria, candidate))
    }
}

fn invoice(candidate: &Candidate) -> Option<Exclusion> {
    if candidate.in_another_run {
        return Some(Exclusion::InAnotherRun);
    }
    match candidate.approval {
        Approval::Missing => return Some(Exclusion::NotApproved),
        Approval::Outdated => return Some(Exclusion::ChangedSinceApproval),
        Approval::Given => {}
    }
    if let Some(hold) = candidate.holds.first() {
        return Some(Exclusion::Held { hold: hold.clone() });
    }
    if candidate.duplicate_suspect {
        return Some(Exclusion::DuplicateSuspect);
    }
    candidate.paid_otherwise.then_some(Exclusion::PaidOtherwise)
}

fn payee(criteria: &Criteria, candidate: &Candidate) -> Option<Exclusion> {
    if candidate.vendor_blocked {
        return Some(Exclusion::VendorBlocked);
    }
    if candidate.vendor_unconfirmed {
        return Some(Exclusion::VendorChangeUnconfirmed);
    }
    // A credit sends no money anywhere, so it needs no account of its own.
    if candidate.kind.is_credit() {
        return None;
    }
    match candidate.account {
        AccountStanding::Unverified => Some(Exclusion::AccountUnverified),
        AccountStanding::NotOnRail => Some(Exclusion::AccountNotOnRail),
        AccountStanding::BeyondRail => Some(Exclusion::AmountNotOnRail),
        AccountStanding::CoolingOff => Some(Exclusion::AccountRecentlyChanged),
        AccountStanding::Verified { changed_on: Some(day) } if (criteria.run_date - day).num_days() < criteria.account_rest_days.into() => {
            Some(Exclusion::AccountRecentlyChanged)
        }
        AccountStanding::Verified { .. } => None,
    }
}

/// Nothing is paid before it counts.
fn not_yet(criteria: &Criteria, candidate: &Candidate) -> Option<Exclusion> {
    if criteria.closed_currencies.contains(&candidate.open.currency()) {
        return Some(Exclusion::CurrencyCutOff);
    }
    (candidate.counts_from > criteria.run_date).then_some(Exclusion::NotDue)
}

/// Payables before credits; what the law demands, the best discounts, the longest overdue, the next due, the smaller amount; then the
/// instalment, so that no two are alike.
fn cash_order(criteria: &Criteria, candidate: &Candidate) -> impl Ord + use<> {
    let rate = taken(criteria, candidate).and_then(|_| candidate.discount?.yearly_rate(candidate.open, candidate.due_date));
    (
        candidate.kind.is_credit(),
        candidate.legal_priority.is_none(),
        Reverse(rate.unwrap_or(Decimal::ZERO)),
        // The longest overdue is the one that was due first.
        candidate.due_date,
        candidate.open.amount(),
        candidate.instalment,
    )
}

/// The discount that paying on the run date earns.
fn taken(criteria: &Criteria, candidate: &Candidate) -> Option<Money> {
    let payable = candidate.kind == CandidateKind::Payable;
    criteria.timing().taken(candidate.open, candidate.discount.filter(|_| payable))
}

/// What money settles of a candidate, or what it takes off.
pub(super) fn included(criteria: &Criteria, candidate: &Candidate) -> Included {
    let none = Money::zero(candidate.open.currency());
    // A discount is in the currency of what is open, so the difference exists.
    let discounted = taken(criteria, candidate).and_then(|discount| Some((candidate.open.minus(discount).ok()?, discount)));
    let (amount, discount) = discounted.unwrap_or((candidate.open, none));
    let Candidate { instalment, kind, vendor_id, legal_priority, .. } = *candidate;
    let with_instalments = candidate.with_instalments.clone();
    Included { instalment, kind, vendor_id, amount, withheld: none, discount, set_off: vec![], legal_priority, with_instalments }
}
