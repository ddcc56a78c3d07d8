//! XRechnung: Germany's rules and its extension, as KoSIT publishes them, on whole invoices and on mutants of them.
//!
//! The published rules are of a later release than ours (3.0.2 with Schematron 2.6.0); what that one added or changed is left out.

use quittance_einvoice::rules::RuleSet;

use crate::compare::{Case, Comparison, mutants_of};
use crate::data;

const UBL: Comparison = Comparison {
    ours: &[RuleSet::XrechnungUbl],
    official: "xrechnung-ubl",
    in_scope: is_of_both,
    // The later release lets an order without a number pass, which UBL needs in front of a sales order.
    known: &[
        ("empty Invoice/OrderReference/ID", "PEPPOL-EN16931-R008"),
        // Of files in one reference, where the schema has room for one, it compares none.
        ("twice Invoice/AdditionalDocumentReference/Attachment", "BR-DE-22"),
    ],
};

const CII: Comparison = Comparison {
    ours: &[RuleSet::XrechnungCii],
    official: "xrechnung-cii",
    in_scope: |rule| is_of_both(rule) && rule != NET_AMOUNT,
    known: DOUBLED,
};

/// What the schema has once stands there twice: the official rule asks each for itself, or its own kind alone.
const DOUBLED: &[(&str, &str)] = &[
    ("twice CrossIndustryInvoice/SupplyChainTradeTransaction", "PEPPOL-EN16931-R053"),
    ("twice CrossIndustryInvoice/SupplyChainTradeTransaction", "BR-DE-22"),
];

/// A warning for CII since the later release.
const NET_AMOUNT: &str = "PEPPOL-EN16931-R120";

/// Rules for the time being come and go, and those of the Clean Vehicles Directive are new.
fn is_of_both(rule: &str) -> bool {
    !["BR-TMP-", "BR-DE-TMP-", "BR-DE-CVD-"].iter().any(|start| rule.starts_with(start))
}

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
