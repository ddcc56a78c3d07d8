//! An invoice's way to approval, or out of it.

use quittance_application::approval::{ApproveInvoice, RejectInvoice, ReresolveApprovers, Signed, SubmitInvoice};
use quittance_application::invoice::VoidInvoice;
use quittance_application::single::Single;
use quittance_application::{Context, UseCase};
use quittance_domain::ids::{InvoiceId, UserId};
use quittance_domain::invoice::{Invoice, InvoiceCommand};
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::vendor::{ReasonBody, reason_given};
use super::decision::{About, Decided, tell};
use crate::committed::{CommandAnswer, Committed};
use crate::order::{Nothing, Order};
use crate::problem::Problem;
use crate::reading::Id;

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalBody {
    comment: Option<String>,
    /// In whose place, where somebody let the caller decide: in the caller's own if absent and possible.
    on_behalf_of: Option<UserId>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectionBody {
    reason: String,
    /// In whose place, where somebody let the caller decide: in the caller's own if absent and possible.
    on_behalf_of: Option<UserId>,
}

/// Submit for approval: the policy says who must approve. The submitter cannot.
#[utoipa::path(post, path = "/v1/invoices/{id}/submit", tag = "invoices", request_body = Nothing, params(("id" = InvoiceId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn submit_invoice(Id(id): Id<InvoiceId>, order: Order<Nothing>) -> Result<Committed, Problem> {
    order.on(id, submit).await
}

pub fn submit(id: InvoiceId, _: Nothing, _: &Context) -> Result<SubmitInvoice, Problem> {
    Ok(SubmitInvoice { id })
}

/// Accept an invoice in spite of its exceptions, with a reason; by somebody who did not enter it.
#[utoipa::path(post, path = "/v1/invoices/{id}/resolve-exceptions", tag = "invoices", request_body = ReasonBody,
    params(("id" = InvoiceId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn resolve_invoice_exceptions(Id(id): Id<InvoiceId>, order: Order<ReasonBody>) -> Result<Committed, Problem> {
    order.on(id, resolve_exceptions).await
}

pub fn resolve_exceptions(id: InvoiceId, body: ReasonBody, ctx: &Context) -> Result<Single<Invoice>, Problem> {
    Ok(Single::on(id, InvoiceCommand::ResolveExceptions { by: ctx.actor, reason: body.given()? }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DismissalBody {
    /// The other invoice, as `lookalikes` names it.
    other: InvoiceId,
    reason: String,
}

/// Say that an invoice is not a duplicate of another one that it looks like, with a reason; by somebody who did not enter it.
#[utoipa::path(post, path = "/v1/invoices/{id}/dismiss-duplicate", tag = "invoices", request_body = DismissalBody,
    params(("id" = InvoiceId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn dismiss_invoice_duplicate(Id(id): Id<InvoiceId>, order: Order<DismissalBody>) -> Result<Committed, Problem> {
    order.on(id, dismiss_duplicate).await
}

pub fn dismiss_duplicate(id: InvoiceId, body: DismissalBody, ctx: &Context) -> Result<Single<Invoice>, Problem> {
    let reason = reason_given(body.reason)?;
    Ok(Single::on(id, InvoiceCommand::DismissDuplicate { other: body.other, by: ctx.actor, reason }))
}

/// The caller approves. Approving twice changes nothing. `If-Match` and `version` are the invoice's: what the caller saw
/// is what is approved. Once everybody needed has approved, the invoice moves on to a version of its own.
#[utoipa::path(post, path = "/v1/invoices/{id}/approve", tag = "approvals", request_body = ApprovalBody, params(("id" = InvoiceId, Path)),
    responses((status = 200, body = Decided), Refusals))]
pub async fn approve_invoice(Id(id): Id<InvoiceId>, order: Order<ApprovalBody>) -> Result<Committed<Decided>, Problem> {
    decided(id, order, approve).await
}

pub fn approve(id: InvoiceId, body: ApprovalBody, _: &Context) -> Result<About<ApproveInvoice>, Problem> {
    let signed = Signed { on_behalf_of: body.on_behalf_of, link: None };
    Ok(About { id, decision: ApproveInvoice { id, comment: body.comment, signed } })
}

/// The caller rejects, with a reason. One denial ends the round. `If-Match` and `version` are the invoice's.
#[utoipa::path(post, path = "/v1/invoices/{id}/reject", tag = "approvals", request_body = RejectionBody, params(("id" = InvoiceId, Path)),
    responses((status = 200, body = Decided), Refusals))]
pub async fn reject_invoice(Id(id): Id<InvoiceId>, order: Order<RejectionBody>) -> Result<Committed<Decided>, Problem> {
    decided(id, order, reject).await
}

pub fn reject(id: InvoiceId, body: RejectionBody, _: &Context) -> Result<About<RejectInvoice>, Problem> {
    let signed = Signed { on_behalf_of: body.on_behalf_of, link: None };
    Ok(About { id, decision: RejectInvoice { id, reason: ReasonBody { reason: body.reason }.given()?, signed } })
}

/// Look again for people who may decide a stage that is open or stuck. `If-Match` and `version` are the invoice's.
#[utoipa::path(post, path = "/v1/invoices/{id}/resolve-approvers", tag = "approvals", request_body = Nothing,
    params(("id" = InvoiceId, Path)), responses((status = 200, body = Decided), Refusals))]
pub async fn resolve_invoice_approvers(Id(id): Id<InvoiceId>, order: Order<Nothing>) -> Result<Committed<Decided>, Problem> {
    decided(id, order, resolve_approvers).await
}

pub fn resolve_approvers(id: InvoiceId, _: Nothing, _: &Context) -> Result<About<ReresolveApprovers>, Problem> {
    Ok(About { id, decision: ReresolveApprovers { id } })
}

/// Carries out what a person does about a running round, and tells it in terms of the invoice.
pub(super) async fn decided<B, U: UseCase>(
    id: InvoiceId,
    order: Order<B>,
    decides: impl FnOnce(InvoiceId, B, &Context) -> Result<About<U>, Problem>,
) -> Result<Committed<Decided>, Problem> {
    let decision = decides(id, order.body, &order.ctx)?;
    let done = order.app.system.commands.run(&order.ctx, &decision).await?;
    tell(&order.app, &order.caller, done).await
}

/// Void an invoice that no payment has touched. Its number is free again.
#[utoipa::path(post, path = "/v1/invoices/{id}/void", tag = "invoices", request_body = ReasonBody, params(("id" = InvoiceId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn void_invoice(Id(id): Id<InvoiceId>, order: Order<ReasonBody>) -> Result<Committed, Problem> {
    order.on(id, void).await
}

pub fn void(id: InvoiceId, body: ReasonBody, ctx: &Context) -> Result<VoidInvoice, Problem> {
    Ok(VoidInvoice { id, reason: body.given()?, effective_date: ctx.today() })
}
