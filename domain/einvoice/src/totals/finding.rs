//! What a comparison found.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::outline::Element;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalsCheck {
    pub findings: Vec<TotalsFinding>,
}

/// A sum that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalsFinding {
    /// The id of the official rule; at the strict level, of the rule whose slack hides the difference.
    pub rule: String,
    pub level: Level,
    /// The term that is compared.
    pub term: String,
    pub location: String,
    /// Nothing if the term is missing or unreadable.
    pub stated: Option<Decimal>,
    /// Nothing if the numbers are too large to compute with.
    pub computed: Option<Decimal>,
    /// Stated less computed.
    pub difference: Option<Decimal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The official rule set of the syntax received rejects the document.
    Official,
    /// The rule set lets it pass; exact arithmetic does not.
    Strict,
}

impl TotalsCheck {
    /// Whether the official rules are content.
    pub fn holds(&self) -> bool {
        self.official().next().is_none()
    }

    pub fn official(&self) -> impl Iterator<Item = &TotalsFinding> {
        self.findings.iter().filter(|finding| finding.level == Level::Official)
    }

    pub fn strict(&self) -> impl Iterator<Item = &TotalsFinding> {
        self.findings.iter().filter(|finding| finding.level == Level::Strict)
    }
}

/// How far a stated amount may be from the computed one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slack {
    None,
    /// Less than so much.
    Below(Decimal),
    /// So much, but no more.
    UpTo(Decimal),
    /// No official rule; only the strict level looks.
    Any,
}

impl Slack {
    pub(super) fn allows(self, difference: Decimal) -> bool {
        match self {
            Self::None => difference.is_zero(),
            Self::Below(limit) => difference.abs() < limit,
            Self::UpTo(limit) => difference.abs() <= limit,
            Self::Any => true,
        }
    }
}

/// What is compared with what.
#[derive(Clone, Copy)]
pub(super) struct Comparison<'d> {
    pub(super) rule: &'static str,
    pub(super) term: &'static str,
    pub(super) at: Element<'d>,
    pub(super) stated: Option<Decimal>,
    pub(super) computed: Option<Decimal>,
}

#[derive(Default)]
pub(super) struct Findings(Vec<TotalsFinding>);

impl Findings {
    pub(super) fn into_check(self) -> TotalsCheck {
        TotalsCheck { findings: self.0 }
    }

    /// For a syntax where just these rules decide.
    pub(super) fn official_only_for(self, rules: &[&str]) -> TotalsCheck {
        let mut check = self.into_check();
        for finding in check.findings.iter_mut().filter(|finding| !rules.contains(&finding.rule.as_str())) {
            finding.level = Level::Strict;
        }
        check
    }

    /// Notes a difference: official beyond the slack or where there is nothing to compare, else strict.
    pub(super) fn compare(&mut self, comparison: Comparison<'_>, slack: Slack) {
        let accepted = comparison.difference().map(|difference| slack.allows(difference));
        self.judge(comparison, accepted.unwrap_or(matches!(slack, Slack::Any)));
    }

    /// As `compare`, where the official rule decides in another way than by a difference.
    pub(super) fn judge(&mut self, comparison: Comparison<'_>, accepted: bool) {
        match comparison.difference() {
            Some(difference) if accepted && difference.is_zero() => {}
            _ if accepted => self.note(comparison, Level::Strict),
            _ => self.note(comparison, Level::Official),
        }
    }

    fn note(&mut self, comparison: Comparison<'_>, level: Level) {
        self.0.push(TotalsFinding {
            rule: comparison.rule.into(),
            level,
            term: comparison.term.into(),
            location: comparison.at.xpath(),
            stated: comparison.stated,
            computed: comparison.computed,
            difference: comparison.difference(),
        });
    }
}

impl Comparison<'_> {
    pub(super) fn difference(&self) -> Option<Decimal> {
        self.stated?.checked_sub(self.computed?)
    }
}
