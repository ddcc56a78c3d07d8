//! Greek sellers: myDATA's invoice numbers, tax numbers and marks.

use super::country::{self, split};
use super::identifier::is_greek_tin;
use crate::model::{Invoice, Party, SupportingDocument};
use crate::outline::Element;
use crate::rules::judge::Judge;

const MARK: &str = "##M.AR.K##";
const INVOICE_URL: &str = "##INVOICE|URL##";
const DOCUMENT_TYPES: &[&str] = &["1.1", "1.6", "2.1", "2.4", "5.1", "5.2"];

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    if let Some(number) = invoice.number.first() {
        invoice_number(invoice, number.element(), judge);
    }
    seller(invoice, judge);
    if let Some(at) = invoice.buyer.at {
        judge.fatal("GR-R-005", at, is_named(&invoice.buyer), "the buyer's name (BT-45) is missing");
    }
    if is_greek(country::of_party(&invoice.buyer)) {
        buyer(&invoice.buyer, judge);
    }
    if invoice.seller.address.country.text() == Some("GR") {
        marks(invoice, judge);
    }
    for document in described(invoice, INVOICE_URL) {
        judge.fatal(
            "GR-R-008-3",
            document.at,
            document.location.text().is_some(),
            "the document of the invoice's URL has no location (BT-124)",
        );
    }
}

fn is_greek(country: Option<&str>) -> bool {
    country.is_some_and(|country| country.eq_ignore_ascii_case("GR") || country.eq_ignore_ascii_case("EL"))
}

/// BT-1: tax number, date, branch, type, series and number, parted by `|`.
fn invoice_number(invoice: &Invoice<'_>, at: Element<'_>, judge: &mut Judge) {
    let parts: Vec<_> = at.raw().split('|').collect();
    let part = |index: usize| parts.get(index).copied().unwrap_or_default();
    judge.fatal("GR-R-001-1", at, parts.len() == 6, "the Greek invoice number (BT-1) has not 6 segments");
    let tin = part(0).trim().len() == 9 && is_greek_tin(part(0)) && is_of_seller(part(0), invoice);
    judge.fatal("GR-R-001-2", at, tin, "the invoice number (BT-1) does not begin with the tax number of the seller or its representative");
    judge.fatal("GR-R-001-3", at, is_issue_date(part(1), invoice), "the invoice number's second segment is not the issue date (BT-2)");
    judge.fatal("GR-R-001-4", at, is_whole_number(part(2)), "the invoice number's third segment is no positive integer");
    judge.fatal("GR-R-001-5", at, DOCUMENT_TYPES.contains(&part(3)), "the invoice number's fourth segment is no Greek document type");
    judge.fatal("GR-R-001-6", at, !part(4).is_empty(), "the invoice number's fifth segment is empty");
    judge.fatal("GR-R-001-7", at, !part(5).is_empty(), "the invoice number's sixth segment is empty");
}

fn is_of_seller(tin: &str, invoice: &Invoice<'_>) -> bool {
    let parties = [&invoice.seller, &invoice.tax_representative];
    let mut numbers = parties.into_iter().flat_map(country::vat_ids).map(|id| split(id).1);
    numbers.any(|number| number.get(..9).unwrap_or(number) == tin)
}

/// `DD/MM/YYYY` of BT-2.
fn is_issue_date(text: &str, invoice: &Invoice<'_>) -> bool {
    invoice.issue_date.value().is_some_and(|date| date.format("%d/%m/%Y").to_string() == text)
}

fn is_whole_number(text: &str) -> bool {
    let text = text.trim().trim_start_matches('+');
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn seller(invoice: &Invoice<'_>, judge: &mut Judge) {
    let seller = &invoice.seller;
    if let Some(at) = seller.at {
        judge.fatal("GR-R-002", at, is_named(seller), "the Greek seller's name (BT-28) is missing");
        judge.warning("GR-S-011", at, has_one_tax_number(seller), "the Greek seller's VAT identifier (BT-31) is not EL and a tax number");
    }
    let vat = seller.tax_registrations.iter().filter(|registration| registration.scheme == Some("VAT"));
    for id in vat.flat_map(|registration| registration.id.iter()) {
        let valid = is_tax_number(id.text());
        judge.fatal("GR-R-003", id.element(), valid, "the Greek seller's VAT identifier (BT-31) is not EL and a tax number");
    }
}

/// R009 alone looks at the seller without its representative.
pub(super) fn seller_address(seller: &Party<'_>, judge: &mut Judge) {
    if is_greek(country::of_party(seller)) {
        address("GR-R-009", seller, judge);
    }
}

fn buyer(buyer: &Party<'_>, judge: &mut Judge) {
    if let Some(at) = buyer.at {
        judge.fatal("GR-R-006", at, has_one_tax_number(buyer), "the Greek buyer's VAT identifier (BT-48) is missing or wrong");
    }
    address("GR-R-010", buyer, judge);
}

fn address(rule: &str, party: &Party<'_>, judge: &mut Judge) {
    for address in party.electronic_address.iter() {
        let valid = address.attribute("schemeID") == Some("9933") && is_greek_tin(address.text());
        judge.fatal(rule, address.element(), valid, "the Greek electronic address is no tax number of scheme 9933");
    }
}

fn is_named(party: &Party<'_>) -> bool {
    party.trading_name.first().is_some_and(|name| !name.raw().is_empty())
}

fn has_one_tax_number(party: &Party<'_>) -> bool {
    let mut ids = country::vat_ids(party);
    ids.next().is_some_and(is_tax_number) && ids.next().is_none()
}

fn is_tax_number(id: &str) -> bool {
    id.strip_prefix("EL").is_some_and(is_greek_tin)
}

fn marks(invoice: &Invoice<'_>, judge: &mut Judge) {
    let root = invoice.outline.root();
    let urls = described(invoice, INVOICE_URL).count();
    judge.fatal("GR-R-004-1", root, described(invoice, MARK).count() == 1, "there is not exactly one MARK number (BT-122)");
    judge.warning("GR-S-008-1", root, urls == 1, "there is not exactly one URL of the invoice (BT-124)");
    judge.fatal("GR-R-008-2", root, urls <= 1, "there is more than one URL of the invoice (BT-124)");
    for id in described(invoice, MARK).flat_map(|document| document.reference.iter()) {
        let positive = id.raw().starts_with(|first: char| first.is_ascii_digit() && first != '0');
        judge.fatal("GR-R-004-2", id.element(), positive, "the MARK number (BT-122) is no positive integer");
    }
}

fn described<'a, 'd>(invoice: &'a Invoice<'d>, description: &'static str) -> impl Iterator<Item = &'a SupportingDocument<'d>> {
    invoice.supporting_documents.iter().filter(move |document| document.description.text() == Some(description))
}
