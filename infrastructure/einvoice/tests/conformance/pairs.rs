//! One invoice in two syntaxes is one canonical invoice.

use std::path::{Path, PathBuf};

use quittance_einvoice::{CanonicalInvoice, capture};
use quittance_einvoice_formats::read;
use serde_json::Value;

use crate::data;

/// Where the two documents of a pair say different things: JSON pointer and reason.
const GENUINE: &[(&str, &[(&str, &str)])] = &[
    ("01.10a-INVOICE", &[("/references/purchase_order", "UBL has to put a dummy in front of a sales order")]),
    ("01.11a-INVOICE", &[("/references/purchase_order", "UBL has to put a dummy in front of a sales order")]),
    ("01.13a-INVOICE", &[("/references/purchase_order", "UBL has to put a dummy in front of a sales order")]),
    (
        "01.20a-INVOICE",
        &[("/seller/address/line_1", "[Seller street] against [Street]"), ("/seller/address/city", "[Seller city] against [City]")],
    ),
    (
        "03.06a-INVOICE",
        &[
            ("/seller/address/city", "UBL has city and post code swapped"),
            ("/seller/address/post_code", "UBL has city and post code swapped"),
            ("/buyer/address/city", "UBL has city and post code swapped"),
            ("/buyer/address/post_code", "UBL has city and post code swapped"),
        ],
    ),
    (
        "01.04_comprehensive_test",
        &[
            ("/seller/contact/name", "a person against an organisation"),
            ("/buyer/name", "UBL has name and trading name swapped"),
            ("/buyer/trading_name", "UBL has name and trading name swapped"),
            ("/payee/legal_registration", "only CII names the payee's register"),
        ],
    ),
];

#[test]
fn both_syntaxes_give_the_same_invoice() {
    let pairs = pairs();
    assert!(pairs.len() >= 18, "only {} pairs", pairs.len());
    let wrong: Vec<_> = pairs.iter().flat_map(|(ubl, cii)| differences(ubl, cii)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn pairs() -> Vec<(PathBuf, PathBuf)> {
    let ubl = data::files("xrechnung-testsuite", "_ubl.xml").into_iter();
    let pairs = ubl.map(|ubl| (PathBuf::from(ubl.to_string_lossy().replace("_ubl.xml", "_uncefact.xml")), ubl));
    pairs.filter(|(cii, _)| cii.exists()).map(|(cii, ubl)| (ubl, cii)).collect()
}

/// Places that differ without a listed reason, and listed ones that do not differ.
fn differences(ubl: &Path, cii: &Path) -> Vec<String> {
    let name = data::name(ubl);
    let listed = GENUINE.iter().find(|(pair, _)| name.contains(pair)).map_or(&[][..], |(_, places)| places);
    let mut found = Vec::new();
    compare("", &json(ubl), &json(cii), &mut found);
    let unlisted = found.iter().filter(|place| !listed.iter().any(|(known, _)| known == place));
    let unlisted = unlisted.map(|place| format!("{name}: {place} differs"));
    let stale = listed.iter().filter(|(known, _)| !found.iter().any(|place| place == known));
    unlisted.chain(stale.map(|(known, _)| format!("{name}: {known} no longer differs"))).collect()
}

fn json(path: &Path) -> Value {
    let read = read(&data::bytes(path)).unwrap_or_else(|error| panic!("{}: {error}", data::name(path)));
    let canonical = capture(&read.invoice()).unwrap_or_else(|missing| panic!("{}: {missing:?}", data::name(path)));
    let json = serde_json::to_value(&canonical).expect("serialisable");
    let back: CanonicalInvoice = serde_json::from_value(json.clone()).expect("readable");
    assert_eq!(back, canonical, "what is stored reads back the same");
    json
}

fn compare(place: &str, left: &Value, right: &Value, found: &mut Vec<String>) {
    match (left, right) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: std::collections::BTreeSet<_> = a.keys().chain(b.keys()).collect();
            for key in keys {
                compare(&format!("{place}/{key}"), &left[key], &right[key], found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (at, (left, right)) in a.iter().zip(b).enumerate() {
                compare(&format!("{place}/{at}"), left, right, found);
            }
        }
        _ if left == right => {}
        _ => found.push(place.into()),
    }
}
