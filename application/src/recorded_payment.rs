//! A payment that was made by other means: what a person says of it is held against what was planned and what is known.

use chrono::NaiveDate;
use quittance_domain::RefusalKind;
use quittance_domain::ids::PaymentId;
use quittance_domain::invoice::Invoice;
use quittance_domain::payment::{Payment, PaymentCommand, PaymentPlan};
use quittance_domain::vendor::Vendor;
use quittance_domain::withholding::RateInForce;
use rust_decimal::Decimal;

use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::payment::still_holds;
use crate::value_date::{no_day_to_come, too_early};
use crate::withholding::rate_in_force;
use crate::work::Work;

/// Records that an authorised payment was made by other means.
pub struct RecordPayment {
    pub id: PaymentId,
    pub record: quittance_domain::payment::ManualRecord,
}

impl UseCase for RecordPayment {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let payment = work.take::<Payment>(self.id).await?;
        if let Payment::Authorised { plan, .. } = &*payment {
            no_day_to_come("/paid_on", self.record.paid_on, work.ctx.today())?;
            not_before_it_is_open(work, self.id, plan, self.record.paid_on).await?;
            still_holds(work, self.id, plan, self.record.paid_on).await?;
            keeps_back_as_planned(work, plan, self.record.paid_on).await?;
        }
        let (by, at) = (work.ctx.actor, work.ctx.now);
        let record = PaymentCommand::RecordManually { by, at, record: self.record.clone() };
        work.decide::<Payment>(self.id, record).await.map(drop)
    }
}

/// What it pays was owed by then.
async fn not_before_it_is_open(work: &mut Work<'_>, id: PaymentId, plan: &PaymentPlan, paid_on: NaiveDate) -> Result<(), Failure> {
    for item in &plan.items {
        let open_from = work.load::<Invoice>(item.invoice_id).await?.received()?.settles_from(id);
        if paid_on < open_from {
            return Err(too_early(item.line, open_from).at("/paid_on").into());
        }
    }
    Ok(())
}

/// Tax was kept back at the rate of the day for which it was planned, which is to be that of the day on which it was paid.
async fn keeps_back_as_planned(work: &mut Work<'_>, plan: &PaymentPlan, paid_on: NaiveDate) -> Result<(), Failure> {
    for item in &plan.items {
        let vendor = work.load::<Vendor>(item.vendor_id).await?;
        let percent = |rate: Option<RateInForce>| rate.map_or(Decimal::ZERO, |rate| rate.percent);
        let planned = percent(rate_in_force(work, vendor.profile()?, plan.execution_date).await?);
        let paid = percent(rate_in_force(work, vendor.profile()?, paid_on).await?);
        if planned != paid {
            let detail = format!(
                "of line {} {paid} % is kept back on {paid_on}, and {planned} % on {}, for which it was planned: void it, and plan it for the day on which it was paid",
                item.line, plan.execution_date
            );
            return Err(Refused::new("withholding_rate_differs", RefusalKind::Invalid, detail).at("/paid_on").into());
        }
    }
    Ok(())
}
