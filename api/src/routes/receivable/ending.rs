//! How a receivable ends other than by money, and goods that leave before it is paid.

use chrono::NaiveDate;
use quittance_application::Context;
use quittance_application::receivable::{EndReceivable, Ending, HandOver};
use quittance_domain::ids::ReceivableId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::invoice::body::plausible;
use super::super::vendor::reason_given;
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::reading::Id;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndingBody {
    /// Today where absent; not before the receivable's own date.
    effective_date: Option<NaiveDate>,
    #[schema(example = "insolvent")]
    reason: String,
}

/// Write off what is open of a receivable: nobody expects it any more. What it had set aside of our stocks is free again.
#[utoipa::path(post, path = "/v1/receivables/{id}/write-off", tag = "receivables", request_body = EndingBody,
    params(("id" = ReceivableId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn write_off_receivable(Id(id): Id<ReceivableId>, order: KeyedOrder<EndingBody>) -> Result<Committed, Problem> {
    order.on(id, write_off).await
}

pub fn write_off(id: ReceivableId, body: EndingBody, _: &Context) -> Result<EndReceivable, Problem> {
    body.ends(id, Ending::WriteOff)
}

/// Reinstate what was written off: it is expected, and may be paid, after all.
#[utoipa::path(post, path = "/v1/receivables/{id}/reinstate", tag = "receivables", request_body = EndingBody,
    params(("id" = ReceivableId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn reinstate_receivable(Id(id): Id<ReceivableId>, order: KeyedOrder<EndingBody>) -> Result<Committed, Problem> {
    order.on(id, reinstate).await
}

pub fn reinstate(id: ReceivableId, body: EndingBody, _: &Context) -> Result<EndReceivable, Problem> {
    body.ends(id, Ending::Reinstate)
}

/// Cancel a receivable: a draft is dropped; what was issued is taken back, keeps its number, and frees what it had set aside. Not while
/// payments of it stand, nor once its goods have left.
#[utoipa::path(post, path = "/v1/receivables/{id}/cancel", tag = "receivables", request_body = EndingBody,
    params(("id" = ReceivableId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn cancel_receivable(Id(id): Id<ReceivableId>, order: KeyedOrder<EndingBody>) -> Result<Committed, Problem> {
    order.on(id, cancel).await
}

pub fn cancel(id: ReceivableId, body: EndingBody, _: &Context) -> Result<EndReceivable, Problem> {
    body.ends(id, Ending::Cancel)
}

impl EndingBody {
    fn ends(self, id: ReceivableId, ending: Ending) -> Result<EndReceivable, Problem> {
        let Self { effective_date, reason } = self;
        plausible("/effective_date", effective_date)?;
        Ok(EndReceivable { id, ending, effective_date, reason: reason_given(reason)? })
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOverBody {
    /// Today where absent; not before the receivable's own date.
    effective_date: Option<NaiveDate>,
}

/// Hand over what a receivable sells before it is paid: it leaves our stocks. What is paid leaves by itself.
#[utoipa::path(post, path = "/v1/receivables/{id}/hand-over", tag = "receivables", request_body = HandOverBody,
    params(("id" = ReceivableId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn hand_over_goods(Id(id): Id<ReceivableId>, order: KeyedOrder<HandOverBody>) -> Result<Committed, Problem> {
    order.on(id, hand_over).await
}

pub fn hand_over(id: ReceivableId, HandOverBody { effective_date }: HandOverBody, _: &Context) -> Result<HandOver, Problem> {
    plausible("/effective_date", effective_date)?;
    Ok(HandOver { id, effective_date })
}
