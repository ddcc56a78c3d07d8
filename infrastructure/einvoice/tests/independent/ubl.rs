//! UBL: every rule of EN 16931.

use quittance_einvoice::rules::RuleSet;

use crate::compare::{Case, Comparison, mutants_of};
use crate::{data, insertions, pieces, rule_tests};

const UBL: Comparison = Comparison {
    ours: &[RuleSet::En16931Ubl],
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

/// Of the examples whose names end so, and of the one that all pieces were put into.
pub fn mutants(bases: &[&str]) -> Vec<Case> {
    let cases = whole_documents(&["en16931/examples-ubl"]);
    let chosen = cases.iter().filter(|case| bases.iter().any(|base| case.name.ends_with(base)));
    let rich = insertions::enriched(&data::text("en16931/examples-ubl/ubl-tc434-example2.xml"), pieces::UBL);
    let pieces = mutants_of("rich", &rich).filter(|mutant| pieces::UBL.iter().any(|(_, piece)| piece.contains(mutant.leaf())));
    chosen.flat_map(|case| mutants_of(&case.name, &case.document)).chain(pieces).collect()
}

pub fn insertions() -> Vec<(Case, Vec<String>)> {
    let base = data::text("en16931/examples-ubl/ubl-tc434-example2.xml");
    insertions::of(&base, include_str!("../../../../domain/einvoice/src/rules/en16931/syntax/ubl.tsv"), |path| path.into())
}

#[test]
fn mutants_give_the_same_verdicts() {
    UBL.agrees_on(&mutants(&["example2.xml", "creditnote1.xml"]));
}

#[test]
fn every_row_of_the_table_is_the_official_rule() {
    UBL.agrees_on_breaking(insertions());
}
