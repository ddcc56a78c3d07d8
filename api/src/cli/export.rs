//! `quittance export ledger`: the books for hledger or beancount on standard output.

use std::io::Write;

use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, Subcommand};
use quittance_domain::ids::TenantId;
use quittance_projections::ledger::export::{ExportFilter, LedgerFormat, export};
use tokio::sync::mpsc;

use super::words::readable;
use crate::settings::Settings;
use crate::system::System;

#[derive(Subcommand)]
pub enum Export {
    /// The ledger as plain-text accounting, with the balances that the other program is to confirm.
    Ledger(LedgerArguments),
}

#[derive(Args)]
pub struct LedgerArguments {
    #[arg(long)]
    tenant: TenantId,
    /// hledger or beancount.
    #[arg(long)]
    format: LedgerFormat,
    /// The last day in the books; today where absent.
    #[arg(long)]
    as_of: Option<NaiveDate>,
    /// What was recorded by then (RFC 3339).
    #[arg(long)]
    known_at: Option<DateTime<Utc>>,
}

pub async fn run(settings: Settings, command: Export) -> anyhow::Result<()> {
    let Export::Ledger(arguments) = command;
    let system = System::open_kept(settings).await?;
    let done = ledger(&system, arguments).await;
    system.close().await;
    done
}

async fn ledger(system: &System, arguments: LedgerArguments) -> anyhow::Result<()> {
    let LedgerArguments { tenant, format, as_of, known_at } = arguments;
    system.knows(tenant).await?;
    let today = system.today(tenant).await.map_err(readable)?;
    let tx = system.database.read(tenant).await?;
    let (sender, mut pieces) = mpsc::channel(4);
    let sent = tokio::spawn(async move { export(tx, &ExportFilter { format, as_of, known_at }, today, &sender).await });
    let mut out = std::io::stdout().lock();
    while let Some(piece) = pieces.recv().await {
        out.write_all(piece.as_bytes())?;
    }
    out.flush()?;
    Ok(sent.await??)
}
