//! Every rule of the standard has been seen broken, by an official test or by a document with one thing wrong; the few that
//! cannot be are listed with the reason.

use std::collections::BTreeSet;

use quittance_einvoice::rules::{RuleSet, validate};
use quittance_einvoice_formats::read;

use crate::compare::Case;
use crate::{cii, data, rule_tests, ubl};

const WORDS: &str = "whether code and words mean the same is not for a machine: the official test is true()";
const WRONG_PLACE: &str = "the official rule looks for a currency below the amount, and is never broken; UBL-DT-01 says the same";
const SHADOWED: &str = "the official rule stands behind CII-DT-008 and CII-DT-009, which are about the same element, and is never asked";
const NO_RATE: &str = "the official rule looks for the rate beside the breakdown, and is never broken";

/// Rules that the official set states and never reports, and why.
const NEVER_IN_UBL: &[(&str, &str)] = &[
    ("BR-CO-05", WORDS),
    ("BR-CO-06", WORDS),
    ("BR-CO-07", WORDS),
    ("BR-CO-08", WORDS),
    ("BR-DEC-13", WRONG_PLACE),
    ("BR-DEC-15", WRONG_PLACE),
];

const NEVER_IN_CII: &[(&str, &str)] = &[
    ("BR-CO-05", WORDS),
    ("BR-CO-06", WORDS),
    ("BR-CO-07", WORDS),
    ("BR-CO-08", WORDS),
    ("BR-AF-08", NO_RATE),
    ("BR-AG-08", NO_RATE),
    ("BR-AF-09", "the official test is true()"),
    ("BR-AG-09", "the official test is true()"),
    ("CII-DT-010", SHADOWED),
    ("CII-DT-011", SHADOWED),
    ("CII-DT-012", SHADOWED),
];

fn broken(set: RuleSet, documents: impl Iterator<Item = String>) -> BTreeSet<String> {
    let reports = documents.filter_map(|document| read(document.as_bytes()).ok().map(|read| validate(&read.invoice(), &[set])));
    reports.flat_map(|report| report.findings).map(|finding| finding.rule).collect()
}

fn assert_covered(source: &str, broken: &BTreeSet<String>, never: &[(&str, &str)]) {
    let table = data::text("en16931/rules.tsv");
    let rules = table.lines().filter_map(|line| line.strip_prefix(source)?.strip_prefix('\t')?.split('\t').next());
    let rules: BTreeSet<_> = rules.collect();
    let is_never = |rule: &str| never.iter().any(|(never, _)| *never == rule);
    let unseen: Vec<_> = rules.iter().filter(|rule| !broken.contains(**rule) && !is_never(rule)).collect();
    let seen_all_the_same: Vec<_> = never.iter().filter(|(rule, _)| broken.contains(*rule)).collect();
    println!("{source}: {} rules, {} never broken", rules.len(), never.len());
    assert!(unseen.is_empty(), "{} rules of {source} were never seen broken: {unseen:?}", unseen.len());
    assert!(seen_all_the_same.is_empty(), "listed as never broken: {seen_all_the_same:?}");
}

fn documents(cases: Vec<Case>, insertions: Vec<(Case, Vec<String>)>) -> impl Iterator<Item = String> {
    cases.into_iter().chain(insertions.into_iter().map(|(case, _)| case)).map(|case| case.document)
}

#[test]
fn every_rule_of_ubl_was_seen_broken() {
    let tests = rule_tests::all().into_iter().filter(|test| test.name.starts_with("en16931/unit-ubl"));
    let all = documents(ubl::mutants(&["example2.xml", "creditnote1.xml", "example8.xml", "issue116.xml"]), ubl::insertions())
        .chain(tests.map(|test| test.document));
    assert_covered("en16931-ubl", &broken(RuleSet::En16931Ubl, all), NEVER_IN_UBL);
}

#[test]
fn every_rule_of_cii_was_seen_broken() {
    let fragments = cii::fragments().into_iter().map(|case| case.document);
    let all = documents(cii::mutants(&["CII_example7.xml", "CII_business_example_02.xml"]), cii::insertions()).chain(fragments);
    assert_covered("en16931-cii", &broken(RuleSet::En16931Cii, all), NEVER_IN_CII);
}
