//! Letting another decide in one's place, and ending it.

use chrono::{DateTime, Utc};
use quittance_domain::RefusalKind;
use quittance_domain::aggregate::derived_id;
use quittance_domain::delegation::{Delegation, DelegationCommand, DelegationEvent, Delegations, Scope};
use quittance_domain::ids::{DelegationId, DelegationsId, TenantId, UserId};
use quittance_domain::user::{User, UserRefusal};

use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::work::Work;

/// The tenant's one register of delegations.
pub fn delegations_id(tenant: TenantId) -> DelegationsId {
    DelegationsId(derived_id(&[b"delegations", tenant.0.as_bytes()]))
}

pub struct GrantDelegation {
    pub id: DelegationId,
    pub delegator: UserId,
    pub delegate: UserId,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub scope: Scope,
}

impl UseCase for GrantDelegation {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let register = delegations_id(work.tenant());
        work.take::<Delegations>(register).await?;
        for (user, pointer) in [(self.delegator, "/delegator_id"), (self.delegate, "/delegate_id")] {
            if !work.load::<User>(user).await?.account().is_ok_and(|account| account.active) {
                let refusal = UserRefusal::UserUnknown;
                return Err(Refused::new("delegate_unknown", RefusalKind::Invalid, refusal.to_string()).at(pointer).into());
            }
        }
        let delegation = Delegation {
            id: self.id,
            delegator: self.delegator,
            delegate: self.delegate,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            scope: self.scope.clone(),
        };
        work.decide::<Delegations>(register, DelegationCommand::Grant { delegation, by: work.ctx.actor }).await.map(drop)
    }
}

/// Ends a delegation; `of_anybody` where the caller may end what others granted. Ending it twice changes nothing.
pub struct RevokeDelegation {
    pub id: DelegationId,
    pub of_anybody: bool,
}

impl UseCase for RevokeDelegation {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (id, by, of_anybody) = (self.id, work.ctx.actor, self.of_anybody);
        let register = delegations_id(work.tenant());
        let standing = work.take::<Delegations>(register).await?.standing.iter().any(|delegation| delegation.id == id);
        let revoked = |event: &DelegationEvent| matches!(event, DelegationEvent::Revoked { id: gone, .. } if *gone == id);
        if !standing && work.done_before::<Delegations>(register, revoked).await? {
            return Ok(());
        }
        work.decide::<Delegations>(register, DelegationCommand::Revoke { id, by, of_anybody }).await.map(drop)
    }
}
