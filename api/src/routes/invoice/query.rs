//! Reading invoices.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use quittance_domain::ids::InvoiceId;
use quittance_domain::invoice::Source;
use quittance_projections::invoice::{self, InvoiceDetail, InvoiceFilter, InvoiceSummary};
use quittance_projections::{Page, PageOf, originals};

use super::super::Refusals;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};

/// Invoices.
#[utoipa::path(get, path = "/v1/invoices", tag = "invoices", params(InvoiceFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<InvoiceSummary>), Refusals))]
pub async fn list_invoices(
    mut read: Reading,
    Filter(filter): Filter<InvoiceFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<InvoiceSummary>>, Problem> {
    let found = invoice::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// One invoice, whole.
#[utoipa::path(get, path = "/v1/invoices/{id}", tag = "invoices", params(("id" = InvoiceId, Path), MinPosition),
    responses((status = 200, body = InvoiceDetail), Refusals))]
pub async fn get_invoice(Id(id): Id<InvoiceId>, mut read: Reading) -> Result<Fresh<InvoiceDetail>, Problem> {
    let found = invoice::get(&mut read.tx, id).await?;
    let version = found.as_ref().map_or(0, |i| i.summary.version);
    read.found(found).map(|answer| answer.of_version(version))
}

/// The document as it came in, byte for byte.
#[utoipa::path(get, path = "/v1/invoices/{id}/original", tag = "invoices", params(("id" = InvoiceId, Path), MinPosition),
    responses((status = 200, description = "The original bytes", content_type = "application/octet-stream"), Refusals))]
pub async fn get_invoice_original(Id(id): Id<InvoiceId>, mut read: Reading) -> Result<Response, Problem> {
    let detail = invoice::get(&mut read.tx, id).await?.ok_or_else(Problem::not_found)?;
    let Source::Document { sha256, media_type, file_name, .. } = detail.source else { return Err(Problem::not_found()) };
    let bytes = originals::fetch(&mut read.tx, &sha256).await?.ok_or_else(Problem::not_found)?;
    // Never shown in the page: a document from outside is downloaded, not run.
    let name: String = file_name.unwrap_or_default().chars().filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).collect();
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", if name.is_empty() { "original" } else { &name })),
        (header::ETAG, format!("\"{sha256}\"")),
    ];
    Ok((headers, bytes).into_response())
}
