//! `quittance serve`: everything, until it is told to stop.

use std::sync::Arc;

use anyhow::Context as _;

use crate::sandbox::{self, Sandbox};
use crate::settings::{Environment, Settings};
use crate::system::System;
use crate::{production, server};

pub async fn serve(settings: Settings) -> anyhow::Result<()> {
    let listen = settings.listen;
    let system = Arc::new(System::open(settings).await?);
    production::check(&system).await?;
    system.attachments()?;
    system.start_workers().await?;
    system.start_reconciling()?;
    let sandbox = match system.settings.environment {
        Environment::Sandbox => Some(sandbox::ready(&system).await.context("the sandbox could not be filled")?),
        Environment::Production => None,
    };
    let listener = tokio::net::TcpListener::bind(listen).await.with_context(|| format!("{listen} cannot be listened on"))?;
    let address = listener.local_addr()?;
    announce(&address.to_string(), sandbox.as_ref());
    server::run(system.clone(), listener, stop_signal()).await?;
    tracing::info!("stopping");
    match Arc::try_unwrap(system) {
        Ok(system) => system.close().await,
        // A straggler still holds it; its workers are told all the same.
        Err(system) => system.stopping.cancel(),
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
