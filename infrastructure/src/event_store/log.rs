//! The application's event log, on Postgres. Each read is one round trip that also names its tenant.

use quittance_application::ports::{AppendError, Appended, EventLog, FirstAnswer, Later, StoredEvent, StoredSnapshot, Stream, Write};
use quittance_domain::Claim;
use quittance_domain::approval::Deed;
use quittance_domain::ids::{TenantId, UserId};
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::committer::Committer;
use crate::database::Database;

pub struct PostgresLog {
    database: Database,
    committer: Committer,
}

impl PostgresLog {
    pub fn new(database: Database, committer: Committer) -> Self {
        Self { database, committer }
    }

    async fn stream(&self, tenant: TenantId, aggregate_id: Uuid, state_version: i32) -> sqlx::Result<Stream> {
        let query = "select sequence, position, event_type, event_version, body from es.load($1, $2, $3)";
        let rows = sqlx::query(query).bind(tenant.0).bind(aggregate_id).bind(state_version).fetch_all(&self.database.hot).await?;
        stream_of(&rows)
    }

    async fn answer(&self, tenant: TenantId, command_id: Uuid) -> anyhow::Result<Option<FirstAnswer>> {
        let query = "select reply, request_hash, last_position from es.first_answer($1, $2)";
        let Some(row) = sqlx::query(query).bind(tenant.0).bind(command_id).fetch_optional(&self.database.hot).await? else {
            return Ok(None);
        };
        #[derive(serde::Deserialize)]
        struct Reply {
            id: Uuid,
            version: i64,
        }
        let reply: Reply = serde_json::from_str(&row.try_get::<String, _>("reply")?)?;
        Ok(Some(FirstAnswer {
            id: reply.id,
            version: reply.version,
            position: row.try_get("last_position")?,
            request_hash: row.try_get("request_hash")?,
        }))
    }

    async fn holding(&self, tenant: TenantId, claims: &[Claim]) -> sqlx::Result<Vec<Option<Uuid>>> {
        let keys: Vec<&str> = claims.iter().map(|claim| claim.key.as_str()).collect();
        let days: Vec<Option<chrono::NaiveDate>> = claims.iter().map(|claim| claim.on).collect();
        let query = sqlx::query_scalar("select * from es.holders($1, $2, $3, $4)");
        query.bind(tenant.0).bind(keys).bind(days).bind(Claim::WINDOW_DAYS).fetch_all(&self.database.hot).await
    }

    async fn unchanged(&self, tenant: TenantId, sequences: Vec<(Uuid, i64)>) -> sqlx::Result<bool> {
        let (aggregates, sequences): (Vec<Uuid>, Vec<i64>) = sequences.into_iter().unzip();
        let query = sqlx::query_scalar("select es.unchanged($1, $2, $3)");
        query.bind(tenant.0).bind(aggregates).bind(sequences).fetch_one(&self.database.hot).await
    }

    async fn done_to(&self, tenant: TenantId, aggregates: &[Uuid]) -> sqlx::Result<Vec<Deed>> {
        let mut tx = self.database.read(tenant).await?;
        let query =
            "select event_type, actor_id, recorded_at from es.events where tenant_id = $1 and aggregate_id = any ($2) order by position";
        let rows = sqlx::query(query).bind(tenant.0).bind(aggregates).fetch_all(&mut *tx).await?;
        let deed = |row: &PgRow| {
            let by = UserId(row.try_get("actor_id")?);
            Ok(Deed { event_type: row.try_get("event_type")?, by, at: row.try_get("recorded_at")? })
        };
        rows.iter().map(deed).collect()
    }

    async fn version(&self, tenant: TenantId, aggregate_id: Uuid, position: i64) -> sqlx::Result<i64> {
        let query = "select coalesce((select sequence from es.events where tenant_id = $1 and aggregate_id = $2 and position <= $3 \
                                       order by sequence desc limit 1), 0)";
        let mut tx = self.database.read(tenant).await?;
        sqlx::query_scalar(query).bind(tenant.0).bind(aggregate_id).bind(position).fetch_one(&mut *tx).await
    }

    async fn open(&self, tenant: TenantId) -> anyhow::Result<()> {
        use sqlx::{ConnectOptions, Connection};
        let mut connection = self.database.committer().connect().await?;
        sqlx::query("select es.open_log($1)").bind(tenant.0).execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }
}

/// The rows of `es.load`: an aggregate's events, after its snapshot where there is one.
pub fn stream_of(rows: &[PgRow]) -> sqlx::Result<Stream> {
    let mut stream = Stream::default();
    for row in rows {
        match row.try_get::<Option<String>, _>("event_type")? {
            None => stream.snapshot = Some(snapshot(row)?),
            Some(event_type) => stream.events.push(event(row, event_type)?),
        }
    }
    Ok(stream)
}

fn snapshot(row: &PgRow) -> sqlx::Result<StoredSnapshot> {
    Ok(StoredSnapshot { sequence: row.try_get("sequence")?, position: row.try_get("position")?, state: row.try_get("body")? })
}

fn event(row: &PgRow, event_type: String) -> sqlx::Result<StoredEvent> {
    Ok(StoredEvent {
        sequence: row.try_get("sequence")?,
        position: row.try_get("position")?,
        event_type,
        event_version: row.try_get("event_version")?,
        payload: row.try_get("body")?,
    })
}

impl EventLog for PostgresLog {
    fn load(&self, tenant: TenantId, aggregate_id: Uuid, state_version: i32) -> Later<'_, Result<Stream, String>> {
        Box::pin(async move { self.stream(tenant, aggregate_id, state_version).await.map_err(|e| e.to_string()) })
    }

    fn version_at(&self, tenant: TenantId, aggregate_id: Uuid, position: i64) -> Later<'_, Result<i64, String>> {
        Box::pin(async move { self.version(tenant, aggregate_id, position).await.map_err(|e| e.to_string()) })
    }

    fn still_at(&self, tenant: TenantId, sequences: Vec<(Uuid, i64)>) -> Later<'_, Result<bool, String>> {
        Box::pin(async move { self.unchanged(tenant, sequences).await.map_err(|e| e.to_string()) })
    }

    fn append(&self, write: Write) -> Later<'_, Result<Appended, AppendError>> {
        Box::pin(self.committer.append(write))
    }

    fn first_answer(&self, tenant: TenantId, command_id: Uuid) -> Later<'_, Result<Option<FirstAnswer>, String>> {
        Box::pin(async move { self.answer(tenant, command_id).await.map_err(|e| e.to_string()) })
    }

    fn holder<'a>(&'a self, tenant: TenantId, key: &'a str) -> Later<'a, Result<Option<Uuid>, String>> {
        let query = sqlx::query_scalar::<_, Option<Uuid>>("select es.holder($1, $2)").bind(tenant.0).bind(key);
        Box::pin(async move { query.fetch_one(&self.database.hot).await.map_err(|e| e.to_string()) })
    }

    fn holders(&self, tenant: TenantId, claims: Vec<Claim>) -> Later<'_, Result<Vec<Option<Uuid>>, String>> {
        Box::pin(async move { self.holding(tenant, &claims).await.map_err(|e| e.to_string()) })
    }

    fn deeds(&self, tenant: TenantId, aggregates: Vec<Uuid>) -> Later<'_, Result<Vec<Deed>, String>> {
        Box::pin(async move { self.done_to(tenant, &aggregates).await.map_err(|e| e.to_string()) })
    }

    fn open_tenant(&self, tenant: TenantId) -> Later<'_, Result<(), String>> {
        Box::pin(async move { self.open(tenant).await.map_err(|e| e.to_string()) })
    }
}
