//! The rules of the seller's country.
//!
//! Norway, Italy and Greece look at VAT identifiers before addresses, the other countries at addresses alone; of these only Germany
//! and the Netherlands read small letters. Germany, Greece and Iceland have rules for UBL only.

mod denmark;
mod greece;
mod iceland;
mod italy;
mod netherlands;
mod norway;
mod sweden;

use super::{country, identifier};
use crate::model::Invoice;
use crate::rules::judge::Judge;
use crate::rules::xrechnung;

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    let is_ubl = invoice.syntax.is_ubl();
    match country::of_seller(invoice).map(str::to_ascii_uppercase).as_deref() {
        Some("NO") => norway::check(invoice, judge),
        Some("IT") => italy::check(invoice, judge),
        Some("GR" | "EL") if is_ubl => greece::check(invoice, judge),
        _ => {}
    }
    if is_ubl {
        greece::seller_address(&invoice.seller, judge);
    }
    match country::of_address(&invoice.seller) {
        Some("DK") => denmark::check(invoice, judge),
        Some("IS") if is_ubl => iceland::check(invoice, judge),
        Some("SE") => sweden::check(invoice, judge),
        Some(code) if code.eq_ignore_ascii_case("NL") => netherlands::check(invoice, judge),
        _ if is_ubl && country::both_are_german(invoice) => xrechnung::for_peppol(invoice, judge),
        _ => {}
    }
}
