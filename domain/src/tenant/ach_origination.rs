//! What an account's bank wants to read in the headers of an ACH file, as the bank's own set-up sheet says.

use serde::{Deserialize, Serialize};

use super::TenantRefusal;
use crate::bank_account::AbaRoutingNumber;
use crate::ids::BankAccountId;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AchOrigination {
    /// The company's account that such payments leave from.
    pub bank_account_id: BankAccountId,
    /// Where the file is sent; the account's own bank where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub immediate_destination: Option<AbaRoutingNumber>,
    #[cfg_attr(feature = "schema", schema(example = "First Bank of Boston"))]
    pub destination_name: String,
    /// What the bank knows the sender by: a routing number, or a tax number with a digit before it.
    #[cfg_attr(feature = "schema", schema(example = "1123456789"))]
    pub immediate_origin: String,
    /// What the receivers know the company by.
    #[cfg_attr(feature = "schema", schema(example = "1123456789"))]
    pub company_id: String,
    /// What a receiver's statement says the money is.
    #[serde(default = "vendor_payment")]
    #[cfg_attr(feature = "schema", schema(example = "VENDOR PMT"))]
    pub entry_description: String,
    /// Each batch ends with the debit of the account, for banks that do not book it by themselves.
    #[serde(default)]
    pub balanced: bool,
}

fn vendor_payment() -> String {
    "VENDOR PMT".to_owned()
}

/// Its name, what it says, how long it may be, and which characters it may have.
type Field<'a> = (&'static str, &'a str, usize, fn(&str) -> bool);

impl AchOrigination {
    /// Numbers are never cut and so must fit; banks compare them character by character.
    pub(super) fn check(&self) -> Result<(), TenantRefusal> {
        let bare = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric());
        let plain = |text: &str| text.trim() == text && text.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
        let says_something = |text: &str| text.bytes().any(|b| b.is_ascii_alphanumeric() && b != b'0');
        let fields: [Field<'_>; 4] = [
            ("destination_name", &self.destination_name, 23, plain),
            ("immediate_origin", &self.immediate_origin, 10, bare),
            ("company_id", &self.company_id, 10, bare),
            ("entry_description", &self.entry_description, 10, plain),
        ];
        let broken = fields.iter().find(|(_, text, longest, allowed)| text.len() > *longest || !allowed(text) || !says_something(text));
        broken.map_or(Ok(()), |(field, ..)| Err(TenantRefusal::AchOriginationInvalid { field }))
    }
}
