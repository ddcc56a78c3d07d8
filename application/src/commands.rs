//! The command bus: load, decide, append in one write, retry on a lost race.
//!
//! A command that meets a warm cache costs no read and one append, which shares its commit with whatever else waits.
//! A repeat is only looked up when something does not go through: the happy path pays nothing for idempotency.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use quittance_domain::ids::TenantId;
use quittance_domain::{Claim, Refusal, RefusalKind, Root};
use uuid::Uuid;

use crate::cache::{AggregateCache, Folded, Gates, Key};
use crate::context::Context;
use crate::failure::{Failure, Refused};
use crate::ports::{AppendError, Appended, Ports, StoredEvent, Stream};
use crate::single::Single;
use crate::slot::{Slot, Slots};
use crate::weight::Weight;
use crate::work::Work;
use crate::zones::Zones;

/// Lost races before a command gives up with 409.
const ATTEMPTS_MAX: u32 = 12;
/// A state version that no snapshot has: the whole stream is read.
pub const NO_SNAPSHOT: i32 = -1;

pub struct Commands {
    ports: Ports,
    cache: AggregateCache,
    pub(crate) gates: Gates,
    pub(crate) zones: Zones,
}

/// What a command answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The aggregate that the command was about.
    pub id: Uuid,
    /// Its sequence after the command.
    pub version: i64,
    /// The tenant's log has this command's effects from this position on.
    pub position: i64,
    /// This command had been carried out before.
    pub replayed: bool,
}

pub struct Done<T> {
    pub receipt: Receipt,
    /// `None` when replayed: the use case did not run again.
    pub output: Option<T>,
}

/// A command that may touch several aggregates of one tenant. `attempt` may run more than once.
pub trait UseCase: Send + Sync {
    type Output: Send;
    fn attempt(&self, work: &mut Work<'_>) -> impl Future<Output = Result<Self::Output, Failure>> + Send;

    /// Whether losing a unique fact to somebody else is a reason to look again rather than to refuse.
    fn looks_again(&self, _taken: &'static str) -> bool {
        false
    }
}

impl Commands {
    pub fn new(ports: Ports, cache_bytes: u64) -> Arc<Self> {
        Arc::new(Self { ports, cache: AggregateCache::bounded(cache_bytes), gates: Gates::default(), zones: Zones::default() })
    }

    pub fn ports(&self) -> &Ports {
        &self.ports
    }

    pub async fn execute<A: Root>(&self, ctx: &Context, id: impl Into<Uuid>, command: A::Command) -> Result<Receipt, Failure>
    where
        A::Command: Clone + Send + Sync,
    {
        Ok(self.run(ctx, &Single::<A>::on(id, command)).await?.receipt)
    }

    /// A command that begins an aggregate: nothing is read.
    pub async fn begin<A: Root>(&self, ctx: &Context, id: impl Into<Uuid>, command: A::Command) -> Result<Receipt, Failure>
    where
        A::Command: Clone + Send + Sync,
    {
        Ok(self.run(ctx, &Single::<A>::beginning(id, command)).await?.receipt)
    }

    pub async fn run<U: UseCase>(&self, ctx: &Context, use_case: &U) -> Result<Done<U::Output>, Failure> {
        for attempt in 0..ATTEMPTS_MAX {
            if attempt > 1 {
                tokio::time::sleep(Duration::from_millis(u64::from(attempt))).await;
            }
            match self.attempt(Work::new(self, ctx, attempt > 0), use_case).await {
                Err(Attempt::Again) => metrics::counter!("quittance_commands_retried_total").increment(1),
                Err(Attempt::Over(failure)) => return self.replay_or(ctx, *failure).await,
                Ok(done) => return Ok(done),
            }
        }
        Err(Failure::Contended)
    }

    async fn attempt<U: UseCase>(&self, mut work: Work<'_>, use_case: &U) -> Result<Done<U::Output>, Attempt> {
        let ctx = work.ctx;
        let output = match use_case.attempt(&mut work).await {
            Ok(output) => output,
            Err(failure) => {
                let decided = matches!(failure, Failure::Refused(_) | Failure::VersionMismatch { .. });
                let stale = decided && self.is_stale(&work).await;
                self.abandon(&mut work, stale || !decided);
                return Err(if stale { Attempt::Again } else { Attempt::Over(Box::new(failure)) });
            }
        };
        if work.is_empty() {
            let (id, version, position) = work.answer();
            let stale = self.is_stale(&work).await;
            self.abandon(&mut work, stale);
            if stale {
                return Err(Attempt::Again);
            }
            // Without events there is nothing of this command to find; but its first run may have had some.
            if let Some(receipt) = self.first_answer(ctx).await.map_err(|f| Attempt::Over(Box::new(f)))? {
                return Ok(Done { receipt, output: None });
            }
            return Ok(Done { receipt: Receipt { id, version, position, replayed: false }, output: Some(output) });
        }
        let (id, version, _) = work.answer();
        let (keys, parts) = (work.keys(), work.parts());
        let (write, slots, passes) = work.into_write();
        let appended = self.ports.log.append(write).await;
        if let Ok(appended) = &appended {
            self.remember(ctx, slots, appended);
        } else {
            keys.iter().for_each(|key| self.cache.forget(key));
        }
        self.gates.leave(passes);
        match appended {
            Ok(Appended { last_position: position, .. }) => {
                Ok(Done { receipt: Receipt { id, version, position, replayed: false }, output: Some(output) })
            }
            Err(AppendError::Claimed { claim, .. }) if use_case.looks_again(claim.taken) => Err(Attempt::Again),
            Err(AppendError::Claimed { claim, holder }) => {
                let part = parts.into_iter().find(|(key, _)| *key == claim.key).map(|(_, part)| part);
                Err(Attempt::taken(&claim, holder, part))
            }
            Err(error) => Err(Attempt::from(error)),
        }
    }

    /// Whether what was decided rests on something that has changed since it was remembered: only the store can tell a command
    /// that it must not, or need not, happen.
    async fn is_stale(&self, work: &Work<'_>) -> bool {
        work.remembered && self.ports.log.still_at(work.tenant(), work.seen()).await != Ok(true)
    }

    /// Nothing is written.
    fn abandon(&self, work: &mut Work<'_>, forgetting: bool) {
        if forgetting {
            work.keys().iter().for_each(|key| self.cache.forget(key));
        }
        self.gates.leave(std::mem::take(&mut work.passes));
    }

    /// A command that did not go through may have gone through before.
    async fn replay_or<T>(&self, ctx: &Context, failure: Failure) -> Result<Done<T>, Failure> {
        match failure {
            Failure::Unavailable(_) | Failure::Overloaded | Failure::Contended => Err(failure),
            failure => match self.first_answer(ctx).await? {
                Some(receipt) => Ok(Done { receipt, output: None }),
                None => Err(failure),
            },
        }
    }

    async fn first_answer(&self, ctx: &Context) -> Result<Option<Receipt>, Failure> {
        let Some(command_id) = ctx.command_id else { return Ok(None) };
        let found = self.ports.log.first_answer(ctx.tenant, command_id.0).await?;
        match found {
            None => Ok(None),
            Some(first) if first.request_hash != ctx.request_hash => Err(Failure::KeyReused),
            Some(first) => Ok(Some(Receipt { id: first.id, version: first.version, position: first.position, replayed: true })),
        }
    }

    /// An aggregate and its sequence, as stored.
    pub async fn state_of<A: Root>(&self, tenant: TenantId, id: Uuid) -> Result<(Arc<A>, i64), Failure> {
        let Folded { state, sequence, .. } = self.stored::<A>((tenant, id)).await?;
        Ok((known_as(state, id)?, sequence))
    }

    /// An aggregate as it was at `version`: a repeat is told what the first time was told, whatever has happened since.
    pub async fn state_at<A: Root>(&self, tenant: TenantId, id: Uuid, version: i64) -> Result<Arc<A>, Failure> {
        let log = &self.ports.log;
        let mut stream = log.load(tenant, id, A::STATE_VERSION).await?;
        if stream.snapshot.as_ref().is_some_and(|snapshot| snapshot.sequence > version) {
            stream = log.load(tenant, id, NO_SNAPSHOT).await?;
        }
        stream.events.retain(|event| event.sequence <= version);
        known_as(fold::<A>(stream)?.state, id)
    }

    /// The aggregate as it stands: from memory, or folded from its stream.
    /// Tells which: what is remembered may lack what other nodes wrote. A second attempt reads it all (`again`), for
    /// somebody else may have put the same back into memory meanwhile.
    pub(crate) async fn folded<A: Root>(&self, key: Key, again: bool) -> Result<(Folded, bool), Failure> {
        if let Some(folded) = self.cache.get(&key).filter(|folded| !again && (*folded.state).is::<A>()) {
            return Ok((folded, true));
        }
        let folded = self.stored::<A>(key).await?;
        // Also what is not there yet: a company's terms, chart or tolerances are looked for with each invoice.
        self.cache.put(key, folded.clone());
        Ok((folded, false))
    }

    async fn stored<A: Root>(&self, key: Key) -> Result<Folded, Failure> {
        let load = |state_version| self.ports.log.load(key.0, key.1, state_version);
        let stream = load(A::STATE_VERSION).await?;
        let had_snapshot = stream.snapshot.is_some();
        match fold::<A>(stream) {
            // A snapshot is disposable: whatever is wrong with it, the events are the truth.
            Err(_) if had_snapshot => fold::<A>(load(NO_SNAPSHOT).await?),
            folded => folded,
        }
    }

    fn remember(&self, ctx: &Context, slots: Slots, appended: &Appended) {
        for slot in slots.into_iter().filter(Slot::has_events) {
            if slot.id == ctx.tenant.0 {
                self.zones.forget(ctx.tenant);
            }
            let folded =
                Folded { sequence: slot.sequence(), position: appended.last_position, weight: slot.weight, state: slot.state.clone() };
            self.cache.put((ctx.tenant, slot.id), folded);
        }
    }
}

/// Why an attempt did not go through.
enum Attempt {
    Again,
    Over(Box<Failure>),
}

impl Attempt {
    /// A fact that somebody else holds, and the part of the request that wanted it.
    fn taken(claim: &Claim, holder: Uuid, pointer: Option<String>) -> Self {
        let detail = format!("this already exists as {holder}{}", way_out(claim.taken));
        let refused = Refused::new(claim.taken, RefusalKind::State, detail);
        Self::Over(Box::new(Failure::from(Refused { existing_id: Some(holder), pointer, ..refused })))
    }
}

/// What there is to do about a fact that somebody else holds, where there is something.
fn way_out(taken: &str) -> &'static str {
    match taken {
        "duplicate_invoice" => "; if the two are not one, who may override the rule takes it in by that one's /receive-namesake",
        _ => "",
    }
}

impl From<AppendError> for Attempt {
    fn from(error: AppendError) -> Self {
        Self::Over(Box::new(match error {
            AppendError::Conflict => return Self::Again,
            AppendError::Claimed { claim, holder } => return Self::taken(&claim, holder, None),
            // Read as a refusal, so that the first answer is looked up.
            AppendError::CommandKnown => Failure::KeyReused,
            AppendError::TenantUnknown => Failure::from(Refused::from(UnknownTenant)),
            AppendError::Overloaded => Failure::Overloaded,
            AppendError::Unavailable(reason) => Failure::Unavailable(reason),
        }))
    }
}

#[derive(Debug, thiserror::Error)]
#[error("there is no such tenant")]
struct UnknownTenant;

impl Refusal for UnknownTenant {
    fn code(&self) -> &'static str {
        "tenant_unknown"
    }
    fn kind(&self) -> RefusalKind {
        RefusalKind::Unknown
    }
}

/// The state of an aggregate of kind `A`.
pub(crate) fn known_as<A: Root>(state: Arc<dyn Any + Send + Sync>, id: Uuid) -> Result<Arc<A>, Failure> {
    state.downcast::<A>().map_err(|_| Failure::Unavailable(format!("{id} is not a {}", A::TYPE)))
}

/// Folds a stored stream and insists that it has no hole. An id of another kind of thing is an id of nothing.
pub fn fold<A: Root>(stream: Stream) -> Result<Folded, Failure> {
    let (mut state, mut sequence, mut position, mut weight) = (A::default(), 0, 0, Weight::default());
    if stream.snapshot.is_none() && stream.events.first().is_some_and(|first| !A::knows(&first.event_type)) {
        return Ok(Folded { sequence, position, weight, state: Arc::new(state) });
    }
    if let Some(snapshot) = stream.snapshot {
        state = serde_json::from_str(&snapshot.state).map_err(|e| unreadable(A::TYPE, &e))?;
        (sequence, position, weight) = (snapshot.sequence, snapshot.position, Weight::of_bytes(snapshot.state.len()));
    }
    for stored in stream.events {
        if stored.sequence != sequence + 1 {
            return Err(Failure::Unavailable(format!("{} stream has a hole after {sequence}", A::TYPE)));
        }
        (sequence, position) = (stored.sequence, stored.position);
        weight.add(stored.payload.len());
        state.apply(read_event::<A>(&stored)?);
    }
    weight.settle(&state);
    Ok(Folded { sequence, position, weight, state: Arc::new(state) })
}

/// A stored event in its newest version.
pub fn read_event<A: Root>(stored: &StoredEvent) -> Result<A::Event, Failure> {
    read_payload::<A>(&stored.event_type, stored.event_version, &stored.payload)
}

/// The same from where it stands: readers of the whole log copy nothing.
pub fn read_payload<A: Root>(event_type: &str, event_version: i16, payload: &str) -> Result<A::Event, Failure> {
    let newest = A::UPCASTERS.iter().all(|u| u.event_type != event_type);
    if newest {
        return serde_json::from_str(payload).map_err(|e| unreadable(A::TYPE, &e));
    }
    let payload = serde_json::from_str(payload).map_err(|e| unreadable(A::TYPE, &e))?;
    serde_json::from_value(A::upcast(event_type, event_version as u16, payload)).map_err(|e| unreadable(A::TYPE, &e))
}

fn unreadable(kind: &str, error: &serde_json::Error) -> Failure {
    Failure::Unavailable(format!("a stored {kind} cannot be read: {error}"))
}
