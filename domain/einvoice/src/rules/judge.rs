//! Collects the rules that do not hold.

use super::{Finding, Flag, Report, RuleSet};
use crate::outline::Element;
use crate::totals::TotalsCheck;

#[derive(Default)]
pub(super) struct Judge(Vec<Finding>);

impl Judge {
    pub(super) fn fatal(&mut self, rule: &str, at: Element<'_>, holds: bool, text: &str) {
        self.note(rule, Flag::Fatal, at, holds, text);
    }

    pub(super) fn warning(&mut self, rule: &str, at: Element<'_>, holds: bool, text: &str) {
        self.note(rule, Flag::Warning, at, holds, text);
    }

    fn note(&mut self, rule: &str, flag: Flag, at: Element<'_>, holds: bool, text: &str) {
        if !holds {
            self.0.push(Finding { rule: rule.into(), flag, location: at.xpath(), message: text.into(), difference: None });
        }
    }

    /// Sums that the official rules reject.
    pub(super) fn sums(&mut self, check: &TotalsCheck) {
        let broken = check.official().filter(|finding| finding.rule.starts_with("BR-"));
        self.0.extend(broken.map(|finding| Finding {
            rule: finding.rule.clone(),
            flag: Flag::Fatal,
            location: finding.location.clone(),
            message: format!("{} is not the sum that the other terms give", finding.term),
            difference: finding.difference,
        }));
    }

    pub(super) fn into_report(self, set: RuleSet) -> Report {
        Report { version: set.version().into(), findings: self.0 }
    }
}
