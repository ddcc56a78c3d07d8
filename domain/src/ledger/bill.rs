//! A document as the ledger keeps it: enough to post it once more when its coding changes.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::invoice::{DocumentKind, InvoiceDocument, InvoiceLine, TaxCategory};
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
    /// The tax in the currency that it is accounted for in, as stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) accounted_tax: Option<Money>,
    /// Nothing was delivered for it yet.
    #[serde(default)]
    pub(super) is_prepayment: bool,
    /// Of a document that names an order, which may turn out to bill it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) lines: Vec<BillLine>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct BillLine {
    pub(super) id: String,
    pub(super) category: TaxCategory,
    pub(super) net: Decimal,
    /// It takes from the order what receipts bring it, so it clears what they posted.
    pub(super) bills_order: bool,
}

impl Bill {
    /// `ordered`: the document names an order of ours, and is taken to bill it until it was held against it.
    pub(super) fn of(document: &InvoiceDocument, payable: Money, ordered: bool) -> Self {
        let names_order = document.references.purchase_order.is_some() && !document.is_prepayment();
        let line = |line: &InvoiceLine| BillLine { id: line.id.clone(), category: line.tax.clone(), net: line.net, bills_order: ordered };
        Self {
            kind: document.kind,
            issue_date: document.issue_date,
            payable,
            nets: nets(document),
            taxes: document.tax_breakdown.iter().map(|subtotal| (subtotal.category.clone(), subtotal.tax)).collect(),
            prepaid: document.totals.prepaid,
            rounding: document.totals.rounding,
            accounted_tax: document.accounted_tax,
            is_prepayment: document.is_prepayment(),
            lines: document.lines.iter().filter(|_| names_order).map(line).collect(),
        }
    }

    /// Takes over what was found of the document before it was amended; whether that says anything else.
    pub(super) fn keeps_found(&mut self, before: &Self) -> bool {
        let nothing_bills = !before.lines.is_empty() && before.lines.iter().all(|line| !line.bills_order);
        let mut changes = false;
        for line in self.lines.iter_mut().filter(|line| line.bills_order) {
            line.bills_order = !nothing_bills && before.lines.iter().find(|own| own.id == line.id).is_none_or(|own| own.bills_order);
            changes |= !line.bills_order;
        }
        changes
    }

    pub(super) fn bills_order(&self, line: &str) -> bool {
        self.lines.iter().any(|own| own.bills_order && own.id == line)
    }

    /// What of a category bills the order.
    pub(super) fn ordered(&self, category: &TaxCategory) -> Option<Decimal> {
        let ordered = self.lines.iter().filter(|line| line.bills_order && line.category == *category);
        ordered.map(|line| line.net).try_fold(Decimal::ZERO, Decimal::checked_add)
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
