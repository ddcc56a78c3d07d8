//! Reading payments and their bank files.

use axum::extract::State;
use axum::response::Response;
use quittance_domain::ids::PaymentId;
use quittance_domain::payment::Payment;
use quittance_projections::payment::{self, PaymentDetail, PaymentFilter, PaymentSummary};
use quittance_projections::{Page, PageOf};

use super::super::Refusals;
use super::super::payment_run::query::kept_file;
use crate::app::App;
use crate::auth::Caller;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};

/// Payments.
#[utoipa::path(get, path = "/v1/payments", tag = "payments", params(PaymentFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<PaymentSummary>), Refusals))]
pub async fn list_payments(
    mut read: Reading,
    Filter(filter): Filter<PaymentFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<PaymentSummary>>, Problem> {
    let found = payment::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// One payment with its items.
#[utoipa::path(get, path = "/v1/payments/{id}", tag = "payments", params(("id" = PaymentId, Path), MinPosition),
    responses((status = 200, body = PaymentDetail), Refusals))]
pub async fn get_payment(Id(id): Id<PaymentId>, mut read: Reading) -> Result<Fresh<PaymentDetail>, Problem> {
    let found = payment::get(&mut read.tx, id).await?;
    read.found(found)
}

/// The bank file of an executed payment, or of the run that it is part of: always the same bytes, of the hash that was recorded.
#[utoipa::path(get, path = "/v1/payments/{id}/file", tag = "payments", params(("id" = PaymentId, Path)),
    responses((status = 200, description = "The pain.001 or ACH file", content((Vec<u8> = "application/xml"), (Vec<u8> = "text/plain"))), Refusals))]
pub async fn get_payment_file(Id(id): Id<PaymentId>, State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let (payment, _) = app.system.commands.state_of::<Payment>(caller.tenant, id.0).await?;
    let Payment::Sent(sent) = &*payment else { return Err(Problem::not_found()) };
    let file = sent.file.as_deref().ok_or_else(Problem::not_found)?;
    kept_file(&mut app.system.database.read(caller.tenant).await?, file.clone()).await
}
