//! `POST /v1/invoices/import`: a document as it came (UBL, CII, Factur-X PDF), kept byte for byte.

use axum::extract::multipart::Multipart;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use quittance_application::invoice::ImportInvoice;
use quittance_domain::ids::{BankAccountId, InvoiceId, VendorId};
use quittance_domain::invoice::InvoiceException;
use quittance_infrastructure::documents::{DocumentRefusal, capture_document};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::Refusals;
use crate::committed::{CommandAnswer, Committed};
use crate::order::Upload;
use crate::problem::{FieldError, Problem};

#[derive(Debug, Serialize, ToSchema)]
pub struct Imported {
    #[serde(flatten)]
    answer: CommandAnswer,
    /// SHA-256 of the document, hex; `GET …/original` serves it back.
    sha256: String,
    /// Why the invoice needs a person before it can go on; empty where it does not.
    exceptions: Vec<InvoiceException>,
}

/// Import an e-invoice. An unknown seller is registered as an unverified vendor; the same document twice is one invoice.
#[utoipa::path(post, path = "/v1/invoices/import", tag = "invoices",
    request_body(description = "The document itself, or a multipart form with it as `file`", content(("application/xml"), ("application/pdf"), ("multipart/form-data"))),
    params(("Idempotency-Key" = String, Header)), responses((status = 201, body = Imported), Refusals))]
pub async fn import_invoice(upload: Upload) -> Result<Committed<Imported>, Problem> {
    let (bytes, file_name) = document_of(&upload).await?;
    // Parsing a large document takes a core for a while: not one that others wait on.
    let capture = tokio::task::spawn_blocking(move || capture_document(&bytes, file_name)).await.map_err(|_| Problem::internal())?;
    let capture = capture.map_err(refused)?;
    let exceptions = capture.exceptions.clone();
    let sha256 = capture.original.as_ref().map(|o| hex::encode(o.sha256)).unwrap_or_default();
    let commands = &upload.app.system.commands;
    let edge = &commands.ports().edge;
    let import = ImportInvoice {
        id: InvoiceId(edge.new_id()),
        new_vendor: VendorId(edge.new_id()),
        new_account: BankAccountId(edge.new_id()),
        capture,
    };
    let receipt = commands.run(&upload.ctx, &import).await?.receipt;
    Ok(Committed::created("/v1/invoices", receipt).with(|answer| Imported { answer, sha256, exceptions }))
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
