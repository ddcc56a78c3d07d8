//! What could be paid, with everything that decides about it, as it stood when the run was proposed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::closing::Closing;
use super::discount::Discount;
use super::withholding::KeepsBack;
use crate::aggregate::Claim;
use crate::ids::{InvoiceId, VendorId};
use crate::money::Money;
use crate::vendor::LegalGround;

/// A part of an invoice that falls due on its own; numbers count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Instalment {
    pub invoice_id: InvoiceId,
    pub number: u32,
}

impl Instalment {
    /// With others of its invoice.
    pub(super) fn and(self, numbers: &[u32]) -> impl Iterator<Item = Instalment> {
        std::iter::once(self.number).chain(numbers.iter().copied()).map(move |number| Instalment { number, ..self })
    }
}

/// The unique fact that one run means to pay the instalment, or to set it off.
pub(super) fn reservation(instalment: Instalment) -> Claim {
    Claim::of(format!("payment_run_instalment:{}:{}", instalment.invoice_id, instalment.number), "in_another_run")
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    pub instalment: Instalment,
    pub kind: CandidateKind,
    pub vendor_id: VendorId,
    pub vendor_blocked: bool,
    /// A second person has not confirmed the last change of the vendor.
    pub vendor_unconfirmed: bool,
    pub account: AccountStanding,
    /// The document says that its vendor takes the money, or has it already.
    pub paid_otherwise: bool,
    /// What is open and not claimed by another payment; above zero for credits too.
    pub open: Money,
    /// The day from which on it counts in the books.
    pub counts_from: NaiveDate,
    pub due_date: NaiveDate,
    pub discount: Option<Discount>,
    /// Of one of several parts that are open: what paying all of them at once earns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<Closing>,
    /// The numbers of further parts of the invoice that are paid with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with_instalments: Vec<u32>,
    pub approval: Approval,
    /// The kinds of holds that stand against it.
    pub holds: Vec<String>,
    pub duplicate_suspect: bool,
    /// Another run has selected it and still means to pay it.
    pub in_another_run: bool,
    /// For what the law wants it paid before others.
    pub legal_priority: Option<LegalGround>,
    /// Of a vendor whose payments keep tax back.
    pub keeps_back: Option<KeepsBack>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CandidateKind {
    /// We owe it.
    Payable,
    /// The vendor owes it to us: it reduces what is transferred.
    Credit,
    /// So it does of what a payment left on account; its instalment is the payment's line, or 0 of a provider's whole transfer.
    OnAccount,
}

impl CandidateKind {
    pub fn is_credit(self) -> bool {
        self != Self::Payable
    }
}

/// The account that was approved with the invoice, held against the vendor's master data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountStanding {
    /// Missing, unverified, or no longer the vendor's.
    Unverified,
    /// Approved, but the time in which a forgery comes to light is running.
    CoolingOff,
    /// Of a kind that this run's transfers do not reach.
    NotOnRail,
    /// Of a kind that they do reach, with less than is open.
    BeyondRail,
    Verified {
        /// When it last changed; `None` for one that has been there from the start.
        changed_on: Option<NaiveDate>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    Missing,
    /// Given, but to other contents than the invoice has now.
    Outdated,
    Given,
}
