//! Where an invoice is paid to: an account of its vendor, never one that the document alone names.

use chrono::{DateTime, Utc};
use quittance_domain::invoice::{DocumentKind, ExceptionKind, Finding, InvoiceException, PayTo};
use quittance_domain::party::Party;
use quittance_domain::vendor::Profile;

use crate::invoice::{Capture, finding};

/// The vendor's own account: the one the document states, else the vendor's usual one. An account that the vendor does
/// not have is never paid to: it raises an exception (a changed account is how invoices are forged). One that nobody
/// has approved yet stands on the invoice, and no payment to it can be planned.
pub(crate) fn pay_to(vendor: &Profile, capture: &Capture, now: DateTime<Utc>) -> (Option<PayTo>, Option<InvoiceException>) {
    let as_text = capture.document.payment.account.as_deref().filter(|text| !text.trim().is_empty());
    let found = match (&capture.stated_account, as_text) {
        (Some(stated), _) => vendor.named_account(stated, now),
        // Not an IBAN, or one with a slip in it: the number may be one that the vendor has elsewhere.
        (None, Some(number)) => vendor.account_numbered(number, now),
        (None, None) => {
            let payee = other_payee(vendor, capture).and_then(|payee| vendor.account_held_by(&payee.name, now));
            payee.or_else(|| vendor.default_account(now))
        }
    };
    let pay_to = found.map(|a| PayTo { bank_account_id: a.id, account: a.account.clone() });
    // Whom we know no account of is paid to none, and a credit note to nobody: what is told there as text says nothing else.
    let overlooked = || as_text.is_some() && capture.document.kind == DocumentKind::Invoice && vendor.default_account(now).is_some();
    let unknown = pay_to.is_none() && (capture.stated_account.is_some() || overlooked());
    let exception = unknown.then(|| InvoiceException {
        kind: ExceptionKind::BankAccount,
        findings: vec![finding("bank_account_unknown", "the account on the document is not one of the vendor's")],
    });
    (pay_to, exception)
}

/// Who is paid where that is not the vendor; a credit note pays nobody.
fn other_payee<'a>(vendor: &Profile, capture: &'a Capture) -> Option<&'a Party> {
    capture.document.payee.as_ref().filter(|payee| capture.document.kind == DocumentKind::Invoice && !vendor.is(payee))
}

/// That money goes to somebody else is how forged invoices ask for it: it is believed where a person has approved an account of the vendor in
/// that name, and where the invoice goes to that one.
pub(crate) fn stranger_paid(vendor: &Profile, capture: &Capture, pay_to: Option<&PayTo>, now: DateTime<Utc>) -> Option<InvoiceException> {
    let payee = other_payee(vendor, capture)?;
    let known = pay_to.is_some_and(|to| vendor.has_approved_for(to.bank_account_id, &payee.name, now));
    let named = |name: &str| Some(name.to_owned());
    (!known).then(|| InvoiceException {
        kind: ExceptionKind::Payee,
        findings: vec![Finding {
            stated: named(&payee.name),
            expected: named(&vendor.party.name),
            ..finding("payee_unknown", "somebody else is to be paid (BG-10), and no approved account of the vendor is in that name")
        }],
    })
}
