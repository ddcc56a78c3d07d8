//! Saying that what was refused need not follow any more.

use quittance_domain::refused_reaction::{Dismissal, RefusedReaction, RefusedReactionCommand};
use uuid::Uuid;

use crate::commands::UseCase;
use crate::failure::Failure;
use crate::work::Work;

/// Dismisses what one event asked for: commands that were refused, by their ids.
pub struct DismissRefused(pub Vec<(Uuid, Dismissal)>);

impl UseCase for DismissRefused {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        for (id, dismissal) in &self.0 {
            work.decide::<RefusedReaction>(*id, RefusedReactionCommand::Dismiss(dismissal.clone())).await?;
        }
        Ok(())
    }
}
