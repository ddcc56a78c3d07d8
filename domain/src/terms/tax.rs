//! What a discount does to tax: where the law reduces the tax that we deduct, or owe, each discount taken or granted is part net and part tax.

use rust_decimal::Decimal;

use super::agreed::AgreedTerms;
use super::rule::{DiscountBase, TermsRule};
use crate::invoice::{InvoiceDocument, InvoiceLine, TaxCategory, TaxSubtotal};
use crate::money::{Currency, Money, round_half_up};
use crate::receivable::ReceivableDocument;

impl AgreedTerms {
    /// The same terms, with discounts that correct the tax of the document, unless that was reckoned on what is left of them.
    pub fn correcting_tax(self, rule: &TermsRule, document: &InvoiceDocument) -> Self {
        self.correcting(rule, &document.tax_breakdown, document.lines.iter(), document.currency)
    }

    /// The same of what we sold.
    pub fn correcting_output_tax(self, rule: &TermsRule, document: &ReceivableDocument) -> Self {
        self.correcting(rule, &document.tax_breakdown, document.lines.iter().map(|own| &own.line), document.currency)
    }

    fn correcting<'a>(
        mut self,
        rule: &TermsRule,
        stated: &[TaxSubtotal],
        lines: impl Iterator<Item = &'a InvoiceLine>,
        currency: Currency,
    ) -> Self {
        if !self.discounts.is_empty() && !rule.tax_already_cut {
            self.discounted_tax = match rule.discount_base {
                DiscountBase::Gross | DiscountBase::Net => stated.to_vec(),
                DiscountBase::Goods => goods(lines, currency),
            };
        }
        self
    }

    /// The same where the document offers them.
    pub fn correcting_tax_of(mut self, document: &InvoiceDocument) -> Self {
        if !self.discounts.is_empty() {
            self.discounted_tax = document.tax_breakdown.clone();
        }
        self
    }

    /// What so much of a credit note takes away of each tax category; nothing where discounts correct no tax.
    pub fn credited(&self, amount: Money, stated: &[TaxSubtotal]) -> Vec<TaxSubtotal> {
        if self.discounted_tax.is_empty() {
            return vec![];
        }
        parted(amount, stated).unwrap_or_default()
    }

    /// The same terms, with discounts that correct the tax of what credit notes have left of the document.
    pub fn without(&self, credited: &[TaxSubtotal]) -> Self {
        let mut left = self.clone();
        for part in &mut left.discounted_tax {
            for gone in credited.iter().filter(|gone| gone.category == part.category) {
                (part.taxable, part.tax) = (part.taxable - gone.taxable, part.tax - gone.tax);
            }
        }
        left
    }

    /// Which part of a discount is tax, by category: what all discounts come to by then, less what those `before` were. The parts
    /// add up to the discount exactly; empty where it corrects nothing.
    pub fn tax_in(&self, discount: Money, before: &[TaxSubtotal]) -> Vec<TaxSubtotal> {
        let gone = before.iter().map(|part| part.taxable + part.tax).sum::<Decimal>();
        let by_then = Money::rounded(gone + discount.amount(), discount.currency());
        let Some(parts) = parted(by_then, &self.discounted_tax) else { return vec![] };
        let by_category = parts.into_iter().map(|part| {
            let was = |of: fn(&TaxSubtotal) -> Decimal| before.iter().filter(|b| b.category == part.category).map(of).sum::<Decimal>();
            TaxSubtotal { taxable: part.taxable - was(|b| b.taxable), tax: part.tax - was(|b| b.tax), category: part.category.clone() }
        });
        by_category.filter(|part| !part.taxable.is_zero() || !part.tax.is_zero()).collect()
    }
}

/// An amount in the proportions of a breakdown; `None` where that comes to nothing.
pub(crate) fn parted(amount: Money, breakdown: &[TaxSubtotal]) -> Option<Vec<TaxSubtotal>> {
    // Of equal remainders tax comes first, and so is rounded half up.
    let shares = breakdown.iter().map(|part| part.tax).chain(breakdown.iter().map(|part| part.taxable));
    let weights: Vec<Decimal> = shares.map(|share| share.max(Decimal::ZERO)).collect();
    let parts = amount.allocate(&weights)?;
    let (taxes, nets) = parts.split_at(breakdown.len());
    let part = |(share, (tax, net)): (&TaxSubtotal, (&Money, &Money))| TaxSubtotal {
        category: share.category.clone(),
        taxable: net.amount(),
        tax: tax.amount(),
    };
    Some(breakdown.iter().zip(taxes.iter().zip(nets)).map(part).collect())
}

/// The lines by tax category, each with its own tax: what stands on the document beside them earns no discount.
fn goods<'a>(lines: impl Iterator<Item = &'a InvoiceLine>, currency: Currency) -> Vec<TaxSubtotal> {
    let mut sums: Vec<(&TaxCategory, Decimal)> = Vec::new();
    for line in lines {
        match sums.iter_mut().find(|(category, _)| **category == line.tax) {
            Some((_, net)) => *net = net.saturating_add(line.net),
            None => sums.push((&line.tax, line.net)),
        }
    }
    let taxed = |(category, taxable): (&TaxCategory, Decimal)| {
        let tax = taxable.checked_mul(category.rate).unwrap_or_default() / Decimal::ONE_HUNDRED;
        TaxSubtotal { category: category.clone(), taxable, tax: round_half_up(tax, currency.exponent()) }
    };
    sums.into_iter().map(taxed).collect()
}
