//! Pools by role, so that a bug in one path cannot use the rights of another.
//!
//! With a password in the administrator's URL, each role's password is derived from it; an embedded server trusts its
//! private socket and needs none.

use std::time::Duration;

use sha2::{Digest, Sha256};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Executor, PgPool};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    App,
    Committer,
    Projector,
    Router,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::App, Self::Committer, Self::Projector, Self::Router];

    pub fn name(self) -> &'static str {
        match self {
            Self::App => "q_app",
            Self::Committer => "q_committer",
            Self::Projector => "q_projector",
            Self::Router => "q_router",
        }
    }
}

/// How many connections each path may hold.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    pub app: u32,
    pub projector: u32,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { app: 12, projector: 4 }
    }
}

/// The database as the running system reaches it.
#[derive(Clone)]
pub struct Database {
    admin: PgConnectOptions,
    secret: Option<String>,
    pub(crate) app: PgPool,
    pub(crate) projector: PgPool,
    pub(crate) rebuild: PgPool,
    pub(crate) router: PgPool,
}

impl Database {
    /// Opens the pools lazily; `admin` must have migrated the database before. `secret` is the administrator's password.
    pub fn open(admin: PgConnectOptions, secret: Option<String>, sizes: Sizes) -> Self {
        let pool =
            |role, size, search_path| pool(options_for(&admin, secret.as_deref(), role).options([("search_path", search_path)]), size);
        Self {
            app: pool(Role::App, sizes.app, "read"),
            projector: pool(Role::Projector, sizes.projector, "read"),
            rebuild: pool(Role::Projector, sizes.projector, "rebuild"),
            router: pool(Role::Router, 2, "ops"),
            admin,
            secret,
        }
    }

    pub fn admin(&self) -> &PgConnectOptions {
        &self.admin
    }

    /// How a connection of one of the runtime roles is made: with whatever settings that role has.
    pub fn as_role(&self, role: Role) -> PgConnectOptions {
        options_for(&self.admin, self.secret.as_deref(), role)
    }

    /// How the committer's own connections are made.
    pub fn committer(&self) -> PgConnectOptions {
        self.as_role(Role::Committer).options([("search_path", "es")])
    }

    pub async fn close(&self) {
        for pool in [&self.app, &self.projector, &self.rebuild, &self.router] {
            pool.close().await;
        }
    }
}

/// The same server and database, as one of the runtime roles.
pub(super) fn options_for(admin: &PgConnectOptions, secret: Option<&str>, role: Role) -> PgConnectOptions {
    let options = admin.clone().username(role.name()).options([
        // Statements are planned once: with custom plans, array parameters are planned at each call.
        ("plan_cache_mode", "force_generic_plan"),
        // Every table is read through a key that begins with the tenant. A plan made while a table was empty would scan
        // it whole, and be kept: 20 times slower later (measured on es.unique_keys).
        ("enable_seqscan", "off"),
        ("jit", "off"),
        ("statement_timeout", "30s"),
        ("idle_in_transaction_session_timeout", "15s"),
    ]);
    match secret {
        Some(secret) => options.password(&role_password(secret, role)),
        None => options,
    }
}

/// A role's password follows from the administrator's, so that there is one secret to keep.
pub(super) fn role_password(secret: &str, role: Role) -> String {
    let mut hash = Sha256::new();
    hash.update(b"quittance role password 1\0");
    hash.update(role.name());
    hash.update([0]);
    hash.update(secret);
    hex::encode(hash.finalize())
}

fn pool(options: PgConnectOptions, size: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(Duration::from_secs(10))
        .after_release(|connection, _| {
            // A future dropped during BEGIN leaves an open transaction behind: never hand that to the next borrower.
            Box::pin(async move {
                // `begin` first: Postgres warns only about the transaction that should not be there.
                connection.execute("begin; rollback; reset all").await?;
                Ok(true)
            })
        })
        .connect_lazy_with(options)
}
