//! Every whole invoice is read and captured, or refused for the reason that it deserves.

use std::path::Path;

use quittance_einvoice::capture;
use quittance_einvoice_formats::read;

use crate::data;

const FOLDERS: &[&str] = &[
    "en16931/examples-ubl",
    "en16931/examples-cii",
    "en16931/testfiles",
    "peppol-bis3/examples",
    "peppol-bis3/national-examples",
    "xrechnung-testsuite",
    "facturx-2.4-examples",
    "zugferd-corpus",
    "oca-edi",
];

/// What is not to be read, by a part of its path, and the code of the refusal.
const REFUSED: &[(&str, &str)] = &[
    // Cut off in the middle.
    ("fatturaPA/eigor/valid/con-ritenuta-acconto", "malformed"),
    // The Italian format, which is not one of ours.
    ("zugferd-corpus/fatturaPA/", "not_an_invoice"),
    ("oca-edi/sale_order_import", "not_an_invoice"),
];

/// Documents that lack a term without which nothing can be paid.
const NOT_CAPTURED: &[(&str, &str)] = &[("UBLInvoice-multitankcard-line_adjust", "BT-112")];

#[test]
fn whole_invoices_are_read_and_captured() {
    let mut wrong = Vec::new();
    for path in FOLDERS.iter().flat_map(|folder| data::files(folder, ".xml")) {
        let expected = REFUSED.iter().find(|(part, _)| data::name(&path).contains(part)).map(|(_, code)| *code);
        let verdict = verdict(&path);
        if verdict.as_ref().err().map(String::as_str) != expected && !lacks_a_listed_term(&path, &verdict) {
            wrong.push(format!("{}: {verdict:?}, expected {expected:?}", data::name(&path)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn verdict(path: &Path) -> Result<(), String> {
    let read = read(&data::bytes(path)).map_err(|error| error.code().to_string())?;
    let terms = |missing: Vec<quittance_einvoice::MissingTerm>| missing.into_iter().map(|term| term.term).collect::<Vec<_>>();
    capture(&read.invoice()).map(|_| ()).map_err(|missing| terms(missing).join(" "))
}

fn lacks_a_listed_term(path: &Path, verdict: &Result<(), String>) -> bool {
    let listed = NOT_CAPTURED.iter().find(|(part, _)| data::name(path).contains(part));
    listed.is_some_and(|(_, term)| verdict.as_ref().err().map(String::as_str) == Some(term))
}

/// Invoices with one seeded fault: the fault is a matter of the rules, so all that are XML at all are read.
#[test]
fn generated_invoices_are_read_unless_they_are_not_well_formed() {
    for path in data::files("xrechnung-generated-3.0.1", ".xml") {
        let bytes = data::bytes(&path);
        let well_formed = roxmltree::Document::parse(std::str::from_utf8(&bytes).expect("UTF-8")).is_ok();
        match read(&bytes) {
            Ok(_) => assert!(well_formed, "{} is not well-formed", data::name(&path)),
            Err(error) => assert!(!well_formed && error.code() == "malformed", "{}: {error}", data::name(&path)),
        }
    }
}

/// Nothing of an official EN 16931 example is left without a place, save what the standard itself has no term for.
#[test]
fn official_examples_leave_nothing_unmapped() {
    const NO_TERM: &[&str] = &["cbc:UBLVersionID", "ram:SpecifiedProcuringProject/ram:Name", "ram:ExchangedDocument/ram:Name"];
    for path in ["peppol-bis3/examples", "xrechnung-testsuite/business-cases/standard"].iter().flat_map(|f| data::files(f, ".xml")) {
        let read = read(&data::bytes(&path)).expect("readable");
        for element in read.invoice().unmapped {
            let place = read.outline().path_text(element.path()).replace("rsm:", "ram:");
            assert!(NO_TERM.iter().any(|known| place.ends_with(known)), "{}: {place}", data::name(&path));
        }
    }
}
