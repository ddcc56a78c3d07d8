//! Reading payment runs, what they say of each invoice, and their files.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use quittance_domain::ids::{InvoiceId, PaymentRunId};
use quittance_domain::payment::SentFile;
use quittance_infrastructure::database::TenantTx;
use quittance_projections::payment_run::{
    self, PaymentRunDetail, PaymentRunFilter, PaymentRunItemFilter, PaymentRunItemView, PaymentRunSummary,
};
use quittance_projections::{Page, PageOf, invoice, originals};

use super::super::Refusals;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};

/// Payment runs.
#[utoipa::path(get, path = "/v1/payment-runs", tag = "payment runs", params(PaymentRunFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<PaymentRunSummary>), Refusals))]
pub async fn list_payment_runs(
    mut read: Reading,
    Filter(filter): Filter<PaymentRunFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<PaymentRunSummary>>, Problem> {
    let found = payment_run::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// One payment run: what was asked for, what it pays, its file.
#[utoipa::path(get, path = "/v1/payment-runs/{id}", tag = "payment runs", params(("id" = PaymentRunId, Path), MinPosition),
    responses((status = 200, body = PaymentRunDetail), Refusals))]
pub async fn get_payment_run(Id(id): Id<PaymentRunId>, mut read: Reading) -> Result<Fresh<PaymentRunDetail>, Problem> {
    let found = payment_run::get(&mut read.tx, id).await?;
    read.found(found)
}

/// What a run says of each instalment that was open: that it pays it, or why not.
#[utoipa::path(get, path = "/v1/payment-runs/{id}/items", tag = "payment runs",
    params(("id" = PaymentRunId, Path), PaymentRunItemFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<PaymentRunItemView>), Refusals))]
pub async fn list_payment_run_items(
    Id(id): Id<PaymentRunId>,
    mut read: Reading,
    Filter(filter): Filter<PaymentRunItemFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<PaymentRunItemView>>, Problem> {
    payment_run::get(&mut read.tx, id).await?.ok_or_else(Problem::not_found)?;
    let found = payment_run::items(&mut read.tx, id, &filter, &page).await?;
    Ok(read.answer(found))
}

/// What every run said of an invoice: chosen, or why not.
#[utoipa::path(get, path = "/v1/invoices/{id}/payment-runs", tag = "payment runs", params(("id" = InvoiceId, Path), Page, MinPosition),
    responses((status = 200, body = PageOf<PaymentRunItemView>), Refusals))]
pub async fn list_payment_runs_of_invoice(
    Id(id): Id<InvoiceId>,
    mut read: Reading,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<PaymentRunItemView>>, Problem> {
    invoice::get(&mut read.tx, id).await?.ok_or_else(Problem::not_found)?;
    let found = payment_run::items_of_invoice(&mut read.tx, id, &page).await?;
    Ok(read.answer(found))
}

/// The bank file of a run: the very bytes that were written.
#[utoipa::path(get, path = "/v1/payment-runs/{id}/file", tag = "payment runs", params(("id" = PaymentRunId, Path), MinPosition),
    responses((status = 200, description = "The pain.001 or ACH file", content((Vec<u8> = "application/xml"), (Vec<u8> = "text/plain"))), Refusals))]
pub async fn get_payment_run_file(Id(id): Id<PaymentRunId>, mut read: Reading) -> Result<Response, Problem> {
    let run = payment_run::get(&mut read.tx, id).await?.ok_or_else(Problem::not_found)?;
    kept_file(&mut read.tx, run.file.ok_or_else(Problem::not_found)?).await
}

/// A file that was kept by its hash when it was written.
pub async fn kept_file(tx: &mut TenantTx, file: SentFile) -> Result<Response, Problem> {
    let bytes = originals::fetch(tx, &file.sha256).await?.ok_or_else(Problem::not_found)?;
    Ok((headers_of(&file), bytes).into_response())
}

/// A pain.001 is XML, an ACH file is lines of text.
fn headers_of(file: &SentFile) -> [(header::HeaderName, String); 3] {
    let (media_type, ending) =
        if file.ach_control.is_some() { ("text/plain; charset=us-ascii", "ach") } else { ("application/xml", "xml") };
    [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}.{ending}\"", file.message_id)),
        (header::ETAG, format!("\"{}\"", file.sha256)),
    ]
}
