//! XRechnung: Germany's rules, its extension and vehicles, as KoSIT publishes them, on whole invoices and on mutants of them.
//!
//! The published rules are those of 3.0.2 (Schematron 2.6.0), so ours are asked in that release; those of 3.0.1 have official tests.

use quittance_einvoice::rules::RuleSet;

use crate::compare::{Case, Comparison, mutants_of};
use crate::data;

const UBL: Comparison = Comparison {
    ours: &[RuleSet::Xrechnung302Ubl],
    official: "xrechnung-ubl",
    in_scope: |_| true,
    // The later release lets an order without a number pass, which UBL needs in front of a sales order.
    known: &[
        ("empty Invoice/OrderReference/ID", "PEPPOL-EN16931-R008"),
        // Of files in one reference, where the schema has room for one, it compares none.
        ("twice Invoice/AdditionalDocumentReference/Attachment", "BR-DE-22"),
        // Of items of one line, where the schema has room for one, it looks at each for itself.
        ("twice Invoice/InvoiceLine/Item", "BR-DE-CVD-06-a"),
        ("twice Invoice/InvoiceLine/Item", "BR-DE-CVD-06-b"),
    ],
};

const CII: Comparison = Comparison { ours: &[RuleSet::Xrechnung302Cii], official: "xrechnung-cii", in_scope: |_| true, known: DOUBLED };

/// What the schema has once stands there twice: the official rule asks each for itself, or its own kind alone.
const DOUBLED: &[(&str, &str)] = &[
    ("twice CrossIndustryInvoice/SupplyChainTradeTransaction", "PEPPOL-EN16931-R053"),
    ("twice CrossIndustryInvoice/SupplyChainTradeTransaction", "BR-DE-22"),
    ("twice CrossIndustryInvoice/SupplyChainTradeTransaction/IncludedSupplyChainTradeLineItem/SpecifiedTradeProduct", "BR-DE-CVD-06-a"),
    ("twice CrossIndustryInvoice/SupplyChainTradeTransaction/IncludedSupplyChainTradeLineItem/SpecifiedTradeProduct", "BR-DE-CVD-06-b"),
];

fn cases(folder: &str, ending: &str) -> Vec<Case> {
    let files = data::files(&format!("xrechnung-testsuite/business-cases/{folder}"), ending);
    files.iter().map(|path| Case { name: data::name(path), document: String::from_utf8(data::bytes(path)).expect("UTF-8") }).collect()
}

fn mutants(folder: &str, ending: &str) -> Vec<Case> {
    cases(folder, ending).iter().flat_map(|case| mutants_of(&case.name, &case.document)).collect()
}

#[test]
fn whole_documents_give_the_same_verdicts() {
    for folder in ["standard", "extension"] {
        UBL.agrees_on(&cases(folder, "_ubl.xml"));
        CII.agrees_on(&cases(folder, "_uncefact.xml"));
    }
}

#[test]
fn generated_invoices_give_the_same_verdicts() {
    for (comparison, start) in [(&UBL, "ubl-"), (&CII, "cii-")] {
        let of_syntax = |case: &Case| case.name.rsplit('/').next().is_some_and(|name| name.starts_with(start));
        let files = data::files("xrechnung-generated-3.0.1", ".xml");
        let documents =
            files.iter().map(|path| Case { name: data::name(path), document: String::from_utf8(data::bytes(path)).expect("UTF-8") });
        let readable = documents.filter(|case| roxmltree::Document::parse(&case.document).is_ok());
        comparison.agrees_on(&readable.filter(of_syntax).collect::<Vec<_>>());
    }
}

#[test]
fn mutants_of_ubl_give_the_same_verdicts() {
    UBL.agrees_on(&[mutants("standard", "01.04a-INVOICE_ubl.xml"), mutants("standard", "02.06a-INVOICE_ubl.xml")].concat());
    UBL.agrees_on(&[mutants("extension", "04.01a-INVOICE_ubl.xml"), mutants("extension", "05.01a-INVOICE_ubl.xml")].concat());
}

#[test]
fn mutants_of_cii_give_the_same_verdicts() {
    CII.agrees_on(&[mutants("standard", "01.04a-INVOICE_uncefact.xml"), mutants("standard", "02.06a-INVOICE_uncefact.xml")].concat());
    CII.agrees_on(&mutants("extension", "_uncefact.xml"));
}

const VEHICLES: &str =
    "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#compliant#urn:xeinkauf.de:kosit:xrechnung:cvd_0.9";

/// An invoice with a vehicle in every line.
fn with_vehicles(case: &Case, item: &str, vehicle: &str) -> Case {
    let core = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0";
    assert!(case.document.contains(&format!(">{core}<")) && case.document.contains(item), "{}: another kind of invoice", case.name);
    let document = case.document.replace(&format!(">{core}<"), &format!(">{VEHICLES}<")).replace(item, &format!("{vehicle}{item}"));
    Case { name: case.name.clone(), document }
}

fn agrees_on_vehicles(comparison: &Comparison, ending: &str, item: &str, vehicle: [&str; 2]) {
    let [category, cleanness] = vehicle;
    let car = with_vehicles(&cases("standard", ending)[0], item, &format!("{category}{cleanness}"));
    let others = ["M1", "Q1", " N3 "].map(|code| Case { document: car.document.replace(">M1<", &format!(">{code}<")), ..car.clone() });
    let degrees =
        ["dirty", "other", ""].map(|word| Case { document: car.document.replace(">clean<", &format!(">{word}<")), ..car.clone() });
    let twice = Case { document: car.document.replace(cleanness, &cleanness.repeat(2)), ..car.clone() };
    let kinds = ["STI", "cvd", ""].map(|kind| Case { document: car.document.replace("\"CVD\"", &format!("\"{kind}\"")), ..car.clone() });
    comparison.agrees_on(&[others, degrees, kinds].concat());
    comparison.agrees_on(&[vec![twice], mutants_of(&car.name, &car.document).collect()].concat());
}

#[test]
fn vehicles_give_the_same_verdicts() {
    agrees_on_vehicles(
        &UBL,
        "01.04a-INVOICE_ubl.xml",
        "</cac:Item>",
        [
            "<cac:CommodityClassification><cbc:ItemClassificationCode listID=\"CVD\">M1</cbc:ItemClassificationCode></cac:CommodityClassification>",
            "<cac:AdditionalItemProperty><cbc:Name>cva</cbc:Name><cbc:Value>clean</cbc:Value></cac:AdditionalItemProperty>",
        ],
    );
    agrees_on_vehicles(
        &CII,
        "01.04a-INVOICE_uncefact.xml",
        "</ram:SpecifiedTradeProduct>",
        [
            "<ram:DesignatedProductClassification><ram:ClassCode listID=\"CVD\">M1</ram:ClassCode></ram:DesignatedProductClassification>",
            "<ram:ApplicableProductCharacteristic><ram:Description>cva</ram:Description><ram:Value>clean</ram:Value></ram:ApplicableProductCharacteristic>",
        ],
    );
}
