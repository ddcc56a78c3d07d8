//! Time travel: any aggregate as it was at a version or at a moment, folded from its events, and what changed between.
//!
//! A fold holds one page of events at a time, and goes on from a snapshot where its kind has them.

use chrono::{DateTime, Utc};
use quittance_infrastructure::database::TenantTx;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::logged;
use crate::logged::{Folding, Kind, Logged};
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
    #[schema(value_type = Option<Value>)]
    pub before: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub after: Option<Value>,
}

/// `None` where the aggregate is unknown or has no such version.
pub async fn at_version(tx: &mut TenantTx, id: Uuid, version: i64) -> Result<Option<Version>, QueryError> {
    let past = Past::until(tx, id, Until::Version(version)).await?;
    Ok(past.map(|past| past.version()).transpose()?.flatten().filter(|found| found.version == version))
}

/// As it was at `at`; `None` where it did not exist yet.
pub async fn at_time(tx: &mut TenantTx, id: Uuid, at: DateTime<Utc>) -> Result<Option<Version>, QueryError> {
    let past = Past::until(tx, id, Until::Time(at)).await?;
    past.map(|past| past.version()).transpose().map(Option::flatten)
}

/// As it is now.
pub async fn latest(tx: &mut TenantTx, id: Uuid) -> Result<Option<Version>, QueryError> {
    at_time(tx, id, DateTime::<Utc>::MAX_UTC).await
}

/// What it was before one of its events, null where that began it, and what it was after.
pub async fn around(tx: &mut TenantTx, id: Uuid, version: i64) -> Result<Option<(Value, Version)>, QueryError> {
    let Some(mut past) = Past::until(tx, id, Until::Version(version - 1)).await? else { return Ok(None) };
    let before = past.version()?.map(|found| found.state).unwrap_or_default();
    past.goes_on(tx, Until::Version(version)).await?;
    Ok(past.version()?.filter(|found| found.version == version).map(|after| (before, after)))
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

/// Events in memory at a time, however long a history is.
const PAGE: i64 = 500;

/// How far a history is folded.
#[derive(Clone, Copy)]
enum Until {
    Version(i64),
    Time(DateTime<Utc>),
}

impl Until {
    fn holds(self, event: &Logged) -> bool {
        match self {
            Self::Version(version) => event.sequence <= version,
            Self::Time(at) => event.recorded_at <= at,
        }
    }

    /// As bounds of a sequence and of a time.
    fn bounds(self) -> (i64, Option<DateTime<Utc>>) {
        match self {
            Self::Version(version) => (version, None),
            Self::Time(at) => (i64::MAX, Some(at).filter(|at| *at < DateTime::<Utc>::MAX_UTC)),
        }
    }
}

/// An aggregate folded up to one of its events: from a snapshot where one is early enough, else from the first.
struct Past {
    id: Uuid,
    state: Box<dyn Folding>,
    last: Option<Logged>,
}

impl Past {
    async fn until(tx: &mut TenantTx, id: Uuid, until: Until) -> Result<Option<Self>, QueryError> {
        let tenant = tx.tenant();
        let first = logged!("aggregate_id = $2 and sequence = 1");
        let first: Option<Logged> = sqlx::query_as(first).bind(tenant.0).bind(id).fetch_optional(&mut **tx).await?;
        let Some(first) = first else { return Ok(None) };
        let kind = Kind::named(&first.aggregate_type)?;
        let mut past = Self { id, state: kind.folding(), last: None };
        past.begins_with_a_snapshot(tx, kind, until).await?;
        past.goes_on(tx, until).await?;
        Ok(Some(past))
    }

    /// Whatever is wrong with a snapshot, the events are the truth.
    async fn begins_with_a_snapshot(&mut self, tx: &mut TenantTx, kind: Kind, until: Until) -> Result<(), QueryError> {
        let query = "select s.sequence, s.state from es.snapshots s \
                      where s.tenant_id = $1 and s.aggregate_id = $2 and s.state_version = $3 and s.sequence <= $4 \
                        and ($5::timestamptz is null or $5 >= (select e.recorded_at from es.events e \
                              where e.tenant_id = $1 and e.aggregate_id = $2 and e.sequence = s.sequence))";
        let Some(state_version) = kind.snapshots() else { return Ok(()) };
        let (tenant, (sequence, at)) = (tx.tenant(), until.bounds());
        let query = sqlx::query_as(query).bind(tenant.0).bind(self.id).bind(state_version).bind(sequence).bind(at);
        let found: Option<(i64, String)> = query.fetch_optional(&mut **tx).await?;
        if let Some((sequence, state)) = found
            && self.state.become_snapshot(&state)
        {
            let its = logged!("aggregate_id = $2 and sequence = $3");
            self.last = Some(sqlx::query_as(its).bind(tenant.0).bind(self.id).bind(sequence).fetch_one(&mut **tx).await?);
        }
        Ok(())
    }

    async fn goes_on(&mut self, tx: &mut TenantTx, until: Until) -> Result<(), QueryError> {
        let query = logged!("aggregate_id = $2 and sequence > $3 order by sequence limit $4");
        let tenant = tx.tenant();
        loop {
            let page = sqlx::query_as(query).bind(tenant.0).bind(self.id).bind(self.sequence()).bind(PAGE);
            let page: Vec<Logged> = page.fetch_all(&mut **tx).await?;
            let whole = page.len() as i64 == PAGE;
            for event in page {
                if !until.holds(&event) {
                    return Ok(());
                }
                self.on(event)?;
            }
            if !whole {
                return Ok(());
            }
        }
    }

    fn sequence(&self) -> i64 {
        self.last.as_ref().map_or(0, |last| last.sequence)
    }

    fn on(&mut self, event: Logged) -> Result<(), QueryError> {
        let expected = self.sequence() + 1;
        if event.sequence != expected {
            return Err(QueryError::Corrupt(format!("version {expected} of {} is missing", event.aggregate_id)));
        }
        self.state.on(&event)?;
        self.last = Some(event);
        Ok(())
    }

    fn version(&self) -> Result<Option<Version>, QueryError> {
        let Some(last) = &self.last else { return Ok(None) };
        Ok(Some(Version {
            id: last.aggregate_id,
            kind: last.aggregate_type.clone(),
            version: last.sequence,
            position: last.position,
            recorded_at: last.recorded_at,
            action: last.event_type.clone(),
            actor: last.actor_id,
            state: self.state.told()?,
        }))
    }
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
