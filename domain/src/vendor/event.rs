//! What happened to a vendor. Stored for ever: change only by a new version and an upcaster.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Origin, PaymentData, VendorDetails};
use crate::bank_account::BankAccount;
use crate::ids::{BankAccountId, UserId, VendorId};
use crate::money::Currency;
use crate::party::Party;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum VendorEvent {
    Registered {
        party: Party,
        currency: Option<Currency>,
        payment_days: u16,
        origin: Origin,
        by: UserId,
    },
    Changed {
        party: Party,
        currency: Option<Currency>,
        payment_days: u16,
        by: UserId,
    },
    /// What the company itself keeps about the vendor.
    Described {
        details: VendorDetails,
        by: UserId,
    },
    /// A change touched what payments rest on: of a verified vendor nothing is paid before somebody else has confirmed it.
    PaymentDataChanged {
        before: Box<PaymentData>,
        after: Box<PaymentData>,
        by: UserId,
    },
    PaymentDataConfirmed {
        by: UserId,
    },
    /// An account of a vendor that nobody has verified yet: verifying the vendor verifies it.
    BankAccountAdded {
        id: BankAccountId,
        account: BankAccount,
        by: UserId,
        /// In whose name it is, where that is not the vendor's: a factor's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        holder: Option<String>,
    },
    /// An account of a verified vendor: nothing goes there before a second person has approved it.
    BankAccountProposed {
        id: BankAccountId,
        account: BankAccount,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaces: Option<BankAccountId>,
        by: UserId,
        at: DateTime<Utc>,
        /// What the company kept to at that time: looser rules since do not let money go there sooner.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cooling_off_days: Option<u16>,
        /// In whose name it is, where that is not the vendor's: a factor's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        holder: Option<String>,
    },
    BankAccountVerified {
        id: BankAccountId,
        by: UserId,
        /// The end of the time in which a forgery comes to light; what it replaces is paid to until then.
        payable_from: DateTime<Utc>,
    },
    BankAccountRejected {
        id: BankAccountId,
        by: UserId,
        reason: String,
    },
    BankAccountRemoved {
        id: BankAccountId,
        by: UserId,
    },
    Verified {
        by: UserId,
    },
    Blocked {
        reason: String,
        by: UserId,
    },
    Unblocked {
        by: UserId,
    },
    /// It was another vendor under a second name: what comes in from now on is that one's, what it is owed stays its own.
    MergedInto {
        into: VendorId,
        by: UserId,
    },
    /// These were this vendor under other names, the one that was merged now first.
    Absorbed {
        vendors: Vec<VendorId>,
        by: UserId,
    },
}

impl VendorEvent {
    /// Who has looked at whom its payments go to.
    pub(super) fn seen_by(&self) -> Option<UserId> {
        match self {
            Self::Verified { by }
            | Self::PaymentDataChanged { by, .. }
            | Self::PaymentDataConfirmed { by }
            | Self::BankAccountVerified { by, .. } => Some(*by),
            _ => None,
        }
    }
}
