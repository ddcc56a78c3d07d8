//! `quittance run …`: a payment run from its proposal to the bank's file, each step by the person whose key is given.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use quittance_application::Context;
use quittance_domain::bank_account::PurposeCode;
use quittance_domain::ids::{BankAccountId, PaymentRunId, VendorId};
use quittance_domain::payment::{ChargeBearer, Method, TransferInstructions};
use quittance_domain::payment_run::{PaymentRun, PaymentRunStatus, Run};
use quittance_domain::{Currency, Money};
use quittance_projections::payment_run::{self, PaymentRunDetail, PaymentRunItemFilter, PaymentRunItemView};
use quittance_projections::{Page, originals};
use rust_decimal::Decimal;
use serde_json::json;

use super::session::{Key, Once, Session};
use super::words::{counted, problem, tell};
use crate::order::Nothing;
use crate::problem::Problem;
use crate::routes::cheque::print::drawn;
use crate::routes::payment::life::ExecuteBody;
use crate::routes::payment_run::{life, propose};
use crate::settings::Settings;
use crate::system::System;

const LOOK_EVERY: Duration = Duration::from_millis(100);

#[derive(Subcommand)]
pub enum RunCommand {
    /// Propose what to pay, of everything that is open; prints what it pays and, for everything else, why not.
    Propose(Box<Proposing>),
    /// What a run pays, and for everything else why not.
    Show(One),
    /// Authorise what was proposed: a second person's part.
    Authorise(Deciding),
    /// Plan the payments of an authorised run, and wait until all are.
    Execute(Deciding),
    /// The bank file of a planned run: written once, the same bytes ever after; of a run of cheques, their print.
    File(FileArguments),
}

#[derive(Args)]
pub struct Proposing {
    #[command(flatten)]
    key: Key,
    #[command(flatten)]
    once: Once,
    /// sepa_credit_transfer, international_credit_transfer, ach_credit_transfer, …
    #[arg(long)]
    method: Method,
    /// One of the company's accounts; needed for a bank file.
    #[arg(long)]
    account: Option<BankAccountId>,
    /// The value date of the transfers; today where absent.
    #[arg(long)]
    run_date: Option<NaiveDate>,
    /// A week after the run where absent.
    #[arg(long)]
    next_run_date: Option<NaiveDate>,
    /// What falls due later waits for the next run; the day before that where absent.
    #[arg(long)]
    due_until: Option<NaiveDate>,
    /// The yearly rate, as a fraction, from which on a discount is worth paying early for; 0.1 where absent.
    #[arg(long)]
    hurdle_rate: Option<Decimal>,
    /// Days that a changed bank account waits before a run pays to it, beyond the company's own rule.
    #[arg(long, default_value_t = 0)]
    account_rest_days: u16,
    /// Only this currency; may be given more than once.
    #[arg(long = "currency")]
    currencies: Vec<Currency>,
    /// Only this vendor; may be given more than once.
    #[arg(long = "vendor")]
    vendors: Vec<VendorId>,
    /// A currency whose cut-off for the run date has passed; may be given more than once.
    #[arg(long = "closed-currency")]
    closed_currencies: Vec<Currency>,
    /// The most that leaves in a currency, as in `EUR:25000.00`; may be given more than once.
    #[arg(long = "cash-limit", value_parser = money)]
    cash_limits: Vec<Money>,
    #[command(flatten)]
    instructions: Instructions,
    /// The run as one JSON object.
    #[arg(long)]
    json: bool,
}

/// What the bank is told of international credit transfers.
#[derive(Args)]
struct Instructions {
    /// Who pays the banks: shared, debtor or creditor; shared where absent.
    #[arg(long)]
    charges: Option<ChargeBearer>,
    /// With high priority, on the day itself.
    #[arg(long)]
    urgent: bool,
    /// What each transfer is for, by its ISO 20022 code, such as SUPP.
    #[arg(long)]
    purpose: Option<PurposeCode>,
    /// What kind of payment our own bank is to take it for.
    #[arg(long)]
    category_purpose: Option<PurposeCode>,
}

impl Instructions {
    fn said(self) -> Option<TransferInstructions> {
        let Self { charges, urgent, purpose, category_purpose } = self;
        let said = TransferInstructions { charges: charges.unwrap_or_default(), urgent, purpose, category_purpose };
        (charges.is_some() || said != TransferInstructions::default()).then_some(said)
    }
}

#[derive(Args)]
pub struct One {
    #[command(flatten)]
    key: Key,
    /// The run.
    run: PaymentRunId,
    /// The run as one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Deciding {
    #[command(flatten)]
    one: One,
    #[command(flatten)]
    once: Once,
}

#[derive(Args)]
pub struct FileArguments {
    #[command(flatten)]
    key: Key,
    #[command(flatten)]
    once: Once,
    /// The run.
    run: PaymentRunId,
    /// `pain.001.001.09`, `pain.001.001.03`, one of their national forms, or `nacha`; the usual one of the method where absent.
    #[arg(long)]
    format: Option<String>,
    /// Where it goes; standard output where absent.
    #[arg(long, value_name = "FILE")]
    into: Option<PathBuf>,
}

pub async fn run(settings: Settings, command: RunCommand) -> anyhow::Result<()> {
    let told = System::at_work(settings, async |system| command.carried_out(system).await).await?;
    tell(&told)
}

impl RunCommand {
    /// Does it; what is to be printed.
    pub async fn carried_out(self, system: &System) -> anyhow::Result<Vec<u8>> {
        match self {
            Self::Propose(proposing) => proposing.propose(system).await,
            Self::Show(one) => {
                let session = Session::begin(system, &one.key).await?;
                shown(&session, one.run, one.json, None).await
            }
            Self::Authorise(Deciding { one, once }) => {
                let session = Session::begin(system, &one.key).await?;
                let authorise = |ctx: &Context| life::authorise(one.run, Nothing {}, ctx);
                let (_, key) = session.does_once("authorise_payment_run", once, &one.run, authorise).await?;
                shown(&session, one.run, one.json, Some(key)).await
            }
            Self::Execute(Deciding { one, once }) => {
                let session = Session::begin(system, &one.key).await?;
                let execute = |ctx: &Context| life::execute(one.run, Nothing {}, ctx);
                let (_, key) = session.does_once("execute_payment_run", once, &one.run, execute).await?;
                planned(&session, one.run).await?;
                shown(&session, one.run, one.json, Some(key)).await
            }
            Self::File(arguments) => arguments.file(system).await,
        }
    }
}

impl Proposing {
    async fn propose(self, system: &System) -> anyhow::Result<Vec<u8>> {
        let session = Session::begin(system, &self.key).await?;
        session.may("propose_payment_run")?;
        let open = propose::open_invoices(system, session.caller.tenant).await.map_err(problem)?;
        let id = PaymentRunId(system.commands.ports().edge.new_id());
        let json = self.json;
        let (once, body) = self.asked();
        let asked = serde_json::to_value(&body)?;
        let (receipt, key) = session.does_once("propose_payment_run", once, &asked, |ctx| propose::propose(id, body, open, ctx)).await?;
        shown(&session, PaymentRunId(receipt.id), json, Some(key)).await
    }

    fn asked(self) -> (Once, propose::PaymentRunBody) {
        let body = propose::PaymentRunBody {
            method: self.method,
            debtor_account_id: self.account,
            run_date: self.run_date,
            next_run_date: self.next_run_date,
            due_until: self.due_until,
            hurdle_rate: self.hurdle_rate,
            account_rest_days: self.account_rest_days,
            currencies: self.currencies,
            vendors: self.vendors,
            closed_currencies: self.closed_currencies,
            cash_limits: self.cash_limits,
            instructions: self.instructions.said(),
        };
        (self.once, body)
    }
}

impl FileArguments {
    async fn file(self, system: &System) -> anyhow::Result<Vec<u8>> {
        let session = Session::begin(system, &self.key).await?;
        session.may("get_payment_run_file")?;
        if found(&session, self.run).await?.summary.method == Method::Cheque {
            return self.cheques(&session).await;
        }
        if found(&session, self.run).await?.file.is_none() || self.format.is_some() {
            let body = ExecuteBody { format: self.format };
            let asked = json!([self.run, body.format]);
            session.does_once("write_payment_run_file", self.once, &asked, |ctx| life::write_file(self.run, body, ctx)).await?;
        }
        let file = found(&session, self.run).await?.file.context("the run has no file")?;
        let mut tx = session.reads("get_payment_run_file").await?;
        let bytes = originals::fetch(&mut tx, &file.sha256).await?.context("the file is not kept")?;
        let Some(into) = self.into else { return Ok(bytes) };
        std::fs::write(&into, &bytes).with_context(|| format!("{} cannot be written", into.display()))?;
        let transfers = counted(file.transactions, "transfer");
        Ok(format!("{}: {transfers}, {} in all, SHA-256 {}\n", into.display(), file.control_sum, file.sha256).into_bytes())
    }
}

impl FileArguments {
    /// A run of cheques is printed.
    async fn cheques(self, session: &Session<'_>) -> anyhow::Result<Vec<u8>> {
        let mut tx = session.reads("get_payment_run_cheques").await?;
        let payments = payment_run::payments(&mut tx, self.run).await?;
        drop(tx);
        let count = u32::try_from(payments.len())?;
        let pdf = drawn(session.system, &session.context().await?, payments).await.map_err(problem)?;
        let Some(into) = self.into else { return Ok(pdf) };
        std::fs::write(&into, &pdf).with_context(|| format!("{} cannot be written", into.display()))?;
        Ok(format!("{}: {}\n", into.display(), counted(count, "cheque")).into_bytes())
    }
}

/// The pages of a run are planned by whoever works on this database: this process, or a server beside it.
async fn planned(session: &Session<'_>, id: PaymentRunId) -> anyhow::Result<()> {
    loop {
        let (run, _) = session.system.commands.state_of::<PaymentRun>(session.caller.tenant, id.0).await?;
        if run.proposed().map(Run::status) != Ok(PaymentRunStatus::Started) {
            return Ok(());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn found(session: &Session<'_>, id: PaymentRunId) -> anyhow::Result<PaymentRunDetail> {
    let mut tx = session.reads("get_payment_run").await?;
    payment_run::get(&mut tx, id).await?.ok_or_else(|| problem(Problem::not_found()))
}

/// With the key of the command that has just changed it.
async fn shown(session: &Session<'_>, id: PaymentRunId, as_json: bool, key: Option<String>) -> anyhow::Result<Vec<u8>> {
    let run = found(session, id).await?;
    let mut tx = session.reads("list_payment_run_items").await?;
    let items = payment_run::items(&mut tx, id, &PaymentRunItemFilter::default(), &Page::default().whole()).await?.data;
    if as_json {
        let mut told = json!({ "run": run, "items": items });
        if let Some(key) = key {
            told["idempotency_key"] = key.into();
        }
        return Ok(format!("{told}\n").into_bytes());
    }
    told(&run, &items).map(String::into_bytes)
}

fn told(run: &PaymentRunDetail, items: &[PaymentRunItemView]) -> anyhow::Result<String> {
    let summary = &run.summary;
    let mut text = String::new();
    writeln!(text, "run      {}\nstatus   {}\nmethod   {} on {}", summary.id, summary.status, summary.method, summary.execution_date)?;
    if let Some(sums) = &summary.sums {
        let totals: Vec<String> = sums.totals.iter().map(ToString::to_string).collect();
        let (payments, items) = (counted(sums.payments, "payment"), counted(sums.items, "item"));
        writeln!(text, "pays     {}: {payments}, {items}", if totals.is_empty() { "nothing".to_owned() } else { totals.join(", ") })?;
        for tax in &sums.withheld {
            writeln!(text, "withheld {tax}")?;
        }
    }
    if let Some(file) = &run.file {
        writeln!(text, "file     {}, SHA-256 {}", file.message_id, file.sha256)?;
    }
    for item in items {
        let word = item.reason.clone().unwrap_or_else(|| item.state.to_string());
        let amount = item.amount.map(|amount| amount.to_string()).unwrap_or_default();
        writeln!(text, "{:<24} {} {amount}", word, item.invoice_id)?;
    }
    Ok(text)
}

/// `EUR:25000.00`.
fn money(text: &str) -> Result<Money, String> {
    let (currency, amount) = text.split_once(':').ok_or("an amount is written as in EUR:25000.00")?;
    let currency: Currency = currency.parse().map_err(|_| format!("{currency} is no currency"))?;
    let amount: Decimal = amount.parse().map_err(|_| format!("{amount} is no amount"))?;
    Money::exact(amount, currency).map_err(|e| e.to_string())
}
