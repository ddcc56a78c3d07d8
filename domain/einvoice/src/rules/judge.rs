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

/// Bytes that the locations and messages of one flag may take: of a document that nests a hundred deep each has a long location.
const TEXT_BYTES_MAX: usize = 6 << 20;

pub(super) struct Judge {
    set: RuleSet,
    follows: Specification,
    totals: TotalsCheck,
    findings: Vec<Finding>,
    /// Of each flag.
    kept: [Kept; 2],
}

/// How much of one flag is kept, and how many findings beyond that are not.
#[derive(Clone, Copy, Default)]
struct Kept {
    findings: usize,
    bytes: usize,
    left_out: usize,
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
        Self {
            set: RuleSet::Strict,
            follows: invoice.follows(),
            totals: check_totals(invoice),
            findings: Vec::new(),
            kept: [Kept::default(); 2],
        }
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
            self.keep(Finding { set: self.set, rule, flag, location, message, difference: None });
        }
    }

    fn has_room(&mut self, flag: Flag) -> bool {
        let kept = &mut self.kept[flag as usize];
        let has_room = kept.findings < FINDINGS_MAX && kept.bytes < TEXT_BYTES_MAX;
        kept.left_out += usize::from(!has_room);
        has_room
    }

    fn keep(&mut self, finding: Finding) {
        let kept = &mut self.kept[finding.flag as usize];
        kept.findings += 1;
        kept.bytes += finding.location.len() + finding.message.len();
        self.findings.push(finding);
    }

    /// A sum that may be off by the slack, but not impossible to compute.
    pub(super) fn sum(&mut self, rule: &str, sum: Sum<'_>, slack: Decimal) {
        self.sum_as(rule, Flag::Fatal, sum, slack);
    }

    pub(super) fn sum_as(&mut self, rule: &str, flag: Flag, sum: Sum<'_>, slack: Decimal) {
        let difference = sum.stated.zip(sum.computed).and_then(|(stated, computed)| stated.checked_sub(computed));
        if difference.is_none_or(|difference| difference.abs() > slack) && self.has_room(flag) {
            let message = mismatch(sum.term, sum.stated, sum.computed);
            let (rule, location) = (rule.into(), sum.at.xpath());
            self.keep(Finding { set: self.set, rule, flag, location, message, difference });
        }
    }

    /// Sums that the official rules with this prefix reject; those of an extension are its own.
    pub(super) fn sums(&mut self, prefix: &str) {
        let is_of_extension = |rule: &str| EXTENSIONS.iter().any(|start| rule.starts_with(start));
        let is_meant = |rule: &str| rule.starts_with(prefix) && is_of_extension(rule) == is_of_extension(prefix);
        self.keep_sums(|sum| sum.level == Level::Official && is_meant(&sum.rule));
    }

    /// Sums that the official rules let pass although they are not exact.
    pub(super) fn inexact_sums(&mut self) {
        self.keep_sums(|sum| sum.level == Level::Strict);
    }

    fn keep_sums(&mut self, is_meant: impl Fn(&TotalsFinding) -> bool) {
        let totals = std::mem::take(&mut self.totals);
        for sum in totals.findings.iter().filter(|sum| is_meant(sum)) {
            let finding = of_sum(self.set, sum);
            if self.has_room(finding.flag) {
                self.keep(finding);
            }
        }
        self.totals = totals;
    }

    pub(super) fn into_report(self, sets: &[RuleSet], invoice: &Invoice<'_>) -> Report {
        let sets = sets.iter().map(|&set| AppliedSet { set, version: set.version_for(invoice) });
        let left_out = self.kept.iter().map(|kept| kept.left_out).sum();
        Report { sets: sets.collect(), findings: self.findings, left_out }
    }
}

/// The sums of XRechnung's extension and of Factur-X EXTENDED.
const EXTENSIONS: [&str; 2] = ["BR-DEX-", "BR-FXEXT-"];

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

    #[test]
    fn long_locations_are_not_kept_by_the_thousand() {
        let mut builder = OutlineBuilder::default();
        let name = builder.name(&"x".repeat(TEXT_BYTES_MAX / 3));
        builder.open(name).expect("room");
        let outline = builder.finish().expect("a root");
        let mut judge = Judge::new(&Invoice::new(&outline, Syntax::UblInvoice));
        for _ in 0..100 {
            judge.warning("W", outline.root(), false, "");
        }
        let report = judge.into_report(&[], &Invoice::new(&outline, Syntax::UblInvoice));
        assert_eq!((report.findings.len(), report.left_out), (3, 97));
    }
}
