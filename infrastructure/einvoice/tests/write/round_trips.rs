//! Read, written, read again: the same invoice.

use quittance_einvoice_formats::{write_cii, write_ubl};
use serde_json::Value;

use crate::documents::{self, Document, captured};

#[test]
fn ubl_reads_back_the_same() {
    let documents = documents::all();
    same(documents.iter().filter(|document| document.syntax.is_ubl()), |document| write_ubl(&document.invoice));
}

#[test]
fn cii_reads_back_the_same() {
    let documents = documents::all();
    same(documents.iter().filter(|document| !document.syntax.is_ubl()), |document| write_cii(&document.invoice));
}

#[test]
fn cross() {
    let documents = documents::all();
    let mut found = std::collections::BTreeMap::<String, Vec<String>>::new();
    for document in &documents {
        let other = if document.syntax.is_ubl() { write_cii(&document.invoice) } else { write_ubl(&document.invoice) };
        for place in differences(document, &other) {
            let generic: String = place.split('/').map(|p| if p.parse::<usize>().is_ok() { "*" } else { p }).collect::<Vec<_>>().join("/");
            found.entry(format!("{} {generic}", document.syntax.is_ubl())).or_default().push(document.name.clone());
        }
    }
    for (place, names) in found { println!("{place}: {} {:?}", names.len(), &names[..names.len().min(2)]); }
}

fn same<'a>(documents: impl Iterator<Item = &'a Document>, write: impl Fn(&Document) -> String) {
    let (mut count, mut wrong) = (0, Vec::new());
    for document in documents {
        count += 1;
        let places = differences(document, &write(document));
        if !places.is_empty() {
            wrong.push(format!("{}: {places:?}", document.name));
        }
    }
    assert!(count > 100, "only {count} documents");
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn differences(document: &Document, written: &str) -> Vec<String> {
    let json = |invoice: &_| serde_json::to_value(invoice).expect("serialisable");
    let mut found = Vec::new();
    compare("", &json(&document.invoice), &json(&captured(&document.name, written)), &mut found);
    found
}

fn compare(place: &str, left: &Value, right: &Value, found: &mut Vec<String>) {
    match (left, right) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: std::collections::BTreeSet<_> = a.keys().chain(b.keys()).collect();
            keys.into_iter().for_each(|key| compare(&format!("{place}/{key}"), &left[key], &right[key], found));
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            (0..a.len()).for_each(|at| compare(&format!("{place}/{at}"), &a[at], &b[at], found));
        }
        _ if left == right => {}
        _ => found.push(place.into()),
    }
}
