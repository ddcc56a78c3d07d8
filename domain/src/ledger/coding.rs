//! The lines of an invoice: what is owed, what it was spent on, and the tax in it.
//!
//! What is owed is what the document states, whatever its parts give. A document whose totals do not hold therefore shows
//! the difference on an account of its own, until somebody corrects it.

use rust_decimal::{Decimal, dec};

use super::bill::Bill;
use super::books::Books;
use super::entry::Line;
use super::rate::RateTable;
use crate::chart::{Code, PostingRole, TaxCode};
use crate::invoice::{Assignment, Coding, DocumentKind, TaxCategory, TaxSubtotal};
use crate::money::Money;

/// The control account comes first. Lines that bill an order of ours clear what its receipts post, whatever somebody had coded them to.
pub(super) fn lines_of(bill: &Bill, coding: &Coding, books: &Books) -> Vec<Line> {
    let payable = bill.payable;
    let owed = Line::on(books.account(PostingRole::PayablesControl), payable.negated());
    let uncoded = uncoded(bill, books);
    let parts = Parts { bill, uncoded: uncoded.clone(), books }.lines(coding).unwrap_or_else(|| vec![Line::on(uncoded, payable)]);
    let mut lines = vec![owed];
    lines.extend(parts.into_iter().filter(|line| !line.amount.is_zero()));
    if bill.kind == DocumentKind::CreditNote { lines.iter().map(Line::reversed).collect() } else { lines }
}

/// What a discount takes back of the tax, and of what was taxed, in the places where the document's own tax went: credits that add up
/// to the discount. `None` where the document's numbers are too large to add up.
pub(super) fn lines_of_discount(bill: &Bill, coding: &Coding, breakdown: &[TaxSubtotal], books: &Books) -> Option<Vec<Line>> {
    let parts = Parts { bill, uncoded: uncoded(bill, books), books };
    let spending = parts.spending(coding)?;
    let by_category = breakdown.iter().flat_map(|part| parts.discounted(part, &spending));
    Some(by_category.filter(|line| !line.amount.is_zero()).collect())
}

/// Gives every line its amount in the books' currency. Tax that the document states in that currency is what is owed and deducted, whatever our
/// rate (Article 230 of the VAT Directive): the largest line of what was bought has the difference, for what is owed stays at our rate.
pub(super) fn translate(bill: &Bill, coding: &Coding, lines: &mut [Line], books: &Books, rates: &RateTable) {
    books.translate(lines, rates, bill.issue_date);
    let foreign = |stated: &Money| Some(stated.currency()) == books.base && stated.currency() != bill.payable.currency();
    if let Some(stated) = bill.accounted_tax.filter(foreign).filter(|_| lines.iter().all(|line| line.base.is_some())) {
        state_tax(bill, coding, lines, books, stated);
    }
}

/// What is stated further from ours than this share of it is a slip, of the currency or of the point, and no rate of anybody's.
const APART_MAX: Decimal = dec!(0.25);

/// Nothing changes where no tax is posted, or some of it the other way round, or nothing beside it.
fn state_tax(bill: &Bill, coding: &Coding, lines: &mut [Line], books: &Books, stated: Money) {
    let taxes = taxes_among(lines, bill, coding, books);
    let weights: Vec<Decimal> = taxes.iter().map(|&at| lines[at].amount.amount().abs()).collect();
    let posted: Decimal = taxes.iter().map(|&at| lines[at].amount.amount()).sum();
    let one_way = posted.abs() == weights.iter().sum::<Decimal>();
    let ours: Decimal = taxes.iter().filter_map(|&at| lines[at].base).sum();
    let near = (stated.amount() - ours.abs()).abs() <= ours.abs() * APART_MAX;
    let signed = if posted.is_sign_negative() { stated.negated() } else { stated };
    let beside = (1..lines.len()).filter(|at| !taxes.contains(at));
    let largest = beside.max_by_key(|&at| (lines[at].amount.amount().abs(), std::cmp::Reverse(at)));
    let (Some(largest), Some(parts)) = (largest, signed.allocate(&weights).filter(|_| one_way && near && stated.is_positive())) else {
        return;
    };
    for (at, part) in taxes.into_iter().zip(parts) {
        let moved = lines[at].base.replace(part.amount()).unwrap_or_default() - part.amount();
        lines[largest].base = lines[largest].base.map(|base| base + moved);
    }
}

/// Where the document's own tax stands: after all that was bought, so the last lines that are like it.
fn taxes_among(lines: &[Line], bill: &Bill, coding: &Coding, books: &Books) -> Vec<usize> {
    let parts = Parts { bill, uncoded: uncoded(bill, books), books };
    let Some(spending) = parts.spending(coding) else { return vec![] };
    let taxes = bill.taxes.iter().flat_map(|(category, tax)| parts.taxed(category, parts.money(*tax), &spending));
    let turned = |line: Line| if bill.kind == DocumentKind::CreditNote { line.reversed() } else { line };
    let mut found = Vec::new();
    for tax in taxes.map(turned).filter(|tax| !tax.amount.is_zero()) {
        let like = |at: &usize| !found.contains(at) && Line { base: None, ..lines[*at].clone() } == tax;
        let place = (1..lines.len()).rev().find(like);
        found.extend(place);
    }
    found
}

fn uncoded(bill: &Bill, books: &Books) -> Code {
    books.account(if bill.is_prepayment { PostingRole::Prepayments } else { PostingRole::DefaultExpense })
}

struct Parts<'a> {
    bill: &'a Bill,
    /// Where goes what nobody has coded.
    uncoded: Code,
    books: &'a Books,
}

/// Net amounts of one tax category that go to one place.
struct Spent<'a> {
    category: Option<&'a TaxCategory>,
    to: Assignment,
    tax_code: Option<&'a TaxCode>,
    net: Decimal,
}

impl<'a> Parts<'a> {
    /// Everything but the control account; `None` where the document's numbers are too large to add up.
    fn lines(&self, coding: &'a Coding) -> Option<Vec<Line>> {
        let spending = self.spending(coding)?;
        let mut lines: Vec<Line> = spending.iter().map(|spent| spent.line(self)).collect();
        for (code, net) in by_code(spending.iter()) {
            lines.extend(code.and_then(|code| self.reverse_charge(code, self.money(net))).into_iter().flatten());
        }
        for (category, tax) in &self.bill.taxes {
            lines.extend(self.taxed(category, self.money(*tax), &spending));
        }
        lines.push(Line::on(self.books.account(PostingRole::Prepayments), self.money(self.bill.prepaid).negated()));
        lines.push(Line::on(self.books.account(PostingRole::Rounding), self.money(self.bill.rounding)));
        let sum = lines.iter().try_fold(Decimal::ZERO, |sum, line| sum.checked_add(line.amount.amount()))?;
        let difference = self.bill.payable.amount().checked_sub(sum)?;
        lines.push(Line::on(self.books.account(PostingRole::SmallDifferences), self.money(difference)));
        Some(lines)
    }

    /// What is coded to one place together, after what nobody has coded of each category.
    fn spending(&self, coding: &'a Coding) -> Option<Vec<Spent<'a>>> {
        let mut spending = Vec::new();
        let coded = || coding.lines.iter().filter(|line| !self.bill.bills_order(&line.line));
        let coded = || coded().flat_map(|line| line.parts.iter().map(move |part| (&line.tax, part)));
        for (category, net) in self.bill.nets.as_ref()? {
            let category = category.as_ref();
            let ordered = category.map_or(Some(Decimal::ZERO), |category| self.bill.ordered(category))?;
            let mut elsewhere = coded().filter(|(of, _)| Some(*of) == category).map(|(_, part)| part.amount).chain([ordered]);
            let net = elsewhere.try_fold(*net, Decimal::checked_sub)?;
            let tax_code = category.and_then(|c| self.tax_code(c));
            let received = self.books.account(PostingRole::GoodsReceivedNotInvoiced);
            spending.push(Spent { category, to: whole(received), tax_code, net: ordered });
            spending.push(Spent { category, to: whole(self.uncoded.clone()), tax_code, net });
        }
        for (category, part) in coded() {
            let same = spending.iter_mut().find(|spent| spent.category == Some(category) && spent.to == part.to);
            match same {
                Some(spent) => spent.net = spent.net.checked_add(part.amount)?,
                None => {
                    let said = part.to.tax_code.as_ref().and_then(|code| self.books.chart.tax_codes.get(code));
                    let tax_code = said.or_else(|| self.tax_code(category));
                    spending.push(Spent { category: Some(category), to: part.to.clone(), tax_code, net: part.amount });
                }
            }
        }
        Some(spending)
    }

    /// The tax of one category, to the account of the tax code of each part of what was taxed.
    fn taxed(&self, category: &TaxCategory, tax: Money, spending: &[Spent<'a>]) -> Vec<Line> {
        let parts = by_code(spending.iter().filter(|spent| spent.category == Some(category) && !spent.net.is_zero()));
        let nets: Vec<Decimal> = parts.iter().map(|(_, net)| *net).collect();
        match tax.allocate(&nets) {
            Some(taxes) => parts.iter().zip(taxes).map(|((code, _), tax)| self.tax_line(*code, tax)).collect(),
            // Nothing was taxed, or less than nothing: the document's own category says where the tax goes.
            None => vec![self.tax_line(self.tax_code(category), tax)],
        }
    }

    /// What was taxed less, to the account of discounts, and its tax, by the tax codes of what the document bills in the category.
    fn discounted(&self, part: &TaxSubtotal, spending: &[Spent<'a>]) -> Vec<Line> {
        let of_category = by_code(spending.iter().filter(|spent| spent.category == Some(&part.category) && !spent.net.is_zero()));
        let weights: Vec<Decimal> = of_category.iter().map(|(_, net)| *net).collect();
        let net = self.money(-part.taxable);
        let by_code = match net.allocate(&weights) {
            Some(nets) => of_category.iter().zip(nets).map(|((code, _), net)| (*code, net)).collect(),
            None => vec![(self.tax_code(&part.category), net)],
        };
        let account = self.books.account(PostingRole::DiscountsReceived);
        let mut lines: Vec<Line> = by_code.iter().map(|(code, net)| taxed_by(account.clone(), *net, *code)).collect();
        lines.extend(by_code.iter().filter_map(|(code, net)| self.reverse_charge((*code)?, *net)).flatten());
        lines.extend(self.taxed(&part.category, self.money(-part.tax), spending));
        lines
    }

    fn tax_line(&self, code: Option<&TaxCode>, tax: Money) -> Line {
        let account = code.map_or_else(|| self.books.account(PostingRole::InputTax), |code| code.input_account.clone());
        taxed_by(account, tax, code)
    }

    /// Tax that the vendor does not bill: owed and deducted at once.
    fn reverse_charge(&self, code: &TaxCode, net: Money) -> Option<[Line; 2]> {
        let (output, percent) = code.self_assessed_on(self.bill.issue_date)?;
        let tax = Money::rounded(net.amount().checked_mul(percent)?.checked_div(Decimal::ONE_HUNDRED)?, net.currency());
        Some([taxed_by(code.input_account.clone(), tax, Some(code)), taxed_by(output.clone(), tax.negated(), Some(code))])
    }

    fn tax_code(&self, category: &TaxCategory) -> Option<&'a TaxCode> {
        self.books.chart.tax_code_for(&category.code, category.rate, self.bill.issue_date)
    }

    fn money(&self, amount: Decimal) -> Money {
        Money::rounded(amount, self.bill.payable.currency())
    }
}

fn whole(account_code: Code) -> Assignment {
    Assignment::to(account_code)
}

impl Spent<'_> {
    fn line(&self, parts: &Parts<'_>) -> Line {
        let Assignment { account_code, cost_centre, project, tax_code: _ } = self.to.clone();
        Line { cost_centre, project, ..taxed_by(account_code, parts.money(self.net), self.tax_code) }
    }
}

fn by_code<'s, 'a: 's>(spending: impl Iterator<Item = &'s Spent<'a>>) -> Vec<(Option<&'a TaxCode>, Decimal)> {
    let mut sums: Vec<(Option<&TaxCode>, Decimal)> = Vec::new();
    for spent in spending {
        match sums.iter_mut().find(|(code, _)| code.map(|c| &c.code) == spent.tax_code.map(|c| &c.code)) {
            Some((_, net)) => *net += spent.net,
            None => sums.push((spent.tax_code, spent.net)),
        }
    }
    sums
}

fn taxed_by(account: Code, amount: Money, tax_code: Option<&TaxCode>) -> Line {
    Line { tax_code: tax_code.map(|t| t.code.clone()), ..Line::on(account, amount) }
}
