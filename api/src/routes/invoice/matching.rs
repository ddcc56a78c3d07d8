//! An invoice held against its order, and what differs let be.

use quittance_application::Context;
use quittance_application::matching::{MatchInvoice, ReleaseHold};
use quittance_domain::ids::InvoiceId;
use quittance_domain::matching::{Check, CheckOf};
use quittance_projections::invoice::{self, MatchView};
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::vendor::reason_given;
use crate::committed::{CommandAnswer, Committed};
use crate::order::{Nothing, Order};
use crate::problem::Problem;
use crate::reading::{Fresh, Id, MinPosition, Reading};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseBody {
    check: Check,
    /// The invoice's line, where the check is about one.
    line: Option<String>,
    /// The charge's code, where the check is about a charge.
    code: Option<String>,
    reason: String,
}

/// What matching last found, checks that pass included: expected, actual, limit and whose limit it is.
#[utoipa::path(get, path = "/v1/invoices/{id}/match", tag = "matching", params(("id" = InvoiceId, Path), MinPosition),
    responses((status = 200, body = MatchView), Refusals))]
pub async fn get_invoice_match(Id(id): Id<InvoiceId>, mut read: Reading) -> Result<Fresh<MatchView>, Problem> {
    let found = invoice::matching(&mut read.tx, id).await?;
    read.found(found)
}

/// Match again, such as after the order that an invoice names was placed. Changes nothing where nothing differs.
#[utoipa::path(post, path = "/v1/invoices/{id}/match", tag = "matching", request_body = Nothing, params(("id" = InvoiceId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn match_invoice(Id(id): Id<InvoiceId>, order: Order<Nothing>) -> Result<Committed, Problem> {
    order.on(id, again).await
}

pub fn again(id: InvoiceId, _: Nothing, _: &Context) -> Result<MatchInvoice, Problem> {
    Ok(MatchInvoice { id })
}

/// Let one finding be, with a reason; by somebody who did not enter the invoice. A worse finding holds again.
#[utoipa::path(post, path = "/v1/invoices/{id}/release-hold", tag = "matching", request_body = ReleaseBody,
    params(("id" = InvoiceId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn release_invoice_hold(Id(id): Id<InvoiceId>, order: Order<ReleaseBody>) -> Result<Committed, Problem> {
    order.on(id, release).await
}

pub fn release(id: InvoiceId, body: ReleaseBody, _: &Context) -> Result<ReleaseHold, Problem> {
    let ReleaseBody { check, line, code, reason } = body;
    Ok(ReleaseHold { id, check: CheckOf { check, line, code }, reason: reason_given(reason)? })
}
