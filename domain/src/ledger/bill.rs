//! A document as the ledger keeps it: enough to post it once more when its coding changes.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::invoice::{DocumentKind, InvoiceDocument, TaxCategory};
use crate::money::Money;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Bill {
    pub(super) kind: DocumentKind,
    pub(super) issue_date: NaiveDate,
    pub(super) payable: Money,
    /// By tax category: lines, and allowances and charges of the document; those without a category last. `None` where the
    /// document's numbers are too large to add up.
    pub(super) nets: Option<Vec<(Option<TaxCategory>, Decimal)>>,
    pub(super) taxes: Vec<(TaxCategory, Decimal)>,
    pub(super) prepaid: Decimal,
    pub(super) rounding: Decimal,
    /// Nothing was delivered for it yet.
    #[serde(default)]
    pub(super) is_prepayment: bool,
}

impl Bill {
    pub(super) fn of(document: &InvoiceDocument, payable: Money) -> Self {
        Self {
            kind: document.kind,
            issue_date: document.issue_date,
            payable,
            nets: nets(document),
            taxes: document.tax_breakdown.iter().map(|subtotal| (subtotal.category.clone(), subtotal.tax)).collect(),
            prepaid: document.totals.prepaid,
            rounding: document.totals.rounding,
            is_prepayment: document.is_prepayment(),
        }
    }
}

fn nets(document: &InvoiceDocument) -> Option<Vec<(Option<TaxCategory>, Decimal)>> {
    let lines = document.lines.iter().map(|line| (Some(&line.tax), line.net));
    let adjustments = document.adjustments.iter().map(|a| (a.tax.as_ref(), a.signed()));
    let mut nets: Vec<(Option<TaxCategory>, Decimal)> = Vec::new();
    for (category, amount) in lines.chain(adjustments) {
        match nets.iter_mut().find(|(known, _)| known.as_ref() == category) {
            Some((_, net)) => *net = net.checked_add(amount)?,
            None => nets.push((category.cloned(), amount)),
        }
    }
    Some(nets)
}
