//! An invoice that its vendor and we do not agree on.

use quittance_application::Context;
use quittance_application::dispute::{OpenDispute, ResolveDispute};
use quittance_domain::Money;
use quittance_domain::ids::InvoiceId;
use quittance_domain::invoice::DisputeOutcome;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::vendor::reason_given;
use crate::committed::{CommandAnswer, Committed};
use crate::order::Order;
use crate::problem::Problem;
use crate::reading::Id;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisputeBody {
    reason: String,
    /// All that is open and no payment has claimed where absent.
    amount: Option<Money>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolutionBody {
    outcome: DisputeOutcome,
    reason: String,
}

/// Dispute an invoice, or part of it: payments take no more than the rest until it is resolved. What is owed stays, and
/// ageing shows the disputed part of it; a credit note may settle it.
#[utoipa::path(post, path = "/v1/invoices/{id}/dispute", tag = "invoices", request_body = DisputeBody, params(("id" = InvoiceId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn dispute_invoice(Id(id): Id<InvoiceId>, order: Order<DisputeBody>) -> Result<Committed, Problem> {
    order.on(id, open).await
}

pub fn open(id: InvoiceId, body: DisputeBody, _: &Context) -> Result<OpenDispute, Problem> {
    Ok(OpenDispute { id, amount: body.amount, reason: reason_given(body.reason)? })
}

/// Come to an end with a dispute: by who opened it, or by somebody who did not enter the invoice.
#[utoipa::path(post, path = "/v1/invoices/{id}/resolve-dispute", tag = "invoices", request_body = ResolutionBody,
    params(("id" = InvoiceId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn resolve_dispute(Id(id): Id<InvoiceId>, order: Order<ResolutionBody>) -> Result<Committed, Problem> {
    order.on(id, resolve).await
}

pub fn resolve(id: InvoiceId, body: ResolutionBody, _: &Context) -> Result<ResolveDispute, Problem> {
    Ok(ResolveDispute { id, outcome: body.outcome, reason: reason_given(body.reason)? })
}
