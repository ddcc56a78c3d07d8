//! The syntax rules of CII that look at more than a place.

use crate::outline::{Element, Outline};
use crate::rules::judge::Judge;
use crate::rules::paths::Check::{Alike, Holds, Once, OnceOf};
use crate::rules::paths::{Check, PathRule, Within, fatal, warning};

const CONTEXT: &str = "/rsm:ExchangedDocumentContext";
const AGREEMENT: &str = "ram:ApplicableHeaderTradeAgreement";
const PRODUCT: &str = "ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedTradeProduct";
const CHARACTERISTIC: &str = "ram:SpecifiedTradeProduct/ram:ApplicableProductCharacteristic";
const ONE_GUIDELINE: &str = "exactly one guideline identifies the specification";
const ONE_ID: &str = "a party has an identifier or a global identifier, not both";
const ONE_CONTACT: &str = "a contact is a person or a department, not both";
const ONLY_ATTACHED: &str = "only an attached document (type 916) has this";
const ONLY_IN_BREAKDOWN: &str = "only the VAT breakdown of the document has this";

pub(super) fn rules() -> impl Iterator<Item = PathRule> {
    parts().into_iter().chain(references()).chain(identifiers()).chain(taxes())
}

fn parts() -> [PathRule; 20] {
    let adjustment = "ram:SpecifiedTradeAllowanceCharge";
    let line_agreement = "ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeAgreement";
    [
        fatal("CII-SR-009", CONTEXT, Holds(has_one_guideline, ONE_GUIDELINE)),
        fatal("CII-SR-010", CONTEXT, Holds(has_one_guideline_id, ONE_GUIDELINE)),
        fatal("CII-SR-014", "/rsm:ExchangedDocument", Holds(has_one_type, "the document has exactly one type code")),
        fatal("CII-SR-046", PRODUCT, Holds(global_id_has_scheme, "the item's global identifier has no scheme")),
        fatal("CII-SR-069", CHARACTERISTIC, Holds(|at| count(at, &["ram:Description"]) == 1, "an item attribute has exactly one name")),
        fatal("CII-SR-072", CHARACTERISTIC, Holds(|at| count(at, &["ram:Value"]) == 1, "an item attribute has exactly one value")),
        fatal("CII-SR-439", line_agreement, Holds(has_one_price, "a line has exactly one net price")),
        fatal("CII-SR-090", PRODUCT, Holds(origin_is_one_country, "the country of origin is exactly one code")),
        warning(
            "CII-SR-119",
            line_agreement,
            Holds(is_whole_discount, "a price discount says that it is none of a charge, and its amount"),
        ),
        warning("CII-SR-449", "ram:ApplicableHeaderTradeDelivery/ram:ShipToTradeParty", Holds(has_one_kind_of_id, ONE_ID)),
        warning("CII-SR-450", "ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty", Holds(has_one_kind_of_id, ONE_ID)),
        warning("CII-SR-451", "ram:ApplicableHeaderTradeSettlement/ram:PayeeTradeParty", Holds(has_one_kind_of_id, ONE_ID)),
        fatal("CII-SR-463", adjustment, Holds(has_indicator, "an allowance or a charge says which of the two it is")),
        warning("CII-SR-465", "ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty", Holds(has_one_kind_of_contact, ONE_CONTACT)),
        warning("CII-SR-466", "ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty", Holds(has_one_kind_of_contact, ONE_CONTACT)),
        fatal("CII-SR-462", "ram:ApplicableTradeTax/ram:DueDateTypeCode", Alike(|code| code.raw())).within(Within::Document),
        fatal("CII-SR-467", "ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode", Alike(|code| code.text())).within(Within::Document),
        fatal("CII-SR-468", "ram:SpecifiedTradeSettlementPaymentMeans/ram:Information", Alike(|code| code.text())).within(Within::Document),
        fatal("CII-SR-471", "ram:SpecifiedTradeAllowanceCharge/ram:RateApplicablePercent", Once).within(Within::Ancestor(1)),
        fatal("CII-SR-472", "ram:SpecifiedTradeAllowanceCharge/ram:CategoryTradeTax", Once).within(Within::Ancestor(1)),
    ]
}

fn references() -> [PathRule; 12] {
    let once = |rule, path: &str, check: Check, levels| warning(rule, path, check).within(Within::Ancestor(levels));
    let document = format!("{AGREEMENT}/ram:AdditionalReferencedDocument");
    [
        once("CII-SR-457", &document, OnceOf(is_tender), 1),
        once("CII-SR-458", &document, OnceOf(is_object), 1),
        once("CII-SR-474", "ram:SpecifiedLineTradeSettlement/ram:AdditionalReferencedDocument", OnceOf(is_object), 1),
        once("CII-SR-475", &format!("{document}/ram:Name"), OnceOf(is_of_attached), 2),
        once("CII-SR-476", &format!("{document}/ram:AttachmentBinaryObject"), OnceOf(is_of_attached), 2),
        fatal("CII-DT-015", "*ReferencedDocument/ram:URIID", Holds(is_of_attached, ONLY_ATTACHED)),
        fatal(
            "CII-DT-018",
            "*ReferencedDocument/ram:TypeCode",
            Holds(is_of_known_kind, "only additional documents have a type: 50, 130 or 916"),
        ),
        fatal("CII-DT-021", "*ReferencedDocument/ram:Name", Holds(is_of_attached, ONLY_ATTACHED)),
        fatal("CII-DT-022", "*ReferencedDocument/ram:AttachmentBinaryObject", Holds(is_of_attached, ONLY_ATTACHED)),
        fatal(
            "CII-DT-024",
            "*ReferencedDocument/ram:ReferenceTypeCode",
            Holds(is_of_object, "only an invoiced object (type 130) has this"),
        ),
        fatal("CII-DT-027", "*ReferencedDocument/ram:FormattedIssueDateTime", Holds(is_of_preceding, "only a preceding invoice is dated")),
        fatal("CII-DT-097", "udt:DateTimeString", Holds(is_date, "a date of format 102 is a year, a month and a day")),
    ]
}

fn identifiers() -> [PathRule; 6] {
    let text = "the attribute has no place on an identifier";
    [
        fatal("CII-DT-101", "*ID", Holds(|id| is_without(id, "schemeName"), text)),
        fatal("CII-DT-102", "*ID", Holds(|id| is_without(id, "schemeAgencyName"), text)),
        fatal("CII-DT-103", "*ID", Holds(|id| is_without(id, "schemeDataURI"), text)),
        fatal("CII-DT-104", "*ID", Holds(|id| is_without(id, "schemeURI"), text)),
        fatal(
            "CII-DT-031",
            "*Amount",
            Holds(|amount| is_tax_total_or_without(amount, "currencyID"), "only the VAT total names its currency"),
        ),
        fatal(
            "CII-DT-032",
            "*Amount",
            Holds(|amount| is_tax_total_or_without(amount, "currencyCodeListVersionID"), "the attribute has no place here"),
        ),
    ]
}

fn taxes() -> [PathRule; 8] {
    let of_line = "ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeSettlement";
    [
        warning("CII-SR-454", of_line, Holds(|at| count(at, &["ram:ApplicableTradeTax"]) == 1, "a line has exactly one tax")),
        fatal("CII-DT-037", "*TradeTax", Holds(is_vat, "the only tax is VAT")),
        warning("CII-DT-041", "*TradeTax/ram:BasisAmount", Holds(is_in_settlement, ONLY_IN_BREAKDOWN)),
        warning("CII-DT-052", "*TradeTax/ram:ExemptionReasonCode", Holds(is_of_applicable_tax, ONLY_IN_BREAKDOWN)),
        warning("CII-DT-054", "*TradeTax/ram:TaxPointDate", Holds(is_in_settlement, ONLY_IN_BREAKDOWN)),
        warning("CII-DT-058", "*TradeTax/ram:DueDateTypeCode", Holds(is_in_settlement, ONLY_IN_BREAKDOWN)),
        warning("CII-DT-098", "*TradeTax/ram:ExemptionReason", Holds(is_of_applicable_tax, ONLY_IN_BREAKDOWN)),
        fatal(
            "CII-SR-470",
            "ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementPaymentMeans",
            Holds(credit_names_one_account, "a credit transfer names an IBAN or another account number, and not both"),
        ),
    ]
}

/// What is asked of the document as a whole.
pub(super) fn document(outline: &Outline, judge: &mut Judge) {
    let root = outline.root();
    for (rule, attribute) in [("CII-DT-013", "languageID"), ("CII-DT-014", "languageLocaleID")] {
        judge.fatal(rule, root, root.attribute(attribute).is_none(), "the document's language has no place here");
    }
    quantities(outline, judge);
}

/// Quantities have units only where a billed one does.
fn quantities(outline: &Outline, judge: &mut Judge) {
    let with_unit = |element: &Element<'_>| element.attribute("unitCode").is_some();
    let mut quantities = outline.elements().filter(|element| element.name().ends_with("Quantity")).filter(with_unit);
    let Some(first) = quantities.next() else { return };
    let billed = std::iter::once(first).chain(quantities).any(|quantity| quantity.name() == "ram:BilledQuantity");
    judge.fatal("CII-DT-033", first, billed, "no billed quantity has a unit, but this has");
}

fn count(element: Element<'_>, path: &[&str]) -> usize {
    match path {
        [] => 1,
        [name, deeper @ ..] => element.children().filter(|child| child.name() == *name).map(|child| count(child, deeper)).sum(),
    }
}

fn has_one_guideline(context: Element<'_>) -> bool {
    count(context, &["ram:GuidelineSpecifiedDocumentContextParameter"]) == 1
}

fn has_one_guideline_id(context: Element<'_>) -> bool {
    count(context, &["ram:GuidelineSpecifiedDocumentContextParameter", "ram:ID"]) == 1
}

fn has_one_type(document: Element<'_>) -> bool {
    count(document, &["ram:TypeCode"]) == 1
}

fn global_id_has_scheme(product: Element<'_>) -> bool {
    product.child("ram:GlobalID").is_none_or(|id| id.attribute("schemeID").is_some())
}

fn origin_is_one_country(product: Element<'_>) -> bool {
    let countries = count(product, &["ram:OriginTradeCountry"]);
    countries == 0 || count(product, &["ram:OriginTradeCountry", "ram:ID"]) == 1
}

fn has_one_price(agreement: Element<'_>) -> bool {
    count(agreement, &["ram:NetPriceProductTradePrice", "ram:ChargeAmount"]) == 1
}

/// Both indicator and amount, or neither.
fn is_whole_discount(agreement: Element<'_>) -> bool {
    let discount = ["ram:GrossPriceProductTradePrice", "ram:AppliedTradeAllowanceCharge"];
    let amounts = count(agreement, &[discount[0], discount[1], "ram:ActualAmount"]);
    let indicators = count(agreement, &[discount[0], discount[1], "ram:ChargeIndicator"]);
    let prices = agreement.children().filter(|child| child.name() == discount[0]).flat_map(|price| price.children());
    let flags = prices.filter(|child| child.name() == discount[1]).filter_map(|one| one.at(&["ram:ChargeIndicator", "udt:Indicator"]));
    let denied = flags.into_iter().any(|flag| matches!(flag.text(), "false" | "0"));
    (denied && amounts > 0) || (indicators == 0 && amounts == 0)
}

fn has_one_kind_of_id(party: Element<'_>) -> bool {
    party.child("ram:ID").is_none() || party.child("ram:GlobalID").is_none()
}

fn has_one_kind_of_contact(party: Element<'_>) -> bool {
    let contact = "ram:DefinedTradeContact";
    count(party, &[contact, "ram:PersonName"]) == 0 || count(party, &[contact, "ram:DepartmentName"]) == 0
}

fn has_indicator(adjustment: Element<'_>) -> bool {
    adjustment.child("ram:ChargeIndicator").is_some()
}

fn kind(document: Element<'_>) -> Option<&str> {
    document.child("ram:TypeCode").map(|code| code.text())
}

fn is_tender(document: Element<'_>) -> bool {
    kind(document) == Some("50")
}

fn is_object(document: Element<'_>) -> bool {
    kind(document) == Some("130")
}

fn is_of(part: Element<'_>, name: &str, kinds: &[&str]) -> bool {
    part.parent().is_some_and(|document| document.name() == name && kind(document).is_some_and(|kind| kinds.contains(&kind)))
}

fn is_of_object(part: Element<'_>) -> bool {
    is_of(part, "ram:AdditionalReferencedDocument", &["130"])
}

fn is_of_attached(part: Element<'_>) -> bool {
    is_of(part, "ram:AdditionalReferencedDocument", &["916"])
}

fn is_of_known_kind(part: Element<'_>) -> bool {
    is_of(part, "ram:AdditionalReferencedDocument", &["50", "130", "916"])
}

fn is_of_preceding(part: Element<'_>) -> bool {
    part.parent().is_some_and(|document| document.name() == "ram:InvoiceReferencedDocument")
}

/// The official pattern knows no leap years: any month has 31 days.
fn is_date(date: Element<'_>) -> bool {
    let digits = date.text();
    let number = |range: std::ops::Range<usize>| digits.get(range).and_then(|part| part.parse::<u8>().ok()).unwrap_or(0);
    let is_day = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
    date.attribute("format") != Some("102") || (is_day && matches!(number(4..6), 1..=12) && matches!(number(6..8), 1..=31))
}

/// Identifiers that take no attribute at all have rules of their own, which name the same attributes.
fn is_without(id: Element<'_>, attribute: &str) -> bool {
    let Some(parent) = id.parent() else { return true };
    let is_plain = matches!(
        (parent.name(), id.name()),
        ("ram:GuidelineSpecifiedDocumentContextParameter" | "rsm:ExchangedDocument", "ram:ID")
            | ("ram:AssociatedDocumentLineDocument", "ram:LineID")
            | ("ram:SpecifiedTradeProduct", "ram:SellerAssignedID")
    );
    is_plain || id.attribute(attribute).is_none()
}

fn is_tax_total_or_without(amount: Element<'_>, attribute: &str) -> bool {
    amount.name() == "ram:TaxTotalAmount" || amount.attribute(attribute).is_none()
}

fn is_vat(tax: Element<'_>) -> bool {
    let mut codes = tax.children().filter(|child| child.name() == "ram:TypeCode").peekable();
    codes.peek().is_none() || codes.any(|code| code.raw() == "VAT")
}

fn is_in_settlement(part: Element<'_>) -> bool {
    std::iter::successors(part.parent(), Element::parent).any(|above| above.name() == "ram:ApplicableHeaderTradeSettlement")
}

fn is_of_applicable_tax(part: Element<'_>) -> bool {
    part.parent().is_some_and(|tax| tax.name() == "ram:ApplicableTradeTax")
}

fn credit_names_one_account(means: Element<'_>) -> bool {
    let is_transfer = means.child("ram:TypeCode").is_some_and(|code| matches!(code.text(), "30" | "58"));
    let has = |name| count(means, &["ram:PayeePartyCreditorFinancialAccount", name]) > 0;
    !is_transfer || has("ram:IBANID") != has("ram:ProprietaryID")
}
