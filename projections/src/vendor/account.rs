//! A vendor's bank accounts as they stand now: status follows from the clock, so it is not stored.

use chrono::{DateTime, Utc};
use quittance_domain::bank_account::BankAccount;
use quittance_domain::ids::{BankAccountId, UserId};
use quittance_domain::vendor::{AccountStatus, Profile, Replacement, Standing, VendorAccount};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct VendorAccountView {
    pub id: BankAccountId,
    pub account: BankAccount,
    /// In whose name it is, where that is not the vendor's.
    pub holder: Option<String>,
    pub status: AccountStatus,
    /// Who proposed it, rejected it or removed it, whichever was last; of a verified one, who approved it.
    pub decided_by: UserId,
    pub proposed_at: Option<DateTime<Utc>>,
    /// The account that it is to stand in for.
    pub replaces: Option<BankAccountId>,
    /// Of an approved one; absent where it came with its vendor.
    pub payable_from: Option<DateTime<Utc>>,
    pub replaced_by: Option<BankAccountId>,
    pub replaced_from: Option<DateTime<Utc>>,
    /// Why it was rejected.
    pub reason: Option<String>,
}

impl VendorAccountView {
    fn of(held: VendorAccount, vendor_verified: bool, now: DateTime<Utc>) -> Self {
        let status = held.status(vendor_verified, now);
        let bare = |decided_by| Self {
            id: held.id,
            account: held.account,
            holder: held.holder,
            status,
            decided_by,
            proposed_at: None,
            replaces: None,
            payable_from: None,
            replaced_by: None,
            replaced_from: None,
            reason: None,
        };
        match held.standing {
            Standing::Proposed { by, at, replaces, cooling_off_days: _ } => Self { proposed_at: Some(at), replaces, ..bare(by) },
            Standing::WithVendor { by, replaced } => bare(by).replaced(replaced),
            Standing::Verified { by, payable_from, replaced } => Self { payable_from: Some(payable_from), ..bare(by) }.replaced(replaced),
            Standing::Rejected { by, reason } => Self { reason: Some(reason), ..bare(by) },
            Standing::Removed { by } => bare(by),
        }
    }

    fn replaced(self, replaced: Option<Replacement>) -> Self {
        let Some(Replacement { by, from }) = replaced else { return self };
        Self { replaced_by: Some(by), replaced_from: Some(from), ..self }
    }
}

/// Every account of a vendor, in the order in which it was last named.
pub(super) fn all(profile: &Profile, now: DateTime<Utc>) -> Vec<VendorAccountView> {
    let view = |held: &VendorAccount| VendorAccountView::of(held.clone(), profile.verified, now);
    profile.accounts.iter().map(view).collect()
}

/// Without those that were rejected or removed.
pub(super) fn live(profile: &Profile, now: DateTime<Utc>) -> Vec<VendorAccountView> {
    let dead = |view: &VendorAccountView| matches!(view.status, AccountStatus::Rejected | AccountStatus::Removed);
    all(profile, now).into_iter().filter(|view| !dead(view)).collect()
}
