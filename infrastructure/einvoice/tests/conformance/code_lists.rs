//! Our code lists against the lists that the official rules spell out.

use std::collections::BTreeSet;

use quittance_einvoice::rules::codes::{List, is_country};
use roxmltree::Document;

use crate::data;

/// Rule, our list. Country codes and types of invoices follow below.
const LISTS: &[(&str, List)] = &[
    ("BR-CL-03", List::Currencies),
    ("BR-CL-04", List::Currencies),
    ("BR-CL-05", List::Currencies),
    ("BR-CL-07", List::ReferenceTypes),
    ("BR-CL-08", List::NoteSubjects),
    ("BR-CL-10", List::IdentifierSchemes),
    ("BR-CL-11", List::IdentifierSchemes),
    ("BR-CL-13", List::ItemClassifications),
    ("BR-CL-16", List::PaymentMeans),
    ("BR-CL-17", List::VatCategories),
    ("BR-CL-18", List::VatCategories),
    ("BR-CL-19", List::AllowanceReasons),
    ("BR-CL-20", List::ChargeReasons),
    ("BR-CL-21", List::IdentifierSchemes),
    ("BR-CL-22", List::ExemptionReasons),
    ("BR-CL-23", List::Units),
    ("BR-CL-25", List::AddressSchemes),
    ("BR-CL-26", List::IdentifierSchemes),
];

/// The lists that a rule spells out, in order.
fn official(syntax: &str, rule: &str) -> Vec<BTreeSet<String>> {
    let schematron = data::files(&format!("en16931/codelists-sch/{syntax}"), ".sch");
    let text = String::from_utf8(data::bytes(&schematron[0])).expect("UTF-8");
    let rules = Document::parse(&text).expect("XML");
    let test = rules.descendants().find(|node| node.attribute("id") == Some(rule)).and_then(|node| node.attribute("test"));
    let quoted = test.unwrap_or_default().split('\'').skip(1).step_by(2);
    quoted.filter(|list| list.trim().contains(' ')).map(|list| list.split_whitespace().map(Into::into).collect()).collect()
}

fn ours(list: List) -> BTreeSet<String> {
    list.codes().iter().map(|code| (*code).to_string()).collect()
}

#[test]
fn each_list_is_the_official_one() {
    let mut compared = 0;
    for syntax in ["ubl", "cii"] {
        for (rule, list) in LISTS {
            let Some(official) = official(syntax, rule).into_iter().next() else { continue };
            assert_eq!(ours(*list), official, "{rule} of {syntax}");
            compared += 1;
        }
    }
    assert_eq!(compared, 2 * LISTS.len() - 1, "UBL alone keeps the subjects of notes elsewhere");
}

#[test]
fn types_of_invoices_and_credit_notes_are_the_official_ones() {
    let [invoices, credit_notes] = [ours(List::InvoiceTypes), ours(List::CreditNoteTypes)];
    assert_eq!(official("ubl", "BR-CL-01"), [invoices.clone(), credit_notes.clone()]);
    assert_eq!(official("cii", "BR-CL-01"), [invoices.union(&credit_notes).cloned().collect()]);
}

#[test]
fn tax_points_and_countries_are_those_of_each_syntax() {
    assert_eq!(official("ubl", "BR-CL-06"), [ours(List::TaxPointsUbl)]);
    assert_eq!(official("cii", "BR-CL-06"), [ours(List::TaxPointsCii)]);
    for (syntax, is_ubl) in [("ubl", true), ("cii", false)] {
        for rule in ["BR-CL-14", "BR-CL-15"] {
            let official = official(syntax, rule).remove(0);
            assert!(official.iter().all(|code| is_country(code, is_ubl)), "{rule} of {syntax}");
            assert_eq!(official.len(), List::Countries.codes().len() + 1, "{rule} of {syntax}");
        }
    }
}

#[test]
fn media_types_are_the_official_ones() {
    let schematron = data::files("en16931/codelists-sch/ubl", ".sch");
    let text = String::from_utf8(data::bytes(&schematron[0])).expect("UTF-8");
    let named: BTreeSet<_> = text.split("@mimeCode = '").skip(1).filter_map(|rest| rest.split('\'').next()).map(String::from).collect();
    assert_eq!(ours(List::MediaTypes), named);
}
