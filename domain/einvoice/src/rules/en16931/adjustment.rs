//! Allowances and charges of the document and, with other ids, of a line.

use crate::model::{AllowanceCharge, Invoice};
use crate::rules::judge::Judge;

/// The ids of amount, reason, and the second rule that asks for a reason.
pub(super) struct Ids {
    pub(super) amount: &'static str,
    pub(super) reasons: [&'static str; 2],
}

const ALLOWANCE: Ids = Ids { amount: "BR-31", reasons: ["BR-33", "BR-CO-21"] };
const CHARGE: Ids = Ids { amount: "BR-36", reasons: ["BR-38", "BR-CO-22"] };

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    for allowance in invoice.allowances() {
        complete(allowance, &ALLOWANCE, judge);
        judge.fatal("BR-32", allowance.at, is_categorised(allowance), "the allowance's VAT category (BT-95) is missing");
    }
    for charge in invoice.charges().filter(|charge| !charge.is_logistics_service) {
        complete(charge, &CHARGE, judge);
        judge.fatal("BR-37", charge.at, is_categorised(charge), "the charge's VAT category (BT-102) is missing");
    }
}

pub(super) fn complete(adjustment: &AllowanceCharge<'_>, ids: &Ids, judge: &mut Judge) {
    judge.fatal(ids.amount, adjustment.at, adjustment.amount.is_present(), "the amount is missing");
    let explained = adjustment.reason.is_present() || adjustment.reason_code.is_present();
    for rule in ids.reasons {
        judge.fatal(rule, adjustment.at, explained, "there is neither a reason nor a reason code");
    }
}

fn is_categorised(adjustment: &AllowanceCharge<'_>) -> bool {
    adjustment.tax.is_vat() && adjustment.tax.code.is_present()
}
