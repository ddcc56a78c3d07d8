//! A user of a tenant: a person or a program with roles and API keys. Keys are stored as hashes only.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::aggregate;
use crate::aggregate::{Claim, ClaimChange, Root};
use crate::ids::{KeyId, UserId};
use crate::money::Money;
use crate::refusal::{Refusal, RefusalKind};
use crate::role::Role;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum User {
    #[default]
    NotAdded,
    Added(Account),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub email: String,
    pub name: String,
    pub roles: Vec<Role>,
    pub active: bool,
    pub keys: Vec<ApiKey>,
    /// Who is asked where the policy asks a manager, and where this person does not decide in time.
    #[serde(default)]
    pub manager: Option<UserId>,
    /// The largest amount that this person may approve; any where absent.
    #[serde(default)]
    pub approval_limit: Option<Money>,
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
    Add { email: String, name: String, roles: Vec<Role> },
    ChangeRoles { roles: Vec<Role>, by: UserId },
    SetAuthority { manager: Option<UserId>, approval_limit: Option<Money>, by: UserId },
    Deactivate { by: UserId },
    IssueKey { key: ApiKey },
    RevokeKey { key_id: KeyId, by: UserId },
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
    #[error("nobody changes their own roles or limits")]
    SelfPromotion,
    #[error("the manager is this person, or works under them")]
    ManagerCycle,
    #[error("there is no such manager")]
    ManagerUnknown,
    #[error("an approval limit must be above zero")]
    LimitNotPositive,
}

impl Refusal for UserRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::UserUnknown | Self::KeyUnknown => RefusalKind::Unknown,
            Self::EmailInvalid(_) | Self::NoRoles | Self::ManagerCycle | Self::ManagerUnknown | Self::LimitNotPositive => {
                RefusalKind::Invalid
            }
            Self::SelfPromotion => RefusalKind::Person,
            _ => RefusalKind::State,
        }
    }
    fn pointer(&self) -> Option<String> {
        match self {
            Self::EmailInvalid(_) => Some("/email".to_owned()),
            Self::NoRoles => Some("/roles".to_owned()),
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
            _ => vec![],
        }
    }
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

    fn on(&mut self, event: UserEvent) {
        match (&mut *self, event) {
            (_, UserEvent::Added { email, name, roles }) => {
                *self = Self::Added(Account { email, name, roles, active: true, keys: vec![], manager: None, approval_limit: None });
            }
            (Self::Added(account), UserEvent::RolesChanged { roles, .. }) => account.roles = roles,
            (Self::Added(account), UserEvent::AuthoritySet { manager, approval_limit, .. }) => {
                (account.manager, account.approval_limit) = (manager, approval_limit);
            }
            (Self::Added(account), UserEvent::Deactivated { .. }) => account.active = false,
            (Self::Added(account), UserEvent::KeyIssued { key }) => account.keys.push(key),
            (Self::Added(account), UserEvent::KeyRevoked { key_id, .. }) => account.keys.retain(|k| k.key_id != key_id),
            (Self::NotAdded, _) => {}
        }
    }
}

impl Account {
    /// Whether one of these, the same amount in several currencies, lies within the person's limit.
    pub fn may_approve(&self, amounts: &[Money]) -> bool {
        self.approval_limit.is_none_or(|limit| amounts.iter().any(|amount| amount.is_within(limit)))
    }

    fn decide(&self, command: UserCommand) -> Result<Vec<UserEvent>, UserRefusal> {
        match command {
            UserCommand::Add { .. } => Err(UserRefusal::UserExists),
            UserCommand::ChangeRoles { roles, .. } if roles.is_empty() => Err(UserRefusal::NoRoles),
            UserCommand::ChangeRoles { roles, .. } if sorted(roles.clone()) == self.roles => Ok(vec![]),
            UserCommand::ChangeRoles { roles, by } => Ok(vec![UserEvent::RolesChanged { roles: sorted(roles), by }]),
            UserCommand::SetAuthority { approval_limit: Some(limit), .. } if !limit.is_positive() => Err(UserRefusal::LimitNotPositive),
            UserCommand::SetAuthority { manager, approval_limit, by } => {
                let same = (manager, approval_limit) == (self.manager, self.approval_limit);
                Ok(if same { vec![] } else { vec![UserEvent::AuthoritySet { manager, approval_limit, by }] })
            }
            UserCommand::Deactivate { .. } if !self.active => Ok(vec![]),
            UserCommand::Deactivate { by } => Ok(vec![UserEvent::Deactivated { by }]),
            UserCommand::IssueKey { .. } if !self.active => Err(UserRefusal::UserDeactivated),
            UserCommand::IssueKey { key } if self.keys.contains(&key) => Ok(vec![]),
            UserCommand::IssueKey { key } => Ok(vec![UserEvent::KeyIssued { key }]),
            UserCommand::RevokeKey { key_id, .. } if !self.keys.iter().any(|k| k.key_id == key_id) => Err(UserRefusal::KeyUnknown),
            UserCommand::RevokeKey { key_id, by } => Ok(vec![UserEvent::KeyRevoked { key_id, by }]),
        }
    }
}
