//! Arranging recurring invoices, and making what is due: the invoice and the word that it was made are one write, so that
//! neither a crash nor a second server makes it twice.

use chrono::NaiveDate;
use quittance_domain::ids::RecurringInvoiceId;
use quittance_domain::invoice::Source;
use quittance_domain::recurring_invoice::{
    Arrangement, RecurringInvoice, RecurringInvoiceCommand, RecurringInvoiceRefusal, Schedule, Template, invoice_of,
};
use quittance_domain::vendor::{Vendor, VendorRefusal};

use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::invoice::{Capture, receive};
use crate::vendor::survivor;
use crate::work::Work;

pub struct ArrangeRecurringInvoice {
    pub id: RecurringInvoiceId,
    pub template: Template,
    pub schedule: Schedule,
}

impl UseCase for ArrangeRecurringInvoice {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        if work.load::<Vendor>(self.template.vendor_id).await?.profile().is_err() {
            return Err(Refused::from(VendorRefusal::VendorUnknown).at("/vendor_id").into());
        }
        let arrangement = Arrangement { template: self.template.clone(), schedule: self.schedule, by: work.ctx.actor };
        work.create::<RecurringInvoice>(self.id, RecurringInvoiceCommand::Arrange(Box::new(arrangement))).map(drop)
    }
}

/// Makes the earliest invoice that is due by the context's day. Tells whether there was one.
pub struct MakeDueInvoice {
    pub id: RecurringInvoiceId,
}

impl UseCase for MakeDueInvoice {
    type Output = bool;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<bool, Failure> {
        let before = work.take::<RecurringInvoice>(self.id).await?;
        let series = before.series()?;
        let Some(due_on) = series.next_due() else { return Ok(false) };
        let make = RecurringInvoiceCommand::MakeDue { id: self.id, today: work.ctx.today() };
        if work.decide::<RecurringInvoice>(self.id, make).await? == 0 {
            return Ok(false);
        }
        let (occurrence, vendor_id) = (series.next, survivor(work, series.arrangement.template.vendor_id).await?);
        let vendor = work.load::<Vendor>(vendor_id).await?;
        let profile = vendor.profile()?;
        let (document, payable) =
            series.arrangement.template.invoice(due_on, profile.party.clone()).ok_or(RecurringInvoiceRefusal::AmountNotPositive)?;
        let capture = Capture {
            document,
            payable,
            effective_date: None,
            stated_account: None,
            source: Source::Recurring { recurring_invoice_id: self.id, occurrence },
            original: None,
            verdict: None,
            exceptions: vec![],
        };
        receive(work, invoice_of(self.id, occurrence), vendor_id, profile, &capture, None).await?;
        Ok(true)
    }
}

/// What was due before `from`, today where absent, is passed over.
pub struct ResumeRecurringInvoice {
    pub id: RecurringInvoiceId,
    pub from: Option<NaiveDate>,
}

impl UseCase for ResumeRecurringInvoice {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (from, by) = (self.from.unwrap_or(work.ctx.today()), work.ctx.actor);
        work.decide::<RecurringInvoice>(self.id, RecurringInvoiceCommand::Resume { from, by }).await.map(drop)
    }
}
