//! What Germany demands of an invoice. Peppol has the same rules, under names of its own, between Germans.

use super::{Release, contact, payment};
use crate::model::{Address, Invoice, TaxCategory};
use crate::outline::Element;
use crate::rules::judge::Judge;
use crate::skonto;

/// Whose names the rules have.
#[derive(Clone, Copy)]
pub(super) enum Ids {
    XRechnung,
    Peppol,
}

/// A rule's name in XRechnung, and in Peppol.
pub(super) type Rule = [&'static str; 2];

/// Judges by rules that have two names, those of one release.
pub(super) struct German<'j> {
    ids: Ids,
    release: &'j Release,
    judge: &'j mut Judge,
}

impl German<'_> {
    pub(super) fn fatal(&mut self, rule: Rule, at: Element<'_>, holds: bool, text: &str) {
        self.judge.fatal(rule[self.ids as usize], at, holds || !self.release.has(rule[0]), text);
    }

    pub(super) fn release(&self) -> &Release {
        self.release
    }

    pub(super) fn warning(&mut self, rule: Rule, at: Element<'_>, holds: bool, text: &str) {
        self.judge.warning(rule[self.ids as usize], at, holds || !self.release.has(rule[0]), text);
    }
}

pub(super) fn check(invoice: &Invoice<'_>, ids: Ids, release: &Release, judge: &mut Judge) {
    let mut german = German { ids, release, judge };
    header(invoice, &mut german);
    parties(invoice, &mut german);
    attachments(invoice, &mut german);
    for part in &invoice.tax_breakdown {
        german.fatal(["BR-DE-14", "DE-R-014"], part.at, part.category.rate.text().is_some(), "the VAT rate (BT-119) is missing");
    }
    payment::check(invoice, &mut german);
}

const TYPES: &[&str] = &["326", "380", "384", "389", "381", "875", "876", "877"];

fn header(invoice: &Invoice<'_>, german: &mut German<'_>) {
    let root = invoice.outline.root();
    german.fatal(["BR-DE-1", "DE-R-001"], root, !invoice.payment.means.is_empty(), "the payment instructions (BG-16) are missing");
    german.fatal(["BR-DE-15", "DE-R-015"], root, invoice.references.buyer.text().is_some(), "the buyer reference (BT-10) is missing");
    german.fatal(
        ["BR-DE-16", "DE-R-016"],
        root,
        !uses_vat(invoice) || is_identified(invoice),
        "the seller has no tax number (BT-31, BT-32) nor representative (BG-11)",
    );
    let code = invoice.type_code.text();
    german.warning(
        ["BR-DE-17", "DE-R-017"],
        root,
        code.is_some_and(|code| TYPES.contains(&code)),
        "the type code (BT-3) is not one in use in Germany",
    );
    let refers = code != Some("384") || !invoice.preceding_invoices.is_empty();
    german.warning(["BR-DE-26", "DE-R-026"], root, refers, "a corrected invoice (384) should name the preceding one (BG-3)");
    for note in invoice.payment.terms.iter().filter_map(|terms| terms.note.first()) {
        german.fatal(
            ["BR-DE-18", "DE-R-018"],
            note.element(),
            skonto::is_well_formed(note.raw()),
            "the discount terms (BT-20) are not written as agreed",
        );
    }
}

/// Whether some line, allowance or charge is of a VAT category with a tax number; CII is looked at in its lines alone.
fn uses_vat(invoice: &Invoice<'_>) -> bool {
    let is_ubl = invoice.syntax.is_ubl();
    let is_of_vat = |category: &TaxCategory<'_>| {
        let listed = matches!(category.code.text(), Some("S" | "Z" | "E" | "AE" | "K" | "G" | "L" | "M"));
        listed && (is_ubl || category.scheme.text() == Some("VAT"))
    };
    let adjustments = invoice.allowance_charges.iter().filter(|adjustment| is_ubl && (adjustment.is_charge() || adjustment.is_allowance()));
    let categories = adjustments.map(|adjustment| &adjustment.tax);
    categories.chain(invoice.lines.iter().flat_map(|line| &line.taxes)).any(is_of_vat)
}

fn is_identified(invoice: &Invoice<'_>) -> bool {
    let is_ubl = invoice.syntax.is_ubl();
    let mut numbers = invoice.seller.tax_registrations.iter().filter(|number| number.id.text().is_some());
    invoice.tax_representative.is_present() || numbers.any(|number| is_ubl || matches!(number.scheme.map(str::trim), Some("VA" | "FC")))
}

fn parties(invoice: &Invoice<'_>, german: &mut German<'_>) {
    let seller = &invoice.seller;
    let group = if invoice.syntax.is_ubl() { invoice.outline.root().child("cac:AccountingSupplierParty") } else { seller.at };
    if let Some(at) = group {
        german.fatal(["BR-DE-2", "DE-R-002"], at, seller.contact.at.is_some(), "the seller's contact (BG-6) is missing");
    }
    address(&seller.address, [["BR-DE-3", "DE-R-003"], ["BR-DE-4", "DE-R-004"]], german);
    address(&invoice.buyer.address, [["BR-DE-8", "DE-R-008"], ["BR-DE-9", "DE-R-009"]], german);
    address(&invoice.delivery.place.address, [["BR-DE-10", "DE-R-010"], ["BR-DE-11", "DE-R-011"]], german);
    contact::check(&seller.contact, german);
}

fn address(address: &Address<'_>, [city, post_code]: [Rule; 2], german: &mut German<'_>) {
    if let Some(at) = address.at {
        german.fatal(city, at, address.city.text().is_some(), "the address has no city (BT-37, BT-52, BT-77)");
        german.fatal(post_code, at, address.post_code.text().is_some(), "the address has no post code (BT-38, BT-53, BT-78)");
    }
}

fn attachments(invoice: &Invoice<'_>, german: &mut German<'_>) {
    let contents = invoice.supporting_documents.iter().flat_map(|document| document.content.iter());
    let mut seen = std::collections::HashSet::new();
    for content in contents {
        let unique = content.attribute("filename").is_none_or(|name| seen.insert(name));
        german.fatal(["BR-DE-22", "DE-R-022"], content.element(), unique, "two attachments (BT-125) have the same file name");
    }
}
