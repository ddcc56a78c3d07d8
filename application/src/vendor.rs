//! Finding the vendor of a document, and changes of a vendor and its bank accounts by the company's own rule.

use quittance_domain::Currency;
use quittance_domain::aggregate::derived_id;
use quittance_domain::bank_account::{BankAccount, UsAccountType};
use quittance_domain::ids::{BankAccountId, VendorId};
use quittance_domain::party::Party;
use quittance_domain::tenant::{BankChangeControl, Tenant};
use quittance_domain::vendor::{Origin, Proposal, Vendor, VendorCommand, VendorEvent, VendorRefusal, vendor_keys};

use crate::commands::UseCase;
use crate::failure::Failure;
use crate::merging::merge;
use crate::work::Work;

/// Payment days of a vendor that nobody has told us about.
const PAYMENT_DAYS_DEFAULT: u16 = 30;

/// The vendor that holds one of the seller's identities, or whom that was merged into; the strongest identity decides.
pub async fn known_vendor(work: &mut Work<'_>, seller: &Party) -> Result<Option<VendorId>, Failure> {
    for key in vendor_keys(seller) {
        if let Some(holder) = work.holder(&key).await? {
            return survivor(work, VendorId(holder)).await.map(Some);
        }
    }
    Ok(None)
}

/// Whose documents the vendor's are by now: its own, unless it was merged. An unknown one survives itself.
pub(crate) async fn survivor(work: &mut Work<'_>, vendor: VendorId) -> Result<VendorId, Failure> {
    let mut last = vendor;
    // Nothing is merged into what was merged, so the chain ends.
    while let Some(into) = work.load::<Vendor>(last).await?.profile().ok().and_then(|profile| profile.merged_into) {
        last = into;
    }
    Ok(last)
}

/// Everything that a vendor is known as, whichever of its names is given.
pub(crate) async fn names(work: &mut Work<'_>, vendor: VendorId) -> Result<Vec<VendorId>, Failure> {
    let survivor = survivor(work, vendor).await?;
    let absorbed = work.load::<Vendor>(survivor).await?.profile().map(|profile| profile.absorbed.clone()).unwrap_or_default();
    Ok(std::iter::once(survivor).chain(absorbed).collect())
}

/// Two vendors are one under two names: what comes in for `id` is `into`'s from now on, and both are compared as one. What `id` is
/// owed stays with it and is paid to its own accounts: no bank account moves.
pub struct MergeVendor {
    pub id: VendorId,
    pub into: VendorId,
}

impl UseCase for MergeVendor {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (by, into) = (work.ctx.actor, self.into);
        let merged = work.take::<Vendor>(self.id).await?;
        let vendors = std::iter::once(self.id).chain(merged.profile()?.absorbed.iter().copied()).collect();
        if self.id == into {
            return Err(VendorRefusal::MergedIntoItself.into());
        }
        let (gives_up, goes_on) = (VendorCommand::Merge { into, by }, VendorCommand::Absorb { vendors, by });
        merge::<Vendor>(work, (self.id.0, gives_up), (into.0, goes_on)).await
    }
}

/// One account of one vendor has one id, so that a repeat answers as the first time did.
pub fn vendor_account_id(vendor: VendorId, account: &BankAccount) -> BankAccountId {
    let place = account.canonical();
    let parts: [&[u8]; 3] = [b"vendor account", vendor.0.as_bytes(), place.as_bytes()];
    match account {
        // The same number booked otherwise is another account to the bank.
        BankAccount::Us { account_type: Some(UsAccountType::Savings), .. } => {
            BankAccountId(derived_id(&[&parts[..], &[b"savings"]].concat()))
        }
        _ => BankAccountId(derived_id(&parts)),
    }
}

/// One person asks for money of this vendor to go to an account.
pub struct ProposeAccount {
    pub vendor_id: VendorId,
    pub id: BankAccountId,
    pub account: BankAccount,
    pub replaces: Option<BankAccountId>,
    /// In whose name it is, where that is not the vendor's.
    pub holder: Option<String>,
}

impl UseCase for ProposeAccount {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let control = bank_change_control(work).await?;
        let (by, at) = (work.ctx.actor, work.ctx.now);
        let proposal =
            Proposal { id: self.id, account: self.account.clone(), replaces: self.replaces, by, at, holder: self.holder.clone() };
        work.decide::<Vendor>(self.vendor_id, VendorCommand::ProposeAccount { proposal, control }).await.map(drop)
    }
}

/// A second person approves it.
pub struct ApproveAccount {
    pub vendor_id: VendorId,
    pub id: BankAccountId,
}

impl UseCase for ApproveAccount {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let control = bank_change_control(work).await?;
        let approve = VendorCommand::ApproveAccount { id: self.id, by: work.ctx.actor, at: work.ctx.now, control };
        work.decide::<Vendor>(self.vendor_id, approve).await.map(drop)
    }
}

/// One person changes who a vendor is.
pub struct ChangeVendor {
    pub id: VendorId,
    pub party: Party,
    pub currency: Option<Currency>,
    pub payment_days: u16,
}

impl UseCase for ChangeVendor {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let control = bank_change_control(work).await?;
        let Self { id, party, currency, payment_days } = self;
        let (party, currency, payment_days, by) = (party.clone(), *currency, *payment_days, work.ctx.actor);
        work.decide::<Vendor>(*id, VendorCommand::Change { party, currency, payment_days, by, control }).await.map(drop)
    }
}

pub(crate) async fn bank_change_control(work: &mut Work<'_>) -> Result<BankChangeControl, Failure> {
    let tenant = work.load::<Tenant>(work.tenant()).await?;
    Ok(tenant.company()?.bank_change_control)
}

/// Registers the seller that a document names, unverified: no money goes there until somebody has looked.
pub fn register_seller(work: &mut Work<'_>, id: VendorId, seller: &Party, currency: Currency) -> Result<VendorId, Failure> {
    let register = VendorCommand::Register {
        party: seller.clone(),
        currency: Some(currency),
        payment_days: PAYMENT_DAYS_DEFAULT,
        origin: Origin::Document,
        by: work.ctx.actor,
    };
    work.create::<Vendor>(id, register)?;
    Ok(id)
}

/// Nothing goes to this account from now on. Removing it twice changes nothing.
pub struct RemoveAccount {
    pub vendor_id: VendorId,
    pub id: BankAccountId,
}

impl UseCase for RemoveAccount {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let id = self.id;
        let vendor = work.load::<Vendor>(self.vendor_id).await?;
        let removed = |event: &VendorEvent| matches!(event, VendorEvent::BankAccountRemoved { id: gone, .. } if *gone == id);
        if !vendor.profile()?.live_accounts().any(|live| live.id == id) && work.done_before::<Vendor>(self.vendor_id, removed).await? {
            return Ok(());
        }
        let by = work.ctx.actor;
        work.decide::<Vendor>(self.vendor_id, VendorCommand::RemoveAccount { id, by }).await.map(drop)
    }
}
