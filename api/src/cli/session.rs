//! Who gives a command of the command line: the holder of an API key, who may do here what they may do over REST.

use anyhow::Context as _;
use clap::Args;
use quittance_application::context::command_id_of_key;
use quittance_application::{Context, Receipt, UseCase};
use quittance_infrastructure::database::TenantTx;
use quittance_projections::source;
use serde::Serialize;

use super::people::key_holder;
use super::words::{problem, readable};
use crate::auth::Caller;
use crate::order::{request_hash, whole_key};
use crate::problem::Problem;
use crate::system::System;

#[derive(Args)]
pub struct Key {
    /// Who is asking: the key says tenant and user.
    #[arg(long, env = "QUITTANCE_API_KEY", hide_env_values = true)]
    api_key: Option<String>,
}

/// What moves money is done once, however often it is asked for.
#[derive(Args)]
pub struct Once {
    /// Given again with this key, the command answers as the first time and does nothing. A fresh one where absent; `--json` tells it.
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
}

pub struct Session<'a> {
    pub system: &'a System,
    pub caller: Caller,
}

impl Key {
    pub fn given(&self) -> Option<&str> {
        self.api_key.as_deref()
    }
}

impl<'a> Session<'a> {
    pub async fn begin(system: &'a System, key: &Key) -> anyhow::Result<Self> {
        Ok(Self { system, caller: key_holder(system, key.api_key.as_deref()).await? })
    }

    pub async fn context(&self) -> anyhow::Result<Context> {
        self.system.context(self.caller.tenant, self.caller.user).await.map_err(readable)
    }

    /// Whether the key's user may do this, as the REST API's table of permissions has it.
    pub fn may(&self, operation: &str) -> anyhow::Result<()> {
        self.caller.may(operation).map_err(problem)
    }

    /// Does what the operation of the REST API of that name does, once: a repeat with its key is answered as the first time, and the key
    /// is good for nothing else. Answers the key too.
    pub async fn does_once<U: UseCase>(
        &self,
        operation: &str,
        once: Once,
        asked: &impl Serialize,
        command: impl FnOnce(&Context) -> Result<U, Problem>,
    ) -> anyhow::Result<(Receipt, String)> {
        self.may(operation)?;
        let (ctx, key) = self.keyed(operation, once, asked).await?;
        let use_case = command(&ctx).map_err(problem)?;
        Ok((self.system.commands.run(&ctx, &use_case).await.map_err(readable)?.receipt, key))
    }

    /// The context of a command that is done once; `asked` is what tells it from others of its operation.
    pub async fn keyed(&self, operation: &str, once: Once, asked: &impl Serialize) -> anyhow::Result<(Context, String)> {
        let mut ctx = self.context().await?;
        let key = once.idempotency_key.unwrap_or_else(|| self.system.commands.ports().edge.new_id().to_string());
        whole_key(&key).map_err(problem)?;
        ctx.command_id = Some(command_id_of_key(self.caller.tenant, &key));
        ctx.request_hash = Some(request_hash(ctx.actor, &format!("quittance {operation}"), &serde_json::to_vec(asked)?));
        Ok((ctx, key))
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
