//! Who asks, when, through which door: everything about a command that is not the command itself.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::aggregate::derived_id;
use quittance_domain::ids::{CommandId, TenantId, UserId};
use quittance_domain::time_zone::TimeZone;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// The door a command came in by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Rest,
    CommandLine,
    ProcessManager,
    /// A signed link, opened without a session.
    DecisionLink,
    /// A message that a provider signed.
    Webhook,
}

#[derive(Clone, Debug)]
pub struct Context {
    pub tenant: TenantId,
    pub actor: UserId,
    pub now: DateTime<Utc>,
    /// Where the company keeps its calendar.
    pub zone: TimeZone,
    pub channel: Channel,
    /// From the `Idempotency-Key`, or derived by a process manager. A repeat finds its answer by this.
    pub command_id: Option<CommandId>,
    /// SHA-256 of the request, hex: the same key with another body is refused.
    pub request_hash: Option<String>,
    pub correlation_id: Uuid,
    /// The event that caused this command, if one did.
    pub causation_id: Option<Uuid>,
    /// The version that the caller saw (`If-Match`).
    pub expected_version: Option<i64>,
    pub client_address: Option<String>,
    pub request_id: Option<String>,
    pub trace_parent: Option<String>,
}

impl Context {
    pub fn new(tenant: TenantId, actor: UserId, now: DateTime<Utc>, zone: TimeZone, channel: Channel, correlation_id: Uuid) -> Self {
        Self {
            tenant,
            actor,
            now,
            zone,
            channel,
            command_id: None,
            request_hash: None,
            correlation_id,
            causation_id: None,
            expected_version: None,
            client_address: None,
            request_id: None,
            trace_parent: None,
        }
    }

    /// Of an event: who, from where, and (the first of a command) what a repeat is answered.
    pub(crate) fn metadata(&self, reply: Option<(Uuid, i64, usize)>) -> String {
        let mut data = json!({ "channel": self.channel });
        let mut put = |name: &str, value: &Option<String>| {
            if let Some(value) = value {
                data[name] = json!(value);
            }
        };
        put("client_address", &self.client_address);
        put("request_id", &self.request_id);
        put("trace_parent", &self.trace_parent);
        // Of which day an event is, is a fact of when it happened: it stays when the company moves.
        put("time_zone", &Some(self.zone).filter(|zone| *zone != TimeZone::default()).map(|zone| zone.to_string()));
        if let Some((id, version, events)) = reply.filter(|_| self.command_id.is_some()) {
            put("request_hash", &self.request_hash);
            data["reply"] = json!({ "id": id, "version": version });
            data["events"] = json!(events);
        }
        data.to_string()
    }

    /// What day it is where the company is.
    pub fn today(&self) -> NaiveDate {
        self.zone.day_of(self.now)
    }

    pub fn with_command_id(mut self, command_id: CommandId) -> Self {
        self.command_id = Some(command_id);
        self
    }
}

/// The same key of the same tenant is the same command, for ever.
pub fn command_id_of_key(tenant: TenantId, key: &str) -> CommandId {
    CommandId(derived_id(&[b"idempotency-key", tenant.0.as_bytes(), key.as_bytes()]))
}

/// What a process manager sends for one event: running it twice gives the same id.
pub fn command_id_of_reaction(manager: &str, tenant: TenantId, position: i64) -> CommandId {
    CommandId(derived_id(&[b"reaction", manager.as_bytes(), tenant.0.as_bytes(), &position.to_be_bytes()]))
}

/// An event's own id, in CloudEvents and as a cause: it follows from where it stands in its tenant's log.
pub fn event_id(tenant: TenantId, position: i64) -> Uuid {
    derived_id(&[b"event", tenant.0.as_bytes(), &position.to_be_bytes()])
}
