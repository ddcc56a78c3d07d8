//! The application's event log, on Postgres. Each read is one round trip that also names its tenant.

use chrono::NaiveDate;
use quittance_application::ports::{
    AppendError, Appended, Asked, EventLog, FirstAnswer, Later, StoredEvent, StoredSnapshot, Stream, Unavailable, Write,
};
use quittance_domain::Claim;
use quittance_domain::approval::Deed;
use quittance_domain::ids::{TenantId, UserId};
use sqlx::postgres::PgRow;
use sqlx::{ConnectOptions, Connection, Row};
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
    fn load(&self, tenant: TenantId, aggregate_id: Uuid, state_version: i32) -> Asked<'_, Stream> {
        Box::pin(async move {
            let query = "select sequence, position, event_type, event_version, body from es.load($1, $2, $3)";
            let rows = sqlx::query(query).bind(tenant.0).bind(aggregate_id).bind(state_version).fetch_all(&self.database.hot).await?;
            Ok(stream_of(&rows)?)
        })
    }

    fn version_at(&self, tenant: TenantId, aggregate_id: Uuid, position: i64) -> Asked<'_, i64> {
        Box::pin(async move {
            let query = "select coalesce((select sequence from es.events where tenant_id = $1 and aggregate_id = $2 and position <= $3 \
                                           order by sequence desc limit 1), 0)";
            let mut tx = self.database.read(tenant).await?;
            Ok(sqlx::query_scalar(query).bind(tenant.0).bind(aggregate_id).bind(position).fetch_one(&mut *tx).await?)
        })
    }

    fn still_at(&self, tenant: TenantId, sequences: Vec<(Uuid, i64)>) -> Asked<'_, bool> {
        Box::pin(async move {
            let (aggregates, sequences): (Vec<Uuid>, Vec<i64>) = sequences.into_iter().unzip();
            let query = sqlx::query_scalar("select es.unchanged($1, $2, $3)");
            Ok(query.bind(tenant.0).bind(aggregates).bind(sequences).fetch_one(&self.database.hot).await?)
        })
    }

    fn append(&self, write: Write) -> Later<'_, Result<Appended, AppendError>> {
        Box::pin(self.committer.append(write))
    }

    fn first_answer(&self, tenant: TenantId, command_id: Uuid) -> Asked<'_, Option<FirstAnswer>> {
        Box::pin(async move {
            let query = "select reply, request_hash, last_position from es.first_answer($1, $2)";
            let row = sqlx::query(query).bind(tenant.0).bind(command_id).fetch_optional(&self.database.hot).await?;
            row.map(|row| first_answer(&row)).transpose()
        })
    }

    fn holder<'a>(&'a self, tenant: TenantId, key: &'a str) -> Asked<'a, Option<Uuid>> {
        Box::pin(async move {
            let query = sqlx::query_scalar("select es.holder($1, $2)");
            Ok(query.bind(tenant.0).bind(key).fetch_one(&self.database.hot).await?)
        })
    }

    fn holders(&self, tenant: TenantId, claims: Vec<Claim>) -> Asked<'_, Vec<Option<Uuid>>> {
        Box::pin(async move {
            let keys: Vec<&str> = claims.iter().map(|claim| claim.key.as_str()).collect();
            let days: Vec<Option<NaiveDate>> = claims.iter().map(|claim| claim.on).collect();
            let query = sqlx::query_scalar("select * from es.holders($1, $2, $3, $4)");
            Ok(query.bind(tenant.0).bind(keys).bind(days).bind(Claim::WINDOW_DAYS).fetch_all(&self.database.hot).await?)
        })
    }

    fn deeds(&self, tenant: TenantId, aggregates: Vec<Uuid>) -> Asked<'_, Vec<Deed>> {
        Box::pin(async move {
            let query = "select event_type, actor_id, recorded_at from es.events where tenant_id = $1 and aggregate_id = any ($2) order by position";
            let mut tx = self.database.read(tenant).await?;
            let rows = sqlx::query(query).bind(tenant.0).bind(aggregates).fetch_all(&mut *tx).await?;
            Ok(rows.iter().map(deed).collect::<sqlx::Result<_>>()?)
        })
    }

    fn open_tenant(&self, tenant: TenantId) -> Asked<'_, ()> {
        Box::pin(async move {
            let mut connection = self.database.committer().connect().await?;
            sqlx::query("select es.open_log($1)").bind(tenant.0).execute(&mut connection).await?;
            Ok(connection.close().await?)
        })
    }
}

fn first_answer(row: &PgRow) -> Result<FirstAnswer, Unavailable> {
    #[derive(serde::Deserialize)]
    struct Reply {
        id: Uuid,
        version: i64,
    }
    let Reply { id, version } = serde_json::from_str(&row.try_get::<String, _>("reply")?)?;
    Ok(FirstAnswer { id, version, position: row.try_get("last_position")?, request_hash: row.try_get("request_hash")? })
}

fn deed(row: &PgRow) -> sqlx::Result<Deed> {
    let by = UserId(row.try_get("actor_id")?);
    Ok(Deed { event_type: row.try_get("event_type")?, by, at: row.try_get("recorded_at")? })
}
