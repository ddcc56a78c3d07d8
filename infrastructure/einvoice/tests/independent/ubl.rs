//! UBL: every rule of EN 16931.

use quittance_einvoice::rules::RuleSet;

use crate::compare::{Case, Comparison, mutants_of};
use crate::{data, rule_tests};

const UBL: Comparison = Comparison {
    ours: RuleSet::En16931Ubl,
    official: "ubl",
    in_scope: |_| true,
    // Alone of its kind this rule does not see a category with blanks around it.
    known: &[("BR-IG-08-3.xml test 5", "BR-AF-04")],
};

#[test]
fn the_official_tests_give_the_same_verdicts() {
    let tests = rule_tests::all().into_iter().filter(|test| test.name.starts_with("en16931/unit-ubl"));
    UBL.agrees_on(&tests.map(|test| Case { name: test.name, document: test.document }).collect::<Vec<_>>());
}

fn whole_documents(folders: &[&str]) -> Vec<Case> {
    let files = folders.iter().flat_map(|folder| data::files(folder, ".xml"));
    let documents = files.map(|path| Case { name: data::name(&path), document: String::from_utf8(data::bytes(&path)).expect("UTF-8") });
    documents.filter(|case| case.document.contains("urn:oasis:names:specification:ubl:schema:xsd:")).collect()
}

#[test]
fn whole_documents_give_the_same_verdicts() {
    let folders = [
        "en16931/examples-ubl",
        "en16931/testfiles",
        "peppol-bis3/examples",
        "peppol-bis3/national-examples",
        "xrechnung-testsuite/business-cases/standard",
    ];
    UBL.agrees_on(&whole_documents(&folders));
}

#[test]
fn mutants_give_the_same_verdicts() {
    let cases = whole_documents(&["en16931/examples-ubl"]);
    let chosen = cases
        .iter()
        .filter(|case| ["example2.xml", "creditnote1.xml", "example8.xml", "issue116.xml"].iter().any(|end| case.name.ends_with(end)));
    UBL.agrees_on(&chosen.flat_map(|case| mutants_of(&case.name, &case.document)).collect::<Vec<_>>());
}
