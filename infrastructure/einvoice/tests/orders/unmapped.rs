//! Nothing is dropped in silence: whatever is put into a document anywhere is in the model or in its list of what has no place.

use quittance_einvoice::Element;
use quittance_einvoice_formats::{ReadDocument, read_document};

use crate::data;

const PROBE: &str = "<probe xmlns='urn:probe'>found</probe>";
const DOCUMENTS: &[&str] = &[
    "peppol-poacc/examples/Order_Example.xml",
    "peppol-poacc/examples/DespatchAdvice_Example.xml",
    "oca-edi/sale_order_import_ubl/tests/files/UBL-Order-2.1-Example.xml",
    "orderx-1.0-examples/_ORDER-x_EXAMPLES_COMFORT/_XML for direct access/ORDER-X_EX01_ORDER_FULL_DATA-COMFORT.xml",
];

#[test]
fn a_foreign_element_anywhere_is_listed() {
    for name in DOCUMENTS {
        let text = data::text(name);
        let places: Vec<usize> = text.match_indices("</").map(|(at, _)| at).collect();
        assert!(places.len() > 50, "{name}");
        for at in places {
            let probed = format!("{}{PROBE}{}", &text[..at], &text[at..]);
            assert!(lists_the_probe(&probed), "{name}: nothing says that there is a foreign element at byte {at}");
        }
    }
}

fn lists_the_probe(text: &str) -> bool {
    let read = read_document(text.as_bytes()).expect("still readable");
    let holds =
        |unmapped: &[Element<'_>]| unmapped.iter().any(|piece| is_probe(piece) || piece.descendants().any(|below| is_probe(&below)));
    match &read {
        ReadDocument::Order(read) => holds(&read.order().unmapped),
        ReadDocument::DespatchAdvice(read) => holds(&read.advice().unmapped),
        ReadDocument::Invoice(_) => false,
    }
}

fn is_probe(element: &Element<'_>) -> bool {
    element.name() == "{urn:probe}probe"
}

/// The full example of each format has a place for the terms that a purchase order and a receipt are made of.
#[test]
fn what_has_no_place_is_not_what_an_order_is_made_of() {
    for name in DOCUMENTS {
        let read = read_document(&data::bytes(&data::root().join(name))).expect("readable");
        let unmapped: Vec<String> = match &read {
            ReadDocument::Order(read) => read.order().unmapped.iter().map(Element::xpath).collect(),
            ReadDocument::DespatchAdvice(read) => read.advice().unmapped.iter().map(Element::xpath).collect(),
            ReadDocument::Invoice(_) => panic!("{name} is an invoice"),
        };
        let decisive = ["Quantity[1]", "PriceAmount[1]", "LineID[1]", "CurrencyCode[1]", "cbc:IssueDate[1]", "ram:ChargeAmount[1]"];
        let lost: Vec<_> = unmapped
            .iter()
            .filter(|path| decisive.iter().any(|end| path.ends_with(end)))
            .filter(|path| {
                !["ram:PackageQuantity", "ram:PerPackageUnitQuantity", "TotalTransportHandlingUnitQuantity", "ValueQuantity"]
                    .iter()
                    .any(|other| path.contains(other))
            })
            .collect();
        assert!(lost.is_empty(), "{name}: {lost:#?}");
    }
}
