//! The audit trail: not a copy but the log itself, asked by person, action, thing and time.
//!
//! Lists go backwards through the tenant's positions; what a thing was before and after an event is folded on request.

use chrono::{DateTime, Utc};
use quittance_domain::ids::UserId;
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{Postgres, QueryBuilder};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::history::{Change, at_version, changes};
use crate::logged;
use crate::logged::Logged;
use crate::page::{Cursor, Page, PageOf, QueryError, list_name};

/// Who did what to which thing, when, from where and why.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema, sqlx::FromRow)]
pub struct AuditEntry {
    pub position: i64,
    pub recorded_at: DateTime<Utc>,
    pub actor: Uuid,
    /// Absent while the person is not a user (any more).
    pub actor_name: Option<String>,
    /// The event's type, such as `InvoiceApproved`.
    pub action: String,
    /// `invoice`, `payment`, …
    pub entity: String,
    pub entity_id: Uuid,
    /// The entity's version after it.
    pub version: i64,
    /// The reason or comment that was given.
    pub why: Option<String>,
    /// `rest`, `command_line`, `process_manager`.
    pub channel: Option<String>,
    pub client_address: Option<String>,
    pub request_id: Option<String>,
    pub command_id: Option<Uuid>,
    /// Everything that one request led to has one correlation.
    pub correlation_id: Uuid,
    /// The id of the event that caused this one.
    pub causation_id: Option<Uuid>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AuditDetail {
    #[serde(flatten)]
    pub entry: AuditEntry,
    /// What the event says.
    #[schema(value_type = Object)]
    pub data: Value,
    /// The entity before; null where the event began it.
    #[schema(value_type = Object)]
    pub before: Value,
    #[schema(value_type = Object)]
    pub after: Value,
    pub changes: Vec<Change>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditFilter {
    pub actor: Option<UserId>,
    /// The event's type, such as `InvoiceApproved`.
    pub action: Option<String>,
    /// `invoice`, `payment`, …
    pub entity: Option<String>,
    pub entity_id: Option<Uuid>,
    pub correlation_id: Option<Uuid>,
    pub from: Option<DateTime<Utc>>,
    /// Exclusive.
    pub to: Option<DateTime<Utc>>,
}

const ENTRIES: &str = "\
    select e.position, e.recorded_at, e.actor_id as actor, u.name as actor_name, e.event_type as action, e.aggregate_type as entity, \
           e.aggregate_id as entity_id, e.sequence as version, \
           (select coalesce(p.value ->> 'reason', p.value ->> 'comment', p.value ->> 'because') from json_each(e.payload) p limit 1) as why, \
           e.metadata ->> 'channel' as channel, e.metadata ->> 'client_address' as client_address, e.metadata ->> 'request_id' as request_id, \
           e.command_id, e.correlation_id, e.causation_id \
      from es.events e left join users u on u.tenant_id = e.tenant_id and u.user_id = e.actor_id \
     where e.tenant_id = ";

/// The newest first; `position` in the page's sort turns it round.
pub async fn list(tx: &mut TenantTx, filter: &AuditFilter, page: &Page) -> Result<PageOf<AuditEntry>, QueryError> {
    let (than, direction) = match page.sort.as_deref().unwrap_or("-position") {
        "-position" => (" and e.position < ", " desc"),
        "position" => (" and e.position > ", ""),
        other => return Err(QueryError::SortUnknown { given: other.to_owned(), known: "position".to_owned() }),
    };
    let list = list_name("audit", filter, direction);
    let mut query = QueryBuilder::new(ENTRIES);
    query.push_bind(tx.tenant().0);
    conditions(&mut query, filter);
    if let Some(cursor) = &page.cursor {
        let (position, _) = Cursor::decode(cursor, &list)?;
        query.push(than).push_bind(position.parse::<i64>().map_err(|_| QueryError::CursorInvalid)?);
    }
    query.push(" order by e.position").push(direction).push(" limit ").push_bind(page.limit() as i64 + 1);
    let mut data: Vec<AuditEntry> = query.build_query_as().fetch_all(&mut **tx).await?;
    let more = data.len() > page.limit();
    data.truncate(page.limit());
    let last = data.last().filter(|_| more);
    let next_cursor = last.map(|entry| Cursor::new(entry.position.to_string(), String::new(), &list).encode());
    Ok(PageOf { data, next_cursor })
}

fn conditions<'a>(query: &mut QueryBuilder<'a, Postgres>, filter: &'a AuditFilter) {
    if let Some(actor) = filter.actor {
        query.push(" and e.actor_id = ").push_bind(actor.0);
    }
    if let Some(action) = &filter.action {
        query.push(" and e.event_type = ").push_bind(action);
    }
    if let Some(entity) = &filter.entity {
        query.push(" and e.aggregate_type = ").push_bind(entity);
    }
    if let Some(id) = filter.entity_id {
        query.push(" and e.aggregate_id = ").push_bind(id);
    }
    if let Some(correlation) = filter.correlation_id {
        query.push(" and e.correlation_id = ").push_bind(correlation);
    }
    if let Some(from) = filter.from {
        query.push(" and e.recorded_at >= ").push_bind(from);
    }
    if let Some(to) = filter.to {
        query.push(" and e.recorded_at < ").push_bind(to);
    }
}

/// One entry with the entity before and after it.
pub async fn get(tx: &mut TenantTx, position: i64) -> Result<Option<AuditDetail>, QueryError> {
    let tenant = tx.tenant();
    let mut query = QueryBuilder::new(ENTRIES);
    query.push_bind(tenant.0).push(" and e.position = ").push_bind(position);
    let Some(entry) = query.build_query_as::<AuditEntry>().fetch_optional(&mut **tx).await? else { return Ok(None) };
    let event: Logged = sqlx::query_as(logged!("position = $2")).bind(tenant.0).bind(position).fetch_one(&mut **tx).await?;
    let before = at_version(tx, entry.entity_id, entry.version - 1).await?.map(|v| v.state).unwrap_or_default();
    let after = at_version(tx, entry.entity_id, entry.version).await?.map(|v| v.state).unwrap_or_default();
    let changes = changes(&before, &after);
    Ok(Some(AuditDetail { data: event.data()?, entry, before, after, changes }))
}
