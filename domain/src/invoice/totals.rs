//! Totals by EN 16931 (SEMANTICS 7 and 8): each part of a line rounded on its own, VAT once a category and rate
//! on the category's sum, then sums only.

use rust_decimal::Decimal;

use super::document::{Adjustment, InvoiceLine, TaxCategory, TaxSubtotal, Totals};
use crate::money::{Currency, round_half_up};

/// BT-131: quantity × (price ÷ base quantity) + charges − allowances. `None` on overflow or a zero base quantity.
pub fn line_net(
    quantity: Decimal,
    unit_price: Decimal,
    base_quantity: Option<Decimal>,
    adjustments: &[Adjustment],
    currency: Currency,
) -> Option<Decimal> {
    let base = base_quantity.unwrap_or(Decimal::ONE);
    let price_part = quantity.checked_mul(unit_price)?.checked_div(base)?;
    adjustments
        .iter()
        .map(|a| round_half_up(a.signed(), currency.exponent()))
        .try_fold(round_half_up(price_part, currency.exponent()), Decimal::checked_add)
}

/// The breakdown (BG-23) and totals (BG-22) that follow from lines and document-level adjustments.
pub fn totals(
    lines: &[InvoiceLine],
    adjustments: &[Adjustment],
    prepaid: Decimal,
    rounding: Decimal,
    currency: Currency,
) -> Option<(Vec<TaxSubtotal>, Totals)> {
    let breakdown = breakdown(lines, adjustments, currency)?;
    let sum = |mut amounts: Box<dyn Iterator<Item = Decimal> + '_>| amounts.try_fold(Decimal::ZERO, Decimal::checked_add);
    let line_sum = sum(Box::new(lines.iter().map(|l| l.net)))?;
    let allowances = sum(Box::new(adjustments.iter().filter(|a| !a.is_charge).map(|a| a.amount)))?;
    let charges = sum(Box::new(adjustments.iter().filter(|a| a.is_charge).map(|a| a.amount)))?;
    let net = line_sum.checked_sub(allowances)?.checked_add(charges)?;
    let tax = sum(Box::new(breakdown.iter().map(|t| t.tax)))?;
    let gross = net.checked_add(tax)?;
    let payable = gross.checked_sub(prepaid)?.checked_add(rounding)?;
    Some((breakdown, Totals { lines: line_sum, allowances, charges, net, tax, gross, prepaid, rounding, payable }))
}

fn breakdown(lines: &[InvoiceLine], adjustments: &[Adjustment], currency: Currency) -> Option<Vec<TaxSubtotal>> {
    let mut subtotals: Vec<TaxSubtotal> = Vec::new();
    let parts = lines.iter().map(|l| (&l.tax, l.net)).chain(adjustments.iter().filter_map(|a| Some((a.tax.as_ref()?, a.signed()))));
    for (category, amount) in parts {
        let index = match subtotals.iter().position(|s| s.category == *category) {
            Some(index) => index,
            None => {
                subtotals.push(empty(category));
                subtotals.len() - 1
            }
        };
        subtotals[index].taxable = subtotals[index].taxable.checked_add(amount)?;
    }
    for subtotal in &mut subtotals {
        let exact = subtotal.taxable.checked_mul(subtotal.category.rate)?.checked_div(Decimal::ONE_HUNDRED)?;
        subtotal.tax = round_half_up(exact, currency.exponent());
    }
    Some(subtotals)
}

fn empty(category: &TaxCategory) -> TaxSubtotal {
    TaxSubtotal { category: category.clone(), taxable: Decimal::ZERO, tax: Decimal::ZERO }
}
