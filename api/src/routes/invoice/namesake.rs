//! An invoice that the exact duplicate rule keeps out, taken in beside the one whose number it bears.

use quittance_application::invoice::{ImportInvoice, ReceiveInvoice};
use quittance_application::namesake::Beside;
use quittance_application::{Commands, Context};
use quittance_domain::ids::InvoiceId;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::super::Refusals;
use super::super::vendor::reason_given;
use super::body::InvoiceBody;
use super::create::create;
use super::import::{Imported, import_of, imported};
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::reading::{Filter, Id};
use crate::upload::Upload;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamesakeBody {
    invoice: InvoiceBody,
    /// Why the two are not one.
    #[schema(example = "the landlord numbers each year from 1")]
    reason: String,
}

/// Enter an invoice beside this one, which bears the same number and keeps it out otherwise (`duplicate-invoice`). Who does so has had a
/// part in it, so somebody else approves it; it is counted in `/v1/reports/duplicates`.
#[utoipa::path(post, path = "/v1/invoices/{id}/receive-namesake", tag = "invoices", request_body = NamesakeBody,
    params(("id" = InvoiceId, Path), ("Idempotency-Key" = String, Header)), responses((status = 201, body = CommandAnswer), Refusals))]
pub async fn receive_namesake(Id(id): Id<InvoiceId>, order: KeyedOrder<NamesakeBody>) -> Result<Committed, Problem> {
    let commands = &order.app.system.commands;
    let receive = receive(id, InvoiceId(commands.ports().edge.new_id()), order.body, commands, &order.ctx).await?;
    Ok(Committed::created("/v1/invoices", commands.run(&order.ctx, &receive).await?.receipt))
}

pub async fn receive(
    beside: InvoiceId,
    id: InvoiceId,
    body: NamesakeBody,
    commands: &Commands,
    ctx: &Context,
) -> Result<ReceiveInvoice, Problem> {
    let NamesakeBody { invoice, reason } = body;
    let beside = Some(Beside { invoice_id: beside, reason: reason_given(reason)? });
    let receive = create(id, invoice, commands, ctx).await.map_err(|problem| problem.below("/invoice"))?;
    Ok(ReceiveInvoice { beside, ..receive })
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NamesakeReason {
    /// Why the two are not one; it must be given.
    #[param(example = "the landlord numbers each year from 1")]
    reason: Option<String>,
}

/// Import an e-invoice beside this one, which bears the same number and keeps it out otherwise: as `receive-namesake`, of a document.
#[utoipa::path(post, path = "/v1/invoices/{id}/import-namesake", tag = "invoices",
    request_body(description = "The document itself, or a multipart form with it as `file`", content(("application/xml"), ("application/pdf"), ("multipart/form-data"))),
    params(("id" = InvoiceId, Path), NamesakeReason, ("Idempotency-Key" = String, Header)), responses((status = 201, body = Imported), Refusals))]
pub async fn import_namesake(
    Id(id): Id<InvoiceId>,
    Filter(NamesakeReason { reason }): Filter<NamesakeReason>,
    mut upload: Upload,
) -> Result<Committed<Imported>, Problem> {
    let beside = Beside { invoice_id: id, reason: reason_given(reason.unwrap_or_default())? };
    let import = import_of(&mut upload).await?;
    imported(&upload, ImportInvoice { beside: Some(beside), ..import }).await
}
