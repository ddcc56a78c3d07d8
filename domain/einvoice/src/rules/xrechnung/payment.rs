//! Each way to pay comes with the group that it needs, and with no other.

use super::account::is_iban;
use super::german::German;
use crate::model::{Invoice, Payment, PaymentMeans};

pub(super) fn check(invoice: &Invoice<'_>, german: &mut German<'_>) {
    let is_ubl = invoice.syntax.is_ubl();
    for means in &invoice.payment.means {
        let groups = Groups::of(means, &invoice.payment, is_ubl);
        match means.code.text() {
            Some("30" | "58") => credit_transfer(means, &groups, german),
            Some("48" | "54" | "55") => card(means, &groups, german),
            Some("59") => direct_debit(means, &groups, german),
            _ => {}
        }
    }
    mandates(invoice, german);
}

/// What is stated beside a means code.
struct Groups {
    /// BG-17.
    account: bool,
    /// BG-18.
    card: bool,
    /// BG-19, which CII spreads over the document.
    debit: bool,
}

impl Groups {
    fn of(means: &PaymentMeans<'_>, payment: &Payment<'_>, is_ubl: bool) -> Self {
        let debit = match is_ubl {
            true => means.at.child("cac:PaymentMandate").is_some(),
            false => payment.mandate.is_present() || payment.creditor_identifier.is_present() || means.debited_account.is_present(),
        };
        Self { account: means.accounts.iter().any(|account| account.at.is_some()), card: means.card.is_some(), debit }
    }
}

fn credit_transfer(means: &PaymentMeans<'_>, groups: &Groups, german: &mut German<'_>) {
    if means.code.text() == Some("58") {
        let valid = means.accounts.first().and_then(|account| account.id.text()).is_some_and(is_iban);
        german.warning(["BR-DE-19", "DE-R-019"], means.at, valid, "the account of a SEPA credit transfer (BT-84) is no IBAN");
    }
    german.fatal(["BR-DE-23-a", "DE-R-023-1"], means.at, groups.account, "a credit transfer has no account (BG-17)");
    german.fatal(
        ["BR-DE-23-b", "DE-R-023-2"],
        means.at,
        !groups.card && !groups.debit,
        "a credit transfer has a card (BG-18) or direct debit (BG-19)",
    );
}

fn card(means: &PaymentMeans<'_>, groups: &Groups, german: &mut German<'_>) {
    german.fatal(["BR-DE-24-a", "DE-R-024-1"], means.at, groups.card, "a card payment has no card (BG-18)");
    german.fatal(
        ["BR-DE-24-b", "DE-R-024-2"],
        means.at,
        !groups.account && !groups.debit,
        "a card payment has an account (BG-17) or direct debit (BG-19)",
    );
}

fn direct_debit(means: &PaymentMeans<'_>, groups: &Groups, german: &mut German<'_>) {
    let valid = means.debited_account.text().is_some_and(is_iban);
    german.warning(["BR-DE-20", "DE-R-020"], means.at, valid, "the account of a SEPA direct debit (BT-91) is no IBAN");
    german.fatal(["BR-DE-25-a", "DE-R-025-1"], means.at, groups.debit, "a direct debit has no direct debit group (BG-19)");
    german.fatal(
        ["BR-DE-25-b", "DE-R-025-2"],
        means.at,
        !groups.account && !groups.card,
        "a direct debit has an account (BG-17) or card (BG-18)",
    );
}

/// Where there is a direct debit it is whole.
fn mandates(invoice: &Invoice<'_>, german: &mut German<'_>) {
    let payment = &invoice.payment;
    let (mandate, creditor) = (payment.mandate.is_present(), payment.creditor_identifier.is_present());
    let debited = payment.means.iter().any(|means| means.debited_account.is_present());
    let (known_creditor, known_account) = match invoice.syntax.is_ubl() {
        true => {
            let any = payment.means.iter().any(|means| means.at.child("cac:PaymentMandate").is_some());
            (!any || creditor, !any || debited)
        }
        // In CII one of the three terms alone is no direct debit that could be whole.
        false => {
            let none = !(mandate || creditor || debited);
            (none || ((mandate || debited) && creditor), none || ((mandate || creditor) && debited))
        }
    };
    let root = invoice.outline.root();
    german.fatal(["BR-DE-30", "DE-R-030"], root, known_creditor, "a direct debit has no creditor identifier (BT-90)");
    german.fatal(["BR-DE-31", "DE-R-031"], root, known_account, "a direct debit has no debited account (BT-91)");
}
