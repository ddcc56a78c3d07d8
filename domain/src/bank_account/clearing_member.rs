//! A bank named by its number in a national clearing system, for the countries where accounts have no IBAN.

use serde::{Deserialize, Serialize};

use super::text_value::{compact, text_value};
use super::{AbaRoutingNumber, IdentifierRefusal};

/// Such as sort code 200415 in `GBDSC` or BSB 062000 in `AUBSB`.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ClearingMember {
    pub system: ClearingSystem,
    pub member: ClearingMemberId,
}

impl From<&AbaRoutingNumber> for ClearingMember {
    fn from(routing_number: &AbaRoutingNumber) -> Self {
        Self { system: ClearingSystem("USABA".to_owned()), member: ClearingMemberId(routing_number.to_string()) }
    }
}

/// A code of the ISO 20022 external list of clearing systems; the list grows, so only its form is checked.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String, example = "GBDSC"))]
pub struct ClearingSystem(String);

text_value!(ClearingSystem);

impl ClearingSystem {
    pub fn parse(text: &str) -> Result<Self, IdentifierRefusal> {
        let text = compact(text, &[]);
        if text.len() != 5 || !text.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(IdentifierRefusal::ClearingSystemCode);
        }
        Ok(Self(text))
    }
}

#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String, example = "200415"))]
pub struct ClearingMemberId(String);

text_value!(ClearingMemberId);

impl ClearingMemberId {
    pub fn parse(text: &str) -> Result<Self, IdentifierRefusal> {
        let text = compact(text, &['-']);
        if !(1..=35).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(IdentifierRefusal::ClearingMemberId);
        }
        Ok(Self(text))
    }
}
