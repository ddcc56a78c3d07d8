//! Deciding by a link: no session, one round, once.

use quittance_domain::RefusalKind;
use quittance_domain::approval::{Approval, ApprovalRefusal, link_key};
use quittance_domain::ids::{ApprovalId, DecisionLinkId, InvoiceId, UserId};
use quittance_domain::role::Role;
use quittance_domain::user::User;

use super::decide::{ApproveInvoice, RejectInvoice, Round, Signed, running_approval};
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::work::Work;

/// What whoever opened the link decided.
#[derive(Clone, Debug)]
pub enum Verdict {
    Approve { comment: Option<String> },
    Reject { reason: String },
}

/// A decision in the name of the person whom the link was made for, who is the context's actor.
pub struct DecideByLink {
    pub link: DecisionLinkId,
    pub invoice: InvoiceId,
    pub approval: ApprovalId,
    pub verdict: Verdict,
    /// Who may decide at all: the link opens no door that its holder's key would not.
    pub roles: &'static [Role],
}

impl UseCase for DecideByLink {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        self.check(work).await?;
        let (id, signed) = (self.invoice, Signed { on_behalf_of: None, link: Some(self.link) });
        match self.verdict.clone() {
            Verdict::Approve { comment } => ApproveInvoice { id, comment, signed }.attempt(work).await,
            Verdict::Reject { reason } => RejectInvoice { id, reason, signed }.attempt(work).await,
        }
    }
}

impl DecideByLink {
    async fn check(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        if work.holder(&link_key(self.link)).await?.is_some() {
            return Err(Refused::new("link_used", RefusalKind::State, "this link has decided").into());
        }
        let user = work.load::<User>(work.ctx.actor).await?;
        let may = user.account().is_ok_and(|a| a.active && a.roles.iter().any(|role| self.roles.contains(role)));
        if !may {
            return Err(ApprovalRefusal::NotEligible.into());
        }
        let outdated = || Refused::new("link_outdated", RefusalKind::State, "the round that this link was made for is over");
        let current = running_approval(work, self.invoice, "decide").await.map_err(|_| outdated())?;
        let runs = current == self.approval && matches!(&*work.load::<Approval>(current).await?, Approval::Running(_));
        if runs { Ok(()) } else { Err(outdated().into()) }
    }
}

/// The running round that a person may make a link for: one that waits for them, in their own place or in another's.
pub struct RoundToLink {
    pub id: InvoiceId,
}

impl UseCase for RoundToLink {
    type Output = ApprovalId;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<ApprovalId, Failure> {
        let round = Round::of(work, self.id, "decide").await?;
        let by: UserId = work.ctx.actor;
        let places: Vec<UserId> = round.delegated_to(work, by).await?.into_iter().map(|path| path.principal).chain([by]).collect();
        let waits = round.running.open.iter().flat_map(|open| open.waiting_for()).any(|person| places.contains(&person));
        if waits { Ok(round.approval_id) } else { Err(ApprovalRefusal::NotEligible.into()) }
    }
}
