//! Payment instructions.

use crate::model::{Invoice, PaymentMeans};
use crate::rules::judge::Judge;

/// At most the first six and the last four digits of a card are shown.
const CARD_DIGITS_SHOWN: usize = 10;

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    invoice.payment.means.iter().for_each(|means| instruction(means, judge));
}

fn instruction(means: &PaymentMeans<'_>, judge: &mut Judge) {
    judge.fatal("BR-49", means.at, means.code.is_present(), "the payment means code (BT-81) is missing");
    if let Some(number) = means.card.as_ref().and_then(|card| card.number.text()) {
        let hidden = number.chars().count() <= CARD_DIGITS_SHOWN;
        judge.warning("BR-51", means.at, hidden, "the card number (BT-87) shows more than first six and last four digits");
    }
    if matches!(means.code.text(), Some("30" | "58")) {
        let account = means.accounts.iter().any(|account| account.id.is_present());
        judge.fatal("BR-61", means.at, account, "a credit transfer names no account (BT-84)");
        for account in &means.accounts {
            judge.fatal("BR-50", account.at.unwrap_or(means.at), account.id.text().is_some(), "the account identifier (BT-84) is missing");
        }
    }
}
