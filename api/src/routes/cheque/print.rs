//! Cheques on paper: the face that the bank pays, and the stub that tells the vendor what for.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use quittance_application::Context;
use quittance_application::cheque::{ChequePrint, PrintCheques};
use quittance_domain::ids::{PaymentId, PaymentRunId};
use quittance_einvoice_formats::{ChequePage, write_cheques};
use quittance_infrastructure::remittance_letters::{Account, letter};
use quittance_projections::payment_run;
use quittance_rails::amount_in_words::amount_in_words;

use super::super::Refusals;
use super::super::einvoice::off_the_reactor;
use crate::problem::Problem;
use crate::reading::{Id, MinPosition, Reading};
use crate::system::System;

/// The cheque of a payment, with the invoices that it pays on its stub. Printed again it is the same file; once it is voided it says so.
#[utoipa::path(get, path = "/v1/payments/{id}/cheque", tag = "cheques", params(("id" = PaymentId, Path), MinPosition),
    responses((status = 200, description = "The cheque, to be printed", content((Vec<u8> = "application/pdf"))), Refusals))]
pub async fn get_cheque(Id(id): Id<PaymentId>, read: Reading) -> Result<Response, Problem> {
    printed(read, vec![id]).await
}

/// The cheques of a run, in the order of their numbers.
#[utoipa::path(get, path = "/v1/payment-runs/{id}/cheques", tag = "cheques", params(("id" = PaymentRunId, Path), MinPosition),
    responses((status = 200, description = "The cheques, to be printed", content((Vec<u8> = "application/pdf"))), Refusals))]
pub async fn get_payment_run_cheques(Id(id): Id<PaymentRunId>, mut read: Reading) -> Result<Response, Problem> {
    let payments = payment_run::payments(&mut read.tx, id).await?;
    printed(read, payments).await
}

/// The log says what is on them; no transaction stands open while they are drawn.
async fn printed(Reading { app, caller, tx, .. }: Reading, payments: Vec<PaymentId>) -> Result<Response, Problem> {
    drop(tx);
    let ctx = app.system.context(caller.tenant, caller.user).await?;
    let pdf = drawn(&app.system, &ctx, payments).await?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], pdf).into_response())
}

/// Not found where none of the payments has a cheque.
pub async fn drawn(system: &System, ctx: &Context, payments: Vec<PaymentId>) -> Result<Vec<u8>, Problem> {
    let prints = system.commands.run(ctx, &PrintCheques(payments)).await?.output.unwrap_or_default();
    let pages = prints.iter().map(page).collect::<Option<Vec<_>>>().filter(|pages| !pages.is_empty()).ok_or_else(Problem::not_found)?;
    let written = off_the_reactor(move || write_cheques(&pages)).await?;
    written.map_err(|error| Problem::unavailable(&error))
}

/// `None` of an amount that has no words, which no payment has.
fn page(print: &ChequePrint) -> Option<ChequePage> {
    let stub = letter(&print.advice, Account::Whole);
    Some(ChequePage {
        drawer: stub.payer,
        account: format!("{} {}", print.account_name, print.account.canonical()),
        number: print.cheque.number.to_string(),
        issued_on: print.cheque.issued_on,
        payee: stub.payee,
        payee_address: stub.payee_address,
        currency: stub.currency,
        amount: stub.paid,
        amount_in_words: amount_in_words(print.advice.paid)?,
        is_void: print.void,
        stub: stub.lines,
    })
}
