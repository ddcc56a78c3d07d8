//! An invoice held against its order.

use quittance_application::Context;
use quittance_application::matching::MatchInvoice;
use quittance_domain::ids::InvoiceId;
use quittance_projections::invoice::{self, MatchView};

use super::super::Refusals;
use crate::committed::{CommandAnswer, Committed};
use crate::order::{Nothing, Order};
use crate::problem::Problem;
use crate::reading::{Fresh, Id, MinPosition, Reading};

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
