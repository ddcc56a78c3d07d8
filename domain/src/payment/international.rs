//! What a transfer abroad says beside whom it pays: who bears the charges, how soon, what for, and from where.

use serde::{Deserialize, Serialize};

use crate::bank_account::PurposeCode;
use crate::money::Currency;
use crate::party::Address;

/// What whoever plans it asks of the bank.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TransferInstructions {
    #[serde(default)]
    pub charges: ChargeBearer,
    /// With high priority, on the day itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub urgent: bool,
    /// What each transfer is for, told to the vendor's bank: some countries let no money in without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<PurposeCode>,
    /// What kind of payment our own bank is to take it for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category_purpose: Option<PurposeCode>,
}

/// Who pays the banks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ChargeBearer {
    /// Each side its own bank.
    #[default]
    Shared,
    /// We bear all of them: the vendor gets the whole amount.
    Debtor,
    /// The vendor bears all of them.
    Creditor,
}

/// As it was planned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct International {
    pub debtor_address: Address,
    /// The currency of the account that it leaves from, whatever currency arrives.
    pub debtor_currency: Currency,
    pub instructions: TransferInstructions,
}
