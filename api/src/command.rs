//! How a request becomes a command: every operation has one function from its body to its use case, which serves the
//! operation's own route and its place in a batch.

use quittance_application::{Context, UseCase};
use uuid::Uuid;

use crate::committed::Committed;
use crate::order::Ordered;
use crate::problem::Problem;

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
