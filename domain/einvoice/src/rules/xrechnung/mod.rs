//! XRechnung: Germany's rules on EN 16931, the common rules of Peppol that it takes over, and its extension.

mod account;
mod contact;
mod extension;
mod german;
mod payment;
mod release;
mod temporary;
mod vehicles;

pub(super) use release::Release;

use german::{Ids, check as german};

use super::judge::Judge;
use super::peppol::{self, Book};
use crate::model::Invoice;
use crate::specification::Specification;
use crate::syntax::Syntax;

pub(super) fn check(invoice: &Invoice<'_>, release: &Release, judge: &mut Judge) {
    german(invoice, Ids::XRechnung, release, judge);
    named(invoice, release, judge);
    if release.has("PEPPOL-") {
        let book = if release.is_later() { Book::LaterXRechnung } else { Book::XRechnung };
        peppol::common(invoice, book, judge);
    }
    if release.has("BR-TMP-1") && invoice.syntax == Syntax::Cii {
        taxed_once(invoice, judge);
    }
    if release.is_later() {
        temporary::check(invoice, judge);
    }
    if invoice.specification.first().is_some_and(|id| release.is_for_vehicles(id.raw())) {
        vehicles::check(invoice, judge);
    }
    if invoice.follows() == Specification::XRechnungExtension {
        extension::check(invoice, release, judge);
    }
}

/// The rules of Germany that Peppol has taken over.
pub(super) fn for_peppol(invoice: &Invoice<'_>, judge: &mut Judge) {
    german(invoice, Ids::Peppol, Release::usual(), judge);
}

fn named(invoice: &Invoice<'_>, release: &Release, judge: &mut Judge) {
    // CII has an element for what a document follows; without it nobody asks.
    if !invoice.syntax.is_ubl() && invoice.outline.root().child("rsm:ExchangedDocumentContext").is_none() {
        return;
    }
    let id = invoice.specification.first();
    let at = id.map_or(invoice.outline.root(), |id| id.element());
    let known = id.is_some_and(|id| release.is_named_by(id.raw()));
    judge.warning("BR-DE-21", at, known, "the specification identifier (BT-24) is not that of XRechnung");
}

fn taxed_once(invoice: &Invoice<'_>, judge: &mut Judge) {
    for line in &invoice.lines {
        judge.warning("BR-TMP-1", line.at, line.taxes.len() == 1, "a line has exactly one VAT category (BG-30)");
    }
}
