//! A US bank's routing transit number: nine digits, the last one a weighted check digit.

use serde::{Deserialize, Serialize};

use super::IdentifierRefusal;
use super::text_value::{compact, text_value};

#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String, example = "011000015"))]
pub struct AbaRoutingNumber(String);

text_value!(AbaRoutingNumber);

impl AbaRoutingNumber {
    pub fn parse(text: &str) -> Result<Self, IdentifierRefusal> {
        let text = compact(text, &['-']);
        if !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(IdentifierRefusal::AbaCharacters);
        }
        if text.len() != 9 {
            return Err(IdentifierRefusal::AbaLength);
        }
        if !assigned(&text[..2]) {
            return Err(IdentifierRefusal::AbaRange);
        }
        if !weighted_sum(&text).is_multiple_of(10) {
            return Err(IdentifierRefusal::AbaChecksum);
        }
        Ok(Self(text))
    }
}

/// Government, Federal Reserve districts, thrift institutions, electronic transactions, traveller's cheques.
fn assigned(prefix: &str) -> bool {
    let assigned = ["00"..="12", "21"..="32", "61"..="72", "80"..="80"];
    assigned.iter().any(|range| range.contains(&prefix))
}

fn weighted_sum(digits: &str) -> u32 {
    let weights = [3, 7, 1].into_iter().cycle();
    digits.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum()
}
