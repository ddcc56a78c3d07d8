//! Events for others: ordered, without gaps, as a published contract that is apart from what is stored.

use chrono::{DateTime, Utc};
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

/// An event as the world may know it: CloudEvents 1.0, structured mode.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Published {
    #[schema(value_type = String, example = "1.0")]
    pub specversion: &'static str,
    /// Follows from the tenant and the position: the same event always has the same id.
    pub id: Uuid,
    /// `/quittance/{tenant}`.
    pub source: String,
    /// `quittance.<aggregate>.<event>.v1`.
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
    #[schema(value_type = Object)]
    pub data: Value,
}

impl Published {
    /// The one mapping from what is stored to what is published.
    pub fn of(tenant: TenantId, event: &Logged) -> Result<Self, QueryError> {
        Ok(Self {
            specversion: "1.0",
            id: event_id(tenant, event.position),
            source: format!("/quittance/{tenant}"),
            r#type: published_type(&event.aggregate_type, &event.event_type),
            subject: event.aggregate_id.to_string(),
            time: event.recorded_at,
            datacontenttype: "application/json",
            sequence: format!("{:020}", event.position),
            partitionkey: event.aggregate_id.to_string(),
            data: published_data(event.data()?),
        })
    }
}

/// `invoice` and `InvoicePaymentClaimed` give `quittance.invoice.payment_claimed.v1`.
fn published_type(aggregate: &str, event: &str) -> String {
    let event = snake(event);
    let event = event.strip_prefix(aggregate).map_or(event.as_str(), |rest| rest.trim_start_matches('_'));
    format!("quittance.{aggregate}.{event}.v1")
}

fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for (index, c) in name.chars().enumerate() {
        if c.is_uppercase() && index > 0 {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

/// Without what only the engine understands: the keys by which duplicates are found.
fn published_data(mut data: Value) -> Value {
    if let Value::Object(members) = &mut data {
        members.remove("vendor_keys");
    }
    data
}

/// The events after a position, in order and without a gap, at most `limit`.
pub async fn events_after(tx: &mut TenantTx, after: i64, limit: i64) -> Result<Vec<Published>, QueryError> {
    let tenant = tx.tenant();
    let query = logged!("position > $2 order by position limit $3");
    let events: Vec<Logged> = sqlx::query_as(query).bind(tenant.0).bind(after.max(0)).bind(limit).fetch_all(&mut **tx).await?;
    for (expected, event) in (after.max(0) + 1..).zip(&events) {
        if event.position != expected {
            return Err(QueryError::Corrupt(format!("event {expected} is missing: the next one is {}", event.position)));
        }
    }
    events.iter().map(|event| Published::of(tenant, event)).collect()
}
