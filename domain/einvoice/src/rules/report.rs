//! What a validation found.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    Fatal,
    Warning,
}

/// One broken rule in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub rule: String,
    pub flag: Flag,
    /// XPath in the original.
    pub location: String,
    pub message: String,
    /// Stated less computed, where a sum is concerned.
    pub difference: Option<Decimal>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The release of the rules that gave this verdict.
    pub version: String,
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether no fatal rule is broken.
    pub fn is_valid(&self) -> bool {
        self.findings.iter().all(|finding| finding.flag != Flag::Fatal)
    }
}
