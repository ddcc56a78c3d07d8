//! The lines of an invoice: what is owed, what it was spent on, and the tax in it.
//!
//! What is owed is what the document states, whatever its parts give. A document whose totals do not hold therefore shows
//! the difference on an account of its own, until somebody corrects it.

use rust_decimal::Decimal;

use super::books::Books;
use super::entry::Line;
use crate::chart::{Code, PostingRole, TaxCode};
use crate::invoice::{DocumentKind, InvoiceDocument, TaxCategory};
use crate::money::Money;

/// The control account comes first. `goods`: the document names an order of ours, so it bills what receipts post.
pub(super) fn lines_of(document: &InvoiceDocument, payable: Money, goods: bool, books: &Books) -> Vec<Line> {
    let owed = Line::on(books.account(PostingRole::PayablesControl), payable.negated());
    let parts = parts_of(document, payable, goods, books).unwrap_or_else(|| vec![spent(payable, goods, None, books)]);
    let mut lines = vec![owed];
    lines.extend(parts.into_iter().filter(|line| !line.amount.is_zero()));
    if document.kind == DocumentKind::CreditNote { lines.iter().map(Line::reversed).collect() } else { lines }
}

/// Everything but the control account; `None` where the document's numbers are too large to add up.
fn parts_of(document: &InvoiceDocument, payable: Money, goods: bool, books: &Books) -> Option<Vec<Line>> {
    let money = |amount| Money::rounded(amount, payable.currency());
    let mut lines = Vec::new();
    for (category, net) in nets(document)? {
        let tax_code = category.and_then(|c| tax_code(document, c, books));
        lines.push(spent(money(net), goods, tax_code, books));
        lines.extend(tax_code.and_then(|code| reverse_charge(document, code, money(net))).into_iter().flatten());
    }
    for subtotal in &document.tax_breakdown {
        let code = tax_code(document, &subtotal.category, books);
        let account = code.map_or_else(|| books.account(PostingRole::InputTax), |code| code.input_account.clone());
        lines.push(coded(account, money(subtotal.tax), code));
    }
    lines.push(Line::on(books.account(PostingRole::Prepayments), money(document.totals.prepaid).negated()));
    lines.push(Line::on(books.account(PostingRole::Rounding), money(document.totals.rounding)));
    let sum = lines.iter().try_fold(Decimal::ZERO, |sum, line| sum.checked_add(line.amount.amount()))?;
    let difference = payable.amount().checked_sub(sum)?;
    lines.push(Line::on(books.account(PostingRole::SmallDifferences), money(difference)));
    Some(lines)
}

/// Net amounts by tax category: lines, and allowances and charges of the document; those without a category last.
fn nets(document: &InvoiceDocument) -> Option<Vec<(Option<&TaxCategory>, Decimal)>> {
    let lines = document.lines.iter().map(|line| (Some(&line.tax), line.net));
    let adjustments = document.adjustments.iter().map(|a| (a.tax.as_ref(), a.signed()));
    let mut nets: Vec<(Option<&TaxCategory>, Decimal)> = Vec::new();
    for (category, amount) in lines.chain(adjustments) {
        match nets.iter_mut().find(|(known, _)| *known == category) {
            Some((_, net)) => *net = net.checked_add(amount)?,
            None => nets.push((category, amount)),
        }
    }
    Some(nets)
}

fn spent(net: Money, goods: bool, tax_code: Option<&TaxCode>, books: &Books) -> Line {
    let role = if goods { PostingRole::GoodsReceivedNotInvoiced } else { PostingRole::DefaultExpense };
    coded(books.account(role), net, tax_code)
}

/// Tax that the vendor does not bill: owed and deducted at once.
fn reverse_charge(document: &InvoiceDocument, code: &TaxCode, net: Money) -> Option<[Line; 2]> {
    let (output, percent) = code.self_assessed_on(document.issue_date)?;
    let tax = Money::rounded(net.amount().checked_mul(percent)?.checked_div(Decimal::ONE_HUNDRED)?, net.currency());
    Some([coded(code.input_account.clone(), tax, Some(code)), coded(output.clone(), tax.negated(), Some(code))])
}

fn tax_code<'b>(document: &InvoiceDocument, category: &TaxCategory, books: &'b Books) -> Option<&'b TaxCode> {
    books.chart.tax_code_for(&category.code, category.rate, document.issue_date)
}

fn coded(account: Code, amount: Money, tax_code: Option<&TaxCode>) -> Line {
    Line { tax_code: tax_code.map(|t| t.code.clone()), ..Line::on(account, amount) }
}
