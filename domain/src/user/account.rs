//! What a user is once added, and what may be decided about them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ApiKey, UserCommand, UserEvent, UserRefusal, sorted};
use crate::ids::UserId;
use crate::money::Money;
use crate::role::Role;

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
    /// Who has taken keys away from this person since the last one was issued.
    #[serde(default)]
    pub revokers: Vec<UserId>,
}

impl Account {
    pub(super) fn added(email: String, name: String, roles: Vec<Role>) -> Self {
        Self { email, name, roles, active: true, keys: vec![], manager: None, approval_limit: None, revokers: vec![] }
    }

    /// What the person may do now.
    pub fn rights(&self) -> &[Role] {
        if self.active { &self.roles } else { &[] }
    }

    /// May somebody else with the roles `held` issue a key for this person? Not one that opens more than the issuer may do,
    /// nor beside a key that the person has, nor in the place of one that the issuer took away.
    pub fn takes_key_from(&self, issuer: UserId, held: &[Role], now: DateTime<Utc>) -> Result<(), UserRefusal> {
        let in_force = |key: &ApiKey| key.expires_at.is_none_or(|at| now < at);
        if !self.roles.iter().all(|role| role.is_given_by(held)) {
            return Err(UserRefusal::RightsLacking);
        }
        if self.keys.iter().any(in_force) {
            return Err(UserRefusal::KeyInForce);
        }
        if self.revokers.contains(&issuer) { Err(UserRefusal::KeyRevoker) } else { Ok(()) }
    }

    /// May somebody else with the roles `held` make this person's roles these?
    pub fn takes_roles_from(&self, roles: &[Role], held: &[Role]) -> Result<(), UserRefusal> {
        let mut gained = roles.iter().filter(|role| !self.roles.contains(role));
        if !gained.all(|role| role.is_given_by(held)) {
            return Err(UserRefusal::RightsLacking);
        }
        if roles.contains(&Role::Owner) { Ok(()) } else { self.may_leave(held) }
    }

    /// May somebody else with the roles `held` end what this person is? Who ends an owner is an owner who stays.
    pub fn may_leave(&self, held: &[Role]) -> Result<(), UserRefusal> {
        let owner = self.rights().contains(&Role::Owner);
        if owner && !held.contains(&Role::Owner) { Err(UserRefusal::OwnerLeft) } else { Ok(()) }
    }

    /// Whether one of these, the same amount in several currencies, lies within the person's limit.
    pub fn may_approve(&self, amounts: &[Money]) -> bool {
        self.approval_limit.is_none_or(|limit| amounts.iter().any(|amount| amount.is_within(limit)))
    }

    pub(super) fn decide(&self, command: UserCommand) -> Result<Vec<UserEvent>, UserRefusal> {
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
            UserCommand::IssueKey { key, .. } if self.keys.contains(&key) => Ok(vec![]),
            UserCommand::IssueKey { key, at } if key.expires_at.is_some_and(|end| end <= at) => Err(UserRefusal::KeyExpired),
            UserCommand::IssueKey { key, .. } => Ok(vec![UserEvent::KeyIssued { key }]),
            UserCommand::RevokeKey { key_id, .. } if !self.keys.iter().any(|k| k.key_id == key_id) => Err(UserRefusal::KeyUnknown),
            UserCommand::RevokeKey { key_id, by } => Ok(vec![UserEvent::KeyRevoked { key_id, by }]),
        }
    }
}
