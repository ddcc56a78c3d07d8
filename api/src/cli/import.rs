//! `quittance import FILES…`: e-invoices, orders, despatch advices and bank statements in bulk, several at a time, with a report per file. A duplicate is
//! success, for twice is once; a file that was refused or failed makes the exit status say so.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use futures::StreamExt;
use quittance_application::despatch_advice::{AdviceCapture, AnnounceDespatch};
use quittance_application::invoice::{Capture, ImportInvoice};
use quittance_application::order_document::OrderCapture;
use quittance_application::{Commands, Context, Failure, UseCase};
use quittance_domain::ids::{BankAccountId, BankStatementId, DespatchAdviceId, InvoiceId, PurchaseOrderId, VendorId};
use quittance_domain::limits::kept_file_name;
use quittance_infrastructure::trade_documents::{TradeDocument, capture_any};
use quittance_projections::progress::Progress;
use quittance_statements::looks_like_a_statement;
use serde::Serialize;
use tokio::task::JoinHandle;

use super::documents::{Document, Unreadable, documents_of, files_of};
use super::people::key_holder;
use super::sheets;
use super::upkeep::Bar;
use super::words::{counted, problem, readable};
use crate::auth::Caller;
use crate::problem::public_code;
use crate::reading::Patience;
use crate::routes::order_import;
use crate::settings::Settings;
use crate::statements::ready;
use crate::system::System;

#[derive(Args)]
pub struct Import {
    /// Files, directories (searched recursively) and zip files.
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Whose invoices these are: the key says tenant and user.
    #[arg(long, env = "QUITTANCE_API_KEY", hide_env_values = true)]
    pub api_key: Option<String>,
    /// How many documents are worked on at once.
    #[arg(long, default_value_t = 64)]
    pub at_once: usize,
    /// Read the files as sheets of invoices (CSV, XLSX, NDJSON) by this mapping, a JSON file; see `POST /v1/imports`.
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// The same by a mapping that was saved under this name; see `POST /v1/import-mappings`.
    #[arg(long, value_name = "NAME", conflicts_with = "mapping")]
    pub saved_mapping: Option<String>,
    /// One JSON object a file on standard output.
    #[arg(long)]
    pub json: bool,
}

/// A statement after thousands of documents waits for the read models to show them.
const CAUGHT_UP: Duration = Duration::from_secs(120);

/// What every document needs: the key's user is asked for each kind of thing what REST would ask.
struct Desk {
    commands: Arc<Commands>,
    progress: Arc<Progress>,
    ctx: Context,
    caller: Caller,
}

/// What became of one file.
#[derive(Serialize)]
pub struct Outcome {
    pub file: String,
    /// `imported`, `in_exception`, `duplicate`, `refused` or `failed`.
    pub outcome: &'static str,
    /// As the document has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    /// What it became, or what was there before.
    #[serde(flatten)]
    became: Option<Became>,
    /// The broken rule, as REST names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
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
    #[serde(rename = "bank_statement_ids")]
    Statements(Vec<BankStatementId>),
}

impl Import {
    pub async fn run(self, settings: Settings) -> anyhow::Result<()> {
        System::at_work(settings, async |system| self.import(system).await).await
    }

    pub async fn import(&self, system: &System) -> anyhow::Result<()> {
        if self.mapping.is_some() || self.saved_mapping.is_some() {
            return self.import_sheets(system).await;
        }
        let bar = Bar::new("importing");
        let mut counts = std::collections::BTreeMap::<&'static str, u32>::new();
        let files = self.files();
        bar.bar().set_length(files.len() as u64);
        let told = self.each(system, files, |outcome| {
            bar.bar().inc(1);
            *counts.entry(outcome.outcome).or_default() += 1;
            let line = if self.json { serde_json::to_string(&outcome)? } else { outcome.to_string() };
            bar.bar().suspend(|| println!("{line}"));
            Ok(())
        });
        told.await?;
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

    async fn import_sheets(&self, system: &System) -> anyhow::Result<()> {
        let caller = key_holder(system, self.api_key.as_deref()).await?;
        caller.may("begin_import").map_err(problem)?;
        let ctx = system.context(caller.tenant, caller.user).await.map_err(readable)?;
        let way = sheets::way_to_read(system, &ctx, self.mapping.as_deref(), self.saved_mapping.as_deref()).await?;
        sheets::import(system, &ctx, &way.context("a mapping is named")?, &self.paths, self.json).await
    }

    pub fn files(&self) -> Vec<PathBuf> {
        files_of(&self.paths)
    }

    /// Takes in each document and tells what became of it, in the order of the files.
    pub async fn each(
        &self,
        system: &System,
        files: Vec<PathBuf>,
        mut told: impl FnMut(Outcome) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let caller = key_holder(system, self.api_key.as_deref()).await?;
        let ctx = system.context(caller.tenant, caller.user).await.map_err(readable)?;
        let desk = Arc::new(Desk { commands: system.commands.clone(), progress: system.progress.clone(), ctx, caller });
        let documents = futures::stream::iter(files).flat_map(|file| futures::stream::iter(documents_of(&file)));
        let mut outcomes = documents.map(|document| take(desk.clone(), document)).buffered(self.at_once.max(1));
        while let Some(outcome) = outcomes.next().await {
            told(outcome.context("an import task was lost")?)?;
        }
        Ok(())
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:<13} {}", self.outcome, self.file)?;
        if let (Some(became), None) = (&self.became, &self.code) {
            write!(f, ": {}", became.named(self.number.as_deref().unwrap_or_default()))?;
        }
        if let (Some(code), Some(detail)) = (&self.code, &self.detail) {
            write!(f, "\n              {code}: {detail}")?;
        }
        Ok(())
    }
}

impl Became {
    /// What it is, its number and its id.
    fn named(&self, number: &str) -> String {
        match self {
            Self::Invoice(id) => format!("invoice {number} {id}"),
            Self::Order(id) => format!("purchase order {number} {id}"),
            Self::DespatchAdvice(id) => format!("despatch advice {number} {id}"),
            Self::Statements(ids) => {
                let ids: Vec<String> = ids.iter().map(BankStatementId::to_string).collect();
                format!("bank statement {}", ids.join(", "))
            }
        }
    }
}

impl Outcome {
    fn of(file: String, outcome: &'static str) -> Self {
        Self { file, outcome, number: None, became: None, code: None, detail: None }
    }

    /// It became nothing.
    fn stopped(self, outcome: &'static str) -> Self {
        Self { outcome, became: None, ..self }
    }

    fn because(self, code: &str, detail: impl Into<String>) -> Self {
        Self { code: Some(public_code(code)), detail: Some(detail.into()), ..self }
    }
}

/// Reading and hashing is work for a core, so each document is a task of its own.
fn take(desk: Arc<Desk>, document: Result<Document, Unreadable>) -> JoinHandle<Outcome> {
    tokio::spawn(async move {
        match document {
            Ok(document) if looks_like_a_statement(&document.bytes) => take_statement(&desk, document).await,
            Ok(document) => take_document(&desk, document).await,
            Err(Unreadable { name, reason }) => Outcome::of(name, "refused").because("unreadable_file", format!("{reason:#}")),
        }
    })
}

async fn take_document(desk: &Desk, document: Document) -> Outcome {
    let file = document.name;
    let captured = match capture_any(&document.bytes, Some(kept_file_name(&file))) {
        Ok(captured) => captured,
        Err(refusal) => return Outcome::of(file, "refused").because(refusal.code, refusal.detail),
    };
    if let Err(problem) = desk.caller.may(operation_of(&captured)) {
        return Outcome::of(file, "refused").because(&problem.code, problem.detail);
    }
    match captured {
        TradeDocument::Invoice(capture) => take_invoice(desk, file, *capture).await,
        TradeDocument::Order(capture) => take_order(desk, file, *capture).await,
        TradeDocument::DespatchAdvice(capture) => take_advice(desk, file, *capture).await,
    }
}

/// By which the REST API takes in such a document.
fn operation_of(captured: &TradeDocument) -> &'static str {
    match captured {
        TradeDocument::Invoice(_) => "import_invoice",
        TradeDocument::Order(_) => "import_purchase_order",
        TradeDocument::DespatchAdvice(_) => "import_goods_receipt",
    }
}

async fn take_invoice(desk: &Desk, file: String, capture: Capture) -> Outcome {
    let outcome = if capture.exceptions.is_empty() { "imported" } else { "in_exception" };
    let (edge, number) = (&desk.commands.ports().edge, Some(capture.document.number.clone()));
    let import = ImportInvoice {
        id: InvoiceId(edge.new_id()),
        new_vendor: VendorId(edge.new_id()),
        new_account: BankAccountId(edge.new_id()),
        capture,
        beside: None,
    };
    let taken = Outcome { number, became: Some(Became::Invoice(import.id)), ..Outcome::of(file, outcome) };
    carried_out(desk, &import, taken, |id| Became::Invoice(InvoiceId(id))).await
}

async fn take_order(desk: &Desk, file: String, capture: OrderCapture) -> Outcome {
    let number = Some(capture.number.clone());
    let import = order_import::importing(capture, || desk.commands.ports().edge.new_id());
    let taken = Outcome { number, became: Some(Became::Order(import.id)), ..Outcome::of(file, "imported") };
    carried_out(desk, &import, taken, |id| Became::Order(PurchaseOrderId(id))).await
}

/// An advice whose order comes later is refused, and taken when it is imported again.
async fn take_advice(desk: &Desk, file: String, capture: AdviceCapture) -> Outcome {
    let number = Some(capture.number.clone());
    let announce = AnnounceDespatch { id: DespatchAdviceId(desk.commands.ports().edge.new_id()), capture };
    let taken = Outcome { number, became: Some(Became::DespatchAdvice(announce.id)), ..Outcome::of(file, "imported") };
    carried_out(desk, &announce, taken, |id| Became::DespatchAdvice(DespatchAdviceId(id))).await
}

/// What became of the file: what was wanted, or what stood in its way.
async fn carried_out<U: UseCase>(desk: &Desk, use_case: &U, taken: Outcome, existing: impl Fn(uuid::Uuid) -> Became) -> Outcome {
    match desk.commands.run(&desk.ctx, use_case).await {
        Ok(_) => taken,
        Err(Failure::Refused(refused)) if refused.code.starts_with("duplicate_") => {
            let became = refused.existing_id.map(existing);
            Outcome { became, ..taken.stopped("duplicate").because(refused.code, refused.detail) }
        }
        Err(Failure::Refused(refused)) => taken.stopped("refused").because(refused.code, refused.detail),
        Err(failure) => taken.stopped("failed").because("unavailable", failure.to_string()),
    }
}

async fn take_statement(desk: &Desk, document: Document) -> Outcome {
    let file = document.name;
    if let Err(problem) = desk.caller.may("import_bank_statement") {
        return Outcome::of(file, "refused").because(&problem.code, problem.detail);
    }
    let patience = Patience { progress: &desk.progress, wait: CAUGHT_UP };
    let readied = match ready(&patience, desk.ctx.tenant, None, document.bytes.into(), None, desk.ctx.today()).await {
        Ok(readied) => readied,
        Err(problem) => return Outcome::of(file, "refused").because(&problem.code, problem.detail),
    };
    match desk.commands.run(&desk.ctx, &readied.import).await.map(|done| done.output.unwrap_or_default()) {
        Ok(statements) if statements.iter().all(|statement| statement.import.lines.is_empty()) => Outcome::of(file, "duplicate"),
        Ok(statements) => {
            let ids = statements.into_iter().map(|statement| statement.id).collect();
            Outcome { became: Some(Became::Statements(ids)), ..Outcome::of(file, "imported") }
        }
        Err(Failure::Refused(refused)) => Outcome::of(file, "refused").because(refused.code, refused.detail),
        Err(failure) => Outcome::of(file, "failed").because("unavailable", failure.to_string()),
    }
}
