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
        if let Payment::Planned { plan } = &*payment {
            let mut vendors: Vec<_> = plan.items.iter().map(|item| item.vendor_id).collect();
            vendors.sort();
            vendors.dedup();
            for vendor in vendors {
                work.load::<Vendor>(vendor).await?.profile()?.releasable_by(by)?;
            }
        }
        work.decide::<Payment>(self.id, PaymentCommand::Authorise { by }).await.map(drop)
    }
}
