//! A transaction that sees exactly one tenant. Query functions take `&mut TenantTx`, so SQL without a tenant does
//! not compile.

use std::ops::{Deref, DerefMut};

use quittance_domain::ids::TenantId;

use super::Database;
use super::pools::{Pool, PooledTx};

pub struct TenantTx {
    tenant: TenantId,
    tx: PooledTx,
}

impl Database {
    /// Reads of one tenant, at one point in time.
    pub async fn read(&self, tenant: TenantId) -> sqlx::Result<TenantTx> {
        TenantTx::begin(&self.app, tenant, READING).await
    }

    /// A turn of its own at something of a tenant, whichever server it is on: nothing while somebody else has it. It ends with the
    /// transaction, which sees no more than that, so that it stands in nobody's way.
    pub async fn turn(&self, tenant: TenantId, at: &'static str) -> sqlx::Result<Option<TenantTx>> {
        let mut tx = TenantTx::begin(&self.app, tenant, TAKING_TURNS).await?;
        let take = sqlx::query_scalar("select pg_try_advisory_xact_lock(hashtextextended($1 || $2::text, 0))").bind(at).bind(tenant.0);
        let free: bool = take.fetch_one(&mut tx.tx).await?;
        Ok(free.then_some(tx))
    }

    /// A projector's transaction. Rows and checkpoint fall back together, so it need not wait for the disk.
    pub async fn project(&self, tenant: TenantId) -> sqlx::Result<TenantTx> {
        TenantTx::begin(&self.projector, tenant, PROJECTING).await
    }

    /// What must be on disk when it is answered, and is no event.
    pub async fn keep(&self, tenant: TenantId) -> sqlx::Result<TenantTx> {
        TenantTx::begin(&self.projector, tenant, KEEPING).await
    }

    /// The same on the shadow tables.
    pub async fn rebuild(&self, tenant: TenantId) -> sqlx::Result<TenantTx> {
        TenantTx::begin(&self.rebuild, tenant, PROJECTING).await
    }

    /// A projector's transaction on tables of its own, which end with it (`ops.recall`); the others are the live ones.
    pub async fn recall(&self, tenant: TenantId) -> sqlx::Result<TenantTx> {
        TenantTx::begin(&self.rebuild, tenant, RECALLING).await
    }
}

/// A rebuild swaps tables while nobody reads. The lock comes before the snapshot, so whoever waited for the swap sees the
/// rows of the new tables; a snapshot from before would find them empty.
const READING: &str = "isolation level repeatable read read only; lock table ops.checkpoints in access share mode";
const PROJECTING: &str = "isolation level read committed; set local synchronous_commit = off";

/// The path is stated, so that no statement that was planned for the live tables is taken for these.
const RECALLING: &str =
    "isolation level repeatable read; lock table ops.checkpoints in access share mode; set local search_path = pg_temp, read";

const TAKING_TURNS: &str = "isolation level read committed read only";
const KEEPING: &str = "isolation level read committed";

impl TenantTx {
    /// One round trip begins and names the tenant. Spawned, so that a caller that goes away cannot cut it in half.
    async fn begin(pool: &Pool, tenant: TenantId, mode: &'static str) -> sqlx::Result<Self> {
        // A UUID prints as hex digits and dashes: nothing to escape.
        let begin = format!("begin {mode}; set local app.tenant = '{tenant}'");
        let pool = pool.clone();
        let tx = tokio::spawn(async move { pool.begin_with(begin).await }).await.map_err(|e| sqlx::Error::Protocol(e.to_string()))??;
        Ok(Self { tenant, tx })
    }

    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    pub async fn commit(self) -> sqlx::Result<()> {
        self.tx.commit().await
    }
}

impl Deref for TenantTx {
    type Target = PooledTx;
    fn deref(&self) -> &PooledTx {
        &self.tx
    }
}

impl DerefMut for TenantTx {
    fn deref_mut(&mut self) -> &mut PooledTx {
        &mut self.tx
    }
}
