//! What falls due in a round of approval happens: reminding, asking the managers, ending the round.

use quittance_domain::approval::{Approval, ApprovalCommand};
use quittance_domain::ids::{ApprovalId, UserId};
use uuid::Uuid;

use super::decide::Round;
use crate::commands::UseCase;
use crate::failure::Failure;
use crate::work::Work;

/// In whose name deadlines have their effect: nobody's.
pub const TIMEKEEPER: UserId = UserId(Uuid::from_u128(0x7175_6974_7461_6e63_8000_0000_0000_0002));

/// Lets everything happen that is due by the context's time. Nothing due, nothing happens.
pub struct PassTime {
    pub id: ApprovalId,
}

impl UseCase for PassTime {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let now = work.ctx.now;
        let approval = work.take::<Approval>(self.id).await?;
        let Ok(running) = approval.running() else { return Ok(()) };
        if running.due_at().is_none_or(|due| now < due) {
            return Ok(());
        }
        let round = Round::of(work, running.request.invoice_id, "keep the time of").await?;
        let managers = round.managers(work).await?;
        let pass = ApprovalCommand::PassTime { now, managers, barred: round.barred };
        work.decide::<Approval>(self.id, pass).await.map(drop)
    }
}
