//! The command line. Every command that changes something goes through the same use cases as the REST API.

pub mod call;
pub mod confirmation;
mod convert;
mod doctor;
mod documents;
mod export;
pub mod holders;
pub mod identity;
pub mod import;
pub mod payment;
pub mod people;
pub mod provider;
pub mod rates;
mod relay;
mod report;
pub mod run;
mod serve;
mod session;
mod sheets;
mod upkeep;
mod validate;
pub mod verify_proof;
pub mod words;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::settings::{Given, Settings};

/// Accounts payable from vendor invoice to payment, as an event-sourced engine.
#[derive(Parser)]
#[command(name = "quittance", version, max_term_width = 110)]
pub struct Cli {
    #[command(flatten, next_help_heading = "Settings")]
    given: Given,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server (the default): REST API, docs, console, workers.
    Serve(serve::Serve),
    /// Tenants.
    #[command(subcommand)]
    Tenant(people::TenantCommand),
    /// Users of a tenant and their API keys.
    #[command(subcommand)]
    User(people::UserCommand),
    /// Payment runs: what to pay, authorised by a second person, to the bank's file.
    #[command(subcommand)]
    Run(run::RunCommand),
    /// Single payments.
    #[command(subcommand)]
    Payment(payment::PaymentCommand),
    /// Say what a signed proof of payment proves, without a server.
    VerifyProof(verify_proof::VerifyProof),
    /// Accounts at providers that move money over HTTP.
    #[command(subcommand)]
    Provider(provider::ProviderCommand),
    /// Import e-invoices: UBL, CII, Factur-X PDFs, directories and zip files of them; sheets of invoices by a mapping.
    Import(import::Import),
    /// What the books say, for other programs.
    #[command(subcommand)]
    Export(export::Export),
    /// Reports: what is owed, what the books say, how the work goes.
    Report(report::Report),
    /// Import the European Central Bank's exchange rates.
    Rates(rates::Rates),
    /// Hold e-invoices against EN 16931, Peppol and XRechnung, without a server.
    Validate(validate::Validate),
    /// Write e-invoices as UBL, CII or Factur-X PDF, without a server.
    Convert(convert::Convert),
    /// Rebuild read models beside the live ones and swap them.
    Rebuild(upkeep::Rebuild),
    /// Prove that the log is whole and that the read models equal a replay of it.
    Verify(upkeep::Verify),
    /// Events out to NATS.
    #[command(subcommand)]
    Relay(relay::RelayCommand),
    /// Any operation of the REST API, without a server: vendors, customers, receivables, everything.
    Call(Box<call::Call>),
    /// Bring the database to this version.
    Migrate,
    /// Explain what is in force and what is wrong.
    Doctor(doctor::Doctor),
    /// Print the OpenAPI document.
    Openapi,
}

pub async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let settings = Settings::resolve(cli.given)?;
    crate::logging::start(&settings)?;
    match cli.command.unwrap_or_else(|| Command::Serve(serve::Serve::default())) {
        Command::Serve(serve) => serve::serve(settings, serve).await?,
        Command::Tenant(command) => people::tenant(settings, command).await?,
        Command::User(command) => people::user(settings, command).await?,
        Command::Run(command) => run::run(settings, command).await?,
        Command::Payment(command) => payment::run(settings, command).await?,
        Command::VerifyProof(verify) => verify.run()?,
        Command::Provider(command) => provider::run(settings, command).await?,
        Command::Import(import) => import.run(settings).await?,
        Command::Export(command) => export::run(settings, command).await?,
        Command::Report(report) => report.run(settings).await?,
        Command::Rates(rates) => rates.run(settings).await?,
        Command::Validate(validate) => return validate.run().await,
        Command::Convert(convert) => return convert.run(),
        Command::Rebuild(rebuild) => rebuild.run(settings).await?,
        Command::Verify(verify) => verify.run(settings).await?,
        Command::Relay(command) => relay::relay(settings, command).await?,
        Command::Call(call) => call::run(settings, *call).await?,
        Command::Migrate => upkeep::migrate(settings).await?,
        Command::Doctor(doctor) => doctor.run(settings).await?,
        Command::Openapi => println!("{}", serde_json::to_string_pretty(&crate::openapi()?)?),
    }
    Ok(ExitCode::SUCCESS)
}
