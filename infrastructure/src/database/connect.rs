//! Pools by role, so that a bug in one path cannot use the rights of another.
//!
//! With a password in the administrator's URL, each role's password is derived from it; an embedded server trusts its
//! private socket and needs none.

use sha2::{Digest, Sha256};
use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;

use super::pools::{Pool, pool};

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

/// Of one process, where its transactions go through a pooler.
const HOT_CONNECTIONS: u32 = 4;

/// The database as the running system reaches it.
#[derive(Clone)]
pub struct Database {
    admin: PgConnectOptions,
    secret: Option<String>,
    /// Reads of the hot path: one round trip each, that names its tenant and is no transaction.
    pub(crate) hot: PgPool,
    pub(crate) app: Pool,
    /// The way of the requests, for who asks whether it is open: many that wait for a connection do not make it look closed.
    pub(super) probe: Pool,
    pub(crate) projector: Pool,
    pub(crate) rebuild: Pool,
    pub(crate) router: PgPool,
}

impl Database {
    /// Opens the pools lazily; `admin` must have migrated the database before. `secret` is the administrator's password.
    pub fn open(admin: PgConnectOptions, secret: Option<String>, sizes: Sizes) -> Self {
        let options = |role, search_path| options_for(&admin, secret.as_deref(), role).options([("search_path", search_path)]);
        let app = pool(options(Role::App, "read"), sizes.app);
        Self {
            hot: app.clone(),
            app: app.into(),
            probe: pool(options(Role::App, "read"), 1).into(),
            projector: pool(options(Role::Projector, "read"), sizes.projector).into(),
            rebuild: pool(options(Role::Projector, "rebuild"), sizes.projector).into(),
            router: pool(options(Role::Router, "ops"), 2),
            admin,
            secret,
        }
    }

    /// The same where `pooler` gives each transaction whichever server connection is free. What is no transaction goes straight
    /// to the server, over a few connections: appends, reads of the hot path, the search for work; rebuilds too.
    pub fn behind(self, pooler: &PgConnectOptions, sizes: Sizes) -> Self {
        let password = |role| self.secret.as_deref().map(|secret| role_password(secret, role));
        let behind = |role, size| Pool::behind(pooler, role, password(role).as_deref(), size);
        Self {
            hot: pool(options_for(&self.admin, self.secret.as_deref(), Role::App), HOT_CONNECTIONS),
            app: behind(Role::App, sizes.app),
            probe: behind(Role::App, 1),
            projector: behind(Role::Projector, sizes.projector),
            ..self
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
        for pool in [&self.app, &self.probe, &self.projector, &self.rebuild] {
            pool.close().await;
        }
        for pool in [&self.hot, &self.router] {
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
