//! Users come in with a key; nobody promotes themselves, nor anybody to rights that they lack.

use quittance_domain::Money;
use quittance_domain::ids::{KeyId, UserId};
use quittance_domain::role::Role;
use quittance_domain::user::{ApiKey, User, UserCommand, UserEvent, UserRefusal};

use crate::commands::UseCase;
use crate::failure::Failure;
use crate::vouching::key_handed;
use crate::work::Work;

pub struct AddUser {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub roles: Vec<Role>,
    pub key: ApiKey,
}

impl UseCase for AddUser {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        // Who comes in by the command line's hand acts for themselves: nobody is in the tenant yet, or asked.
        if work.ctx.actor != self.id {
            let held = rights_of_actor(work).await?;
            if !self.roles.iter().all(|role| role.is_given_by(&held)) {
                return Err(UserRefusal::RightsLacking.into());
            }
        }
        let add = UserCommand::Add { email: self.email.clone(), name: self.name.clone(), roles: self.roles.clone() };
        work.create::<User>(self.id, add)?;
        let issue = UserCommand::IssueKey { key: self.key.clone(), at: work.ctx.now };
        work.decide::<User>(self.id, issue).await.map_err(|failure| failure.told(|refused| refused.at("/key_expires_at")))?;
        if work.ctx.actor == self.id { Ok(()) } else { key_handed(work, self.id, self.key.key_id).await }
    }
}

pub struct ChangeRoles {
    pub id: UserId,
    pub roles: Vec<Role>,
}

impl UseCase for ChangeRoles {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let by = work.ctx.actor;
        if by == self.id {
            return Err(UserRefusal::SelfPromotion.into());
        }
        let user = work.take::<User>(self.id).await?;
        let held = rights_of_actor(work).await?;
        user.account()?.takes_roles_from(&self.roles, &held)?;
        work.decide::<User>(self.id, UserCommand::ChangeRoles { roles: self.roles.clone(), by }).await.map(drop)
    }
}

/// Issues another key: one's own, or the first in force of somebody else.
pub struct IssueKey {
    pub id: UserId,
    pub key: ApiKey,
}

impl UseCase for IssueKey {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let issuer = work.ctx.actor;
        let user = work.take::<User>(self.id).await?;
        let account = user.account()?;
        if issuer != self.id {
            account.takes_key_from(issuer, &rights_of_actor(work).await?, work.ctx.now)?;
        }
        work.decide::<User>(self.id, UserCommand::IssueKey { key: self.key.clone(), at: work.ctx.now }).await?;
        if issuer == self.id { Ok(()) } else { key_handed(work, self.id, self.key.key_id).await }
    }
}

/// A key stops working. Revoking it twice changes nothing.
pub struct RevokeKey {
    pub user_id: UserId,
    pub key_id: KeyId,
}

impl UseCase for RevokeKey {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let key_id = self.key_id;
        let user = work.load::<User>(self.user_id).await?;
        let revoked = |event: &UserEvent| matches!(event, UserEvent::KeyRevoked { key_id: gone, .. } if *gone == key_id);
        if !user.account()?.keys.iter().any(|key| key.key_id == key_id) && work.done_before::<User>(self.user_id, revoked).await? {
            return Ok(());
        }
        let by = work.ctx.actor;
        work.decide::<User>(self.user_id, UserCommand::RevokeKey { key_id, by }).await.map(drop)
    }
}

pub struct DeactivateUser {
    pub id: UserId,
}

impl UseCase for DeactivateUser {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let by = work.ctx.actor;
        let user = work.take::<User>(self.id).await?;
        // Whoever leaves by their own hand is not there to stay.
        let held = if by == self.id { vec![] } else { rights_of_actor(work).await? };
        user.account()?.may_leave(&held)?;
        work.decide::<User>(self.id, UserCommand::Deactivate { by }).await.map(drop)
    }
}

/// What the acting person may do now. What is looked at must still hold at the end: of two owners who end each other at
/// the same time one stays.
async fn rights_of_actor(work: &mut Work<'_>) -> Result<Vec<Role>, Failure> {
    let actor = work.load::<User>(work.ctx.actor).await?;
    Ok(actor.account().map(|account| account.rights().to_vec()).unwrap_or_default())
}

/// Says under whom a person works and up to which amount they approve.
pub struct SetAuthority {
    pub id: UserId,
    pub manager: Option<UserId>,
    pub approval_limit: Option<Money>,
}

impl UseCase for SetAuthority {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let by = work.ctx.actor;
        if by == self.id {
            return Err(UserRefusal::SelfPromotion.into());
        }
        work.take::<User>(self.id).await?.account()?;
        self.check_managers(work).await?;
        let (manager, approval_limit) = (self.manager, self.approval_limit);
        work.decide::<User>(self.id, UserCommand::SetAuthority { manager, approval_limit, by }).await.map(drop)
    }
}

impl SetAuthority {
    /// Nobody works under themselves, however many levels lie between. What is looked at must still hold at the end.
    async fn check_managers(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let mut seen = vec![self.id];
        let mut next = self.manager;
        while let Some(manager) = next {
            if seen.contains(&manager) {
                return Err(UserRefusal::ManagerCycle.into());
            }
            let user = work.load::<User>(manager).await?;
            next = user.account().map_err(|_| UserRefusal::ManagerUnknown)?.manager;
            seen.push(manager);
        }
        Ok(())
    }
}
