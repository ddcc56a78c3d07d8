//! What a bank answers to an ACH file, in terms of what was sent: entries that came back, and accounts that are to be addressed otherwise.

use quittance_application::ach::AchCorrection;
use quittance_domain::bank_account::{AbaRoutingNumber, AccountNumber, UsAccountType};
use quittance_domain::money::{Currency, Money};
use quittance_rails::nacha::{self, Change, Returned, Stage};
use rust_decimal::Decimal;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AchAnswers {
    pub returned: Vec<ReturnedEntry>,
    pub changed: Vec<ChangedAccount>,
    /// Returns that are under dispute: what they end in comes as a return or not at all.
    pub disputed: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnedEntry {
    pub code: String,
    pub identification: String,
    /// Of the return itself: no two have the same.
    pub trace: String,
    pub amount: Money,
    /// The code in words, and the bank's own where it wrote some.
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedAccount {
    pub code: String,
    pub identification: String,
    pub trace: String,
    /// Nothing where the notification is of a name or a number of the sender's.
    pub correction: AchCorrection,
}

/// Why a file is no answer: the first fault, with its line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AnswerUnreadable(String);

pub fn read(bytes: &[u8]) -> Result<AchAnswers, AnswerUnreadable> {
    let file = nacha::read(bytes)
        .accepted()
        .map_err(|faults| AnswerUnreadable(faults.first().map_or_else(|| "the file has no records".to_owned(), ToString::to_string)))?;
    let (returned, disputed): (Vec<Returned>, Vec<Returned>) = nacha::returns(&file).partition(|one| one.stage == Stage::Returned);
    Ok(AchAnswers {
        returned: returned.into_iter().map(came_back).collect(),
        changed: nacha::changes(&file).map(changed).collect(),
        disputed: disputed.len() as u32,
    })
}

fn came_back(one: Returned) -> ReturnedEntry {
    let words = nacha::reason_text(&one.code).into_iter().chain([one.information.as_str()]).filter(|words| !words.is_empty());
    let reason = std::iter::once(one.code.as_str()).chain(words).collect::<Vec<_>>().join(": ");
    let amount = Money::rounded(Decimal::from_i128_with_scale(i128::from(one.cents), 2), Currency::USD);
    ReturnedEntry { code: one.code, identification: one.identification, trace: one.trace, amount, reason }
}

/// What a bank writes wrongly is as good as not written: nobody is paid by it.
fn changed(one: Change) -> ChangedAccount {
    let account_type = one.corrected.transaction_code.as_deref().and_then(|code| match code.as_bytes() {
        [b'2', _] => Some(UsAccountType::Checking),
        [b'3', _] => Some(UsAccountType::Savings),
        _ => None,
    });
    let correction = AchCorrection {
        routing_number: one.corrected.routing_number.as_deref().and_then(|text| AbaRoutingNumber::parse(text).ok()),
        account: one.corrected.account.as_deref().and_then(|text| AccountNumber::parse(text).ok()),
        account_type,
    };
    ChangedAccount { code: one.code, identification: one.identification, trace: one.original_trace, correction }
}
