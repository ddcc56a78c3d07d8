//! Every PDF of the corpora: the invoice inside is found, or the refusal says why not.

use std::path::Path;

use quittance_einvoice::{CanonicalInvoice, Specification, Syntax, capture};
use quittance_einvoice_formats::{ReadError, ReadInvoice, read};

use crate::data;

/// Folder or file, and what the documents below it follow.
const FOLLOWS: &[(&str, Specification)] = &[
    ("facturx-2.4-examples/1. BASIC WL", Specification::FacturXBasicWl),
    ("facturx-2.4-examples/2. BASIC", Specification::FacturXBasic),
    ("facturx-2.4-examples/3. EN16931", Specification::En16931),
    ("facturx-2.4-examples/4. EXTENDED", Specification::FacturXExtended),
    ("facturx-2.4-examples/5. XRECHNUNG", Specification::XRechnung),
    ("intarsys/BASIC", Specification::FacturXBasic),
    ("intarsys/EN16931", Specification::En16931),
    ("intarsys/EXTENDED", Specification::FacturXExtended),
    ("Beispiele/BASIC/", Specification::FacturXBasic),
    ("Beispiele/BASIC WL", Specification::FacturXBasicWl),
    ("Beispiele/MINIMUM", Specification::FacturXMinimum),
    ("Beispiele/EXTENDED", Specification::FacturXExtended),
    ("_MINIMUM.pdf", Specification::FacturXMinimum),
    ("_BASICWL.pdf", Specification::FacturXBasicWl),
    ("1p0_COMFORT", Specification::Zugferd1Comfort),
    ("1p0_EXTENDED", Specification::Zugferd1Extended),
];

/// PDFs whose invoice lacks or garbles a term: part of the path, the first such term.
const NOT_CAPTURED: &[(&str, &str)] = &[
    ("ZUGFeRD_1p0_EXTENDED_Kostenrechnung", "BT-73"),
    ("acme_invoice-42_ZUGFeRD", "BT-109"),
    ("MustangGnuaccountingBeispielRE-20151008_504", "BT-5"),
];

fn opened(path: &Path) -> ReadInvoice {
    read(&data::bytes(path)).unwrap_or_else(|error| panic!("{}: {error}", data::name(path)))
}

#[test]
fn every_invoice_pdf_is_read() {
    let folders = ["facturx-2.4-examples", "zugferd-corpus", "oca-edi/account_invoice_import_facturx"];
    for path in folders.iter().flat_map(|folder| data::files(folder, ".pdf")) {
        let (name, read) = (data::name(&path), opened(&path));
        assert!(read.attachment().is_some_and(|file| file.to_ascii_lowercase().ends_with(".xml")), "{name}");
        assert_eq!(read.syntax() == Syntax::Zugferd1, name.contains("ZUGFeRDv1") || name.contains("ZUGFeRD_1p0"), "{name}");
        if let Some((_, specification)) = FOLLOWS.iter().find(|(part, _)| name.contains(part)) {
            assert_eq!(read.invoice().follows(), *specification, "{name}");
        }
        let first_missing = capture(&read.invoice()).err().map(|missing| missing[0].term.clone());
        let listed = NOT_CAPTURED.iter().find(|(part, _)| name.contains(part)).map(|(_, term)| (*term).to_string());
        assert_eq!(first_missing, listed, "{name}");
    }
}

/// The examples come with their XML beside the PDF.
#[test]
fn the_embedded_invoice_is_the_one_beside_the_pdf() {
    let mut compared = 0;
    for pdf in data::files("facturx-2.4-examples", "_fx.pdf") {
        let xml = pdf.with_file_name(pdf.file_name().expect("a name").to_string_lossy().replace("_fx.pdf", ".xml"));
        if xml.exists() {
            assert_eq!(canonical(&pdf), canonical(&xml), "{}", data::name(&pdf));
            compared += 1;
        }
    }
    assert!(compared >= 20, "only {compared} compared");
}

fn canonical(path: &Path) -> CanonicalInvoice {
    capture(&opened(path).invoice()).unwrap_or_else(|missing| panic!("{}: {missing:?}", data::name(path)))
}

#[test]
fn an_invoice_is_found_by_content_where_its_name_says_nothing() {
    let read = opened(&data::root().join("pdf-invoices/compare/AzureInterior.pdf"));
    assert_eq!((read.attachment(), read.syntax()), (Some("UBL-Invoice-2.1.xml"), Syntax::UblInvoice));
}

#[test]
fn pdfs_without_an_invoice_say_so() {
    for path in data::files("orderx-1.0-examples", ".pdf") {
        let attachments = vec!["order-x.xml".to_string()];
        assert_eq!(read(&data::bytes(&path)).err(), Some(ReadError::PdfWithoutInvoice { attachments }), "{}", data::name(&path));
    }
    for path in data::files("pdf-invoices", ".pdf").iter().filter(|path| !path.ends_with("AzureInterior.pdf")) {
        let refusal = read(&data::bytes(path)).err().map(|error| error.code());
        assert_eq!(refusal, Some("pdf_without_invoice"), "{}", data::name(path));
    }
}
