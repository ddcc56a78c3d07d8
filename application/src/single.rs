//! Commands to one aggregate, whose rules are all its own.

use quittance_domain::Root;
use uuid::Uuid;

use crate::commands::UseCase;
use crate::failure::Failure;
use crate::work::Work;

pub enum Single<A: Root> {
    On(Uuid, A::Command),
    /// The first command of an aggregate: nothing is read.
    Beginning(Uuid, A::Command),
}

impl<A: Root> Single<A> {
    pub fn on(id: impl Into<Uuid>, command: A::Command) -> Self {
        Self::On(id.into(), command)
    }

    pub fn beginning(id: impl Into<Uuid>, command: A::Command) -> Self {
        Self::Beginning(id.into(), command)
    }
}

impl<A: Root> UseCase for Single<A>
where
    A::Command: Clone + Send + Sync,
{
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        match self {
            Self::On(id, command) => work.decide::<A>(*id, command.clone()).await.map(drop),
            Self::Beginning(id, command) => work.create::<A>(*id, command.clone()).map(drop),
        }
    }
}
