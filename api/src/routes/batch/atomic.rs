//! All commands of a batch in one write, or none.

use quittance_application::{Done, Failure, UseCase, Work};
use quittance_domain::aggregate::derived_id;
use uuid::Uuid;

use super::operations::Step;
use super::{Batch, BatchResult};
use crate::committed::CommandAnswer;
use crate::order::KeyedOrder;
use crate::problem::Problem;

/// What one write creates is named by its key, so that a repeat names the same; a command on its own is found by its own.
pub fn new_id(order: &KeyedOrder<Batch>, index: usize) -> Uuid {
    match order.ctx.command_id.filter(|_| order.body.atomic) {
        Some(key) => derived_id(&[b"made by a batch", key.0.as_bytes(), &index.to_be_bytes()]),
        None => order.app.system.commands.ports().edge.new_id(),
    }
}

/// The results, and whether they are those of an earlier time.
pub async fn run(order: &KeyedOrder<Batch>, steps: Vec<Result<Step, Problem>>) -> Result<(Vec<BatchResult>, bool), Problem> {
    let all = Together(steps.into_iter().collect::<Result<_, _>>()?);
    let ids: Vec<Uuid> = all.0.iter().map(|step| step.about).collect();
    let Done { receipt, output } = order.app.system.commands.run(&order.ctx, &all).await?;
    let versions = match output {
        Some(versions) => versions,
        None => versions_at(order, &ids, receipt.position).await?,
    };
    let answer = |(id, version)| BatchResult::Done(CommandAnswer { id, version, position: receipt.position });
    Ok((ids.into_iter().zip(versions).map(answer).collect(), receipt.replayed))
}

/// A repeat is told the versions that things had at the position of the first run's write.
async fn versions_at(order: &KeyedOrder<Batch>, ids: &[Uuid], position: i64) -> Result<Vec<i64>, Problem> {
    let log = &order.app.system.commands.ports().log;
    let mut versions = Vec::with_capacity(ids.len());
    for id in ids {
        versions.push(log.version_at(order.ctx.tenant, *id, position).await.map_err(Failure::from)?);
    }
    Ok(versions)
}

struct Together(Vec<Step>);

impl UseCase for Together {
    /// The versions of what the commands were about, after all of them.
    type Output = Vec<i64>;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<Vec<i64>, Failure> {
        for (index, step) in self.0.iter().enumerate() {
            work.begin_part(format!("/commands/{index}"));
            step.attempt(work).await.map_err(|failure| named(failure, index))?;
        }
        Ok(self.0.iter().map(|step| work.version_of(step.about).unwrap_or_default()).collect())
    }
}

fn named(failure: Failure, index: usize) -> Failure {
    failure.told(|refused| {
        let part = if refused.pointer.is_some() { "/body" } else { "" };
        refused.below(format_args!("/commands/{index}{part}"))
    })
}
