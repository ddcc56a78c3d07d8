//! Goods receipts: what came in, against which order; stock follows.

use chrono::NaiveDate;
use quittance_application::Context;
use quittance_application::goods_receipt::{InspectReceipt, PostReceipt, ReturnGoods};
use quittance_domain::ids::{GoodsReceiptId, PurchaseOrderId};
use quittance_domain::purchase_order::{JudgedLine, ReceivedLine, ReturnedLine};
use quittance_projections::goods_receipt::{self, GoodsReceiptFilter, GoodsReceiptView};
use quittance_projections::{Page, PageOf};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Refusals;
use super::invoice::body::{lines_within, plausible};
use crate::committed::{CommandAnswer, Committed, reacted};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoodsReceiptBody {
    purchase_order_id: PurchaseOrderId,
    #[schema(example = "main")]
    location: String,
    /// Today where absent.
    effective_date: Option<NaiveDate>,
    delivery_note: Option<String>,
    lines: Vec<ReceivedLine>,
    /// Take more than was ordered.
    #[serde(default)]
    over_receipt_allowed: bool,
}

/// Post a goods receipt. The stock moves with it, once.
#[utoipa::path(post, path = "/v1/goods-receipts", tag = "goods receipts", request_body = GoodsReceiptBody,
    params(("Idempotency-Key" = String, Header)), responses((status = 201, body = CommandAnswer), Refusals))]
pub async fn post_goods_receipt(order: KeyedOrder<GoodsReceiptBody>) -> Result<Committed, Problem> {
    let (app, caller) = (order.app.clone(), order.caller.clone());
    reacted(&app, &caller, order.create("/v1/goods-receipts", post).await?).await
}

pub fn post(id: GoodsReceiptId, body: GoodsReceiptBody, ctx: &Context) -> Result<PostReceipt, Problem> {
    plausible("/effective_date", body.effective_date)?;
    lines_within("/lines", body.lines.len())?;
    Ok(PostReceipt {
        id,
        purchase_order_id: body.purchase_order_id,
        location: body.location,
        effective_date: body.effective_date.unwrap_or_else(|| ctx.today()),
        delivery_note: body.delivery_note,
        lines: body.lines,
        over_receipt_allowed: body.over_receipt_allowed,
    })
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionBody {
    lines: Vec<JudgedLine>,
    /// Today where absent.
    effective_date: Option<NaiveDate>,
}

/// Judge goods that wait for inspection. What is accepted goes into stock; invoices of the order are matched again.
#[utoipa::path(post, path = "/v1/goods-receipts/{id}/inspect", tag = "goods receipts", request_body = InspectionBody,
    params(("id" = GoodsReceiptId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn inspect_goods_receipt(Id(id): Id<GoodsReceiptId>, order: KeyedOrder<InspectionBody>) -> Result<Committed, Problem> {
    let (app, caller) = (order.app.clone(), order.caller.clone());
    reacted(&app, &caller, order.on(id, inspect).await?).await
}

pub fn inspect(id: GoodsReceiptId, body: InspectionBody, ctx: &Context) -> Result<InspectReceipt, Problem> {
    plausible("/effective_date", body.effective_date)?;
    lines_within("/lines", body.lines.len())?;
    Ok(InspectReceipt { id, lines: body.lines, effective_date: body.effective_date.unwrap_or_else(|| ctx.today()) })
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoodsReturnBody {
    lines: Vec<ReturnedLine>,
    /// Today where absent.
    effective_date: Option<NaiveDate>,
}

/// Send accepted goods back to the vendor. They leave the stock at once; invoices of the order are matched again.
#[utoipa::path(post, path = "/v1/goods-receipts/{id}/return", tag = "goods receipts", request_body = GoodsReturnBody,
    params(("id" = GoodsReceiptId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn return_goods(Id(id): Id<GoodsReceiptId>, order: KeyedOrder<GoodsReturnBody>) -> Result<Committed, Problem> {
    let (app, caller) = (order.app.clone(), order.caller.clone());
    reacted(&app, &caller, order.on(id, send_back).await?).await
}

pub fn send_back(id: GoodsReceiptId, body: GoodsReturnBody, ctx: &Context) -> Result<ReturnGoods, Problem> {
    plausible("/effective_date", body.effective_date)?;
    lines_within("/lines", body.lines.len())?;
    if let Some((index, line)) = body.lines.iter().enumerate().find(|(_, line)| line.reason.trim().is_empty()) {
        return Err(Problem::invalid(format!("/lines/{index}/reason"), format!("line {}: goods go back for a reason", line.line)));
    }
    Ok(ReturnGoods { id, lines: body.lines, effective_date: body.effective_date.unwrap_or_else(|| ctx.today()) })
}

/// Goods receipts.
#[utoipa::path(get, path = "/v1/goods-receipts", tag = "goods receipts", params(GoodsReceiptFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<GoodsReceiptView>), Refusals))]
pub async fn list_goods_receipts(
    mut read: Reading,
    Filter(filter): Filter<GoodsReceiptFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<GoodsReceiptView>>, Problem> {
    let found = goods_receipt::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// One goods receipt.
#[utoipa::path(get, path = "/v1/goods-receipts/{id}", tag = "goods receipts", params(("id" = GoodsReceiptId, Path), MinPosition),
    responses((status = 200, body = GoodsReceiptView), Refusals))]
pub async fn get_goods_receipt(Id(id): Id<GoodsReceiptId>, mut read: Reading) -> Result<Fresh<GoodsReceiptView>, Problem> {
    let found = goods_receipt::get(&mut read.tx, id).await?;
    read.found(found)
}
