//! `POST /v1/invoices` and amendments.

use quittance_application::invoice::{AmendInvoice, ReceiveInvoice};
use quittance_application::{Commands, Context, Failure, UseCase, Work};
use quittance_domain::ids::{InvoiceId, VendorId};
use quittance_domain::party::Party;
use quittance_domain::vendor::Vendor;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
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
    let vendor_id = order.body.vendor_id;
    let seller = seller(commands, &order.ctx, vendor_id).await?;
    let receive = ReceiveInvoice { id: InvoiceId(commands.ports().edge.new_id()), vendor_id, capture: order.body.capture(seller)? };
    Ok(Committed::created("/v1/invoices", commands.run(&order.ctx, &receive).await?.receipt))
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
    let AmendmentBody { invoice, reason } = order.body;
    let vendor_id = invoice.vendor_id;
    let seller = seller(commands, &order.ctx, vendor_id).await?;
    let amend = AmendInvoice { id, vendor_id, capture: invoice.capture(seller)?, reason };
    Ok(Committed::done(commands.run(&order.ctx, &amend).await?.receipt))
}

/// The vendor as the document's seller. An unknown one is the body's mistake.
pub async fn seller(commands: &Commands, ctx: &Context, vendor_id: VendorId) -> Result<Party, Problem> {
    let mut lookup = ctx.clone();
    (lookup.command_id, lookup.expected_version) = (None, None);
    let found = commands.run(&lookup, &LookUp(vendor_id)).await?;
    found.output.flatten().ok_or_else(|| Problem::invalid("/vendor_id", "there is no such vendor"))
}

struct LookUp(VendorId);

impl UseCase for LookUp {
    type Output = Option<Party>;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<Option<Party>, Failure> {
        let vendor = work.load::<Vendor>(self.0).await?;
        Ok(vendor.profile().ok().map(|profile| profile.party.clone()))
    }
}
