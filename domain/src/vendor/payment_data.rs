//! What a vendor's payments rest on beside its bank accounts: whom the money is for, when it leaves, what is kept back of it.
//!
//! An account is proposed and stands beside the old one until a second person approves it. A change of these takes effect
//! at once, for documents are recognised by the newest name and tax id and dates reckoned by the newest terms; it is the
//! money that waits, until somebody else than those who made the changes confirms them, or until they are taken back.

use serde::{Deserialize, Serialize};

use super::details::VendorDetails;
use super::{LegalPriority, Profile, VendorEvent, VendorRefusal, VendorRisk};
use crate::ids::UserId;
use crate::party::{Address, Party};
use crate::tenant::BankChangeControl;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PaymentData {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_registration: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_id: Option<String>,
    /// Cheques go there.
    pub address: Address,
    pub payment_days: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_terms: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withholding_tax: Option<String>,
    /// Of a natural person: decides by which kind of entry an American bank is told to pay.
    pub person: bool,
    /// Where cash is short it leaves before other money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_priority: Option<LegalPriority>,
    /// Who approves what it bills may hang on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<VendorRisk>,
}

/// Changes that only their makers have seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Unconfirmed {
    /// The data as money last went out by them.
    pub before: PaymentData,
    pub makers: Vec<UserId>,
}

impl PaymentData {
    pub(super) fn of(party: &Party, payment_days: u16, details: &VendorDetails) -> Self {
        Self {
            name: party.name.clone(),
            vat_id: party.vat_id.clone(),
            tax_registration: party.tax_registration.clone(),
            legal_id: party.legal_id.clone(),
            address: party.address.clone(),
            payment_days,
            payment_terms: details.payment_terms.clone(),
            withholding_tax: details.withholding_tax.clone(),
            person: details.person,
            legal_priority: details.legal_priority.clone(),
            risk: details.risk.clone(),
        }
    }

    /// The names of the fields in which two differ.
    pub fn differing(&self, other: &Self) -> Vec<&'static str> {
        let fields = [
            ("name", self.name == other.name),
            ("vat_id", self.vat_id == other.vat_id),
            ("tax_registration", self.tax_registration == other.tax_registration),
            ("legal_id", self.legal_id == other.legal_id),
            ("address", self.address == other.address),
            ("payment_days", self.payment_days == other.payment_days),
            ("payment_terms", self.payment_terms == other.payment_terms),
            ("withholding_tax", self.withholding_tax == other.withholding_tax),
            ("person", self.person == other.person),
            ("legal_priority", self.legal_priority == other.legal_priority),
            ("risk", self.risk == other.risk),
        ];
        fields.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect()
    }
}

impl Profile {
    pub fn payment_data(&self) -> PaymentData {
        PaymentData::of(&self.party, self.payment_days, &self.details)
    }

    /// What follows from a change to `after`: it waits for a second person, if there is one; and with it what waits already.
    pub(super) fn payment_data_changed(&self, after: PaymentData, by: UserId, control: BankChangeControl) -> Vec<VendorEvent> {
        let before = self.payment_data();
        if before == after {
            return vec![];
        }
        let changed = VendorEvent::PaymentDataChanged { before: Box::new(before), after: Box::new(after), by };
        let confirmed =
            (self.verified && self.unconfirmed.is_none() && !control.second_person).then_some(VendorEvent::PaymentDataConfirmed { by });
        std::iter::once(changed).chain(confirmed).collect()
    }

    /// A vendor that nobody has verified is verified with all that was changed of it.
    pub(super) fn on_payment_data_changed(&mut self, before: PaymentData, after: &PaymentData, by: UserId) {
        super::profile::remember(&mut self.editors, by);
        if !self.verified {
            return;
        }
        let unconfirmed = self.unconfirmed.get_or_insert_with(|| Unconfirmed { before, makers: vec![] });
        super::profile::remember(&mut unconfirmed.makers, by);
        if unconfirmed.before == *after {
            self.unconfirmed = None;
        }
    }

    /// A second person has looked at the vendor: for the first time, or at what was changed since. A vendor that a person registered is
    /// verified from the start, and looked at by nobody else.
    pub(super) fn verify(&self, by: UserId) -> Result<Vec<VendorEvent>, VendorRefusal> {
        let (makers, verified) = match &self.unconfirmed {
            _ if !self.verified => (vec![&self.editors, &self.account_editors], VendorEvent::Verified { by }),
            Some(unconfirmed) => (vec![&unconfirmed.makers], VendorEvent::PaymentDataConfirmed { by }),
            None => match self.seen_only_by {
                Some(maker) if maker == by => return Err(VendorRefusal::SelfVerification),
                Some(_) => return Ok(vec![VendorEvent::Verified { by }]),
                None => return Ok(vec![]),
            },
        };
        if makers.into_iter().flatten().any(|maker| *maker == by) { Err(VendorRefusal::SelfVerification) } else { Ok(vec![verified]) }
    }
}
