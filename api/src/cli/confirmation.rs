//! What the operator confirms for who works alone: a version of rules that one person has adopted.

use clap::Args;
use quittance_application::tenant::policy_id;
use quittance_application::tolerance::tolerances_id;
use quittance_domain::Root;
use quittance_domain::ids::{TenantId, UserId};
use quittance_domain::policy::{ApprovalPolicy, PolicyCommand};
use quittance_domain::tolerance::{Tolerances, TolerancesCommand};
use uuid::Uuid;

use super::words::readable;
use crate::system::System;

#[derive(Args)]
pub struct PolicyArguments {
    /// Whose policy.
    #[arg(long)]
    tenant: TenantId,
    /// The version that was looked at.
    #[arg(long)]
    policy_version: u32,
}

impl PolicyArguments {
    pub async fn carried_out(self, system: &System) -> anyhow::Result<String> {
        let Self { tenant, policy_version } = self;
        system.knows(tenant).await?;
        system.start_workers().await?;
        let position = confirm_approval_policy(system, tenant, policy_version).await?;
        system.settled(tenant, position).await?;
        Ok(format!("tenant   {tenant}   who adopted version {policy_version} of the approval policy decides under it"))
    }
}

#[derive(Args)]
pub struct TolerancesArguments {
    /// Whose tolerances.
    #[arg(long)]
    tenant: TenantId,
    /// The version that was looked at.
    #[arg(long)]
    tolerances_version: u32,
}

impl TolerancesArguments {
    pub async fn carried_out(self, system: &System) -> anyhow::Result<String> {
        let Self { tenant, tolerances_version } = self;
        system.knows(tenant).await?;
        system.start_workers().await?;
        let position = confirm_tolerances(system, tenant, tolerances_version).await?;
        system.settled(tenant, position).await?;
        Ok(format!("tenant   {tenant}   who adopted version {tolerances_version} of the tolerances approves what passes by it"))
    }
}

/// The operator is another person than whoever has adopted it.
pub async fn confirm_approval_policy(system: &System, tenant: TenantId, version: u32) -> anyhow::Result<i64> {
    let id = policy_id(tenant).0;
    let (policy, _) = system.commands.state_of::<ApprovalPolicy>(tenant, id).await.map_err(readable)?;
    confirm::<ApprovalPolicy>(system, tenant, id, policy.adopter_of(version), PolicyCommand::Confirm { version, by: None }).await
}

pub async fn confirm_tolerances(system: &System, tenant: TenantId, version: u32) -> anyhow::Result<i64> {
    let id = tolerances_id(tenant).0;
    let (tolerances, _) = system.commands.state_of::<Tolerances>(tenant, id).await.map_err(readable)?;
    confirm::<Tolerances>(system, tenant, id, tolerances.adopter_of(version), TolerancesCommand::Confirm { version, by: None }).await
}

/// The event says that it was the operator; the log wants to know for whom.
async fn confirm<A: Root>(system: &System, tenant: TenantId, id: Uuid, adopter: Option<UserId>, confirm: A::Command) -> anyhow::Result<i64>
where
    A::Command: Clone + Send + Sync,
{
    let ctx = system.context(tenant, adopter.unwrap_or(UserId(tenant.0))).await.map_err(readable)?;
    Ok(system.commands.execute::<A>(&ctx, id, confirm).await.map_err(readable)?.position)
}
