//! A second person lets a payment go: not who planned it, nor who has changed the bank accounts of one of its vendors.

use quittance_domain::ids::{PaymentId, UserId, VendorId};
use quittance_domain::payment::{Payment, PaymentCommand};
use quittance_domain::vendor::Vendor;
use quittance_domain::vouching::VouchingRefusal;

use crate::commands::UseCase;
use crate::failure::Failure;
use crate::vouching;
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
            releasable(work, item.vendor_id, by).await?;
        }
        Ok(())
    }
}

/// May this person let money go to the vendor, under none of their names?
pub(crate) async fn releasable(work: &mut Work<'_>, vendor: VendorId, by: UserId) -> Result<(), Failure> {
    let vendor = work.load::<Vendor>(vendor).await?;
    let profile = vendor.profile()?;
    profile.releasable_by(by)?;
    if vouching::other_selves(work, by).await?.into_iter().any(|other| profile.releasable_by(other).is_err()) {
        return Err(VouchingRefusal::NotVouchedFor.into());
    }
    Ok(())
}
