//! A vendor: who sends invoices and is paid. A vendor that came in with an invoice is unverified until a person
//! has looked, and is not paid before.

mod account;
mod details;
mod event;
pub mod group;
mod legal_priority;
mod payment_data;
mod profile;
mod refusal;
mod risk;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use account::{AccountStatus, Proposal, Replacement, Standing, VendorAccount};
pub use details::{DefaultCoding, VendorDetails};
pub use event::VendorEvent;
pub use legal_priority::{LegalGround, LegalPriority};
pub use payment_data::{PaymentData, Unconfirmed};
pub use profile::Profile;
pub use refusal::VendorRefusal;
pub use risk::{RiskClass, VendorRisk};

use crate::aggregate;
use crate::aggregate::{Claim, ClaimChange, Root, exchanged};
use crate::ids::{BankAccountId, UserId, VendorId};
use crate::money::Currency;
use crate::party::Party;
use crate::tenant::BankChangeControl;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vendor {
    #[default]
    NotRegistered,
    Registered(Box<Profile>),
}

/// How we came to know a vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    Person,
    /// The seller of an imported document that nobody had registered.
    Document,
}

#[derive(Clone, Debug)]
pub enum VendorCommand {
    Register {
        party: Party,
        currency: Option<Currency>,
        payment_days: u16,
        origin: Origin,
        by: UserId,
    },
    Change {
        party: Party,
        currency: Option<Currency>,
        payment_days: u16,
        by: UserId,
        control: BankChangeControl,
    },
    Describe {
        details: VendorDetails,
        by: UserId,
        control: BankChangeControl,
    },
    ProposeAccount {
        proposal: Proposal,
        control: BankChangeControl,
    },
    ApproveAccount {
        id: BankAccountId,
        by: UserId,
        at: DateTime<Utc>,
        control: BankChangeControl,
    },
    RejectAccount {
        id: BankAccountId,
        by: UserId,
        reason: String,
    },
    RemoveAccount {
        id: BankAccountId,
        by: UserId,
    },
    Verify {
        by: UserId,
    },
    Block {
        reason: String,
        by: UserId,
    },
    Unblock {
        by: UserId,
    },
    /// Its documents are another vendor's from now on.
    Merge {
        into: VendorId,
        by: UserId,
    },
    Absorb {
        vendors: Vec<VendorId>,
        by: UserId,
    },
}

aggregate!(Vendor, "vendor", "Vendor", VendorCommand, VendorEvent, VendorRefusal, {
    Registered = 1, Changed = 1, Described = 1, BankAccountAdded = 1, BankAccountProposed = 1, BankAccountVerified = 1,
    BankAccountRejected = 1, BankAccountRemoved = 1, Verified = 1, Blocked = 1, Unblocked = 1, PaymentDataChanged = 1,
    PaymentDataConfirmed = 1, MergedInto = 1, Absorbed = 1,
});

impl Root for Vendor {
    const STATE_VERSION: i32 = 2;
    aggregate!(@names VendorEvent);

    fn decide(&self, command: VendorCommand) -> Result<Vec<VendorEvent>, VendorRefusal> {
        match (self, command) {
            (Self::NotRegistered, VendorCommand::Register { party, .. }) if party.name.trim().is_empty() => Err(VendorRefusal::NameMissing),
            (Self::NotRegistered, VendorCommand::Register { party, origin: Origin::Person, .. }) if !party.has_plausible_vat_id() => {
                Err(VendorRefusal::VatIdInvalid)
            }
            (Self::NotRegistered, VendorCommand::Register { party, currency, payment_days, origin, by }) => {
                Ok(vec![VendorEvent::Registered { party, currency, payment_days, origin, by }])
            }
            (Self::NotRegistered, _) => Err(VendorRefusal::VendorUnknown),
            (Self::Registered(_), VendorCommand::Register { .. }) => Err(VendorRefusal::VendorExists),
            (Self::Registered(profile), command) => profile.decide(command),
        }
    }

    fn second_person(command: &mut VendorCommand) -> Option<&mut UserId> {
        match command {
            VendorCommand::ApproveAccount { by, .. } | VendorCommand::Verify { by } => Some(by),
            _ => None,
        }
    }

    fn claims(&self, event: &VendorEvent) -> Vec<ClaimChange> {
        let identity = |party: &Party| vendor_keys(party).into_iter().map(|key| Claim::of(key, "vendor_exists")).collect();
        let number = |details: &VendorDetails| details.number_key().map(|key| Claim::of(key, "vendor_number_taken")).into_iter().collect();
        match (self, event) {
            (_, VendorEvent::Registered { party, .. }) => exchanged(vec![], identity(party)),
            (Self::Registered(profile), VendorEvent::Changed { party, .. }) => exchanged(identity(&profile.party), identity(party)),
            (Self::Registered(profile), VendorEvent::Described { details, .. }) => exchanged(number(&profile.details), number(details)),
            _ => vec![],
        }
    }
}

/// The unique facts by which a document's seller is recognised: official ids, or the name where there is none.
pub fn vendor_keys(party: &Party) -> Vec<String> {
    party.unique_keys("vendor")
}

impl Vendor {
    pub fn profile(&self) -> Result<&Profile, VendorRefusal> {
        match self {
            Self::NotRegistered => Err(VendorRefusal::VendorUnknown),
            Self::Registered(profile) => Ok(profile),
        }
    }

    fn on(&mut self, event: VendorEvent) {
        match (&mut *self, event) {
            (_, VendorEvent::Registered { party, currency, payment_days, origin, by }) => {
                *self = Self::Registered(Box::new(Profile::registered(party, currency, payment_days, origin, by)));
            }
            (Self::Registered(profile), event) => profile.on(event),
            (Self::NotRegistered, _) => {}
        }
    }
}
