//! `POST /v1/invoices/import`: a document as it came (UBL, CII, Factur-X PDF), kept byte for byte.

use axum::extract::multipart::Multipart;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use quittance_application::commands::fold;
use quittance_application::invoice::ImportInvoice;
use quittance_application::{Done, Failure, Receipt, UseCase, Work};
use quittance_domain::ids::{BankAccountId, InvoiceId, VendorId};
use quittance_domain::invoice::{Invoice, InvoiceException, InvoiceStatus, Payable};
use quittance_infrastructure::documents::{DocumentRefusal, capture_document};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::Refusals;
use crate::committed::{CommandAnswer, Committed};
use crate::order::{Upload, request_hash};
use crate::problem::{FieldError, Problem};

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
    let (bytes, file_name) = document_of(&upload).await?;
    // The document is what a repeat repeats, not the form around it: its boundary differs from one try to the next.
    upload.ctx.request_hash = upload.ctx.command_id.map(|_| request_hash("POST /v1/invoices/import", &bytes));
    // Parsing a large document takes a core for a while: not one that others wait on.
    let capture = tokio::task::spawn_blocking(move || capture_document(&bytes, file_name)).await.map_err(|_| Problem::internal())?;
    let capture = capture.map_err(refused)?;
    let sha256 = capture.original.as_ref().map(|o| hex::encode(o.sha256)).unwrap_or_default();
    let commands = &upload.app.system.commands;
    let edge = &commands.ports().edge;
    let import = ImportInvoice {
        id: InvoiceId(edge.new_id()),
        new_vendor: VendorId(edge.new_id()),
        new_account: BankAccountId(edge.new_id()),
        capture,
    };
    let Done { receipt, output } = commands.run(&upload.ctx, &ImportAndTell(import)).await?;
    let payable = match output {
        Some(payable) => payable,
        None => as_first_answered(&upload, receipt).await?,
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
    const NO_SNAPSHOT: i32 = -1;
    let log = &upload.app.system.commands.ports().log;
    let mut stream = log.load(upload.ctx.tenant, receipt.id, NO_SNAPSHOT).await.map_err(Failure::Unavailable)?;
    stream.events.retain(|event| event.sequence <= receipt.version);
    let folded = fold::<Invoice>(stream)?;
    let invoice = folded.state.downcast_ref::<Invoice>().ok_or_else(Problem::internal)?;
    Ok(invoice.received().map_err(Failure::from)?.clone())
}

async fn document_of(upload: &Upload) -> Result<(Bytes, Option<String>), Problem> {
    let content_type = upload.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !content_type.starts_with("multipart/form-data") {
        return Ok((upload.bytes.clone(), file_name(&upload.headers)));
    }
    let broken = |error: &dyn std::fmt::Display| Problem::malformed(format!("the form cannot be read: {error}"));
    let request =
        Request::builder().header(header::CONTENT_TYPE, content_type).body(upload.bytes.clone().into()).map_err(|e| broken(&e))?;
    let mut form = Multipart::from_request(request, &()).await.map_err(|e| broken(&e))?;
    while let Some(field) = form.next_field().await.map_err(|e| broken(&e))? {
        if field.name() == Some("file") {
            let name = field.file_name().map(str::to_owned);
            return Ok((field.bytes().await.map_err(|e| broken(&e))?, name));
        }
    }
    Err(Problem::malformed("the form has no field `file`"))
}

/// `Content-Disposition: attachment; filename="…"`.
fn file_name(headers: &HeaderMap) -> Option<String> {
    let disposition = headers.get(header::CONTENT_DISPOSITION)?.to_str().ok()?;
    let name = disposition.split(';').find_map(|part| part.trim().strip_prefix("filename="))?;
    Some(name.trim_matches('"').chars().take(255).collect())
}

fn refused(refusal: DocumentRefusal) -> Problem {
    let errors = refusal.findings.into_iter().map(|f| FieldError { pointer: f.location, detail: format!("{}: {}", f.term, f.message) });
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, refusal.code, "Document refused", refusal.detail);
    Problem { errors: errors.collect(), ..problem }
}
