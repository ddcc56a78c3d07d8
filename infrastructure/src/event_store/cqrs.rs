//! The store as `cqrs_es` knows one: one tenant, one context, the same log, claims and snapshots as every other command.
//!
//! Build it per request. Its framework returns no version and dispatches queries outside the transaction, so the engine
//! itself goes through `Commands`; this is for code that is written against the trait.

use std::collections::HashMap;
use std::sync::Arc;

use cqrs_es::{AggregateContext, AggregateError, EventEnvelope, EventStore};
use quittance_application::commands::{NO_SNAPSHOT, read_event};
use quittance_application::{Commands, Context, Failure, UseCase, Work};
use quittance_domain::Root;
use uuid::Uuid;

pub struct TenantStore {
    commands: Arc<Commands>,
    context: Context,
}

impl TenantStore {
    pub fn new(commands: Arc<Commands>, context: Context) -> Self {
        Self { commands, context }
    }

    /// What the caller says about one commit. A word that the log has no place for is refused, not lost.
    fn context_with(&self, metadata: HashMap<String, String>) -> Result<Context, UnknownMetadata> {
        let mut context = self.context.clone();
        for (name, value) in metadata {
            match name.as_str() {
                "client_address" => context.client_address = Some(value),
                "request_id" => context.request_id = Some(value),
                "trace_parent" => context.trace_parent = Some(value),
                _ => return Err(UnknownMetadata(name)),
            }
        }
        Ok(context)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the log has no place for the metadata {0}")]
struct UnknownMetadata(String);

/// An aggregate on its way through a command.
pub struct Loaded<A> {
    id: Uuid,
    sequence: i64,
    aggregate: A,
}

impl<A: Root> AggregateContext<A> for Loaded<A> {
    fn aggregate(&mut self) -> &mut A {
        &mut self.aggregate
    }
}

/// Events that `cqrs_es` has had decided, with the sequence that they were decided on.
struct Decided<A: Root> {
    id: Uuid,
    base: i64,
    events: Vec<A::Event>,
}

impl<A: Root> UseCase for Decided<A> {
    type Output = ();
    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.adopt::<A>(self.id, self.base, self.events.clone()).await
    }
}

impl<A: Root> EventStore<A> for TenantStore {
    type AC = Loaded<A>;

    async fn load_events(&self, aggregate_id: &str) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        let id = parsed(aggregate_id)?;
        let stream = self.commands.ports().log.load(self.context.tenant, id, NO_SNAPSHOT).await;
        let events = stream.map_err(|e| failed(e.into()))?.events;
        let envelope = |stored| {
            let payload = read_event::<A>(&stored).map_err(failed)?;
            Ok(enveloped(aggregate_id, stored.sequence, payload, &HashMap::new()))
        };
        events.into_iter().map(envelope).collect()
    }

    async fn load_aggregate(&self, aggregate_id: &str) -> Result<Loaded<A>, AggregateError<A::Error>> {
        let id = parsed(aggregate_id)?;
        let (state, sequence) = self.commands.state_of::<A>(self.context.tenant, id).await.map_err(failed)?;
        Ok(Loaded { id, sequence, aggregate: A::clone(&state) })
    }

    async fn commit(
        &self,
        events: Vec<A::Event>,
        loaded: Loaded<A>,
        metadata: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        if events.is_empty() {
            return Ok(vec![]);
        }
        let Loaded { id, sequence: base, .. } = loaded;
        let decided = Decided::<A> { id, base, events };
        let context = self.context_with(metadata.clone()).map_err(|e| AggregateError::UnexpectedError(Box::new(e)))?;
        let done = self.commands.run(&context, &decided).await.map_err(failed)?;
        if done.receipt.replayed {
            return Ok(vec![]); // Carried out before: nothing new to dispatch.
        }
        let aggregate_id = id.to_string();
        let numbered = decided.events.into_iter().zip(base + 1..);
        Ok(numbered.map(|(event, sequence)| enveloped(&aggregate_id, sequence, event, &metadata)).collect())
    }
}

fn parsed<E: std::error::Error>(aggregate_id: &str) -> Result<Uuid, AggregateError<E>> {
    aggregate_id.parse().map_err(|e: uuid::Error| AggregateError::UnexpectedError(Box::new(e)))
}

fn enveloped<A: Root>(aggregate_id: &str, sequence: i64, payload: A::Event, metadata: &HashMap<String, String>) -> EventEnvelope<A> {
    EventEnvelope { aggregate_id: aggregate_id.to_owned(), sequence: sequence as usize, payload, metadata: metadata.clone() }
}

fn failed<E: std::error::Error>(failure: Failure) -> AggregateError<E> {
    match failure {
        Failure::VersionMismatch { .. } | Failure::Contended => AggregateError::AggregateConflict,
        Failure::Unavailable(_) => AggregateError::DatabaseConnectionError(Box::new(failure)),
        refused => AggregateError::UnexpectedError(Box::new(refused)),
    }
}
