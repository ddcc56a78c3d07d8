//! Factur-X files: our reader and programs of other people read the same invoice out of them.

use std::process::Command;

use quittance_einvoice_formats::{Format, NotCarried, convert, read};

use crate::data;
use crate::documents::{self, Document};
use crate::official::python;

const FOLDERS: &[&str] = &["en16931/examples", "peppol-bis3/examples", "xrechnung-testsuite", "facturx-2.4-examples"];

fn chosen() -> impl Iterator<Item = &'static Document> {
    documents::all()
        .iter()
        .filter(|document| FOLDERS.iter().any(|folder| document.name.starts_with(folder)) && document.name.ends_with(".xml"))
}

#[test]
fn facturx_reads_back_the_same_but_for_what_cii_cannot_say() {
    let mut wrong = Vec::new();
    for document in chosen() {
        let terms = |format| changed(&document.bytes, format, &document.name);
        let cii = terms(Format::Cii);
        wrong.extend(
            terms(Format::FacturX)
                .into_iter()
                .filter(|term| term != "/specification" && !cii.contains(term))
                .map(|term| format!("{}: {term}", document.name)),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn changed(bytes: &[u8], format: Format, name: &str) -> Vec<String> {
    let converted = convert(bytes, format).unwrap_or_else(|error| panic!("{name}: {error}"));
    let changed = converted.not_carried.into_iter().filter_map(|lost| match lost {
        NotCarried::Changed { term, .. } => Some(term),
        NotCarried::NotCaptured { .. } => None,
    });
    changed.collect()
}

#[test]
fn a_file_says_what_is_inside_and_is_always_the_same() {
    let source = data::bytes(&data::root().join("peppol-bis3/examples/vat-category-Z.xml"));
    let make = || convert(&source, Format::FacturX).expect("written").bytes;
    let pdf = make();
    assert_eq!(read(&pdf).expect("read").attachment(), Some("factur-x.xml"));
    assert!(String::from_utf8_lossy(&pdf).contains("<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>"));
    assert!(String::from_utf8_lossy(&pdf).contains("/AFRelationship/Alternative"));
    assert_eq!(pdf, make());
}

/// What the other program does not accept, and why; each is seen to be refused.
const REFUSED: &[(&str, &str)] = &[
    ("Bau_Schlussrechnung_mit_Steuer_Zusammenstellung.xml", "the tax of a payment in advance, demanded by EXTENDED, is not captured"),
    ("extension/04.01a-INVOICE_ubl.xml", "it holds lines below lines against the schema of EN 16931, which knows none; D16B does"),
    ("extension/04.04a-INVOICE_ubl.xml", "the same"),
];

#[test]
fn other_programs_find_nothing_wrong() {
    let folder = std::env::temp_dir().join(format!("quittance-facturx-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut files = Vec::new();
    for (at, document) in chosen().enumerate() {
        let file = folder.join(format!("{at}.pdf"));
        std::fs::write(&file, convert(&document.bytes, Format::FacturX).expect("written").bytes).expect("a file");
        files.push((document.name.as_str(), file));
    }
    let mut wrong = Vec::new();
    for (name, file) in &files {
        let checked = Command::new("qpdf").arg("--check").arg(file).output().expect("qpdf runs: install qpdf");
        if !checked.status.success() {
            wrong.push(format!("{name}: {}", String::from_utf8_lossy(&checked.stderr)));
        }
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/write/open_facturx.py");
    let read = Command::new(python()).arg(script).args(files.iter().map(|(_, file)| file)).output().expect("Python runs");
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let said = String::from_utf8_lossy(&read.stdout).into_owned();
    assert_eq!(said.lines().count(), files.len(), "{said}");
    wrong.extend(
        files
            .iter()
            .zip(said.lines())
            .filter(|((name, _), line)| line.starts_with("holds ") == REFUSED.iter().any(|(known, _)| name.ends_with(known)))
            .map(|((name, _), line)| format!("{name}: {line}")),
    );
    let _ = std::fs::remove_dir_all(&folder);
    assert!(files.len() > 70, "only {} files", files.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
