//! How and when to pay.

use quittance_einvoice::CanonicalInvoice;
use quittance_einvoice::canonical::{CanonicalPayment, CanonicalPaymentMeans};

use super::head::joined;
use super::words::{account, means, money};
use crate::write::pdf::page::{Align, BODY, LEFT, Pages, RIGHT, SMALL};
use crate::write::pdf::qr::payment_code;
use crate::write::pdf::text::Line;

const CODE_SIDE: f32 = 82.0;

pub(super) fn payment(pages: &mut Pages<'_>, invoice: &CanonicalInvoice) {
    let payment = &invoice.payment;
    let facts = facts(invoice);
    if facts.is_empty() && payment.terms.is_none() && payment.instalments.is_empty() {
        return;
    }
    let has_code = payment_code(invoice, 0.0, 0.0, CODE_SIDE).is_some();
    let height = facts.len() as f32 * (BODY.leading() + 1.5);
    pages.heading_over(if has_code { height.max(CODE_SIDE + 12.0) } else { height }, "Payment");
    let y = pages.y;
    let right = if has_code { RIGHT - CODE_SIDE - 16.0 } else { RIGHT };
    for (label, value) in facts {
        fact(pages, label, &value, right);
    }
    code(pages, invoice, y);
    terms(pages, payment);
}

fn fact(pages: &mut Pages<'_>, label: &str, value: &str, right: f32) {
    let split = LEFT + 92.0;
    let value = pages.fonts.wrapped(value, right - split, BODY);
    pages.keep_together(value.iter().map(Line::leading).sum());
    let label = pages.fonts.line(label, SMALL);
    let y = pages.y;
    pages.put(label, (LEFT, split), y + 1.4, Align::Left);
    pages.y = pages.column(value, (split, right), y, Align::Left) + 1.5;
}

/// Beside the facts, as far as they are still on the page where they began.
fn code(pages: &mut Pages<'_>, invoice: &CanonicalInvoice, y: f32) {
    let x = RIGHT - CODE_SIDE;
    let Some(mark) = payment_code(invoice, x, y, CODE_SIDE).filter(|_| pages.y >= y) else { return };
    pages.mark(mark);
    let line = pages.fonts.line("Scan to pay", SMALL);
    pages.put(line, (x, RIGHT), y + CODE_SIDE + 2.0, Align::Right);
    pages.y = pages.y.max(y + CODE_SIDE + 14.0);
}

fn terms(pages: &mut Pages<'_>, payment: &CanonicalPayment) {
    if let Some(terms) = &payment.terms {
        pages.y += 3.0;
        pages.flow(terms, BODY);
    }
    for instalment in &payment.instalments {
        let amount = instalment.amount.map(|amount| format!(": {}", money(amount))).unwrap_or_default();
        pages.flow(&format!("{}{amount}", instalment.due_date), BODY);
    }
}

fn facts(invoice: &CanonicalInvoice) -> Vec<(&'static str, String)> {
    let payment = &invoice.payment;
    let stated =
        [("Reference", payment.reference.clone()), ("Mandate", payment.mandate.clone()), ("Creditor", payment.creditor_identifier.clone())];
    let stated = stated.into_iter().filter_map(|(label, value)| Some((label, value?)));
    payment.means.iter().flat_map(of_means).chain(stated).collect()
}

fn bank(institution: &str) -> String {
    let is_bic = matches!(institution.len(), 8 | 11) && institution.bytes().all(|byte| byte.is_ascii_alphanumeric());
    format!("{} {institution}", if is_bic { "BIC" } else { "at" })
}

fn of_means(means: &CanonicalPaymentMeans) -> Vec<(&'static str, String)> {
    let name = means.text.clone().or_else(|| means.code.as_deref().map(|code| self::means(code).into()));
    let mut facts: Vec<_> = name.map(|name| ("Pay by", name)).into_iter().collect();
    for held in &means.accounts {
        let (id, bank) = (held.id.as_deref().map(account), held.institution.as_deref().map(bank));
        facts.extend(joined(" · ", [id, bank]).map(|text| ("Account", text)));
        facts.extend(held.name.clone().map(|name| ("Account holder", name)));
    }
    let card = means.card.as_ref().and_then(|card| joined(", ", [card.number.clone(), card.holder.clone()]));
    facts.extend(card.map(|card| ("Card", card)));
    facts.extend(means.debited_account.as_deref().map(|id| ("Debited account", account(id))));
    facts
}
