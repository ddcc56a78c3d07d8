//! What the company itself keeps about a vendor, beside who the vendor is: its own number, whom to ask, how to book.

use serde::{Deserialize, Serialize};

use super::{LegalPriority, VendorRefusal, VendorRisk};
use crate::party::{Contact, is_number, number_key};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VendorDetails {
    /// The company's own number of the vendor, unique within the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(example = "V-1007"))]
    pub number: Option<String>,
    /// Vendors that are looked at together: a category, a region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The same party also buys from the company.
    #[serde(default)]
    pub customer: bool,
    /// A natural person: American banks tell payments to people from those to companies.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub person: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Contact>,
    #[serde(default)]
    pub coding: DefaultCoding,
    /// The code of the payment terms that its invoices come under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_terms: Option<String>,
    /// The code of the tax that its payments keep back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withholding_tax: Option<String>,
    /// Why the law wants it paid before others where cash is short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_priority: Option<LegalPriority>,
    /// What policies may ask about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<VendorRisk>,
}

/// Where this vendor's invoices are booked unless somebody says otherwise, by the codes of the company's own books.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DefaultCoding {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_centre: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_code: Option<String>,
}

impl VendorDetails {
    pub(super) fn check(&self) -> Result<(), VendorRefusal> {
        self.legal_priority.as_ref().map_or(Ok(()), LegalPriority::check)?;
        self.risk.as_ref().map_or(Ok(()), VendorRisk::check)?;
        if self.number.as_deref().is_none_or(is_number) { Ok(()) } else { Err(VendorRefusal::VendorNumberInvalid) }
    }

    /// The unique fact that one vendor of the tenant has this number.
    pub(super) fn number_key(&self) -> Option<String> {
        self.number.as_deref().map(|number| number_key("vendor", number))
    }
}
