//! The official rules, in an engine of other people, find nothing in what we write that they do not find in its source.

use quittance_einvoice_formats::{Format, convert, examine};

use crate::data;
use crate::official::verdicts;

#[test]
fn the_official_rules_find_nothing_new_in_ubl() {
    agree(
        &["en16931/examples-ubl", "peppol-bis3/examples", "xrechnung-testsuite/business-cases/standard"],
        "urn:oasis",
        "ubl",
        Format::Ubl,
    );
}

#[test]
fn the_official_rules_find_nothing_new_in_cii() {
    agree(
        &["en16931/examples-cii", "xrechnung-testsuite/business-cases/standard", "facturx-2.4-examples/3. EN16931"],
        "urn:un:unece",
        "cii",
        Format::Cii,
    );
}

/// Factur-X asks some things of its own of what stands in its PDFs.
#[test]
fn the_rules_of_factur_x_find_nothing_new_in_cii() {
    agree(&["en16931/examples-cii", "facturx-2.4-examples/3. EN16931"], "urn:un:unece", "cii-facturx", Format::Cii);
}

#[test]
fn the_rules_of_xrechnung_find_nothing_new_in_either_syntax() {
    agree(&["xrechnung-testsuite/business-cases/standard"], "urn:oasis", "xrechnung-ubl", Format::Ubl);
    agree(&["xrechnung-testsuite/business-cases/standard"], "urn:un:unece", "xrechnung-cii", Format::Cii);
}

fn agree(folders: &[&str], namespace: &str, set: &str, format: Format) {
    let files = folders.iter().flat_map(|folder| data::files(folder, ".xml"));
    let sources = files.map(|path| (data::name(&path), String::from_utf8(data::bytes(&path)).expect("UTF-8")));
    let sources: Vec<_> = sources.filter(|(_, source)| source.contains(namespace)).collect();
    let written = sources.iter().map(|(name, source)| {
        let converted = convert(source.as_bytes(), format).unwrap_or_else(|error| panic!("{name}: {error}"));
        String::from_utf8(converted.bytes).expect("UTF-8")
    });
    let both: Vec<_> = sources.iter().map(|(_, source)| source.clone()).chain(written).collect();
    let verdicts = verdicts(set, &both);
    let (before, after) = verdicts.split_at(sources.len());
    let mut wrong = Vec::new();
    for ((name, _), (before, after)) in sources.iter().zip(before.iter().zip(after)) {
        let (Some(before), Some(after)) = (before, after) else { panic!("{name}: the engine failed") };
        wrong.extend(after.difference(before).map(|rule| format!("{name}: {rule}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Made-up numbers of the Peppol examples that are no GLNs: the rules of CII look at more of them than those of UBL.
const NO_GLN: (&str, &str) = ("peppol-bis3/examples/", "PEPPOL-COMMON-R040");

/// Valid invoices in one syntax stay valid in the other, to our rules.
#[test]
fn valid_invoices_stay_valid_in_the_other_syntax() {
    let mut wrong = Vec::new();
    let mut judged = 0;
    let folders = ["peppol-bis3/examples", "xrechnung-testsuite/business-cases/standard", "facturx-2.4-examples"];
    let pdfs = data::files("zugferd-corpus/ZUGFeRDv2/correct", ".pdf");
    for path in folders.iter().flat_map(|folder| data::files(folder, ".xml")).chain(pdfs) {
        let (name, source) = (data::name(&path), data::bytes(&path));
        let Ok(before) = examine(&source) else { continue };
        if !before.report.is_valid() {
            continue;
        }
        let format = if before.syntax.is_ubl() { Format::Cii } else { Format::Ubl };
        let converted = match convert(&source, format) {
            Err(error) if error.code() == "without_lines" => continue,
            converted => converted.unwrap_or_else(|error| panic!("{name}: {error}")),
        };
        let after = examine(&converted.bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        judged += 1;
        let new = after.report.fatal().filter(|finding| !(name.starts_with(NO_GLN.0) && finding.rule == NO_GLN.1));
        wrong.extend(new.map(|finding| format!("{name}: {} at {}", finding.rule, finding.location)));
    }
    assert!(judged >= 80, "only {judged} valid invoices");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
