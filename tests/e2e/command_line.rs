//! Runs and provider accounts on the command line: the same rules, people and bytes as over REST.

use clap::Parser;
use quittance_api::cli::provider::ProviderCommand;
use quittance_api::cli::run::RunCommand;
use quittance_tests::app::{Person, TestApp};
use quittance_tests::day;
use quittance_tests::provider::{CREDENTIAL, WEBHOOK_SECRET};
use serde_json::{Value, json};

use crate::payment_runs::{MUELLER, Office};
use crate::provider::Desk;

/// What follows `quittance`.
#[derive(Parser)]
enum Line {
    #[command(subcommand)]
    Run(RunCommand),
    #[command(subcommand)]
    Provider(ProviderCommand),
}

/// What the line prints, or the last words of a person's terminal.
pub async fn types(app: &TestApp, who: &Person, line: &str) -> Result<Vec<u8>, String> {
    let words = ["quittance"].into_iter().chain(line.split_whitespace()).chain(["--api-key", who.secret()]);
    let line = Line::try_parse_from(words).map_err(|e| e.to_string())?;
    let said = match line {
        Line::Run(command) => command.carried_out(&app.system).await,
        Line::Provider(command) => command.carried_out(&app.system).await.map(String::into_bytes),
    };
    said.map_err(|e| format!("{e:#}"))
}

async fn prints(app: &TestApp, who: &Person, line: &str) -> String {
    let said = types(app, who, line).await.unwrap_or_else(|error| panic!("{line}: {error}"));
    String::from_utf8(said).expect("UTF-8")
}

async fn answers(app: &TestApp, who: &Person, line: &str) -> Value {
    serde_json::from_str(&prints(app, who, &format!("{line} --json")).await).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_goes_from_its_proposal_to_the_banks_file_on_the_command_line() {
    let office = Office::open().await;
    let vendor = office.vendor("Müller & Söhne", MUELLER).await;
    let due = office.approved(&vendor, "M-1", "1200.10", day(-2)).await;
    let later = office.approved(&vendor, "M-22", "77.00", day(32)).await;
    let (app, tess, theo) = (&office.app, &office.tess, &office.theo);

    let account = office.account.as_str().expect("an id");
    let propose =
        format!("run propose --method sepa_credit_transfer --account {account} --run-date {} --next-run-date {}", day(3), day(10));
    assert!(types(app, &office.anna, &propose).await.is_err_and(|e| e.contains("(role-missing)")), "a clerk pays nobody");
    let proposed = answers(app, tess, &format!("{propose} --cash-limit EUR:5000.00")).await;
    let run = proposed["run"]["id"].as_str().expect("an id").to_owned();
    let key = proposed["idempotency_key"].as_str().expect("a key");
    let again = answers(app, tess, &format!("{propose} --cash-limit EUR:5000.00 --idempotency-key {key}")).await;
    assert_eq!((&again["run"]["id"], &again["idempotency_key"]), (&json!(run), &json!(key)), "given again it is the same run");
    let other = types(app, tess, &format!("{propose} --cash-limit EUR:5000.01 --idempotency-key {key}")).await;
    assert!(other.is_err_and(|e| e.contains("(idempotency-key-reused)")), "as REST has it");
    assert_eq!(proposed["run"]["criteria"]["cash_limits"][0]["amount"], "5000.00");
    let shown = prints(app, tess, &format!("run show {run}")).await;
    assert!(shown.contains("pays     1200.10 EUR: 1 payment, 1 item\n"), "{shown}");
    for (word, invoice) in [("selected", &due), ("not_due", &later)] {
        assert!(shown.lines().any(|line| line.starts_with(word) && line.contains(invoice.as_str())), "{shown}");
    }

    // The rules are those of REST: a second person authorises, and nothing is written before.
    let refused = types(app, tess, &format!("run authorise {run}")).await;
    assert!(refused.is_err_and(|e| e.contains("(self-authorisation)")));
    assert!(types(app, tess, &format!("run file {run}")).await.is_err_and(|e| e.contains("(wrong-state)")));
    prints(app, theo, &format!("run authorise {run}")).await;
    assert_eq!(answers(app, tess, &format!("run execute {run}")).await["run"]["status"], "planned");
    let file = prints(app, tess, &format!("run file {run}")).await;
    assert!(file.contains("<CtrlSum>1200.10</CtrlSum>"), "{file}");
    assert_eq!(office.tess.downloads(&format!("/v1/payment-runs/{run}/file")).await.1, file.into_bytes(), "REST serves the same bytes");

    let nobodys = types(app, tess, "run show 01890000-0000-7000-8000-000000000000").await;
    assert!(nobodys.is_err_and(|e| e.contains("(not-found)")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_account_is_opened_confirmed_and_closed_on_the_command_line() {
    let desk = Desk::open().await;
    let (app, owner, tess) = (&desk.app, &desk.company.owner, &desk.tess);
    let add = format!("provider add --name Nordbank --endpoint http://127.0.0.1:9 --credential {CREDENTIAL}");
    let weak = types(app, owner, &format!("{add} --webhook-secret short")).await;
    assert!(weak.is_err_and(|e| e.contains("/webhook_secret")), "as REST names it");
    let add = format!("{add} --webhook-secret {WEBHOOK_SECRET}");
    assert!(types(app, tess, &add).await.is_err_and(|e| e.contains("(role-missing)")));
    let added = answers(app, owner, &add).await;
    let account = added["provider_account_id"].as_str().expect("an id").to_owned();
    let key = added["idempotency_key"].as_str().expect("a key");
    assert_eq!(answers(app, owner, &format!("{add} --idempotency-key {key}")).await, added, "given again it is the same account");
    assert!(added["webhook_path"].as_str().is_some_and(|path| path.ends_with(&account)), "{added}");

    assert!(types(app, owner, &format!("provider confirm {account}")).await.is_err(), "who opened it does not confirm it");
    assert_eq!(answers(app, tess, &format!("provider confirm {account}")).await["state"], "active");
    let listed = prints(app, tess, "provider list --state active").await;
    assert_eq!(listed.lines().filter(|line| line.contains("Nordbank")).count(), 1, "{listed}");
    assert!(!listed.contains(CREDENTIAL), "a secret is never shown");
    assert_eq!(answers(app, tess, &format!("provider close {account} --reason moved")).await["state"], "closed");
}
