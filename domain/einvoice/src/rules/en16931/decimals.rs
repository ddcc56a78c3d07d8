//! Amounts have at most two decimals, whatever the currency.

use rust_decimal::Decimal;

use crate::model::{AllowanceCharge, Invoice};
use crate::rules::judge::Judge;
use crate::term::Terms;

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    totals(invoice, judge);
    invoice.allowances().for_each(|allowance| adjustment(allowance, ["BR-DEC-01", "BR-DEC-02"], judge));
    invoice.charges().for_each(|charge| adjustment(charge, ["BR-DEC-05", "BR-DEC-06"], judge));
    for part in &invoice.tax_breakdown {
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
    for vat in totals.vat.iter() {
        let currency = vat.attribute("currencyID");
        if currency == invoice.currency.text() {
            judge.fatal("BR-DEC-13", vat.element(), has_two(vat.text()), TEXT);
        }
        if currency.is_some() && currency == invoice.tax_currency.text() {
            judge.fatal("BR-DEC-15", vat.element(), has_two(vat.text()), TEXT);
        }
    }
}

const TEXT: &str = "the amount has more than two decimals";

fn adjustment(adjustment: &AllowanceCharge<'_>, [amount, base]: [&str; 2], judge: &mut Judge) {
    two(amount, &adjustment.amount, judge);
    two(base, &adjustment.base_amount, judge);
}

fn two(rule: &str, amounts: &Terms<'_, Decimal>, judge: &mut Judge) {
    for amount in amounts.iter() {
        judge.fatal(rule, amount.element(), has_two(amount.text()), TEXT);
    }
}

fn has_two(text: &str) -> bool {
    text.split_once('.').is_none_or(|(_, fraction)| fraction.len() <= 2)
}
