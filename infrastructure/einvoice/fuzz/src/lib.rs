//! What every fuzz target and the short run on stable do with a document: everything that a user of the crates can.
//!
//! The short run is `cargo test -p quittance-einvoice-formats --test fuzz`: forty ways to break each of its seeds, the same on
//! every machine, in every run of the tests. The long one wants a nightly compiler and `cargo install cargo-fuzz`. In this folder:
//!
//! ```sh
//! mkdir -p corpus/document
//! cargo +nightly fuzz run document corpus/document $QUITTANCE_DATA/en16931 $QUITTANCE_DATA/zugferd-corpus -- \
//!     -max_total_time=600 -timeout=10 -rss_limit_mb=1024 -max_len=200000
//! ```
//!
//! The first directory takes what is found, the others are read where they lie. The targets that put a root around their bytes
//! (`cii`, `ubl_invoice` …) need no seeds. What they find is kept in `artifacts/`; a document that broke something becomes a case
//! of `tests/hostile.rs`.

use quittance_einvoice::rules::{rule_sets_of, validate};
use quittance_einvoice::{capture, capture_despatch_advice, capture_order, check_totals};
use quittance_einvoice_formats::{ReadDocument, ReadInvoice, read, read_document, write_cii, write_ubl};

/// Reads the bytes as whatever they are and carries that through. Says how far it came.
pub fn drive(bytes: &[u8]) -> &'static str {
    match read_document(bytes) {
        Ok(ReadDocument::Invoice(document)) => drive_invoice(&document),
        Ok(ReadDocument::Order(document)) => {
            let order = document.order();
            order.unmapped.iter().for_each(|piece| drop(piece.xpath()));
            captured(capture_order(&order).is_ok())
        }
        Ok(ReadDocument::DespatchAdvice(document)) => {
            let advice = document.advice();
            advice.unmapped.iter().for_each(|piece| drop(piece.xpath()));
            captured(capture_despatch_advice(&advice).is_ok())
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            error.code()
        }
    }
}

fn captured(is_whole: bool) -> &'static str {
    if is_whole { "captured" } else { "incomplete" }
}

fn drive_invoice(document: &ReadInvoice) -> &'static str {
    let invoice = document.invoice();
    invoice.unmapped.iter().for_each(|piece| drop(piece.xpath()));
    let _ = check_totals(&invoice).holds();
    drop(validate(&invoice, &rule_sets_of(&invoice)));
    let Ok(canonical) = capture(&invoice) else { return captured(false) };
    // What we write, we can read.
    if let Ok(ubl) = write_ubl(&canonical) {
        readable(&ubl);
    }
    readable(&write_cii(&canonical));
    captured(true)
}

fn readable(written: &str) {
    if let Err(error) = read(written.as_bytes()) {
        panic!("we wrote what we cannot read, {error}:\n{written}");
    }
}

const UBL: &str = "xmlns:cbc='urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2' \
    xmlns:cac='urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2'";

/// A root around a fuzzer's bytes, so that it does not have to find namespaces before it finds anything else.
pub fn ubl(root: &str, content: &[u8]) -> Vec<u8> {
    let space = format!("xmlns='urn:oasis:names:specification:ubl:schema:xsd:{root}-2' {UBL}");
    wrapped(&format!("<{root} {space}>"), content, &format!("</{root}>"))
}

/// The same for the syntaxes of UN/CEFACT, by the namespaces of their root, parts and types.
pub fn cefact(root: &str, spaces: [&str; 3], content: &[u8]) -> Vec<u8> {
    let [document, parts, types] = spaces;
    let open = format!("<rsm:{root} xmlns:rsm='{document}' xmlns:ram='{parts}' xmlns:udt='{types}'>");
    wrapped(&open, content, &format!("</rsm:{root}>"))
}

fn wrapped(open: &str, content: &[u8], close: &str) -> Vec<u8> {
    [open.as_bytes(), content, close.as_bytes()].concat()
}
