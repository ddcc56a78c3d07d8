//! What we write is valid to the schemas of UBL 2.1, CII D16B and Factur-X.

use std::path::{Path, PathBuf};
use std::process::Command;

use quittance_einvoice::rules::codes::List;
use quittance_einvoice_formats::{write_cii, write_ubl};

use crate::data;
use crate::documents;

#[test]
fn ubl_is_valid_to_its_schemas() {
    let folder = data::root().join("ubl21-xsd/maindoc");
    let documents = documents::all().iter();
    let (credit_notes, invoices): (Vec<_>, Vec<_>) = documents
        .filter(|document| !document.invoice.lines.is_empty())
        .partition(|document| List::CreditNoteTypes.contains(&document.invoice.type_code));
    for (schema, documents) in [("UBL-Invoice-2.1.xsd", invoices), ("UBL-CreditNote-2.1.xsd", credit_notes)] {
        let written = documents.iter().map(|document| (document.name.as_str(), write_ubl(&document.invoice).expect("lines")));
        valid(&folder.join(schema), written.collect());
    }
}

#[test]
fn cii_is_valid_to_its_schema() {
    let folder = data::root().join("en16931/xsd-cii-d16b/D16B SCRDM (Subset)/uncoupled clm/CII/uncefact/data/standard");
    // D16B has room for one preceding invoice, D22B and the standard for many.
    let documents = documents::all().iter().filter(|document| document.invoice.preceding_invoices.len() < 2);
    let written = documents.map(|document| (document.name.as_str(), write_cii(&document.invoice)));
    valid(&folder.join("CrossIndustryInvoice_100pD16B.xsd"), written.collect());
}

fn valid(schema: &Path, documents: Vec<(&str, String)>) {
    let folder = std::env::temp_dir().join(format!("quittance-schemas-{}-{:?}", std::process::id(), std::thread::current().id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let files: Vec<PathBuf> = (0..documents.len()).map(|at| folder.join(format!("{at}.xml"))).collect();
    for (file, (_, document)) in files.iter().zip(&documents) {
        std::fs::write(file, document).expect("a file");
    }
    let mut xmllint = Command::new("xmllint");
    xmllint.args(["--nonet", "--noout", "--schema"]).arg(schema).args(&files);
    let output = xmllint.output().expect("xmllint runs: install libxml2-utils");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let _ = std::fs::remove_dir_all(&folder);
    let wrong = files.iter().zip(&documents).filter_map(|(file, (name, _))| {
        let file = file.display().to_string();
        let valid = said.lines().any(|line| line == format!("{file} validates"));
        let first = said.lines().find(|line| line.starts_with(&format!("{file}:")));
        (!valid).then(|| format!("{name}: {}", first.unwrap_or(&said)))
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{} of {} are not valid to {}:\n{}", wrong.len(), documents.len(), schema.display(), wrong.join("\n"));
}
