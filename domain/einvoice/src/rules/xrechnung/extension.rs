//! XRechnung's extension: lines below lines, money collected for others, health care identifiers, and attachments in XML.

use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::Release;
use crate::model::{Invoice, Line, ThirdPartyPayment};
use crate::outline::Element;
use crate::rules::codes::List;
use crate::rules::judge::Judge;
use crate::rules::paths::Check::Holds;
use crate::rules::paths::{Book, PathRule, fatal, warning};
use crate::syntax::Syntax;
use crate::term::Term;
use crate::totals::exact::sum;

/// Identifiers of digital health applications, beside the schemes of ISO 6523 and EAS.
const OWN_SCHEMES: [&str; 3] = ["XR01", "XR02", "XR03"];
const OWN_MEDIA_TYPE: &str = "application/xml";

static UBL: LazyLock<Book> = LazyLock::new(|| Book::of(ubl(), [], &[]));
static CII: LazyLock<Book> = LazyLock::new(|| Book::of(cii(), [], &[]));

pub(super) fn check(invoice: &Invoice<'_>, release: &Release, judge: &mut Judge) {
    if release.has("BR-DEX-01") {
        let book = if invoice.syntax.is_ubl() { &UBL } else { &CII };
        book.check(invoice.outline, judge);
    }
    if invoice.syntax == Syntax::UblInvoice {
        nested_lines(invoice, judge);
    }
    if invoice.syntax == Syntax::UblInvoice && release.has("BR-DEX-09") {
        invoice.payment.third_party.iter().for_each(|payment| third_party(payment, invoice, judge));
    }
    judge.sums("BR-DEX-");
}

const NO_SCHEME: &str = "this is no scheme of ISO/IEC 6523, nor XR01 to XR03";
const NO_ADDRESS: &str = "this is no scheme of electronic addresses, nor XR01 to XR03";
const NO_MEDIA: &str = "attachments of this media type are not allowed";

fn ubl() -> [PathRule; 7] {
    [
        fatal("BR-DEX-01", "cbc:EmbeddedDocumentBinaryObject", Holds(is_media_type, NO_MEDIA)),
        fatal("BR-DEX-03", "cac:SubInvoiceLine/cac:Item", Holds(is_taxed_once, "a line below a line has exactly one VAT category")),
        fatal("BR-DEX-04", "cac:PartyIdentification/cbc:ID", Holds(is_party_scheme, NO_SCHEME)),
        fatal("BR-DEX-05", "cac:PartyLegalEntity/cbc:CompanyID", Holds(is_scheme, NO_SCHEME)),
        fatal("BR-DEX-06", "cac:StandardItemIdentification/cbc:ID", Holds(is_scheme, NO_SCHEME)),
        fatal("BR-DEX-07", "cbc:EndpointID", Holds(is_address_scheme, NO_ADDRESS)),
        fatal("BR-DEX-08", "cac:DeliveryLocation/cbc:ID", Holds(is_scheme, NO_SCHEME)),
    ]
}

fn cii() -> [PathRule; 7] {
    [
        fatal("BR-DEX-01", "ram:AttachmentBinaryObject", Holds(is_media_type, NO_MEDIA)),
        fatal("BR-DEX-04", "ram:GlobalID", Holds(is_party_scheme_of_cii, NO_SCHEME)),
        fatal("BR-DEX-05", "ram:ID", Holds(is_registration_scheme, NO_SCHEME)),
        fatal("BR-DEX-06", "ram:SpecifiedTradeProduct/ram:GlobalID", Holds(is_scheme, NO_SCHEME)),
        fatal("BR-DEX-07", "ram:URIUniversalCommunication/ram:URIID", Holds(is_address_scheme, NO_ADDRESS)),
        fatal("BR-DEX-08", "ram:ApplicableHeaderTradeDelivery/ram:ShipToTradeParty/ram:GlobalID", Holds(is_scheme, NO_SCHEME)),
        warning("BR-DEX-15", "ram:ParentLineID", Holds(|_| false, "XRechnung has no lines below lines in CII")),
    ]
}

fn is_media_type(content: Element<'_>) -> bool {
    content.attribute("mimeCode").is_some_and(|code| code == OWN_MEDIA_TYPE || List::MediaTypes.contains(code))
}

fn is_taxed_once(item: Element<'_>) -> bool {
    item.children().filter(|child| child.name() == "cac:ClassifiedTaxCategory").count() == 1
}

fn is_scheme(id: Element<'_>) -> bool {
    is_listed(id, List::IdentifierSchemes)
}

fn is_address_scheme(id: Element<'_>) -> bool {
    is_listed(id, List::AddressSchemes)
}

fn is_listed(id: Element<'_>, list: List) -> bool {
    // The published list has a gap between its own codes and the others, by which an empty one passes.
    let is_known = |scheme: &str| scheme.is_empty() || OWN_SCHEMES.contains(&scheme) || list.contains(scheme);
    id.attribute("schemeID").map(str::trim).is_none_or(is_known)
}

/// Sellers and payees may be known to SEPA.
fn is_party_scheme(id: Element<'_>) -> bool {
    let of_sepa =
        || id.attribute("schemeID").map(str::trim) == Some("SEPA") && is_below(id, &["cac:AccountingSupplierParty", "cac:PayeeParty"]);
    is_scheme(id) || of_sepa()
}

/// Products and places delivered to have rules of their own.
fn is_party_scheme_of_cii(id: Element<'_>) -> bool {
    is_scheme(id) || is_below(id, &["ram:SpecifiedTradeProduct", "ram:ShipToTradeParty"])
}

/// Tax numbers have schemes of another kind.
fn is_registration_scheme(id: Element<'_>) -> bool {
    is_scheme(id) || is_below(id, &["ram:SpecifiedTaxRegistration"])
}

fn is_below(element: Element<'_>, names: &[&str]) -> bool {
    std::iter::successors(element.parent(), Element::parent).any(|above| names.contains(&above.name()))
}

fn nested_lines(invoice: &Invoice<'_>, judge: &mut Judge) {
    for line in invoice.all_lines().filter(|line| !line.lines.is_empty()) {
        judge.warning("BR-DEX-02", line.at, adds_up(line), "the line's net amount (BT-131) is not the sum of the lines below it");
    }
}

fn adds_up(line: &Line<'_>) -> bool {
    let below = line.lines.iter().map(|line| line.net_amount.value().copied()).collect::<Option<Vec<Decimal>>>();
    line.net_amount.value().copied() == below.and_then(sum) && line.net_amount.value().is_some()
}

fn third_party(payment: &ThirdPartyPayment<'_>, invoice: &Invoice<'_>, judge: &mut Judge) {
    let at = payment.at;
    judge.fatal("BR-DEX-10", at, payment.kind.text().is_some(), "the third party payment's type (BT-DEX-001) is missing");
    judge.fatal("BR-DEX-11", at, payment.amount.text().is_some(), "the third party payment's amount (BT-DEX-002) is missing");
    judge.fatal("BR-DEX-12", at, payment.description.text().is_some(), "the third party payment's description (BT-DEX-003) is missing");
    let cents = payment.amount.text().and_then(|text| text.split_once('.')).is_none_or(|(_, cents)| cents.len() <= 2);
    judge.fatal("BR-DEX-13", at, cents, "the third party payment's amount (BT-DEX-002) has more than two decimals");
    let mut currencies = payment.amount.iter().filter_map(|amount| amount.attribute("currencyID"));
    let own = currencies.any(|currency| Some(currency) == invoice.currency.first().map(Term::raw));
    judge.fatal("BR-DEX-14", at, own, "the third party payment (BT-DEX-002) is not in the invoice's currency (BT-5)");
}
