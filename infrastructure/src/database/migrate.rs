//! Migrations run as the administrator, under a lock, before anything else opens the database.

use anyhow::Context;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Executor, PgPool};

use super::connect::{Role, role_password};

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// Brings the database to this version and gives the runtime roles their passwords. Running it twice changes nothing.
pub async fn migrate(admin: &PgConnectOptions, secret: Option<&str>) -> anyhow::Result<()> {
    let pool = migrator_pool(admin).await?;
    // The state a new connection has: the migrations' own table lives in public.
    pool.execute("create schema if not exists public").await?;
    MIGRATIONS.run(&pool).await.context("the database could not be migrated")?;
    if let Some(secret) = secret {
        for role in Role::ALL {
            // Hex digits only: nothing to escape.
            let grant = format!("alter role {} login password '{}'", role.name(), role_password(secret, role));
            pool.execute(grant.as_str()).await.context("a role's password could not be set")?;
        }
    }
    pool.close().await;
    Ok(())
}

/// The administrator's own pool: migrations, rebuilds (one connection holds their lock), audits. Never for a tenant's request.
pub async fn migrator_pool(admin: &PgConnectOptions) -> anyhow::Result<PgPool> {
    PgPoolOptions::new().max_connections(5).connect_with(admin.clone()).await.context("the database cannot be reached as its administrator")
}
