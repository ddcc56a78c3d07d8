//! What a payment is for, by a code of ISO 20022.

use serde::{Deserialize, Serialize};

use super::IdentifierRefusal;
use super::text_value::{compact, text_value};

/// Such as `SUPP` for suppliers; the lists grow, so only the form is checked.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String, example = "SUPP"))]
pub struct PurposeCode(String);

text_value!(PurposeCode);

impl PurposeCode {
    pub fn parse(text: &str) -> Result<Self, IdentifierRefusal> {
        let text = compact(text, &[]);
        if text.len() != 4 || !text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
            return Err(IdentifierRefusal::PurposeCode);
        }
        Ok(Self(text))
    }
}
