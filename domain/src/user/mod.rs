//! A user of a tenant: a person or a program with roles and API keys. Keys are stored as hashes only.

mod account;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::aggregate;
use crate::aggregate::{Claim, ClaimChange, Root};
use crate::ids::{KeyId, UserId};
use crate::money::Money;
use crate::refusal::{Refusal, RefusalKind};
use crate::role::Role;

pub use account::Account;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum User {
    #[default]
    NotAdded,
    Added(Account),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApiKey {
    pub key_id: KeyId,
    /// The part of the key that may be shown: `qk_live_1a2b3c4d`.
    pub prefix: String,
    /// SHA-256 of the whole key, hex. The key has 256 bits, so a plain hash suffices.
    pub hash: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug)]
pub enum UserCommand {
    Add {
        email: String,
        name: String,
        roles: Vec<Role>,
    },
    ChangeRoles {
        roles: Vec<Role>,
        by: UserId,
    },
    SetAuthority {
        manager: Option<UserId>,
        approval_limit: Option<Money>,
        by: UserId,
    },
    Deactivate {
        by: UserId,
    },
    /// `at` is now.
    IssueKey {
        key: ApiKey,
        at: DateTime<Utc>,
    },
    RevokeKey {
        key_id: KeyId,
        by: UserId,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum UserEvent {
    Added {
        email: String,
        name: String,
        roles: Vec<Role>,
    },
    RolesChanged {
        roles: Vec<Role>,
        by: UserId,
    },
    /// Under whom the person works, and up to which amount they approve.
    AuthoritySet {
        manager: Option<UserId>,
        approval_limit: Option<Money>,
        by: UserId,
    },
    Deactivated {
        by: UserId,
    },
    KeyIssued {
        key: ApiKey,
    },
    KeyRevoked {
        key_id: KeyId,
        by: UserId,
    },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum UserRefusal {
    #[error("there is no such user")]
    UserUnknown,
    #[error("the user has already been added")]
    UserExists,
    #[error("{0:?} is not an e-mail address")]
    EmailInvalid(String),
    #[error("a user needs at least one role")]
    NoRoles,
    #[error("the user is deactivated")]
    UserDeactivated,
    #[error("the user has no such key")]
    KeyUnknown,
    #[error("a key ends after it has been issued")]
    KeyExpired,
    #[error("nobody changes their own roles or limits")]
    SelfPromotion,
    #[error("the manager is this person, or works under them")]
    ManagerCycle,
    #[error("there is no such manager")]
    ManagerUnknown,
    #[error("an approval limit must be above zero")]
    LimitNotPositive,
    #[error("nobody gives away, or issues a key for, rights that they lack themselves")]
    RightsLacking,
    #[error("who has a key in force issues the next one themselves")]
    KeyInForce,
    #[error("who took a person's key away does not issue the next one")]
    KeyRevoker,
    #[error("an owner leaves by another owner's hand only, so that one is always left")]
    OwnerLeft,
}

impl Refusal for UserRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::UserUnknown | Self::KeyUnknown => RefusalKind::Unknown,
            Self::EmailInvalid(_)
            | Self::NoRoles
            | Self::KeyExpired
            | Self::ManagerCycle
            | Self::ManagerUnknown
            | Self::LimitNotPositive => RefusalKind::Invalid,
            Self::SelfPromotion | Self::RightsLacking | Self::KeyInForce | Self::KeyRevoker | Self::OwnerLeft => RefusalKind::Person,
            _ => RefusalKind::State,
        }
    }
    fn pointer(&self) -> Option<String> {
        match self {
            Self::EmailInvalid(_) => Some("/email".to_owned()),
            Self::NoRoles => Some("/roles".to_owned()),
            Self::KeyExpired => Some("/expires_at".to_owned()),
            Self::ManagerCycle | Self::ManagerUnknown => Some("/manager_id".to_owned()),
            Self::LimitNotPositive => Some("/approval_limit".to_owned()),
            _ => None,
        }
    }
}

aggregate!(User, "user", "User", UserCommand, UserEvent, UserRefusal, {
    Added = 1, RolesChanged = 1, AuthoritySet = 1, Deactivated = 1, KeyIssued = 1, KeyRevoked = 1,
});

impl Root for User {
    aggregate!(@names UserEvent);

    fn decide(&self, command: UserCommand) -> Result<Vec<UserEvent>, UserRefusal> {
        match (self, command) {
            (Self::NotAdded, UserCommand::Add { email, name, roles }) => added(email, name, roles),
            (Self::NotAdded, _) => Err(UserRefusal::UserUnknown),
            (Self::Added(_), UserCommand::Add { .. }) => Err(UserRefusal::UserExists),
            (Self::Added(account), command) => account.decide(command),
        }
    }

    fn claims(&self, event: &UserEvent) -> Vec<ClaimChange> {
        match event {
            UserEvent::Added { email, .. } => vec![ClaimChange::Take(Claim::of(email_key(email), "email_taken"))],
            UserEvent::KeyIssued { key } => vec![ClaimChange::Take(key.claim())],
            UserEvent::KeyRevoked { key_id, .. } => self.released(|key| key.key_id == *key_id),
            UserEvent::Deactivated { .. } => self.released(|_| true),
            UserEvent::RolesChanged { .. } | UserEvent::AuthoritySet { .. } => vec![],
        }
    }
}

impl ApiKey {
    /// Held as long as the key opens anything: by this fact, and not by a read model, a login finds whose key it is.
    fn claim(&self) -> Claim {
        Claim::of(key_key(&self.hash), "api_key_taken")
    }
}

/// The unique fact that a key with this hash is one user's; `iam.key_lookup` knows its form.
pub fn key_key(hash: &str) -> String {
    format!("api-key|{hash}")
}

/// The unique fact that one user of the tenant has this address.
pub fn email_key(email: &str) -> String {
    format!("user|email|{}", email.trim().to_lowercase())
}

fn added(email: String, name: String, roles: Vec<Role>) -> Result<Vec<UserEvent>, UserRefusal> {
    let email = email.trim().to_lowercase();
    let plausible = email.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.contains('.') && !host.ends_with('.'));
    if !plausible || email.contains(char::is_whitespace) {
        return Err(UserRefusal::EmailInvalid(email));
    }
    if roles.is_empty() {
        return Err(UserRefusal::NoRoles);
    }
    Ok(vec![UserEvent::Added { email, name, roles: sorted(roles) }])
}

fn sorted(mut roles: Vec<Role>) -> Vec<Role> {
    roles.sort();
    roles.dedup();
    roles
}

impl User {
    pub fn account(&self) -> Result<&Account, UserRefusal> {
        match self {
            Self::NotAdded => Err(UserRefusal::UserUnknown),
            Self::Added(account) => Ok(account),
        }
    }

    fn released(&self, gone: impl Fn(&ApiKey) -> bool) -> Vec<ClaimChange> {
        let keys = self.account().map(|account| account.keys.as_slice()).unwrap_or_default();
        keys.iter().filter(|key| gone(key)).map(|key| ClaimChange::Release(key.claim())).collect()
    }

    fn on(&mut self, event: UserEvent) {
        match (&mut *self, event) {
            (_, UserEvent::Added { email, name, roles }) => {
                *self = Self::Added(Account::added(email, name, roles));
            }
            (Self::Added(account), UserEvent::RolesChanged { roles, .. }) => account.roles = roles,
            (Self::Added(account), UserEvent::AuthoritySet { manager, approval_limit, .. }) => {
                (account.manager, account.approval_limit) = (manager, approval_limit);
            }
            (Self::Added(account), UserEvent::Deactivated { .. }) => account.active = false,
            (Self::Added(account), UserEvent::KeyIssued { key }) => {
                account.keys.push(key);
                account.revokers.clear();
            }
            (Self::Added(account), UserEvent::KeyRevoked { key_id, by }) => {
                account.keys.retain(|k| k.key_id != key_id);
                account.revokers.push(by);
            }
            (Self::NotAdded, _) => {}
        }
    }
}
