//! Reading invoices.

use axum::response::Response;
use quittance_domain::ids::InvoiceId;
use quittance_projections::invoice::{self, InvoiceDetail, InvoiceFilter, InvoiceSummary};
use quittance_projections::{Page, PageOf};

use super::super::Refusals;
use super::super::original::download;
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
    read.found(found)
}

/// The document as it came in, byte for byte.
#[utoipa::path(get, path = "/v1/invoices/{id}/original", tag = "invoices", params(("id" = InvoiceId, Path), MinPosition),
    responses((status = 200, description = "The original bytes", content_type = "application/octet-stream"), Refusals))]
pub async fn get_invoice_original(Id(id): Id<InvoiceId>, mut read: Reading) -> Result<Response, Problem> {
    let detail = invoice::get(&mut read.tx, id).await?.ok_or_else(Problem::not_found)?;
    download(&mut read, detail.source).await
}
