//! Header, parties and tax totals.

use rust_decimal::Decimal;

use super::{Book, Process, country};
use crate::model::{Invoice, Party};
use crate::outline::Element;
use crate::rules::judge::Judge;
use crate::syntax::Syntax;
use crate::term::Term;

/// What XRechnung demands as well.
pub(super) fn common(invoice: &Invoice<'_>, book: Book, judge: &mut Judge) {
    if let Some(at) = context(invoice) {
        judge.fatal("PEPPOL-EN16931-R001", at, invoice.business_process.is_present(), "the business process (BT-23) is missing");
    }
    for currency in invoice.tax_currency.iter() {
        let other = invoice.currency.text() != Some(currency.text());
        judge.fatal("PEPPOL-EN16931-R005", currency.element(), other, "the VAT accounting currency (BT-6) is that of the invoice (BT-5)");
    }
    addressed("PEPPOL-EN16931-R010", &invoice.buyer, "the buyer's electronic address (BT-49) is missing", judge);
    addressed("PEPPOL-EN16931-R020", &invoice.seller, "the seller's electronic address (BT-34) is missing", judge);
    match invoice.syntax.is_ubl() {
        true => tax_totals_of_ubl(invoice, judge),
        false => tax_totals_of_cii(invoice, book, judge),
    }
}

/// What only Peppol demands.
pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    let process = Process::of(invoice);
    let number = invoice.business_process.text().and_then(|name| process.number_in(name));
    if let Some(at) = context(invoice) {
        judge.fatal("PEPPOL-EN16931-R007", at, number.is_some(), &format!("the business process (BT-23) is not {}NN:1.0", process.name));
        let specified = invoice.specification.text().is_some_and(|id| id.starts_with(process.specification));
        let text = format!("the specification identifier (BT-24) does not begin with {}", process.specification);
        judge.fatal("PEPPOL-EN16931-R004", at, specified, &text);
    }
    notes(invoice, judge);
    references(invoice, judge);
    if number == Some("01") {
        type_code(invoice, process, judge);
    }
    if process.has_national_rules {
        german_types(invoice, judge);
    }
}

fn german_types(invoice: &Invoice<'_>, judge: &mut Judge) {
    if let (Syntax::UblInvoice, Some("326" | "384"), Some(code)) = (invoice.syntax, invoice.type_code.text(), invoice.type_code.first()) {
        let allowed = country::both_are_german(invoice);
        judge.fatal("PEPPOL-EN16931-P0112", code.element(), allowed, "type code (BT-3) 326 and 384 are for German sellers and buyers only");
    }
}

/// Where a document states what it follows; CII has an element for it.
fn context<'d>(invoice: &Invoice<'d>) -> Option<Element<'d>> {
    let root = invoice.outline.root();
    if invoice.syntax.is_ubl() { Some(root) } else { root.child("rsm:ExchangedDocumentContext") }
}

fn addressed(rule: &str, party: &Party<'_>, text: &str, judge: &mut Judge) {
    if let Some(at) = party.at {
        judge.fatal(rule, at, party.electronic_address.is_present(), text);
    }
}

fn notes(invoice: &Invoice<'_>, judge: &mut Judge) {
    let codes = invoice.notes.iter().any(|note| note.subject.is_present());
    let few = (invoice.notes.len() <= 1 || country::both_are_german(invoice)) && !codes;
    let at = invoice.notes.last().map_or(invoice.outline.root(), |note| note.at);
    judge.fatal("PEPPOL-EN16931-R002", at, few, "there is more than one note (BT-22)");
}

fn references(invoice: &Invoice<'_>, judge: &mut Judge) {
    let root = invoice.outline.root();
    let agreement = root.at(&["rsm:SupplyChainTradeTransaction", "ram:ApplicableHeaderTradeAgreement"]);
    let Some(at) = (if invoice.syntax.is_ubl() { Some(root) } else { agreement }) else { return };
    let referred = invoice.references.buyer.is_present() || invoice.references.purchase_order.is_present();
    judge.fatal("PEPPOL-EN16931-R003", at, referred, "there is neither a buyer reference (BT-10) nor an order reference (BT-13)");
    let documents = |code: &str| invoice.supporting_documents.iter().filter(|document| document.type_code.text() == Some(code)).count();
    if invoice.syntax != Syntax::UblInvoice {
        judge.fatal("PEPPOL-EN16931-R080", at, documents("50") <= 1, "there is more than one project reference (BT-11)");
    }
    if invoice.syntax == Syntax::Cii {
        judge.fatal("PEPPOL-EN16931-R006", at, documents("130") <= 1, "there is more than one invoiced object (BT-18)");
    }
}

fn type_code(invoice: &Invoice<'_>, process: &Process, judge: &mut Judge) {
    let (rule, lists): (_, &[&[&str]]) = match invoice.syntax {
        Syntax::UblInvoice => ("PEPPOL-EN16931-P0100", &[process.invoice_types]),
        Syntax::UblCreditNote => ("PEPPOL-EN16931-P0101", &[process.credit_note_types]),
        Syntax::Cii | Syntax::Zugferd1 => ("PEPPOL-EN16931-P0100", &[process.invoice_types, process.credit_note_types]),
    };
    for code in invoice.type_code.iter() {
        let listed = lists.iter().any(|list| list.contains(&code.text()));
        judge.fatal(rule, code.element(), listed, "the type code (BT-3) is not one of this process");
    }
}

fn tax_totals_of_ubl(invoice: &Invoice<'_>, judge: &mut Judge) {
    let root = invoice.outline.root();
    let totals = || root.children().filter(|child| child.name() == "cac:TaxTotal");
    let broken_down = totals().filter(|total| total.child("cac:TaxSubtotal").is_some()).count();
    let expected = usize::from(invoice.tax_currency.is_present());
    judge.fatal("PEPPOL-EN16931-R053", root, broken_down == 1, "there is not exactly one VAT total with a breakdown");
    judge.fatal("PEPPOL-EN16931-R054", root, totals().count() - broken_down == expected, TOTALS_ELSEWHERE);
    if let Some(tax_currency) = invoice.tax_currency.text() {
        let agree = signs_agree(invoice, tax_currency, |amount| amount <= Decimal::ZERO);
        judge.fatal("PEPPOL-EN16931-R055", root, agree, OPPOSITE_SIGNS);
    }
}

fn tax_totals_of_cii(invoice: &Invoice<'_>, book: Book, judge: &mut Judge) {
    let root = invoice.outline.root();
    let Some(at) = root.at(&["rsm:SupplyChainTradeTransaction", "ram:ApplicableHeaderTradeSettlement"]) else { return };
    let currency = invoice.currency.first().map(Term::raw);
    let currencies = || invoice.totals.vat.iter().filter_map(|amount| amount.attribute("currencyID"));
    let own = currencies().filter(|code| Some(*code) == currency).count();
    let foreign = currencies().filter(|code| currency.is_some_and(|currency| currency != *code)).count();
    let expected = usize::from(invoice.tax_currency.is_present());
    let one = own == 1 || (own == 0 && book.is_german());
    judge.fatal("PEPPOL-EN16931-R053", at, one, "there is not exactly one VAT total (BT-110) in the invoice's currency");
    judge.fatal("PEPPOL-EN16931-R054", at, foreign == expected, TOTALS_ELSEWHERE);
    if let Some(tax_currency) = invoice.tax_currency.text() {
        let agree = signs_agree(invoice, tax_currency, |amount| amount < Decimal::ZERO);
        judge.fatal("PEPPOL-EN16931-R055", at, agree || (own == 0 && book.is_german()), OPPOSITE_SIGNS);
    }
}

const TOTALS_ELSEWHERE: &str =
    "the VAT total in the accounting currency (BT-111) stands where there is no such currency, or is not there once";
const OPPOSITE_SIGNS: &str = "the VAT totals in the two currencies (BT-110, BT-111) do not have the same sign";

/// Some VAT total in each currency is a debit, or some in each is a credit; 0 is a credit only to UBL.
fn signs_agree(invoice: &Invoice<'_>, tax_currency: &str, is_credit: fn(Decimal) -> bool) -> bool {
    let some = |currency: Option<&str>, is_it: fn(Decimal) -> bool| {
        let stated = invoice.totals.vat.iter().filter(|amount| amount.attribute("currencyID") == currency);
        stated.filter_map(|amount| amount.value().copied()).any(is_it)
    };
    let both = |is_it: fn(Decimal) -> bool| some(Some(tax_currency), is_it) && some(invoice.currency.text(), is_it);
    both(is_credit) || both(|amount| amount >= Decimal::ZERO)
}
