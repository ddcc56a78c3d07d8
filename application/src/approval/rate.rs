//! A round that could not begin because a rate was missing goes on once the rate is stated.

use quittance_domain::approval::{Approval, ApprovalCommand};
use quittance_domain::ids::ApprovalId;

use super::decide::Round;
use crate::commands::UseCase;
use crate::failure::Failure;
use crate::work::Work;

/// Asks the policy again what the invoice of a waiting round comes to. Nothing happens as long as that is not known.
pub struct AppraiseRound {
    pub id: ApprovalId,
}

impl UseCase for AppraiseRound {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let approval = work.take::<Approval>(self.id).await?;
        match approval.running() {
            Ok(running) if running.waits_for_rate() => {
                let round = Round::of(work, running.request.invoice_id, "appraise").await?;
                appraise(work, &round).await
            }
            _ => Ok(()),
        }
    }
}

pub(super) async fn appraise(work: &mut Work<'_>, round: &Round) -> Result<(), Failure> {
    let Some((facts, stages)) = round.appraisal(work).await? else { return Ok(()) };
    let candidates = round.candidates_by(work, &facts, stages[0]).await?;
    work.decide::<Approval>(round.approval_id, ApprovalCommand::Appraise { facts, stages, candidates }).await.map(drop)
}
