//! One aggregate within an attempt: as it was read, and what has been decided on it since.

use std::any::Any;
use std::sync::Arc;

use quittance_domain::{RefusalKind, Root};
use uuid::Uuid;

use crate::failure::{Failure, Refused};
use crate::ports::NewEvent;
use crate::weight::Weight;
use crate::work::unserialisable;

pub(crate) struct Slot {
    pub id: Uuid,
    /// As stored, before this work.
    pub base: i64,
    pub position: i64,
    pub weight: Weight,
    pub state: Arc<dyn Any + Send + Sync>,
    pub events: Vec<NewEvent>,
}

impl Slot {
    pub fn of_new<A: Root>(id: Uuid) -> Self {
        Self { id, base: 0, position: 0, weight: Weight::default(), state: Arc::new(A::default()), events: vec![] }
    }

    pub fn sequence(&self) -> i64 {
        self.base + self.events.len() as i64
    }

    pub fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// Takes an event in as it will be stored.
    pub fn push<A: Root>(&mut self, event: &A::Event) -> Result<(), Failure> {
        let payload = serde_json::to_string(event).map_err(unserialisable)?;
        // What cannot be read again would stop every reader of the log for good: better not to write it.
        if let Err(error) = serde_json::from_str::<A::Event>(&payload) {
            return Err(Refused::new("number_out_of_range", RefusalKind::Invalid, format!("this cannot be recorded: {error}")).into());
        }
        self.weight.add(payload.len());
        self.events.push(NewEvent {
            aggregate_type: A::TYPE,
            aggregate_id: self.id,
            sequence: self.sequence() + 1,
            event_type: A::type_of(event),
            event_version: A::version_of(event) as i16,
            payload,
        });
        Ok(())
    }
}
