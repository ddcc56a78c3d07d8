//! Comments, questions and answers about a round that runs.

use quittance_domain::RefusalKind;
use quittance_domain::approval::{Approval, ApprovalCommand};
use quittance_domain::ids::{InvoiceId, UserId};
use quittance_domain::user::User;

use super::decide::running_approval;
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::work::Work;

pub struct CommentOnApproval {
    pub id: InvoiceId,
    pub text: String,
}

impl UseCase for CommentOnApproval {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let comment = ApprovalCommand::Comment { by: work.ctx.actor, text: self.text.clone() };
        say(work, self.id, comment).await
    }
}

/// Who is to decide asks somebody who knows.
pub struct AskForInformation {
    pub id: InvoiceId,
    pub of: UserId,
    pub text: String,
}

impl UseCase for AskForInformation {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        if !work.load::<User>(self.of).await?.account().is_ok_and(|account| account.active) {
            return Err(Refused::new("person_unknown", RefusalKind::Invalid, "there is no such active user").at("/user_id").into());
        }
        let ask = ApprovalCommand::Ask { by: work.ctx.actor, of: self.of, text: self.text.clone() };
        say(work, self.id, ask).await
    }
}

/// The caller answers everything that they were asked.
pub struct AnswerQuestion {
    pub id: InvoiceId,
    pub text: String,
}

impl UseCase for AnswerQuestion {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let answer = ApprovalCommand::Answer { by: work.ctx.actor, text: self.text.clone() };
        say(work, self.id, answer).await
    }
}

async fn say(work: &mut Work<'_>, id: InvoiceId, command: ApprovalCommand) -> Result<(), Failure> {
    let approval_id = running_approval(work, id, "discuss the approval of").await?;
    work.decide::<Approval>(approval_id, command).await.map(drop)
}
