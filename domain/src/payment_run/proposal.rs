//! The answer of a selection: every candidate stands in it exactly once.

use serde::{Deserialize, Serialize};

use super::candidate::{CandidateKind, Instalment};
use super::set_off::SetOff;
use crate::ids::VendorId;
use crate::money::Money;
use crate::vendor::LegalGround;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// In the order in which cash was given out, credits at the end.
    pub included: Vec<Included>,
    /// In the order of instalments.
    pub excluded: Vec<Excluded>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Included {
    pub instalment: Instalment,
    pub kind: CandidateKind,
    pub vendor_id: VendorId,
    /// What money settles of it, or what a credit takes off; `amount`, `discount` and what is set off together are what was open.
    pub amount: Money,
    /// Of the amount: tax that is kept back, so that less leaves.
    pub withheld: Money,
    pub discount: Money,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_off: Vec<SetOff>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_priority: Option<LegalGround>,
    /// The numbers of further parts of the invoice that are paid with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with_instalments: Vec<u32>,
}

impl Included {
    /// Every part that it pays.
    pub fn instalments(&self) -> impl Iterator<Item = Instalment> {
        self.instalment.and(&self.with_instalments)
    }

    pub fn leaves(&self) -> Money {
        Money::rounded(self.amount.amount() - self.withheld.amount(), self.amount.currency())
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Excluded {
    pub instalment: Instalment,
    pub reason: Exclusion,
}

/// Why something is not paid in this run. The first reason in this order is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Exclusion {
    /// The run was asked for other vendors or currencies.
    NotAskedFor,
    /// Settled, or claimed by another payment.
    NothingOpen,
    /// Another run has selected it and has neither paid it nor given it up.
    InAnotherRun,
    NotApproved,
    ChangedSinceApproval,
    Held {
        hold: String,
    },
    DuplicateSuspect,
    /// The document says that its vendor takes the money, or has it already.
    PaidOtherwise,
    VendorBlocked,
    /// A second person has not confirmed the last change of the vendor.
    VendorChangeUnconfirmed,
    AccountUnverified,
    /// This run's transfers do not reach the account.
    AccountNotOnRail,
    /// One of this run's transfers carries less.
    AmountNotOnRail,
    AccountRecentlyChanged,
    CurrencyCutOff,
    DiscountNotWorthIt,
    NotDue,
    /// The vendor owes us as much as we owe, or more: nothing is transferred and the credits stay.
    NetDebitVendor,
    /// The invoices of this run that the credit could be set off against would lose their discount by it.
    CreditNotApplied,
    OverRunLimit,
}

impl Exclusion {
    pub fn code(&self) -> &'static str {
        self.into()
    }

    /// Which hold it is, where it is one.
    pub fn hold(&self) -> Option<&str> {
        match self {
            Self::Held { hold } => Some(hold),
            _ => None,
        }
    }
}
