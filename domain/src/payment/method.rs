//! The ways in which money leaves, and what each of them reaches.

use rust_decimal::{Decimal, dec};
use serde::{Deserialize, Serialize};

use crate::bank_account::BankAccount;
use crate::money::Currency;

/// Characters of the receiver's account number in a NACHA entry.
const ACH_ACCOUNT_LEN: usize = 17;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Method {
    /// A pain.001 file: euros between IBANs.
    SepaCreditTransfer,
    /// A pain.001 file: any currency, to any account that a bank can find.
    InternationalCreditTransfer,
    /// A NACHA file: US dollars between American accounts.
    AchCreditTransfer,
    /// One transfer that a provider makes when asked over HTTP.
    Provider,
    /// A cheque, printed with what it pays.
    Cheque,
    /// Done by a person at the bank, by cheque, card or otherwise, and recorded here.
    Manual,
}

impl Method {
    /// Payments leave together, in a file that the bank is given.
    pub fn by_file(self) -> bool {
        matches!(self, Self::SepaCreditTransfer | Self::InternationalCreditTransfer | Self::AchCreditTransfer)
    }

    /// The only currency that can leave this way.
    pub fn currency(self) -> Option<Currency> {
        match self {
            Self::SepaCreditTransfer => Some(Currency::EUR),
            Self::AchCreditTransfer => Some(Currency::USD),
            Self::InternationalCreditTransfer | Self::Provider | Self::Cheque | Self::Manual => None,
        }
    }

    /// The most that one transfer of it carries: a SEPA transfer stays below a billion euros, and the amount of an ACH entry has ten digits.
    pub fn most(self) -> Option<Decimal> {
        match self {
            Self::SepaCreditTransfer => Some(dec!(999_999_999.99)),
            Self::AchCreditTransfer => Some(dec!(99_999_999.99)),
            Self::InternationalCreditTransfer | Self::Provider | Self::Cheque | Self::Manual => None,
        }
    }

    /// Whether a run leaves this to the SEPA: euros between its accounts go there for less and sooner.
    pub fn leaves_to_sepa(self, debtor: Option<&BankAccount>, creditor: &BankAccount, currency: Currency) -> bool {
        let both = creditor.in_sepa() && debtor.is_some_and(BankAccount::in_sepa);
        self == Self::InternationalCreditTransfer && currency == Currency::EUR && both
    }

    /// Whether the vendor can be paid without an account of its own.
    pub fn needs_no_account(self) -> bool {
        matches!(self, Self::Cheque | Self::Manual)
    }

    /// Whether such a payment can leave from the account, or arrive there.
    pub fn reaches(self, account: &BankAccount) -> bool {
        match self {
            Self::SepaCreditTransfer => account.in_sepa(),
            Self::InternationalCreditTransfer => account.iban().is_some() || account.bic().is_some() || account.clearing().is_some(),
            Self::AchCreditTransfer => account.us_number_len().is_some_and(|len| len <= ACH_ACCOUNT_LEN),
            Self::Provider | Self::Cheque | Self::Manual => true,
        }
    }
}

/// By what means somebody paid beside the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RecordedMethod {
    Ach,
    Wire,
    Cheque,
    Card,
    Cash,
    MobileMoney,
    /// The vendor has taken it.
    DirectDebit,
    /// The reference says what it was.
    Other,
}
