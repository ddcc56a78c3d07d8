//! Rules about one place of the document.

use std::sync::LazyLock;

use crate::model::Invoice;
use crate::outline::Element;
use crate::rules::judge::Judge;
use crate::rules::paths::Check::Holds;
use crate::rules::paths::{Book, PathRule, fatal};

static BOOK: LazyLock<Book> = LazyLock::new(|| Book::of(lines().into_iter().chain(others()), [], &[]));

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    BOOK.check(invoice.outline, judge);
}

const REASON: &str = "a charge gives neither a reason nor its code";
const NOTE: &str = "a note with a subject has no text";

fn lines() -> [PathRule; 5] {
    let line = "ram:IncludedSupplyChainTradeLineItem/ram:AssociatedDocumentLineDocument";
    [
        fatal("BR-FXEXT-BR-22", line, Holds(|at| has_quantity(at, |_| true), "the invoiced quantity (BT-129) is missing")),
        fatal(
            "BR-FXEXT-BR-23",
            line,
            Holds(|at| has_quantity(at, |quantity| quantity.attribute("unitCode").is_some()), "the quantity's unit (BT-130) is missing"),
        ),
        fatal("BR-FXEXT-BR-24", line, Holds(|at| has(at, &NET_AMOUNT), "the line's net amount (BT-131) is missing")),
        fatal("BR-FXEXT-BR-26", line, Holds(|at| has(at, &NET_PRICE), "the item's net price (BT-146) is missing")),
        fatal("BR-FXEXT-CO-04", line, Holds(has_category, "the line's VAT category (BT-151) is missing")),
    ]
}

const QUANTITY: [&str; 2] = ["ram:SpecifiedLineTradeDelivery", "ram:BilledQuantity"];
const NET_AMOUNT: [&str; 3] =
    ["ram:SpecifiedLineTradeSettlement", "ram:SpecifiedTradeSettlementLineMonetarySummation", "ram:LineTotalAmount"];
const NET_PRICE: [&str; 3] = ["ram:SpecifiedLineTradeAgreement", "ram:NetPriceProductTradePrice", "ram:ChargeAmount"];

fn others() -> [PathRule; 8] {
    let charge = "ram:SpecifiedTradeAllowanceCharge/ram:ChargeIndicator";
    let attribute = "ram:ApplicableProductCharacteristic";
    [
        fatal("BR-FXEXT-BR-38", &format!("ram:ApplicableHeaderTradeSettlement/{charge}"), Holds(is_explained, REASON)),
        fatal("BR-FXEXT-BR-44", &format!("ram:SpecifiedLineTradeSettlement/{charge}"), Holds(is_explained, REASON)),
        fatal("BR-FXEXT-BR-54-1", attribute, Holds(|at| has_either(at, "ram:Description", "ram:TypeCode"), "an attribute has no name")),
        fatal("BR-FXEXT-BR-54-2", attribute, Holds(has_one_value, "an attribute has one value: a text, or a measure with its unit")),
        fatal("BR-FXEXT-01", "/rsm:ExchangedDocument/ram:IncludedNote", Holds(says_something, NOTE)),
        fatal("BR-FXEXT-02", "ram:AssociatedDocumentLineDocument/ram:IncludedNote", Holds(says_something, NOTE)),
        fatal(
            "BR-FXEXT-03",
            "ram:SpecifiedTaxRegistration/ram:ID",
            Holds(is_vat_or_of_seller, "only the seller has a tax number that is none of VAT"),
        ),
        fatal("BR-FXEXT-CII-DT-097a", "udt:DateTimeString", Holds(is_minute, "a time of format 205 is YYYYMMDDHHMM")),
    ]
}

/// The line's own document says whether it counts; a group or a remark need not have what is asked.
fn counted_line(document: Element<'_>) -> Option<Element<'_>> {
    let status = document.child("ram:LineStatusReasonCode");
    document.parent().filter(|_| status.is_none_or(|status| status.text() == "DETAIL"))
}

fn has(document: Element<'_>, path: &[&str]) -> bool {
    counted_line(document).is_none_or(|line| line.at(path).is_some())
}

fn has_quantity(document: Element<'_>, suits: fn(&Element<'_>) -> bool) -> bool {
    counted_line(document).is_none_or(|line| line.at(&QUANTITY).is_some_and(|quantity| suits(&quantity)))
}

fn has_category(document: Element<'_>) -> bool {
    let Some(line) = counted_line(document) else { return true };
    let settlement = line.child("ram:SpecifiedLineTradeSettlement");
    let mut taxes =
        settlement.into_iter().flat_map(|settlement| settlement.children()).filter(|tax| tax.name() == "ram:ApplicableTradeTax");
    taxes.any(|tax| tax.child("ram:TypeCode").is_some_and(|kind| kind.text() == "VAT") && tax.child("ram:CategoryCode").is_some())
}

fn has_either(at: Element<'_>, one: &str, other: &str) -> bool {
    at.child(one).is_some() || at.child(other).is_some()
}

fn is_explained(indicator: Element<'_>) -> bool {
    let is_charge = indicator.child("udt:Indicator").is_some_and(|says| says.text() == "true");
    !is_charge || indicator.parent().is_none_or(|charge| has_either(charge, "ram:Reason", "ram:ReasonCode"))
}

fn has_one_value(attribute: Element<'_>) -> bool {
    match (attribute.child("ram:Value"), attribute.child("ram:ValueMeasure")) {
        (Some(_), measure) => measure.is_none(),
        (None, measure) => measure.and_then(|measure| measure.attribute("unitCode")).is_some_and(|unit| !unit.is_empty()),
    }
}

fn says_something(note: Element<'_>) -> bool {
    note.child("ram:SubjectCode").is_none() || has_either(note, "ram:ContentCode", "ram:Content")
}

fn is_vat_or_of_seller(id: Element<'_>) -> bool {
    let mut above = std::iter::successors(id.parent(), Element::parent);
    id.attribute("schemeID") == Some("VA") || above.any(|element| element.name() == "ram:SellerTradeParty")
}

fn is_minute(time: Element<'_>) -> bool {
    let text = time.text();
    let digits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let part = |range: std::ops::Range<usize>| text.get(range).and_then(|digits| digits.parse::<u8>().ok()).unwrap_or(u8::MAX);
    let is_time = || (1..=12).contains(&part(4..6)) && (1..=31).contains(&part(6..8)) && part(8..10) <= 23 && part(10..12) <= 59;
    time.attribute("format") != Some("205") || (digits && is_time())
}
