//! Norwegian sellers.

use super::country::{split, vat_ids};
use super::identifier::is_norwegian;
use crate::model::Invoice;
use crate::rules::judge::Judge;

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    let seller = &invoice.seller;
    let Some(at) = seller.at else { return };
    let scheme = if invoice.syntax.is_ubl() { "TAX" } else { "FC" };
    let mut registers = seller.tax_registrations.iter().filter(|registration| registration.scheme == Some(scheme));
    let registered = registers.any(|registration| registration.id.text() == Some("Foretaksregisteret"));
    judge.warning("NO-R-002", at, registered, "most Norwegian sellers must state 'Foretaksregisteret' (BT-32)");
    let vat = vat_ids(seller).filter(|id| split(id).0 == "NO").all(|id| split(id).1.strip_suffix("MVA").is_some_and(is_norwegian));
    judge.fatal("NO-R-001", at, vat, "a Norwegian VAT identifier (BT-31) is NO, an organisation number and MVA");
}
