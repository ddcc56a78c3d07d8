//! Where an invoice is paid to: an account of its vendor, never one that the document alone names.

use chrono::{DateTime, Utc};
use quittance_domain::invoice::{DocumentKind, ExceptionKind, InvoiceException, PayTo};
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
        (None, None) => vendor.default_account(now),
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
