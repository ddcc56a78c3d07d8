//! Judges a tenant's log from the outside: dense, in order, hashed as written, its unique facts as its events say.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use quittance_domain::Root;
use quittance_domain::ids::TenantId;
use quittance_domain::item::{Item, ItemEvent, sku_key};
use quittance_infrastructure::event_store::{Leaf, content_digest, leaf_hash};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A row of es.events, as stored.
#[derive(Clone, Debug, FromRow)]
pub struct Stored {
    pub position: i64,
    pub aggregate_type: String,
    pub aggregate_id: Uuid,
    pub sequence: i64,
    pub event_type: String,
    pub event_version: i16,
    pub payload: String,
    pub metadata: String,
    pub actor_id: Uuid,
    pub command_id: Option<Uuid>,
    pub correlation_id: Uuid,
    pub causation_id: Option<Uuid>,
    pub recorded_at: DateTime<Utc>,
    pub leaf_hash: Vec<u8>,
}

/// The tenant's log after `position`, in order.
pub async fn log_after(connection: &mut PgConnection, tenant: TenantId, position: i64) -> sqlx::Result<Vec<Stored>> {
    let query = "select position, aggregate_type, aggregate_id, sequence, event_type, event_version, payload::text, metadata::text, \
                        actor_id, command_id, correlation_id, causation_id, recorded_at, leaf_hash \
                   from es.events where tenant_id = $1 and position > $2 order by position";
    sqlx::query_as(query).bind(tenant.0).bind(position).fetch_all(connection).await
}

/// Judges the whole log and answers it. `connection` sees every row.
pub async fn judged(connection: &mut PgConnection, tenant: TenantId) -> Vec<Stored> {
    let log = log_after(connection, tenant, 0).await.expect("a log");
    let head: i64 = sqlx::query_scalar("select position from es.log_heads where tenant_id = $1")
        .bind(tenant.0)
        .fetch_one(&mut *connection)
        .await
        .expect("a head");
    assert_eq!(head, log.len() as i64, "the head is the last position");
    let mut sequences: BTreeMap<Uuid, i64> = BTreeMap::new();
    for (event, position) in log.iter().zip(1..) {
        assert_eq!(event.position, position, "positions are dense");
        let sequence = sequences.entry(event.aggregate_id).or_default();
        *sequence += 1;
        assert_eq!(event.sequence, *sequence, "sequences are dense and in the order of positions");
        assert_eq!(event.leaf_hash, leaf_of(tenant, event), "position {position} is hashed as written");
    }
    assert!(log.is_sorted_by_key(|event| event.recorded_at), "recorded_at never goes back");
    log
}

fn leaf_of(tenant: TenantId, event: &Stored) -> [u8; 32] {
    let digest = content_digest(&Leaf {
        aggregate_type: &event.aggregate_type,
        aggregate_id: event.aggregate_id,
        sequence: event.sequence,
        event_type: &event.event_type,
        event_version: event.event_version,
        payload: &event.payload,
        metadata: &event.metadata,
        actor: event.actor_id,
        command_id: event.command_id,
        correlation_id: event.correlation_id,
        causation_id: event.causation_id,
    });
    leaf_hash(tenant, event.position, event.recorded_at, &digest)
}

/// The unique facts that are held are those of the items as their events left them.
pub async fn facts_follow_from_items(connection: &mut PgConnection, tenant: TenantId, log: &[Stored]) {
    let mut streams: BTreeMap<Uuid, Vec<ItemEvent>> = BTreeMap::new();
    for event in log.iter().filter(|e| e.aggregate_type == "item") {
        streams.entry(event.aggregate_id).or_default().push(serde_json::from_str(&event.payload).expect("an item's event"));
    }
    let items = streams.into_iter().map(|(id, events)| (Item::replay(events), id));
    let expected: BTreeSet<(String, Uuid)> = items.map(|(item, id)| (sku_key(&item.card().expect("a created item").sku), id)).collect();
    let held: Vec<(String, Uuid)> = sqlx::query_as("select key, aggregate_id from es.unique_keys where tenant_id = $1")
        .bind(tenant.0)
        .fetch_all(connection)
        .await
        .expect("facts");
    assert_eq!(held.into_iter().collect::<BTreeSet<_>>(), expected, "facts are as the events say");
}
