//! The syntax rules of UBL that look at more than a place.

use crate::outline::Element;
use crate::rules::paths::Check::{Alike, Holds, OnceOf};
use crate::rules::paths::{PathRule, Within, fatal, warning};

const SELLER: &str = "/cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID";
const BUYER: &str = "/cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID";
const OBJECT: &str = "the reference to an invoiced object has nothing but its identifier";
const PAYEE: &str = "a payee is named once, and not as the seller is";

pub(super) fn rules() -> impl Iterator<Item = PathRule> {
    let everywhere = [
        fatal("UBL-DT-01", "*Amount", Holds(has_two_decimals, "the amount has more than two decimals")),
        fatal("UBL-DT-06", "*BinaryObject", Holds(has_media_type, "the attachment does not state its media type")),
        fatal("UBL-DT-07", "*BinaryObject", Holds(has_filename, "the attachment does not state its file name")),
        fatal("UBL-SR-07", "cac:BillingReference", Holds(names_an_invoice, "the preceding invoice has no number")),
        fatal("UBL-SR-19", "cac:PayeeParty", Holds(payee_has_one_name, PAYEE)),
        fatal("UBL-SR-20", "cac:PayeeParty", Holds(payee_has_one_identifier, PAYEE)),
        fatal("UBL-SR-21", "cac:PayeeParty", Holds(payee_has_one_registration, PAYEE)),
        fatal("UBL-SR-30", "cac:AllowanceCharge", Holds(allowance_has_one_reason, "the allowance states several reasons")),
        fatal("UBL-SR-31", "cac:AllowanceCharge", Holds(charge_has_one_reason, "the charge states several reasons")),
        fatal("UBL-SR-42", "cac:AccountingSupplierParty/cac:Party", Holds(has_two_tax_schemes, "the seller has more than two tax numbers")),
        fatal(
            "UBL-SR-43",
            "cac:AdditionalDocumentReference",
            Holds(is_object_or_document, "only an invoiced object has a scheme or a type"),
        ),
        fatal("UBL-SR-48", "cac:InvoiceLine", Holds(has_one_tax, "a line has exactly one VAT category")),
        fatal("UBL-SR-53", "cac:PartyTaxScheme", Holds(is_whole_tax_number, "a tax number has a scheme and a number")),
    ];
    let in_the_document = [
        warning("UBL-CR-002", "/cbc:UBLVersionID", Holds(is_version_2_1, "the UBL version, if any, is 2.1")),
        warning(
            "UBL-CR-412",
            "/cac:PaymentMeans/cbc:PaymentDueDate",
            Holds(is_in_credit_note, "an invoice states its due date at the top"),
        ),
        warning("UBL-CR-665", "cac:AdditionalDocumentReference/cbc:ID", Holds(is_object_or_bare, "only an invoiced object has a scheme")),
        fatal("UBL-CR-666", "cac:AdditionalDocumentReference/cac:Attachment", Holds(is_not_of_object, OBJECT)),
        fatal("UBL-CR-673", "cac:AdditionalDocumentReference/cbc:DocumentDescription", Holds(is_not_of_object, OBJECT)),
        fatal("UBL-SR-04", "/cac:AdditionalDocumentReference/cbc:ID", OnceOf(is_of_object)),
        fatal("UBL-SR-12", SELLER, OnceOf(is_vat_number)),
        fatal("UBL-SR-13", SELLER, OnceOf(is_other_tax_number)),
        fatal("UBL-SR-18", BUYER, OnceOf(is_vat_number)),
        fatal("UBL-SR-29", "cac:PartyIdentification/cbc:ID", OnceOf(is_sepa)),
        fatal("UBL-SR-44", "cbc:PaymentID", Alike(|code| code.raw())),
        fatal("UBL-SR-46", "/cac:PaymentMeans/cbc:PaymentMeansCode", OnceOf(has_name)),
        fatal("UBL-SR-47", "cbc:PaymentMeansCode", Alike(|code| code.raw())),
    ];
    everywhere.into_iter().chain(in_the_document.map(|rule| rule.within(Within::Document)))
}

fn count(element: Element<'_>, path: &[&str]) -> usize {
    match path {
        [] => 1,
        [name, deeper @ ..] => element.children().filter(|child| child.name() == *name).map(|child| count(child, deeper)).sum(),
    }
}

/// Prices have as many decimals as they need.
fn has_two_decimals(amount: Element<'_>) -> bool {
    let discount = || amount.parent().is_some_and(|parent| parent.name() == "cac:AllowanceCharge" && is_below_price(parent));
    let fits = amount.raw().split_once('.').is_none_or(|(_, fraction)| fraction.chars().count() <= 2);
    fits || amount.name().ends_with("PriceAmount") || discount()
}

fn is_below_price(element: Element<'_>) -> bool {
    element.parent().is_some_and(|parent| parent.name() == "cac:Price")
}

fn has_media_type(attachment: Element<'_>) -> bool {
    attachment.attribute("mimeCode").is_some()
}

fn has_filename(attachment: Element<'_>) -> bool {
    attachment.attribute("filename").is_some()
}

fn has_name(code: Element<'_>) -> bool {
    code.attribute("name").is_some()
}

fn names_an_invoice(reference: Element<'_>) -> bool {
    count(reference, &["cac:InvoiceDocumentReference", "cbc:ID"]) > 0
}

fn payee_has_one_name(payee: Element<'_>) -> bool {
    count(payee, &["cac:PartyName", "cbc:Name"]) <= 1 && is_not_named_as_seller(payee)
}

fn payee_has_one_identifier(payee: Element<'_>) -> bool {
    let identifications = payee.children().filter(|child| child.name() == "cac:PartyIdentification");
    let ids = identifications.flat_map(|identification| identification.children()).filter(|child| child.name() == "cbc:ID");
    let others = ids.filter(|id| id.attribute("schemeID").is_some_and(|scheme| !scheme.eq_ignore_ascii_case("SEPA")));
    others.count() <= 1 && is_not_named_as_seller(payee)
}

fn payee_has_one_registration(payee: Element<'_>) -> bool {
    count(payee, &["cac:PartyLegalEntity", "cbc:CompanyID"]) <= 1 && is_not_named_as_seller(payee)
}

/// Both have a name, and the names differ.
fn is_not_named_as_seller(payee: Element<'_>) -> bool {
    let seller = payee
        .parent()
        .and_then(|root| root.at(&["cac:AccountingSupplierParty", "cac:Party", "cac:PartyLegalEntity", "cbc:RegistrationName"]));
    let name = payee.at(&["cac:PartyName", "cbc:Name"]);
    name.zip(seller).is_some_and(|(name, seller)| name.raw() != seller.raw())
}

fn allowance_has_one_reason(adjustment: Element<'_>) -> bool {
    !is_charge(adjustment, &["false", "0"]) || count(adjustment, &["cbc:AllowanceChargeReason"]) <= 1
}

fn charge_has_one_reason(adjustment: Element<'_>) -> bool {
    !is_charge(adjustment, &["true", "1"]) || count(adjustment, &["cbc:AllowanceChargeReason"]) <= 1
}

fn is_charge(adjustment: Element<'_>, texts: &[&str]) -> bool {
    adjustment.child("cbc:ChargeIndicator").is_some_and(|indicator| texts.contains(&indicator.text()))
}

fn has_two_tax_schemes(party: Element<'_>) -> bool {
    count(party, &["cac:PartyTaxScheme"]) <= 2
}

/// In a credit note a type of 50 is a project.
fn is_object_or_document(reference: Element<'_>) -> bool {
    let kind = reference.child("cbc:DocumentTypeCode").map(|code| code.raw());
    match kind {
        Some("130") => true,
        Some("50") => is_in_credit_note(reference),
        Some(_) => false,
        None => reference.child("cbc:ID").is_none_or(|id| id.attribute("schemeID").is_none()),
    }
}

fn is_in_credit_note(element: Element<'_>) -> bool {
    element.outline().root().name() == "cn:CreditNote"
}

fn has_one_tax(line: Element<'_>) -> bool {
    count(line, &["cac:Item", "cac:ClassifiedTaxCategory"]) == 1
}

fn is_whole_tax_number(scheme: Element<'_>) -> bool {
    count(scheme, &["cac:TaxScheme", "cbc:ID"]) > 0 && count(scheme, &["cbc:CompanyID"]) > 0
}

fn is_version_2_1(version: Element<'_>) -> bool {
    version.raw() == "2.1"
}

fn is_of_object(part: Element<'_>) -> bool {
    part.parent().and_then(|reference| reference.child("cbc:DocumentTypeCode")).is_some_and(|code| code.raw() == "130")
}

fn is_not_of_object(part: Element<'_>) -> bool {
    !is_of_object(part)
}

fn is_object_or_bare(id: Element<'_>) -> bool {
    is_of_object(id) || id.attribute("schemeID").is_none()
}

fn tax_scheme(number: Element<'_>) -> Option<&str> {
    number.parent()?.at(&["cac:TaxScheme", "cbc:ID"]).map(|id| id.raw())
}

fn is_vat_number(number: Element<'_>) -> bool {
    tax_scheme(number).is_some_and(|scheme| scheme.eq_ignore_ascii_case("VAT"))
}

/// A scheme without a name is another one than VAT; without a scheme nobody counts.
fn is_other_tax_number(number: Element<'_>) -> bool {
    number.parent().is_some_and(|registration| registration.child("cac:TaxScheme").is_some()) && !is_vat_number(number)
}

fn is_sepa(id: Element<'_>) -> bool {
    id.attribute("schemeID").is_some_and(|scheme| scheme.eq_ignore_ascii_case("SEPA"))
}
