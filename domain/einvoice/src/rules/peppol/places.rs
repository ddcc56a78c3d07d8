//! Rules over elements wherever they stand: currencies, dates, codes and identifiers, in one walk over the document.
//!
//! What a path is asked is looked up once for each distinct path.

use super::{PeppolList, identifier};
use crate::model::Invoice;
use crate::outline::{Element, Outline, PathId};
use crate::rules::judge::Judge;
use crate::value::Value;

/// What the checks of an element need to know of its document.
struct Context<'d> {
    currency: Option<&'d str>,
}

type Check = fn(Element<'_>, &Context<'_>, &mut Judge);

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    let outline = invoice.outline;
    let context = Context { currency: invoice.currency.first().map(|currency| currency.text()) };
    let find = if invoice.syntax.is_ubl() { check_in_ubl } else { check_in_cii };
    let checks: Vec<Option<Check>> = outline.paths().map(|path| find(outline, path)).collect();
    for element in outline.elements() {
        if let Some(check) = checks[element.path().index()] {
            check(element, &context, judge);
        }
    }
}

/// R008; the one element that CII demands even where it says nothing is excepted.
pub(super) fn nothing_is_empty(invoice: &Invoice<'_>, judge: &mut Judge) {
    for element in invoice.outline.elements() {
        if !element.has_children() && element.text().is_empty() && element.name() != "ram:ApplicableHeaderTradeDelivery" {
            judge.fatal("PEPPOL-EN16931-R008", element, false, "the element is empty");
        }
    }
}

fn check_in_ubl(outline: &Outline, path: PathId) -> Option<Check> {
    let parent = || outline.parent_of(path).map(|parent| outline.name_of(parent));
    Some(match outline.name_of(path) {
        "cbc:Amount" | "cbc:BaseAmount" | "cbc:PriceAmount" | "cbc:TaxableAmount" | "cbc:LineExtensionAmount" => amount,
        "cbc:TaxExclusiveAmount" | "cbc:TaxInclusiveAmount" | "cbc:AllowanceTotalAmount" | "cbc:ChargeTotalAmount" => amount,
        "cbc:PrepaidAmount" | "cbc:PayableRoundingAmount" | "cbc:PayableAmount" => amount,
        "cbc:TaxAmount" => tax_amount,
        "cbc:IssueDate" | "cbc:DueDate" | "cbc:TaxPointDate" | "cbc:StartDate" | "cbc:EndDate" | "cbc:ActualDeliveryDate" => date,
        "cbc:EndpointID" => endpoint,
        "cbc:CompanyID" => |id, _, judge| identifier::check(id, judge),
        "cbc:ID" if parent() == Some("cac:PartyIdentification") => |id, _, judge| identifier::check(id, judge),
        "cbc:EmbeddedDocumentBinaryObject" => attachment,
        "cbc:AllowanceChargeReasonCode" => reason,
        "cbc:DescriptionCode" if parent() == Some("cac:InvoicePeriod") => tax_point,
        "cac:TaxCategory" => exemption,
        _ => return None,
    })
}

fn check_in_cii(outline: &Outline, path: PathId) -> Option<Check> {
    Some(match outline.name_of(path) {
        "ram:URIID" => uri,
        "ram:ID" | "ram:GlobalID" => |id, _, judge| identifier::check(id, judge),
        "ram:AttachmentBinaryObject" => attachment,
        "ram:SpecifiedTradeAllowanceCharge" => reason_in_cii,
        "ram:TaxTotalAmount" => |amount, _, judge| {
            if amount.attribute("currencyID").is_some() {
                currency(amount, judge);
            }
        },
        "udt:DateTimeString" => date_in_cii,
        _ => return None,
    })
}

fn amount(at: Element<'_>, context: &Context<'_>, judge: &mut Judge) {
    own_currency(at, context, judge);
    currency(at, judge);
}

/// A VAT total without a breakdown is in the accounting currency.
fn tax_amount(at: Element<'_>, context: &Context<'_>, judge: &mut Judge) {
    let parent = at.parent();
    let broken_down = |parent: Element<'_>| parent.name() == "cac:TaxSubtotal" || parent.child("cac:TaxSubtotal").is_some();
    if parent.is_some_and(broken_down) {
        own_currency(at, context, judge);
    }
    currency(at, judge);
}

fn own_currency(at: Element<'_>, context: &Context<'_>, judge: &mut Judge) {
    let own = context.currency.is_some() && at.attribute("currencyID") == context.currency;
    judge.fatal("PEPPOL-EN16931-R051", at, own, "the amount is not in the invoice's currency (BT-5)");
}

fn currency(at: Element<'_>, judge: &mut Judge) {
    let known = at.attribute("currencyID").is_some_and(|code| PeppolList::Currencies.contains(code));
    judge.fatal("PEPPOL-EN16931-CL007", at, known, "the currency is not one of ISO 4217");
}

fn date(at: Element<'_>, _: &Context<'_>, judge: &mut Judge) {
    let whole = at.raw().len() == 10 && chrono::NaiveDate::read(at).is_some();
    judge.fatal("PEPPOL-EN16931-F001", at, whole, "the date is not written YYYY-MM-DD");
}

fn date_in_cii(at: Element<'_>, _: &Context<'_>, judge: &mut Judge) {
    let of_this_century = at.raw().len() == 8 && at.raw().starts_with("20") && at.raw().bytes().all(|byte| byte.is_ascii_digit());
    judge.fatal("PEPPOL-EN16931-F001", at, of_this_century && at.attribute("format") == Some("102"), "the date is not written YYYYMMDD");
}

fn endpoint(at: Element<'_>, _: &Context<'_>, judge: &mut Judge) {
    identifier::check_address(at, true, judge);
    if let Some(scheme) = at.attribute("schemeID") {
        address_scheme(at, PeppolList::AddressSchemes.contains(scheme), judge);
    }
}

fn uri(at: Element<'_>, _: &Context<'_>, judge: &mut Judge) {
    identifier::check_address(at, false, judge);
    let party = at.parent().filter(|parent| parent.name() == "ram:URIUniversalCommunication").and_then(|parent| parent.parent());
    if party.is_some_and(|party| matches!(party.name(), "ram:BuyerTradeParty" | "ram:SellerTradeParty")) {
        address_scheme(at, at.attribute("schemeID").is_some_and(|scheme| PeppolList::AddressSchemes.contains(scheme)), judge);
    }
}

fn address_scheme(at: Element<'_>, known: bool, judge: &mut Judge) {
    judge.fatal("PEPPOL-EN16931-CL008", at, known, "the electronic address has a scheme that Peppol does not use");
}

fn attachment(at: Element<'_>, _: &Context<'_>, judge: &mut Judge) {
    if let Some(code) = at.attribute("mimeCode") {
        judge.fatal("PEPPOL-EN16931-CL001", at, PeppolList::MediaTypes.contains(code), "attachments of this media type are not allowed");
    }
}

fn reason(at: Element<'_>, _: &Context<'_>, judge: &mut Judge) {
    let indicator = at.parent().and_then(|parent| parent.child("cbc:ChargeIndicator"));
    reason_code(at, indicator.map(|indicator| indicator.text()), judge);
}

fn reason_in_cii(at: Element<'_>, _: &Context<'_>, judge: &mut Judge) {
    let indicator = at.at(&["ram:ChargeIndicator", "udt:Indicator"]).map(|indicator| indicator.text());
    if let Some(code) = at.child("ram:ReasonCode") {
        reason_code(code, indicator, judge);
    }
}

fn reason_code(at: Element<'_>, is_charge: Option<&str>, judge: &mut Judge) {
    let (rule, list, text) = match is_charge {
        Some("false") => ("PEPPOL-EN16931-CL002", PeppolList::AllowanceReasons, "the reason code is not one for allowances (UNTDID 5189)"),
        Some("true") => ("PEPPOL-EN16931-CL003", PeppolList::ChargeReasons, "the reason code is not one for charges (UNTDID 7161)"),
        _ => return,
    };
    judge.fatal(rule, at, list.contains(at.text()), text);
}

fn tax_point(at: Element<'_>, _: &Context<'_>, judge: &mut Judge) {
    judge.fatal(
        "PEPPOL-EN16931-CL006",
        at,
        PeppolList::TaxPoints.contains(at.text()),
        "the tax point code (BT-8) is not one of UNTDID 2005",
    );
}

/// Exemption reasons that belong to one VAT category.
const CATEGORIES: &[(&str, &str, &str)] = &[
    ("PEPPOL-EN16931-P0104", "VATEX-EU-G", "G"),
    ("PEPPOL-EN16931-P0105", "VATEX-EU-O", "O"),
    ("PEPPOL-EN16931-P0106", "VATEX-EU-IC", "K"),
    ("PEPPOL-EN16931-P0107", "VATEX-EU-AE", "AE"),
    ("PEPPOL-EN16931-P0108", "VATEX-EU-D", "E"),
    ("PEPPOL-EN16931-P0109", "VATEX-EU-F", "E"),
    ("PEPPOL-EN16931-P0110", "VATEX-EU-I", "E"),
    ("PEPPOL-EN16931-P0111", "VATEX-EU-J", "E"),
];

fn exemption(at: Element<'_>, _: &Context<'_>, judge: &mut Judge) {
    let Some(reason) = at.child("cbc:TaxExemptionReasonCode") else { return };
    let category = at.child("cbc:ID").map(|code| code.text());
    for (rule, _, expected) in CATEGORIES.iter().filter(|(_, code, _)| reason.text().eq_ignore_ascii_case(code)) {
        judge.fatal(rule, at, category == Some(*expected), "the exemption reason (BT-121) belongs to another VAT category");
    }
}
