//! A new tenant: its log, its company, its first administrator with a key, its default
//! approval policy, chart of accounts and fiscal calendar.

use quittance_domain::aggregate::derived_id;
use quittance_domain::calendar::{CalendarCommand, FiscalCalendar};
use quittance_domain::chart::{Chart, ChartCommand, ChartPlan};
use quittance_domain::ids::{ChartId, PolicyId, TenantId, UserId};
use quittance_domain::party::Address;
use quittance_domain::policy::{ApprovalPolicy, PolicyCommand, PolicyRules};
use quittance_domain::role::Role;
use quittance_domain::tenant::{Tenant, TenantCommand};
use quittance_domain::user::{ApiKey, User, UserCommand};
use quittance_domain::{Currency, Root};

use crate::calendar::calendar_id;
use crate::commands::UseCase;
use crate::failure::Failure;
use crate::work::Work;

/// The tenant's one approval policy.
pub fn policy_id(tenant: TenantId) -> PolicyId {
    PolicyId(derived_id(&[b"approval-policy", tenant.0.as_bytes()]))
}

/// The tenant's one chart of accounts.
pub fn chart_id(tenant: TenantId) -> ChartId {
    ChartId(derived_id(&[b"chart", tenant.0.as_bytes()]))
}

/// All in one write: a tenant is never half made. Its log must be open.
pub struct CreateTenant {
    pub name: String,
    pub base_currency: Currency,
    pub address: Address,
    /// Where it keeps its calendar; UTC where absent.
    pub time_zone: Option<String>,
    pub admin: UserId,
    pub admin_email: String,
    pub key: ApiKey,
}

impl CreateTenant {
    /// Refuses what could never be created, before a log is opened for it.
    pub fn check(&self) -> Result<(), Failure> {
        let company = Tenant::replay(Tenant::default().decide(self.company())?);
        if let Some(calendar) = self.calendar() {
            company.decide(calendar)?;
        }
        User::default().decide(self.administrator())?;
        Ok(())
    }

    fn company(&self) -> TenantCommand {
        TenantCommand::Create { name: self.name.clone(), base_currency: self.base_currency, address: self.address.clone() }
    }

    fn calendar(&self) -> Option<TenantCommand> {
        self.time_zone.clone().map(|name| TenantCommand::SetTimeZone { name, by: self.admin })
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
        if let Some(calendar) = self.calendar() {
            work.decide::<Tenant>(tenant, calendar).await?;
        }
        work.create::<User>(self.admin, self.administrator())?;
        work.decide::<User>(self.admin, UserCommand::IssueKey { key: self.key.clone(), at: work.ctx.now }).await?;
        let rules = PolicyRules::default_for(self.base_currency);
        work.create::<ApprovalPolicy>(policy_id(tenant), PolicyCommand::Adopt { rules, by: self.admin })?;
        let plan = Box::new(ChartPlan::standard(self.address.country.as_deref()));
        work.create::<Chart>(chart_id(tenant), ChartCommand::Adopt { plan, by: self.admin })?;
        let year = CalendarCommand::SetFiscalYear { first_month: 1, by: self.admin };
        work.create::<FiscalCalendar>(calendar_id(tenant), year)?;
        Ok(())
    }
}
