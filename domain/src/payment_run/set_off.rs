//! A vendor's credits are set off against what the run pays it, so that what leaves is the difference.
//!
//! An invoice that is paid less than whole loses its discount, so credits are set off against invoices without one. Linear in the
//! candidates, but for each round that a credit is left out of.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::candidate::{Candidate, CandidateKind, Instalment};
use super::criteria::Criteria;
use super::proposal::{Excluded, Exclusion, Included, Proposal};
use super::selection::propose;
use super::withholding::{Taxes, keep_back};
use crate::ids::{PaymentId, VendorId};
use crate::money::{Currency, Money};

/// Part of a credit that takes the place of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetOff {
    /// A credit note, or a payment's line.
    pub credit: Instalment,
    pub amount: Money,
    /// What a payment left there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub on_account: bool,
}

impl SetOff {
    /// The payment that left it on account, and which item of it.
    pub fn left_by(&self) -> Option<(PaymentId, Option<u32>)> {
        let Instalment { invoice_id, number } = self.credit;
        self.on_account.then(|| (PaymentId(invoice_id.0), Some(number).filter(|number| *number > 0)))
    }
}

/// As `propose`, with each payable's credits beside it and only what leaves as its amount. A vendor that owes us as much as we owe, or
/// more, is left out whole and keeps its credits. Of money on account there is nothing to say: no document waits for a reason.
pub fn propose_with_set_offs(criteria: &Criteria, candidates: &[Candidate]) -> Proposal {
    let mut kept: Vec<Excluded> = Vec::new();
    loop {
        let left_out: HashSet<Instalment> = kept.iter().map(|one| one.instalment).collect();
        let rest: Vec<Candidate> = candidates.iter().filter(|one| !left_out.contains(&one.instalment)).cloned().collect();
        let Proposal { included, mut excluded } = propose(criteria, &rest);
        let (mut payables, unplaced) = place(included);
        if unplaced.is_empty() {
            keep_back(Taxes::of(&rest), &mut payables);
            excluded.append(&mut kept);
            let on_account = candidates.iter().filter(|one| one.kind == CandidateKind::OnAccount);
            let on_account: HashSet<Instalment> = on_account.map(|one| one.instalment).collect();
            excluded.retain(|one| !on_account.contains(&one.instalment));
            excluded.sort_by_key(|one| one.instalment);
            return Proposal { included: payables, excluded };
        }
        // Without these credits their vendors would look like those that we owe more.
        kept.extend(excluded.into_iter().filter(|one| one.reason == Exclusion::NetDebitVendor));
        kept.extend(unplaced.into_iter().map(|instalment| Excluded { instalment, reason: Exclusion::CreditNotApplied }));
    }
}

/// The credits that a selection uses, each once.
pub fn credits_used(included: &[Included]) -> Vec<Instalment> {
    let mut seen = HashSet::new();
    included.iter().flat_map(|one| &one.set_off).map(|set_off| set_off.credit).filter(|credit| seen.insert(*credit)).collect()
}

/// Credits beside payables, in the order of both; and the credits that found no whole place.
fn place(included: Vec<Included>) -> (Vec<Included>, Vec<Instalment>) {
    let (mut payables, credits): (Vec<Included>, Vec<Included>) = included.into_iter().partition(|one| one.kind == CandidateKind::Payable);
    let mut room: HashMap<(VendorId, Currency), Room> = HashMap::new();
    if !credits.is_empty() {
        for (index, payable) in payables.iter().enumerate().filter(|(_, payable)| payable.discount.is_zero()) {
            room.entry((payable.vendor_id, payable.amount.currency())).or_default().payables.push(index);
        }
    }
    let unplaced = credits.iter().filter(|credit| {
        let room = room.entry((credit.vendor_id, credit.amount.currency())).or_default();
        !room.take(credit, &mut payables)
    });
    let unplaced = unplaced.map(|credit| credit.instalment).collect();
    (payables, unplaced)
}

/// One vendor's payables of a currency that can be paid less, and how many of them are used up.
#[derive(Default)]
struct Room {
    payables: Vec<usize>,
    used_up: usize,
}

impl Room {
    /// Whether the whole credit found its place.
    fn take(&mut self, credit: &Included, payables: &mut [Included]) -> bool {
        let (mut left, currency) = (credit.amount.amount(), credit.amount.currency());
        while left > Decimal::ZERO {
            let Some(&index) = self.payables.get(self.used_up) else { return false };
            let payable = &mut payables[index];
            let part = left.min(payable.amount.amount());
            if part > Decimal::ZERO {
                let on_account = credit.kind == CandidateKind::OnAccount;
                payable.set_off.push(SetOff { credit: credit.instalment, amount: Money::rounded(part, currency), on_account });
                payable.amount = Money::rounded(payable.amount.amount() - part, currency);
                left -= part;
            }
            if payable.amount.is_zero() {
                self.used_up += 1;
            }
        }
        true
    }
}
