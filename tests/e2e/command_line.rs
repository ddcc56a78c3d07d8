//! Runs and provider accounts on the command line: the same rules, people and bytes as over REST.

use clap::Parser;
use quittance_api::cli::people::UserCommand;
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

/// What needs no key: who types it holds the machine.
#[derive(Parser)]
enum Machine {
    #[command(subcommand)]
    User(UserCommand),
}

async fn machine_says(app: &TestApp, line: &str) -> Result<String, String> {
    let Machine::User(command) = Machine::try_parse_from(["quittance"].into_iter().chain(line.split_whitespace())).expect("a line");
    let said = match command {
        UserCommand::List(arguments) => arguments.carried_out(&app.system).await,
        UserCommand::RevokeKey(arguments) => arguments.carried_out(&app.system).await,
        UserCommand::Deactivate(arguments) => arguments.carried_out(&app.system).await,
        _ => panic!("not asked here"),
    };
    said.map_err(|e| format!("{e:#}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_has_leaked_is_found_and_taken_away_by_who_holds_the_machine() {
    let office = Office::open().await;
    let (app, tenant, anna) = (&office.app, office.company.tenant, &office.anna);
    let listed = async || machine_says(app, &format!("user list --tenant {tenant}")).await.expect("a list");
    let all = listed().await;
    let of = |person: &str| all.lines().skip_while(|line| !line.contains(&format!("  {person}@"))).take(2).collect::<Vec<_>>().join("\n");
    let id = |person: &str| of(person).split_whitespace().next().expect("an id").to_owned();
    let of_anna = of("anna");
    let prefix = &anna.secret()[..16];
    assert!(of_anna.contains("ap_clerk") && of_anna.contains(&format!("{prefix}…")) && of_anna.ends_with("without end"), "{all}");
    let key = of_anna.split("key ").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a key").to_owned();

    anna.gets("/v1/items").await.succeeds();
    let revoke = format!("user revoke-key --tenant {tenant} --user {} --key {key}", id("anna"));
    for _ in 0..2 {
        machine_says(app, &revoke).await.expect("it is taken away, and stays so");
    }
    assert!(listed().await.contains(&format!("key {key}  {prefix}…")) && listed().await.contains("revoked"), "{}", listed().await);
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    while anna.gets("/v1/items").await.status != 401 {
        assert!(tokio::time::Instant::now() < deadline, "the key works still");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    machine_says(app, &format!("user deactivate --tenant {tenant} --user {}", id("theo"))).await.expect("they leave");
    assert!(listed().await.lines().any(|line| line.starts_with(&id("theo")) && line.ends_with("(deactivated)")));
    let of_another = format!("user revoke-key --tenant {tenant} --user {} --key {key}", id("tess"));
    assert!(machine_says(app, &of_another).await.is_err_and(|e| e.contains("key-unknown")));
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
