//! Taking in an invoice that the exact duplicate rule keeps out, because a person with the right says that it is another one: a
//! landlord who numbers each year from 1, say. The number is claimed in the same write as the invoice, so of two at once one is kept out.

use quittance_domain::ids::{InvoiceId, VendorId};
use quittance_domain::invoice::{Invoice, InvoiceDocument, Namesake};
use quittance_domain::vendor::Vendor;

use crate::commands::UseCase;
use crate::failure::Failure;
use crate::invoice::{ImportInvoice, ReceiveInvoice, take_in};
use crate::vendor::survivor;
use crate::work::Work;

/// The invoice that keeps another one out, and why that one comes in all the same.
pub struct Beside {
    pub invoice_id: InvoiceId,
    pub reason: String,
}

/// As [`ReceiveInvoice`], beside the invoice that bears the same number.
pub struct ReceiveNamesake {
    pub receive: ReceiveInvoice,
    pub beside: Beside,
}

impl UseCase for ReceiveNamesake {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let ReceiveInvoice { id, vendor_id, capture } = &self.receive;
        let vendor_id = survivor(work, *vendor_id).await?;
        let vendor = work.load::<Vendor>(vendor_id).await?;
        take_in(work, *id, vendor_id, vendor.profile()?, capture, Some(&self.beside)).await
    }
}

/// As [`ImportInvoice`], beside the invoice that bears the same number.
pub struct ImportNamesake {
    pub import: ImportInvoice,
    pub beside: Beside,
}

impl UseCase for ImportNamesake {
    type Output = VendorId;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<VendorId, Failure> {
        self.import.take_in(work, Some(&self.beside)).await
    }

    fn looks_again(&self, taken: &'static str) -> bool {
        self.import.looks_again(taken)
    }
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
