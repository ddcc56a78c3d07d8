//! `quittance rates FILE`: exchange rates from the European Central Bank's file. Importing it again adds what is new.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use quittance_application::exchange_rate::QuoteRates;
use quittance_infrastructure::ecb_rates::{ReferenceRates, SOURCE};

use super::people::key_holder;
use super::words::{problem, readable};
use crate::settings::Settings;
use crate::system::System;

#[derive(Args)]
pub struct Rates {
    /// `eurofxref-hist.csv`, as the bank publishes it.
    pub file: PathBuf,
    /// Whose rates these are: the key says tenant and user.
    #[arg(long, env = "QUITTANCE_API_KEY", hide_env_values = true)]
    pub api_key: Option<String>,
}

impl Rates {
    pub async fn run(self, settings: Settings) -> anyhow::Result<()> {
        let system = System::open_kept(settings).await?;
        let done = self.import(&system).await;
        system.close().await;
        done
    }

    pub async fn import(&self, system: &System) -> anyhow::Result<()> {
        let caller = key_holder(system, self.api_key.as_deref()).await?;
        caller.may("import_exchange_rates").map_err(problem)?;
        let ctx = system.context(caller.tenant, caller.user).await.map_err(readable)?;
        let text = std::fs::read_to_string(&self.file).with_context(|| self.file.display().to_string())?;
        let read = ReferenceRates::read(&text)?;
        let (days, count) = (read.days, read.quotes.len());
        let import = QuoteRates { source: SOURCE.to_owned(), quotes: read.quotes };
        let done = system.commands.run(&ctx, &import).await?;
        let changed = done.output.unwrap_or_default();
        println!("{count} rates of {days} days; {changed} years have something new");
        for (currency, rates) in read.passed_over {
            println!("{rates} rates of {currency} passed over: it is not in ISO 4217");
        }
        Ok(())
    }
}
