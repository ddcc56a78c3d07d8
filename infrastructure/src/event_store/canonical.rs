//! The canonical bytes of an event, version 1, and its leaf in the tenant's Merkle tree (RFC 9162).
//!
//! `content = fields, each preceded by its length as u64 big-endian`, in the order of [`content_digest`];
//! `leaf = SHA-256(0x00 ‖ 0x01 ‖ tenant ‖ position ‖ recorded_at in µs ‖ SHA-256(content))`, integers big-endian.
//! The writer computes the digest; the database adds what only it knows. Absent ids are empty fields.

use chrono::{DateTime, Utc};
use quittance_application::ports::{NewEvent, Write};
use quittance_domain::ids::TenantId;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Everything that a leaf covers, except its place in the log.
pub struct Leaf<'a> {
    pub aggregate_type: &'a str,
    pub aggregate_id: Uuid,
    pub sequence: i64,
    pub event_type: &'a str,
    pub event_version: i16,
    pub payload: &'a str,
    pub metadata: &'a str,
    pub actor: Uuid,
    pub command_id: Option<Uuid>,
    pub correlation_id: Uuid,
    pub causation_id: Option<Uuid>,
}

impl<'a> Leaf<'a> {
    pub(super) fn of(write: &'a Write, event: &'a NewEvent, first: bool) -> Self {
        Self {
            aggregate_type: event.aggregate_type,
            aggregate_id: event.aggregate_id,
            sequence: event.sequence,
            event_type: event.event_type,
            event_version: event.event_version,
            payload: &event.payload,
            metadata: if first { &write.first_metadata } else { &write.metadata },
            actor: write.actor.0,
            command_id: write.command_id.filter(|_| first),
            correlation_id: write.correlation_id,
            causation_id: write.causation_id,
        }
    }
}

pub fn content_digest(leaf: &Leaf<'_>) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut field = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    let optional = |id: &Option<Uuid>| id.map(|id| id.as_bytes().to_vec()).unwrap_or_default();
    field(leaf.aggregate_type.as_bytes());
    field(leaf.aggregate_id.as_bytes());
    field(&leaf.sequence.to_be_bytes());
    field(leaf.event_type.as_bytes());
    field(&leaf.event_version.to_be_bytes());
    field(leaf.payload.as_bytes());
    field(leaf.metadata.as_bytes());
    field(leaf.actor.as_bytes());
    field(&optional(&leaf.command_id));
    field(leaf.correlation_id.as_bytes());
    field(&optional(&leaf.causation_id));
    hash.finalize().into()
}

pub fn leaf_hash(tenant: TenantId, position: i64, recorded_at: DateTime<Utc>, digest: &[u8; 32]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update([0x00, 0x01]);
    hash.update(tenant.0.as_bytes());
    hash.update(position.to_be_bytes());
    hash.update(recorded_at.timestamp_micros().to_be_bytes());
    hash.update(digest);
    hash.finalize().into()
}
