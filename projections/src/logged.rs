//! An event as the log holds it, with all that is known about it.

use std::collections::BTreeMap;
use std::fmt::Display;

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use quittance_application::Channel;
use quittance_application::commands::read_payload;
use quittance_domain::{ClaimChange, Root};
use quittance_infrastructure::database::TenantTx;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::aggregates::every_aggregate;
use crate::fact::Fact;
use crate::page::QueryError;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Logged {
    pub position: i64,
    pub recorded_at: DateTime<Utc>,
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
}

/// What [`Logged`] is read from.
#[macro_export]
macro_rules! logged {
    ($rest:literal) => {
        concat!(
            "select position, recorded_at, aggregate_type, aggregate_id, sequence, event_type, event_version, payload::text as payload, \
             metadata::text as metadata, actor_id, command_id, correlation_id, causation_id from es.events where tenant_id = $1 and ",
            $rest
        )
    };
}

impl Logged {
    pub fn read<A: Root>(&self) -> Result<A::Event, QueryError> {
        read_payload::<A>(&self.event_type, self.event_version, &self.payload).map_err(|e| self.corrupt(e))
    }

    pub fn fact(&self) -> Result<Fact, QueryError> {
        Fact::decode(&self.aggregate_type, &self.event_type, self.event_version, &self.payload).map_err(|e| self.corrupt(e))
    }

    /// What the event says, in its newest version and without what nobody may see again.
    pub fn data(&self) -> Result<Value, QueryError> {
        let payload: Value = serde_json::from_str(&self.payload).map_err(|e| self.corrupt(e))?;
        let upcast = Kind::named(&self.aggregate_type)?.upcast(&self.event_type, self.event_version as u16, payload);
        let mut data = match upcast {
            // Events are stored under the name of their variant; the type says it already.
            Value::Object(variant) if variant.len() == 1 => variant.into_iter().next().map(|(_, data)| data).unwrap_or_default(),
            other => other,
        };
        if self.event_type == "UserKeyIssued" {
            withhold_hash(data.get_mut("key"));
        }
        Ok(data)
    }

    /// Whether the engine did it by itself or at a provider's word: what a person sends may be in their own words.
    pub fn by_engine(&self) -> bool {
        let metadata: Value = serde_json::from_str(&self.metadata).unwrap_or_default();
        [Channel::ProcessManager, Channel::Webhook].into_iter().any(|channel| metadata["channel"] == json!(channel))
    }

    pub fn corrupt(&self, why: impl Display) -> QueryError {
        QueryError::Corrupt(format!("event {} cannot be read: {why}", self.position))
    }
}

/// These as they were as far as was recorded by a moment: folded from their events up to it.
pub async fn as_known<A: Root>(tx: &mut TenantTx, ids: Vec<Uuid>, known_at: DateTime<Utc>) -> Result<BTreeMap<Uuid, A>, QueryError> {
    let told = recorded::<A>(tx, ids, Some(known_at)).await?;
    Ok(told.into_iter().map(|(id, events)| (id, A::replay(events.into_iter().map(|(_, event)| event)))).collect())
}

/// What happened to each of several, in order, with when it was recorded.
pub type Histories<E> = BTreeMap<Uuid, Vec<(DateTime<Utc>, E)>>;

/// What happened to these, in order, each with when it was recorded; up to a moment where there is one.
pub async fn recorded<A: Root>(
    tx: &mut TenantTx,
    ids: Vec<Uuid>,
    known_at: Option<DateTime<Utc>>,
) -> Result<Histories<A::Event>, QueryError> {
    let query = logged!("aggregate_id = any ($2) and ($3::timestamptz is null or recorded_at <= $3) order by aggregate_id, sequence");
    let tenant = tx.tenant();
    let events: Vec<Logged> = sqlx::query_as(query).bind(tenant.0).bind(ids).bind(known_at).fetch_all(&mut **tx).await?;
    let mut told: Histories<A::Event> = BTreeMap::new();
    for event in &events {
        told.entry(event.aggregate_id).or_default().push((event.recorded_at, event.read::<A>()?));
    }
    Ok(told)
}

/// These as far as a position of the log.
pub async fn as_at<A: Root>(tx: &mut TenantTx, ids: Vec<Uuid>, position: i64) -> Result<BTreeMap<Uuid, A>, QueryError> {
    let mut told: BTreeMap<Uuid, Vec<A::Event>> = BTreeMap::new();
    for event in until(tx, ids, position).await? {
        told.entry(event.aggregate_id).or_default().push(event.read::<A>()?);
    }
    Ok(told.into_iter().map(|(id, events)| (id, A::replay(events))).collect())
}

/// What happened to these as far as a position of the log, each in order.
pub async fn until(tx: &mut TenantTx, ids: Vec<Uuid>, position: i64) -> Result<Vec<Logged>, QueryError> {
    let query = logged!("aggregate_id = any ($2) and position <= $3 order by aggregate_id, sequence");
    let tenant = tx.tenant();
    Ok(sqlx::query_as(query).bind(tenant.0).bind(ids).bind(position).fetch_all(&mut **tx).await?)
}

/// The hash of an API key is enough to recognise the key: it leaves neither the log nor the key table.
pub(crate) fn withhold_hash(key: Option<&mut Value>) {
    if let Some(Value::Object(key)) = key {
        key.remove("hash");
    }
}

macro_rules! kinds {
    ($($kind:ident($root:ty)),+ $(,)?) => {
        /// Every kind of aggregate that has a history.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind { $($kind),+ }

        impl Kind {
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// The name in the log, such as `purchase_order`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => <$root as Aggregate>::TYPE),+ }
            }

            /// The types of its events, each with its newest version.
            pub fn event_types(self) -> &'static [(&'static str, u16)] {
                match self { $(Self::$kind => <<$root as Aggregate>::Event>::TYPES),+ }
            }

            pub fn upcast(self, event_type: &str, version: u16, payload: Value) -> Value {
                match self { $(Self::$kind => <$root as Root>::upcast(event_type, version, payload)),+ }
            }

            /// The version of its snapshots, where long streams have them.
            pub fn snapshots(self) -> Option<i32> {
                match self { $(Self::$kind => <$root as Root>::SNAPSHOT_EVERY.map(|_| <$root as Root>::STATE_VERSION)),+ }
            }

            /// As it is before its first event.
            pub fn folding(self) -> Box<dyn Folding> {
                match self { $(Self::$kind => Box::new(Fold::<$root>(Default::default()))),+ }
            }
        }
    };
}

every_aggregate!(kinds);

impl Kind {
    pub fn named(name: &str) -> Result<Self, QueryError> {
        let unknown = || QueryError::Corrupt(format!("{name} is not an aggregate of this version"));
        Self::ALL.iter().copied().find(|kind| kind.name() == name).ok_or_else(unknown)
    }
}

/// A state that takes events of its kind, whatever that is.
pub trait Folding: Send {
    /// Takes the event in; answers what it did to the tenant's unique facts.
    fn on(&mut self, event: &Logged) -> Result<Vec<ClaimChange>, QueryError>;
    /// Tells whether the snapshot could be read; nothing has changed where it could not.
    fn become_snapshot(&mut self, state: &str) -> bool;
    /// The state, without what nobody may see again.
    fn told(&self) -> Result<Value, QueryError>;
}

struct Fold<A>(A);

impl<A: Root> Folding for Fold<A> {
    fn on(&mut self, event: &Logged) -> Result<Vec<ClaimChange>, QueryError> {
        let read = event.read::<A>()?;
        let changes = self.0.claims(&read);
        self.0.apply(read);
        Ok(changes)
    }

    fn become_snapshot(&mut self, state: &str) -> bool {
        serde_json::from_str(state).map(|state| self.0 = state).is_ok()
    }

    fn told(&self) -> Result<Value, QueryError> {
        let mut state = serde_json::to_value(&self.0).map_err(|e| QueryError::Corrupt(e.to_string()))?;
        if let Some(keys) = state.pointer_mut("/added/keys").and_then(Value::as_array_mut) {
            keys.iter_mut().for_each(|key| withhold_hash(Some(key)));
        }
        Ok(state)
    }
}
