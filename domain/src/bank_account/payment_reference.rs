//! An id that a payment carries through the banks and back: message, block, instruction and end-to-end ids.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::IdentifierRefusal;
use super::text_value::text_value;

/// At most 35 characters of the set that every bank passes on unchanged. Never shortened: a cut id would match another payment.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String, example = "02QZTEVY6B3MVBB5XHH0UC2W7-17"))]
pub struct PaymentReference(String);

text_value!(PaymentReference);

impl PaymentReference {
    pub fn parse(text: &str) -> Result<Self, IdentifierRefusal> {
        if !(1..=35).contains(&text.chars().count()) {
            return Err(IdentifierRefusal::PaymentReferenceLength);
        }
        let allowed = text.bytes().all(|b| b.is_ascii_alphanumeric() || b" /-?:().,'+".contains(&b));
        if !allowed || text.trim() != text || text.starts_with('/') || text.ends_with('/') || text.contains("//") {
            return Err(IdentifierRefusal::PaymentReferenceCharacters);
        }
        Ok(Self(text.to_owned()))
    }

    /// The message id of a payment's or a run's file: writing the file again gives the same one.
    pub fn message_id(payment: Uuid) -> Self {
        Self(base36(payment))
    }

    /// The id of the file's block number `block`.
    pub fn block_id(payment: Uuid, block: u32) -> Result<Self, IdentifierRefusal> {
        Self::parse(&format!("{}/{block}", base36(payment)))
    }

    /// The end-to-end id of a payment's line; refused from line 1,000,000,000 on, where it would be too long.
    pub fn end_to_end_id(payment: Uuid, line: u32) -> Result<Self, IdentifierRefusal> {
        Self::parse(&format!("{}-{line}", base36(payment)))
    }

    /// The payment that the id was derived from, if it was: a status or statement names its payment without a search.
    pub fn payment(&self) -> Option<Uuid> {
        let id = self.0.split(['-', '/']).next()?;
        let payment = Uuid::from_u128(u128::from_str_radix(id, 36).ok()?);
        (base36(payment) == id).then_some(payment)
    }
}

/// The id in 25 letters and digits; hexadecimal would take 32 and leave no room for the line.
fn base36(id: Uuid) -> String {
    let mut rest = id.as_u128();
    let mut digits = [b'0'; 25];
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(rest % 36) as usize];
        rest /= 36;
    }
    digits.map(char::from).iter().collect()
}
