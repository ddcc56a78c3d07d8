//! Migrations run as the administrator, under a lock, before anything else opens the database.

use std::io::ErrorKind;
use std::time::Duration;

use anyhow::{Context, ensure};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor, PgPool};

use super::connect::{Role, options_for, role_password};

/// How long a server that does not listen may take to start.
const STARTING_S: u32 = 30;

const UNMIGRATED: &str = "the database could not be migrated";

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// Brings the database to this version and gives the runtime roles their passwords. Running it twice changes nothing.
pub async fn migrate(admin: &PgConnectOptions, secret: Option<&str>) -> anyhow::Result<()> {
    let pool = migrator_pool(admin).await?;
    // The state a new connection has: the migrations' own table lives in public.
    pool.execute("create schema if not exists public").await?;
    MIGRATIONS.run(&pool).await.map_err(unmigrated)?;
    if let Some(secret) = secret {
        give_passwords(&pool, admin, secret).await?;
    }
    pool.close().await;
    Ok(())
}

fn unmigrated(error: MigrateError) -> anyhow::Error {
    let (MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _)) = &error else {
        return anyhow::Error::new(error).context(UNMIGRATED);
    };
    let rights_lack = cause.as_database_error().is_some_and(|database| database.code().as_deref() == Some("42501"));
    let told = if rights_lack { "the role of DATABASE_URL owns the database and may create roles (CREATEROLE)" } else { UNMIGRATED };
    anyhow::Error::new(error).context(told)
}

/// Roles belong to the whole cluster: other passwords than they have would lock out a Quittance that works in another of its databases.
async fn give_passwords(pool: &PgPool, admin: &PgConnectOptions, secret: &str) -> anyhow::Result<()> {
    if options_for(admin, Some(secret), Role::App).connect().await.is_ok() {
        return Ok(());
    }
    let roles: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
    let query = "select distinct datname::text from pg_stat_activity where usename = any ($1) and datname <> current_database() order by 1";
    let others: Vec<String> = sqlx::query_scalar(query).bind(roles).fetch_all(pool).await?;
    ensure!(
        others.is_empty(),
        "another Quittance works in this cluster, in the database {}, and its roles have other passwords: give each a cluster of its own, or the same administrator",
        others.join(", ")
    );
    for role in Role::ALL {
        // Hex digits only: nothing to escape.
        let grant = format!("alter role {} login password '{}'", role.name(), role_password(secret, role));
        pool.execute(grant.as_str()).await.context("a role's password could not be set")?;
    }
    Ok(())
}

/// Whether the database is just as this version makes it.
pub async fn is_up_to_date(admin: &PgConnectOptions) -> anyhow::Result<bool> {
    let mut connection = reached(admin).await?;
    let begun: bool = sqlx::query_scalar("select to_regclass('public._sqlx_migrations') is not null").fetch_one(&mut connection).await?;
    let query = "select version, checksum from public._sqlx_migrations where success order by version";
    let made: Vec<(i64, Vec<u8>)> = if begun { sqlx::query_as(query).fetch_all(&mut connection).await? } else { vec![] };
    connection.close().await?;
    let wanted = MIGRATIONS.iter().map(|migration| (migration.version, &*migration.checksum));
    Ok(wanted.eq(made.iter().map(|(version, checksum)| (*version, checksum.as_slice()))))
}

/// A server that does not listen yet is waited for, and said to be.
async fn reached(admin: &PgConnectOptions) -> anyhow::Result<PgConnection> {
    let place = format!("{}:{}", admin.get_host(), admin.get_port());
    let mut waited = 0;
    loop {
        match admin.connect().await {
            Err(sqlx::Error::Io(error)) if error.kind() == ErrorKind::ConnectionRefused && waited < STARTING_S => {
                if waited == 0 {
                    tracing::warn!(%place, %error, "the database does not listen yet: it is waited for");
                }
                waited += 1;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            found => return found.with_context(|| format!("the database at {place} cannot be reached as its administrator")),
        }
    }
}

/// The administrator's own pool: migrations, rebuilds (one connection holds their lock), audits. Never for a tenant's request.
pub async fn migrator_pool(admin: &PgConnectOptions) -> anyhow::Result<PgPool> {
    reached(admin).await?.close().await?;
    // Migrations are long, and are no slow statements to be told of.
    let options = admin.clone().disable_statement_logging();
    PgPoolOptions::new().max_connections(5).connect_with(options).await.context("the database cannot be reached as its administrator")
}
