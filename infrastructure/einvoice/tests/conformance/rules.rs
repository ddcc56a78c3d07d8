//! The rule engine against the official tests, and on whole valid documents.

use quittance_einvoice::rules::{Finding, Report, RuleSet, rule_sets_of, validate};
use quittance_einvoice_formats::read;

use crate::{data, rule_tests};

/// BR-CO-25 has tests but is no rule of the release followed.
fn is_held(rule: &str) -> bool {
    (rule.starts_with("BR-") || rule.starts_with("UBL-") || rule.starts_with("CII-")) && rule != "BR-CO-25"
}

fn report(document: &[u8]) -> Option<Report> {
    let read = read(document).ok()?;
    let invoice = read.invoice();
    Some(validate(&invoice, &rule_sets_of(&invoice)))
}

#[test]
fn the_official_tests_agree() {
    let (mut judged, mut wrong) = (0, Vec::new());
    for test in rule_tests::all().iter().filter(|test| test.name.starts_with("en16931/unit-")) {
        let report = report(test.document.as_bytes()).unwrap_or_else(|| panic!("{}: unreadable", test.name));
        let named = test.silent.iter().map(|rule| (rule, false)).chain(test.reported.iter().map(|rule| (rule, true)));
        for (rule, expected) in named.filter(|(rule, _)| is_held(rule)) {
            judged += 1;
            if report.findings.iter().any(|finding| finding.rule == *rule) != expected {
                wrong.push(format!("{}: {rule}, expected {expected}", test.name));
            }
        }
    }
    println!("{judged} expectations of the official tests, {} not met", wrong.len());
    assert!(judged > 500, "only {judged} expectations");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Examples that break rules, and which: part of the path, rules.
const INVALID: &[(&str, &[&str])] = &[("GR-base-example-TaxRepresentative.xml", &["BR-06"])];

/// Parties of the examples of EN 16931 have invented numbers, whose check digits Peppol looks at.
fn counts(finding: &Finding, name: &str) -> bool {
    !name.starts_with("en16931/") || matches!(finding.set, RuleSet::En16931Ubl | RuleSet::En16931Cii)
}

#[test]
fn valid_documents_break_no_fatal_rule() {
    let folders = [
        "en16931/examples-ubl",
        "en16931/examples-cii",
        "en16931/testfiles",
        "peppol-bis3/examples",
        "peppol-bis3/national-examples",
        "xrechnung-testsuite",
        "facturx-2.4-examples",
    ];
    let (mut judged, mut wrong) = (0, Vec::new());
    let pdfs = data::files("facturx-2.4-examples", ".pdf");
    for path in folders.iter().flat_map(|folder| data::files(folder, ".xml")).chain(pdfs) {
        let Some(report) = report(&data::bytes(&path)) else { continue };
        judged += 1;
        let listed = INVALID.iter().find(|(part, _)| data::name(&path).contains(part)).map_or(&[][..], |(_, rules)| rules);
        let mut fatal: Vec<_> =
            report.fatal().filter(|finding| counts(finding, &data::name(&path))).map(|finding| finding.rule.as_str()).collect();
        fatal.dedup();
        if fatal != listed {
            wrong.push(format!("{}: {fatal:?}", data::name(&path)));
        }
    }
    println!("{judged} whole documents");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(judged > 120, "only {judged} documents");
}

/// BASIC WL has no lines, on which the rule stands elsewhere in CII.
#[test]
fn an_invoice_without_lines_is_broken_down_all_the_same() {
    let path = data::files("facturx-2.4-examples/1. BASIC WL", ".xml").remove(0);
    let text = String::from_utf8(data::bytes(&path)).expect("UTF-8");
    let start = text.find("<ram:ApplicableTradeTax>").expect("a breakdown");
    let end = text.rfind("</ram:ApplicableTradeTax>").expect("its end") + "</ram:ApplicableTradeTax>".len();
    let names = |document: &str| report(document.as_bytes()).expect("readable").names("BR-CO-18");
    assert!(!names(&text) && names(&format!("{}{}", &text[..start], &text[end..])));
}
