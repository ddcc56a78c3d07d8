//! Ending a transfer whose provider is gone, by the word of two people.
//!
//! Its account must be closed: what has not left is sent as long as it is open, and a transfer that people have ended could
//! leave behind their back. What was on its way in that very moment the provider tells later, or the bank does.

use quittance_domain::RefusalKind;
use quittance_domain::ids::{AttachmentId, PaymentId};
use quittance_domain::payment::{FoundOutcome, OutcomeFinding, Payment, PaymentCommand, PaymentRefusal};
use quittance_domain::provider::{AccountState, ProviderAccount};
use quittance_domain::subject::{Subject, SubjectKind};

use crate::attachment::is_attached;
use crate::calendar::admit_value_date;
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::work::Work;

pub struct FindOutcome {
    pub id: PaymentId,
    pub outcome: FoundOutcome,
    pub reason: String,
    pub evidence: Vec<AttachmentId>,
}

impl UseCase for FindOutcome {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        admit_closed(work, self.id).await?;
        let payment = Subject { kind: SubjectKind::Payment, id: self.id.0 };
        for (index, paper) in self.evidence.iter().enumerate() {
            if !is_attached(work, *paper, payment).await? {
                let detail = "there is no such attachment of this payment";
                let unknown = Refused::new("outcome_evidence_unknown", RefusalKind::Invalid, detail);
                return Err(unknown.at(format!("/evidence/{index}")).into());
            }
        }
        if let FoundOutcome::Left { value_date, .. } = self.outcome {
            admit_value_date(work, value_date).await?;
        }
        let Self { outcome, reason, evidence, .. } = self;
        let finding = OutcomeFinding { outcome: outcome.clone(), reason: reason.clone(), evidence: evidence.clone(), by: work.ctx.actor };
        work.decide::<Payment>(self.id, PaymentCommand::FindOutcome { finding }).await.map(drop)
    }
}

pub struct ConfirmOutcome {
    pub id: PaymentId,
}

impl UseCase for ConfirmOutcome {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        admit_closed(work, self.id).await?;
        let payment = work.take::<Payment>(self.id).await?;
        let by = work.ctx.actor;
        work.decide::<Payment>(self.id, PaymentCommand::ConfirmOutcome { by }).await?;
        match payment.finding().map(|finding| &finding.outcome) {
            Some(FoundOutcome::Left { value_date, .. }) => admit_value_date(work, *value_date).await,
            _ => Ok(()),
        }
    }
}

/// Payments that no provider makes are refused by the payment itself.
async fn admit_closed(work: &mut Work<'_>, id: PaymentId) -> Result<(), Failure> {
    let payment = work.take::<Payment>(id).await?;
    let Some(account) = payment.plan()?.provider_account_id else { return Ok(()) };
    let account = work.load::<ProviderAccount>(account).await?;
    match account.account()?.state {
        AccountState::Closed => Ok(()),
        AccountState::Opened | AccountState::Active => Err(PaymentRefusal::ProviderAccountOpen.into()),
    }
}
