//! Icelandic sellers.

use chrono::NaiveDate;

use super::country::is_exactly_in;
use crate::model::{Invoice, Party};
use crate::rules::judge::Judge;
use crate::value::Value;

/// What the last day of payment is called.
const LAST_DAY: &str = "EINDAGI";

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    let root = invoice.outline.root();
    let usual = matches!(invoice.type_code.text(), Some("380" | "381"));
    judge.warning("IS-R-001", root, usual, "an Icelandic seller's invoice should be of type (BT-3) 380 or 381");
    judge.fatal("IS-R-002", root, is_registered(&invoice.seller), "the Icelandic seller's kennitala (BT-30, scheme 0196) is missing");
    judge.fatal("IS-R-003", root, is_addressed(&invoice.seller), "the Icelandic seller's street (BT-35) or post code (BT-38) is missing");
    for (rule, code) in [("IS-R-006", "9"), ("IS-R-007", "42")] {
        judge.fatal(rule, root, accounts_have_twelve(invoice, code), "the account (BT-84) for this way to pay has not 12 digits");
    }
    last_day(invoice, judge);
    if let (true, Some(at)) = (is_exactly_in(&invoice.buyer, "IS"), root.child("cac:AccountingCustomerParty")) {
        judge.fatal("IS-R-004", at, is_registered(&invoice.buyer), "the Icelandic buyer's kennitala (BT-47, scheme 0196) is missing");
        judge.fatal("IS-R-005", at, is_addressed(&invoice.buyer), "the Icelandic buyer's street (BT-50) or post code (BT-53) is missing");
    }
}

fn is_registered(party: &Party<'_>) -> bool {
    party.legal_registration.iter().any(|id| id.attribute("schemeID") == Some("0196"))
}

fn is_addressed(party: &Party<'_>) -> bool {
    party.address.line_1.is_present() && party.address.post_code.is_present()
}

fn accounts_have_twelve(invoice: &Invoice<'_>, code: &str) -> bool {
    let mut means = invoice.payment.means.iter().filter(|means| means.code.text() == Some(code));
    means.all(|means| means.accounts.iter().any(|account| account.id.text().is_some_and(|id| id.chars().count() == 12)))
}

fn last_day(invoice: &Invoice<'_>, judge: &mut Judge) {
    let root = invoice.outline.root();
    let mut documents = invoice.supporting_documents.iter();
    let Some(document) = documents.find(|document| document.description.text() == Some(LAST_DAY)) else { return };
    let stated = document.reference.first();
    let day = stated.filter(|day| day.raw().len() == 10).and_then(|day| NaiveDate::read(day.element()));
    // A credit note has its due date elsewhere, where nobody looks; days are compared as they are written.
    let due = root.child("cbc:DueDate");
    judge.fatal("IS-R-008", root, day.is_some(), "the last day of payment (BT-122) is not written YYYY-MM-DD");
    judge.fatal("IS-R-009", root, due.is_some(), "there is a last day of payment but no due date (BT-9)");
    let in_order = due.zip(stated).is_some_and(|(due, day)| due.raw() <= day.raw());
    judge.fatal("IS-R-010", root, in_order, "the last day of payment (BT-122) is before the due date (BT-9)");
}
