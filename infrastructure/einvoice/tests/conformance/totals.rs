//! The arithmetic against the official rule tests, and on whole documents that are known to be right or wrong.

use std::path::{Path, PathBuf};

use quittance_einvoice::{TotalsCheck, check_totals};
use quittance_einvoice_formats::read;

use crate::{data, rule_tests};

const RULES: &[&str] = &[
    "BR-CO-10",
    "BR-CO-11",
    "BR-CO-12",
    "BR-CO-13",
    "BR-CO-14",
    "BR-CO-15",
    "BR-CO-16",
    "BR-CO-17",
    "BR-S-08",
    "BR-S-09",
    "BR-Z-08",
    "BR-Z-09",
    "BR-E-08",
    "BR-E-09",
    "BR-AE-08",
    "BR-AE-09",
    "BR-IC-08",
    "BR-IC-09",
    "BR-G-08",
    "BR-G-09",
    "BR-O-08",
    "BR-O-09",
    "BR-AF-08",
    "BR-AF-09",
    "BR-AG-08",
    "BR-AG-09",
    "PEPPOL-EN16931-R040",
    "PEPPOL-EN16931-R046",
    "PEPPOL-EN16931-R120",
];

#[test]
fn the_official_rule_tests_agree() {
    let (mut judged, mut wrong) = (0, Vec::new());
    for test in rule_tests::all() {
        for rule in RULES.iter().filter(|rule| test.speaks_of(rule)) {
            judged += 1;
            if is_found(rule, &test.document) != test.reported.iter().any(|reported| reported == rule) {
                wrong.push(format!("{}: {rule}", test.name));
            }
        }
    }
    assert!(judged >= 120, "only {judged} tests of sums");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The pieces of Peppol's tests do not say that they follow Peppol, so its rules stay at the strict level.
fn is_found(rule: &str, document: &str) -> bool {
    let read = read(document.as_bytes()).expect("readable");
    let check = check_totals(&read.invoice());
    match rule.starts_with("PEPPOL") {
        true => check.findings.iter().any(|finding| finding.rule == rule),
        false => check.official().any(|finding| finding.rule == rule),
    }
}

/// Whole documents whose sums do not hold: a part of the path, and the rules.
const WRONG: &[(&str, &[&str])] = &[
    // The release of ZUGFeRD 1 that lets totals be left out.
    ("acme_invoice-42_ZUGFeRD", &["BR-CO-15", "BR-CO-16"]),
    // No total with VAT, and VAT categories that are not those of the lines.
    ("UBLInvoice-multitankcard-line_adjust", &["BR-S-08", "BR-CO-10", "BR-CO-13", "BR-CO-15", "BR-CO-16"]),
    // The rate stands beside the tax category instead of inside.
    ("AzureInterior", &["BR-CO-17"]),
];

const FOLDERS: &[(&str, &str)] = &[
    ("en16931/examples-ubl", ".xml"),
    ("en16931/examples-cii", ".xml"),
    ("en16931/testfiles", ".xml"),
    ("peppol-bis3/examples", ".xml"),
    ("peppol-bis3/national-examples", ".xml"),
    ("xrechnung-testsuite", ".xml"),
    ("facturx-2.4-examples", ".xml"),
    ("facturx-2.4-examples", ".pdf"),
    ("zugferd-corpus", ".xml"),
    ("zugferd-corpus", ".pdf"),
    ("oca-edi", ".xml"),
    ("oca-edi", ".pdf"),
];

#[test]
fn the_sums_of_whole_documents_hold() {
    let mut judged = 0;
    for path in FOLDERS.iter().flat_map(|(folder, ending)| data::files(folder, ending)) {
        let Some(check) = checked(&path) else { continue };
        judged += 1;
        let listed = WRONG.iter().find(|(part, _)| data::name(&path).contains(part)).map_or(&[][..], |(_, rules)| rules);
        let found: Vec<_> = check.official().map(|finding| finding.rule.as_str()).collect();
        assert_eq!(found, listed, "{}: {check:#?}", data::name(&path));
    }
    assert!(judged > 200, "only {judged} documents");
}

fn checked(path: &Path) -> Option<TotalsCheck> {
    read(&data::bytes(path)).ok().map(|read| check_totals(&read.invoice()))
}

/// Any amount of the totals, changed by one unit, is noticed at the official level.
#[test]
fn a_changed_total_is_found() {
    let amounts = [
        ("cbc:LineExtensionAmount", "BR-CO-10"),
        ("cbc:TaxExclusiveAmount", "BR-CO-13"),
        ("cbc:TaxInclusiveAmount", "BR-CO-15"),
        ("cbc:PayableAmount", "BR-CO-16"),
    ];
    for path in data::files("peppol-bis3/examples", ".xml") {
        let text = String::from_utf8(data::bytes(&path)).expect("UTF-8");
        for (element, rule) in amounts {
            let check = check_totals(&read(one_more(&text, element).as_bytes()).expect("readable").invoice());
            assert!(check.official().any(|finding| finding.rule == rule), "{}: {element}", data::name(&path));
        }
    }
}

/// The document with the first such amount of its totals one higher.
fn one_more(text: &str, element: &str) -> String {
    let totals = text.find("<cac:LegalMonetaryTotal").expect("totals");
    let start = totals + text[totals..].find(&format!("<{element}")).expect("the amount");
    let value = start + text[start..].find('>').expect("an end of the tag") + 1;
    let end = value + text[value..].find('<').expect("an end of the value");
    let amount: rust_decimal::Decimal = text[value..end].trim().parse().expect("an amount");
    format!("{}{}{}", &text[..value], amount + rust_decimal::Decimal::ONE, &text[end..])
}

/// The strict level sees cents that the official slack hides.
#[test]
fn the_strict_level_names_hidden_cents() {
    let path: PathBuf = data::root().join("en16931/examples-cii/huf_example_cii.xml");
    let check = checked(&path).expect("readable");
    assert!(check.holds());
    let tax = check.strict().find(|finding| finding.rule == "BR-CO-17").expect("a finding");
    assert_eq!(tax.difference.map(|difference| difference.normalize().to_string()).as_deref(), Some("0.4"));
}
