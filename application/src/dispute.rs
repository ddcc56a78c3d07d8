//! Disputing an invoice with its vendor, and coming to an end with it.

use quittance_domain::Money;
use quittance_domain::aggregate::derived_id;
use quittance_domain::ids::{DisputeId, InvoiceId};
use quittance_domain::invoice::{Dispute, DisputeOutcome, Invoice, InvoiceCommand};

use crate::commands::UseCase;
use crate::failure::Failure;
use crate::work::Work;

pub struct OpenDispute {
    pub id: InvoiceId,
    /// All that no payment has claimed where absent.
    pub amount: Option<Money>,
    pub reason: String,
}

impl UseCase for OpenDispute {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let invoice = work.take::<Invoice>(self.id).await?;
        let payable = invoice.received()?;
        let ever = payable.disputes_ever();
        let dispute_id = DisputeId(derived_id(&[b"dispute", self.id.0.as_bytes(), &ever.to_be_bytes()]));
        let amount = self.amount.unwrap_or_else(|| payable.unclaimed());
        let dispute = Dispute { dispute_id, amount, reason: self.reason.clone(), by: work.ctx.actor };
        work.decide::<Invoice>(self.id, InvoiceCommand::OpenDispute { dispute }).await.map(drop)
    }
}

pub struct ResolveDispute {
    pub id: InvoiceId,
    pub outcome: DisputeOutcome,
    pub reason: String,
}

impl UseCase for ResolveDispute {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let resolve = InvoiceCommand::ResolveDispute { outcome: self.outcome, by: work.ctx.actor, reason: self.reason.clone() };
        work.decide::<Invoice>(self.id, resolve).await.map(drop)
    }
}
