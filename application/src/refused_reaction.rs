//! Saying that what was refused need not follow any more.

use quittance_domain::refused_reaction::{Dismissal, RefusedReaction, RefusedReactionCommand};
use uuid::Uuid;

use crate::commands::UseCase;
use crate::failure::Failure;
use crate::work::Work;

/// Dismisses what one event asked for: every command of it that was refused, or nothing where nothing waits.
pub struct DismissRefused {
    pub refused: Vec<RefusedCommand>,
    pub reason: String,
}

/// A command that a process manager gave and that was refused.
pub struct RefusedCommand {
    pub id: Uuid,
    pub process_manager: String,
    pub asked_at_position: i64,
    pub concerned_id: Option<Uuid>,
    pub refused_as: String,
}

impl UseCase for DismissRefused {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        for RefusedCommand { id, process_manager, asked_at_position, concerned_id, refused_as } in &self.refused {
            let dismissal = Dismissal {
                process_manager: process_manager.clone(),
                asked_at_position: *asked_at_position,
                concerned_id: *concerned_id,
                refused_as: refused_as.clone(),
                reason: self.reason.clone(),
                by: work.ctx.actor,
            };
            work.decide::<RefusedReaction>(*id, RefusedReactionCommand::Dismiss(dismissal)).await?;
        }
        Ok(())
    }
}
