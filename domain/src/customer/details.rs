//! What is known of a customer: who it is, whom to ask, what it agreed to, where its sales are booked.

use serde::{Deserialize, Serialize};

use super::CustomerRefusal;
use crate::invoice::Assignment;
use crate::money::Currency;
use crate::party::{Contact, Party, is_number, number_key};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CustomerDetails {
    /// As its invoices name it (EN 16931 BG-7).
    pub party: Party,
    /// Under which it trades (BT-45) or is looked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_names: Vec<String>,
    /// The company's own number of the customer, unique within the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(example = "C-2041"))]
    pub number: Option<String>,
    /// Customers that are looked at together: a category, a region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Contact>,
    /// What it wants to read on an invoice that says nothing else (BT-10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The code of the payment terms that its invoices go out under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_terms: Option<String>,
    /// Where its sales are booked unless somebody says otherwise: the revenue account, the cost centre, the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coding: Option<Assignment>,
}

impl CustomerDetails {
    pub(super) fn check(&self) -> Result<(), CustomerRefusal> {
        let party = &self.party;
        if is_blank(&party.name) {
            return Err(CustomerRefusal::NameMissing);
        }
        if !party.has_plausible_vat_id() {
            return Err(CustomerRefusal::VatIdInvalid);
        }
        if !party.electronic_address.as_deref().is_none_or(is_electronic_address) {
            return Err(CustomerRefusal::ElectronicAddressInvalid);
        }
        if !party.address.country.as_deref().is_none_or(is_country) {
            return Err(CustomerRefusal::CountryInvalid);
        }
        if !self.number.as_deref().is_none_or(is_number) {
            return Err(CustomerRefusal::CustomerNumberInvalid);
        }
        if let Some(index) = self.other_names.iter().position(|name| is_blank(name)) {
            return Err(CustomerRefusal::OtherNameMissing { index });
        }
        match self.contacts.iter().position(|contact| is_blank(&contact.name)) {
            Some(index) => Err(CustomerRefusal::ContactNameMissing { index }),
            None => Ok(()),
        }
    }

    pub(super) fn number_key(&self) -> Option<String> {
        self.number.as_deref().map(|number| number_key("customer", number))
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// `scheme:value`, the scheme as the code list EAS forms them: four digits, or two capital letters.
fn is_electronic_address(text: &str) -> bool {
    let Some((scheme, value)) = text.split_once(':') else { return false };
    let known = match scheme.len() {
        4 => scheme.bytes().all(|b| b.is_ascii_digit()),
        2 => scheme.bytes().all(|b| b.is_ascii_uppercase()),
        _ => false,
    };
    known && !value.is_empty() && !value.contains(char::is_whitespace)
}

/// The form only: documents also know codes that ISO 3166 has not assigned (`1A`, `XI`).
fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}
