//! The tax that a run's payments will keep back, reckoned part after part in the order in which they are planned, so that the run says
//! beforehand what leaves.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::candidate::{Candidate, CandidateKind};
use super::proposal::Included;
use crate::ids::InvoiceId;
use crate::money::Money;
use crate::withholding::{RateInForce, TaxedShare};

/// What payments of an invoice keep back, at the rate of the run's day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeepsBack {
    pub rate: RateInForce,
    pub share: TaxedShare,
}

/// The invoices of a selection that tax is kept back from; each part is reckoned upon those before it.
pub(super) struct Taxes(HashMap<InvoiceId, KeepsBack>);

impl Taxes {
    pub fn of<'c>(candidates: impl IntoIterator<Item = &'c Candidate>) -> Self {
        let kept = candidates.into_iter().filter_map(|one| Some((one.instalment.invoice_id, one.keeps_back.clone()?)));
        Self(kept.collect())
    }

    /// What a payment that settles this much of the invoice keeps back, if `fits` what then leaves; with that it counts as paid.
    pub fn keep_back(&mut self, invoice: InvoiceId, settled: Money, fits: impl FnOnce(Money) -> bool) -> Option<Money> {
        let none = Money::zero(settled.currency());
        let kept = self.0.get_mut(&invoice).and_then(|keeps| Some((keeps.share.withhold(keeps.rate.clone(), settled)?, keeps)));
        let tax = kept.as_ref().map_or(none, |(withholding, _)| withholding.tax);
        if !fits(Money::rounded(settled.amount() - tax.amount(), settled.currency())) {
            return None;
        }
        if let Some((withholding, keeps)) = kept {
            keeps.share.before.push(withholding);
        }
        Some(tax)
    }
}

/// Says of everything that is paid, in this order, what will be kept back of it.
pub(super) fn keep_back(mut taxes: Taxes, included: &mut [Included]) {
    for one in included.iter_mut().filter(|one| one.kind == CandidateKind::Payable) {
        let tax = taxes.keep_back(one.instalment.invoice_id, one.amount, |_| true);
        one.withheld = tax.unwrap_or(Money::zero(one.amount.currency()));
    }
}
