//! `quittance relay`: events out to NATS.

use anyhow::bail;
use clap::{Args, Subcommand};
use quittance_domain::ids::TenantId;
use quittance_projections::relay::resend_from;
use serde_json::json;

use super::words::counted;
use crate::settings::Settings;
use crate::system::System;

#[derive(Subcommand)]
pub enum RelayCommand {
    /// Send a tenant's events again, marked as replays. The running server does it; consumers drop what they have.
    Resend(Resend),
}

#[derive(Args)]
pub struct Resend {
    /// Whose events.
    #[arg(long)]
    tenant: TenantId,
    /// The first position that is sent again; 1 for everything.
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
    from: i64,
    /// The outcome as one JSON object.
    #[arg(long)]
    json: bool,
}

pub async fn relay(settings: Settings, command: RelayCommand) -> anyhow::Result<()> {
    let RelayCommand::Resend(resend) = command;
    let system = System::open_kept(settings).await?;
    let again = resend_from(&system.database, resend.tenant, resend.from).await;
    system.close().await;
    let Some(events) = again? else { bail!("nothing of tenant {} was sent so far", resend.tenant) };
    match resend.json {
        true => println!("{}", json!({ "tenant_id": resend.tenant, "from": resend.from, "events": events })),
        false => println!("{} will be sent again", counted(events, "event")),
    }
    Ok(())
}
