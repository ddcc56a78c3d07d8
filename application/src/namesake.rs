//! Taking in an invoice that the exact duplicate rule keeps out, because a person with the right says that it is another one: a
//! landlord who numbers each year from 1, say. The number is claimed in the same write as the invoice, so of two at once one is kept out.

use quittance_domain::ids::InvoiceId;
use quittance_domain::invoice::{Invoice, InvoiceDocument, Namesake};

use crate::failure::Failure;
use crate::work::Work;

/// The invoice that keeps another one out, and why that one comes in all the same.
pub struct Beside {
    pub invoice_id: InvoiceId,
    pub reason: String,
}

impl Beside {
    /// As the other invoice is now: the store finds out if it changes meanwhile.
    pub(crate) async fn namesake(
        &self,
        work: &mut Work<'_>,
        vendor_keys: &[String],
        document: &InvoiceDocument,
    ) -> Result<Namesake, Failure> {
        let first = work.load::<Invoice>(self.invoice_id).await?;
        Ok(Namesake::of(self.invoice_id, first.received()?, vendor_keys, document)?)
    }
}
