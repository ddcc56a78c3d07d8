//! One aggregate within an attempt: as it was read, and what has been decided on it since; and all of them, found by id.

use std::any::Any;
use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
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

/// In the order in which they were touched. An id may be touched as two kinds of aggregate, of which one does not exist.
#[derive(Default)]
pub(crate) struct Slots {
    slots: Vec<Slot>,
    at: HashMap<Uuid, Vec<usize>>,
}

impl Slots {
    /// Answers where it stands.
    pub fn push(&mut self, slot: Slot) -> usize {
        let index = self.slots.len();
        self.at.entry(slot.id).or_default().push(index);
        self.slots.push(slot);
        index
    }

    pub fn place<A: Root>(&self, id: Uuid) -> Option<usize> {
        self.at.get(&id)?.iter().copied().find(|&index| (*self.slots[index].state).is::<A>())
    }

    pub fn of(&self, id: Uuid) -> impl Iterator<Item = &Slot> {
        self.at.get(&id).into_iter().flatten().map(|&index| &self.slots[index])
    }

    /// Of those behind the first `known`, keeps what was only looked at.
    pub fn forget_decided(&mut self, known: usize) {
        let later = self.slots.split_off(known);
        self.at.values_mut().for_each(|places| places.retain(|&index| index < known));
        for slot in later.into_iter().filter(|slot| !slot.has_events()) {
            self.push(slot);
        }
    }
}

impl Deref for Slots {
    type Target = [Slot];
    fn deref(&self) -> &[Slot] {
        &self.slots
    }
}

impl DerefMut for Slots {
    fn deref_mut(&mut self) -> &mut [Slot] {
        &mut self.slots
    }
}

impl IntoIterator for Slots {
    type Item = Slot;
    type IntoIter = std::vec::IntoIter<Slot>;
    fn into_iter(self) -> Self::IntoIter {
        self.slots.into_iter()
    }
}
