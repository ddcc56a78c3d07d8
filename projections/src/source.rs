//! Reading the log in order, without gaps: a reader that finds one stops loudly.

use quittance_domain::time_zone::TimeZone;
use quittance_infrastructure::database::TenantTx;
use sqlx::Row;
use sqlx::postgres::PgRow;

use crate::fact::{Fact, Recorded};
use crate::projector::ProjectionError;

/// A batch ends with the event that reaches this, however few those are. As they are stored, compressed: what is decoded of them takes
/// a multiple of it.
const BATCH_BYTES: i64 = 4 << 20;

macro_rules! events {
    ($those:literal) => {
        concat!(
            "select position, recorded_at, aggregate_type, aggregate_id, sequence, event_type, event_version, payload::text as payload, \
                    actor_id, metadata ->> 'time_zone' as time_zone \
               from (select *, sum(pg_column_size(payload)) over (order by position rows unbounded preceding) - pg_column_size(payload) as before \
                       from es.events where tenant_id = $1 and position > $2 ",
            $those,
            " order by position limit $3) next where before < $4 order by position"
        )
    };
}

/// The next events of the transaction's tenant, decoded: `limit` of them, fewer where they are large. Positions are contiguous from
/// `after`.
pub async fn next_events(tx: &mut TenantTx, after: i64, limit: i64) -> Result<Vec<Recorded>, ProjectionError> {
    let query = events!("");
    let tenant = tx.tenant();
    let rows = sqlx::query(query).bind(tenant.0).bind(after).bind(limit).bind(BATCH_BYTES).fetch_all(&mut **tx).await?;
    let mut expected = after;
    rows.iter()
        .map(|row| {
            expected += 1;
            recorded(row, expected)
        })
        .collect()
}

/// The next events up to a position of aggregates of these kinds, of all where none is named: they are read in order, and others are
/// left out.
pub async fn events_until(tx: &mut TenantTx, after: i64, upto: i64, kinds: &[&str], limit: i64) -> Result<Vec<Recorded>, ProjectionError> {
    let query = events!("and position <= $5 and (cardinality($6::text[]) = 0 or aggregate_type = any ($6))");
    let tenant = tx.tenant();
    let query = sqlx::query(query).bind(tenant.0).bind(after).bind(limit).bind(BATCH_BYTES).bind(upto).bind(kinds);
    query.fetch_all(&mut **tx).await?.iter().map(|row| recorded(row, row.try_get("position")?)).collect()
}

fn recorded(row: &PgRow, expected: i64) -> Result<Recorded, ProjectionError> {
    let position: i64 = row.try_get("position")?;
    if position != expected {
        return Err(ProjectionError::Gap { expected, found: position });
    }
    let fact =
        Fact::decode(row.try_get("aggregate_type")?, row.try_get("event_type")?, row.try_get("event_version")?, row.try_get("payload")?)
            .map_err(|e| ProjectionError::Poison { position, reason: e.to_string() })?;
    Ok(Recorded {
        position,
        recorded_at: row.try_get("recorded_at")?,
        zone: zone_of(row, position)?,
        aggregate_id: row.try_get("aggregate_id")?,
        sequence: row.try_get("sequence")?,
        actor: row.try_get("actor_id")?,
        fact,
    })
}

/// Nothing is said of companies that keep UTC.
fn zone_of(row: &PgRow, position: i64) -> Result<TimeZone, ProjectionError> {
    let Some(name) = row.try_get::<Option<&str>, _>("time_zone")? else { return Ok(TimeZone::default()) };
    TimeZone::named(name).ok_or_else(|| ProjectionError::Poison { position, reason: format!("there is no time zone {name}") })
}

/// The tenant's head as this transaction sees it.
pub async fn head(tx: &mut TenantTx) -> sqlx::Result<i64> {
    let tenant = tx.tenant();
    let query = sqlx::query_scalar("select position from es.log_heads where tenant_id = $1").bind(tenant.0);
    Ok(query.fetch_optional(&mut **tx).await?.unwrap_or_default())
}
