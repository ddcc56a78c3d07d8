//! The document level: header, parties, totals, periods, references.

use crate::model::{Invoice, Party, Period};
use crate::outline::Element;
use crate::rules::judge::Judge;

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    header(invoice, judge);
    seller_and_buyer(invoice, judge);
    payee(invoice, judge);
    tax_representative(invoice, judge);
    totals(invoice, judge);
    period(&invoice.period, ["BR-29", "BR-CO-19"], judge);
    references(invoice, judge);
}

fn header(invoice: &Invoice<'_>, judge: &mut Judge) {
    let at = invoice.outline.root();
    judge.fatal("BR-01", at, invoice.specification.text().is_some(), "the specification identifier (BT-24) is missing");
    judge.fatal("BR-02", at, invoice.number.text().is_some(), "the invoice number (BT-1) is missing");
    judge.fatal("BR-03", at, invoice.issue_date.text().is_some(), "the issue date (BT-2) is missing");
    judge.fatal("BR-04", at, invoice.type_code.text().is_some(), "the type code (BT-3) is missing");
    judge.fatal("BR-05", at, invoice.currency.text().is_some(), "the currency (BT-5) is missing");
    judge.fatal("BR-16", at, !invoice.lines.is_empty(), "there is no invoice line (BG-25)");
    judge.fatal("BR-CO-18", at, !invoice.tax_breakdown.is_empty(), "there is no VAT breakdown (BG-23)");
    let one_tax_point = !(invoice.tax_point_date.is_present() && invoice.period.tax_point_code.is_present());
    judge.fatal("BR-CO-03", at, one_tax_point, "tax point date (BT-7) and tax point code (BT-8) exclude each other");
}

fn seller_and_buyer(invoice: &Invoice<'_>, judge: &mut Judge) {
    let (root, seller, buyer) = (invoice.outline.root(), &invoice.seller, &invoice.buyer);
    judge.fatal("BR-06", root, seller.name.text().is_some(), "the seller's name (BT-27) is missing");
    judge.fatal("BR-07", root, buyer.name.text().is_some(), "the buyer's name (BT-44) is missing");
    judge.fatal("BR-08", root, seller.address.at.is_some(), "the seller's address (BG-5) is missing");
    judge.fatal("BR-10", root, buyer.address.at.is_some(), "the buyer's address (BG-8) is missing");
    country(seller, "BR-09", "the seller's country (BT-40) is missing", judge);
    country(buyer, "BR-11", "the buyer's country (BT-55) is missing", judge);
    scheme(seller, "BR-62", "the seller's electronic address (BT-34) has no scheme", judge);
    scheme(buyer, "BR-63", "the buyer's electronic address (BT-49) has no scheme", judge);
    let known = seller.identifiers.is_present() || seller.legal_registration.is_present() || seller.vat_id().is_some();
    if let Some(at) = seller.at {
        judge.fatal("BR-CO-26", at, known, "the seller has neither identifier (BT-29), registration (BT-30) nor VAT identifier (BT-31)");
    }
}

fn country(party: &Party<'_>, rule: &str, text: &str, judge: &mut Judge) {
    if let Some(at) = party.address.at {
        judge.fatal(rule, at, party.address.country.text().is_some(), text);
    }
}

fn scheme(party: &Party<'_>, rule: &str, text: &str, judge: &mut Judge) {
    for address in party.electronic_address.iter() {
        judge.fatal(rule, address.element(), address.attribute("schemeID").is_some(), text);
    }
}

fn payee(invoice: &Invoice<'_>, judge: &mut Judge) {
    let Some(at) = invoice.payee.at else { return };
    let (payee, seller) = (&invoice.payee, &invoice.seller);
    let same_name = payee.name.text().is_some() && payee.name.text() == seller.trading_name.text();
    let same_id = payee.identifiers.text().is_some_and(|id| seller.identifiers.iter().any(|term| term.text() == id));
    let named = payee.name.is_present() && !same_name && !same_id;
    judge.fatal("BR-17", at, named, "a payee other than the seller has no name (BT-59)");
}

fn tax_representative(invoice: &Invoice<'_>, judge: &mut Judge) {
    let representative = &invoice.tax_representative;
    let Some(at) = representative.at else { return };
    judge.fatal("BR-18", at, representative.name.text().is_some(), "the tax representative's name (BT-62) is missing");
    judge.fatal("BR-19", at, representative.address.at.is_some(), "the tax representative's address (BG-12) is missing");
    judge.fatal("BR-56", at, representative.vat_id().is_some(), "the tax representative's VAT identifier (BT-63) is missing");
    country(representative, "BR-20", "the tax representative's country (BT-69) is missing", judge);
}

fn totals(invoice: &Invoice<'_>, judge: &mut Judge) {
    let totals = &invoice.totals;
    if let Some(at) = totals.at {
        judge.fatal("BR-12", at, totals.lines.is_present(), "the sum of line net amounts (BT-106) is missing");
        judge.fatal("BR-13", at, totals.without_vat.is_present(), "the total without VAT (BT-109) is missing");
        judge.fatal("BR-14", at, totals.with_vat.is_present(), "the total with VAT (BT-112) is missing");
        judge.fatal("BR-15", at, totals.payable.is_present(), "the amount due (BT-115) is missing");
    }
    if let Some(currency) = invoice.tax_currency.text() {
        let stated = totals.vat.iter().any(|amount| amount.attribute("currencyID") == Some(currency));
        judge.fatal("BR-53", invoice.outline.root(), stated, "the VAT total in the accounting currency (BT-111) is missing");
    }
}

/// A period ends when it starts or later, and says something.
pub(super) fn period(period: &Period<'_>, [order, filled]: [&str; 2], judge: &mut Judge) {
    let Some(at) = period.at else { return };
    let in_order = period.start.value().zip(period.end.value()).is_none_or(|(start, end)| end >= start);
    judge.fatal(order, at, in_order, "the period ends before it starts");
    let said = period.start.is_present() || period.end.is_present() || period.tax_point_code.is_present();
    judge.fatal(filled, at, said, "the period has neither start nor end");
}

fn references(invoice: &Invoice<'_>, judge: &mut Judge) {
    for document in &invoice.supporting_documents {
        judge.fatal("BR-52", document.at, document.reference.text().is_some(), "the supporting document's reference (BT-122) is missing");
    }
    for preceding in &invoice.preceding_invoices {
        judge.fatal("BR-55", preceding.at, preceding.number.is_present(), "the preceding invoice's number (BT-25) is missing");
    }
    let place: Option<Element<'_>> = invoice.delivery.place.address.at;
    if let Some(at) = place {
        let country = invoice.delivery.place.address.country.is_present();
        judge.fatal("BR-57", at, country, "the country of delivery (BT-80) is missing");
    }
}
