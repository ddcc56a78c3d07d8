//! Rules about one place of the document, asked of every occurrence of it: the same questions in the words of both syntaxes.

use crate::outline::{Element, trimmed};
use crate::rules::codes::is_vat_prefix;
use crate::rules::paths::Check::Holds;
use crate::rules::paths::{PathRule, fatal, warning};

const SELLER_COUNTRY: &str = "the seller's country (BT-40) is missing";
const BUYER_COUNTRY: &str = "the buyer's country (BT-55) is missing";
const PAYEE: &str = "a payee other than the seller has no name (BT-59)";
const REPRESENTATIVE: &str = "the tax representative's name (BT-62) is missing";
const REPRESENTATIVE_ADDRESS: &str = "the tax representative's address (BG-12) is missing";
const REPRESENTATIVE_COUNTRY: &str = "the tax representative's country (BT-69) is missing";
const REPRESENTATIVE_VAT: &str = "the tax representative's VAT identifier (BT-63) is missing";
const ORDER: &str = "the period ends before it starts";
const EMPTY: &str = "the period has neither start nor end";
const MEANS: &str = "the payment means code (BT-81) is missing";
const ACCOUNT: &str = "the account identifier (BT-84) is missing";
const TRANSFER: &str = "a credit transfer names no account (BT-84)";
const CARD: &str = "the card number (BT-87) shows more than first six and last four digits";
const DOCUMENT: &str = "the supporting document's reference (BT-122) is missing";
const ATTRIBUTE: &str = "the item attribute lacks its name (BT-160) or value (BT-161)";
const PRECEDING: &str = "the preceding invoice's number (BT-25) is missing";
const DELIVERY: &str = "the country of delivery (BT-80) is missing";
const SELLER_SCHEME: &str = "the seller's electronic address (BT-34) has no scheme";
const BUYER_SCHEME: &str = "the buyer's electronic address (BT-49) has no scheme";
const ITEM_SCHEME: &str = "the item's standard identifier (BT-157) has no scheme";
const CLASS_SCHEME: &str = "the item's classification (BT-158) has no scheme";
const PREFIX: &str = "the VAT identifier does not begin with a country";
const SELLER_KNOWN: &str = "the seller has neither identifier (BT-29), registration (BT-30) nor VAT identifier (BT-31)";

/// At most the first six and the last four digits of a card are shown.
const CARD_DIGITS_SHOWN: usize = 10;

const COUNTRY: [&str; 2] = ["cac:Country", "cbc:IdentificationCode"];

pub(super) fn ubl() -> [PathRule; 25] {
    [
        fatal("BR-09", "cac:AccountingSupplierParty/cac:Party/cac:PostalAddress", Holds(|at| says(at, &COUNTRY), SELLER_COUNTRY)),
        fatal("BR-11", "cac:AccountingCustomerParty/cac:Party/cac:PostalAddress", Holds(|at| says(at, &COUNTRY), BUYER_COUNTRY)),
        fatal("BR-17", "cac:PayeeParty", Holds(is_other_payee_in_ubl, PAYEE)),
        fatal("BR-18", "cac:TaxRepresentativeParty", Holds(|at| says(at, &["cac:PartyName", "cbc:Name"]), REPRESENTATIVE)),
        fatal("BR-19", "cac:TaxRepresentativeParty", Holds(|at| has(at, &["cac:PostalAddress"]), REPRESENTATIVE_ADDRESS)),
        fatal("BR-20", "cac:TaxRepresentativeParty/cac:PostalAddress", Holds(|at| says(at, &COUNTRY), REPRESENTATIVE_COUNTRY)),
        fatal("BR-29", "/cac:InvoicePeriod", Holds(is_in_order, ORDER)),
        fatal("BR-30", "cac:InvoiceLine/cac:InvoicePeriod", Holds(is_in_order, ORDER)),
        fatal("BR-49", "cac:PaymentMeans", Holds(|at| has(at, &["cbc:PaymentMeansCode"]), MEANS)),
        fatal("BR-50", "cac:PaymentMeans/cac:PayeeFinancialAccount", Holds(|at| !is_of_transfer(at) || says(at, &["cbc:ID"]), ACCOUNT)),
        warning("BR-51", "cac:PaymentMeans/cac:CardAccount/cbc:PrimaryAccountNumberID", Holds(is_hidden, CARD)),
        fatal("BR-52", "cac:AdditionalDocumentReference", Holds(|at| says(at, &["cbc:ID"]), DOCUMENT)),
        fatal("BR-54", "cac:AdditionalItemProperty", Holds(|at| has(at, &["cbc:Name"]) && has(at, &["cbc:Value"]), ATTRIBUTE)),
        fatal("BR-55", "cac:BillingReference", Holds(|at| has(at, &["cac:InvoiceDocumentReference", "cbc:ID"]), PRECEDING)),
        fatal("BR-56", "cac:TaxRepresentativeParty", Holds(has_vat_number, REPRESENTATIVE_VAT)),
        fatal("BR-57", "cac:Delivery/cac:DeliveryLocation/cac:Address", Holds(|at| has(at, &COUNTRY), DELIVERY)),
        fatal("BR-61", "cac:PaymentMeans", Holds(names_an_account, TRANSFER)),
        fatal(
            "BR-62",
            "cac:AccountingSupplierParty/cac:Party/cbc:EndpointID",
            Holds(|at| at.attribute("schemeID").is_some(), SELLER_SCHEME),
        ),
        fatal(
            "BR-63",
            "cac:AccountingCustomerParty/cac:Party/cbc:EndpointID",
            Holds(|at| at.attribute("schemeID").is_some(), BUYER_SCHEME),
        ),
        fatal("BR-64", "cac:StandardItemIdentification/cbc:ID", Holds(|at| at.attribute("schemeID").is_some(), ITEM_SCHEME)),
        fatal(
            "BR-65",
            "cac:CommodityClassification/cbc:ItemClassificationCode",
            Holds(|at| at.attribute("listID").is_some(), CLASS_SCHEME),
        ),
        fatal("BR-CO-09", "cac:PartyTaxScheme", Holds(begins_with_a_country_in_ubl, PREFIX)),
        // The code of the tax point is enough for the document's period.
        fatal("BR-CO-19", "/cac:InvoicePeriod", Holds(|at| has_bound(at) || has(at, &["cbc:DescriptionCode"]), EMPTY)),
        fatal("BR-CO-20", "cac:InvoiceLine/cac:InvoicePeriod", Holds(has_bound, EMPTY)),
        fatal("BR-CO-26", "cac:AccountingSupplierParty", Holds(is_known_seller_in_ubl, SELLER_KNOWN)),
    ]
}

pub(super) fn cii() -> [PathRule; 23] {
    let settlement = "ram:ApplicableHeaderTradeSettlement/ram:BillingSpecifiedPeriod";
    let line = "ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod";
    let account = "ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount";
    let representative = "ram:SellerTaxRepresentativeTradeParty";
    [
        fatal("BR-17", "ram:PayeeTradeParty", Holds(is_other_payee_in_cii, PAYEE)),
        fatal("BR-18", representative, Holds(|at| says(at, &["ram:Name"]), REPRESENTATIVE)),
        fatal("BR-19", representative, Holds(|at| has(at, &["ram:PostalTradeAddress"]), REPRESENTATIVE_ADDRESS)),
        fatal("BR-20", representative, Holds(|at| says(at, &["ram:PostalTradeAddress", "ram:CountryID"]), REPRESENTATIVE_COUNTRY)),
        fatal("BR-29", settlement, Holds(is_in_order_in_cii, ORDER)),
        fatal("BR-30", line, Holds(is_in_order_in_cii, ORDER)),
        fatal("BR-49", "ram:SpecifiedTradeSettlementPaymentMeans", Holds(|at| has(at, &["ram:TypeCode"]), MEANS)),
        fatal("BR-50", account, Holds(|at| !is_of_transfer(at) || says(at, &["ram:IBANID"]) || says(at, &["ram:ProprietaryID"]), ACCOUNT)),
        fatal("BR-51", "ram:ApplicableTradeSettlementFinancialCard", Holds(|at| at.child("ram:ID").is_none_or(is_hidden), CARD)),
        fatal("BR-52", "ram:AdditionalReferencedDocument", Holds(|at| says(at, &["ram:IssuerAssignedID"]), DOCUMENT)),
        fatal(
            "BR-54",
            "ram:ApplicableProductCharacteristic",
            Holds(|at| has(at, &["ram:Description"]) && has(at, &["ram:Value"]), ATTRIBUTE),
        ),
        fatal(
            "BR-55",
            "ram:ApplicableHeaderTradeSettlement/ram:InvoiceReferencedDocument",
            Holds(|at| says(at, &["ram:IssuerAssignedID"]), PRECEDING),
        ),
        fatal("BR-56", representative, Holds(|at| of_scheme(at, "VA").any(|id| !id.text().is_empty()), REPRESENTATIVE_VAT)),
        fatal(
            "BR-57",
            "ram:ApplicableHeaderTradeDelivery/ram:ShipToTradeParty/ram:PostalTradeAddress",
            Holds(|at| says(at, &["ram:CountryID"]), DELIVERY),
        ),
        fatal("BR-61", account, Holds(|at| !is_of_transfer(at) || has(at, &["ram:IBANID"]) || has(at, &["ram:ProprietaryID"]), TRANSFER)),
        fatal("BR-62", "ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty", Holds(address_has_scheme, SELLER_SCHEME)),
        fatal("BR-63", "ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty", Holds(address_has_scheme, BUYER_SCHEME)),
        fatal(
            "BR-64",
            "ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedTradeProduct/ram:GlobalID",
            Holds(|at| has_filled(at, "schemeID"), ITEM_SCHEME),
        ),
        fatal("BR-65", "ram:DesignatedProductClassification/ram:ClassCode", Holds(|at| has_filled(at, "listID"), CLASS_SCHEME)),
        fatal("BR-CO-09", "ram:SpecifiedTaxRegistration/ram:ID", Holds(begins_with_a_country_in_cii, PREFIX)),
        fatal("BR-CO-19", settlement, Holds(|at| has(at, &["ram:StartDateTime"]) || has(at, &["ram:EndDateTime"]), EMPTY)),
        fatal("BR-CO-20", line, Holds(|at| has(at, &["ram:StartDateTime"]) || has(at, &["ram:EndDateTime"]), EMPTY)),
        fatal("BR-CO-26", "ram:SellerTradeParty", Holds(is_known_seller_in_cii, SELLER_KNOWN)),
    ]
}

/// Every element at the path below.
fn all<'d>(at: Element<'d>, path: &[&str]) -> Vec<Element<'d>> {
    path.iter().fold(vec![at], |found, name| found.iter().flat_map(|at| at.children()).filter(|child| child.name() == *name).collect())
}

fn has(at: Element<'_>, path: &[&str]) -> bool {
    !all(at, path).is_empty()
}

fn says(at: Element<'_>, path: &[&str]) -> bool {
    all(at, path).iter().any(|found| !found.text().is_empty())
}

fn has_filled(at: Element<'_>, attribute: &str) -> bool {
    at.attribute(attribute).is_some_and(|value| !trimmed(value).is_empty())
}

/// Whether the two places have a value in common.
fn shares(here: Element<'_>, there: Option<Element<'_>>, path: &[&str]) -> bool {
    let theirs = there.map(|there| all(there, path)).unwrap_or_default();
    all(here, path).iter().any(|own| theirs.iter().any(|their| own.raw() == their.raw()))
}

fn is_other_payee_in_ubl(payee: Element<'_>) -> bool {
    let seller = payee.parent().and_then(|root| root.at(&["cac:AccountingSupplierParty", "cac:Party"]));
    let same = |path| shares(payee, seller, path);
    has(payee, &["cac:PartyName", "cbc:Name"]) && !same(&["cac:PartyName", "cbc:Name"]) && !same(&["cac:PartyIdentification", "cbc:ID"])
}

fn is_other_payee_in_cii(payee: Element<'_>) -> bool {
    let transaction = payee.parent().and_then(|settlement| settlement.parent());
    let seller = transaction.and_then(|transaction| transaction.at(&["ram:ApplicableHeaderTradeAgreement", "ram:SellerTradeParty"]));
    let same = |path| shares(payee, seller, path);
    has(payee, &["ram:Name"]) && !same(&["ram:Name"]) && !same(&["ram:ID"]) && !same(&["ram:SpecifiedLegalOrganization", "ram:ID"])
}

/// Days as ISO writes them compare as text.
fn is_in_order(period: Element<'_>) -> bool {
    let day = |name| period.child(name).map(|date| date.text());
    day("cbc:StartDate").zip(day("cbc:EndDate")).is_none_or(|(start, end)| end >= start)
}

/// Only dates of the format 102 can be compared.
fn is_in_order_in_cii(period: Element<'_>) -> bool {
    let (start, end) = (period.child("ram:StartDateTime"), period.child("ram:EndDateTime"));
    let day = |date: Element<'_>| {
        let text = date.child("udt:DateTimeString").filter(|text| text.attribute("format") == Some("102"));
        text.map(|text| text.text().to_string())
    };
    start.zip(end).is_none_or(|(start, end)| day(start).zip(day(end)).is_some_and(|(start, end)| end >= start))
}

fn has_bound(period: Element<'_>) -> bool {
    has(period, &["cbc:StartDate"]) || has(period, &["cbc:EndDate"])
}

fn code(means: Element<'_>) -> Option<&str> {
    means.child("cbc:PaymentMeansCode").or_else(|| means.child("ram:TypeCode")).map(|code| code.text())
}

fn is_of_transfer(account: Element<'_>) -> bool {
    account.parent().and_then(code).is_some_and(|code| matches!(code, "30" | "58"))
}

fn names_an_account(means: Element<'_>) -> bool {
    !matches!(code(means), Some("30" | "58")) || has(means, &["cac:PayeeFinancialAccount", "cbc:ID"])
}

fn is_hidden(number: Element<'_>) -> bool {
    number.text().chars().count() <= CARD_DIGITS_SHOWN
}

fn is_vat_scheme(scheme: Element<'_>) -> bool {
    all(scheme, &["cac:TaxScheme", "cbc:ID"]).iter().any(|id| id.text().eq_ignore_ascii_case("VAT"))
}

fn has_vat_number(party: Element<'_>) -> bool {
    all(party, &["cac:PartyTaxScheme"]).into_iter().any(|scheme| is_vat_scheme(scheme) && has(scheme, &["cbc:CompanyID"]))
}

fn begins_with_a_country_in_ubl(scheme: Element<'_>) -> bool {
    let prefix: String = scheme.child("cbc:CompanyID").map(|id| id.raw().chars().take(2).collect()).unwrap_or_default();
    !is_vat_scheme(scheme) || is_vat_prefix(&prefix, true)
}

fn begins_with_a_country_in_cii(id: Element<'_>) -> bool {
    let prefix: String = id.raw().chars().take(2).collect();
    id.attribute("schemeID") != Some("VA") || is_vat_prefix(&prefix, false)
}

/// The bank's creditor identifier, of the scheme SEPA, says nothing about who the seller is.
fn is_known_seller_in_ubl(seller: Element<'_>) -> bool {
    let ids = all(seller, &["cac:Party", "cac:PartyIdentification", "cbc:ID"]);
    let identified = ids.iter().any(|id| id.attribute("schemeID") != Some("SEPA"));
    let taxed = all(seller, &["cac:Party"]).into_iter().any(has_vat_number);
    identified || taxed || has(seller, &["cac:Party", "cac:PartyLegalEntity", "cbc:CompanyID"])
}

fn is_known_seller_in_cii(seller: Element<'_>) -> bool {
    let registered = has(seller, &["ram:SpecifiedLegalOrganization", "ram:ID"]);
    has(seller, &["ram:ID"]) || has(seller, &["ram:GlobalID"]) || registered || of_scheme(seller, "VA").next().is_some()
}

fn of_scheme<'d>(party: Element<'d>, scheme: &'static str) -> impl Iterator<Item = Element<'d>> {
    all(party, &["ram:SpecifiedTaxRegistration", "ram:ID"]).into_iter().filter(move |id| id.attribute("schemeID") == Some(scheme))
}

/// Only the first address counts.
fn address_has_scheme(party: Element<'_>) -> bool {
    let address = party.child("ram:URIUniversalCommunication");
    address.is_none_or(|address| all(address, &["ram:URIID"]).into_iter().any(|id| has_filled(id, "schemeID")))
}
