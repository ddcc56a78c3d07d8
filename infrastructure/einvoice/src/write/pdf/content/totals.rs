//! The sums, and the tax behind them.

use quittance_einvoice::CanonicalInvoice;
use quittance_einvoice::canonical::{CanonicalAdjustment, CanonicalTax};
use rust_decimal::Decimal;

use super::words::{category, money, percent};
use crate::write::pdf::page::{Align, BODY, LEFT, NAME, Pages, RIGHT, SMALL, Shade};
use crate::write::pdf::table::{Cell, Column, table};
use crate::write::pdf::text::Style;

pub(super) fn totals(pages: &mut Pages<'_>, invoice: &CanonicalInvoice) {
    sums(pages, invoice);
    if !invoice.tax_breakdown.is_empty() {
        pages.heading("VAT breakdown");
        table(pages, &COLUMNS, invoice.tax_breakdown.iter().map(tax));
    }
}

/// Kept on one page, because a sum is read with its parts.
fn sums(pages: &mut Pages<'_>, invoice: &CanonicalInvoice) {
    let rows = rows(invoice);
    pages.y += 10.0;
    pages.keep_together(rows.len() as f32 * (BODY.leading() + 2.0) + 32.0);
    let borders = (LEFT + (RIGHT - LEFT) * 0.45, RIGHT - 4.0);
    for (label, amount) in rows {
        row(pages, borders, &label, &money(amount), BODY);
    }
    pages.y += 4.0;
    pages.area(borders.0 - 8.0, RIGHT - borders.0 + 8.0, 24.0, Shade::Tint);
    pages.y += 4.5;
    let due = format!("{} {}", invoice.currency, money(invoice.totals.payable));
    row(pages, borders, "Amount due", &due, NAME);
    pages.y += 8.0;
}

fn row(pages: &mut Pages<'_>, borders: (f32, f32), label: &str, amount: &str, style: Style) {
    let amount = pages.fonts.line(amount, style);
    let y = pages.y;
    let labels = pages.fonts.wrapped(label, borders.1 - borders.0 - amount.width - 10.0, style);
    pages.put(amount, borders, y, Align::Right);
    pages.y = pages.column(labels, borders, y, Align::Left) + 2.0;
}

fn rows(invoice: &CanonicalInvoice) -> Vec<(String, Decimal)> {
    let totals = &invoice.totals;
    let named = |one: &CanonicalAdjustment, kind: &str| one.reason.clone().unwrap_or_else(|| kind.into());
    let mut rows: Vec<(String, Decimal)> = totals.lines.map(|lines| ("Sum of lines".into(), lines)).into_iter().collect();
    rows.extend(invoice.allowances.iter().map(|one| (named(one, "Allowance"), -one.amount)));
    rows.extend(invoice.charges.iter().map(|one| (named(one, "Charge"), one.amount)));
    rows.push(("Total without VAT".into(), totals.without_vat));
    rows.push(("VAT".into(), totals.vat));
    let in_tax_currency = totals.vat_in_tax_currency.zip(invoice.tax_currency.as_ref());
    rows.extend(in_tax_currency.map(|(vat, currency)| (format!("VAT in {currency}"), vat)));
    rows.push(("Total with VAT".into(), totals.with_vat));
    let optional = [("Paid already", -totals.prepaid), ("Rounding", totals.rounding)];
    rows.extend(optional.into_iter().filter(|(_, amount)| !amount.is_zero()).map(|(label, amount)| (label.into(), amount)));
    let collected = invoice.payment.third_party.iter();
    rows.extend(collected.map(|one| (one.description.clone().unwrap_or_else(|| "Collected for others".into()), one.amount)));
    rows
}

const COLUMNS: [Column; 4] = [
    Column { head: "Category", share: 52.0, align: Align::Left },
    Column { head: "Rate", share: 12.0, align: Align::Right },
    Column { head: "Taxable amount", share: 18.0, align: Align::Right },
    Column { head: "VAT", share: 18.0, align: Align::Right },
];

fn tax(tax: &CanonicalTax) -> [Cell; 4] {
    let name = tax.category.as_deref().map_or("VAT", category);
    let reason = tax.exemption_reason.clone().map(|reason| (reason, SMALL));
    [
        std::iter::once((name.into(), BODY)).chain(reason).collect(),
        vec![(tax.rate.map(percent).unwrap_or_default(), BODY)],
        vec![(money(tax.taxable_amount), BODY)],
        vec![(money(tax.tax_amount), BODY)],
    ]
}
