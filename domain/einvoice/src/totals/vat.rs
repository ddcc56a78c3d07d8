//! The VAT breakdown: the amount that each category and rate taxes, and the tax on it.

use rust_decimal::{Decimal, dec};

use super::RuleBook;
use super::contribution::{Contribution, Contributions, Key};
use super::exact::{cents, cents_as_xpath, percent_of, whole_as_xpath};
use super::finding::{Comparison, Findings, Slack};
use crate::model::{Invoice, TaxBreakdown};
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
    category("S", ["BR-S-08", "BR-FXEXT-S08b", "BR-S-09"], true),
    category("L", ["BR-AF-08", "BR-FXEXT-AF-08b", "BR-AF-09"], true),
    category("M", ["BR-AG-08", "BR-FXEXT-AG-08b", "BR-AG-09"], true),
    category("Z", ["BR-Z-08", "BR-FXEXT-Z-08b", "BR-Z-09"], false),
    category("E", ["BR-E-08", "BR-FXEXT-E-08b", "BR-E-09"], false),
    category("AE", ["BR-AE-08", "BR-FXEXT-AE-08b", "BR-AE-09"], false),
    category("K", ["BR-IC-08", "BR-FXEXT-IC-08b", "BR-IC-09"], false),
    category("G", ["BR-G-08", "BR-FXEXT-G-08b", "BR-G-09"], false),
    category("O", ["BR-O-08", "BR-FXEXT-O-08b", "BR-O-09"], false),
];

const fn category(code: &'static str, rules: [&'static str; 3], has_rates: bool) -> Category {
    let [taxable_rule, extended_taxable_rule, tax_rule] = rules;
    Category { code, taxable_rule, extended_taxable_rule, tax_rule, has_rates }
}

pub(super) fn check(invoice: &Invoice<'_>, book: RuleBook, findings: &mut Findings) {
    if invoice.follows() == Specification::FacturXMinimum {
        return;
    }
    let contributions = Contributions::of(invoice, book);
    for stated in &invoice.tax_breakdown {
        rate(stated, book, findings);
        let code = stated.category.code.text().unwrap_or_default();
        let known = CATEGORIES.iter().find(|category| category.code == code);
        if let Some(category) = known.filter(|category| stated.category.is_vat() || category.is_of_any_tax(book)) {
            of_category(invoice, &Compared { stated, category, book }, &contributions, findings);
        }
    }
}

impl Category {
    /// CII does not ask whether what is taxed at the standard rate, or at zero, is VAT; EXTENDED asks it of nothing.
    fn is_of_any_tax(&self, book: RuleBook) -> bool {
        book == RuleBook::CiiExtended || (book == RuleBook::Cii && matches!(self.code, "S" | "Z"))
    }
}

/// A breakdown with the rules of its category.
struct Compared<'a, 'd> {
    stated: &'a TaxBreakdown<'d>,
    category: &'static Category,
    book: RuleBook,
}

fn of_category<'d>(invoice: &Invoice<'d>, compared: &Compared<'_, 'd>, contributions: &Contributions<'d>, findings: &mut Findings) {
    let keys = compared.keys();
    let candidates: Vec<_> = keys.iter().map(|key| contributions.get(key)).collect();
    compared.tax(&candidates, findings);
    // Without lines there is nothing to compare with, without a rate nothing to look for.
    let is_complete = !compared.is_by_rate() || compared.rate().is_some();
    if is_complete && !invoice.follows().is_reduced() {
        compared.taxable(&candidates, invoice.lines.is_empty(), findings);
    }
}

impl<'d> Compared<'_, 'd> {
    fn rate(&self) -> Option<Decimal> {
        self.stated.category.rate.value().copied()
    }

    /// EXTENDED compares every taxed or exempt category rate by rate.
    fn is_by_rate(&self) -> bool {
        self.category.has_rates || (self.book == RuleBook::CiiExtended && self.category.code != "O")
    }

    /// What the breakdown may be compared with: in EXTENDED also with what has its own reason of exemption.
    fn keys(&self) -> Vec<Key<'d>> {
        let whole = Key::of_category(self.category.code);
        if !self.is_by_rate() {
            return vec![whole];
        }
        let at_rate = whole.at_rate(self.rate());
        match self.book {
            RuleBook::CiiExtended => vec![at_rate, at_rate.for_reason_of(&self.stated.category)],
            RuleBook::Ubl | RuleBook::Cii => vec![at_rate],
        }
    }

    /// BR-x-08: the taxable amount is lines plus charges less allowances of the category, where it has rates of the rate.
    fn taxable(&self, candidates: &[Option<&Contribution>], no_lines: bool, findings: &mut Findings) {
        let comparisons = candidates.iter().map(|contribution| {
            let computed = contribution.map_or(Some(Decimal::ZERO), |contribution| contribution.total(self.book));
            let comparison = self.taxable_compared_with(computed);
            let slack = self.taxable_slack(*contribution);
            (comparison, comparison.difference().is_some_and(|difference| slack.allows(difference)))
        });
        // The UBL rules ask for lines at all, and at the standard rate for one that is taxed so.
        let nothing_to_compare = self.book == RuleBook::Ubl
            && match self.category.code {
                "S" => candidates.iter().all(Option::is_none),
                _ => no_lines,
            };
        let mut comparisons: Vec<_> = comparisons.collect();
        comparisons.extend(self.without_lines(candidates));
        let best = comparisons.iter().find(|(_, accepted)| *accepted).or(comparisons.first());
        if let Some((comparison, accepted)) = best {
            findings.judge(*comparison, *accepted && !nothing_to_compare);
        }
    }

    /// At the standard rate the rule of UBL also asks the lines of the other kind of document, of which there are none: with
    /// allowances or charges at that rate, their sum alone satisfies it.
    fn without_lines(&self, candidates: &[Option<&Contribution>]) -> Option<(Comparison<'d>, bool)> {
        let is_asked = self.book == RuleBook::Ubl && self.category.code == "S";
        let adjustments = candidates.iter().flatten().find(|contribution| is_asked && contribution.is_adjusted())?;
        let comparison = self.taxable_compared_with(adjustments.adjustments(self.book));
        let accepted = comparison.difference().is_some_and(|difference| self.taxable_slack(None).allows(difference));
        accepted.then_some((comparison, true))
    }

    fn taxable_compared_with(&self, computed: Option<Decimal>) -> Comparison<'d> {
        let is_extended = self.book == RuleBook::CiiExtended;
        Comparison {
            rule: if is_extended { self.category.extended_taxable_rule } else { self.category.taxable_rule },
            term: "BT-116",
            at: self.stated.at,
            stated: self.stated.taxable_amount.value().copied(),
            computed,
        }
    }

    fn taxable_slack(&self, contribution: Option<&Contribution>) -> Slack {
        match (self.book, self.category.code) {
            (RuleBook::CiiExtended, _) => a_cent_each(contribution),
            (RuleBook::Ubl, _) if self.category.has_rates => Slack::Below(Decimal::ONE),
            (RuleBook::Ubl, _) | (RuleBook::Cii, "S" | "O") => Slack::None,
            // The official CII rules for IGIC and IPSI look for the rate in the wrong place and so never fire.
            (RuleBook::Cii, "L" | "M") => Slack::Any,
            (RuleBook::Cii, _) => Slack::Below(Decimal::ONE),
        }
    }

    /// BR-x-09: tax at a rate, or none.
    fn tax(&self, candidates: &[Option<&Contribution>], findings: &mut Findings) {
        if !self.category.has_rates {
            return findings.compare(self.tax_compared_with(self.category.tax_rule, Some(Decimal::ZERO)), Slack::None);
        }
        let (rule, slack) = match (self.book, self.category.code) {
            (RuleBook::Ubl, _) | (RuleBook::Cii, "S") => (self.category.tax_rule, Slack::Below(Decimal::ONE)),
            (RuleBook::CiiExtended, "S") => ("BR-FXEXT-S-09b", a_cent_each(candidates.first().copied().flatten())),
            // The official CII rules for IGIC and IPSI are empty.
            (RuleBook::Cii | RuleBook::CiiExtended, _) => return,
        };
        let difference = self.rate().and_then(|rate| tax_difference(self.stated, rate, self.book));
        // What is within the slack is a strict finding of BR-CO-17 already.
        if !difference.is_some_and(|difference| slack.allows(difference)) {
            let computed = self.rate().and_then(|rate| tax(self.stated, rate));
            findings.judge(self.tax_compared_with(rule, computed), false);
        }
    }

    fn tax_compared_with(&self, rule: &'static str, computed: Option<Decimal>) -> Comparison<'d> {
        Comparison { rule, term: "BT-117", at: self.stated.at, stated: self.stated.tax_amount.value().copied(), computed }
    }
}

fn a_cent_each(contribution: Option<&Contribution>) -> Slack {
    Slack::UpTo(Decimal::new(contribution.map_or(0, Contribution::parts), 2))
}

/// BR-CO-17: the tax is the taxable amount times the rate, give or take one.
fn rate(stated: &TaxBreakdown<'_>, book: RuleBook, findings: &mut Findings) {
    let rate = stated.category.rate.value().copied().filter(|_| stated.category.is_vat());
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
            tax_difference(stated, rate, book).is_some_and(|difference| slack.allows(difference))
        }
        (_, None) => false,
    };
    // EXTENDED has BR-FXEXT-S-09b instead.
    let is_unasked = book == RuleBook::CiiExtended || (book == RuleBook::Cii && is_passed_over(stated));
    findings.judge(rule, accepted || is_unasked);
}

/// In CII the rules on IGIC, on IPSI and on what is not subject to VAT come before those on every breakdown, and Schematron asks
/// an element only the first that it meets.
pub(crate) fn is_passed_over(part: &TaxBreakdown<'_>) -> bool {
    part.category.is_vat() && matches!(part.category.code.text(), Some("L" | "M" | "O"))
}

fn tax(stated: &TaxBreakdown<'_>, rate: Decimal) -> Option<Decimal> {
    let taxable = *stated.taxable_amount.value()?;
    percent_of(taxable, rate).map(cents)
}

/// Only EXTENDED minds the signs.
fn tax_difference(stated: &TaxBreakdown<'_>, rate: Decimal, book: RuleBook) -> Option<Decimal> {
    let sign = |amount: &Decimal| if book == RuleBook::CiiExtended { *amount } else { amount.abs() };
    let expected = cents_as_xpath(percent_of(stated.taxable_amount.value().map(sign)?, rate)?);
    stated.tax_amount.value().map(sign)?.checked_sub(expected)
}
