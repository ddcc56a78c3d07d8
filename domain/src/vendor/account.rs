//! A vendor's bank account and how far it is to be trusted: proposed by one person, approved by another, paid to after
//! a time in which a forged change would come to light.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::VendorRefusal;
use crate::bank_account::BankAccount;
use crate::ids::{BankAccountId, UserId};
use crate::party::normalised_id;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VendorAccount {
    pub id: BankAccountId,
    pub account: BankAccount,
    pub standing: Standing,
    /// In whose name it is, where that is not the vendor's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
}

/// One person's wish to pay somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub id: BankAccountId,
    pub account: BankAccount,
    /// The account that it stands in for from the day on which it may be paid to.
    pub replaces: Option<BankAccountId>,
    pub by: UserId,
    pub at: DateTime<Utc>,
    /// In whose name it is, where that is not the vendor's.
    pub holder: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Proposed {
        by: UserId,
        at: DateTime<Utc>,
        replaces: Option<BankAccountId>,
        /// What the company kept to at that time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cooling_off_days: Option<u16>,
    },
    /// As good as its vendor: it came with the vendor, and is verified when the vendor is.
    WithVendor {
        by: UserId,
        replaced: Option<Replacement>,
    },
    Verified {
        by: UserId,
        payable_from: DateTime<Utc>,
        replaced: Option<Replacement>,
    },
    Rejected {
        by: UserId,
        reason: String,
    },
    Removed {
        by: UserId,
    },
}

/// Another account stands in for this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    pub by: BankAccountId,
    pub from: DateTime<Utc>,
}

/// Where an account stands, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// Only its maker has looked.
    Proposed,
    /// Approved; the time in which a forgery comes to light is running.
    CoolingOff,
    /// Money may go there.
    Payable,
    Replaced,
    Rejected,
    Removed,
}

impl VendorAccount {
    /// Neither rejected nor removed.
    pub fn is_live(&self) -> bool {
        !matches!(self.standing, Standing::Rejected { .. } | Standing::Removed { .. })
    }

    /// Whether it is in this name, whatever case and punctuation it is written in.
    pub fn is_held_by(&self, name: &str) -> bool {
        self.holder.as_deref().is_some_and(|holder| normalised_id(holder) == normalised_id(name))
    }

    /// Where it stands at `now`, if its vendor is verified or not.
    pub fn status(&self, vendor_verified: bool, now: DateTime<Utc>) -> AccountStatus {
        match &self.standing {
            Standing::Rejected { .. } => AccountStatus::Rejected,
            Standing::Removed { .. } => AccountStatus::Removed,
            Standing::Proposed { .. } => AccountStatus::Proposed,
            Standing::WithVendor { replaced: Some(r), .. } | Standing::Verified { replaced: Some(r), .. } if r.from <= now => {
                AccountStatus::Replaced
            }
            Standing::WithVendor { .. } if !vendor_verified => AccountStatus::Proposed,
            Standing::Verified { payable_from, .. } if *payable_from > now => AccountStatus::CoolingOff,
            Standing::WithVendor { .. } | Standing::Verified { .. } => AccountStatus::Payable,
        }
    }

    /// May money go to this account of a verified vendor now?
    pub fn payable(&self, now: DateTime<Utc>) -> Result<(), VendorRefusal> {
        match (self.status(true, now), &self.standing) {
            (AccountStatus::Payable, _) => Ok(()),
            (AccountStatus::CoolingOff, Standing::Verified { payable_from, .. }) => {
                Err(VendorRefusal::BankAccountCoolingOff { until: *payable_from })
            }
            (AccountStatus::Replaced, _) => Err(VendorRefusal::BankAccountReplaced),
            (AccountStatus::Rejected | AccountStatus::Removed, _) => Err(VendorRefusal::BankAccountUnknown),
            (AccountStatus::Proposed | AccountStatus::CoolingOff, _) => Err(VendorRefusal::BankAccountUnverified),
        }
    }

    pub(super) fn replace(&mut self, replacement: Replacement) {
        match &mut self.standing {
            Standing::WithVendor { replaced, .. } | Standing::Verified { replaced, .. } => *replaced = Some(replacement),
            _ => {}
        }
    }
}
