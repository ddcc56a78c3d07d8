//! An invoice stopped by people, what stops it let go, and who is to see to it.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_application::Context;
use quittance_application::hold::{AssignException, Held, HoldInvoice, ReleaseHold};
use quittance_domain::ids::{HoldId, InvoiceId, UserId};
use quittance_domain::invoice::HoldKind;
use quittance_domain::matching::{Check, CheckOf};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::Refusals;
use super::super::vendor::reason_given;
use super::body::plausible;
use crate::committed::{CommandAnswer, Committed};
use crate::order::Order;
use crate::problem::Problem;
use crate::reading::Id;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldBody {
    /// What it is stopped for; `other` where absent.
    #[serde(default)]
    kind: HoldKind,
    reason: String,
    /// The last day on which it is to be let go. It stands on after that, and is overdue.
    until: Option<NaiveDate>,
}

/// Names a finding of matching by `check`, or what a person stopped it for by `hold_id`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldReleaseBody {
    check: Option<Check>,
    /// The invoice's line, where the check is about one.
    line: Option<String>,
    /// The charge's code, where the check is about a charge.
    code: Option<String>,
    /// As the invoice's `placed_holds` name it.
    hold_id: Option<HoldId>,
    reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignmentBody {
    /// As `GET /v1/exceptions` names it.
    exception_id: Uuid,
    owner: UserId,
    /// As it was where absent.
    due_at: Option<DateTime<Utc>>,
}

/// Stop an invoice: until somebody lets go, it is neither approved nor paid, whoever has approved it before. Several
/// holds may stand at once; each stands in the exceptions.
#[utoipa::path(post, path = "/v1/invoices/{id}/hold", tag = "matching", request_body = HoldBody, params(("id" = InvoiceId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn hold_invoice(Id(id): Id<InvoiceId>, order: Order<HoldBody>) -> Result<Committed, Problem> {
    order.on(id, hold).await
}

pub fn hold(id: InvoiceId, body: HoldBody, _: &Context) -> Result<HoldInvoice, Problem> {
    plausible("/until", body.until)?;
    Ok(HoldInvoice { id, kind: body.kind, reason: reason_given(body.reason)?, until: body.until })
}

/// Let one thing be that holds an invoice, with a reason: a finding of matching, by somebody who did not enter the
/// invoice (a worse finding holds again); or what a person stopped it for, by that person or by somebody who did not
/// enter the invoice.
#[utoipa::path(post, path = "/v1/invoices/{id}/release-hold", tag = "matching", request_body = HoldReleaseBody,
    params(("id" = InvoiceId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn release_invoice_hold(Id(id): Id<InvoiceId>, order: Order<HoldReleaseBody>) -> Result<Committed, Problem> {
    order.on(id, release).await
}

pub fn release(id: InvoiceId, body: HoldReleaseBody, _: &Context) -> Result<ReleaseHold, Problem> {
    let HoldReleaseBody { check, line, code, hold_id, reason } = body;
    let held = match (check, hold_id) {
        (Some(check), None) => Held::Finding(CheckOf { check, line, code }),
        (None, Some(hold_id)) if line.is_none() && code.is_none() => Held::Placed(hold_id),
        _ => return Err(Problem::invalid("/check", "a finding by `check`, or a placed hold by `hold_id`: one of them")),
    };
    Ok(ReleaseHold { id, held, reason: reason_given(reason)? })
}

/// Say who is to see to an exception that is open, and by when.
#[utoipa::path(post, path = "/v1/invoices/{id}/assign-exception", tag = "matching", request_body = AssignmentBody,
    params(("id" = InvoiceId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn assign_exception(Id(id): Id<InvoiceId>, order: Order<AssignmentBody>) -> Result<Committed, Problem> {
    order.on(id, assign).await
}

pub fn assign(id: InvoiceId, body: AssignmentBody, _: &Context) -> Result<AssignException, Problem> {
    plausible("/due_at", body.due_at.map(|due| due.date_naive()))?;
    let AssignmentBody { exception_id, owner, due_at } = body;
    Ok(AssignException { id, exception_id, owner, due_at })
}
