//! Dutch sellers.

use rust_decimal::Decimal;

use super::country::is_in;
use crate::model::{Address, Invoice, Party};
use crate::rules::judge::Judge;
use crate::syntax::Syntax;

const MEANS: &[&str] = &["30", "48", "49", "57", "58", "59"];

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    let is_domestic = is_in(&invoice.buyer, "NL");
    credit_note(invoice, judge);
    address("NL-R-002", &invoice.seller.address, "the Dutch seller's address lacks street, city or post code", judge);
    registration("NL-R-003", &invoice.seller, "the Dutch seller's legal registration (BT-30) is no KVK or OIN number", judge);
    if is_domestic {
        address("NL-R-004", &invoice.buyer.address, "the Dutch buyer's address lacks street, city or post code", judge);
        registration("NL-R-005", &invoice.buyer, "the Dutch buyer's legal registration (BT-47) is no KVK or OIN number", judge);
        for means in &invoice.payment.means {
            let allowed = means.code.text().is_some_and(|code| MEANS.contains(&code));
            judge.fatal("NL-R-008", means.at, allowed, "the payment means code (BT-81) is not one for the Netherlands");
        }
    }
    if is_in(&invoice.tax_representative, "NL") {
        let text = "the Dutch tax representative's address lacks street, city or post code";
        address("NL-R-006", &invoice.tax_representative.address, text, judge);
    }
    payment(invoice, judge);
    orders(invoice, judge);
}

fn credit_note(invoice: &Invoice<'_>, judge: &mut Judge) {
    let Some(code) = invoice.type_code.first() else { return };
    let is_credit = match invoice.syntax.is_ubl() {
        true => invoice.syntax == Syntax::UblCreditNote,
        false => matches!(code.text(), "81" | "83" | "381" | "396" | "532"),
    };
    let refers = invoice.preceding_invoices.iter().any(|preceding| preceding.number.is_present());
    judge.fatal("NL-R-001", code.element(), !is_credit || refers, "the credit note names no invoice (BT-25)");
}

fn address(rule: &str, address: &Address<'_>, text: &str, judge: &mut Judge) {
    if let Some(at) = address.at {
        let whole = address.line_1.is_present() && address.city.is_present() && address.post_code.is_present();
        judge.fatal(rule, at, whole, text);
    }
}

fn registration(rule: &str, party: &Party<'_>, text: &str, judge: &mut Judge) {
    for id in party.legal_registration.iter() {
        let known = matches!(id.attribute("schemeID"), Some("0106" | "0190"));
        judge.fatal(rule, id.element(), known && !id.is_blank(), text);
    }
}

/// A way to pay is needed where the buyer is to pay.
fn payment(invoice: &Invoice<'_>, judge: &mut Judge) {
    let Some(at) = invoice.totals.at else { return };
    let is_credit = invoice.syntax == Syntax::UblCreditNote || (invoice.syntax == Syntax::Cii && invoice.type_code.text() == Some("381"));
    let payable = invoice.totals.payable.value();
    let nothing_due = payable.is_some_and(|payable| if is_credit { *payable >= Decimal::ZERO } else { *payable <= Decimal::ZERO });
    judge.fatal("NL-R-007", at, nothing_due || !invoice.payment.means.is_empty(), "the way to pay (BG-16) is missing");
}

fn orders(invoice: &Invoice<'_>, judge: &mut Judge) {
    let ordered = invoice.references.purchase_order.is_present();
    for line in invoice.lines.iter().flat_map(|line| line.order_line.iter()) {
        judge.fatal("NL-R-009", line.element(), ordered, "an order line (BT-132) is referred to but no order (BT-13)");
    }
}
