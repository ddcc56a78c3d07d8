//! Charges of the whole invoice, by code: what the order does not know is not owed.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::finding::{Check, MatchFinding};
use super::{Billed, Ordered};
use crate::tolerance::ToleranceSet;

pub(super) fn check(bill: &Billed<'_>, order: &Ordered<'_>, tolerances: &ToleranceSet) -> Vec<MatchFinding> {
    let mut stated: BTreeMap<&str, Decimal> = BTreeMap::new();
    for charge in &bill.charges {
        let sum = stated.entry(charge.code).or_default();
        *sum = sum.saturating_add(charge.amount);
    }
    stated.into_iter().map(|(code, amount)| one(code, amount, order, tolerances)).collect()
}

fn one(code: &str, amount: Decimal, order: &Ordered<'_>, tolerances: &ToleranceSet) -> MatchFinding {
    let known = order.charges.iter().find(|charge| charge.code == code);
    let (agreed, before) = known.map(|charge| (charge.agreed, charge.invoiced)).unwrap_or_default();
    let after = before.saturating_add(amount);
    let (small, source) = tolerances.limit(&order.subject(None), |limits| limits.small_charge_amount);
    let limit = agreed.saturating_add(small.unwrap_or_default());
    let finding = MatchFinding { code: Some(code.to_owned()), ..MatchFinding::passed(Check::Charge, None, agreed, after) };
    if after <= agreed { finding } else { finding.beyond(Some(limit), source, after <= limit) }
}
