//! Account numbers outside the IBAN world, where no check digit helps: only their characters and length can be judged.

use serde::{Deserialize, Serialize};

use super::IdentifierRefusal;
use super::text_value::{masked_tail, secret_text_value, text_value};

/// A national account number or a mobile-money handle, kept as it was written but for outer and repeated spaces.
#[derive(Clone, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String, example = "000123456789"))]
pub struct AccountNumber(String);

secret_text_value!(AccountNumber);

impl AccountNumber {
    pub fn parse(text: &str) -> Result<Self, IdentifierRefusal> {
        let text = single_spaced(text);
        if !(1..=34).contains(&text.chars().count()) {
            return Err(IdentifierRefusal::AccountNumberLength);
        }
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b" -/.+".contains(&b);
        if !text.bytes().all(allowed) || !text.bytes().any(|b| b.is_ascii_alphanumeric()) {
            return Err(IdentifierRefusal::AccountNumberCharacters);
        }
        Ok(Self(text))
    }

    pub fn masked(&self) -> String {
        masked_tail(&self.0)
    }
}

/// Who keeps a mobile-money account, as in `wing` or `mpesa`.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String, example = "mpesa"))]
pub struct MobileMoneyProvider(String);

text_value!(MobileMoneyProvider);

impl MobileMoneyProvider {
    pub fn parse(text: &str) -> Result<Self, IdentifierRefusal> {
        let text = single_spaced(text);
        if !(1..=35).contains(&text.chars().count()) {
            return Err(IdentifierRefusal::MobileMoneyProviderLength);
        }
        if !text.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
            return Err(IdentifierRefusal::MobileMoneyProviderCharacters);
        }
        Ok(Self(text))
    }
}

fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
