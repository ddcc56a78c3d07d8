//! Every whole invoice of the data that can be captured.

use std::sync::OnceLock;

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
    "xrechnung-generated-3.0.1",
    "facturx-2.4-examples",
    "zugferd-corpus",
    "oca-edi",
];

const PDFS: &[&str] = &["facturx-2.4-examples", "zugferd-corpus"];

pub struct Document {
    pub name: String,
    pub bytes: Vec<u8>,
    pub syntax: Syntax,
    pub invoice: CanonicalInvoice,
}

pub fn all() -> &'static [Document] {
    static ALL: OnceLock<Vec<Document>> = OnceLock::new();
    ALL.get_or_init(|| {
        let files = FOLDERS.iter().flat_map(|folder| data::files(folder, ".xml"));
        let files: Vec<_> = files.chain(PDFS.iter().flat_map(|folder| data::files(folder, ".pdf"))).collect();
        let documents: Vec<_> = files.iter().filter_map(|path| document(data::name(path), data::bytes(path))).collect();
        assert!(documents.len() > 500, "only {} whole invoices in the data", documents.len());
        documents
    })
}

/// Files that are no invoices are the readers' tests' concern.
fn document(name: String, bytes: Vec<u8>) -> Option<Document> {
    let read = read(&bytes).ok()?;
    let invoice = capture(&read.invoice()).ok()?;
    Some(Document { name, syntax: read.syntax(), invoice, bytes })
}
