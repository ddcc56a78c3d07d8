//! Which VAT categories an invoice uses where, counted in one pass.

use super::category::{CATEGORIES, Category, Counts};
use crate::model::{AllowanceCharge, Invoice, Line, TaxCategory};
use crate::outline::Element;

/// An allowance or a charge that does not say which of the two it is.
pub(super) const UNTOLD: usize = 3;

/// One use of a category: on a line, an allowance or a charge, in the order of the rule numbers.
pub(super) struct Use<'a, 'd> {
    pub(super) kind: usize,
    pub(super) at: Element<'d>,
    pub(super) tax: &'a TaxCategory<'d>,
    /// On a line below a line, where the rules on rates do not look.
    pub(super) is_nested: bool,
}

#[derive(Default)]
pub(super) struct Tally {
    /// In the order of [`CATEGORIES`].
    pub(super) categories: [Counts; 9],
}

impl Tally {
    /// Counts, and shows each use of a VAT category to `look`.
    pub(super) fn of(invoice: &Invoice<'_>, mut look: impl FnMut(&Category, &Use<'_, '_>)) -> Self {
        let mut tally = Self::default();
        for used in uses(invoice) {
            let Some(number) = number(used.tax) else { continue };
            let counts = &mut tally.categories[number];
            counts.all_uses[used.kind] += 1;
            if used.tax.is_vat() {
                counts.uses[used.kind] += 1;
                look(&CATEGORIES[number], &used);
            }
        }
        for part in &invoice.tax_breakdown {
            let Some(number) = number(&part.category) else { continue };
            tally.categories[number].all_parts += 1;
            tally.categories[number].parts += usize::from(part.category.is_vat());
        }
        tally
    }
}

fn number(tax: &TaxCategory<'_>) -> Option<usize> {
    let code = tax.code.text()?;
    CATEGORIES.iter().position(|category| category.code == code)
}

pub(super) fn uses<'a, 'd>(invoice: &'a Invoice<'d>) -> impl Iterator<Item = Use<'a, 'd>> {
    let nested = invoice.lines.iter().flat_map(|line| &line.lines).flat_map(Line::with_all_below);
    let lines = invoice.lines.iter().map(|line| (line, false)).chain(nested.map(|line| (line, true)));
    let of_line = |(line, is_nested): (&'a Line<'d>, bool)| line.taxes.iter().map(move |tax| Use { kind: 0, at: line.at, tax, is_nested });
    let adjustments = invoice.allowance_charges.iter().filter(|adjustment| !adjustment.is_logistics_service);
    let of_adjustment =
        |adjustment: &'a AllowanceCharge<'d>| Use { kind: kind(adjustment), at: adjustment.at, tax: &adjustment.tax, is_nested: false };
    lines.flat_map(of_line).chain(adjustments.map(of_adjustment))
}

fn kind(adjustment: &AllowanceCharge<'_>) -> usize {
    match (adjustment.is_allowance(), adjustment.is_charge()) {
        (true, _) => 1,
        (_, true) => 2,
        _ => UNTOLD,
    }
}
