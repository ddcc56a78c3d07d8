//! Chequebooks and the cheques that were written from them.

use quittance_application::Context;
use quittance_application::cheque::{OpenChequebook, chequebook_id};
use quittance_application::single::Single;
use quittance_domain::chequebook::{Chequebook, ChequebookCommand};
use quittance_domain::ids::{BankAccountId, ChequebookId};
use quittance_projections::cheque::{self, ChequeFilter, ChequeView};
use quittance_projections::chequebook::{self, ChequebookFilter, ChequebookView};
use quittance_projections::{Page, PageOf};
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::vendor::ReasonBody;
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChequebookBody {
    bank_account_id: BankAccountId,
    /// The number of the first form.
    #[schema(example = 1001)]
    first_number: u64,
}

/// Begin the cheques of one of the company's accounts. From then on each takes the next number, without a gap.
#[utoipa::path(post, path = "/v1/chequebooks", tag = "cheques", request_body = ChequebookBody,
    params(("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn open_chequebook(order: KeyedOrder<ChequebookBody>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| open(body, ctx).map(|(_, open)| open)).await
}

pub fn open(body: ChequebookBody, _: &Context) -> Result<(ChequebookId, OpenChequebook), Problem> {
    let ChequebookBody { bank_account_id, first_number } = body;
    Ok((chequebook_id(bank_account_id), OpenChequebook { bank_account_id, first_number }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoidNumberBody {
    /// The next number of the chequebook.
    number: u64,
    #[schema(example = "torn by the printer")]
    reason: String,
}

/// Record that the next form was spoiled: its number is used up, and the bank is told not to pay it. A cheque that was written is voided by
/// `POST /v1/payments/{id}/fail`.
#[utoipa::path(post, path = "/v1/chequebooks/{id}/void-number", tag = "cheques", request_body = VoidNumberBody,
    params(("id" = ChequebookId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn void_cheque_number(Id(id): Id<ChequebookId>, order: KeyedOrder<VoidNumberBody>) -> Result<Committed, Problem> {
    order.on(id, void_number).await
}

pub fn void_number(id: ChequebookId, body: VoidNumberBody, ctx: &Context) -> Result<Single<Chequebook>, Problem> {
    let reason = ReasonBody { reason: body.reason }.given()?;
    Ok(Single::on(id, ChequebookCommand::VoidNumber { number: body.number, on: ctx.today(), by: ctx.actor, reason }))
}

/// Chequebooks: the next number, the forms that were spoiled, the positive pay files.
#[utoipa::path(get, path = "/v1/chequebooks", tag = "cheques", params(ChequebookFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<ChequebookView>), Refusals))]
pub async fn list_chequebooks(
    mut read: Reading,
    Filter(filter): Filter<ChequebookFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<ChequebookView>>, Problem> {
    let found = chequebook::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// Cheques that were written: to whom, over what, and which of them may not be paid any more.
#[utoipa::path(get, path = "/v1/cheques", tag = "cheques", params(ChequeFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<ChequeView>), Refusals))]
pub async fn list_cheques(
    mut read: Reading,
    Filter(filter): Filter<ChequeFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<ChequeView>>, Problem> {
    let found = cheque::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}
