//! XRechnung: Germany's rules on EN 16931, the common rules of Peppol that it takes over, and its extension.

mod account;
mod contact;
mod extension;
mod german;
mod payment;
mod skonto;

pub(super) use german::{Ids, check as german};

use super::judge::Judge;
use super::peppol::{self, Book};
use crate::model::Invoice;
use crate::specification::Specification;
use crate::syntax::Syntax;

/// What a release calls itself in BT-24.
struct Release {
    core: &'static str,
    extension: &'static str,
}

const RELEASES: &[Release] = &[Release {
    core: "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0",
    extension: "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0",
}];

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    peppol::common(invoice, Book::XRechnung, judge);
    german(invoice, Ids::XRechnung, judge);
    named(invoice, judge);
    if invoice.syntax == Syntax::Cii {
        taxed_once(invoice, judge);
    }
    if invoice.follows() == Specification::XRechnungExtension {
        extension::check(invoice, judge);
    }
}

fn named(invoice: &Invoice<'_>, judge: &mut Judge) {
    let id = invoice.specification.first();
    let known = id.is_some_and(|id| RELEASES.iter().any(|release| [release.core, release.extension].contains(&id.raw())));
    let at = id.map_or(invoice.outline.root(), |id| id.element());
    judge.warning("BR-DE-21", at, known, "the specification identifier (BT-24) is not that of this XRechnung");
}

fn taxed_once(invoice: &Invoice<'_>, judge: &mut Judge) {
    for line in &invoice.lines {
        judge.warning("BR-TMP-1", line.at, line.taxes.len() == 1, "a line has exactly one VAT category (BG-30)");
    }
}
