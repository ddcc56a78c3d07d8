//! A Business Identifier Code (ISO 9362): institution, country, location and, when it has eleven characters, a branch.

use serde::{Deserialize, Serialize};

use super::text_value::{compact, text_value};
use super::{Country, IdentifierRefusal};

#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String, example = "DEUTDEFF"))]
pub struct Bic(String);

text_value!(Bic);

impl Bic {
    pub fn parse(text: &str) -> Result<Self, IdentifierRefusal> {
        let text = compact(text, &[]);
        if !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(IdentifierRefusal::BicStructure);
        }
        if text.len() != 8 && text.len() != 11 {
            return Err(IdentifierRefusal::BicLength);
        }
        if !text[4..6].bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(IdentifierRefusal::BicStructure);
        }
        // XK is Kosovo's code in SWIFT and in the IBAN registry, reserved for users in ISO 3166.
        if &text[4..6] != "XK" {
            Country::parse(&text[4..6]).map_err(|_| IdentifierRefusal::BicCountry)?;
        }
        Ok(Self(text))
    }

    /// Whether the code also has the narrower form that messages before 2019 demand: a prefix of letters, a location that begins
    /// with neither 0 nor 1 and does not end with O.
    pub fn fits_before_2019(&self) -> bool {
        let bytes = self.0.as_bytes();
        bytes[..4].iter().all(u8::is_ascii_uppercase) && !matches!(bytes[6], b'0' | b'1') && bytes[7] != b'O'
    }
}
