//! `quittance doctor`: what is in force, and what is wrong.

use clap::Args;
use serde::Serialize;
use sqlx::{ConnectOptions, Connection};

use crate::production;
use crate::settings::{Environment, Settings};
use crate::system::System;

#[derive(Args)]
pub struct Doctor {
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    says: String,
}

impl Doctor {
    pub async fn run(self, settings: Settings) -> anyhow::Result<()> {
        let mut checks = vec![in_force(&settings)];
        match System::open(settings.clone()).await {
            Err(error) => checks.push(Check { name: "database", ok: false, says: format!("{error:#}") }),
            Ok(system) => {
                let looked = examine(&system, &mut checks).await;
                system.close().await;
                looked?;
            }
        }
        let healthy = checks.iter().all(|c| c.ok);
        if self.json {
            println!("{}", serde_json::to_string_pretty(&checks)?);
        } else {
            checks.iter().for_each(|c| println!("{} {:<12} {}", if c.ok { "ok  " } else { "WRONG" }, c.name, c.says));
        }
        anyhow::ensure!(healthy, "something is wrong");
        Ok(())
    }
}

fn in_force(settings: &Settings) -> Check {
    let database =
        if settings.database_url.is_some() { "DATABASE_URL".to_owned() } else { format!("embedded, {}", settings.state.display()) };
    let nats = if settings.nats_url.is_some() { "NATS_URL" } else { "none" };
    let says = format!(
        "environment {:?}, listens on {}, database: {database}, nats: {nats}, {} commit lanes, {} projection workers",
        settings.environment, settings.listen, settings.commit_lanes, settings.projection_workers
    );
    Check { name: "settings", ok: true, says }
}

async fn examine(system: &System, checks: &mut Vec<Check>) -> anyhow::Result<()> {
    let mut admin = system.database.admin().connect().await?;
    let version: String = sqlx::query_scalar("select version()").fetch_one(&mut admin).await?;
    checks.push(Check { name: "database", ok: true, says: version });
    let findings = production::database_findings(&mut admin).await?;
    // Outside production the same facts are worth saying, but stop nobody.
    let ok = findings.is_empty() || system.settings.environment == Environment::Sandbox;
    checks.push(Check {
        name: "durability",
        ok,
        says: if findings.is_empty() { "commits reach the disk".to_owned() } else { findings.join("; ") },
    });
    let poisoned: Vec<(uuid::Uuid, String, i64, String)> =
        sqlx::query_as("select tenant_id, projector, position, error from ops.dead_letters").fetch_all(&mut admin).await?;
    let says = poisoned.iter().map(|(t, p, at, e)| format!("{p} of tenant {t} stands at {at}: {e}")).collect::<Vec<_>>();
    let summary = if says.is_empty() { format!("{} read models, none poisoned", system.projectors.len()) } else { says.join("; ") };
    checks.push(Check { name: "projections", ok: says.is_empty(), says: summary });
    let heads = system.database.heads().await?;
    let events: i64 = heads.iter().map(|(_, head)| head).sum();
    checks.push(Check { name: "tenants", ok: true, says: format!("{} tenants, {events} events", heads.len()) });
    admin.close().await?;
    Ok(())
}
