//! What official rules said of an electronic invoice, kept with the release of them that said it.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Findings kept of one verdict; a document that breaks more is as broken.
pub const FINDINGS_MAX: usize = 500;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Verdict {
    /// The sets of rules that the document was held against.
    pub rule_sets: Vec<RuleSetRelease>,
    /// At most 500 of them, the fatal ones first.
    pub findings: Vec<RuleFinding>,
    /// How many fatal findings there were in all.
    pub fatal: u32,
    /// How many warnings there were in all.
    pub warnings: u32,
}

/// A set of rules in the release that was in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RuleSetRelease {
    /// Such as `en16931_ubl`.
    pub name: String,
    /// Such as `1.3.16`.
    pub version: String,
}

/// One broken rule in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RuleFinding {
    pub rule_set: String,
    /// The rule's official id, such as `BR-CO-15`.
    pub rule: String,
    pub severity: RuleSeverity,
    /// XPath in the original.
    pub location: String,
    pub message: String,
    /// Stated less computed, where a sum is concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub difference: Option<Decimal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RuleSeverity {
    Fatal,
    Warning,
}

impl Verdict {
    /// Keeps what a reader needs of any number of findings, and counts them all.
    pub fn of(rule_sets: Vec<RuleSetRelease>, mut findings: Vec<RuleFinding>) -> Self {
        findings.sort_by_key(|finding| finding.severity);
        let fatal = findings.partition_point(|finding| finding.severity == RuleSeverity::Fatal);
        let warnings = findings.len() - fatal;
        findings.truncate(FINDINGS_MAX);
        Self { rule_sets, findings, fatal: fatal as u32, warnings: warnings as u32 }
    }

    /// The fatal rules that are broken, each once.
    pub fn fatal_rules(&self) -> BTreeSet<&str> {
        self.findings.iter().filter(|f| f.severity == RuleSeverity::Fatal).map(|f| f.rule.as_str()).collect()
    }

    /// Whether no fatal rule is broken.
    pub fn is_valid(&self) -> bool {
        self.fatal == 0
    }
}
