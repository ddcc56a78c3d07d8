//! `POST /v1/receivables`: drafts, and what issues them.

use chrono::NaiveDate;
use quittance_application::Context;
use quittance_application::receivable::{DraftReceivable, IssueReceivable, ReviseReceivable};
use quittance_domain::ids::ReceivableId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::invoice::body::plausible;
use super::body::ReceivableBody;
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::reading::Id;

/// Draft an invoice to a customer. It has no number and counts nowhere until it is issued.
#[utoipa::path(post, path = "/v1/receivables", tag = "receivables", request_body = ReceivableBody,
    params(("Idempotency-Key" = String, Header)), responses((status = 201, body = CommandAnswer), Refusals))]
pub async fn draft_receivable(order: KeyedOrder<ReceivableBody>) -> Result<Committed, Problem> {
    order.create("/v1/receivables", draft).await
}

pub fn draft(id: ReceivableId, body: ReceivableBody, _: &Context) -> Result<DraftReceivable, Problem> {
    Ok(DraftReceivable { id, draft: body.draft()? })
}

/// Revise a draft: all that it says is replaced.
#[utoipa::path(post, path = "/v1/receivables/{id}/revise", tag = "receivables", request_body = ReceivableBody,
    params(("id" = ReceivableId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn revise_receivable(Id(id): Id<ReceivableId>, order: KeyedOrder<ReceivableBody>) -> Result<Committed, Problem> {
    order.on(id, revise).await
}

pub fn revise(id: ReceivableId, body: ReceivableBody, _: &Context) -> Result<ReviseReceivable, Problem> {
    Ok(ReviseReceivable { id, draft: body.draft()? })
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueReceivableBody {
    /// BT-2; today where absent.
    issue_date: Option<NaiveDate>,
}

/// Issue an invoice: it takes the next number of its year, counts in the books from its date on, and never changes again. What it sells of
/// our stocks is set aside for it; where that is not there, it is not issued. Issuing it twice changes nothing.
#[utoipa::path(post, path = "/v1/receivables/{id}/issue", tag = "receivables", request_body = IssueReceivableBody,
    params(("id" = ReceivableId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn issue_receivable(Id(id): Id<ReceivableId>, order: KeyedOrder<IssueReceivableBody>) -> Result<Committed, Problem> {
    order.on(id, issue).await
}

pub fn issue(id: ReceivableId, IssueReceivableBody { issue_date }: IssueReceivableBody, _: &Context) -> Result<IssueReceivable, Problem> {
    plausible("/issue_date", issue_date)?;
    Ok(IssueReceivable { id, issue_date })
}
