//! Direct debits name their mandate.

use crate::model::{Invoice, PaymentMeans};
use crate::rules::judge::Judge;

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    for means in invoice.payment.means.iter().filter(|means| matches!(means.code.text(), Some("49" | "59"))) {
        judge.fatal(
            "PEPPOL-EN16931-R061",
            means.at,
            has_mandate(means, invoice),
            "the direct debit's mandate reference (BT-89) is missing",
        );
    }
}

/// UBL states the mandate with the way to pay, CII with the terms.
fn has_mandate(means: &PaymentMeans<'_>, invoice: &Invoice<'_>) -> bool {
    match invoice.syntax.is_ubl() {
        true => means.at.at(&["cac:PaymentMandate", "cbc:ID"]).is_some(),
        false => invoice.payment.mandate.is_present(),
    }
}
