//! Purchase orders.

use quittance_application::Context;
use quittance_application::purchase_order::{AmendOrder, PlaceOrder};
use quittance_application::single::Single;
use quittance_domain::Currency;
use quittance_domain::ids::{PurchaseOrderId, VendorId};
use quittance_domain::purchase_order::{AgreedCharge, PurchaseOrder, PurchaseOrderCommand, WantedLine};
use quittance_projections::purchase_order::{self, PurchaseOrderFilter, PurchaseOrderView};
use quittance_projections::{Page, PageOf};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Refusals;
use super::invoice::body::lines_within;
use super::vendor::{ReasonBody, reason_given};
use crate::committed::{CommandAnswer, Committed, reacted};
use crate::order::{Nothing, Order};
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PurchaseOrderBody {
    vendor_id: VendorId,
    #[schema(example = "PO-2026-001")]
    number: String,
    currency: Currency,
    lines: Vec<WantedLine>,
    /// Charges of the whole order, such as freight.
    #[serde(default)]
    charges: Vec<AgreedCharge>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderAmendmentBody {
    /// All lines as they are agreed now.
    lines: Vec<WantedLine>,
    #[serde(default)]
    charges: Vec<AgreedCharge>,
    reason: String,
}

/// Place an order with a vendor.
#[utoipa::path(post, path = "/v1/purchase-orders", tag = "purchase orders", request_body = PurchaseOrderBody,
    responses((status = 201, body = CommandAnswer), Refusals))]
pub async fn place_purchase_order(order: Order<PurchaseOrderBody>) -> Result<Committed, Problem> {
    order.create("/v1/purchase-orders", place).await
}

pub fn place(id: PurchaseOrderId, body: PurchaseOrderBody, _: &Context) -> Result<PlaceOrder, Problem> {
    lines_within("/lines", body.lines.len())?;
    lines_within("/charges", body.charges.len())?;
    let PurchaseOrderBody { vendor_id, number, currency, lines, charges } = body;
    Ok(PlaceOrder { id, vendor_id, number, currency, lines, charges })
}

/// Agree other lines: the next revision, which nobody has approved yet. Its invoices are matched again.
#[utoipa::path(post, path = "/v1/purchase-orders/{id}/amend", tag = "purchase orders", request_body = OrderAmendmentBody,
    params(("id" = PurchaseOrderId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn amend_purchase_order(Id(id): Id<PurchaseOrderId>, order: Order<OrderAmendmentBody>) -> Result<Committed, Problem> {
    let (app, caller) = (order.app.clone(), order.caller.clone());
    reacted(&app, &caller, order.on(id, amend).await?).await
}

pub fn amend(id: PurchaseOrderId, body: OrderAmendmentBody, _: &Context) -> Result<AmendOrder, Problem> {
    lines_within("/lines", body.lines.len())?;
    lines_within("/charges", body.charges.len())?;
    let OrderAmendmentBody { lines, charges, reason } = body;
    Ok(AmendOrder { id, lines, charges, reason: reason_given(reason)? })
}

/// Approve the revision in force; by somebody who did not agree it.
#[utoipa::path(post, path = "/v1/purchase-orders/{id}/approve", tag = "purchase orders", request_body = Nothing,
    params(("id" = PurchaseOrderId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn approve_purchase_order(Id(id): Id<PurchaseOrderId>, order: Order<Nothing>) -> Result<Committed, Problem> {
    let (app, caller) = (order.app.clone(), order.caller.clone());
    reacted(&app, &caller, order.on(id, approve).await?).await
}

pub fn approve(id: PurchaseOrderId, _: Nothing, ctx: &Context) -> Result<Single<PurchaseOrder>, Problem> {
    Ok(Single::on(id, PurchaseOrderCommand::Approve { by: ctx.actor }))
}

/// Close an order: nothing more is expected.
#[utoipa::path(post, path = "/v1/purchase-orders/{id}/close", tag = "purchase orders", request_body = Nothing,
    params(("id" = PurchaseOrderId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn close_purchase_order(Id(id): Id<PurchaseOrderId>, order: Order<Nothing>) -> Result<Committed, Problem> {
    order.on(id, close).await
}

pub fn close(id: PurchaseOrderId, _: Nothing, ctx: &Context) -> Result<Single<PurchaseOrder>, Problem> {
    Ok(Single::on(id, PurchaseOrderCommand::Close { by: ctx.actor }))
}

/// Cancel an order of which nothing has come in.
#[utoipa::path(post, path = "/v1/purchase-orders/{id}/cancel", tag = "purchase orders", request_body = ReasonBody,
    params(("id" = PurchaseOrderId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn cancel_purchase_order(Id(id): Id<PurchaseOrderId>, order: Order<ReasonBody>) -> Result<Committed, Problem> {
    order.on(id, cancel).await
}

pub fn cancel(id: PurchaseOrderId, body: ReasonBody, ctx: &Context) -> Result<Single<PurchaseOrder>, Problem> {
    Ok(Single::on(id, PurchaseOrderCommand::Cancel { by: ctx.actor, reason: body.given()? }))
}

/// Purchase orders.
#[utoipa::path(get, path = "/v1/purchase-orders", tag = "purchase orders", params(PurchaseOrderFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<PurchaseOrderView>), Refusals))]
pub async fn list_purchase_orders(
    mut read: Reading,
    Filter(filter): Filter<PurchaseOrderFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<PurchaseOrderView>>, Problem> {
    let found = purchase_order::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// One purchase order with what has come in.
#[utoipa::path(get, path = "/v1/purchase-orders/{id}", tag = "purchase orders", params(("id" = PurchaseOrderId, Path), MinPosition),
    responses((status = 200, body = PurchaseOrderView), Refusals))]
pub async fn get_purchase_order(Id(id): Id<PurchaseOrderId>, mut read: Reading) -> Result<Fresh<PurchaseOrderView>, Problem> {
    let found = purchase_order::get(&mut read.tx, id).await?;
    read.found(found)
}
