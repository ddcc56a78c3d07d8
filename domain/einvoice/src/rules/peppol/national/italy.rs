//! Italian sellers.

use crate::model::{Invoice, TaxRegistration};
use crate::rules::judge::Judge;
use crate::syntax::Syntax;

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    let seller = &invoice.seller;
    for registration in seller.tax_registrations.iter().filter(|registration| is_local(registration, invoice.syntax)) {
        let shaped = registration.id.text().is_some_and(is_tax_code);
        judge.fatal(
            "IT-R-001",
            registration.at,
            shaped,
            "the seller's tax registration (BT-32) has not 11 to 16 capital letters and digits",
        );
    }
    if let Some(at) = seller.at {
        let address = &seller.address;
        judge.fatal("IT-R-002", at, address.line_1.is_present(), "the Italian seller's address line (BT-35) is missing");
        judge.fatal("IT-R-003", at, address.city.is_present(), "the Italian seller's city (BT-37) is missing");
        judge.fatal("IT-R-004", at, address.post_code.is_present(), "the Italian seller's post code (BT-38) is missing");
    }
}

fn is_local(registration: &TaxRegistration<'_>, syntax: Syntax) -> bool {
    match syntax.is_ubl() {
        true => registration.scheme != Some("VAT"),
        false => registration.scheme.map(str::trim) == Some("FC"),
    }
}

fn is_tax_code(text: &str) -> bool {
    (11..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}
