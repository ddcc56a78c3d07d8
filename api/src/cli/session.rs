//! Who gives a command of the command line: the holder of an API key, who may do here what they may do over REST.

use anyhow::Context as _;
use clap::Args;
use quittance_application::{Context, Receipt, UseCase};
use quittance_infrastructure::database::TenantTx;
use quittance_projections::source;

use super::people::key_holder;
use super::words::{problem, readable};
use crate::auth::Caller;
use crate::problem::Problem;
use crate::system::System;

#[derive(Args)]
pub struct Key {
    /// Who is asking: the key says tenant and user.
    #[arg(long, env = "QUITTANCE_API_KEY", hide_env_values = true)]
    api_key: Option<String>,
}

pub struct Session<'a> {
    pub system: &'a System,
    pub caller: Caller,
}

impl<'a> Session<'a> {
    pub async fn begin(system: &'a System, key: &Key) -> anyhow::Result<Self> {
        let holder = key_holder(system, key.api_key.as_deref()).await?;
        Ok(Self { system, caller: Caller { tenant: holder.tenant, user: holder.user, roles: holder.roles.into() } })
    }

    pub fn context(&self) -> Context {
        self.system.context(self.caller.tenant, self.caller.user)
    }

    /// Whether the key's user may do this, as the REST API's table of permissions has it.
    pub fn may(&self, operation: &str) -> anyhow::Result<()> {
        self.caller.may(operation).map_err(problem)
    }

    /// Does what the operation of the REST API of that name does.
    pub async fn does<U: UseCase>(&self, operation: &str, command: impl FnOnce(&Context) -> Result<U, Problem>) -> anyhow::Result<Receipt> {
        self.may(operation)?;
        let ctx = self.context();
        let use_case = command(&ctx).map_err(problem)?;
        Ok(self.system.commands.run(&ctx, &use_case).await.map_err(readable)?.receipt)
    }

    /// The read models with everything in them that was recorded until now.
    pub async fn reads(&self, operation: &str) -> anyhow::Result<TenantTx> {
        self.may(operation)?;
        let mut tx = self.system.database.read(self.caller.tenant).await?;
        let head = source::head(&mut tx).await?;
        drop(tx);
        self.system.settled(self.caller.tenant, head).await?;
        self.system.database.read(self.caller.tenant).await.context("the read models cannot be read")
    }
}
