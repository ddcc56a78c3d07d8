//! A file held against the rules that it answers to: reading and judging in one call.

use quittance_einvoice::rules::{Report, RuleSet, rule_sets_of, validate};
use quittance_einvoice::{Invoice, MissingTerm, Specification, Syntax, capture};
use serde::Serialize;

use crate::read::{ReadInvoice, read};
use crate::refusal::ReadError;

/// Places without a term in the model that are listed; more of them say nothing new.
const UNMAPPED_MAX: usize = 100;

/// What a file is, and what the rules say of it.
#[derive(Clone, Debug, Serialize)]
pub struct Examination {
    pub syntax: Syntax,
    /// The embedded file, where the document is a PDF.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachment: Option<String>,
    pub specification: Specification,
    /// BT-24 as stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub specification_id: Option<String>,
    /// BT-1 as stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    #[serde(flatten)]
    pub report: Report,
    /// What keeps it from being taken in, whatever the rules say: terms that are missing, unreadable or stated twice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<MissingTerm>,
    /// XPaths of what is stated and has no term in the model: kept in the original, not judged.
    pub unmapped: Vec<String>,
}

/// Reads a file and holds it against every set of rules that it answers to.
pub fn examine(bytes: &[u8]) -> Result<Examination, ReadError> {
    examine_by(bytes, rule_sets_of)
}

/// The same against the sets that somebody chooses.
pub fn examine_by(bytes: &[u8], sets_of: fn(&Invoice<'_>) -> Vec<RuleSet>) -> Result<Examination, ReadError> {
    let document = read(bytes)?;
    let incomplete = capture(&document.invoice()).err().unwrap_or_default();
    Ok(Examination { incomplete, ..judge_by(&document, sets_of) })
}

/// The same for a document that has been read.
pub fn judge(document: &ReadInvoice) -> Examination {
    judge_by(document, rule_sets_of)
}

impl Examination {
    /// Whether no fatal rule is broken and it can be taken in.
    pub fn is_valid(&self) -> bool {
        self.report.is_valid() && self.incomplete.is_empty()
    }
}

fn judge_by(document: &ReadInvoice, sets_of: fn(&Invoice<'_>) -> Vec<RuleSet>) -> Examination {
    let invoice = document.invoice();
    let stated = |text: Option<&str>| text.map(str::to_owned);
    Examination {
        syntax: document.syntax(),
        attachment: stated(document.attachment()),
        specification: invoice.follows(),
        specification_id: stated(invoice.specification.text()),
        number: stated(invoice.number.text()),
        report: validate(&invoice, &sets_of(&invoice)),
        incomplete: vec![],
        unmapped: invoice.unmapped.iter().take(UNMAPPED_MAX).map(|element| element.xpath()).collect(),
    }
}
