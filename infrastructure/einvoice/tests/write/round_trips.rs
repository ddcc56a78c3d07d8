//! Read, written, read again: the same invoice. In the other syntax too, save what that one has no place for.

use std::collections::BTreeSet;

use quittance_einvoice_formats::{Format, NotCarried, convert};

use crate::data;
use crate::documents::{self, Document};

/// What a document of the data says that its own syntax cannot say validly.
const INVALID: &[(&str, &str)] =
    &[("XRECHNUNG_Elektron.ubl.xml /references/purchase_order", "a sales order without an order, which UBL demands")];

/// What CII has no place for.
const UBL_ONLY: &[(&str, &str)] = &[
    ("/payment/third_party", "BG-DEX-09 exists in UBL only"),
    ("/lines/*/price/gross", "a discount is written with the price that it is taken from"),
];

/// What UBL has no place for.
const CII_ONLY: &[(&str, &str)] = &[
    ("/lines/*/price/gross", "a gross price without a discount"),
    ("/lines/*/status_reason", "Factur-X EXTENDED"),
    ("/lines/*/parent_id", "credit note lines stand flat"),
    ("/lines/*/id", "a line without a number gets one"),
    ("/payment/prepayments", "Factur-X EXTENDED"),
    ("/payment/discounts", "Factur-X EXTENDED"),
    ("/buyer/identifiers", "a buyer has one identifier"),
    ("/payment/means", "a way to pay has one account, a code and, for a card, its number"),
    ("/references/purchase_order", "UBL puts a dummy in front of a sales order"),
    ("/lines/*", "lines stand behind the line that they detail"),
];

#[test]
fn documents_read_back_the_same() {
    let mut wrong = Vec::new();
    for document in documents::all() {
        let format = if document.syntax.is_ubl() { Format::Ubl } else { Format::Cii };
        let changed = changed(document, format);
        wrong.extend(changed.into_iter().filter(|place| !INVALID.iter().any(|(known, _)| place.ends_with(known))));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_other_syntax_carries_all_that_it_has_a_place_for() {
    let (mut seen, mut wrong) = (BTreeSet::new(), Vec::new());
    for document in documents::all().iter().filter(|document| !document.invoice.lines.is_empty()) {
        let (format, known) = if document.syntax.is_ubl() { (Format::Cii, UBL_ONLY) } else { (Format::Ubl, CII_ONLY) };
        for place in changed(document, format) {
            let generic = generic(place.rsplit_once(' ').map_or("", |(_, term)| term));
            match known.iter().find(|(term, _)| generic == *term || generic.starts_with(&format!("{term}/"))) {
                Some((term, _)) => drop(seen.insert((document.syntax.is_ubl(), term))),
                None => wrong.push(place),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(seen.len(), UBL_ONLY.len() + CII_ONLY.len(), "only {seen:?} differed");
}

/// Indexes as stars.
fn generic(term: &str) -> String {
    term.split('/').map(|step| if step.parse::<usize>().is_ok() { "*" } else { step }).collect::<Vec<_>>().join("/")
}

fn changed(document: &Document, format: Format) -> Vec<String> {
    let converted = convert(&document.bytes, format).unwrap_or_else(|error| panic!("{}: {error}", document.name));
    let places = converted.not_carried.into_iter().filter_map(|lost| match lost {
        NotCarried::Changed { term, .. } => Some(format!("{} {term}", document.name)),
        NotCarried::NotCaptured { .. } => None,
    });
    places.collect()
}

/// Pieces of the official examples that the canonical invoice has no place for: all of them, and nothing that it has.
#[test]
fn what_is_not_captured_is_listed() {
    const LOST: &[&str] = &["cac:CardAccount/cbc:NetworkID", "ram:SpecifiedProcuringProject/ram:Name"];
    let mut seen = BTreeSet::new();
    for path in ["peppol-bis3/examples", "xrechnung-testsuite/business-cases/standard"].iter().flat_map(|f| data::files(f, ".xml")) {
        let converted = convert(&data::bytes(&path), Format::Cii).unwrap_or_else(|error| panic!("{}: {error}", data::name(&path)));
        for lost in converted.not_carried {
            let NotCarried::NotCaptured { xpath, text } = lost else { continue };
            let place = xpath.replace("[1]", "");
            let known = LOST.iter().find(|known| place.ends_with(*known));
            seen.insert(known.unwrap_or_else(|| panic!("{}: {xpath} says {text:?}", data::name(&path))));
        }
    }
    assert_eq!(seen.len(), LOST.len(), "only {seen:?} was listed");
}
