//! Every whole invoice of the data that can be captured.

use std::path::PathBuf;

use quittance_einvoice::{CanonicalInvoice, Syntax, capture};
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

pub struct Document {
    pub name: String,
    pub syntax: Syntax,
    pub invoice: CanonicalInvoice,
}

pub fn all() -> Vec<Document> {
    let files: Vec<PathBuf> = FOLDERS.iter().flat_map(|folder| data::files(folder, ".xml")).collect();
    let documents: Vec<_> = files.iter().filter_map(|path| document(data::name(path), &data::bytes(path))).collect();
    assert!(documents.len() > 250, "only {} whole invoices in the data", documents.len());
    documents
}

/// Files that are no invoices are the readers' tests' concern.
fn document(name: String, bytes: &[u8]) -> Option<Document> {
    let read = read(bytes).ok()?;
    let invoice = capture(&read.invoice()).ok()?;
    Some(Document { name, syntax: read.syntax(), invoice })
}

pub fn captured(name: &str, written: &str) -> CanonicalInvoice {
    let read = read(written.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}\n{written}"));
    capture(&read.invoice()).unwrap_or_else(|missing| panic!("{name}: {missing:?}"))
}
