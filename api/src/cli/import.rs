//! `quittance import FILES…`: e-invoices, orders, despatch advices and bank statements in bulk, several at a time, with a report per file. A duplicate is
//! success, for twice is once; a file that was refused or failed makes the exit status say so.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use futures::StreamExt;
use quittance_application::despatch_advice::{AdviceCapture, AnnounceDespatch};
use quittance_application::invoice::{Capture, ImportInvoice};
use quittance_application::order_document::OrderCapture;
use quittance_application::{Commands, Context, Failure, UseCase};
use quittance_domain::ids::{BankAccountId, DespatchAdviceId, InvoiceId, PurchaseOrderId, VendorId};
use quittance_infrastructure::database::Database;
use quittance_infrastructure::trade_documents::{TradeDocument, capture_any};
use quittance_statements::looks_like_a_statement;
use serde::Serialize;
use tokio::task::JoinHandle;

use super::documents::{Document, documents_of, files_below};
use super::people::key_holder;
use super::sheets;
use super::upkeep::Bar;
use super::words::counted;
use crate::limits;
use crate::permissions::roles_for;
use crate::problem::{Problem, public_code};
use crate::routes::{despatch_advice, order_import};
use crate::settings::Settings;
use crate::statements::ready;
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
    /// Read the files as sheets of invoices (CSV, XLSX, NDJSON) by this mapping, a JSON file; see `POST /v1/imports`.
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// The same by a mapping that was saved under this name; see `POST /v1/import-mappings`.
    #[arg(long, value_name = "NAME", conflicts_with = "mapping")]
    saved_mapping: Option<String>,
    /// One JSON object a file on standard output.
    #[arg(long)]
    json: bool,
}

/// What statements need beside the commands. They move payments, so the key's user must be one who may.
#[derive(Clone)]
struct Bank {
    database: Database,
    may_import: bool,
}

/// What became of one file.
#[derive(Serialize)]
struct Outcome {
    file: String,
    /// `imported`, `in_exception`, `duplicate`, `refused` or `failed`.
    outcome: &'static str,
    /// What it became, or what was there before.
    #[serde(flatten)]
    became: Option<Became>,
    /// The broken rule, as REST names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

#[derive(Serialize)]
enum Became {
    #[serde(rename = "invoice_id")]
    Invoice(InvoiceId),
    #[serde(rename = "purchase_order_id")]
    Order(PurchaseOrderId),
    #[serde(rename = "despatch_advice_id")]
    DespatchAdvice(DespatchAdviceId),
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
        if let Some(way) = sheets::way_to_read(system, &ctx, self.mapping.as_deref(), self.saved_mapping.as_deref()).await? {
            return sheets::import(system, &ctx, &way, &self.paths, self.json).await;
        }
        let may_import = roles_for("import_bank_statement").is_some_and(|roles| holder.roles.iter().any(|role| roles.contains(role)));
        let bank = Bank { database: system.database.clone(), may_import };
        let files: Vec<PathBuf> = self.paths.iter().map(|p| files_below(p)).collect::<anyhow::Result<Vec<_>>>()?.concat();
        let bar = Bar::new("importing");
        bar.bar().set_length(files.len() as u64);
        let mut counts = std::collections::BTreeMap::<&'static str, u32>::new();
        let documents = futures::stream::iter(files).flat_map(|file| futures::stream::iter(documents_of(&file)));
        let mut outcomes = documents
            .map(|document| take(system.commands.clone(), bank.clone(), ctx.clone(), document))
            .buffer_unordered(self.at_once.max(1));
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
        Self { file, outcome, became: None, code: None, detail: None }
    }

    fn because(self, code: &str, detail: impl Into<String>) -> Self {
        Self { code: Some(public_code(code)), detail: Some(detail.into()), ..self }
    }
}

/// Reading and hashing is work for a core, so each document is a task of its own.
fn take(commands: Arc<Commands>, bank: Bank, ctx: Arc<Context>, document: anyhow::Result<Document>) -> JoinHandle<Outcome> {
    tokio::spawn(async move {
        match document {
            Ok(document) if !looks_like_a_statement(&document.bytes) => take_document(&commands, &ctx, document).await,
            Ok(document) if bank.may_import => take_statement(&commands, &bank.database, &ctx, document).await,
            Ok(document) => Outcome::of(document.name, "refused").because("role_missing", "bank statements are imported by a treasurer"),
            Err(error) => Outcome::of(String::new(), "refused").because("unreadable_file", format!("{error:#}")),
        }
    })
}

async fn take_document(commands: &Commands, ctx: &Context, document: Document) -> Outcome {
    let file = document.name;
    let captured = match capture_any(&document.bytes, Some(limits::kept_file_name(&file))) {
        Ok(captured) => captured,
        Err(refusal) => return Outcome::of(file, "refused").because(refusal.code, refusal.detail),
    };
    if let Err(problem) = within_limits(&captured) {
        return Outcome::of(file, "refused").because(&problem.code, told(&problem));
    }
    match captured {
        TradeDocument::Invoice(capture) => take_invoice(commands, ctx, file, *capture).await,
        TradeDocument::Order(capture) => take_order(commands, ctx, file, *capture).await,
        TradeDocument::DespatchAdvice(capture) => take_advice(commands, ctx, file, *capture).await,
    }
}

fn within_limits(captured: &TradeDocument) -> Result<(), Problem> {
    match captured {
        TradeDocument::Invoice(capture) => limits::check_document(&capture.document),
        TradeDocument::Order(capture) => order_import::within_limits(capture),
        TradeDocument::DespatchAdvice(capture) => despatch_advice::within_limits(capture),
    }
}

async fn take_invoice(commands: &Commands, ctx: &Context, file: String, capture: Capture) -> Outcome {
    let outcome = if capture.exceptions.is_empty() { "imported" } else { "in_exception" };
    let edge = &commands.ports().edge;
    let import = ImportInvoice {
        id: InvoiceId(edge.new_id()),
        new_vendor: VendorId(edge.new_id()),
        new_account: BankAccountId(edge.new_id()),
        capture,
    };
    let taken = Outcome { became: Some(Became::Invoice(import.id)), ..Outcome::of(file, outcome) };
    carried_out(commands, ctx, &import, taken, |id| Became::Invoice(InvoiceId(id))).await
}

async fn take_order(commands: &Commands, ctx: &Context, file: String, capture: OrderCapture) -> Outcome {
    let import = order_import::importing(capture, || commands.ports().edge.new_id());
    let taken = Outcome { became: Some(Became::Order(import.id)), ..Outcome::of(file, "imported") };
    carried_out(commands, ctx, &import, taken, |id| Became::Order(PurchaseOrderId(id))).await
}

/// An advice whose order comes later is refused, and taken when it is imported again.
async fn take_advice(commands: &Commands, ctx: &Context, file: String, capture: AdviceCapture) -> Outcome {
    let announce = AnnounceDespatch { id: DespatchAdviceId(commands.ports().edge.new_id()), capture };
    let taken = Outcome { became: Some(Became::DespatchAdvice(announce.id)), ..Outcome::of(file, "imported") };
    carried_out(commands, ctx, &announce, taken, |id| Became::DespatchAdvice(DespatchAdviceId(id))).await
}

/// What became of the file: what was wanted, or what stood in its way.
async fn carried_out<U: UseCase>(
    commands: &Commands,
    ctx: &Context,
    use_case: &U,
    taken: Outcome,
    existing: impl Fn(uuid::Uuid) -> Became,
) -> Outcome {
    match commands.run(ctx, use_case).await {
        Ok(_) => taken,
        Err(Failure::Refused(refused)) if refused.code.starts_with("duplicate_") => {
            let duplicate = Outcome::of(taken.file, "duplicate").because(refused.code, refused.detail);
            Outcome { became: refused.existing_id.map(existing), ..duplicate }
        }
        Err(Failure::Refused(refused)) => Outcome::of(taken.file, "refused").because(refused.code, refused.detail),
        Err(failure) => Outcome::of(taken.file, "failed").because("unavailable", failure.to_string()),
    }
}

async fn take_statement(commands: &Commands, database: &Database, ctx: &Context, document: Document) -> Outcome {
    let file = document.name;
    let readied = match ready(database, ctx.tenant, None, document.bytes.into(), None).await {
        Ok(readied) => readied,
        Err(problem) => return Outcome::of(file, "refused").because(&problem.code, problem.detail),
    };
    match commands.run(ctx, &readied.import).await.map(|done| done.output.unwrap_or_default()) {
        Ok(statements) if statements.iter().all(|statement| statement.import.lines.is_empty()) => Outcome::of(file, "duplicate"),
        Ok(_) => Outcome::of(file, "imported"),
        Err(Failure::Refused(refused)) => Outcome::of(file, "refused").because(refused.code, refused.detail),
        Err(failure) => Outcome::of(file, "failed").because("unavailable", failure.to_string()),
    }
}

/// Each text that breaks a limit, by its business term.
fn told(problem: &Problem) -> String {
    let terms: Vec<String> = problem.errors.iter().map(|error| format!("{}: {}", error.pointer, error.detail)).collect();
    terms.join("; ")
}
