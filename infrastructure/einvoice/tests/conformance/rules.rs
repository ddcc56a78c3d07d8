//! The rule engine against the official UBL tests, and on whole valid documents.

use quittance_einvoice::rules::{Report, rule_sets_of, validate};
use quittance_einvoice_formats::read;

use crate::{data, rule_tests};

/// Not held: code lists (BR-CL), prefixes of VAT identifiers (BR-CO-09), syntax rules, and BR-CO-25, which has a test but is
/// no rule of the release followed.
fn is_held(rule: &str) -> bool {
    rule.starts_with("BR-") && !rule.starts_with("BR-CL-") && rule != "BR-CO-09" && rule != "BR-CO-25"
}

fn report(document: &[u8]) -> Option<Report> {
    let read = read(document).ok()?;
    let invoice = read.invoice();
    Some(validate(&invoice, &rule_sets_of(&invoice)))
}

#[test]
fn the_official_ubl_tests_agree() {
    let (mut judged, mut wrong) = (0, Vec::new());
    for test in rule_tests::all().iter().filter(|test| test.name.starts_with("en16931/unit-ubl")) {
        let report = report(test.document.as_bytes()).unwrap_or_else(|| panic!("{}: unreadable", test.name));
        let named = test.silent.iter().map(|rule| (rule, false)).chain(test.reported.iter().map(|rule| (rule, true)));
        for (rule, expected) in named.filter(|(rule, _)| is_held(rule)) {
            judged += 1;
            if report.findings.iter().any(|finding| finding.rule == *rule) != expected {
                wrong.push(format!("{}: {rule}, expected {expected}", test.name));
            }
        }
    }
    println!("{judged} expectations of the official UBL tests, {} not met", wrong.len());
    assert!(judged > 300, "only {judged} expectations");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn valid_documents_break_no_fatal_rule() {
    let folders = ["en16931/examples-ubl", "peppol-bis3/examples", "xrechnung-testsuite/business-cases/standard"];
    let mut judged = 0;
    for path in folders.iter().flat_map(|folder| data::files(folder, ".xml")) {
        let Some(report) = report(&data::bytes(&path)) else { continue };
        judged += 1;
        assert!(report.is_valid(), "{}: {:#?}", data::name(&path), report.findings);
    }
    println!("{judged} valid documents");
    assert!(judged > 20, "only {judged} documents");
}
