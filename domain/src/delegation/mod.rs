//! Who may decide in whose place, when, up to which amount and about what: one register a tenant, so that chains and cycles are
//! seen when a delegation is made.

mod path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use path::{CHAIN_MAX, Path};

use crate::aggregate;
use crate::aggregate::Root;
use crate::ids::{DelegationId, UserId};
use crate::money::Money;
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Delegations {
    /// Those that were not revoked, in the order in which they were made.
    pub standing: Vec<Delegation>,
}

/// `delegate` decides in the place of `delegator`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    pub id: DelegationId,
    pub delegator: UserId,
    pub delegate: UserId,
    /// From this moment on, and before `ends_at`.
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    #[serde(default)]
    pub scope: Scope,
}

/// What a delegation is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Scope {
    /// The largest amount; any where absent. An amount in another currency is not covered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_amount: Option<Money>,
    /// The delegate decides beyond their own approval limit.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub raises_limit: bool,
    /// Only what is of these categories in all its lines (groups of items, else of the vendor); any where empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
}

/// What is to be decided, as far as a delegation may be for it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Matter<'a> {
    /// One amount in several currencies.
    pub amounts: &'a [Money],
    /// Of which all of it is.
    pub categories: &'a [String],
}

#[derive(Clone, Debug)]
pub enum DelegationCommand {
    Grant {
        delegation: Delegation,
        by: UserId,
    },
    /// `of_anybody` when the caller may end what others have granted.
    Revoke {
        id: DelegationId,
        by: UserId,
        of_anybody: bool,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DelegationEvent {
    Granted { delegation: Delegation, by: UserId },
    Revoked { id: DelegationId, by: UserId },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum DelegationRefusal {
    #[error("there is no such delegation")]
    DelegationUnknown,
    #[error("the delegation has already been granted")]
    DelegationExists,
    #[error("nobody delegates to themselves")]
    SelfDelegation,
    #[error("nobody grants themselves what another may decide")]
    SelfGranted,
    #[error("a delegation ends after it starts, and the amount of its scope is above zero")]
    DelegationEmpty,
    #[error("the delegation would come back to who grants it")]
    DelegationCycle,
    #[error("more than {CHAIN_MAX} delegations would follow one another")]
    DelegationChainTooLong,
    #[error("only who granted a delegation, or an administrator, ends it")]
    DelegationOfAnother,
}

impl Refusal for DelegationRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::DelegationUnknown => RefusalKind::Unknown,
            Self::DelegationOfAnother | Self::SelfGranted => RefusalKind::Person,
            Self::DelegationExists => RefusalKind::State,
            _ => RefusalKind::Invalid,
        }
    }
    fn pointer(&self) -> Option<String> {
        match self {
            Self::SelfDelegation | Self::DelegationCycle | Self::DelegationChainTooLong => Some("/delegate_id".to_owned()),
            Self::DelegationEmpty => Some("/ends_at".to_owned()),
            _ => None,
        }
    }
}

aggregate!(Delegations, "delegations", "Delegation", DelegationCommand, DelegationEvent, DelegationRefusal, { Granted = 1, Revoked = 1 });

impl Root for Delegations {
    aggregate!(@names DelegationEvent);

    fn second_person(command: &mut DelegationCommand) -> Option<&mut UserId> {
        match command {
            DelegationCommand::Grant { by, .. } => Some(by),
            _ => None,
        }
    }

    fn decide(&self, command: DelegationCommand) -> Result<Vec<DelegationEvent>, DelegationRefusal> {
        match command {
            DelegationCommand::Grant { delegation, by } => self.grant(delegation, by),
            DelegationCommand::Revoke { id, by, of_anybody } => self.revoke(id, by, of_anybody),
        }
    }
}

impl Delegations {
    fn grant(&self, delegation: Delegation, by: UserId) -> Result<Vec<DelegationEvent>, DelegationRefusal> {
        match self.standing.iter().find(|d| d.id == delegation.id) {
            Some(same) if *same == delegation => return Ok(vec![]),
            Some(_) => return Err(DelegationRefusal::DelegationExists),
            None => {}
        }
        if delegation.delegator == delegation.delegate {
            return Err(DelegationRefusal::SelfDelegation);
        }
        if by == delegation.delegate {
            return Err(DelegationRefusal::SelfGranted);
        }
        let nothing = delegation.scope.max_amount.is_some_and(|most| !most.is_positive());
        if nothing || delegation.ends_at <= delegation.starts_at {
            return Err(DelegationRefusal::DelegationEmpty);
        }
        self.check_chains(&delegation)?;
        Ok(vec![DelegationEvent::Granted { delegation, by }])
    }

    fn revoke(&self, id: DelegationId, by: UserId, of_anybody: bool) -> Result<Vec<DelegationEvent>, DelegationRefusal> {
        let delegation = self.standing.iter().find(|d| d.id == id).ok_or(DelegationRefusal::DelegationUnknown)?;
        if delegation.delegator != by && !of_anybody {
            return Err(DelegationRefusal::DelegationOfAnother);
        }
        Ok(vec![DelegationEvent::Revoked { id, by }])
    }

    fn on(&mut self, event: DelegationEvent) {
        match event {
            DelegationEvent::Granted { delegation, .. } => self.standing.push(delegation),
            DelegationEvent::Revoked { id, .. } => self.standing.retain(|d| d.id != id),
        }
    }
}
