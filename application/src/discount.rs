//! Discounts that end: the clock asks an invoice, and the invoice says which of them nobody took.

use quittance_domain::ids::InvoiceId;
use quittance_domain::invoice::{Invoice, InvoiceCommand};

use crate::commands::UseCase;
use crate::failure::Failure;
use crate::work::Work;

pub struct EndDiscounts {
    pub id: InvoiceId,
    /// The last payment run left the invoice out because its limit was reached.
    pub short_of_cash: bool,
}

impl UseCase for EndDiscounts {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let end = InvoiceCommand::MissDiscounts { today: work.ctx.today(), short_of_cash: self.short_of_cash };
        work.decide::<Invoice>(self.id, end).await.map(drop)
    }
}
