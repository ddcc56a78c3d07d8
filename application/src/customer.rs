//! Customers: only with terms that were adopted and a coding that the chart has; two that are one are merged.

use quittance_domain::customer::{Customer, CustomerCommand, CustomerDetails, CustomerRefusal};
use quittance_domain::ids::CustomerId;

use crate::coding::usually_postable;
use crate::commands::UseCase;
use crate::failure::Failure;
use crate::merging::merge;
use crate::terms;
use crate::work::Work;

pub struct RegisterCustomer {
    pub id: CustomerId,
    pub details: CustomerDetails,
}

impl UseCase for RegisterCustomer {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        agreed(work, self.details.payment_terms.as_deref()).await?;
        usually_postable(work, self.details.coding.as_ref()).await?;
        let register = CustomerCommand::Register { details: Box::new(self.details.clone()), by: work.ctx.actor };
        work.create::<Customer>(self.id, register).map(drop)
    }
}

/// Replaces what was known of a customer.
pub struct ChangeCustomer {
    pub id: CustomerId,
    pub details: CustomerDetails,
}

impl UseCase for ChangeCustomer {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let known = work.take::<Customer>(self.id).await?;
        let before = &known.profile()?.details;
        // What the chart has closed since does not stand in the way of another change.
        if self.details.coding != before.coding {
            usually_postable(work, self.details.coding.as_ref()).await?;
        }
        agreed(work, self.details.payment_terms.as_deref()).await?;
        let change = CustomerCommand::ChangeDetails { details: Box::new(self.details.clone()), by: work.ctx.actor };
        work.decide::<Customer>(self.id, change).await.map(drop)
    }
}

async fn agreed(work: &mut Work<'_>, code: Option<&str>) -> Result<(), Failure> {
    match code {
        Some(code) => terms::adopted(work, code).await,
        None => Ok(()),
    }
}

/// Two customers are one under two names: `into` goes on, `id` says so for ever.
pub struct MergeCustomer {
    pub id: CustomerId,
    pub into: CustomerId,
}

impl UseCase for MergeCustomer {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (by, into) = (work.ctx.actor, self.into);
        let merged = work.take::<Customer>(self.id).await?;
        let customers = std::iter::once(self.id).chain(merged.profile()?.absorbed.iter().copied()).collect();
        if self.id == into {
            return Err(CustomerRefusal::MergedIntoItself.into());
        }
        let (gives_up, goes_on) = (CustomerCommand::Merge { into, by }, CustomerCommand::Absorb { customers, by });
        merge::<Customer>(work, (self.id.0, gives_up), (into.0, goes_on)).await
    }
}
