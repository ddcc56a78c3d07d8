//! A decision about an invoice is taken by its approval, and told in terms of the invoice: that is what the caller saw.

use quittance_application::{Done, Failure, UseCase, Work};
use quittance_domain::approval::Approval;
use quittance_domain::ids::{ApprovalId, InvoiceId};
use quittance_domain::invoice::{Invoice, InvoiceRefusal, Stage};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Caller;
use crate::committed::{CommandAnswer, Committed, reacted};
use crate::problem::Problem;

/// `id` and `version` are the invoice's: the version that was decided about.
#[derive(Debug, Serialize, ToSchema)]
pub struct Decided {
    #[serde(flatten)]
    answer: CommandAnswer,
    /// The round of approval, as `/v1/approvals/{id}` shows it.
    approval_id: ApprovalId,
    /// The round's own version after the decision.
    approval_version: i64,
}

/// A decision that holds for the invoice as the caller saw it.
pub struct About<U> {
    pub id: InvoiceId,
    pub decision: U,
}

/// The round and its version.
pub struct Round(ApprovalId, i64);

impl<U: UseCase> UseCase for About<U> {
    type Output = Round;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<Round, Failure> {
        work.take::<Invoice>(self.id).await?.received()?;
        work.answer_about::<Invoice>(self.id).await?;
        let current = work.version_of(self.id).unwrap_or_default();
        if work.ctx.expected_version.is_some_and(|expected| expected != current) {
            return Err(Failure::VersionMismatch { current });
        }
        self.decision.attempt(work).await?;
        let round = round_of(&*work.load::<Invoice>(self.id).await?)?;
        work.load::<Approval>(round).await?;
        Ok(Round(round, work.version_of(round).unwrap_or_default()))
    }
}

fn round_of(invoice: &Invoice) -> Result<ApprovalId, Failure> {
    match &invoice.received()?.stage {
        Stage::PendingApproval { approval_id, .. } | Stage::Approved { approval_id, .. } => Ok(*approval_id),
        _ => Err(InvoiceRefusal::InvoiceUnknown.into()),
    }
}

/// Answers a decision, once what follows from it is done. A repeat is told what the first time was told.
pub async fn tell(app: &App, caller: &Caller, done: Done<Round>) -> Result<Committed<Decided>, Problem> {
    let Done { receipt, output } = done;
    let Round(approval_id, approval_version) = match output {
        Some(round) => round,
        None => {
            let commands = &app.system.commands;
            let round = round_of(&*commands.state_at::<Invoice>(caller.tenant, receipt.id, receipt.version).await?)?;
            let version = commands.ports().log.version_at(caller.tenant, round.0, receipt.position).await;
            Round(round, version.map_err(Failure::from)?)
        }
    };
    let committed = reacted(app, caller, Committed::done(receipt)).await?;
    Ok(committed.with(|answer| Decided { answer, approval_id, approval_version }))
}
