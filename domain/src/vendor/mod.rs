//! A vendor: who sends invoices and is paid. A vendor that came in with an invoice is unverified until a person
//! has looked, and is not paid before.

use serde::{Deserialize, Serialize};

use crate::aggregate;
use crate::aggregate::{Claim, ClaimChange, Root};
use crate::bank_account::BankAccount;
use crate::ids::{BankAccountId, UserId};
use crate::money::Currency;
use crate::party::Party;
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vendor {
    #[default]
    NotRegistered,
    Registered(Box<Profile>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    pub party: Party,
    pub currency: Option<Currency>,
    /// Days from the invoice date until it is due, where the invoice does not say.
    pub payment_days: u16,
    pub accounts: Vec<VendorAccount>,
    /// Who last changed the bank accounts, and everybody before.
    pub account_editors: Vec<UserId>,
    pub verified: bool,
    /// Who registered or changed an unverified vendor; one of them cannot verify it.
    pub editors: Vec<UserId>,
    pub blocked: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct VendorAccount {
    pub id: BankAccountId,
    pub account: BankAccount,
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
    Register { party: Party, currency: Option<Currency>, payment_days: u16, origin: Origin, by: UserId },
    Change { party: Party, currency: Option<Currency>, payment_days: u16, by: UserId },
    AddAccount { id: BankAccountId, account: BankAccount, by: UserId },
    RemoveAccount { id: BankAccountId, by: UserId },
    Verify { by: UserId },
    Block { reason: String, by: UserId },
    Unblock { by: UserId },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum VendorEvent {
    Registered { party: Party, currency: Option<Currency>, payment_days: u16, origin: Origin, by: UserId },
    Changed { party: Party, currency: Option<Currency>, payment_days: u16, by: UserId },
    BankAccountAdded { id: BankAccountId, account: BankAccount, by: UserId },
    BankAccountRemoved { id: BankAccountId, by: UserId },
    Verified { by: UserId },
    Blocked { reason: String, by: UserId },
    Unblocked { by: UserId },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum VendorRefusal {
    #[error("there is no such vendor")]
    VendorUnknown,
    #[error("the vendor has already been registered")]
    VendorExists,
    #[error("a vendor needs a name")]
    NameMissing,
    #[error("the vendor already has this account")]
    BankAccountExists,
    #[error("the vendor has no such account")]
    BankAccountUnknown,
    #[error("who registered or changed a vendor or its bank accounts cannot verify it")]
    SelfVerification,
    #[error("the vendor is blocked: {0}")]
    VendorBlocked(String),
    #[error("nobody has verified this vendor yet")]
    VendorUnverified,
}

impl Refusal for VendorRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::VendorUnknown | Self::BankAccountUnknown => RefusalKind::Unknown,
            Self::NameMissing => RefusalKind::Invalid,
            Self::SelfVerification => RefusalKind::Person,
            _ => RefusalKind::State,
        }
    }
    fn pointer(&self) -> Option<String> {
        matches!(self, Self::NameMissing).then(|| "/name".to_owned())
    }
}

aggregate!(Vendor, "vendor", "Vendor", VendorCommand, VendorEvent, VendorRefusal, {
    Registered = 1, Changed = 1, BankAccountAdded = 1, BankAccountRemoved = 1, Verified = 1, Blocked = 1, Unblocked = 1,
});

impl Root for Vendor {
    aggregate!(@names VendorEvent);

    fn decide(&self, command: VendorCommand) -> Result<Vec<VendorEvent>, VendorRefusal> {
        match (self, command) {
            (Self::NotRegistered, VendorCommand::Register { party, .. }) if party.name.trim().is_empty() => Err(VendorRefusal::NameMissing),
            (Self::NotRegistered, VendorCommand::Register { party, currency, payment_days, origin, by }) => {
                Ok(vec![VendorEvent::Registered { party, currency, payment_days, origin, by }])
            }
            (Self::NotRegistered, _) => Err(VendorRefusal::VendorUnknown),
            (Self::Registered(_), VendorCommand::Register { .. }) => Err(VendorRefusal::VendorExists),
            (Self::Registered(profile), command) => profile.decide(command),
        }
    }

    fn claims(&self, event: &VendorEvent) -> Vec<ClaimChange> {
        let identity = |party: &Party| vendor_keys(party).into_iter().map(|key| Claim::of(key, "vendor_exists")).collect::<Vec<_>>();
        match (self, event) {
            (_, VendorEvent::Registered { party, .. }) => identity(party).into_iter().map(ClaimChange::Take).collect(),
            (Self::Registered(profile), VendorEvent::Changed { party, .. }) => {
                let (before, after) = (identity(&profile.party), identity(party));
                let freed = before.iter().filter(|c| !after.contains(c)).cloned().map(ClaimChange::Release);
                let taken = after.iter().filter(|c| !before.contains(c)).cloned().map(ClaimChange::Take);
                freed.chain(taken).collect()
            }
            _ => vec![],
        }
    }
}

/// The unique facts by which a document's seller is recognised: official ids, or the name where there is none.
pub fn vendor_keys(party: &Party) -> Vec<String> {
    let official = party.identity_keys();
    let keys = if official.is_empty() { vec![party.name_key()] } else { official };
    keys.into_iter().map(|key| format!("vendor|{key}")).collect()
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
                let verified = origin == Origin::Person;
                let profile = Profile {
                    party,
                    currency,
                    payment_days,
                    accounts: vec![],
                    account_editors: vec![],
                    verified,
                    editors: vec![by],
                    blocked: None,
                };
                *self = Self::Registered(Box::new(profile));
            }
            (Self::Registered(profile), event) => profile.on(event),
            (Self::NotRegistered, _) => {}
        }
    }
}

impl Profile {
    /// The keys of the vendor's group: vendors joined by tax id or by bank account (SEMANTICS 2).
    pub fn group_keys(&self, own: impl std::fmt::Display) -> Vec<String> {
        let accounts = self.accounts.iter().map(|a| format!("account:{}", a.account.canonical()));
        std::iter::once(format!("vendor:{own}")).chain(self.party.identity_keys()).chain(accounts).collect()
    }

    /// May money go to this vendor at all?
    pub fn payable(&self) -> Result<(), VendorRefusal> {
        match &self.blocked {
            Some(reason) => Err(VendorRefusal::VendorBlocked(reason.clone())),
            None if !self.verified => Err(VendorRefusal::VendorUnverified),
            None => Ok(()),
        }
    }

    fn decide(&self, command: VendorCommand) -> Result<Vec<VendorEvent>, VendorRefusal> {
        match command {
            VendorCommand::Register { .. } => Err(VendorRefusal::VendorExists),
            VendorCommand::Change { party, .. } if party.name.trim().is_empty() => Err(VendorRefusal::NameMissing),
            VendorCommand::Change { party, currency, payment_days, by } => {
                let same = party == self.party && currency == self.currency && payment_days == self.payment_days;
                Ok(if same { vec![] } else { vec![VendorEvent::Changed { party, currency, payment_days, by }] })
            }
            VendorCommand::AddAccount { id, account, by } => self.add_account(id, account, by),
            VendorCommand::RemoveAccount { id, .. } if !self.accounts.iter().any(|a| a.id == id) => Err(VendorRefusal::BankAccountUnknown),
            VendorCommand::RemoveAccount { id, by } => Ok(vec![VendorEvent::BankAccountRemoved { id, by }]),
            VendorCommand::Verify { .. } if self.verified => Ok(vec![]),
            VendorCommand::Verify { by } if self.editors.contains(&by) || self.account_editors.contains(&by) => {
                Err(VendorRefusal::SelfVerification)
            }
            VendorCommand::Verify { by } => Ok(vec![VendorEvent::Verified { by }]),
            VendorCommand::Block { reason, .. } if self.blocked.as_ref() == Some(&reason) => Ok(vec![]),
            VendorCommand::Block { reason, by } => Ok(vec![VendorEvent::Blocked { reason, by }]),
            VendorCommand::Unblock { .. } if self.blocked.is_none() => Ok(vec![]),
            VendorCommand::Unblock { by } => Ok(vec![VendorEvent::Unblocked { by }]),
        }
    }

    fn add_account(&self, id: BankAccountId, account: BankAccount, by: UserId) -> Result<Vec<VendorEvent>, VendorRefusal> {
        match self.accounts.iter().find(|a| a.id == id || a.account == account) {
            Some(same) if same.id == id && same.account == account => Ok(vec![]),
            Some(_) => Err(VendorRefusal::BankAccountExists),
            None => Ok(vec![VendorEvent::BankAccountAdded { id, account, by }]),
        }
    }

    fn on(&mut self, event: VendorEvent) {
        match event {
            VendorEvent::Registered { .. } => {}
            VendorEvent::Changed { party, currency, payment_days, by } => {
                (self.party, self.currency, self.payment_days) = (party, currency, payment_days);
                remember(&mut self.editors, by);
            }
            VendorEvent::BankAccountAdded { id, account, by } => {
                self.accounts.push(VendorAccount { id, account });
                remember(&mut self.account_editors, by);
            }
            VendorEvent::BankAccountRemoved { id, by } => {
                self.accounts.retain(|a| a.id != id);
                remember(&mut self.account_editors, by);
            }
            VendorEvent::Verified { .. } => self.verified = true,
            VendorEvent::Blocked { reason, .. } => self.blocked = Some(reason),
            VendorEvent::Unblocked { .. } => self.blocked = None,
        }
    }
}

fn remember(people: &mut Vec<UserId>, by: UserId) {
    if !people.contains(&by) {
        people.push(by);
    }
}
