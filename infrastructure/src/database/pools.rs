//! Pools of connections that transactions run on: straight to the server, or through a pooler that gives each transaction
//! whichever server connection is free (PgBouncer in transaction mode).
//!
//! Behind such a pooler nothing outlives a transaction: the settings of a role are kept with the role instead of being asked
//! for at connect ([`keep_role_settings`]), and statements have no name, because the next transaction meets another server
//! connection, with or without a statement of that name.

use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPoolOptions, PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{Describe, Either, Execute, Executor, PgPool, Postgres, Transaction};

use super::connect::Role;

#[derive(Clone)]
pub(crate) struct Pool {
    connections: PgPool,
    /// Statements are planned once a connection and kept.
    keeps_statements: bool,
}

impl From<PgPool> for Pool {
    fn from(connections: PgPool) -> Self {
        Self { connections, keeps_statements: true }
    }
}

impl Pool {
    /// Through a pooler at `pooler`, as `role`.
    pub(super) fn behind(pooler: &PgConnectOptions, role: Role, password: Option<&str>, size: u32) -> Self {
        // A pooler knows few settings of a connection, and refuses the others.
        let options = pooler.clone().username(role.name()).extra_float_digits(None).statement_cache_capacity(0);
        let options = match password {
            Some(password) => options.password(password),
            None => options,
        };
        Self { connections: pool(options, size), keeps_statements: false }
    }

    pub(super) async fn begin_with(&self, begin: String) -> sqlx::Result<PooledTx> {
        Ok(PooledTx { tx: self.connections.begin_with(begin).await?, keeps_statements: self.keeps_statements })
    }

    pub(super) async fn close(&self) {
        self.connections.close().await;
    }
}

pub(super) fn pool(options: PgConnectOptions, size: u32) -> PgPool {
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

/// Gives the roles that work through a pooler the settings that they otherwise ask for at connect.
pub async fn keep_role_settings(admin: &PgPool) -> sqlx::Result<()> {
    admin.execute(include_str!("role_settings.sql")).await.map(drop)
}

/// A transaction that runs statements as its pool does.
#[derive(Debug)]
pub struct PooledTx {
    tx: Transaction<'static, Postgres>,
    keeps_statements: bool,
}

impl PooledTx {
    pub(super) async fn commit(self) -> sqlx::Result<()> {
        self.tx.commit().await
    }
}

impl<'c> Executor<'c> for &'c mut PooledTx {
    type Database = Postgres;

    fn fetch_many<'e, 'q, E>(self, query: E) -> BoxStream<'e, sqlx::Result<Either<PgQueryResult, PgRow>>>
    where
        'c: 'e,
        'q: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let keeps = self.keeps_statements;
        self.tx.fetch_many(Kept { query, keeps })
    }

    fn fetch_optional<'e, 'q, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Option<PgRow>>>
    where
        'c: 'e,
        'q: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let keeps = self.keeps_statements;
        self.tx.fetch_optional(Kept { query, keeps })
    }

    fn prepare_with<'e, 'q: 'e>(self, sql: &'q str, parameters: &'e [PgTypeInfo]) -> BoxFuture<'e, sqlx::Result<PgStatement<'q>>>
    where
        'c: 'e,
    {
        self.tx.prepare_with(sql, parameters)
    }

    fn describe<'e, 'q: 'e>(self, sql: &'q str) -> BoxFuture<'e, sqlx::Result<Describe<Postgres>>>
    where
        'c: 'e,
    {
        self.tx.describe(sql)
    }
}

/// A query, and whether its statement may be kept under a name.
struct Kept<Q> {
    query: Q,
    keeps: bool,
}

impl<'q, Q: Execute<'q, Postgres>> Execute<'q, Postgres> for Kept<Q> {
    fn sql(&self) -> &'q str {
        self.query.sql()
    }

    fn statement(&self) -> Option<&PgStatement<'q>> {
        self.query.statement()
    }

    fn take_arguments(&mut self) -> Result<Option<PgArguments>, BoxDynError> {
        self.query.take_arguments()
    }

    fn persistent(&self) -> bool {
        self.keeps && self.query.persistent()
    }
}
