//! The VAT breakdown: the amount that each category and rate taxes, and the tax on it.

use std::collections::{HashMap, HashSet};

use rust_decimal::{Decimal, dec};

use super::RuleBook;
use super::exact::{cents_as_xpath, percent_of, sum, whole_as_xpath};
use super::finding::{Comparison, Findings, Slack};
use crate::model::{Invoice, Line, TaxBreakdown, TaxCategory};
use crate::specification::Specification;

/// A VAT category as the rules see it.
struct Category {
    code: &'static str,
    taxable_rule: &'static str,
    extended_taxable_rule: &'static str,
    tax_rule: &'static str,
    /// Taxed at rates; the others are taxed at zero and compared over all rates together.
    has_rates: bool,
}

const CATEGORIES: &[Category] = &[
    category("S", ["BR-S-08", "BR-FXEXT-S-08", "BR-S-09"], true),
    category("L", ["BR-AF-08", "BR-FXEXT-AF-08", "BR-AF-09"], true),
    category("M", ["BR-AG-08", "BR-FXEXT-AG-08", "BR-AG-09"], true),
    category("Z", ["BR-Z-08", "BR-FXEXT-Z-08", "BR-Z-09"], false),
    category("E", ["BR-E-08", "BR-FXEXT-E-08", "BR-E-09"], false),
    category("AE", ["BR-AE-08", "BR-FXEXT-AE-08", "BR-AE-09"], false),
    category("K", ["BR-IC-08", "BR-FXEXT-IC-08", "BR-IC-09"], false),
    category("G", ["BR-G-08", "BR-FXEXT-G-08", "BR-G-09"], false),
    category("O", ["BR-O-08", "BR-FXEXT-O-08", "BR-O-09"], false),
];

const fn category(code: &'static str, rules: [&'static str; 3], has_rates: bool) -> Category {
    let [taxable_rule, extended_taxable_rule, tax_rule] = rules;
    Category { code, taxable_rule, extended_taxable_rule, tax_rule, has_rates }
}

/// What lines, charges and allowances bring to one category, each summed for itself.
#[derive(Clone, Debug, Default)]
struct Contribution {
    lines: Vec<Decimal>,
    charges: Vec<Decimal>,
    allowances: Vec<Decimal>,
}

type ByCategory<'d> = HashMap<(&'d str, Option<Decimal>), Contribution>;

pub(super) fn check(invoice: &Invoice<'_>, book: RuleBook, findings: &mut Findings) {
    let contributions = contributions(invoice, book);
    let reduced = invoice.follows().is_reduced();
    if invoice.follows() == Specification::FacturXMinimum {
        return;
    }
    for stated in &invoice.tax_breakdown {
        rate(stated, book, findings);
        let code = stated.category.code.text().unwrap_or_default();
        let known = CATEGORIES.iter().find(|category| category.code == code);
        let Some(category) = known.filter(|_| book != RuleBook::Ubl || is_vat(&stated.category)) else { continue };
        let rate = stated.category.rate.value().copied().filter(|_| category.has_rates);
        let contribution = contributions.get(&(category.code, rate));
        tax_of_category(stated, category, contribution, book, findings);
        // Without lines there is nothing to compare with, without a rate nothing to look for.
        if !reduced && (rate.is_some() || !category.has_rates) {
            taxable(invoice, stated, category, contribution, book, findings);
        }
    }
}

fn is_vat(category: &TaxCategory<'_>) -> bool {
    category.scheme.text().is_some_and(|scheme| scheme.eq_ignore_ascii_case("VAT"))
}

/// Sums by category alone (`None`) and by category and rate. One pass, however many breakdowns there are.
fn contributions<'d>(invoice: &Invoice<'d>, book: RuleBook) -> ByCategory<'d> {
    let mut sums = ByCategory::new();
    for line in invoice.lines.iter().filter(|line| book.counts(line)) {
        for key in keys_of_line(line) {
            sums.entry(key).or_default().lines.extend(line.net_amount.values());
        }
    }
    for adjustment in &invoice.allowance_charges {
        for key in keys(&adjustment.tax) {
            let entry = sums.entry(key).or_default();
            if adjustment.is_charge() {
                entry.charges.extend(adjustment.amount.values());
            } else if adjustment.is_allowance() {
                entry.allowances.extend(adjustment.amount.values());
            }
        }
    }
    sums
}

fn keys_of_line<'d>(line: &Line<'d>) -> HashSet<(&'d str, Option<Decimal>)> {
    line.taxes.iter().flat_map(keys).collect()
}

fn keys<'d>(category: &TaxCategory<'d>) -> impl Iterator<Item = (&'d str, Option<Decimal>)> + use<'d> {
    let code = category.code.text();
    let rate = category.rate.value().copied();
    let by_rate = code.zip(rate).map(|(code, rate)| (code, Some(rate)));
    code.map(|code| (code, None)).into_iter().chain(by_rate)
}

/// BR-x-08: the taxable amount is lines plus charges less allowances of the category, where it has rates of the rate.
fn taxable<'d>(
    invoice: &Invoice<'d>,
    stated: &TaxBreakdown<'d>,
    category: &Category,
    contribution: Option<&Contribution>,
    book: RuleBook,
    findings: &mut Findings,
) {
    let computed = contribution.map_or(Some(Decimal::ZERO), |contribution| contribution.total(book));
    let comparison = Comparison {
        rule: if book == RuleBook::CiiExtended { category.extended_taxable_rule } else { category.taxable_rule },
        term: "BT-116",
        at: stated.at,
        stated: stated.taxable_amount.value().copied(),
        computed,
    };
    let slack = taxable_slack(category, contribution, book);
    // The UBL rules ask for lines at all, and at the standard rate for one that is taxed so.
    let nothing_to_compare = book == RuleBook::Ubl
        && match category.code {
            "S" => contribution.is_none(),
            _ => invoice.lines.is_empty(),
        };
    let accepted = comparison.difference().is_some_and(|difference| slack.allows(difference));
    findings.judge(comparison, accepted && !nothing_to_compare);
}

fn taxable_slack(category: &Category, contribution: Option<&Contribution>, book: RuleBook) -> Slack {
    match (book, category.code) {
        (RuleBook::CiiExtended, _) => a_cent_each(contribution),
        (RuleBook::Ubl, _) if category.has_rates => Slack::Below(Decimal::ONE),
        (RuleBook::Ubl, _) | (RuleBook::Cii, "S" | "O") => Slack::None,
        // The official CII rules for IGIC and IPSI look for the rate in the wrong place and so never fire.
        (RuleBook::Cii, "L" | "M") => Slack::Any,
        (RuleBook::Cii, _) => Slack::UpToAbove(Decimal::ONE),
    }
}

fn a_cent_each(contribution: Option<&Contribution>) -> Slack {
    Slack::UpTo(Decimal::new(contribution.map_or(0, Contribution::parts), 2))
}

impl Contribution {
    /// CII rounds each of the three sums, UBL none.
    fn total(&self, book: RuleBook) -> Option<Decimal> {
        let part = |amounts: &Vec<Decimal>| {
            let sum = sum(amounts.iter().copied())?;
            Some(if book == RuleBook::Ubl { sum } else { cents_as_xpath(sum) })
        };
        part(&self.lines)?.checked_add(part(&self.charges)?)?.checked_sub(part(&self.allowances)?)
    }

    fn parts(&self) -> i64 {
        (self.lines.len() + self.charges.len() + self.allowances.len()) as i64
    }
}

/// BR-x-09: tax at a rate, or none.
fn tax_of_category(
    stated: &TaxBreakdown<'_>,
    category: &Category,
    contribution: Option<&Contribution>,
    book: RuleBook,
    findings: &mut Findings,
) {
    let comparison = |computed| Comparison {
        rule: if (book, category.code) == (RuleBook::CiiExtended, "S") { "BR-FXEXT-S-09" } else { category.tax_rule },
        term: "BT-117",
        at: stated.at,
        stated: stated.tax_amount.value().copied(),
        computed,
    };
    if !category.has_rates {
        return findings.compare(comparison(Some(Decimal::ZERO)), Slack::None);
    }
    let is_tested = category.code == "S" || book == RuleBook::Ubl;
    if let Some(rate) = stated.category.rate.value().filter(|_| is_tested) {
        let slack = if book == RuleBook::CiiExtended { a_cent_each(contribution) } else { Slack::Below(Decimal::ONE) };
        // What is within the slack is a strict finding of BR-CO-17 already.
        if !tax_difference(stated, *rate).is_some_and(|difference| slack.allows(difference)) {
            findings.judge(comparison(tax(stated, *rate)), false);
        }
    }
}

/// BR-CO-17: the tax is the taxable amount times the rate, give or take one.
fn rate(stated: &TaxBreakdown<'_>, book: RuleBook, findings: &mut Findings) {
    let rate = stated.category.rate.value().copied().filter(|_| is_vat(&stated.category));
    let rule = Comparison {
        rule: "BR-CO-17",
        term: "BT-117",
        at: stated.at,
        stated: stated.tax_amount.value().copied(),
        computed: tax(stated, rate.unwrap_or_default()),
    };
    let effective = rate.filter(|rate| !whole_as_xpath(*rate).is_zero());
    let accepted = match (effective, stated.tax_amount.value()) {
        (None, Some(tax)) => whole_as_xpath(*tax).is_zero(),
        (Some(rate), Some(_)) => {
            let slack = if book == RuleBook::Ubl { Slack::Below(dec!(1)) } else { Slack::UpTo(dec!(1)) };
            tax_difference(stated, rate).is_some_and(|difference| slack.allows(difference))
        }
        (_, None) => false,
    };
    // EXTENDED has BR-FXEXT-S-09 instead.
    findings.judge(rule, accepted || book == RuleBook::CiiExtended);
}

fn tax(stated: &TaxBreakdown<'_>, rate: Decimal) -> Option<Decimal> {
    let taxable = *stated.taxable_amount.value()?;
    percent_of(taxable, rate).map(super::exact::cents)
}

/// The rules compare without signs.
fn tax_difference(stated: &TaxBreakdown<'_>, rate: Decimal) -> Option<Decimal> {
    let expected = cents_as_xpath(percent_of(stated.taxable_amount.value()?.abs(), rate)?);
    stated.tax_amount.value()?.abs().checked_sub(expected)
}
