//! `POST /v1/invoices/import`: a document as it came (UBL, CII, Factur-X PDF), kept byte for byte.

use quittance_application::invoice::ImportInvoice;
use quittance_application::{Done, Failure, Receipt, UseCase, Work};
use quittance_domain::ids::{BankAccountId, InvoiceId, VendorId};
use quittance_domain::invoice::{Invoice, InvoiceException, InvoiceStatus, Payable};
use quittance_infrastructure::documents::capture_document;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::Refusals;
use crate::committed::{CommandAnswer, Committed};
use crate::problem::Problem;
use crate::upload::Upload;

#[derive(Debug, Serialize, ToSchema)]
pub struct Imported {
    #[serde(flatten)]
    answer: CommandAnswer,
    /// SHA-256 of the document, hex; `GET …/original` serves it back.
    sha256: String,
    vendor_id: VendorId,
    status: InvoiceStatus,
    /// Why the invoice needs a person before it can go on; empty where it does not.
    exceptions: Vec<InvoiceException>,
}

/// Import an e-invoice. An unknown seller is registered as an unverified vendor; the same document twice is one invoice.
#[utoipa::path(post, path = "/v1/invoices/import", tag = "invoices",
    request_body(description = "The document itself, or a multipart form with it as `file`", content(("application/xml"), ("application/pdf"), ("multipart/form-data"))),
    params(("Idempotency-Key" = String, Header)), responses((status = 201, body = Imported), Refusals))]
pub async fn import_invoice(mut upload: Upload) -> Result<Committed<Imported>, Problem> {
    let import = import_of(&mut upload).await?;
    imported(&upload, import).await
}

pub async fn import_of(upload: &mut Upload) -> Result<ImportInvoice, Problem> {
    let (bytes, file_name) = (upload.bytes.clone(), upload.file_name.take());
    // Parsing a large document takes a core for a while: not one that others wait on.
    let capture = tokio::task::spawn_blocking(move || capture_document(&bytes, file_name)).await.map_err(|_| Problem::internal())??;
    let edge = &upload.app.system.commands.ports().edge;
    Ok(ImportInvoice {
        id: InvoiceId(edge.new_id()),
        new_vendor: VendorId(edge.new_id()),
        new_account: BankAccountId(edge.new_id()),
        capture,
        beside: None,
    })
}

pub async fn imported(upload: &Upload, import: ImportInvoice) -> Result<Committed<Imported>, Problem> {
    let sha256 = import.capture.original.as_ref().map(|o| hex::encode(o.sha256)).unwrap_or_default();
    let Done { receipt, output } = upload.app.system.commands.run(&upload.ctx, &ImportAndTell(import)).await?;
    let payable = match output {
        Some(payable) => payable,
        None => as_first_answered(upload, receipt).await?,
    };
    let Payable { vendor_id, ref exceptions, .. } = payable;
    let (status, exceptions) = (payable.status(), exceptions.clone());
    Ok(Committed::created("/v1/invoices", receipt).with(|answer| Imported { answer, sha256, vendor_id, status, exceptions }))
}

/// The import, and the invoice as it came in: with what its vendor adds to what is wrong with it.
struct ImportAndTell(ImportInvoice);

impl UseCase for ImportAndTell {
    type Output = Payable;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<Payable, Failure> {
        self.0.attempt(work).await?;
        Ok(work.load::<Invoice>(self.0.id).await?.received()?.clone())
    }

    fn looks_again(&self, taken: &'static str) -> bool {
        self.0.looks_again(taken)
    }
}

/// A repeat is told what the first time was told, whatever has become of the invoice since.
async fn as_first_answered(upload: &Upload, receipt: Receipt) -> Result<Payable, Problem> {
    let invoice = upload.app.system.commands.state_at::<Invoice>(upload.ctx.tenant, receipt.id, receipt.version).await?;
    Ok(invoice.received().map_err(Failure::from)?.clone())
}
