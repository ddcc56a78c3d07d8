//! One attempt at a command: what it has read, what it has decided, nothing written yet.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use quittance_domain::ids::TenantId;
use quittance_domain::vouching::Vouching;
use quittance_domain::{Claim, ClaimChange, RefusalKind, Root};
use uuid::Uuid;

use crate::cache::{Folded, Key, Pass};
use crate::commands::{Commands, NO_SNAPSHOT, known_as, read_event};
use crate::context::Context;
use crate::failure::{Failure, Refused};
use crate::ports::{HeldClaim, NewEvent, NewSnapshot, Original, Ports, Write};
use crate::slot::{Slot, Slots};
use crate::vouching::vouching_id;
use crate::weight::Weight;

pub struct Work<'a> {
    commands: &'a Commands,
    pub ctx: &'a Context,
    /// Not the first attempt: nothing is taken from memory.
    again: bool,
    slots: Slots,
    pub(crate) passes: Vec<Pass>,
    /// The greatest key of `passes`.
    highest: Option<Key>,
    /// Whether something was taken from memory, where another node's writes may be missing.
    pub(crate) remembered: bool,
    /// The first aggregate decided on: the one the caller is answered about.
    primary: Option<usize>,
    take: Vec<HeldClaim>,
    /// Where in `take` the claims of a key stand: a payment run takes a hundred thousand.
    taken: HashMap<String, Vec<usize>>,
    /// The part of a larger request that is being decided, as its JSON pointer; and which part takes which fact.
    part: Option<String>,
    parts: Vec<(String, String)>,
    release: Vec<HeldClaim>,
    snapshots: Vec<NewSnapshot>,
    originals: Vec<Original>,
}

/// How far a work had come.
pub(crate) struct Mark {
    slots: Vec<(usize, Weight, Arc<dyn Any + Send + Sync>)>,
    primary: Option<usize>,
    take: usize,
    parts: usize,
    release: usize,
    snapshots: usize,
    originals: usize,
}

impl<'a> Work<'a> {
    pub(crate) fn new(commands: &'a Commands, ctx: &'a Context, again: bool) -> Self {
        Self {
            commands,
            ctx,
            again,
            slots: Slots::default(),
            passes: Vec::with_capacity(2),
            highest: None,
            remembered: false,
            primary: None,
            take: vec![],
            taken: HashMap::new(),
            part: None,
            parts: vec![],
            release: vec![],
            snapshots: vec![],
            originals: vec![],
        }
    }

    pub fn tenant(&self) -> TenantId {
        self.ctx.tenant
    }

    pub fn ports(&self) -> &'a Ports {
        self.commands.ports()
    }

    /// An aggregate to look at, with what this work has decided so far. Nobody waits in line to read.
    pub async fn load<A: Root>(&mut self, id: impl Into<Uuid>) -> Result<Arc<A>, Failure> {
        let id = id.into();
        let index = match self.slots.place::<A>(id) {
            Some(index) => index,
            None => self.read_slot::<A>(id).await?,
        };
        self.state(index)
    }

    /// An aggregate to look at and then decide on: others of this process wait until this work is done.
    pub async fn take<A: Root>(&mut self, id: impl Into<Uuid>) -> Result<Arc<A>, Failure> {
        let index = self.slot::<A>(id.into()).await?;
        self.state(index)
    }

    /// Decides `command` on an aggregate that may exist.
    pub async fn decide<A: Root>(&mut self, id: impl Into<Uuid>, mut command: A::Command) -> Result<usize, Failure> {
        let vouching = match A::second_person(&mut command) {
            Some(_) => Some(self.load::<Vouching>(vouching_id(self.tenant())).await?),
            None => None,
        };
        let index = self.slot::<A>(id.into()).await?;
        if let Some(vouching) = vouching {
            vouching.decides_as_one(&*self.state::<A>(index)?, &command)?;
        }
        self.decide_at::<A>(index, command)
    }

    /// Takes over events that were decided outside, on the aggregate as it was at `base`.
    pub async fn adopt<A: Root>(&mut self, id: impl Into<Uuid>, base: i64, events: Vec<A::Event>) -> Result<(), Failure> {
        let index = self.slot::<A>(id.into()).await?;
        self.primary.get_or_insert(index);
        if self.slots[index].base != base {
            return Err(Failure::VersionMismatch { current: self.slots[index].base });
        }
        let state = self.state::<A>(index)?;
        self.record::<A>(index, &state, events)
    }

    /// Decides `command` on a new aggregate: nothing is read, the store refuses if the id is taken after all.
    pub fn create<A: Root>(&mut self, id: impl Into<Uuid>, command: A::Command) -> Result<usize, Failure> {
        let id = id.into();
        let index = self.slots.place::<A>(id).unwrap_or_else(|| self.slots.push(Slot::of_new::<A>(id)));
        self.decide_at::<A>(index, command)
    }

    /// Makes a new aggregate the one the caller is answered about, although others are decided on first.
    pub fn reserve_primary<A: Root>(&mut self, id: impl Into<Uuid>) {
        self.primary = Some(self.slots.push(Slot::of_new::<A>(id.into())));
    }

    /// Makes an existing aggregate the one the caller is answered about, although nothing is decided on it.
    pub async fn answer_about<A: Root>(&mut self, id: impl Into<Uuid>) -> Result<(), Failure> {
        self.primary = Some(self.slot::<A>(id.into()).await?);
        Ok(())
    }

    /// All that is stored of an aggregate, event by event: what its state has forgotten as well.
    pub async fn history<A: Root>(&self, id: impl Into<Uuid>) -> Result<Vec<A::Event>, Failure> {
        let stream = self.ports().log.load(self.tenant(), id.into(), NO_SNAPSHOT).await?;
        stream.events.iter().map(read_event::<A>).collect()
    }

    /// Whether the aggregate ever had such an event: twice is once also where the state has forgotten. Then the answer is about it as it is.
    pub async fn done_before<A: Root>(&mut self, id: impl Into<Uuid>, such: impl Fn(&A::Event) -> bool) -> Result<bool, Failure> {
        let id = id.into();
        let done = self.history::<A>(id).await?.iter().any(such);
        if done {
            self.answer_about::<A>(id).await?;
        }
        Ok(done)
    }

    /// Keeps a document beside the events of this work, in the same write.
    pub fn keep(&mut self, original: Original) {
        self.originals.push(original);
    }

    /// The version of an aggregate that this work has touched, with what it has decided so far.
    pub fn version_of(&self, id: impl Into<Uuid>) -> Option<i64> {
        self.slots.of(id.into()).next().map(Slot::sequence)
    }

    /// The types of the events that this work has decided on an aggregate so far.
    pub fn decided(&self, id: Uuid) -> impl Iterator<Item = &'static str> + '_ {
        self.slots.of(id).flat_map(|s| s.events.iter().map(|e| e.event_type))
    }

    /// Every aggregate of this kind that this work has touched, with what it has decided so far.
    pub fn touched<A: Root>(&self) -> impl Iterator<Item = (Uuid, Arc<A>)> + '_ {
        self.slots.iter().filter_map(|s| Some((s.id, s.state.clone().downcast::<A>().ok()?)))
    }

    /// What is decided from here on belongs to this part of the request: a fact that it loses is its problem.
    pub fn begin_part(&mut self, pointer: String) {
        self.part = Some(pointer);
    }

    /// Where this work stands, to come back to if a part of it is refused by itself.
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            slots: self.slots.iter().map(|slot| (slot.events.len(), slot.weight, slot.state.clone())).collect(),
            primary: self.primary,
            take: self.take.len(),
            parts: self.parts.len(),
            release: self.release.len(),
            snapshots: self.snapshots.len(),
            originals: self.originals.len(),
        }
    }

    /// Forgets what was decided since. What was only looked at stays looked at: the refusal rests on it.
    pub(crate) fn return_to(&mut self, mark: Mark) {
        self.slots.forget_decided(mark.slots.len());
        for (slot, (events, weight, state)) in self.slots.iter_mut().zip(mark.slots) {
            slot.events.truncate(events);
            (slot.weight, slot.state) = (weight, state);
        }
        self.primary = mark.primary;
        for (at, held) in self.take.drain(mark.take..).enumerate() {
            if let Some(taken) = self.taken.get_mut(held.claim.base()) {
                taken.retain(|&index| index != mark.take + at);
            }
        }
        self.parts.truncate(mark.parts);
        self.release.truncate(mark.release);
        self.snapshots.truncate(mark.snapshots);
        self.originals.truncate(mark.originals);
    }

    pub(crate) fn parts(&mut self) -> Vec<(String, String)> {
        std::mem::take(&mut self.parts)
    }

    /// Who holds a unique fact now, beside what this work takes.
    pub async fn holder(&self, key: &str) -> Result<Option<Uuid>, Failure> {
        match self.taker(key) {
            Some(holder) => Ok(Some(holder)),
            None => Ok(self.ports().log.holder(self.tenant(), key).await?),
        }
    }

    /// As [`holder`](Self::holder), of many facts in one question.
    pub async fn holders(&self, keys: &[String]) -> Result<Vec<Option<Uuid>>, Failure> {
        if keys.is_empty() {
            return Ok(vec![]);
        }
        let claims = keys.iter().map(|key| Claim::of(key.clone(), "")).collect();
        let mut held = self.ports().log.holders(self.tenant(), claims).await?;
        for (key, holder) in keys.iter().zip(&mut held) {
            *holder = self.taker(key).or(*holder);
        }
        Ok(held)
    }

    fn taker(&self, key: &str) -> Option<Uuid> {
        self.taken.get(key).and_then(|taken| taken.first()).map(|&at| self.take[at].holder)
    }

    async fn slot<A: Root>(&mut self, id: Uuid) -> Result<usize, Failure> {
        if let Some(index) = self.slots.place::<A>(id) {
            return Ok(index);
        }
        let key = (self.tenant(), id);
        if let Some(pass) = self.commands.gates.enter(key, self.highest).await {
            self.passes.push(pass);
            self.highest = self.highest.max(Some(key));
        }
        self.read_slot::<A>(id).await
    }

    async fn read_slot<A: Root>(&mut self, id: Uuid) -> Result<usize, Failure> {
        let key = (self.tenant(), id);
        let (Folded { sequence, position, weight, state }, remembered) = self.commands.folded::<A>(key, self.again).await?;
        self.remembered |= remembered;
        Ok(self.slots.push(Slot { id, base: sequence, position, weight, state, events: vec![] }))
    }

    fn state<A: Root>(&self, index: usize) -> Result<Arc<A>, Failure> {
        known_as(self.slots[index].state.clone(), self.slots[index].id)
    }

    fn decide_at<A: Root>(&mut self, index: usize, command: A::Command) -> Result<usize, Failure> {
        let primary = *self.primary.get_or_insert(index);
        if let Some(expected) = self.ctx.expected_version
            && primary == index
            && self.slots[index].events.is_empty()
            && self.slots[index].base != expected
        {
            return Err(Failure::VersionMismatch { current: self.slots[index].base });
        }
        let state = self.state::<A>(index)?;
        let events = state.decide(command)?;
        let decided = events.len();
        if decided > 0 {
            self.record::<A>(index, &state, events)?;
        }
        Ok(decided)
    }

    fn record<A: Root>(&mut self, index: usize, state: &A, events: Vec<A::Event>) -> Result<(), Failure> {
        let holder = self.slots[index].id;
        let mut next = state.clone();
        for event in events {
            for change in next.claims(&event) {
                match change {
                    ClaimChange::Take(claim) => self.claim(HeldClaim { claim, holder })?,
                    ClaimChange::Release(claim) => self.release.push(HeldClaim { claim, holder }),
                }
            }
            self.slots[index].push::<A>(&event)?;
            next.apply(event);
        }
        self.slots[index].weight.settle(&next);
        self.snapshot_if_due(index, &next)?;
        self.slots[index].state = Arc::new(next);
        Ok(())
    }

    /// The store compares with what is stored, so two holders of one fact within this work are found here.
    fn claim(&mut self, wanted: HeldClaim) -> Result<(), Failure> {
        let taken = self.taken.entry(wanted.claim.base().to_owned()).or_default();
        if taken.iter().map(|&at| &self.take[at]).any(|held| held.holder != wanted.holder && held.claim.collides(&wanted.claim)) {
            return Err(Refused::new(wanted.claim.taken, RefusalKind::State, "another command of the same request is this already").into());
        }
        taken.push(self.take.len());
        self.parts.extend(self.part.clone().map(|part| (wanted.claim.key.clone(), part)));
        self.take.push(wanted);
        Ok(())
    }

    fn snapshot_if_due<A: Root>(&mut self, index: usize, state: &A) -> Result<(), Failure> {
        let slot = &mut self.slots[index];
        let Some(every) = A::SNAPSHOT_EVERY.map(|n| n as i64) else { return Ok(()) };
        if slot.sequence() / every == slot.base / every {
            return Ok(());
        }
        let state = serde_json::to_string(state).map_err(unserialisable)?;
        let (aggregate_id, sequence) = (slot.id, slot.sequence());
        slot.weight = Weight::of_bytes(state.len());
        self.snapshots.push(NewSnapshot { aggregate_id, state_version: A::STATE_VERSION, sequence, state });
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.slots.iter().all(|s| s.events.is_empty())
    }

    /// The answer's id and version once everything is written.
    pub(crate) fn answer(&self) -> (Uuid, i64, i64) {
        let slot = self.primary.map(|index| &self.slots[index]);
        slot.map_or((Uuid::nil(), 0, 0), |s| (s.id, s.sequence(), s.position))
    }

    pub(crate) fn into_write(self) -> (Write, Slots, Vec<Pass>) {
        let (id, version, _) = self.answer();
        let primary = self.primary.unwrap_or_default();
        let mut events: Vec<NewEvent> = Vec::new();
        // The primary's events come first, so that the first event's metadata belongs to it.
        let order = std::iter::once(primary).chain((0..self.slots.len()).filter(|&i| i != primary));
        for index in order {
            events.extend_from_slice(&self.slots[index].events);
        }
        let write = Write {
            tenant: self.ctx.tenant,
            command_id: self.ctx.command_id.map(Into::into),
            actor: self.ctx.actor,
            correlation_id: self.ctx.correlation_id,
            causation_id: self.ctx.causation_id,
            first_metadata: self.ctx.metadata(Some((id, version, events.len()))),
            metadata: self.ctx.metadata(None),
            events,
            reads: self.slots.iter().filter(|s| !s.has_events()).map(|s| (s.id, s.base)).collect(),
            release: self.release,
            take: self.take,
            originals: self.originals,
            snapshots: self.snapshots,
        };
        (write, self.slots, self.passes)
    }

    /// What has been looked at, each as it was stored then.
    pub(crate) fn seen(&self) -> Vec<(Uuid, i64)> {
        self.slots.iter().map(|slot| (slot.id, slot.base)).collect()
    }

    pub(crate) fn keys(&self) -> Vec<Key> {
        self.slots.iter().map(|s| (self.ctx.tenant, s.id)).collect()
    }
}

pub(crate) fn unserialisable(error: serde_json::Error) -> Failure {
    Failure::Unavailable(format!("an event cannot be written: {error}"))
}
