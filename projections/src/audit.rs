//! The audit trail: not a copy but the log itself, asked by person, action, thing and time.
//!
//! Lists go backwards through the tenant's positions, a bounded number of them a page; what a thing was before and after
//! an event is folded on request.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use quittance_domain::ids::UserId;
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{Postgres, QueryBuilder};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::history::{Change, around, changes};
use crate::logged;
use crate::logged::Logged;
use crate::page::{Cursor, Page, PageOf, QueryError, list_name};
use crate::source::head;
use crate::user;

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
    #[schema(value_type = Option<Object>)]
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

/// How many entries a filter finds, and of whom and of what kind they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct AuditTotals {
    pub entries: i64,
    /// The most frequent first.
    pub by_action: Vec<ActionTotal>,
    /// The busiest first.
    pub by_actor: Vec<ActorTotal>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ActionTotal {
    pub action: String,
    pub entity: String,
    pub entries: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ActorTotal {
    pub actor: Uuid,
    pub actor_name: Option<String>,
    pub entries: i64,
}

/// Positions that totals go through at most.
pub const TOTALS_MAX: i64 = 500_000;

/// `None` where more of the log would be gone through than one question may.
pub async fn totals(tx: &mut TenantTx, filter: &AuditFilter) -> Result<Option<AuditTotals>, QueryError> {
    let Span { after, last } = span(tx, filter).await?;
    if filter.entity_id.is_none() && last - after > TOTALS_MAX {
        return Ok(None);
    }
    let mut query = QueryBuilder::new("select e.event_type, e.aggregate_type, e.actor_id, count(*) from es.events e where e.tenant_id = ");
    query.push_bind(tx.tenant().0);
    query.push(" and e.position > ").push_bind(after).push(" and e.position <= ").push_bind(last);
    conditions(&mut query, filter);
    query.push(" group by 1, 2, 3");
    let counted: Vec<(String, String, Uuid, i64)> = query.build_query_as().fetch_all(&mut **tx).await?;
    let (mut actions, mut actors) = (BTreeMap::<(String, String), i64>::new(), BTreeMap::<Uuid, i64>::new());
    for (action, entity, actor, entries) in counted {
        *actions.entry((action, entity)).or_default() += entries;
        *actors.entry(actor).or_default() += entries;
    }
    let names = user::names(tx, &actors.keys().copied().map(UserId).collect::<Vec<_>>()).await?;
    let mut totals = AuditTotals { entries: actors.values().sum(), ..AuditTotals::default() };
    totals.by_action.extend(actions.into_iter().map(|((action, entity), entries)| ActionTotal { action, entity, entries }));
    let named = |(actor, entries)| ActorTotal { actor, actor_name: names.get(&UserId(actor)).cloned(), entries };
    totals.by_actor.extend(actors.into_iter().map(named));
    totals.by_action.sort_by_key(|total| Reverse(total.entries));
    totals.by_actor.sort_by_key(|total| Reverse(total.entries));
    Ok(Some(totals))
}

const ENTRIES: &str = "\
    select e.position, e.recorded_at, e.actor_id as actor, u.name as actor_name, e.event_type as action, e.aggregate_type as entity, \
           e.aggregate_id as entity_id, e.sequence as version, \
           (select coalesce(p.value ->> 'reason', p.value ->> 'comment', p.value ->> 'because') from json_each(e.payload) p limit 1) as why, \
           e.metadata ->> 'channel' as channel, e.metadata ->> 'client_address' as client_address, e.metadata ->> 'request_id' as request_id, \
           e.command_id, e.correlation_id, e.causation_id \
      from es.events e left join users u on u.tenant_id = e.tenant_id and u.user_id = e.actor_id \
     where e.tenant_id = ";

/// Positions that one page goes through at most: a filter that nothing fits does not walk the whole log. The page may be
/// short then, or empty; its cursor goes on where it ended.
pub const REACH: i64 = 50_000;

/// The newest first; `position` in the page's sort turns it round.
pub async fn list(tx: &mut TenantTx, filter: &AuditFilter, page: &Page) -> Result<PageOf<AuditEntry>, QueryError> {
    list_within(tx, filter, page, REACH).await
}

/// The same with another reach.
pub async fn list_within(tx: &mut TenantTx, filter: &AuditFilter, page: &Page, reach: i64) -> Result<PageOf<AuditEntry>, QueryError> {
    let down = match page.sort.as_deref().unwrap_or("-position") {
        "-position" => true,
        "position" => false,
        other => return Err(QueryError::SortUnknown { given: other.to_owned(), known: "position".to_owned() }),
    };
    let direction = if down { " desc" } else { "" };
    let list = list_name("audit", filter, direction);
    let all = span(tx, filter).await?.without(page, &list, down)?;
    // Of one thing there is an index: its entries lie side by side.
    let looked_at = if filter.entity_id.is_some() { all } else { all.nearest(reach, down) };
    let mut query = QueryBuilder::new(ENTRIES);
    query.push_bind(tx.tenant().0);
    query.push(" and e.position > ").push_bind(looked_at.after).push(" and e.position <= ").push_bind(looked_at.last);
    conditions(&mut query, filter);
    if filter.entity_id.is_some()
        && let Some(cursor) = &page.cursor
    {
        // Deep pages begin where the one before has ended.
        let version: i64 = Cursor::decode(cursor, &list)?.1.parse().map_err(|_| QueryError::CursorInvalid)?;
        query.push(if down { " and e.sequence < " } else { " and e.sequence > " }).push_bind(version);
    }
    query.push(if filter.entity_id.is_some() { " order by e.sequence" } else { " order by e.position" });
    query.push(direction).push(" limit ").push_bind(page.limit() as i64 + 1);
    let mut data: Vec<AuditEntry> = query.build_query_as().fetch_all(&mut **tx).await?;
    let more = data.len() > page.limit();
    data.truncate(page.limit());
    let end = match data.last().filter(|_| more) {
        Some(entry) => Some((entry.position, entry.version)),
        None if looked_at == all => None,
        None => Some((if down { looked_at.after + 1 } else { looked_at.last }, 0)),
    };
    let next_cursor = end.map(|(position, version)| Cursor::new(position.to_string(), version.to_string(), &list).encode());
    Ok(PageOf { data, next_cursor })
}

/// Positions: those behind `after`, up to `last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    after: i64,
    last: i64,
}

impl Span {
    /// What is left behind the page's cursor.
    fn without(self, page: &Page, list: &str, down: bool) -> Result<Self, QueryError> {
        let Some(cursor) = &page.cursor else { return Ok(self) };
        let (position, _) = Cursor::decode(cursor, list)?;
        let position: i64 = position.parse().map_err(|_| QueryError::CursorInvalid)?;
        Ok(match down {
            true => Self { last: self.last.min(position - 1), ..self },
            false => Self { after: self.after.max(position), ..self },
        })
    }

    /// Where reading begins.
    fn nearest(self, reach: i64, down: bool) -> Self {
        match down {
            true => Self { after: self.after.max(self.last - reach), ..self },
            false => Self { last: self.last.min(self.after + reach), ..self },
        }
    }
}

/// Where the filter's times lie in the log: what was recorded later stands later.
async fn span(tx: &mut TenantTx, filter: &AuditFilter) -> sqlx::Result<Span> {
    let after = match filter.from {
        Some(from) => last_before(tx, from).await?,
        None => 0,
    };
    let last = match filter.to {
        Some(to) => last_before(tx, to).await?,
        None => head(tx).await?,
    };
    Ok(Span { after, last })
}

/// The last position that was recorded before `at`: halving, some twenty events are looked at.
async fn last_before(tx: &mut TenantTx, at: DateTime<Utc>) -> sqlx::Result<i64> {
    // Not a join: planned while the log was empty, it would go through all of it.
    let query = "with recursive halving (low, high) as ( \
                   select 0::bigint, position from es.log_heads where tenant_id = $1 \
                   union all \
                   select case when m.before then m.middle else h.low end, case when m.before then h.high else m.middle - 1 end \
                     from halving h, lateral (select (h.low + h.high + 1) / 2 as middle, (select e.recorded_at < $2 from es.events e \
                            where e.tenant_id = $1 and e.position = (h.low + h.high + 1) / 2) as before) m \
                    where h.low < h.high) \
                 select low from halving where low >= high";
    let tenant = tx.tenant();
    let found: Option<i64> = sqlx::query_scalar(query).bind(tenant.0).bind(at).fetch_optional(&mut **tx).await?;
    Ok(found.unwrap_or_default())
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
}

/// One entry with the entity before and after it.
pub async fn get(tx: &mut TenantTx, position: i64) -> Result<Option<AuditDetail>, QueryError> {
    let tenant = tx.tenant();
    let mut query = QueryBuilder::new(ENTRIES);
    query.push_bind(tenant.0).push(" and e.position = ").push_bind(position);
    let Some(entry) = query.build_query_as::<AuditEntry>().fetch_optional(&mut **tx).await? else { return Ok(None) };
    let event: Logged = sqlx::query_as(logged!("position = $2")).bind(tenant.0).bind(position).fetch_one(&mut **tx).await?;
    let Some((before, after)) = around(tx, entry.entity_id, entry.version).await? else { return Ok(None) };
    let changes = changes(&before, &after.state);
    let after = after.state;
    Ok(Some(AuditDetail { data: event.data()?, entry, before, after, changes }))
}
