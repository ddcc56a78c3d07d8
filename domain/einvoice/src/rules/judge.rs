//! Collects the rules that do not hold.

use super::set::is_set_aside;
use super::{AppliedSet, Finding, Flag, Report, RuleSet};
use crate::model::Invoice;
use crate::outline::Element;
use crate::specification::Specification;
use crate::totals::{Level, TotalsCheck, TotalsFinding, check_totals};

pub(super) struct Judge {
    set: RuleSet,
    follows: Specification,
    totals: TotalsCheck,
    findings: Vec<Finding>,
}

impl Judge {
    pub(super) fn new(invoice: &Invoice<'_>) -> Self {
        Self { set: RuleSet::Strict, follows: invoice.follows(), totals: check_totals(invoice), findings: Vec::new() }
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

    #[allow(dead_code, reason = "the rules of countries warn")]
    pub(super) fn warning(&mut self, rule: &str, at: Element<'_>, holds: bool, text: &str) {
        if !holds {
            self.broken(rule, Flag::Warning, at, text);
        }
    }

    pub(super) fn broken(&mut self, rule: &str, flag: Flag, at: Element<'_>, text: &str) {
        if !is_set_aside(rule, self.follows) {
            let (rule, location, message) = (rule.into(), at.xpath(), text.into());
            self.findings.push(Finding { set: self.set, rule, flag, location, message, difference: None });
        }
    }

    /// Sums that the official rules with this prefix reject.
    pub(super) fn sums(&mut self, prefix: &str) {
        let Self { set, totals, findings, .. } = self;
        let broken = totals.official().filter(|finding| finding.rule.starts_with(prefix));
        findings.extend(broken.map(|sum| of_sum(*set, sum)));
    }

    /// Sums that the official rules let pass although they are not exact.
    pub(super) fn inexact_sums(&mut self) {
        let Self { set, totals, findings, .. } = self;
        findings.extend(totals.strict().map(|sum| of_sum(*set, sum)));
    }

    pub(super) fn into_report(self, sets: &[RuleSet]) -> Report {
        let sets = sets.iter().map(|&set| AppliedSet { set, version: set.version().into() });
        Report { sets: sets.collect(), findings: self.findings }
    }
}

/// A strict finding has an id of its own: the official rule of the name does hold.
fn of_sum(set: RuleSet, sum: &TotalsFinding) -> Finding {
    let (rule, flag) = match sum.level {
        Level::Official => (sum.rule.clone(), Flag::Fatal),
        Level::Strict => (format!("STRICT-{}", sum.rule), Flag::Warning),
    };
    let message = match (sum.stated, sum.computed) {
        (Some(stated), Some(computed)) => format!("{} is {stated}, the other terms give {computed}", sum.term),
        (None, Some(computed)) => format!("{} is missing, the other terms give {computed}", sum.term),
        (_, None) => format!("{} cannot be computed from the other terms", sum.term),
    };
    Finding { set, rule, flag, location: sum.location.clone(), message, difference: sum.difference }
}
