//! Events for others: ordered, without gaps, as CloudEvents of the published contract.

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use quittance_application::context::event_id;
use quittance_domain::ids::TenantId;
use quittance_infrastructure::database::TenantTx;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::logged;
use crate::logged::Logged;
use crate::page::QueryError;
use crate::published::{published_data, published_type};

/// An event as the world may know it: CloudEvents 1.0, structured mode.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Published {
    #[schema(value_type = String, example = "1.0")]
    pub specversion: &'static str,
    /// Follows from the tenant and the position: the same event always has the same id.
    pub id: Uuid,
    /// `/quittance/{tenant}`.
    pub source: String,
    /// `quittance.<aggregate>.<event>.v<N>`: the version goes up when the data changes.
    #[schema(example = "quittance.invoice.payment_claimed.v1")]
    pub r#type: String,
    /// The aggregate's id.
    pub subject: String,
    pub time: DateTime<Utc>,
    #[schema(value_type = String, example = "application/json")]
    pub datacontenttype: &'static str,
    /// The position in the tenant's log, with leading zeros: the extension wants texts in the order of the events.
    #[schema(example = "00000000000000000042")]
    pub sequence: String,
    /// The aggregate's id: events of one aggregate stay together.
    pub partitionkey: String,
    /// The user who caused it.
    pub actor: Uuid,
    /// The same for everything that followed from one request.
    pub correlation: Uuid,
    /// Where the data can be read when it is too large for a message.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/v1/events?after=41&limit=1")]
    pub dataref: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub data: Option<Value>,
}

impl Published {
    pub fn of(tenant: TenantId, event: &Logged) -> Result<Self, QueryError> {
        let unpublished = || event.corrupt(format!("{} is not in the published contract", event.event_type));
        let fact = event.fact()?;
        Ok(Self {
            specversion: "1.0",
            id: event_id(tenant, event.position),
            source: format!("/quittance/{tenant}"),
            r#type: published_type(&event.event_type).ok_or_else(unpublished)?,
            subject: event.aggregate_id.to_string(),
            time: event.recorded_at,
            datacontenttype: "application/json",
            sequence: format!("{:020}", event.position),
            partitionkey: event.aggregate_id.to_string(),
            actor: event.actor_id,
            correlation: event.correlation_id,
            dataref: None,
            data: Some(published_data(&fact)),
        })
    }

    /// The same event with a reference in place of its data, for couriers with small bags.
    pub fn by_reference(self, position: i64) -> Self {
        let after = position.saturating_sub(1);
        Self { data: None, dataref: Some(format!("/v1/events?after={after}&limit=1")), ..self }
    }
}

/// What was read of the log: events from the asked position on, and why no more could be read where something is wrong.
pub struct Stretch {
    pub events: Vec<Published>,
    pub broken: Option<QueryError>,
}

impl Stretch {
    /// What is readable, or why nothing is.
    pub fn readable(self) -> Result<Vec<Published>, QueryError> {
        match self.broken {
            Some(error) if self.events.is_empty() => Err(error),
            _ => Ok(self.events),
        }
    }
}

/// A page ends after this much payload, however few events that is: what readers hold in memory is bounded.
const STRETCH_BYTES: usize = 8 << 20;

/// The events after a position, in order and without a gap, at most `limit`. One that cannot be read ends the stretch
/// before it, so that it holds up nothing that comes earlier.
pub async fn stretch_after(tx: &mut TenantTx, after: i64, limit: i64) -> sqlx::Result<Stretch> {
    let tenant = tx.tenant();
    let mut stretch = Stretch { events: Vec::new(), broken: None };
    let mut reached = after.max(0);
    for event in logged_after(tx, reached, limit).await? {
        match next_published(tenant, reached, &event) {
            Ok(published) => stretch.events.push(published),
            Err(error) => {
                stretch.broken = Some(error);
                break;
            }
        }
        reached = event.position;
    }
    Ok(stretch)
}

fn next_published(tenant: TenantId, reached: i64, event: &Logged) -> Result<Published, QueryError> {
    // A difference, not a sum: positions go up to the largest number.
    if event.position - reached != 1 {
        return Err(QueryError::Corrupt(format!("after event {reached} comes {}: the log has a gap", event.position)));
    }
    Published::of(tenant, event)
}

async fn logged_after(tx: &mut TenantTx, after: i64, limit: i64) -> sqlx::Result<Vec<Logged>> {
    let tenant = tx.tenant();
    let query = sqlx::query_as::<_, Logged>(logged!("position > $2 order by position limit $3"));
    let mut rows = query.bind(tenant.0).bind(after).bind(limit).fetch(&mut **tx);
    let (mut events, mut bytes) = (Vec::new(), 0);
    while let Some(event) = rows.try_next().await? {
        bytes += event.payload.len();
        events.push(event);
        if bytes >= STRETCH_BYTES {
            break;
        }
    }
    Ok(events)
}

/// The readable events after a position.
pub async fn events_after(tx: &mut TenantTx, after: i64, limit: i64) -> Result<Vec<Published>, QueryError> {
    stretch_after(tx, after, limit).await?.readable()
}
