//! UBL: every rule of EN 16931, whole verdicts compared.

use std::collections::BTreeSet;

use quittance_einvoice::rules::{RuleSet, validate};
use quittance_einvoice_formats::read;

use crate::official::verdicts;
use crate::{data, mutants, rule_tests};

struct Case {
    name: String,
    document: String,
}

/// Where we differ on purpose. BR-AF-04 alone of its kind does not see a category with blanks around it.
const KNOWN: &[(&str, &str)] = &[("BR-IG-08-3.xml test 5", "BR-AF-04")];

fn ours(document: &str) -> BTreeSet<String> {
    let read = read(document.as_bytes()).unwrap_or_else(|error| panic!("{error}: {document}"));
    let report = validate(&read.invoice(), &[RuleSet::En16931Ubl]);
    report.findings.into_iter().map(|finding| finding.rule).collect()
}

fn agree(cases: &[Case]) {
    let documents: Vec<_> = cases.iter().map(|case| case.document.clone()).collect();
    let (mut judged, mut wrong) = (0, Vec::new());
    for (case, official) in cases.iter().zip(verdicts("ubl", &documents)) {
        let Some(official) = official else { continue };
        judged += 1;
        let ours = ours(&case.document);
        let is_known = |rule: &&String| KNOWN.iter().any(|(name, known)| case.name.ends_with(name) && rule == known);
        let missing: Vec<_> = official.difference(&ours).filter(|rule| !is_known(rule)).collect();
        let extra: Vec<_> = ours.difference(&official).filter(|rule| !is_known(rule)).collect();
        if !missing.is_empty() || !extra.is_empty() {
            wrong.push(format!("{}: missing {missing:?}, too many {extra:?}", case.name));
        }
    }
    println!("{judged} of {} documents judged, {} differ", cases.len(), wrong.len());
    assert!(judged * 2 > cases.len(), "the engine failed on {} of {} documents", cases.len() - judged, cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_official_tests_give_the_same_verdicts() {
    let tests = rule_tests::all().into_iter().filter(|test| test.name.starts_with("en16931/unit-ubl"));
    agree(&tests.map(|test| Case { name: test.name, document: test.document }).collect::<Vec<_>>());
}

#[test]
fn whole_documents_give_the_same_verdicts() {
    let folders = ["en16931/examples-ubl", "en16931/testfiles", "peppol-bis3/examples", "xrechnung-testsuite/business-cases/standard"];
    let files = folders.iter().flat_map(|folder| data::files(folder, ".xml"));
    let documents = files.map(|path| (data::name(&path), String::from_utf8(data::bytes(&path)).expect("UTF-8")));
    let ubl = documents.filter(|(_, document)| document.contains("urn:oasis:names:specification:ubl:schema:xsd:"));
    agree(&ubl.map(|(name, document)| Case { name, document }).collect::<Vec<_>>());
}

#[test]
fn mutants_give_the_same_verdicts() {
    let mut cases = Vec::new();
    for name in ["en16931/examples-ubl/ubl-tc434-example2.xml", "en16931/examples-ubl/ubl-tc434-creditnote1.xml"] {
        let document = String::from_utf8(data::bytes(&data::root().join(name))).expect("UTF-8");
        let mutants = mutants::of(name, document.trim_start_matches('\u{feff}'));
        cases.extend(mutants.into_iter().map(|mutant| Case { name: mutant.name, document: mutant.document }));
    }
    agree(&cases);
}
