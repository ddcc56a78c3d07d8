//! The state of a registered vendor and its decisions.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::account::{Proposal, Replacement, Standing, VendorAccount};
use super::details::VendorDetails;
use super::group;
use super::payment_data::{PaymentData, Unconfirmed};
use super::{AccountStatus, Origin, VendorCommand, VendorEvent, VendorRefusal};
use crate::bank_account::BankAccount;
use crate::ids::{BankAccountId, UserId, VendorId};
use crate::money::Currency;
use crate::party::{Party, normalised_id};
use crate::tenant::BankChangeControl;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    pub party: Party,
    pub currency: Option<Currency>,
    /// Days from the invoice date until it is due, where the invoice does not say.
    pub payment_days: u16,
    #[serde(default)]
    pub details: VendorDetails,
    /// Every account that was ever named, in the order in which it last was; rejected and removed ones stay known.
    pub accounts: Vec<VendorAccount>,
    /// Who last changed the bank accounts, and everybody before.
    pub account_editors: Vec<UserId>,
    /// An account has been trusted before: from then on another one is a change.
    pub has_been_paid_into: bool,
    pub verified: bool,
    /// Who registered or changed an unverified vendor; one of them cannot verify it.
    pub editors: Vec<UserId>,
    pub blocked: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unconfirmed: Option<Unconfirmed>,
    /// Who registered it, as long as nobody else has looked at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_only_by: Option<UserId>,
    /// Whose documents its own have been since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<VendorId>,
    /// Which were this vendor under other names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absorbed: Vec<VendorId>,
}

impl Profile {
    pub(super) fn registered(party: Party, currency: Option<Currency>, payment_days: u16, origin: Origin, by: UserId) -> Self {
        Self {
            party,
            currency,
            payment_days,
            details: VendorDetails::default(),
            accounts: vec![],
            account_editors: vec![],
            has_been_paid_into: false,
            verified: origin == Origin::Person,
            editors: vec![by],
            blocked: None,
            unconfirmed: None,
            seen_only_by: Some(by),
            merged_into: None,
            absorbed: vec![],
        }
    }

    /// The keys of the vendor's group: vendors joined by tax id or by bank account (SEMANTICS 2), or by a person.
    pub fn group_keys(&self, own: impl std::fmt::Display) -> Vec<String> {
        let accounts = self.live_accounts().map(|a| group::account_key(&a.account.canonical()));
        let names = std::iter::once(own.to_string()).chain(self.absorbed.iter().map(ToString::to_string));
        names.map(|name| format!("vendor:{name}")).chain(self.party.identity_keys()).chain(accounts).collect()
    }

    /// May money go to this vendor at all?
    pub fn payable(&self) -> Result<(), VendorRefusal> {
        match &self.blocked {
            Some(reason) => Err(VendorRefusal::VendorBlocked(reason.clone())),
            None if !self.verified => Err(VendorRefusal::VendorUnverified),
            None if self.unconfirmed.is_some() => Err(VendorRefusal::VendorChangeUnconfirmed),
            None => Ok(()),
        }
    }

    /// May this person let money go to this vendor? Not who has a hand in where it goes (SEMANTICS 9).
    pub fn releasable_by(&self, person: UserId) -> Result<(), VendorRefusal> {
        if self.account_editors.contains(&person) { Err(VendorRefusal::BankAccountEditor) } else { Ok(()) }
    }

    /// May money go to this vendor, to exactly this account, now?
    pub fn payable_to(&self, id: BankAccountId, account: &BankAccount, now: DateTime<Utc>) -> Result<(), VendorRefusal> {
        self.payable()?;
        match self.account(id) {
            Some(known) if known.account == *account => known.payable(now),
            _ => Err(VendorRefusal::BankAccountUnknown),
        }
    }

    pub fn account(&self, id: BankAccountId) -> Option<&VendorAccount> {
        self.accounts.iter().find(|a| a.id == id)
    }

    /// The account as a document names it, unless another has taken its place.
    pub fn named_account(&self, stated: &BankAccount, now: DateTime<Utc>) -> Option<&VendorAccount> {
        self.current_accounts(now).find(|a| a.account.canonical() == stated.canonical())
    }

    /// When an invoice of this day is due where nothing else says so.
    pub fn due_from(&self, issued: NaiveDate) -> NaiveDate {
        issued.checked_add_days(Days::new(u64::from(self.payment_days))).unwrap_or(issued)
    }

    /// The one with this number, however it is written, where it is not known at which bank.
    pub fn account_numbered(&self, number: &str, now: DateTime<Utc>) -> Option<&VendorAccount> {
        let number = normalised_id(number);
        self.current_accounts(now).find(|a| !number.is_empty() && a.account.number() == number)
    }

    /// Neither rejected nor removed.
    pub fn live_accounts(&self) -> impl Iterator<Item = &VendorAccount> {
        self.accounts.iter().filter(|a| a.is_live())
    }

    fn current_accounts(&self, now: DateTime<Utc>) -> impl Iterator<Item = &VendorAccount> {
        self.live_accounts().filter(move |a| a.status(self.verified, now) != AccountStatus::Replaced)
    }

    /// The one in this name that money may go to, or soon may.
    pub fn account_held_by(&self, name: &str, now: DateTime<Utc>) -> Option<&VendorAccount> {
        self.current_accounts(now).find(|a| self.is_approved(a, now) && a.is_held_by(name))
    }

    /// Whether a person has approved that money goes to this account, and that it is in this name.
    pub fn has_approved_for(&self, id: BankAccountId, name: &str, now: DateTime<Utc>) -> bool {
        self.account(id).is_some_and(|a| self.is_approved(a, now) && a.is_held_by(name))
    }

    fn is_approved(&self, account: &VendorAccount, now: DateTime<Utc>) -> bool {
        matches!(account.status(self.verified, now), AccountStatus::Payable | AccountStatus::CoolingOff)
    }

    /// Whether a document's payee is the vendor itself.
    pub fn is(&self, payee: &Party) -> bool {
        let same_id = || payee.identity_keys().iter().any(|key| self.party.identity_keys().contains(key));
        normalised_id(&payee.name) == normalised_id(&self.party.name) || same_id()
    }

    /// Where an invoice goes that names no account: the last one that is paid to; else the last one that soon may be.
    pub fn default_account(&self, now: DateTime<Utc>) -> Option<&VendorAccount> {
        self.current_accounts(now).max_by_key(|a| match a.status(self.verified, now) {
            AccountStatus::Payable => 2,
            AccountStatus::CoolingOff => 1,
            _ => 0,
        })
    }

    pub(super) fn decide(&self, command: VendorCommand) -> Result<Vec<VendorEvent>, VendorRefusal> {
        match command {
            VendorCommand::Register { .. } => Err(VendorRefusal::VendorExists),
            VendorCommand::Change { party, .. } if party.name.trim().is_empty() => Err(VendorRefusal::NameMissing),
            VendorCommand::Change { party, .. } if party.vat_id != self.party.vat_id && !party.has_plausible_vat_id() => {
                Err(VendorRefusal::VatIdInvalid)
            }
            VendorCommand::Change { party, currency, payment_days, .. }
                if party == self.party && currency == self.currency && payment_days == self.payment_days =>
            {
                Ok(vec![])
            }
            VendorCommand::Change { party, currency, payment_days, by, control } => {
                let followed = self.payment_data_changed(PaymentData::of(&party, payment_days, &self.details), by, control);
                Ok(std::iter::once(VendorEvent::Changed { party, currency, payment_days, by }).chain(followed).collect())
            }
            VendorCommand::Describe { details, .. } if details == self.details => Ok(vec![]),
            VendorCommand::Describe { details, by, control } => {
                details.check()?;
                let followed = self.payment_data_changed(PaymentData::of(&self.party, self.payment_days, &details), by, control);
                Ok(std::iter::once(VendorEvent::Described { details, by }).chain(followed).collect())
            }
            VendorCommand::ProposeAccount { proposal, control } => self.propose(proposal, control),
            VendorCommand::ApproveAccount { id, by, at, control } => self.approve_account(id, by, at, control),
            VendorCommand::RejectAccount { id, by, reason } => self.reject_account(id, by, reason),
            VendorCommand::RemoveAccount { id, .. } if !self.live_accounts().any(|a| a.id == id) => Err(VendorRefusal::BankAccountUnknown),
            VendorCommand::RemoveAccount { id, by } => Ok(vec![VendorEvent::BankAccountRemoved { id, by }]),
            VendorCommand::Verify { by } => self.verify(by),
            VendorCommand::Merge { into, .. } if self.merged_into == Some(into) => Ok(vec![]),
            VendorCommand::Merge { .. } if self.merged_into.is_some() => Err(VendorRefusal::VendorMerged),
            VendorCommand::Merge { into, by } => match &self.blocked {
                // The block would be lost with the name that it is on.
                Some(reason) => Err(VendorRefusal::VendorBlocked(reason.clone())),
                None => Ok(vec![VendorEvent::MergedInto { into, by }]),
            },
            VendorCommand::Absorb { .. } if self.merged_into.is_some() => Err(VendorRefusal::VendorMerged),
            VendorCommand::Absorb { vendors, by } => Ok(vec![VendorEvent::Absorbed { vendors, by }]),
            VendorCommand::Block { reason, .. } if self.blocked.as_ref() == Some(&reason) => Ok(vec![]),
            VendorCommand::Block { reason, by } => Ok(vec![VendorEvent::Blocked { reason, by }]),
            VendorCommand::Unblock { .. } if self.blocked.is_none() => Ok(vec![]),
            VendorCommand::Unblock { by } => Ok(vec![VendorEvent::Unblocked { by }]),
        }
    }

    /// An unverified vendor's accounts are verified with it; another vendor's wait for a second person, if there is one.
    fn propose(&self, proposal: Proposal, control: BankChangeControl) -> Result<Vec<VendorEvent>, VendorRefusal> {
        let Proposal { id, account, replaces, by, at, holder } = proposal;
        if let Some(same) = self.current_accounts(at).find(|a| a.id == id || a.account == account) {
            let repeated = same.id == id && same.account == account && same.holder == holder;
            return if repeated { Ok(vec![]) } else { Err(VendorRefusal::BankAccountExists) };
        }
        if let Some(replaced) = replaces
            && !self.live_accounts().any(|a| a.id == replaced)
        {
            return Err(VendorRefusal::ReplacedAccountUnknown);
        }
        if !self.verified {
            let removed = replaces.map(|id| VendorEvent::BankAccountRemoved { id, by });
            return Ok(std::iter::once(VendorEvent::BankAccountAdded { id, account, by, holder }).chain(removed).collect());
        }
        let cooling_off_days = Some(control.cooling_off_days);
        let mut events = vec![VendorEvent::BankAccountProposed { id, account, replaces, by, at, cooling_off_days, holder }];
        if !control.second_person {
            events.push(self.verified_account(id, by, at, control));
        }
        Ok(events)
    }

    fn approve_account(
        &self,
        id: BankAccountId,
        by: UserId,
        at: DateTime<Utc>,
        control: BankChangeControl,
    ) -> Result<Vec<VendorEvent>, VendorRefusal> {
        match &self.account(id).ok_or(VendorRefusal::BankAccountUnknown)?.standing {
            Standing::Proposed { by: maker, .. } if *maker == by => Err(VendorRefusal::SelfVerification),
            Standing::Proposed { cooling_off_days, .. } => {
                Ok(vec![self.verified_account(id, by, at, control.with_cooling_off_of(*cooling_off_days))])
            }
            Standing::Verified { .. } => Ok(vec![]),
            Standing::WithVendor { .. } if self.verified => Ok(vec![]),
            Standing::WithVendor { .. } => Err(VendorRefusal::VendorUnverified),
            Standing::Rejected { .. } | Standing::Removed { .. } => Err(VendorRefusal::BankAccountNotProposed),
        }
    }

    fn verified_account(&self, id: BankAccountId, by: UserId, at: DateTime<Utc>, control: BankChangeControl) -> VendorEvent {
        VendorEvent::BankAccountVerified { id, by, payable_from: control.payable_from(at, self.has_been_paid_into) }
    }

    fn reject_account(&self, id: BankAccountId, by: UserId, reason: String) -> Result<Vec<VendorEvent>, VendorRefusal> {
        match &self.account(id).ok_or(VendorRefusal::BankAccountUnknown)?.standing {
            Standing::Rejected { .. } => Ok(vec![]),
            Standing::Proposed { .. } => Ok(vec![VendorEvent::BankAccountRejected { id, by, reason }]),
            _ => Err(VendorRefusal::BankAccountNotProposed),
        }
    }

    pub(super) fn on(&mut self, event: VendorEvent) {
        if let Some(by) = event.seen_by() {
            self.seen_only_by = self.seen_only_by.filter(|maker| *maker == by);
        }
        match event {
            VendorEvent::Registered { .. } => {}
            VendorEvent::Changed { party, currency, payment_days, by } => {
                (self.party, self.currency, self.payment_days) = (party, currency, payment_days);
                remember(&mut self.editors, by);
            }
            VendorEvent::Described { details, .. } => self.details = details,
            VendorEvent::PaymentDataChanged { before, after, by } => self.on_payment_data_changed(*before, &after, by),
            VendorEvent::PaymentDataConfirmed { .. } => self.unconfirmed = None,
            VendorEvent::MergedInto { into, .. } => self.merged_into = Some(into),
            VendorEvent::Absorbed { vendors, .. } => self.absorbed.extend(vendors),
            VendorEvent::BankAccountAdded { id, account, by, holder } => {
                self.has_been_paid_into = true;
                self.name_account(VendorAccount { id, account, standing: Standing::WithVendor { by, replaced: None }, holder }, by);
            }
            VendorEvent::BankAccountProposed { id, account, replaces, by, at, cooling_off_days, holder } => {
                self.name_account(
                    VendorAccount { id, account, standing: Standing::Proposed { by, at, replaces, cooling_off_days }, holder },
                    by,
                );
            }
            VendorEvent::BankAccountVerified { id, by, payable_from } => self.on_account_verified(id, by, payable_from),
            VendorEvent::BankAccountRejected { id, by, reason } => self.stand(id, Standing::Rejected { by, reason }),
            VendorEvent::BankAccountRemoved { id, by } => {
                self.stand(id, Standing::Removed { by });
                remember(&mut self.account_editors, by);
            }
            VendorEvent::Verified { .. } => self.verified = true,
            VendorEvent::Blocked { reason, .. } => self.blocked = Some(reason),
            VendorEvent::Unblocked { .. } => self.blocked = None,
        }
    }

    fn name_account(&mut self, account: VendorAccount, by: UserId) {
        self.accounts.retain(|a| a.id != account.id);
        self.accounts.push(account);
        remember(&mut self.account_editors, by);
    }

    fn on_account_verified(&mut self, id: BankAccountId, by: UserId, payable_from: DateTime<Utc>) {
        self.has_been_paid_into = true;
        let replaces = self.account(id).and_then(|a| match a.standing {
            Standing::Proposed { replaces, .. } => replaces,
            _ => None,
        });
        self.stand(id, Standing::Verified { by, payable_from, replaced: None });
        if let Some(old) = self.accounts.iter_mut().find(|a| Some(a.id) == replaces) {
            old.replace(Replacement { by: id, from: payable_from });
        }
    }

    fn stand(&mut self, id: BankAccountId, standing: Standing) {
        if let Some(account) = self.accounts.iter_mut().find(|a| a.id == id) {
            account.standing = standing;
        }
    }
}

pub(super) fn remember(people: &mut Vec<UserId>, by: UserId) {
    if !people.contains(&by) {
        people.push(by);
    }
}
