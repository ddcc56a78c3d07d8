//! What lines, charges and allowances bring to each VAT category. One pass, however many breakdowns there are.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;

use super::RuleBook;
use super::exact::{cents_as_xpath, sum};
use crate::model::{Invoice, TaxCategory};

/// A category over all its rates, at one rate, or at one rate for one reason of exemption.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key<'d> {
    pub(super) code: &'d str,
    pub(super) rate: Option<Decimal>,
    /// Code and text of the reason.
    pub(super) reason: Option<(&'d str, &'d str)>,
}

impl<'d> Key<'d> {
    pub(super) fn of_category(code: &'d str) -> Self {
        Self { code, rate: None, reason: None }
    }

    pub(super) fn at_rate(self, rate: Option<Decimal>) -> Self {
        Self { rate, ..self }
    }

    pub(super) fn for_reason_of(self, category: &TaxCategory<'d>) -> Self {
        let code = category.exemption_code.text().unwrap_or_default();
        let text = category.exemption_reason.text().unwrap_or_default();
        Self { reason: Some((code, text)), ..self }
    }
}

/// Each kind is summed, and in CII rounded, for itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Contribution {
    lines: Vec<Decimal>,
    charges: Vec<Decimal>,
    allowances: Vec<Decimal>,
}

#[derive(Default)]
pub(super) struct Contributions<'d>(HashMap<Key<'d>, Contribution>);

impl<'d> Contributions<'d> {
    pub(super) fn of(invoice: &Invoice<'d>, book: RuleBook) -> Self {
        let mut contributions = Self::default();
        for line in invoice.lines.iter().filter(|line| book.counts(line)) {
            let keys: HashSet<_> = line.taxes.iter().flat_map(|tax| keys(tax, book)).collect();
            for key in keys {
                contributions.entry(key).lines.extend(line.net_amount.values());
            }
        }
        for adjustment in &invoice.allowance_charges {
            for key in keys(&adjustment.tax, book) {
                let entry = contributions.entry(key);
                if adjustment.is_charge() {
                    entry.charges.extend(adjustment.amount.values());
                } else if adjustment.is_allowance() {
                    entry.allowances.extend(adjustment.amount.values());
                }
            }
        }
        contributions
    }

    pub(super) fn get(&self, key: &Key<'d>) -> Option<&Contribution> {
        self.0.get(key)
    }

    fn entry(&mut self, key: Key<'d>) -> &mut Contribution {
        self.0.entry(key).or_default()
    }
}

/// Only EXTENDED tells reasons of exemption apart.
fn keys<'d>(category: &TaxCategory<'d>, book: RuleBook) -> Vec<Key<'d>> {
    let Some(whole) = category.code.text().map(Key::of_category) else { return Vec::new() };
    let mut keys = vec![whole];
    if let Some(rate) = category.rate.value() {
        let at_rate = whole.at_rate(Some(*rate));
        keys.push(at_rate);
        keys.extend((book == RuleBook::CiiExtended).then(|| at_rate.for_reason_of(category)));
    }
    keys
}

impl Contribution {
    /// Lines plus charges less allowances.
    pub(super) fn total(&self, book: RuleBook) -> Option<Decimal> {
        let part = |amounts: &Vec<Decimal>| {
            let sum = sum(amounts.iter().copied())?;
            Some(if book == RuleBook::Ubl { sum } else { cents_as_xpath(sum) })
        };
        part(&self.lines)?.checked_add(part(&self.charges)?)?.checked_sub(part(&self.allowances)?)
    }

    pub(super) fn is_adjusted(&self) -> bool {
        !self.charges.is_empty() || !self.allowances.is_empty()
    }

    /// Charges less allowances.
    pub(super) fn adjustments(&self, book: RuleBook) -> Option<Decimal> {
        Self { lines: Vec::new(), ..self.clone() }.total(book)
    }

    pub(super) fn parts(&self) -> i64 {
        (self.lines.len() + self.charges.len() + self.allowances.len()) as i64
    }
}
