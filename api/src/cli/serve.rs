//! `quittance serve`: everything, or a part of it beside other processes, until it is told to stop.

use std::sync::Arc;

use anyhow::{Context as _, ensure};
use clap::{Args, ValueEnum};

use crate::sandbox::{self, Sandbox};
use crate::settings::{Environment, Settings};
use crate::system::System;
use crate::{production, server};

/// What a process does. Any number of each may run on one database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// The REST API, its docs and the console.
    Api,
    /// Read models, process managers, deadlines, transfers.
    Projector,
    /// Events out to NATS.
    Relay,
}

#[derive(Args)]
pub struct Serve {
    /// What this process does; every one answers `/health/live`, `/health/ready` and `/metrics`.
    #[arg(long, env = "QUITTANCE_ROLES", value_delimiter = ',', default_value = "api,projector,relay")]
    roles: Vec<Role>,
}

impl Default for Serve {
    fn default() -> Self {
        Self { roles: vec![Role::Api, Role::Projector, Role::Relay] }
    }
}

impl Serve {
    fn does(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

pub async fn serve(settings: Settings, serve: Serve) -> anyhow::Result<()> {
    let listen = settings.listen;
    ensure!(serve.roles != [Role::Relay] || settings.nats_url.is_some(), "a relay needs NATS_URL");
    let system = Arc::new(System::open(settings).await?);
    production::check(&system).await?;
    system.attachments()?;
    if serve.does(Role::Api) {
        system.signing_keys()?;
        system.decision_links().context("QUITTANCE_LINK_SECRET cannot be used")?;
    }
    begin(&system, &serve).await?;
    let sandbox = match system.settings.environment {
        // What is put into it is read back: that takes somebody who projects.
        Environment::Sandbox if serve.does(Role::Api) && serve.does(Role::Projector) => {
            Some(sandbox::ready(&system).await.context("the sandbox could not be filled")?)
        }
        _ => None,
    };
    let listener = tokio::net::TcpListener::bind(listen).await.with_context(|| format!("{listen} cannot be listened on"))?;
    let address = listener.local_addr()?;
    if serve.does(Role::Api) {
        announce(&address.to_string(), sandbox.as_ref());
        server::run(system.clone(), listener, stop_signal()).await?;
    } else {
        println!("\nquittance works; health is at http://{address}/health/ready");
        server::run_probes(system.clone(), listener, stop_signal()).await?;
    }
    tracing::info!("stopping");
    match Arc::try_unwrap(system) {
        Ok(system) => system.close().await,
        // A straggler still holds it; its workers are told all the same.
        Err(system) => system.stopping.cancel(),
    }
    Ok(())
}

async fn begin(system: &System, serve: &Serve) -> anyhow::Result<()> {
    system.start_watching();
    if serve.does(Role::Projector) {
        system.start_projecting().await?;
        system.start_reconciling()?;
        system.start_mailing()?;
    }
    if serve.does(Role::Relay) {
        system.start_relaying();
    }
    Ok(())
}

fn announce(address: &str, sandbox: Option<&Sandbox>) {
    println!(
        "\nquittance is running\n  console   http://{address}/\n  docs      http://{address}/docs\n  OpenAPI   http://{address}/openapi.json"
    );
    if let Some(sandbox) = sandbox {
        println!("  sandbox   tenant {}\n  API key   {}\n", sandbox.tenant, sandbox.key);
        println!("  try       curl -H 'Authorization: Bearer {}' http://{address}/v1/invoices\n", sandbox.key);
    }
}

/// Ctrl-C or SIGTERM.
async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        let _ = interrupt.await;
        return;
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}
