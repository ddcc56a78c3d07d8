//! A new tenant: its log, its company, its first administrator with a key, its default approval policy.

use quittance_domain::aggregate::derived_id;
use quittance_domain::ids::{PolicyId, TenantId, UserId};
use quittance_domain::party::Address;
use quittance_domain::policy::{ApprovalPolicy, PolicyCommand, PolicyRules};
use quittance_domain::role::Role;
use quittance_domain::tenant::{Tenant, TenantCommand};
use quittance_domain::user::{ApiKey, User, UserCommand};
use quittance_domain::{Currency, Root};

use crate::commands::UseCase;
use crate::failure::Failure;
use crate::work::Work;

/// The tenant's one approval policy.
pub fn policy_id(tenant: TenantId) -> PolicyId {
    PolicyId(derived_id(&[b"approval-policy", tenant.0.as_bytes()]))
}

/// All in one write: a tenant is never half made. Its log must be open.
pub struct CreateTenant {
    pub name: String,
    pub base_currency: Currency,
    pub address: Address,
    pub admin: UserId,
    pub admin_email: String,
    pub key: ApiKey,
}

impl CreateTenant {
    /// Refuses what could never be created, before a log is opened for it.
    pub fn check(&self) -> Result<(), Failure> {
        Tenant::default().decide(self.company())?;
        User::default().decide(self.administrator())?;
        Ok(())
    }

    fn company(&self) -> TenantCommand {
        TenantCommand::Create { name: self.name.clone(), base_currency: self.base_currency, address: self.address.clone() }
    }

    fn administrator(&self) -> UserCommand {
        let roles = vec![Role::Owner, Role::Admin];
        UserCommand::Add { email: self.admin_email.clone(), name: self.admin_email.clone(), roles }
    }
}

impl UseCase for CreateTenant {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let tenant = work.tenant();
        work.create::<Tenant>(tenant, self.company())?;
        work.create::<User>(self.admin, self.administrator())?;
        work.decide::<User>(self.admin, UserCommand::IssueKey { key: self.key.clone() }).await?;
        let rules = PolicyRules::default_for(self.base_currency);
        work.create::<ApprovalPolicy>(policy_id(tenant), PolicyCommand::Adopt { rules, by: self.admin })?;
        Ok(())
    }
}
