//! One aggregate within an attempt: as it was read, and what has been decided on it since.

use std::any::Any;
use std::sync::Arc;

use quittance_domain::{RefusalKind, Root};
use uuid::Uuid;

use crate::failure::{Failure, Refused};
use crate::ports::NewEvent;
use crate::work::unserialisable;

pub(crate) struct Slot {
    pub id: Uuid,
    /// As stored, before this work.
    pub base: i64,
    pub position: i64,
    pub weight: u32,
    pub state: Arc<dyn Any + Send + Sync>,
    pub events: Vec<NewEvent>,
}

impl Slot {
    pub fn of_new<A: Root>(id: Uuid) -> Self {
        Self { id, base: 0, position: 0, weight: 0, state: Arc::new(A::default()), events: vec![] }
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
        self.weight = self.weight.saturating_add(payload.len() as u32);
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

#[cfg(test)]
mod tests {
    use quittance_domain::ids::UserId;
    use quittance_domain::tenant::{BankChangeControl, Tenant, TenantEvent};
    use uuid::Uuid;

    use super::Slot;
    use crate::commands::fold;
    use crate::ports::{StoredEvent, Stream};

    /// A state that only ever grows is not taken for as small as its last event.
    #[test]
    fn a_state_weighs_what_all_its_events_do() {
        let mut slot = Slot::of_new::<Tenant>(Uuid::nil());
        let event = TenantEvent::BankChangeControlSet { control: BankChangeControl::default(), by: UserId(Uuid::nil()) };
        let weights: Vec<u32> = (0..3).map(|_| slot.push::<Tenant>(&event).map(|()| slot.weight).expect("it can be stored")).collect();
        assert!(weights[0] > 0);
        assert_eq!(weights, [weights[0], 2 * weights[0], 3 * weights[0]]);

        let events = slot.events.iter().map(|event| StoredEvent {
            sequence: event.sequence,
            position: event.sequence,
            event_type: event.event_type.to_owned(),
            event_version: event.event_version,
            payload: event.payload.clone(),
        });
        let folded = fold::<Tenant>(Stream { snapshot: None, events: events.collect() }).expect("a stream");
        assert_eq!(folded.weight, slot.weight, "and so when it is loaded");
    }
}
