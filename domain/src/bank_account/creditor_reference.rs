//! A structured creditor reference (ISO 11649): what the vendor asks to find on the statement, with its own check digits.

use serde::{Deserialize, Serialize};

use super::text_value::{compact, text_value};
use super::{IdentifierRefusal, mod97};

#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String, example = "RF18539007547034"))]
pub struct CreditorReference(String);

text_value!(CreditorReference);

impl CreditorReference {
    pub fn parse(text: &str) -> Result<Self, IdentifierRefusal> {
        let text = compact(text, &[]);
        if !text.starts_with("RF") || !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(IdentifierRefusal::CreditorReferenceStructure);
        }
        if !(5..=25).contains(&text.len()) {
            return Err(IdentifierRefusal::CreditorReferenceLength);
        }
        if !text[2..4].bytes().all(|b| b.is_ascii_digit()) {
            return Err(IdentifierRefusal::CreditorReferenceStructure);
        }
        if !mod97::passes(&text) {
            return Err(IdentifierRefusal::CreditorReferenceChecksum);
        }
        Ok(Self(text))
    }
}
