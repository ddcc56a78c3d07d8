//! An International Bank Account Number (ISO 13616), checked against the registry's structure of its country.

use serde::{Deserialize, Serialize};

use super::iban_registry::{bban_structure, in_sepa};
use super::text_value::{compact, masked_tail, secret_text_value};
use super::{IdentifierRefusal, mod97};

#[derive(Clone, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String, example = "DE89370400440532013000"))]
pub struct Iban(String);

secret_text_value!(Iban);

impl Iban {
    pub fn parse(text: &str) -> Result<Self, IdentifierRefusal> {
        let text = compact(text, &['-', '.']);
        if !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(IdentifierRefusal::IbanCharacters);
        }
        let (country, rest) = text.split_at_checked(2).ok_or(IdentifierRefusal::IbanLength)?;
        let structure = bban_structure(country).ok_or(IdentifierRefusal::IbanCountry)?;
        let (check_digits, bban) = rest.split_at_checked(2).ok_or(IdentifierRefusal::IbanLength)?;
        if bban.len() != structure.length() {
            return Err(IdentifierRefusal::IbanLength);
        }
        if !check_digits.bytes().all(|b| b.is_ascii_digit()) || !structure.matches(bban) {
            return Err(IdentifierRefusal::IbanStructure);
        }
        if !mod97::passes(&text) {
            return Err(IdentifierRefusal::IbanChecksum);
        }
        Ok(Self(text))
    }

    /// The country code of the registry; it is not always an ISO 3166 country (XK).
    pub fn country(&self) -> &str {
        &self.0[..2]
    }

    /// Whether a SEPA credit transfer can reach the account.
    pub fn in_sepa(&self) -> bool {
        in_sepa(self.country())
    }

    /// A QR-IBAN, by its bank's number of five digits: Swiss banks pay to it by QR reference only.
    pub fn is_qr(&self) -> bool {
        matches!(self.country(), "CH" | "LI") && ("30000"..="31999").contains(&&self.0[4..9])
    }

    pub fn masked(&self) -> String {
        format!("{}{}", self.country(), masked_tail(&self.0))
    }
}
