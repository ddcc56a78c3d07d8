//! Document totals, BR-CO-10 to BR-CO-16.

use rust_decimal::Decimal;

use super::RuleBook;
use super::exact::{cents_as_xpath, sum};
use super::finding::{Comparison, Findings, Slack};
use crate::model::{AllowanceCharge, Invoice, Totals};
use crate::outline::Element;
use crate::specification::Specification;
use crate::syntax::Syntax;
use crate::term::{Term, Terms};

/// The totals in view and everything that they are measured with.
struct Document<'a, 'd> {
    invoice: &'a Invoice<'d>,
    totals: &'a Totals<'d>,
    at: Element<'d>,
    book: RuleBook,
    lines: Option<Decimal>,
    allowances: Option<Decimal>,
    charges: Option<Decimal>,
}

/// What the rule of an extension adds to the amount due.
struct Added {
    rule: &'static str,
    amount: Option<Decimal>,
}

pub(super) fn check(invoice: &Invoice<'_>, book: RuleBook, findings: &mut Findings) {
    // The rules of UBL on VAT and on the total with VAT are about the document, the others about its totals.
    let at = invoice.totals.at.unwrap_or(invoice.outline.root());
    let document = Document {
        invoice,
        totals: &invoice.totals,
        at,
        book,
        lines: line_sum(invoice, book),
        allowances: amounts(invoice.allowances()).map(cents_as_xpath),
        charges: charge_sum(invoice),
    };
    if invoice.totals.at.is_none() {
        return document.without_totals(findings);
    }
    let specification = invoice.follows();
    if specification == Specification::FacturXMinimum {
        return document.minimum(findings);
    }
    if !specification.is_reduced() {
        document.lines(findings);
    }
    document.allowances(findings);
    document.charges(findings);
    document.without_vat(findings);
    document.vat(findings);
    document.with_vat(findings);
    document.payable(findings);
}

fn line_sum(invoice: &Invoice<'_>, book: RuleBook) -> Option<Decimal> {
    let counted = invoice.lines.iter().filter(|line| book.counts(line));
    sum(counted.flat_map(|line| line.net_amount.values().copied())).map(cents_as_xpath)
}

fn amounts<'a, 'd: 'a>(adjustments: impl Iterator<Item = &'a AllowanceCharge<'d>>) -> Option<Decimal> {
    sum(adjustments.flat_map(|adjustment| adjustment.amount.values().copied()))
}

/// Logistics services are summed, and rounded, beside the other charges.
fn charge_sum(invoice: &Invoice<'_>) -> Option<Decimal> {
    let charges = amounts(invoice.charges().filter(|charge| !charge.is_logistics_service)).map(cents_as_xpath)?;
    let services = amounts(invoice.charges().filter(|charge| charge.is_logistics_service)).map(cents_as_xpath)?;
    charges.checked_add(services)
}

impl<'d> Document<'_, 'd> {
    /// What is asked of the document itself.
    fn without_totals(&self, findings: &mut Findings) {
        let has_no_sums = self.invoice.follows() == Specification::FacturXMinimum || self.invoice.syntax == Syntax::Zugferd1;
        match self.book {
            RuleBook::Ubl => {
                self.vat(findings);
                self.with_vat(findings);
            }
            RuleBook::Cii if !has_no_sums => self.with_vat(findings),
            RuleBook::Cii | RuleBook::CiiExtended => {}
        }
    }

    fn comparison(&self, rules: [&'static str; 2], term: &'static str, stated: &Terms<'d, Decimal>) -> Comparison<'d> {
        let [standard, extended] = rules;
        let rule = if self.book == RuleBook::CiiExtended { extended } else { standard };
        let at = stated.first().map_or(self.at, Term::element);
        Comparison { rule, term, at, stated: stated.value().copied(), computed: None }
    }

    /// In EXTENDED a cent for each of so many parts, else nothing.
    fn slack(&self, parts: usize) -> Slack {
        match self.book {
            RuleBook::CiiExtended => Slack::UpTo(Decimal::new(parts as i64, 2)),
            RuleBook::Ubl | RuleBook::Cii => Slack::None,
        }
    }

    fn all_parts(&self) -> usize {
        let lines = self.invoice.lines.iter().filter(|line| self.book.counts(line)).count();
        lines + self.invoice.allowances().count() + self.invoice.charges().count()
    }

    /// BT-106 = Σ BT-131.
    fn lines(&self, findings: &mut Findings) {
        let comparison = self.comparison(["BR-CO-10", "BR-FXEXT-CO-10"], "BT-106", &self.totals.lines);
        findings.compare(Comparison { computed: self.lines, ..comparison }, self.slack(self.invoice.lines.len()));
    }

    /// BT-107 = Σ BT-92; both may be absent.
    fn allowances(&self, findings: &mut Findings) {
        let count = self.invoice.allowances().count();
        if count > 0 || self.totals.allowances.is_present() {
            let comparison = self.comparison(["BR-CO-11", "BR-FXEXT-CO-11"], "BT-107", &self.totals.allowances);
            findings.compare(Comparison { computed: self.allowances, ..comparison }, self.slack(count));
        }
    }

    /// BT-108 = Σ BT-99; both may be absent.
    fn charges(&self, findings: &mut Findings) {
        let count = self.invoice.charges().count();
        if count > 0 || self.totals.charges.is_present() {
            let comparison = self.comparison(["BR-CO-12", "BR-FXEXT-CO-12"], "BT-108", &self.totals.charges);
            findings.compare(Comparison { computed: self.charges, ..comparison }, self.slack(count));
        }
    }

    /// BT-109 = BT-106 − BT-107 + BT-108. EXTENDED adds up the lines, allowances and charges themselves.
    fn without_vat(&self, findings: &mut Findings) {
        let comparison = self.comparison(["BR-CO-13", "BR-FXEXT-CO-13"], "BT-109", &self.totals.without_vat);
        let computed = match self.book {
            RuleBook::CiiExtended => total(self.lines, self.allowances, self.charges),
            RuleBook::Ubl | RuleBook::Cii => {
                let lines = self.totals.lines.value().copied();
                let computed = total(lines, optional(&self.totals.allowances), optional(&self.totals.charges));
                let as_stated = self.book == RuleBook::Ubl && !self.totals.allowances.is_present() && !self.totals.charges.is_present();
                if as_stated { computed } else { computed.map(cents_as_xpath) }
            }
        };
        findings.compare(Comparison { computed, ..comparison }, self.slack(self.all_parts()));
    }

    /// BT-110 = Σ BT-117, in UBL for each tax total that is broken down.
    fn vat(&self, findings: &mut Findings) {
        match self.book {
            RuleBook::Ubl => self.vat_of_groups(findings),
            RuleBook::Cii | RuleBook::CiiExtended => {
                let currency = self.invoice.currency.text();
                let in_currency = self.totals.vat.iter().filter(|vat| vat.attribute("currencyID") == currency);
                for stated in in_currency {
                    self.vat_total(stated.element(), stated.value().copied(), self.taxes().map(|(_, tax)| tax), findings);
                }
            }
        }
    }

    /// Each group is compared once, at its first breakdown; the amount may be missing.
    fn vat_of_groups(&self, findings: &mut Findings) {
        let mut groups: Vec<(Element<'d>, Vec<Option<Decimal>>)> = Vec::new();
        for (group, tax) in self.taxes().filter_map(|(group, tax)| group.map(|group| (group, tax))) {
            match groups.last_mut().filter(|(known, _)| *known == group) {
                Some((_, taxes)) => taxes.push(tax),
                None => groups.push((group, vec![tax])),
            }
        }
        for (group, taxes) in groups {
            let stated = group.child("cbc:TaxAmount").and_then(|amount| crate::value::decimal(amount.text()));
            self.vat_total(group, stated, taxes.into_iter(), findings);
        }
    }

    fn vat_total(&self, at: Element<'d>, stated: Option<Decimal>, taxes: impl Iterator<Item = Option<Decimal>>, findings: &mut Findings) {
        let computed = sum(taxes.flatten()).map(cents_as_xpath);
        findings.compare(Comparison { rule: "BR-CO-14", term: "BT-110", at, stated, computed }, Slack::None);
    }

    /// Each breakdown's tax, with the group that it stands in.
    fn taxes(&self) -> impl Iterator<Item = (Option<Element<'d>>, Option<Decimal>)> + '_ {
        self.invoice.tax_breakdown.iter().map(|tax| (tax.at.parent(), tax.tax_amount.value().copied()))
    }

    /// BT-112 = BT-109 + BT-110, where exactly one VAT total must be in the document's currency.
    fn with_vat(&self, findings: &mut Findings) {
        let Some(currency) = self.invoice.currency.first().map(Term::raw) else { return };
        if currency.is_empty() && self.invoice.syntax == Syntax::Zugferd1 {
            return;
        }
        let comparison = self.comparison(["BR-CO-15", "BR-FXEXT-CO-15"], "BT-112", &self.totals.with_vat);
        let without_vat = self.totals.without_vat.value().copied();
        let in_currency: Vec<_> = self.totals.vat.iter().filter(|vat| vat.attribute("currencyID") == Some(currency)).collect();
        let vat = in_currency.first().and_then(|vat| vat.value().copied());
        let computed = total(without_vat, Some(Decimal::ZERO), vat.or(Some(Decimal::ZERO))).map(cents_as_xpath);
        let comparison = Comparison { computed, ..comparison };
        let agrees = comparison.difference().is_some_and(|difference| self.slack(self.all_parts()).allows(difference));
        let is_untaxed = self.book != RuleBook::Ubl && comparison.stated.is_some() && comparison.stated == without_vat;
        let accepted = match self.book {
            RuleBook::CiiExtended => (agrees && in_currency.len() == 1) || (is_untaxed && in_currency.len() != 1),
            RuleBook::Ubl | RuleBook::Cii => (agrees && in_currency.len() == 1) || is_untaxed,
        };
        findings.judge(comparison, accepted);
    }

    /// BT-115 = BT-112 − BT-113 + BT-114.
    fn payable(&self, findings: &mut Findings) {
        let comparison = self.comparison(["BR-CO-16", "BR-FXEXT-CO-16"], "BT-115", &self.totals.payable);
        let due = total(self.totals.with_vat.value().copied(), optional(&self.totals.prepaid), Some(Decimal::ZERO));
        let rounds = self.book == RuleBook::Ubl && self.totals.prepaid.is_present();
        let due = due.map(|due| if rounds { cents_as_xpath(due) } else { due });
        let rounding = optional(&self.totals.rounding);
        let comparison = Comparison { computed: total(due, Some(Decimal::ZERO), rounding), ..comparison };
        if let Some(added) = self.added_to_the_amount_due() {
            return self.payable_with(added, comparison, findings);
        }
        // UBL takes the rounding amount off the stated amount, and rounds what is left.
        let rounds_back = self.book == RuleBook::Ubl && self.totals.rounding.is_present();
        let left = total(comparison.stated, rounding, Some(Decimal::ZERO)).map(cents_as_xpath);
        let agrees = if rounds_back { left == due } else { comparison.stated == comparison.computed };
        findings.judge(comparison, agrees && due.is_some());
    }

    fn payable_with(&self, added: Added, comparison: Comparison<'d>, findings: &mut Findings) {
        let computed = total(comparison.computed, Some(Decimal::ZERO), added.amount);
        let comparison = Comparison { rule: added.rule, computed, ..comparison };
        // XRechnung rounds both sides: more than two decimals are the matter of other rules.
        let rounded = |amount: Decimal| if self.book == RuleBook::Ubl { cents_as_xpath(amount) } else { amount };
        let agrees = comparison.stated.zip(computed).is_some_and(|(stated, due)| rounded(stated) == rounded(due));
        findings.judge(comparison, agrees);
    }

    /// Extensions let money for others, or corrections, go into the amount due.
    fn added_to_the_amount_due(&self) -> Option<Added> {
        let third_party = &self.invoice.payment.third_party;
        if self.book == RuleBook::Ubl && self.invoice.follows() == Specification::XRechnungExtension {
            let amount = sum(third_party.iter().flat_map(|payment| payment.amount.values().copied()));
            return Some(Added { rule: "BR-DEX-09", amount });
        }
        (self.book == RuleBook::CiiExtended).then(|| Added { rule: "BR-FXEXT-CO-16", amount: self.financial_adjustments() })
    }

    /// EXTENDED may correct the amount due; the model has no term for it.
    fn financial_adjustments(&self) -> Option<Decimal> {
        let siblings = self.at.parent().into_iter().flat_map(|settlement| settlement.children());
        let adjustments = siblings.filter(|sibling| sibling.name() == "ram:SpecifiedFinancialAdjustment");
        let amounts = adjustments.filter_map(|adjustment| adjustment.child("ram:ActualAmount"));
        sum(amounts.filter_map(|amount| crate::value::decimal(amount.text())))
    }

    /// MINIMUM has no official arithmetic; what it states should add up all the same.
    fn minimum(&self, findings: &mut Findings) {
        let comparison = self.comparison(["BR-CO-15"; 2], "BT-112", &self.totals.with_vat);
        let computed = total(self.totals.without_vat.value().copied(), Some(Decimal::ZERO), optional(&self.totals.vat));
        findings.compare(Comparison { computed, ..comparison }, Slack::Any);
    }
}

/// An absent term counts as 0, an unreadable one makes the sum impossible.
fn optional(terms: &Terms<'_, Decimal>) -> Option<Decimal> {
    if terms.is_present() { terms.value().copied() } else { Some(Decimal::ZERO) }
}

fn total(base: Option<Decimal>, less: Option<Decimal>, plus: Option<Decimal>) -> Option<Decimal> {
    base?.checked_sub(less?)?.checked_add(plus?)
}
