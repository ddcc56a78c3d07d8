//! How a request becomes a command: every operation has one function from its body to its use case, which serves the
//! operation's own route and its place in a batch.

use std::sync::Arc;

use quittance_application::commands::{NO_SNAPSHOT, fold, read_event};
use quittance_application::ports::EventLog;
use quittance_application::{Context, Failure, UseCase, Work};
use quittance_domain::Root;
use quittance_domain::ids::TenantId;
use uuid::Uuid;

use crate::committed::Committed;
use crate::order::Ordered;
use crate::problem::Problem;

/// A command to one aggregate.
pub struct Single<A: Root> {
    id: Uuid,
    command: A::Command,
    begins: bool,
}

impl<A: Root> Single<A> {
    pub fn on(id: impl Into<Uuid>, command: A::Command) -> Self {
        Self { id: id.into(), command, begins: false }
    }

    /// The first command of an aggregate: nothing is read.
    pub fn beginning(id: impl Into<Uuid>, command: A::Command) -> Self {
        Self { id: id.into(), command, begins: true }
    }
}

impl<A: Root> UseCase for Single<A>
where
    A::Command: Clone + Send + Sync,
{
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        if self.begins {
            return work.create::<A>(self.id, self.command.clone()).map(drop);
        }
        work.decide::<A>(self.id, self.command.clone()).await.map(drop)
    }
}

/// An aggregate as it was at `version`: a repeat is told what the first time was told, whatever has happened since.
pub async fn state_at<A: Root>(log: &Arc<dyn EventLog>, tenant: TenantId, id: Uuid, version: i64) -> Result<A, Failure> {
    let mut stream = log.load(tenant, id, A::STATE_VERSION).await.map_err(Failure::Unavailable)?;
    if stream.snapshot.as_ref().is_some_and(|snapshot| snapshot.sequence > version) {
        stream = log.load(tenant, id, NO_SNAPSHOT).await.map_err(Failure::Unavailable)?;
    }
    stream.events.retain(|event| event.sequence <= version);
    let folded = fold::<A>(stream)?;
    folded.state.downcast_ref::<A>().cloned().ok_or_else(|| Failure::Unavailable(format!("{id} is not a {}", A::TYPE)))
}

/// The version that an aggregate had when the log was at `position`.
pub async fn version_at(log: &Arc<dyn EventLog>, tenant: TenantId, id: Uuid, position: i64) -> Result<i64, Failure> {
    log.version_at(tenant, id, position).await.map_err(Failure::Unavailable)
}

/// Whether the log has such an event of this aggregate: twice is once also where the state has forgotten.
pub async fn has_happened<A: Root>(work: &Work<'_>, id: impl Into<Uuid>, such: impl Fn(&A::Event) -> bool) -> Result<bool, Failure> {
    let stream = work.ports().log.load(work.tenant(), id.into(), NO_SNAPSHOT).await.map_err(Failure::Unavailable)?;
    for stored in &stream.events {
        if such(&read_event::<A>(stored)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

impl<B, const KEYED: bool> Ordered<B, KEYED> {
    /// Creates something at `collection/{id}`.
    pub async fn create<I: From<Uuid>, U: UseCase>(
        self,
        collection: &str,
        command: impl FnOnce(I, B, &Context) -> Result<U, Problem>,
    ) -> Result<Committed, Problem> {
        let commands = &self.app.system.commands;
        let create = command(commands.ports().edge.new_id().into(), self.body, &self.ctx)?;
        Ok(Committed::created(collection, commands.run(&self.ctx, &create).await?.receipt))
    }

    /// Does something with what the path names.
    pub async fn on<I, U: UseCase>(self, id: I, command: impl FnOnce(I, B, &Context) -> Result<U, Problem>) -> Result<Committed, Problem> {
        let use_case = command(id, self.body, &self.ctx)?;
        Ok(Committed::done(self.app.system.commands.run(&self.ctx, &use_case).await?.receipt))
    }
}
