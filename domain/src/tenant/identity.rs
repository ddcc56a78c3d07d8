//! Who a company is in law: what stands on the documents that it writes. What was written before says what was true then.

use serde::{Deserialize, Serialize};

use super::{Company, TenantEvent, TenantRefusal};
use crate::bank_account::Country;
use crate::ids::UserId;
use crate::party::Address;
use crate::vat_id;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CompanyIdentity {
    /// The registered name.
    #[cfg_attr(feature = "schema", schema(example = "Acme SE"))]
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(example = "DE136695976"))]
    pub vat_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_registration: Option<String>,
    /// The number in the register of companies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_id: Option<String>,
    #[serde(default)]
    pub address: Address,
}

impl CompanyIdentity {
    /// With its country as it is written in documents.
    fn checked(mut self) -> Result<Self, TenantRefusal> {
        if self.name.trim().is_empty() {
            return Err(TenantRefusal::NameMissing);
        }
        if self.vat_id.as_deref().is_some_and(|id| !vat_id::is_plausible(id)) {
            return Err(TenantRefusal::VatIdInvalid);
        }
        if let Some(country) = &mut self.address.country {
            *country = Country::parse(country).map_err(|_| TenantRefusal::CountryUnknown)?.to_string();
        }
        Ok(self)
    }
}

impl Company {
    pub fn identity(&self) -> CompanyIdentity {
        let Self { name, vat_id, tax_registration, legal_id, address, .. } = self.clone();
        CompanyIdentity { name, vat_id, tax_registration, legal_id, address }
    }

    pub(super) fn change_identity(&self, identity: CompanyIdentity, by: UserId) -> Result<Vec<TenantEvent>, TenantRefusal> {
        let identity = Box::new(identity.checked()?);
        Ok(if *identity == self.identity() { vec![] } else { vec![TenantEvent::IdentityChanged { identity, by }] })
    }

    pub(super) fn be_known_as(&mut self, identity: CompanyIdentity) {
        let CompanyIdentity { name, vat_id, tax_registration, legal_id, address } = identity;
        (self.name, self.address) = (name, address);
        (self.vat_id, self.tax_registration, self.legal_id) = (vat_id, tax_registration, legal_id);
    }
}
