//! Collects the rules that do not hold.

use rust_decimal::Decimal;

use super::set::is_set_aside;
use super::{AppliedSet, Finding, Flag, Report, RuleSet};
use crate::model::Invoice;
use crate::outline::Element;
use crate::specification::Specification;
use crate::totals::{Level, TotalsCheck, TotalsFinding, check_totals};

/// Findings of one flag that are kept. More say nothing new: a document made to hurt breaks rules in every element.
const FINDINGS_MAX: usize = 20_000;

pub(super) struct Judge {
    set: RuleSet,
    follows: Specification,
    totals: TotalsCheck,
    findings: Vec<Finding>,
    /// How many were found, of each flag.
    found: [usize; 2],
}

/// What a document states against what its other terms give.
pub(super) struct Sum<'d> {
    pub(super) at: Element<'d>,
    /// What is stated.
    pub(super) term: &'static str,
    pub(super) stated: Option<Decimal>,
    pub(super) computed: Option<Decimal>,
}

impl Judge {
    pub(super) fn new(invoice: &Invoice<'_>) -> Self {
        Self { set: RuleSet::Strict, follows: invoice.follows(), totals: check_totals(invoice), findings: Vec::new(), found: [0; 2] }
    }

    /// What is found from here on is found by this set.
    pub(super) fn turn_to(&mut self, set: RuleSet) {
        self.set = set;
    }

    pub(super) fn fatal(&mut self, rule: &str, at: Element<'_>, holds: bool, text: &str) {
        if !holds {
            self.broken(rule, Flag::Fatal, at, text);
        }
    }

    pub(super) fn warning(&mut self, rule: &str, at: Element<'_>, holds: bool, text: &str) {
        if !holds {
            self.broken(rule, Flag::Warning, at, text);
        }
    }

    pub(super) fn broken(&mut self, rule: &str, flag: Flag, at: Element<'_>, text: &str) {
        if !is_set_aside(rule, self.follows) && self.has_room(flag) {
            let (rule, location, message) = (rule.into(), at.xpath(), text.into());
            self.findings.push(Finding { set: self.set, rule, flag, location, message, difference: None });
        }
    }

    fn has_room(&mut self, flag: Flag) -> bool {
        let found = &mut self.found[flag as usize];
        *found += 1;
        *found <= FINDINGS_MAX
    }

    /// A sum that may be off by the slack, but not impossible to compute.
    pub(super) fn sum(&mut self, rule: &str, sum: Sum<'_>, slack: Decimal) {
        let difference = sum.stated.zip(sum.computed).and_then(|(stated, computed)| stated.checked_sub(computed));
        if difference.is_none_or(|difference| difference.abs() > slack) && self.has_room(Flag::Fatal) {
            let message = mismatch(sum.term, sum.stated, sum.computed);
            let (rule, location) = (rule.into(), sum.at.xpath());
            self.findings.push(Finding { set: self.set, rule, flag: Flag::Fatal, location, message, difference });
        }
    }

    /// Sums that the official rules with this prefix reject; those of an extension are its own.
    pub(super) fn sums(&mut self, prefix: &str) {
        let Self { set, totals, findings, .. } = self;
        let is_of_extension = |rule: &str| rule.starts_with(EXTENSION);
        let is_meant = |rule: &str| rule.starts_with(prefix) && is_of_extension(rule) == is_of_extension(prefix);
        let broken = totals.official().filter(|finding| is_meant(&finding.rule));
        findings.extend(broken.map(|sum| of_sum(*set, sum)));
    }

    /// Sums that the official rules let pass although they are not exact.
    pub(super) fn inexact_sums(&mut self) {
        let Self { set, totals, findings, .. } = self;
        findings.extend(totals.strict().map(|sum| of_sum(*set, sum)));
    }

    pub(super) fn into_report(self, sets: &[RuleSet], invoice: &Invoice<'_>) -> Report {
        let sets = sets.iter().map(|&set| AppliedSet { set, version: set.version_for(invoice) });
        let left_out = self.found.iter().map(|found| found.saturating_sub(FINDINGS_MAX)).sum();
        Report { sets: sets.collect(), findings: self.findings, left_out }
    }
}

/// The sums of XRechnung's extension.
const EXTENSION: &str = "BR-DEX-";

/// A strict finding has an id of its own: the official rule of the name does hold.
fn of_sum(set: RuleSet, sum: &TotalsFinding) -> Finding {
    let (rule, flag) = match sum.level {
        Level::Official => (sum.rule.clone(), Flag::Fatal),
        Level::Strict => (format!("STRICT-{}", sum.rule), Flag::Warning),
    };
    let message = mismatch(&sum.term, sum.stated, sum.computed);
    Finding { set, rule, flag, location: sum.location.clone(), message, difference: sum.difference }
}

fn mismatch(term: &str, stated: Option<Decimal>, computed: Option<Decimal>) -> String {
    match (stated, computed) {
        (Some(stated), Some(computed)) => format!("{term} is {stated}, the other terms give {computed}"),
        (None, Some(computed)) => format!("{term} is missing, the other terms give {computed}"),
        (_, None) => format!("{term} cannot be computed from the other terms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outline::OutlineBuilder;
    use crate::syntax::Syntax;

    #[test]
    fn a_flood_of_warnings_does_not_hide_what_is_fatal() {
        let mut builder = OutlineBuilder::default();
        let root = builder.name("ubl:Invoice");
        builder.open(root).expect("room");
        let outline = builder.finish().expect("a root");
        let invoice = Invoice::new(&outline, Syntax::UblInvoice);
        let mut judge = Judge::new(&invoice);
        for _ in 0..FINDINGS_MAX + 7 {
            judge.warning("W", outline.root(), false, "");
        }
        judge.fatal("F", outline.root(), false, "");
        let report = judge.into_report(&[], &invoice);
        assert!(!report.is_valid() && report.names("F"));
        assert_eq!((report.findings.len(), report.left_out), (FINDINGS_MAX + 1, 7));
    }
}
