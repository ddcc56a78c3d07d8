//! What production refuses to start with: a database that may lose what was acknowledged, that lets others read along,
//! or in which tenants are not kept apart as approved.

use std::net::IpAddr;

use anyhow::{bail, ensure};
use quittance_infrastructure::database::{Database, Finding, Role, audit};
use quittance_infrastructure::decision_links::SECRET_BYTES_MIN;
use quittance_infrastructure::sealed_secrets::KEY_BYTES_MIN;
use quittance_infrastructure::smtp::{self, SmtpMailer};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions, Connection, PgConnection};

use crate::secrets::signing_keys_in;
use crate::settings::{Environment, Settings};
use crate::system::System;

/// The oldest releases without a known way to lose or leak data, by major version.
const OLDEST: &[(i32, i32)] = &[(15, 14), (16, 10), (17, 6), (18, 0)];

/// Refuses with every reason at once.
pub async fn check(system: &System) -> anyhow::Result<()> {
    if system.settings.environment != Environment::Production {
        return Ok(());
    }
    let mut admin = system.database.admin().connect().await?;
    let mut findings = database_findings(&system.database, &mut admin).await?;
    findings.extend(audit(&mut admin).await?.iter().map(Finding::to_string));
    admin.close().await?;
    findings.extend(transport_finding(&system.settings, system.database.admin()));
    findings.extend(pooler_finding(&system.settings)?);
    findings.extend(secret_finding(&system.settings));
    findings.extend(key_finding(&system.settings));
    findings.extend(signing_finding(&system.settings));
    findings.extend(mail_finding(&system.settings));
    if findings.is_empty() { Ok(()) } else { bail!("not fit for production: {}", findings.join("; ")) }
}

/// Durability and version of the server. Whether a commit waits for the disk is a matter of who commits.
pub async fn database_findings(database: &Database, admin: &mut PgConnection) -> anyhow::Result<Vec<String>> {
    let mut findings = Vec::new();
    for setting in ["fsync", "full_page_writes"] {
        if setting_of(admin, setting).await? == "off" {
            findings.push(format!("{setting} is off: an acknowledged command could be lost"));
        }
    }
    let careless = roles_that_do_not_wait(database).await?;
    if !careless.is_empty() {
        findings.push(format!("synchronous_commit is off for {}: an acknowledged command could be lost", careless.join(", ")));
    }
    let number: String = sqlx::query_scalar("select current_setting('server_version_num')").fetch_one(&mut *admin).await?;
    let number: i32 = number.parse()?;
    ensure!(number >= 150_000, "PostgreSQL 15 or newer is needed");
    let (major, minor) = (number / 10_000, number % 10_000);
    if let Some((_, oldest)) = OLDEST.iter().find(|(m, oldest)| *m == major && minor < *oldest) {
        findings.push(format!("PostgreSQL {major}.{minor} is older than {major}.{oldest}"));
    }
    Ok(findings)
}

async fn setting_of(connection: &mut PgConnection, setting: &str) -> sqlx::Result<String> {
    sqlx::query_scalar("select current_setting($1)").bind(setting).fetch_one(connection).await
}

/// Asked on a connection of each: a role has settings of its own.
async fn roles_that_do_not_wait(database: &Database) -> sqlx::Result<Vec<&'static str>> {
    let mut careless = Vec::new();
    for role in Role::ALL {
        let mut connection = database.as_role(role).connect().await?;
        if setting_of(&mut connection, "synchronous_commit").await? == "off" {
            careless.push(role.name());
        }
        connection.close().await?;
    }
    Ok(careless)
}

/// A secret that a node made for itself is not known to the others, and is gone with the node.
fn secret_finding(settings: &Settings) -> Option<String> {
    match &settings.link_secret {
        None => Some("QUITTANCE_LINK_SECRET is not set: decision links would work on the node alone that made them".to_owned()),
        Some(secret) if secret.len() < SECRET_BYTES_MIN => {
            Some(format!("QUITTANCE_LINK_SECRET has fewer than {SECRET_BYTES_MIN} characters"))
        }
        Some(_) => None,
    }
}

fn key_finding(settings: &Settings) -> Option<String> {
    match &settings.secret_key {
        None => Some("QUITTANCE_SECRET_KEY is not set: what tenants entrust to us would open on one node alone".to_owned()),
        Some(key) if key.len() < KEY_BYTES_MIN => Some(format!("QUITTANCE_SECRET_KEY has fewer than {KEY_BYTES_MIN} characters")),
        Some(_) => None,
    }
}

fn signing_finding(settings: &Settings) -> Option<String> {
    match &settings.signing_key {
        None => Some("QUITTANCE_SIGNING_KEY is not set: each node would sign proofs of payment with a key of its own".to_owned()),
        Some(path) => signing_keys_in(path).err().map(|error| format!("{error:#}")),
    }
}

fn mail_finding(settings: &Settings) -> Option<String> {
    let url = settings.smtp_url.as_deref()?;
    let overheard = || "mail to a server beyond this machine needs smtps:// or smtp://…?tls=required".to_owned();
    match SmtpMailer::new(url, settings.mail_from.as_deref().unwrap_or_default()) {
        Err(error) => Some(error.to_string()),
        Ok(_) => smtp::is_overheard(url).then(overheard),
    }
}

fn transport_finding(settings: &Settings, admin: &PgConnectOptions) -> Option<String> {
    settings.database_url.as_ref()?;
    is_overheard(admin).then(|| "a database beyond this machine needs sslmode=verify-full".to_owned())
}

fn pooler_finding(settings: &Settings) -> anyhow::Result<Option<String>> {
    let Some(url) = &settings.pooler_url else { return Ok(None) };
    let overheard = is_overheard(&url.parse()?);
    Ok(overheard.then(|| "a pooler beyond this machine needs sslmode=verify-full".to_owned()))
}

/// What is said to this server, others could read, or answer in its place.
fn is_overheard(server: &PgConnectOptions) -> bool {
    let verified = matches!(server.get_ssl_mode(), PgSslMode::VerifyFull);
    !is_this_machine(server.get_host()) && server.get_socket().is_none() && !verified
}

/// A name that only begins like an address of this machine is a name.
fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.starts_with('/') || host == "localhost" || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use quittance_infrastructure::embedded::default_state;

    use super::*;
    use crate::settings::Given;

    fn finding(url: &str) -> Option<String> {
        let given =
            Given { database_url: Some(url.to_owned()), pooler_url: Some(url.to_owned()), state: default_state().ok(), ..Given::default() };
        let settings = Settings::resolve(given).unwrap();
        let (server, pooler) = (transport_finding(&settings, &url.parse().unwrap()), pooler_finding(&settings).unwrap());
        assert_eq!(server.is_some(), pooler.is_some(), "a pooler is judged as the server is: {url}");
        server
    }

    #[test]
    fn a_database_beyond_this_machine_is_reached_in_secret_and_known_by_its_certificate() {
        let rows = [
            ("postgres://q@localhost/q", false),
            ("postgres://q@127.0.0.1/q?sslmode=disable", false),
            ("postgres://q@[::1]/q", false),
            ("postgres://q@127.0.0.1.example.com/q", true),
            ("postgres://q@localhost.example.com/q", true),
            ("postgres://q@[2001:db8::1]/q", true),
            ("postgres://q@db.example/q", true),
            ("postgres://q@db.example/q?sslmode=require", true),
            ("postgres://q@db.example/q?sslmode=verify-ca", true),
            ("postgres://q@db.example/q?sslmode=verify-full", false),
        ];
        for (url, refused) in rows {
            assert_eq!(finding(url).is_some(), refused, "{url}");
        }
    }
}
