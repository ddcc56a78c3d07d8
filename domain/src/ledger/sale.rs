//! The lines of an invoice of ours: what is owed, what was sold, and the tax on it; and what credit notes and discounts take back of them.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::books::Books;
use super::entry::Line;
use crate::chart::PostingRole;
use crate::invoice::{Adjustment, InvoiceLine, TaxCategory};
use crate::money::Money;
use crate::receivable::{CreditNote, GrantedDiscount, ReceivableDocument, ReceivableLine};

/// What a credit note says, as a document.
pub(super) fn credited(document: &ReceivableDocument, note: &CreditNote) -> ReceivableDocument {
    let of = |id: &str| document.lines.iter().find(|own| own.line.id == id);
    let lines = note.lines.iter().filter_map(|credited| {
        let own = of(&credited.line)?;
        Some(ReceivableLine { line: InvoiceLine { net: credited.net, ..own.line.clone() }, ..own.clone() })
    });
    let adjustments = note.adjustments.iter().filter_map(|credited| {
        let own = document.adjustments.get(credited.index as usize)?;
        Some(Adjustment { amount: credited.amount, ..own.clone() })
    });
    let (lines, adjustments) = (lines.collect(), adjustments.collect());
    let (tax_breakdown, totals) = (note.tax_breakdown.clone(), note.totals.clone());
    ReceivableDocument { lines, adjustments, tax_breakdown, totals, ..document.clone() }
}

/// What is owed, what was sold, and the tax on it, under the codes that fit it on the day. Allowances and charges of the whole document have
/// no line whose place in the books they could share.
pub(super) fn lines_of(document: &ReceivableDocument, books: &Books, day: NaiveDate) -> Vec<Line> {
    let money = |amount: Decimal| Money::rounded(amount, document.currency);
    let fitting = |tax: &TaxCategory| books.chart.tax_code_for(&tax.code, tax.rate, day).map(|known| known.code.clone());
    let taxed_as = |line: &ReceivableLine| line.coding.tax_code.clone().or_else(|| fitting(&line.line.tax));
    let owed = Line::on(books.account(PostingRole::ReceivablesControl), document.payable());
    let sold = document.lines.iter().map(|line| {
        let (cost_centre, project) = (line.coding.cost_centre.clone(), line.coding.project.clone());
        let revenue = Line::on(line.coding.account_code.clone(), money(-line.line.net));
        Line { cost_centre, project, tax_code: taxed_as(line), ..revenue }
    });
    let adjusted = document.adjustments.iter().map(|own| {
        let revenue = Line::on(books.account(PostingRole::DefaultRevenue), money(-own.signed()));
        Line { tax_code: own.tax.as_ref().and_then(fitting), ..revenue }
    });
    let tax = document.tax_breakdown.iter().map(|part| {
        let first = document.lines.iter().find(|line| line.line.tax == part.category);
        let tax_code = first.and_then(taxed_as).or_else(|| fitting(&part.category));
        Line { tax_code, ..Line::on(books.account(PostingRole::OutputTax), money(-part.tax)) }
    });
    std::iter::once(owed).chain(merged(sold.chain(adjusted).chain(tax))).collect()
}

/// What was not paid, and which part of it is tax, under the codes of the receivable's day: debits that add up to the discount.
pub(super) fn lines_of_discount(discount: &GrantedDiscount, books: &Books, day: NaiveDate) -> Vec<Line> {
    let GrantedDiscount { amount, tax_breakdown, .. } = discount;
    let granted = books.account(PostingRole::DiscountsGranted);
    let money = |part: Decimal| Money::rounded(part, amount.currency());
    let parts = tax_breakdown.iter().flat_map(|part| {
        let known = books.chart.tax_code_for(&part.category.code, part.category.rate, day);
        let tax_code = known.map(|known| known.code.clone());
        let net = Line { tax_code: tax_code.clone(), ..Line::on(granted.clone(), money(part.taxable)) };
        [net, Line { tax_code, ..Line::on(books.account(PostingRole::OutputTax), money(part.tax)) }]
    });
    let whole = tax_breakdown.is_empty().then(|| Line::on(granted.clone(), *amount));
    merged(whole.into_iter().chain(parts))
}

/// Lines of one place are one line.
fn merged(lines: impl Iterator<Item = Line>) -> Vec<Line> {
    let place = |line: &Line| (line.account.clone(), line.cost_centre.clone(), line.project.clone(), line.tax_code.clone());
    let mut merged: Vec<Line> = Vec::new();
    for line in lines {
        match merged.iter_mut().find(|own| place(own) == place(&line)) {
            Some(own) => own.amount = own.amount.less(line.amount.negated()),
            None => merged.push(line),
        }
    }
    merged.retain(|line| !line.amount.is_zero());
    merged
}
