//! What was refused once, tried again because a person asks for it: the same command, which happens once at most.

use quittance_application::Failure;
use quittance_application::approval::AppraiseRound;
use quittance_application::duplicate::CompareMerged;
use quittance_application::matching::MatchOrder;
use quittance_application::reaction::{Concern, Manager};
use quittance_domain::ids::{ApprovalId, InvoiceId, PurchaseOrderId};
use uuid::Uuid;

use super::{Asked, Batch, Reactions, Seen, unavailable};
use crate::projector::ProjectionError;
use crate::refused::{self, Waiting};
use crate::worker::holding;

impl<M: Manager> Reactions<M> {
    /// Tells whether it has been done by now, or need not be any more.
    pub async fn again(&self, waiting: &Waiting) -> Result<bool, Failure> {
        let mut tx = self.database.keep(waiting.tenant).await.map_err(unavailable)?;
        if refused::is_dismissed(&mut tx, waiting.id).await.map_err(unavailable)? {
            return Ok(true);
        }
        let seen = self.read(&mut tx, waiting.position - 1, 1).await.map_err(unreadable)?;
        let Some((event, reaction)) = seen.first().and_then(|event| Some((event, event.reaction.as_ref()?))) else { return Ok(false) };
        let batch = Batch::of(waiting.tenant);
        holding(&mut tx, self.once_more(&batch, event, reaction, waiting.concerned)).await.map_err(unavailable)??;
        let refused = batch.refused();
        match refused.is_empty() {
            true => refused::forget(&mut tx, waiting.id).await,
            false => refused::keep(&mut tx, M::NAME, &refused).await,
        }
        .map_err(unavailable)?;
        tx.commit().await.map_err(unavailable)?;
        Ok(refused.is_empty())
    }

    async fn once_more(&self, batch: &Batch, event: &Seen<M>, reaction: &M, concerned: Option<Uuid>) -> Result<(), Failure> {
        let moot = reaction.moot();
        match (reaction.concerns(), concerned) {
            (Some(Concern::EveryOrder), Some(id)) => {
                let use_case = &MatchOrder { id: PurchaseOrderId(id) };
                self.carry_out(batch, Asked { event, use_case, concerned, moot }).await
            }
            (Some(Concern::EveryUnratedRound), Some(id)) => {
                let use_case = &AppraiseRound { id: ApprovalId(id) };
                self.carry_out(batch, Asked { event, use_case, concerned, moot }).await
            }
            (Some(Concern::EveryOpenInvoiceOfMerged(_)), Some(id)) => {
                let use_case = &CompareMerged { invoice_id: InvoiceId(id), position: event.position };
                self.carry_out(batch, Asked { event, use_case, concerned, moot }).await
            }
            _ => self.react(batch, event, reaction).await,
        }
    }
}

fn unreadable(error: ProjectionError) -> Failure {
    Failure::Unavailable(error.to_string())
}
