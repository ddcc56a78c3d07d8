//! Time travel: any aggregate as it was at a version or at a moment, folded from its events, and what changed between.

use chrono::{DateTime, Utc};
use quittance_infrastructure::database::TenantTx;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::logged;
use crate::logged::{Kind, Logged};
use crate::page::QueryError;

/// An aggregate as it was after one of its events.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Version {
    pub id: Uuid,
    /// `invoice`, `payment`, …
    pub kind: String,
    pub version: i64,
    pub position: i64,
    /// Since when it was so.
    pub recorded_at: DateTime<Utc>,
    /// The event that made it so.
    pub action: String,
    pub actor: Uuid,
    #[schema(value_type = Object)]
    pub state: Value,
}

/// One place that differs between two states.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Change {
    /// JSON pointer.
    pub path: String,
    /// Absent where it was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub before: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub after: Option<Value>,
}

/// `None` where the aggregate is unknown or has no such version.
pub async fn at_version(tx: &mut TenantTx, id: Uuid, version: i64) -> Result<Option<Version>, QueryError> {
    let query = logged!("aggregate_id = $2 and sequence <= $3 order by sequence");
    let tenant = tx.tenant();
    let events: Vec<Logged> = sqlx::query_as(query).bind(tenant.0).bind(id).bind(version).fetch_all(&mut **tx).await?;
    let reached = events.last().is_some_and(|last| last.sequence == version);
    if reached { folded(&events).map(Some) } else { Ok(None) }
}

/// As it was at `at`; `None` where it did not exist yet.
pub async fn at_time(tx: &mut TenantTx, id: Uuid, at: DateTime<Utc>) -> Result<Option<Version>, QueryError> {
    let query = logged!("aggregate_id = $2 and recorded_at <= $3 order by sequence");
    let tenant = tx.tenant();
    let events: Vec<Logged> = sqlx::query_as(query).bind(tenant.0).bind(id).bind(at).fetch_all(&mut **tx).await?;
    if events.is_empty() { Ok(None) } else { folded(&events).map(Some) }
}

/// As it is now.
pub async fn latest(tx: &mut TenantTx, id: Uuid) -> Result<Option<Version>, QueryError> {
    let query = logged!("aggregate_id = $2 order by sequence");
    let tenant = tx.tenant();
    let events: Vec<Logged> = sqlx::query_as(query).bind(tenant.0).bind(id).fetch_all(&mut **tx).await?;
    if events.is_empty() { Ok(None) } else { folded(&events).map(Some) }
}

/// What changed from one version to another; `None` where one of them does not exist. Version 0 is before everything.
pub async fn diff(tx: &mut TenantTx, id: Uuid, from: i64, to: i64) -> Result<Option<Vec<Change>>, QueryError> {
    let Some(after) = at_version(tx, id, to).await? else { return Ok(None) };
    if from == 0 {
        return Ok(Some(changes(&Value::Null, &after.state)));
    }
    let before = at_version(tx, id, from).await?;
    Ok(before.map(|before| changes(&before.state, &after.state)))
}

fn folded(events: &[Logged]) -> Result<Version, QueryError> {
    for (expected, event) in (1..).zip(events) {
        if event.sequence != expected {
            return Err(QueryError::Corrupt(format!("version {expected} of {} is missing", event.aggregate_id)));
        }
    }
    let last = events.last().ok_or_else(|| QueryError::Corrupt("nothing to fold".to_owned()))?;
    Ok(Version {
        id: last.aggregate_id,
        kind: last.aggregate_type.clone(),
        version: last.sequence,
        position: last.position,
        recorded_at: last.recorded_at,
        action: last.event_type.clone(),
        actor: last.actor_id,
        state: Kind::named(&last.aggregate_type)?.state_after(events)?,
    })
}

/// The innermost places that differ: members of objects one by one, lists element by element.
pub fn changes(before: &Value, after: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    compare(String::new(), Some(before), Some(after), &mut found);
    found
}

fn compare(path: String, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Change>) {
    match (before, after) {
        (Some(b), Some(a)) if b == a => {}
        (Some(Value::Object(b)), Some(Value::Object(a))) => members(&path, b, a, found),
        (Some(Value::Array(b)), Some(Value::Array(a))) => {
            for index in 0..b.len().max(a.len()) {
                compare(format!("{path}/{index}"), b.get(index), a.get(index), found);
            }
        }
        _ => found.push(Change { path, before: before.cloned(), after: after.cloned() }),
    }
}

fn members(path: &str, before: &Map<String, Value>, after: &Map<String, Value>, found: &mut Vec<Change>) {
    let new = after.keys().filter(|name| !before.contains_key(*name));
    for name in before.keys().chain(new) {
        let escaped = name.replace('~', "~0").replace('/', "~1");
        compare(format!("{path}/{escaped}"), before.get(name), after.get(name), found);
    }
}
