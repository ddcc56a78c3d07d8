//! What XRechnung 3.0.2 asks for the time being, until EN 16931 does: addresses of attachments, days, base quantities, a day of supply.

use std::sync::LazyLock;

use crate::model::Invoice;
use crate::outline::{Element, trimmed};
use crate::rules::judge::Judge;
use crate::rules::paths::Check::Holds;
use crate::rules::paths::{Book, PathRule, fatal, warning};

static UBL: LazyLock<Book> = LazyLock::new(|| Book::of(ubl(), [], &[]));
static CII: LazyLock<Book> = LazyLock::new(|| Book::of(cii(), [], &[]));

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    let is_ubl = invoice.syntax.is_ubl();
    let book = if is_ubl { &UBL } else { &CII };
    book.check(invoice.outline, judge);
    let root = invoice.outline.root();
    let trade = if is_ubl { Some(root) } else { root.child("rsm:SupplyChainTradeTransaction") };
    if let Some(at) = trade {
        let dated = if is_ubl { is_dated_in_ubl(at) } else { is_dated_in_cii(at) };
        // Published as information, which is less than a warning.
        judge.warning("BR-DE-TMP-32", at, dated, "there is neither a day of delivery (BT-72) nor a period (BG-14, or BG-26 of each line)");
    }
}

const NO_URL: &str = "the attachment's location (BT-124) is no address with a scheme, such as https:";
const NO_DAY: &str = "the day is not written as the syntax writes days";

fn ubl() -> impl IntoIterator<Item = PathRule> {
    let days = ["IssueDate", "DueDate", "StartDate", "EndDate", "ActualDeliveryDate", "TaxPointDate", "PaymentDueDate"];
    let external = "/cac:AdditionalDocumentReference/cac:Attachment/cac:ExternalReference";
    let located = fatal("BR-TMP-2", external, Holds(|reference| reference.child("cbc:URI").is_some_and(is_url), NO_URL));
    days.map(|day| warning("BR-TMP-6", &format!("cbc:{day}"), Holds(is_day, NO_DAY))).into_iter().chain([located])
}

fn cii() -> impl IntoIterator<Item = PathRule> {
    let document = "/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:AdditionalReferencedDocument";
    let line = "/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem";
    let days = ["udt:DateTimeString", "qdt:DateTimeString", "udt:DateString"];
    let of_documents = [
        fatal("BR-TMP-2", document, Holds(|document| !is_attached(document) || document.child("ram:URIID").is_none_or(is_url), NO_URL)),
        fatal(
            "BR-TMP-3",
            line,
            Holds(has_one_base, "the base quantity (BT-149) beside the gross price is another than beside the net price"),
        ),
        warning("BR-TMP-4", document, Holds(|document| !is_attached(document) || has_one(document, "ram:Name"), "it has two names")),
        warning(
            "BR-TMP-5",
            document,
            Holds(|document| !is_attached(document) || has_one(document, "ram:AttachmentBinaryObject"), "it has two contents"),
        ),
    ];
    days.map(|day| warning("BR-TMP-7", day, Holds(is_compact_day, NO_DAY))).into_iter().chain(of_documents)
}

/// A scheme of two letters or more, and a colon.
fn is_url(address: Element<'_>) -> bool {
    let Some((scheme, _)) = address.raw().split_once(':') else { return false };
    let is_of_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte);
    scheme.len() > 1 && scheme.bytes().all(is_of_scheme) && scheme.as_bytes()[0].is_ascii_alphabetic()
}

/// Four, two and two digits; whether there is such a day is the matter of other rules.
fn is_day(day: Element<'_>) -> bool {
    let is_in_place = |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    day.text().len() == 10 && day.text().bytes().enumerate().all(is_in_place)
}

fn is_compact_day(day: Element<'_>) -> bool {
    let is_of_days = day.attribute("format").is_some_and(|format| trimmed(format) == "102");
    is_of_days && day.text().len() == 8 && day.text().bytes().all(|byte| byte.is_ascii_digit())
}

fn is_attached(document: Element<'_>) -> bool {
    document.child("ram:TypeCode").is_some_and(|code| code.raw() == "916")
}

fn has_one(document: Element<'_>, name: &str) -> bool {
    document.children().filter(|child| child.name() == name).count() <= 1
}

/// Two prices with a base quantity each have the same, and in the same unit if both say one.
fn has_one_base(line: Element<'_>) -> bool {
    let of = |price: &str| line.at(&["ram:SpecifiedLineTradeAgreement", price, "ram:BasisQuantity"]);
    let (Some(gross), Some(net)) = (of("ram:GrossPriceProductTradePrice"), of("ram:NetPriceProductTradePrice")) else { return true };
    let units = gross.attribute("unitCode").zip(net.attribute("unitCode"));
    gross.raw() == net.raw() && units.is_none_or(|(gross, net)| gross == net)
}

fn is_dated_in_ubl(root: Element<'_>) -> bool {
    let mut deliveries = root.children().filter(|child| child.name() == "cac:Delivery");
    let mut lines = root.children().filter(|child| matches!(child.name(), "cac:InvoiceLine" | "cac:CreditNoteLine"));
    deliveries.any(|delivery| delivery.child("cbc:ActualDeliveryDate").is_some())
        || root.child("cac:InvoicePeriod").is_some()
        || lines.all(|line| line.child("cac:InvoicePeriod").is_some())
}

fn is_dated_in_cii(trade: Element<'_>) -> bool {
    let day = ["ram:ApplicableHeaderTradeDelivery", "ram:ActualDeliverySupplyChainEvent", "ram:OccurrenceDateTime"];
    let mut lines = trade.children().filter(|child| child.name() == "ram:IncludedSupplyChainTradeLineItem");
    trade.at(&day).is_some()
        || trade.at(&["ram:ApplicableHeaderTradeSettlement", "ram:BillingSpecifiedPeriod"]).is_some()
        || lines.all(|line| line.at(&["ram:SpecifiedLineTradeSettlement", "ram:BillingSpecifiedPeriod"]).is_some())
}
