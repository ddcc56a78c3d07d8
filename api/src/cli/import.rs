//! `quittance import FILES…`: e-invoices in bulk, several at a time, with a report per file. A duplicate is success, for
//! twice is once; a file that was refused or failed makes the exit status say so.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use futures::StreamExt;
use quittance_application::invoice::ImportInvoice;
use quittance_application::{Commands, Context, Failure};
use quittance_domain::ids::{BankAccountId, InvoiceId, VendorId};
use quittance_infrastructure::documents::capture_document;
use serde::Serialize;
use tokio::task::JoinHandle;

use super::documents::{Document, documents_of, files_below};
use super::people::key_holder;
use super::upkeep::Bar;
use super::words::counted;
use crate::limits;
use crate::problem::{Problem, public_code};
use crate::settings::Settings;
use crate::system::System;

#[derive(Args)]
pub struct Import {
    /// Files, directories (searched recursively) and zip files.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Whose invoices these are: the key says tenant and user.
    #[arg(long, env = "QUITTANCE_API_KEY", hide_env_values = true)]
    api_key: Option<String>,
    /// How many documents are worked on at once.
    #[arg(long, default_value_t = 64)]
    at_once: usize,
    /// One JSON object a file on standard output.
    #[arg(long)]
    json: bool,
}

/// What became of one file.
#[derive(Serialize)]
struct Outcome {
    file: String,
    /// `imported`, `in_exception`, `duplicate`, `refused` or `failed`.
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    invoice_id: Option<InvoiceId>,
    /// The broken rule, as REST names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl Import {
    pub async fn run(self, settings: Settings) -> anyhow::Result<()> {
        let system = System::open(settings).await?;
        system.start_workers().await?;
        let done = self.import(&system).await;
        system.close().await;
        done
    }

    async fn import(&self, system: &System) -> anyhow::Result<()> {
        let holder = key_holder(system, self.api_key.as_deref()).await?;
        let ctx = Arc::new(system.context(holder.tenant, holder.user));
        let files: Vec<PathBuf> = self.paths.iter().map(|p| files_below(p)).collect::<anyhow::Result<Vec<_>>>()?.concat();
        let bar = Bar::new("importing");
        bar.bar().set_length(files.len() as u64);
        let mut counts = std::collections::BTreeMap::<&'static str, u32>::new();
        let documents = futures::stream::iter(files).flat_map(|file| futures::stream::iter(documents_of(&file)));
        let mut outcomes =
            documents.map(|document| take(system.commands.clone(), ctx.clone(), document)).buffer_unordered(self.at_once.max(1));
        while let Some(outcome) = outcomes.next().await {
            let outcome = outcome.context("an import task was lost")?;
            *counts.entry(outcome.outcome).or_default() += 1;
            bar.bar().inc(1);
            let line = if self.json { serde_json::to_string(&outcome)? } else { outcome.to_string() };
            if self.json || !matches!(outcome.outcome, "imported") {
                bar.bar().suspend(|| println!("{line}"));
            }
        }
        bar.bar().finish_and_clear();
        if !self.json {
            let summary: Vec<String> = counts.iter().map(|(outcome, n)| format!("{n} {outcome}")).collect();
            println!("{}", if summary.is_empty() { "nothing to import".to_owned() } else { summary.join(", ") });
        }
        let of = |outcome| counts.get(outcome).copied().unwrap_or_default();
        let files = |n| counted(n, "document");
        anyhow::ensure!(of("failed") == 0, "{} failed for our reasons: import again, nothing is taken twice", files(of("failed")));
        anyhow::ensure!(of("refused") == 0, "{} refused", files(of("refused")));
        Ok(())
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:<13} {}", self.outcome, self.file)?;
        if let (Some(code), Some(detail)) = (&self.code, &self.detail) {
            write!(f, "\n              {code}: {detail}")?;
        }
        Ok(())
    }
}

impl Outcome {
    fn of(file: String, outcome: &'static str) -> Self {
        Self { file, outcome, invoice_id: None, code: None, detail: None }
    }

    fn because(self, code: &str, detail: impl Into<String>) -> Self {
        Self { code: Some(public_code(code)), detail: Some(detail.into()), ..self }
    }
}

/// Reading and hashing is work for a core, so each document is a task of its own.
fn take(commands: Arc<Commands>, ctx: Arc<Context>, document: anyhow::Result<Document>) -> JoinHandle<Outcome> {
    tokio::spawn(async move {
        match document {
            Ok(document) => take_document(&commands, &ctx, document).await,
            Err(error) => Outcome::of(String::new(), "refused").because("unreadable_file", format!("{error:#}")),
        }
    })
}

async fn take_document(commands: &Commands, ctx: &Context, document: Document) -> Outcome {
    let file = document.name;
    let capture = match capture_document(&document.bytes, Some(limits::kept_file_name(&file))) {
        Ok(capture) => capture,
        Err(refusal) => return Outcome::of(file, "refused").because(refusal.code, refusal.detail),
    };
    if let Err(problem) = limits::check_document(&capture.document) {
        return Outcome::of(file, "refused").because(&problem.code, told(&problem));
    }
    let outcome = if capture.exceptions.is_empty() { "imported" } else { "in_exception" };
    let edge = &commands.ports().edge;
    let import = ImportInvoice {
        id: InvoiceId(edge.new_id()),
        new_vendor: VendorId(edge.new_id()),
        new_account: BankAccountId(edge.new_id()),
        capture,
    };
    match commands.run(ctx, &import).await {
        Ok(_) => Outcome { invoice_id: Some(import.id), ..Outcome::of(file, outcome) },
        Err(Failure::Refused(refused)) if refused.code == "duplicate_invoice" => {
            let duplicate = Outcome::of(file, "duplicate").because(refused.code, refused.detail);
            Outcome { invoice_id: refused.existing_id.map(InvoiceId), ..duplicate }
        }
        Err(Failure::Refused(refused)) => Outcome::of(file, "refused").because(refused.code, refused.detail),
        Err(failure) => Outcome::of(file, "failed").because("unavailable", failure.to_string()),
    }
}

/// Each text that breaks a limit, by its business term.
fn told(problem: &Problem) -> String {
    let terms: Vec<String> = problem.errors.iter().map(|error| format!("{}: {}", error.pointer, error.detail)).collect();
    terms.join("; ")
}
