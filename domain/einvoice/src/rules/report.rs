//! What a validation found.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::RuleSet;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    Fatal,
    Warning,
}

/// One broken rule in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The set that the rule is taken from: several have rules of one name.
    pub set: RuleSet,
    pub rule: String,
    pub flag: Flag,
    /// XPath in the original.
    pub location: String,
    pub message: String,
    /// Stated less computed, where a sum is concerned.
    pub difference: Option<Decimal>,
}

/// A set that the document was held against, in the release that gave the verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedSet {
    pub set: RuleSet,
    pub version: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub sets: Vec<AppliedSet>,
    pub findings: Vec<Finding>,
    /// Findings beyond those listed, of a document that breaks rules in thousands of places.
    #[serde(default)]
    pub left_out: usize,
}

impl Report {
    /// Whether no fatal rule is broken.
    pub fn is_valid(&self) -> bool {
        self.fatal().next().is_none()
    }

    pub fn fatal(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.flag == Flag::Fatal)
    }

    pub fn names(&self, rule: &str) -> bool {
        self.findings.iter().any(|finding| finding.rule == rule)
    }
}
