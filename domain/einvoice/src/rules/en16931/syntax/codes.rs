//! The code list rules, BR-CL: which element or attribute is a code of which list.

use crate::outline::Element;
use crate::rules::codes::{List, is_country};
use crate::rules::paths::Check::{Attribute, Code, Holds, OptionalAttribute};
use crate::rules::paths::{PathRule, fatal};

/// Every amount that EN 16931 uses in UBL.
const UBL_AMOUNTS: [&str; 13] = [
    "cbc:Amount",
    "cbc:BaseAmount",
    "cbc:PriceAmount",
    "cbc:TaxAmount",
    "cbc:TaxableAmount",
    "cbc:LineExtensionAmount",
    "cbc:TaxExclusiveAmount",
    "cbc:TaxInclusiveAmount",
    "cbc:AllowanceTotalAmount",
    "cbc:ChargeTotalAmount",
    "cbc:PrepaidAmount",
    "cbc:PayableRoundingAmount",
    "cbc:PayableAmount",
];

const NO_COUNTRY: &str = "this is no country code of ISO 3166-1";
const NO_EXEMPTION: &str = "this is no code of VATEX";
const NO_REASON: &str = "this is no reason code of UNTDID 5189 for an allowance, or of UNTDID 7161 for a charge";
const NO_SCHEME: &str = "this is no scheme of ISO/IEC 6523";

pub(super) fn ubl() -> impl Iterator<Item = PathRule> {
    let amounts = UBL_AMOUNTS.map(|amount| fatal("BR-CL-03", amount, Attribute("currencyID", List::Currencies)));
    let rules = [
        fatal("BR-CL-01", "cbc:InvoiceTypeCode", Code(List::InvoiceTypes)),
        fatal("BR-CL-01", "cbc:CreditNoteTypeCode", Code(List::CreditNoteTypes)),
        fatal("BR-CL-04", "cbc:DocumentCurrencyCode", Code(List::Currencies)),
        fatal("BR-CL-05", "cbc:TaxCurrencyCode", Code(List::Currencies)),
        fatal("BR-CL-06", "cac:InvoicePeriod/cbc:DescriptionCode", Code(List::TaxPointsUbl)),
        fatal("BR-CL-07", "cac:AdditionalDocumentReference/cbc:ID", OBJECT),
        fatal("BR-CL-07", "cac:DocumentReference/cbc:ID", OBJECT),
        fatal("BR-CL-08", "/cbc:Note", Holds(has_known_subject, "the note's subject is no code of UNTDID 4451")),
        fatal("BR-CL-10", "cac:PartyIdentification/cbc:ID", Holds(is_party_scheme, NO_SCHEME)),
        fatal("BR-CL-11", "cac:PartyLegalEntity/cbc:CompanyID", OptionalAttribute("schemeID", List::IdentifierSchemes)),
        fatal("BR-CL-13", "cac:CommodityClassification/cbc:ItemClassificationCode", OptionalAttribute("listID", List::ItemClassifications)),
        fatal("BR-CL-14", "cac:Country/cbc:IdentificationCode", Holds(is_ubl_country, NO_COUNTRY)),
        fatal("BR-CL-15", "cac:OriginCountry/cbc:IdentificationCode", Holds(is_ubl_country, NO_COUNTRY)),
        fatal("BR-CL-16", "cac:PaymentMeans/cbc:PaymentMeansCode", Code(List::PaymentMeans)),
        fatal("BR-CL-17", "cac:TaxCategory/cbc:ID", Code(List::VatCategories)),
        fatal("BR-CL-18", "cac:ClassifiedTaxCategory/cbc:ID", Code(List::VatCategories)),
        fatal("BR-CL-19", "cac:AllowanceCharge/cbc:AllowanceChargeReasonCode", Holds(is_ubl_allowance_reason, NO_REASON)),
        fatal("BR-CL-20", "cac:AllowanceCharge/cbc:AllowanceChargeReasonCode", Holds(is_ubl_charge_reason, NO_REASON)),
        fatal("BR-CL-21", "cac:StandardItemIdentification/cbc:ID", OptionalAttribute("schemeID", List::IdentifierSchemes)),
        fatal("BR-CL-22", "cbc:TaxExemptionReasonCode", Holds(is_exemption_reason, NO_EXEMPTION)),
        fatal("BR-CL-23", "cbc:InvoicedQuantity", OptionalAttribute("unitCode", List::Units)),
        fatal("BR-CL-23", "cbc:CreditedQuantity", OptionalAttribute("unitCode", List::Units)),
        fatal("BR-CL-23", "cbc:BaseQuantity", OptionalAttribute("unitCode", List::Units)),
        fatal("BR-CL-24", "cbc:EmbeddedDocumentBinaryObject", OptionalAttribute("mimeCode", List::MediaTypes)),
        fatal("BR-CL-25", "cbc:EndpointID", OptionalAttribute("schemeID", List::AddressSchemes)),
        fatal("BR-CL-26", "cac:DeliveryLocation/cbc:ID", OptionalAttribute("schemeID", List::IdentifierSchemes)),
    ];
    amounts.into_iter().chain(rules)
}

pub(super) fn cii() -> impl Iterator<Item = PathRule> {
    let rules = [
        fatal(
            "BR-CL-01",
            "rsm:ExchangedDocument/ram:TypeCode",
            Holds(is_document_type, "this is no code of UNTDID 1001 for an invoice or credit note"),
        ),
        fatal("BR-CL-03", "ram:TaxTotalAmount", OptionalAttribute("currencyID", List::Currencies)),
        fatal("BR-CL-04", "ram:InvoiceCurrencyCode", Code(List::Currencies)),
        fatal("BR-CL-05", "ram:TaxCurrencyCode", Code(List::Currencies)),
        fatal("BR-CL-06", "ram:DueDateTypeCode", Code(List::TaxPointsCii)),
        fatal("BR-CL-07", "ram:ReferenceTypeCode", Code(List::ReferenceTypes)),
        fatal("BR-CL-08", "ram:SubjectCode", Code(List::NoteSubjects)),
        fatal("BR-CL-10", "ram:GlobalID", Holds(is_global_scheme, NO_SCHEME)),
        fatal("BR-CL-11", "ram:ID", Holds(is_registration_scheme, NO_SCHEME)),
        fatal("BR-CL-13", "ram:ClassCode", OptionalAttribute("listID", List::ItemClassifications)),
        fatal("BR-CL-14", "ram:CountryID", Holds(is_cii_country, NO_COUNTRY)),
        fatal("BR-CL-15", "ram:OriginTradeCountry/ram:ID", Holds(is_cii_origin, NO_COUNTRY)),
        fatal("BR-CL-16", "ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode", Code(List::PaymentMeans)),
        fatal("BR-CL-17", "ram:CategoryTradeTax/ram:CategoryCode", Code(List::VatCategories)),
        fatal("BR-CL-18", "ram:ApplicableTradeTax/ram:CategoryCode", Code(List::VatCategories)),
        fatal("BR-CL-19", "ram:SpecifiedTradeAllowanceCharge/ram:ReasonCode", Holds(is_cii_allowance_reason, NO_REASON)),
        fatal("BR-CL-20", "ram:SpecifiedTradeAllowanceCharge/ram:ReasonCode", Holds(is_cii_charge_reason, NO_REASON)),
        fatal("BR-CL-21", "ram:SpecifiedTradeProduct/ram:GlobalID", OptionalAttribute("schemeID", List::IdentifierSchemes)),
        fatal("BR-CL-22", "ram:ExemptionReasonCode", Holds(is_exemption_reason, NO_EXEMPTION)),
        fatal("BR-CL-23", "ram:BasisQuantity", OptionalAttribute("unitCode", List::Units)),
        fatal("BR-CL-23", "ram:BilledQuantity", OptionalAttribute("unitCode", List::Units)),
        fatal("BR-CL-24", "ram:AttachmentBinaryObject", OptionalAttribute("mimeCode", List::MediaTypes)),
        fatal("BR-CL-25", "ram:URIUniversalCommunication/ram:URIID", OptionalAttribute("schemeID", List::AddressSchemes)),
        fatal(
            "BR-CL-26",
            "ram:ApplicableHeaderTradeDelivery/ram:ShipToTradeParty/ram:GlobalID",
            OptionalAttribute("schemeID", List::IdentifierSchemes),
        ),
    ];
    rules.into_iter()
}

/// Only the identifier of an invoiced object has a scheme of this list.
const OBJECT: crate::rules::paths::Check = Holds(is_object_scheme, "this is no reference type of UNTDID 1153");

fn scheme(element: Element<'_>) -> Option<&str> {
    element.attribute("schemeID").map(str::trim)
}

fn is_below(element: Element<'_>, names: &[&str]) -> bool {
    std::iter::successors(element.parent(), Element::parent).any(|above| names.contains(&above.name()))
}

fn is_object_scheme(id: Element<'_>) -> bool {
    let is_object = id.parent().and_then(|document| document.child("cbc:DocumentTypeCode")).is_some_and(|code| code.raw() == "130");
    !is_object || scheme(id).is_none_or(|scheme| List::ReferenceTypes.contains(scheme))
}

/// A subject is three characters between number signs.
fn has_known_subject(note: Element<'_>) -> bool {
    let marked = note.raw().split_once('#').and_then(|(_, rest)| rest.split_once('#'));
    marked.is_none_or(|(subject, _)| subject.chars().count() != 3 || List::NoteSubjects.contains(subject))
}

/// Sellers and payees may be known to SEPA.
fn is_party_scheme(id: Element<'_>) -> bool {
    scheme(id).is_none_or(|scheme| {
        let is_creditor = || is_below(id, &["cac:AccountingSupplierParty", "cac:PayeeParty"]);
        List::IdentifierSchemes.contains(scheme) || (scheme == "SEPA" && is_creditor())
    })
}

/// Products and places delivered to have rules of their own.
fn is_global_scheme(id: Element<'_>) -> bool {
    let known = scheme(id).is_none_or(|scheme| List::IdentifierSchemes.contains(scheme));
    known || is_below(id, &["ram:SpecifiedTradeProduct", "ram:ShipToTradeParty"])
}

/// Tax numbers have schemes of another kind.
fn is_registration_scheme(id: Element<'_>) -> bool {
    let known = scheme(id).is_none_or(|scheme| List::IdentifierSchemes.contains(scheme));
    known || is_below(id, &["ram:SpecifiedTaxRegistration"])
}

fn is_document_type(code: Element<'_>) -> bool {
    List::InvoiceTypes.contains(code.text()) || List::CreditNoteTypes.contains(code.text())
}

fn is_ubl_country(code: Element<'_>) -> bool {
    is_country(code.text(), true)
}

fn is_cii_country(code: Element<'_>) -> bool {
    is_country(code.text(), false)
}

/// An identifier with a scheme is judged as such.
fn is_cii_origin(code: Element<'_>) -> bool {
    scheme(code).is_some() || is_cii_country(code)
}

fn is_exemption_reason(code: Element<'_>) -> bool {
    List::ExemptionReasons.contains(&code.text().to_uppercase())
}

fn is_ubl_allowance_reason(code: Element<'_>) -> bool {
    !has_indicator(code, "cbc:ChargeIndicator", false) || List::AllowanceReasons.contains(code.text())
}

fn is_ubl_charge_reason(code: Element<'_>) -> bool {
    !has_indicator(code, "cbc:ChargeIndicator", true) || List::ChargeReasons.contains(code.text())
}

fn is_cii_allowance_reason(code: Element<'_>) -> bool {
    !has_indicator(code, "udt:Indicator", false) || List::AllowanceReasons.contains(code.text())
}

fn is_cii_charge_reason(code: Element<'_>) -> bool {
    !has_indicator(code, "udt:Indicator", true) || List::ChargeReasons.contains(code.text())
}

/// Whether the allowance or charge that the code explains says that it is a charge, or that it is none.
fn has_indicator(code: Element<'_>, name: &str, charge: bool) -> bool {
    let siblings = code.parent().into_iter().flat_map(|adjustment| adjustment.children());
    let mut indicators = siblings.flat_map(|sibling| {
        let own = (sibling.name() == name).then_some(sibling);
        own.or_else(|| sibling.child(name))
    });
    indicators.any(|indicator| matches!((indicator.text(), charge), ("true" | "1", true) | ("false" | "0", false)))
}
