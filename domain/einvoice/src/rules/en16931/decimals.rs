//! Amounts have at most two decimals, whatever the currency.

use rust_decimal::Decimal;

use crate::model::{AllowanceCharge, Invoice};
use crate::rules::judge::Judge;
use crate::term::{Term, Terms};
use crate::totals::is_passed_over;

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    totals(invoice, judge);
    invoice.allowances().for_each(|allowance| adjustment(allowance, ["BR-DEC-01", "BR-DEC-02"], judge));
    invoice
        .charges()
        .filter(|charge| !charge.is_logistics_service)
        .for_each(|charge| adjustment(charge, ["BR-DEC-05", "BR-DEC-06"], judge));
    for part in invoice.tax_breakdown.iter().filter(|part| invoice.syntax.is_ubl() || !is_passed_over(part)) {
        two("BR-DEC-19", &part.taxable_amount, judge);
        two("BR-DEC-20", &part.tax_amount, judge);
    }
    for line in &invoice.lines {
        two("BR-DEC-23", &line.net_amount, judge);
        let adjustments = || line.allowance_charges.iter();
        adjustments().filter(|a| a.is_allowance()).for_each(|a| adjustment(a, ["BR-DEC-24", "BR-DEC-25"], judge));
        adjustments().filter(|a| a.is_charge()).for_each(|a| adjustment(a, ["BR-DEC-27", "BR-DEC-28"], judge));
    }
}

fn totals(invoice: &Invoice<'_>, judge: &mut Judge) {
    let totals = &invoice.totals;
    two("BR-DEC-09", &totals.lines, judge);
    two("BR-DEC-10", &totals.allowances, judge);
    two("BR-DEC-11", &totals.charges, judge);
    two("BR-DEC-12", &totals.without_vat, judge);
    two("BR-DEC-14", &totals.with_vat, judge);
    two("BR-DEC-16", &totals.prepaid, judge);
    two("BR-DEC-17", &totals.rounding, judge);
    two("BR-DEC-18", &totals.payable, judge);
    if !invoice.syntax.is_ubl() && totals.vat.is_present() {
        vat_totals(invoice, judge);
    }
}

/// The rules of UBL on the VAT totals look for the currency in the wrong place and are never broken; those of CII look for one
/// total that is well.
fn vat_totals(invoice: &Invoice<'_>, judge: &mut Judge) {
    let Some(at) = invoice.totals.vat.first().map(|vat| vat.element()) else { return };
    let (currency, tax_currency) = (invoice.currency.first().map(Term::raw), invoice.tax_currency.first().map(Term::raw));
    let is_in = |vat: &Term<'_, Decimal>, currency: Option<&str>| currency.is_some() && vat.attribute("currencyID") == currency;
    let is_fine = |vat: &Term<'_, Decimal>| vat.value().is_some_and(|amount| amount.normalize().scale() <= 2);
    let mut totals = invoice.totals.vat.iter();
    judge.fatal("BR-DEC-13", at, totals.any(|vat| !is_in(vat, currency) || is_fine(vat)), TEXT);
    let mut totals = invoice.totals.vat.iter();
    let fine = tax_currency.is_none() || totals.any(|vat| is_in(vat, tax_currency) && is_fine(vat));
    judge.fatal("BR-DEC-15", at, fine, TEXT);
}

const TEXT: &str = "the amount has more than two decimals";

fn adjustment(adjustment: &AllowanceCharge<'_>, [amount, base]: [&str; 2], judge: &mut Judge) {
    two(amount, &adjustment.amount, judge);
    two(base, &adjustment.base_amount, judge);
}

fn two(rule: &str, amounts: &Terms<'_, Decimal>, judge: &mut Judge) {
    for amount in amounts.iter() {
        judge.fatal(rule, amount.element(), has_two(amount.raw()), TEXT);
    }
}

/// Blanks behind the amount count as the official rules count them.
fn has_two(text: &str) -> bool {
    text.split_once('.').is_none_or(|(_, fraction)| fraction.chars().count() <= 2)
}
