//! Pieces of UBL invoices, each in a version that keeps a rule and one that breaks it.

use quittance_einvoice::rules::{RuleSet, validate};
use quittance_einvoice_formats::read;

/// A rule, a piece of an invoice with a gap, what fills the gap rightly, and what does not.
pub type Case = (&'static str, String, &'static str, &'static str);

/// Where a piece has its gap.
pub const GAP: &str = "§";

pub fn document(root: &str, specification: &str, body: &str) -> String {
    format!(
        "<{root} xmlns='urn:oasis:names:specification:ubl:schema:xsd:{root}-2' \
         xmlns:cac='urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2' \
         xmlns:cbc='urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2'>\
         <cbc:CustomizationID>{specification}</cbc:CustomizationID>\
         <cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>\
         <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>{body}</{root}>"
    )
}

pub fn breaks(rule: &str, document: &str, set: RuleSet) -> bool {
    let read = read(document.as_bytes()).unwrap_or_else(|error| panic!("{error}: {document}"));
    validate(&read.invoice(), &[set]).names(rule)
}

/// Every case is silent where the gap is filled rightly, and reported where it is not.
pub fn judge(cases: &[Case], root: &str, specification: &str, set: RuleSet) {
    let mut wrong = Vec::new();
    for (rule, piece, right, not_right) in cases {
        assert!(piece.contains(GAP), "{rule} has no gap");
        for (fill, expected) in [(right, false), (not_right, true)] {
            if breaks(rule, &document(root, specification, &piece.replace(GAP, fill)), set) != expected {
                wrong.push(format!("{rule} with “{fill}”, expected {expected}"));
            }
        }
    }
    println!("{} cases, {} wrong", cases.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn party(role: &str, country: &str, more: &str) -> String {
    format!(
        "<cac:{role}><cac:Party>{more}<cac:PostalAddress><cbc:StreetName>Street 1</cbc:StreetName><cbc:CityName>City</cbc:CityName>\
         <cbc:PostalZone>1234</cbc:PostalZone><cac:Country><cbc:IdentificationCode>{country}</cbc:IdentificationCode></cac:Country>\
         </cac:PostalAddress></cac:Party></cac:{role}>"
    )
}

pub fn seller(country: &str, more: &str) -> String {
    party("AccountingSupplierParty", country, more)
}

pub fn buyer(country: &str, more: &str) -> String {
    party("AccountingCustomerParty", country, more)
}

pub fn tax_number(scheme: &str, id: &str) -> String {
    format!(
        "<cac:PartyTaxScheme><cbc:CompanyID>{id}</cbc:CompanyID><cac:TaxScheme><cbc:ID>{scheme}</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"
    )
}

pub fn registration(scheme: &str, id: &str) -> String {
    format!("<cac:PartyLegalEntity><cbc:CompanyID schemeID='{scheme}'>{id}</cbc:CompanyID></cac:PartyLegalEntity>")
}

pub fn means(code: &str, more: &str) -> String {
    format!("<cac:PaymentMeans><cbc:PaymentMeansCode>{code}</cbc:PaymentMeansCode>{more}</cac:PaymentMeans>")
}

pub fn account(id: &str, branch: &str) -> String {
    format!(
        "<cac:PayeeFinancialAccount><cbc:ID>{id}</cbc:ID><cac:FinancialInstitutionBranch><cbc:ID>{branch}</cbc:ID></cac:FinancialInstitutionBranch></cac:PayeeFinancialAccount>"
    )
}

pub fn supporting(id: &str, description: &str, more: &str) -> String {
    format!(
        "<cac:AdditionalDocumentReference><cbc:ID>{id}</cbc:ID><cbc:DocumentDescription>{description}</cbc:DocumentDescription>{more}</cac:AdditionalDocumentReference>"
    )
}

pub fn line(more: &str) -> String {
    format!("<cac:InvoiceLine><cbc:ID>1</cbc:ID>{more}</cac:InvoiceLine>")
}
