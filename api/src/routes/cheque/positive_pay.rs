//! Positive pay: the bank is told which cheques it may pay, and which it must not.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use quittance_application::Context;
use quittance_application::cheque::{VoidedNumber, WritePositivePay};
use quittance_application::single::Single;
use quittance_domain::chequebook::{Chequebook, ChequebookCommand, PositivePayLayout};
use quittance_domain::ids::{ChequebookId, PaymentRunId};
use quittance_projections::{cheque, chequebook, originals, payment_run, source};
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::invoice::body::plausible;
use super::super::payment_run::propose::whole;
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::reading::{Id, MinPosition, Reading};

/// Say how the account's bank wants to read its lists, from the next one on.
#[utoipa::path(post, path = "/v1/chequebooks/{id}/positive-pay-layout", tag = "cheques", request_body = PositivePayLayout,
    params(("id" = ChequebookId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn agree_positive_pay_layout(Id(id): Id<ChequebookId>, order: KeyedOrder<PositivePayLayout>) -> Result<Committed, Problem> {
    order.on(id, agreed).await
}

pub fn agreed(id: ChequebookId, layout: PositivePayLayout, ctx: &Context) -> Result<Single<Chequebook>, Problem> {
    Ok(Single::on(id, ChequebookCommand::AgreePositivePayLayout { layout: Box::new(layout), by: ctx.actor }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PositivePayBody {
    /// Cheques that were issued or voided from this day on; today where absent.
    from: Option<NaiveDate>,
    /// The last such day; the first where absent.
    to: Option<NaiveDate>,
    /// The cheques of this run alone.
    payment_run_id: Option<PaymentRunId>,
}

/// Write the list of an account's cheques for its bank: those of some days, or of a run. Hash and control sum are kept with the bytes.
#[utoipa::path(post, path = "/v1/chequebooks/{id}/positive-pay", tag = "cheques", request_body = PositivePayBody,
    params(("id" = ChequebookId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn write_positive_pay(Id(id): Id<ChequebookId>, order: KeyedOrder<PositivePayBody>) -> Result<Committed, Problem> {
    let list = listed(id, &order).await?;
    order.on(id, |_, _, _| Ok(list)).await
}

/// What tells which cheques were written, and by which run.
const READ_MODELS: &[&str] = &["chequebooks", "payment_run_items", "payments"];

/// What is to be listed, with nothing missing that was recorded before the question.
async fn listed(id: ChequebookId, order: &KeyedOrder<PositivePayBody>) -> Result<WritePositivePay, Problem> {
    let (system, tenant, body) = (&order.app.system, order.caller.tenant, &order.body);
    for (pointer, date) in [("/from", body.from), ("/to", body.to)] {
        plausible(pointer, date)?;
    }
    let from = body.from.unwrap_or_else(|| order.ctx.today());
    let to = body.to.unwrap_or(from);
    let mut tx = system.database.read(tenant).await?;
    let head = source::head(&mut tx).await?;
    drop(tx);
    whole(system, tenant, READ_MODELS, head).await?;
    let mut tx = system.database.read(tenant).await?;
    let book = chequebook::get(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let payments = match body.payment_run_id {
        Some(run) => payment_run::payments(&mut tx, run).await?,
        None => cheque::moved(&mut tx, book.bank_account_id, from, to).await?,
    };
    let of_days = book.voided.into_iter().filter(|void| body.payment_run_id.is_none() && (from..=to).contains(&void.voided_on));
    let voided = of_days.map(|void| VoidedNumber { number: void.number, voided_on: void.voided_on }).collect();
    Ok(WritePositivePay { id, from, to, payment_run_id: body.payment_run_id, payments, voided })
}

/// A positive pay file by its number within the chequebook: the very bytes that were written.
#[utoipa::path(get, path = "/v1/chequebooks/{id}/positive-pay/{number}", tag = "cheques",
    params(("id" = ChequebookId, Path), ("number" = usize, Path), MinPosition),
    responses((status = 200, description = "The list: in columns between separators, or of fixed widths", content((Vec<u8> = "text/csv"), (Vec<u8> = "text/plain"))), Refusals))]
pub async fn get_positive_pay_file(Id((id, number)): Id<(ChequebookId, usize)>, mut read: Reading) -> Result<Response, Problem> {
    let book = chequebook::get(&mut read.tx, id).await?.ok_or_else(Problem::not_found)?;
    let written = number.checked_sub(1).and_then(|index| book.files.get(index)).ok_or_else(Problem::not_found)?;
    let bytes = originals::fetch(&mut read.tx, &written.file.sha256).await?.ok_or_else(Problem::not_found)?;
    let (media_type, ending) = if written.file.format == "positive_pay_fixed" { ("text/plain", "txt") } else { ("text/csv", "csv") };
    let headers = [
        (header::CONTENT_TYPE, format!("{media_type}; charset=us-ascii")),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}.{ending}\"", written.file.message_id)),
        (header::ETAG, format!("\"{}\"", written.file.sha256)),
    ];
    Ok((headers, bytes).into_response())
}
