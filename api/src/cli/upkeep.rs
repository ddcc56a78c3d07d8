//! `quittance rebuild`, `verify` and `migrate`.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{bail, ensure};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use quittance_projections::Projector;
use quittance_projections::rebuild::{self, Watcher};
use quittance_projections::verify;

use super::words::counted;
use crate::settings::Settings;
use crate::system::System;

#[derive(Args)]
pub struct Rebuild {
    /// Names of read models; all of them where none is given.
    names: Vec<String>,
    /// The outcome as one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Verify {
    /// The verdict as one JSON object.
    #[arg(long)]
    json: bool,
}

/// A progress bar on a terminal, nothing in a pipe.
pub struct Bar(ProgressBar);

impl Bar {
    pub fn new(what: &'static str) -> Self {
        let bar = ProgressBar::new(0).with_message(what);
        let style = "{msg} {bar:40} {human_pos}/{human_len} {per_sec} {eta}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    pub fn bar(&self) -> &ProgressBar {
        &self.0
    }
}

impl Watcher for Bar {
    fn total(&self, events: u64) {
        self.0.set_length(events);
    }

    fn advanced(&self, events: u64) {
        self.0.inc(events);
    }
}

impl Rebuild {
    pub async fn run(self, settings: Settings) -> anyhow::Result<()> {
        let system = System::open_kept(settings).await?;
        let done = self.rebuild(&system).await;
        system.close().await;
        done
    }

    async fn rebuild(&self, system: &System) -> anyhow::Result<()> {
        let chosen: Vec<Arc<dyn Projector>> =
            system.projectors.iter().filter(|p| self.names.is_empty() || self.names.iter().any(|n| n == p.name())).cloned().collect();
        if let Some(unknown) = self.names.iter().find(|n| !chosen.iter().any(|p| p.name() == n.as_str())) {
            let known: Vec<&str> = system.projectors.iter().map(|p| p.name()).collect();
            bail!("{unknown} is not a read model; there are: {}", known.join(", "));
        }
        let bar = Bar::new("rebuilding");
        let replayed = rebuild::rebuild(&system.database, &chosen, &bar).await?;
        bar.bar().finish_and_clear();
        match self.json {
            true => println!("{}", serde_json::json!({ "read_models": chosen.len(), "events": replayed })),
            false => println!("{} rebuilt from {} and swapped", counted(chosen.len() as i128, "read model"), counted(replayed, "event")),
        }
        Ok(())
    }
}

impl Verify {
    pub async fn run(self, settings: Settings) -> anyhow::Result<()> {
        let system = System::open_kept(settings).await?;
        let bar = Bar::new("verifying");
        let verdict = verify::verify(&system.database, &system.projectors, &bar).await;
        bar.bar().finish_and_clear();
        system.close().await;
        let verdict = verdict?;
        ensure!(verdict.tenants > 0, "there is no tenant, so nothing was verified");
        if self.json {
            println!("{}", serde_json::to_string(&verdict)?);
        } else {
            let tables = verdict.tables as i128;
            let of = [(verdict.tenants as i128, "tenant"), (verdict.events as i128, "event"), (tables, "read-model table")];
            let head = of.map(|(count, thing)| counted(count, thing)).join(", ");
            println!("{head}: {}", if verdict.findings.is_empty() { "whole, and equal to a replay" } else { "NOT in order" });
            verdict.findings.iter().for_each(|f| println!("  tenant {}: {}", f.tenant, f.what));
        }
        if verdict.findings.is_empty() { Ok(()) } else { bail!("{}", counted(verdict.findings.len() as i128, "finding")) }
    }
}

/// Opening the system migrates it.
pub async fn migrate(settings: Settings) -> anyhow::Result<()> {
    System::open(settings).await?.close().await;
    println!("the database is at this version");
    Ok(())
}
