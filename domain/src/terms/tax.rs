//! What a discount does to input tax: where the law reduces the tax that we deduct, each discount taken is part net and part tax.

use rust_decimal::Decimal;

use super::agreed::AgreedTerms;
use super::rule::{DiscountBase, TermsRule};
use crate::invoice::{InvoiceDocument, TaxCategory, TaxSubtotal};
use crate::money::{Money, round_half_up};

impl AgreedTerms {
    /// The same terms, with discounts that correct the tax of the document, unless that was reckoned on what is left of them.
    pub fn correcting_tax(mut self, rule: &TermsRule, document: &InvoiceDocument) -> Self {
        if !self.discounts.is_empty() && !rule.tax_already_cut {
            self.discounted_tax = match rule.discount_base {
                DiscountBase::Gross | DiscountBase::Net => document.tax_breakdown.clone(),
                DiscountBase::Goods => goods(document),
            };
        }
        self
    }

    /// The same where the document offers them.
    pub fn correcting_tax_of(mut self, document: &InvoiceDocument) -> Self {
        self.discounted_tax = document.tax_breakdown.clone();
        self
    }

    /// Which part of a discount is tax, by category: what all discounts come to by then, less what those `before` were. The parts
    /// add up to the discount exactly; empty where it corrects nothing.
    pub fn tax_in(&self, discount: Money, before: &[TaxSubtotal]) -> Vec<TaxSubtotal> {
        let gone = before.iter().map(|part| part.taxable + part.tax).sum::<Decimal>();
        let by_then = Money::rounded(gone + discount.amount(), discount.currency());
        // Of equal remainders tax comes first, and so is rounded half up.
        let shares = self.discounted_tax.iter().map(|part| part.tax).chain(self.discounted_tax.iter().map(|part| part.taxable));
        let weights: Vec<Decimal> = shares.map(|share| share.max(Decimal::ZERO)).collect();
        let Some(parts) = by_then.allocate(&weights) else { return vec![] };
        let (taxes, nets) = parts.split_at(self.discounted_tax.len());
        let by_category = self.discounted_tax.iter().zip(taxes.iter().zip(nets)).map(|(share, (tax, net))| {
            let was = |of: fn(&TaxSubtotal) -> Decimal| before.iter().filter(|b| b.category == share.category).map(of).sum::<Decimal>();
            let (taxable, tax) = (net.amount() - was(|b| b.taxable), tax.amount() - was(|b| b.tax));
            TaxSubtotal { category: share.category.clone(), taxable, tax }
        });
        by_category.filter(|part| !part.taxable.is_zero() || !part.tax.is_zero()).collect()
    }
}

/// The lines by tax category, each with its own tax: what stands on the document beside them earns no discount.
fn goods(document: &InvoiceDocument) -> Vec<TaxSubtotal> {
    let mut sums: Vec<(&TaxCategory, Decimal)> = Vec::new();
    for line in &document.lines {
        match sums.iter_mut().find(|(category, _)| **category == line.tax) {
            Some((_, net)) => *net = net.saturating_add(line.net),
            None => sums.push((&line.tax, line.net)),
        }
    }
    let taxed = |(category, taxable): (&TaxCategory, Decimal)| {
        let tax = taxable.checked_mul(category.rate).unwrap_or_default() / Decimal::ONE_HUNDRED;
        TaxSubtotal { category: category.clone(), taxable, tax: round_half_up(tax, document.currency.exponent()) }
    };
    sums.into_iter().map(taxed).collect()
}
