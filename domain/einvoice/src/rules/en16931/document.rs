//! The document level: header, parties, totals.

use crate::model::Invoice;
use crate::rules::judge::Judge;
use crate::specification::Specification;
use crate::totals::is_passed_over;

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    header(invoice, judge);
    seller_and_buyer(invoice, judge);
    totals(invoice, judge);
}

fn header(invoice: &Invoice<'_>, judge: &mut Judge) {
    let at = invoice.outline.root();
    judge.fatal("BR-01", at, invoice.specification.text().is_some(), "the specification identifier (BT-24) is missing");
    judge.fatal("BR-02", at, invoice.number.text().is_some(), "the invoice number (BT-1) is missing");
    judge.fatal("BR-03", at, has_issue_date(invoice), "the issue date (BT-2) is missing");
    judge.fatal("BR-04", at, invoice.type_code.text().is_some(), "the type code (BT-3) is missing");
    judge.fatal("BR-05", at, invoice.currency.text().is_some(), "the currency (BT-5) is missing");
    judge.fatal("BR-16", at, !invoice.lines.is_empty(), "there is no invoice line (BG-25)");
    // In CII this is a rule about lines, so that without any it is silent; BASIC WL, which has none, asks it all the same.
    let has_none_by_design = invoice.follows() == Specification::FacturXBasicWl;
    let is_unasked = !invoice.syntax.is_ubl() && invoice.lines.is_empty() && !has_none_by_design;
    let broken_down = !invoice.tax_breakdown.is_empty() || is_unasked;
    judge.fatal("BR-CO-18", at, broken_down, "there is no VAT breakdown (BG-23)");
    judge.fatal("BR-CO-03", at, has_one_tax_point(invoice), "tax point date (BT-7) and tax point code (BT-8) exclude each other");
}

/// CII states both with a tax, of whatever place, and asks it of those of the breakdown.
fn has_one_tax_point(invoice: &Invoice<'_>) -> bool {
    if !invoice.syntax.is_ubl() {
        let is_somewhere = |wanted: &str| invoice.outline.names().any(|name| name == wanted);
        let has_both = is_somewhere("ram:TaxPointDate") && is_somewhere("ram:DueDateTypeCode");
        return !has_both || invoice.tax_breakdown.iter().all(is_passed_over);
    }
    let (dated, coded) = (invoice.tax_point_date.is_present(), invoice.period.tax_point_code.is_present());
    !(dated && coded)
}

/// CII accepts dates of the format 102 only.
fn has_issue_date(invoice: &Invoice<'_>) -> bool {
    let is_ubl = invoice.syntax.is_ubl();
    invoice.issue_date.iter().any(|date| !date.is_blank() && (is_ubl || date.attribute("format") == Some("102")))
}

fn seller_and_buyer(invoice: &Invoice<'_>, judge: &mut Judge) {
    let (root, seller, buyer) = (invoice.outline.root(), &invoice.seller, &invoice.buyer);
    judge.fatal("BR-06", root, seller.name.text().is_some(), "the seller's name (BT-27) is missing");
    judge.fatal("BR-07", root, buyer.name.text().is_some(), "the buyer's name (BT-44) is missing");
    judge.fatal("BR-08", root, seller.address.at.is_some(), "the seller's address (BG-5) is missing");
    judge.fatal("BR-10", root, buyer.address.at.is_some(), "the buyer's address (BG-8) is missing");
    // In UBL an address without a country is judged where it stands, in CII the document as a whole.
    if !invoice.syntax.is_ubl() {
        judge.fatal("BR-09", root, seller.address.country.text().is_some(), "the seller's country (BT-40) is missing");
        judge.fatal("BR-11", root, buyer.address.country.text().is_some(), "the buyer's country (BT-55) is missing");
    }
}

fn totals(invoice: &Invoice<'_>, judge: &mut Judge) {
    let totals = &invoice.totals;
    if let Some(at) = totals.at {
        judge.fatal("BR-12", at, totals.lines.is_present(), "the sum of line net amounts (BT-106) is missing");
        judge.fatal("BR-13", at, totals.without_vat.is_present(), "the total without VAT (BT-109) is missing");
        judge.fatal("BR-14", at, totals.with_vat.is_present(), "the total with VAT (BT-112) is missing");
        judge.fatal("BR-15", at, totals.payable.is_present(), "the amount due (BT-115) is missing");
    }
    if invoice.tax_currency.is_present() && (invoice.syntax.is_ubl() || totals.at.is_some()) {
        let at = totals.at.unwrap_or(invoice.outline.root());
        judge.fatal("BR-53", at, has_tax_in_accounting_currency(invoice), "the VAT total in the accounting currency (BT-111) is missing");
    }
}

/// In CII the accounting currency must also be another than the document's.
fn has_tax_in_accounting_currency(invoice: &Invoice<'_>) -> bool {
    let currency = invoice.tax_currency.first().map(|currency| currency.raw());
    let stated = invoice.totals.vat.iter().any(|amount| amount.attribute("currencyID") == currency);
    stated && (invoice.syntax.is_ubl() || currency != invoice.currency.first().map(|currency| currency.raw()))
}
