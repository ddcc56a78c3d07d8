//! Users come in with a key; nobody promotes themselves.

use quittance_domain::ids::UserId;
use quittance_domain::role::Role;
use quittance_domain::user::{ApiKey, User, UserCommand, UserRefusal};

use crate::commands::UseCase;
use crate::failure::Failure;
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
        let add = UserCommand::Add { email: self.email.clone(), name: self.name.clone(), roles: self.roles.clone() };
        work.create::<User>(self.id, add)?;
        work.decide::<User>(self.id, UserCommand::IssueKey { key: self.key.clone() }).await?;
        Ok(())
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
        work.decide::<User>(self.id, UserCommand::ChangeRoles { roles: self.roles.clone(), by }).await.map(drop)
    }
}
