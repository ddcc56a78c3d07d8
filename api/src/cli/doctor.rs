//! `quittance doctor`: what is in force, what is wrong, and what to do about it.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use quittance_domain::ids::TenantId;
use quittance_infrastructure::database::{Finding, audit};
use quittance_infrastructure::embedded::PostgresSettings;
use quittance_projections::relay;
use serde::Serialize;
use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions, Connection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::words::{counted, with_causes};
use crate::production;
use crate::settings::{Environment, Origin, Settings};
use crate::system::System;

/// How long something else may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Dead letters that are shown; the rest are counted.
const SHOWN_MAX: usize = 10;

/// Exit status: 0 nothing is wrong, 1 something is.
#[derive(Args)]
pub struct Doctor {
    /// The checks as a JSON list.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    /// A fact a line.
    says: Vec<String>,
}

impl Check {
    fn fine(name: &'static str, says: impl Into<String>) -> Self {
        Self { name, ok: true, says: vec![says.into()] }
    }

    fn wrong(name: &'static str, says: Vec<String>) -> Self {
        Self { name, ok: false, says }
    }

    fn text(&self) -> String {
        let head = format!("{:<5} {:<12} ", if self.ok { "ok" } else { "WRONG" }, self.name);
        head + &self.says.join(&format!("\n{:19}", ""))
    }
}

impl Doctor {
    pub async fn run(self, settings: Settings) -> anyhow::Result<()> {
        let mut checks = vec![in_force(&settings), server(settings.listen).await];
        if let Some(url) = &settings.nats_url {
            checks.push(nats(url).await);
        }
        match looked_at(settings).await {
            Err(error) => checks.push(Check::wrong("database", with_causes(&error).lines().map(str::to_owned).collect())),
            Ok(system) => {
                let looked = examine(&system, &mut checks).await;
                system.close().await;
                looked?;
            }
        }
        match self.json {
            true => println!("{}", serde_json::to_string_pretty(&checks)?),
            false => checks.iter().for_each(|check| println!("{}", check.text())),
        }
        anyhow::ensure!(checks.iter().all(|check| check.ok), "something is wrong");
        Ok(())
    }
}

/// Who looks changes nothing: a database that is there is not migrated. One of our own that has not begun yet is tried out.
async fn looked_at(settings: Settings) -> anyhow::Result<System> {
    match settings.database_url.is_some() || PostgresSettings::kept_in(&settings.state).is_begun() {
        true => System::open_kept(settings).await,
        false => System::open(settings).await,
    }
}

/// Every setting with where it comes from; never a secret.
fn in_force(settings: &Settings) -> Check {
    let lines = settings.origins.iter().map(|(name, origin)| {
        let from = match origin {
            Origin::Given => "  (flag or environment)",
            Origin::File => "  (quittance.toml)",
            Origin::Default => "",
        };
        format!("{:<20} {}{from}", name.replace('_', "-"), value_of(settings, name))
    });
    Check { name: "settings", ok: true, says: lines.collect() }
}

fn value_of(settings: &Settings, name: &str) -> String {
    let hidden = |url: &Option<String>, absent: &str| if url.is_some() { "given".to_owned() } else { absent.to_owned() };
    match name {
        "database_url" => hidden(&settings.database_url, "none: the embedded Postgres"),
        "attachments" if settings.attachments.is_none() => "none: below the state directory".to_owned(),
        "smtp_url" => hidden(&settings.smtp_url, "none: no mail is sent"),
        "mail_from" if settings.mail_from.is_none() => "none: no mail is sent".to_owned(),
        "link_secret" => hidden(&settings.link_secret, "none: below the state directory"),
        "secret_key" => hidden(&settings.secret_key, "none: below the state directory"),
        "signing_key" if settings.signing_key.is_none() => "none: below the state directory".to_owned(),
        "trusted_proxies" if settings.trusted_proxies.is_empty() => "none: whoever connects is who asks".to_owned(),
        "pooler_url" => hidden(&settings.pooler_url, "none: straight to the database"),
        "nats_url" => hidden(&settings.nats_url, "none: events are read at GET /v1/events"),
        name => {
            let all = serde_json::to_value(settings).unwrap_or_default();
            all[name].as_str().map_or_else(|| all[name].to_string(), str::to_owned)
        }
    }
}

/// Nobody has to listen for a healthy doctor; but where somebody else does, `serve` would fail.
async fn server(listen: SocketAddr) -> Check {
    match timeout(PATIENCE, asked_ready(listen)).await {
        Ok(Ok(answer)) if answer.contains("\"status\":\"ready\"") => Check::fine("server", format!("runs and is ready on {listen}")),
        Ok(Ok(answer)) if answer.contains("\"status\":\"degraded\"") => {
            Check::fine("server", format!("runs on {listen}, degraded: see below"))
        }
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            Check::fine("server", format!("does not run; `quittance serve` will listen on {listen}"))
        }
        _ => Check::wrong(
            "server",
            vec![format!("something listens on {listen} and does not say that it is ready"), "another address: --listen".into()],
        ),
    }
}

async fn asked_ready(listen: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(listen).await?;
    stream.write_all(b"GET /health/ready HTTP/1.0\r\n\r\n").await?;
    let mut answer = Vec::new();
    stream.take(4_096).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

async fn nats(url: &str) -> Check {
    match timeout(PATIENCE, relay::reaches(url)).await.context("no answer").flatten() {
        Ok(()) => Check::fine("nats", "JetStream answers"),
        Err(error) => {
            Check::wrong("nats", vec![format!("{error:#}"), "nothing is lost meanwhile: the relay goes on where it stood".into()])
        }
    }
}

async fn examine(system: &System, checks: &mut Vec<Check>) -> anyhow::Result<()> {
    let mut admin = system.database.admin().connect().await?;
    let version: String = sqlx::query_scalar("select version()").fetch_one(&mut admin).await?;
    checks.push(Check::fine("database", version));
    let sandbox = system.settings.environment == Environment::Sandbox;
    checks.push(durability(production::database_findings(&system.database, &mut admin).await?, sandbox));
    checks.push(isolation(&audit(&mut admin).await?));
    let heads = system.database.heads().await?;
    let events: i64 = heads.iter().map(|(_, head)| head).sum();
    checks.push(Check::fine("log", format!("{}, {}", counted(heads.len() as i128, "tenant"), counted(events, "event"))));
    checks.push(projections(system, &mut admin).await?);
    if system.settings.pooler_url.is_some() {
        checks.push(pooler(system).await);
    }
    checks.push(attachments(system).await);
    checks.push(signing(system));
    checks.extend(mail(system).await);
    admin.close().await?;
    Ok(())
}

/// In the sandbox the same facts are worth saying, but stop nobody.
fn durability(findings: Vec<String>, sandbox: bool) -> Check {
    match findings.is_empty() {
        true => Check::fine("durability", "commits reach the disk"),
        false => Check { name: "durability", ok: sandbox, says: findings },
    }
}

fn isolation(findings: &[Finding]) -> Check {
    match findings.is_empty() {
        true => Check::fine("isolation", "tables, roles, grants and policies are as approved"),
        false => Check::wrong("isolation", findings.iter().map(Finding::to_string).collect()),
    }
}

/// A transaction of nobody goes through it.
async fn pooler(system: &System) -> Check {
    match timeout(PATIENCE, system.database.read(TenantId(uuid::Uuid::nil()))).await {
        Ok(Ok(_)) => Check::fine("pooler", "transactions reach the database"),
        Ok(Err(error)) => Check::wrong("pooler", vec![error.to_string(), "it must know the roles q_app and q_projector".into()]),
        Err(_) => Check::wrong("pooler", vec!["no answer".into()]),
    }
}

/// A probe is written, read again and removed.
async fn attachments(system: &System) -> Check {
    let tried = async {
        let store = system.attachments()?;
        store.tries_out().await?;
        anyhow::Ok(store.location().to_owned())
    };
    match timeout(PATIENCE, tried).await.context("no answer").flatten() {
        Ok(location) => Check::fine("attachments", format!("can be written and read in {location}")),
        Err(error) => Check::wrong("attachments", vec![format!("{error:#}"), "another place: --attachments".into()]),
    }
}

/// Whether a mail server answers; nothing where there is to be none.
async fn mail(system: &System) -> Option<Check> {
    let tried = async {
        let mailer = system.mailer()?;
        mailer.reaches().await.map_err(anyhow::Error::from)
    };
    system.settings.smtp_url.as_ref()?;
    Some(match timeout(PATIENCE, tried).await.context("no answer").flatten() {
        Ok(()) => Check::fine("mail", "the mail server answers"),
        Err(error) => Check::wrong("mail", vec![format!("{error:#}"), "what was asked to be sent waits".into()]),
    })
}

fn signing(system: &System) -> Check {
    match system.signing_keys() {
        Ok(keys) => Check::fine("signing", format!("proofs of payment are signed by the key {}", keys.kid())),
        Err(error) => Check::wrong("signing", vec![format!("{error:#}"), "another file: --signing-key".into()]),
    }
}

async fn projections(system: &System, admin: &mut PgConnection) -> anyhow::Result<Check> {
    let query = "select tenant_id, projector, position, error from ops.dead_letters order by tenant_id, projector";
    let poisoned: Vec<(uuid::Uuid, String, i64, String)> = sqlx::query_as(query).fetch_all(admin).await?;
    if poisoned.is_empty() {
        let behind = system.database.lags().await?.iter().map(|lag| lag.events).max().unwrap_or_default();
        let models = counted(system.projectors.len() as i128, "read model");
        return Ok(Check::fine("projections", format!("{models}, none poisoned, {} behind at most", counted(behind, "event"))));
    }
    let line = |(tenant, projector, at, error): &(uuid::Uuid, String, i64, String)| {
        format!("{projector} of tenant {tenant} stands at {at}: {error}")
    };
    let mut says: Vec<String> = poisoned.iter().take(SHOWN_MAX).map(line).collect();
    if poisoned.len() > SHOWN_MAX {
        says.push(format!("and {} more", poisoned.len() - SHOWN_MAX));
    }
    says.push("each is tried again by itself; once the cause is mended it goes on, or `quittance rebuild NAME` starts it anew".into());
    Ok(Check::wrong("projections", says))
}
