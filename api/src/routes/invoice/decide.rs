//! An invoice's way to approval, or out of it.

use quittance_application::approval::{ApproveInvoice, RejectInvoice, ReresolveApprovers, SubmitInvoice};
use quittance_application::invoice::VoidInvoice;
use quittance_domain::ids::InvoiceId;
use quittance_domain::invoice::{Invoice, InvoiceCommand};
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::vendor::ReasonBody;
use crate::committed::{CommandAnswer, Committed, reacted};
use crate::order::{Nothing, Order};
use crate::problem::Problem;
use crate::reading::Id;

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalBody {
    comment: Option<String>,
}

/// Submit for approval: the policy says who must approve. The submitter cannot.
#[utoipa::path(post, path = "/v1/invoices/{id}/submit", tag = "invoices", request_body = Nothing, params(("id" = InvoiceId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn submit_invoice(Id(id): Id<InvoiceId>, order: Order<Nothing>) -> Result<Committed, Problem> {
    Ok(Committed::done(order.app.system.commands.run(&order.ctx, &SubmitInvoice { id }).await?.receipt))
}

/// Accept an invoice in spite of its exceptions, with a reason; by somebody who did not enter it.
#[utoipa::path(post, path = "/v1/invoices/{id}/resolve-exceptions", tag = "invoices", request_body = ReasonBody,
    params(("id" = InvoiceId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn resolve_invoice_exceptions(Id(id): Id<InvoiceId>, order: Order<ReasonBody>) -> Result<Committed, Problem> {
    let resolve = InvoiceCommand::ResolveExceptions { by: order.caller.user, reason: order.body.given()? };
    Ok(Committed::done(order.app.system.commands.execute::<Invoice>(&order.ctx, id, resolve).await?))
}

/// The caller approves. Approving twice changes nothing. The answer is about the approval round.
#[utoipa::path(post, path = "/v1/invoices/{id}/approve", tag = "approvals", request_body = ApprovalBody, params(("id" = InvoiceId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn approve_invoice(Id(id): Id<InvoiceId>, order: Order<ApprovalBody>) -> Result<Committed, Problem> {
    let approve = ApproveInvoice { id, comment: order.body.comment };
    let receipt = order.app.system.commands.run(&order.ctx, &approve).await?.receipt;
    reacted(&order.app, &order.caller, receipt).await
}

/// The caller rejects, with a reason. One denial ends the round.
#[utoipa::path(post, path = "/v1/invoices/{id}/reject", tag = "approvals", request_body = ReasonBody, params(("id" = InvoiceId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn reject_invoice(Id(id): Id<InvoiceId>, order: Order<ReasonBody>) -> Result<Committed, Problem> {
    let reject = RejectInvoice { id, reason: order.body.given()? };
    let receipt = order.app.system.commands.run(&order.ctx, &reject).await?.receipt;
    reacted(&order.app, &order.caller, receipt).await
}

/// Look again for people who may decide a stage that is open or stuck.
#[utoipa::path(post, path = "/v1/invoices/{id}/resolve-approvers", tag = "approvals", request_body = Nothing,
    params(("id" = InvoiceId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn resolve_invoice_approvers(Id(id): Id<InvoiceId>, order: Order<Nothing>) -> Result<Committed, Problem> {
    Ok(Committed::done(order.app.system.commands.run(&order.ctx, &ReresolveApprovers { id }).await?.receipt))
}

/// Void an invoice that no payment has touched. Its number is free again.
#[utoipa::path(post, path = "/v1/invoices/{id}/void", tag = "invoices", request_body = ReasonBody, params(("id" = InvoiceId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn void_invoice(Id(id): Id<InvoiceId>, order: Order<ReasonBody>) -> Result<Committed, Problem> {
    let void = VoidInvoice { id, reason: order.body.given()?, effective_date: order.ctx.today() };
    Ok(Committed::done(order.app.system.commands.run(&order.ctx, &void).await?.receipt))
}
