//! `quittance import FILES…`: e-invoices in bulk, several at a time, with a report per file.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use futures::StreamExt;
use quittance_application::invoice::ImportInvoice;
use quittance_application::{Context, Failure};
use quittance_domain::ids::{BankAccountId, InvoiceId, VendorId};
use quittance_infrastructure::documents::capture_document;
use serde::Serialize;
use tokio::task::JoinHandle;

use super::people::key_holder;
use super::upkeep::Bar;
use crate::settings::Settings;
use crate::system::System;

/// Unpacked documents of one zip file at most.
const ZIP_ENTRIES_MAX: usize = 100_000;
/// A document larger than this is not an invoice.
const DOCUMENT_BYTES_MAX: u64 = 20 << 20;

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
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// A document on its way in.
struct Document {
    name: String,
    bytes: Vec<u8>,
}

impl Import {
    pub async fn run(self, settings: Settings) -> anyhow::Result<()> {
        let system = Arc::new(System::open(settings).await?);
        system.start_workers().await?;
        let done = self.import(&system).await;
        if let Ok(system) = Arc::try_unwrap(system) {
            system.close().await;
        }
        done
    }

    async fn import(&self, system: &Arc<System>) -> anyhow::Result<()> {
        let holder = key_holder(system, self.api_key.as_deref()).await?;
        let ctx = Arc::new(system.context(holder.tenant, holder.user));
        let files: Vec<PathBuf> = self.paths.iter().map(|p| files_below(p)).collect::<anyhow::Result<Vec<_>>>()?.concat();
        let bar = Bar::new("importing");
        bar.bar().set_length(files.len() as u64);
        let mut counts = std::collections::BTreeMap::<&'static str, u64>::new();
        let documents = futures::stream::iter(files).flat_map(|file| futures::stream::iter(documents_of(&file)));
        let mut outcomes = documents.map(|document| take(system.clone(), ctx.clone(), document)).buffer_unordered(self.at_once.max(1));
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
        anyhow::ensure!(!counts.contains_key("failed"), "some files failed for our reasons: run the import again, nothing is taken twice");
        Ok(())
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:<13} {}", self.outcome, self.file)?;
        if let (Some(code), Some(detail)) = (self.code, &self.detail) {
            write!(f, "\n              {code}: {detail}")?;
        }
        Ok(())
    }
}

/// Reading and hashing is work for a core, so each document is a task of its own.
fn take(system: Arc<System>, ctx: Arc<Context>, document: anyhow::Result<Document>) -> JoinHandle<Outcome> {
    tokio::spawn(async move {
        match document {
            Ok(document) => take_document(&system, &ctx, document).await,
            Err(error) => Outcome {
                file: String::new(),
                outcome: "refused",
                invoice_id: None,
                code: Some("unreadable_file"),
                detail: Some(format!("{error:#}")),
            },
        }
    })
}

async fn take_document(system: &System, ctx: &Context, document: Document) -> Outcome {
    let file = document.name.clone();
    let capture = match capture_document(&document.bytes, Some(document.name)) {
        Ok(capture) => capture,
        Err(refusal) => {
            return Outcome { file, outcome: "refused", invoice_id: None, code: Some(refusal.code), detail: Some(refusal.detail) };
        }
    };
    let outcome = if capture.exceptions.is_empty() { "imported" } else { "in_exception" };
    let edge = &system.commands.ports().edge;
    let import = ImportInvoice {
        id: InvoiceId(edge.new_id()),
        new_vendor: VendorId(edge.new_id()),
        new_account: BankAccountId(edge.new_id()),
        capture,
    };
    match system.commands.run(ctx, &import).await {
        Ok(_) => Outcome { file, outcome, invoice_id: Some(import.id), code: None, detail: None },
        Err(Failure::Refused(refused)) if refused.code == "duplicate_invoice" => Outcome {
            file,
            outcome: "duplicate",
            invoice_id: refused.existing_id.map(InvoiceId),
            code: Some(refused.code),
            detail: Some(refused.detail),
        },
        Err(Failure::Refused(refused)) => {
            Outcome { file, outcome: "refused", invoice_id: None, code: Some(refused.code), detail: Some(refused.detail) }
        }
        Err(failure) => Outcome { file, outcome: "failed", invoice_id: None, code: Some("unavailable"), detail: Some(failure.to_string()) },
    }
}

fn files_below(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let kind = std::fs::symlink_metadata(path).with_context(|| format!("{} cannot be read", path.display()))?;
    if !kind.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path)?.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
    entries.sort();
    let wanted = |p: &PathBuf| p.is_dir() || matches!(extension(p).as_str(), "xml" | "pdf" | "zip");
    entries.into_iter().filter(wanted).map(|p| files_below(&p)).collect::<anyhow::Result<Vec<_>>>().map(|files| files.concat())
}

fn extension(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

/// The documents in a file: itself, or the XML and PDF files of a zip.
fn documents_of(file: &Path) -> Vec<anyhow::Result<Document>> {
    let unpacked = if extension(file) == "zip" { unzip(file) } else { plain(file).map(|d| vec![Ok(d)]) };
    unpacked.unwrap_or_else(|error| vec![Err(error.context(file.display().to_string()))])
}

fn plain(file: &Path) -> anyhow::Result<Document> {
    anyhow::ensure!(std::fs::metadata(file)?.len() <= DOCUMENT_BYTES_MAX, "larger than {} MiB", DOCUMENT_BYTES_MAX >> 20);
    Ok(Document { name: file.display().to_string(), bytes: std::fs::read(file)? })
}

fn unzip(file: &Path) -> anyhow::Result<Vec<anyhow::Result<Document>>> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(file)?)?;
    anyhow::ensure!(archive.len() <= ZIP_ENTRIES_MAX, "more than {ZIP_ENTRIES_MAX} entries");
    let mut documents = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index(index)?;
        let name = entry.name().to_owned();
        if entry.is_dir() || !matches!(extension(Path::new(&name)).as_str(), "xml" | "pdf") {
            continue;
        }
        let mut bytes = Vec::new();
        // Bounded by what comes out, not by what the archive claims.
        entry.take(DOCUMENT_BYTES_MAX + 1).read_to_end(&mut bytes)?;
        let document = Document { name: format!("{}:{name}", file.display()), bytes };
        documents.push(if document.bytes.len() as u64 > DOCUMENT_BYTES_MAX {
            Err(anyhow::anyhow!("{}: larger than {} MiB", document.name, DOCUMENT_BYTES_MAX >> 20))
        } else {
            Ok(document)
        });
    }
    Ok(documents)
}
