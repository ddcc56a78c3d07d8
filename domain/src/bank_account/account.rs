//! A bank account in one of the shapes in which the world writes them.

use serde::{Deserialize, Serialize};

use super::{AbaRoutingNumber, AccountNumber, Bank, Bic, ClearingMember, Iban, MobileMoneyProvider};

/// `Debug` is safe for logs: the parts that name an account print masked.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum BankAccount {
    Iban {
        iban: Iban,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bic: Option<Bic>,
    },
    Us {
        routing_number: AbaRoutingNumber,
        account: AccountNumber,
        /// A checking account where nobody says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account_type: Option<UsAccountType>,
    },
    /// Anywhere else: the bank is named by BIC, by its national clearing number, or both.
    Other {
        account: AccountNumber,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bic: Option<Bic>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clearing: Option<ClearingMember>,
        /// Its name and where it is, for the banks in between.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bank: Option<Bank>,
    },
    MobileMoney {
        provider: MobileMoneyProvider,
        handle: AccountNumber,
    },
}

/// American banks book savings under codes of their own.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum UsAccountType {
    Checking,
    Savings,
}

impl BankAccount {
    pub fn is_us(&self) -> bool {
        matches!(self, Self::Us { .. })
    }

    /// How many characters the number of an American account has, spaces not counted.
    pub fn us_number_len(&self) -> Option<usize> {
        match self {
            Self::Us { account, .. } => Some(account.as_str().chars().filter(|c| !c.is_whitespace()).count()),
            Self::Iban { .. } | Self::Other { .. } | Self::MobileMoney { .. } => None,
        }
    }

    pub fn iban(&self) -> Option<&Iban> {
        match self {
            Self::Iban { iban, .. } => Some(iban),
            Self::Us { .. } | Self::Other { .. } | Self::MobileMoney { .. } => None,
        }
    }

    pub fn bic(&self) -> Option<&Bic> {
        match self {
            Self::Iban { bic, .. } | Self::Other { bic, .. } => bic.as_ref(),
            Self::Us { .. } | Self::MobileMoney { .. } => None,
        }
    }

    /// The bank's number in its national clearing system, where the account names one.
    pub fn clearing(&self) -> Option<ClearingMember> {
        match self {
            Self::Us { routing_number, .. } => Some(routing_number.into()),
            Self::Other { clearing, .. } => clearing.clone(),
            Self::Iban { .. } | Self::MobileMoney { .. } => None,
        }
    }

    pub fn bank(&self) -> Option<&Bank> {
        match self {
            Self::Other { bank, .. } => bank.as_ref(),
            Self::Iban { .. } | Self::Us { .. } | Self::MobileMoney { .. } => None,
        }
    }

    /// Whether euros reach it as a SEPA transfer.
    pub fn in_sepa(&self) -> bool {
        self.iban().is_some_and(Iban::in_sepa)
    }

    /// One text an account, however it was written: equal texts mean that money arrives at the same place. It is as secret as the account.
    pub fn canonical(&self) -> String {
        match self {
            Self::Iban { iban, .. } => format!("iban:{iban}"),
            Self::Us { routing_number, .. } => format!("USABA:{routing_number}:{}", self.number()),
            Self::Other { clearing: Some(bank), .. } => format!("{}:{}:{}", bank.system, bank.member, self.number()),
            Self::Other { bic, .. } => format!("bic:{}:{}", bic.as_ref().map_or("", Bic::as_str), self.number()),
            Self::MobileMoney { provider, .. } => format!("mobile:{}:{}", provider.as_str().to_lowercase(), self.number()),
        }
    }

    /// The number alone, without what people put in to make it readable. It is as secret as the account.
    pub fn number(&self) -> String {
        match self {
            Self::Iban { iban, .. } => iban.to_string(),
            Self::Us { account, .. } | Self::Other { account, .. } => bare(account.as_str()),
            Self::MobileMoney { handle, .. } => bare(handle.as_str()),
        }
    }

    /// Whether a bank that writes this number means this account: the whole number, or the end of an IBAN, behind which a country may put
    /// two check digits. Fewer than eight digits of an IBAN would name many accounts.
    pub fn is_numbered(&self, stated: &str) -> bool {
        const NATIONAL_LENGTH_MIN: usize = 8;
        let (stated, own) = (bare(stated), self.number());
        match self {
            Self::Iban { .. } => {
                let unchecked = &own[..own.len() - 2];
                stated.len() >= NATIONAL_LENGTH_MIN && (own.ends_with(&stated) || unchecked.ends_with(&stated))
            }
            _ => !stated.is_empty() && own.trim_start_matches('0') == stated.trim_start_matches('0'),
        }
    }

    /// Enough to recognise the account on a screen or in a log, too little to use it.
    pub fn masked(&self) -> String {
        match self {
            Self::Iban { iban, .. } => iban.masked(),
            Self::Us { account, .. } | Self::Other { account, .. } => account.masked(),
            Self::MobileMoney { provider, handle } => format!("{provider} {}", handle.masked()),
        }
    }
}

/// An account number without what people put in to make it readable.
fn bare(number: &str) -> String {
    number.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}
