//! Whole verdicts, ours and the official one, side by side.

use std::collections::BTreeSet;

use quittance_einvoice::rules::{RuleSet, validate};
use quittance_einvoice_formats::read;

use crate::mutants;
use crate::official::verdicts;

#[derive(Clone)]
pub struct Case {
    pub name: String,
    pub document: String,
}

impl Case {
    /// The innermost element that a mutant's name speaks of.
    pub fn leaf(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
    }
}

/// What is compared: our set, the official one, the rules that both have, and where we differ on purpose.
pub struct Comparison {
    pub ours: &'static [RuleSet],
    pub official: &'static str,
    pub in_scope: fn(&str) -> bool,
    /// Part of the document's name, the rule.
    pub known: &'static [(&'static str, &'static str)],
}

pub fn mutants_of(name: &str, document: &str) -> impl Iterator<Item = Case> {
    let mutants = mutants::of(name, document.trim_start_matches('\u{feff}'));
    mutants.into_iter().map(|mutant| Case { name: mutant.name, document: mutant.document })
}

impl Comparison {
    fn verdict(&self, document: &str) -> BTreeSet<String> {
        let read = read(document.as_bytes()).unwrap_or_else(|error| panic!("{error}: {document}"));
        let report = validate(&read.invoice(), self.ours);
        report.findings.into_iter().map(|finding| finding.rule).collect()
    }

    /// As `agrees_on`, and each document breaks the rules that stand beside it where both sides know them.
    pub fn agrees_on_breaking(&self, cases: Vec<(Case, Vec<String>)>) {
        for (case, rules) in &cases {
            let ours = self.verdict(&case.document);
            let silent: Vec<_> = rules.iter().filter(|rule| !ours.contains(*rule)).collect();
            assert!(silent.is_empty(), "{silent:?} are silent on\n{}", case.document);
        }
        self.agrees_on(&cases.into_iter().map(|(case, _)| case).collect::<Vec<_>>());
    }

    pub fn agrees_on(&self, cases: &[Case]) {
        let documents: Vec<_> = cases.iter().map(|case| case.document.clone()).collect();
        let (mut judged, mut wrong) = (0, Vec::new());
        for (case, official) in cases.iter().zip(verdicts(self.official, &documents)) {
            let Some(official) = official else { continue };
            judged += 1;
            wrong.extend(self.difference(case, &official));
        }
        println!("{judged} of {} documents judged, {} differ", cases.len(), wrong.len());
        assert!(judged * 2 > cases.len(), "the engine failed on {} of {} documents", cases.len() - judged, cases.len());
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    fn difference(&self, case: &Case, official: &BTreeSet<String>) -> Option<String> {
        let is_known = |rule: &str| self.known.iter().any(|(name, known)| case.name.contains(name) && rule == *known);
        let counts = |rule: &&String| (self.in_scope)(rule) && !is_known(rule);
        let ours = self.verdict(&case.document);
        let missing: Vec<_> = official.difference(&ours).filter(counts).collect();
        let extra: Vec<_> = ours.difference(official).filter(counts).collect();
        let agrees = missing.is_empty() && extra.is_empty();
        (!agrees).then(|| format!("{}: missing {missing:?}, too many {extra:?}", case.name))
    }
}
