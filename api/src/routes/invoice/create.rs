//! `POST /v1/invoices` and amendments.

use quittance_application::invoice::{AmendInvoice, ReceiveInvoice};
use quittance_application::{Commands, Context};
use quittance_domain::ids::{InvoiceId, VendorId};
use quittance_domain::party::Party;
use quittance_domain::vendor::Vendor;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::vendor::ReasonBody;
use super::body::InvoiceBody;
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::reading::Id;

/// Enter an invoice.
#[utoipa::path(post, path = "/v1/invoices", tag = "invoices", request_body = InvoiceBody, params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = CommandAnswer), Refusals))]
pub async fn create_invoice(order: KeyedOrder<InvoiceBody>) -> Result<Committed, Problem> {
    let commands = &order.app.system.commands;
    let receive = create(InvoiceId(commands.ports().edge.new_id()), order.body, commands, &order.ctx).await?;
    Ok(Committed::created("/v1/invoices", commands.run(&order.ctx, &receive).await?.receipt))
}

pub async fn create(id: InvoiceId, body: InvoiceBody, commands: &Commands, ctx: &Context) -> Result<ReceiveInvoice, Problem> {
    let vendor_id = body.vendor_id;
    let seller = seller(commands, ctx, vendor_id).await?;
    Ok(ReceiveInvoice { id, vendor_id, capture: body.capture(seller)?, beside: None })
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AmendmentBody {
    invoice: InvoiceBody,
    reason: String,
}

/// Correct an invoice. A change of amount, vendor, lines or bank account starts its approval over.
#[utoipa::path(post, path = "/v1/invoices/{id}/amend", tag = "invoices", request_body = AmendmentBody,
    params(("id" = InvoiceId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn amend_invoice(Id(id): Id<InvoiceId>, order: KeyedOrder<AmendmentBody>) -> Result<Committed, Problem> {
    let commands = &order.app.system.commands;
    let amend = amend(id, order.body, commands, &order.ctx).await?;
    Ok(Committed::done(commands.run(&order.ctx, &amend).await?.receipt))
}

pub async fn amend(id: InvoiceId, body: AmendmentBody, commands: &Commands, ctx: &Context) -> Result<AmendInvoice, Problem> {
    let AmendmentBody { invoice, reason } = body;
    let reason = ReasonBody { reason }.given()?;
    let vendor_id = invoice.vendor_id;
    let seller = seller(commands, ctx, vendor_id).await.map_err(|problem| problem.below("/invoice"))?;
    let capture = invoice.capture(seller).map_err(|problem| problem.below("/invoice"))?;
    Ok(AmendInvoice { id, vendor_id, capture, reason })
}

/// The vendor as the document's seller. An unknown one is the body's mistake.
async fn seller(commands: &Commands, ctx: &Context, vendor_id: VendorId) -> Result<Party, Problem> {
    let (vendor, _) = commands.state_of::<Vendor>(ctx.tenant, vendor_id.0).await?;
    let profile = vendor.profile().map_err(|_| Problem::invalid("/vendor_id", "there is no such vendor"))?;
    Ok(profile.party.clone())
}
