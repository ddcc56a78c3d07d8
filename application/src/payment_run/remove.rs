//! Leaving an invoice out of a proposed run, with a reason: what it reserved is free again.

use quittance_domain::ids::{InvoiceId, PaymentRunId};
use quittance_domain::payment_run::{PaymentRun, PaymentRunCommand, PaymentRunPage, PaymentRunPageCommand, PaymentRunPageRefusal, page_id};

use crate::commands::UseCase;
use crate::failure::Failure;
use crate::work::Work;

pub struct RemoveRunItem {
    pub id: PaymentRunId,
    pub invoice_id: InvoiceId,
    pub reason: String,
}

impl UseCase for RemoveRunItem {
    type Output = ();

    /// Every instalment of the invoice that the run would pay.
    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.answer_about::<PaymentRun>(self.id).await?;
        let run = work.take::<PaymentRun>(self.id).await?;
        let (by, mut found) = (work.ctx.actor, false);
        for page in 1..=run.proposed()?.proposal.pages {
            let listed = work.load::<PaymentRunPage>(page_id(self.id, page)).await?;
            for item in listed.selected()?.items_of(self.invoice_id) {
                found = true;
                let (line, amount, withheld, reason) = (item.line, item.leaves(), item.withheld, self.reason.clone());
                let left = work.load::<PaymentRunPage>(page_id(self.id, page)).await?;
                let last_of_payment = left.selected()?.is_alone(line);
                let leave_out = PaymentRunCommand::RemoveItem {
                    page,
                    line,
                    invoice_id: self.invoice_id,
                    amount,
                    withheld,
                    last_of_payment,
                    by,
                    reason: reason.clone(),
                };
                work.decide::<PaymentRun>(self.id, leave_out).await?;
                work.decide::<PaymentRunPage>(page_id(self.id, page), PaymentRunPageCommand::RemoveItem { line, by, reason }).await?;
            }
        }
        if found { Ok(()) } else { Err(PaymentRunPageRefusal::RunItemUnknown.into()) }
    }
}
