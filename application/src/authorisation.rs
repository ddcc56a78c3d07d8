//! A second person lets a payment go: not who planned it, nor who has changed the bank accounts of one of its vendors.

use quittance_domain::ids::PaymentId;
use quittance_domain::payment::{Payment, PaymentCommand};
use quittance_domain::vendor::Vendor;

use crate::commands::UseCase;
use crate::failure::Failure;
use crate::work::Work;

pub struct AuthorisePayment {
    pub id: PaymentId,
}

impl UseCase for AuthorisePayment {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let by = work.ctx.actor;
        let payment = work.take::<Payment>(self.id).await?;
        if work.decide::<Payment>(self.id, PaymentCommand::Authorise { by }).await? == 0 {
            return Ok(());
        }
        for item in &payment.plan()?.items {
            work.load::<Vendor>(item.vendor_id).await?.profile()?.releasable_by(by)?;
        }
        Ok(())
    }
}
