//! Stock: what is where, how it moved, and moving it by hand.

use chrono::NaiveDate;
use quittance_application::Context;
use quittance_application::stock::MoveStock;
use quittance_domain::ids::{ItemId, StockId};
use quittance_domain::stock::StockAction;
use quittance_projections::stock::{self, StockFilter, StockMovementFilter, StockMovementView, StockView};
use quittance_projections::{Page, PageOf};
use rust_decimal::Decimal;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Refusals;
use super::invoice::body::plausible;
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueBody {
    item_id: ItemId,
    location: String,
    #[schema(value_type = String, example = "3")]
    quantity: Decimal,
    /// Out of what is reserved under it; out of what is free where absent.
    reference: Option<String>,
    reason: String,
    effective_date: Option<NaiveDate>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdjustBody {
    item_id: ItemId,
    location: String,
    /// Above zero adds, below takes away.
    #[schema(value_type = String, example = "-1")]
    difference: Decimal,
    reason: String,
    effective_date: Option<NaiveDate>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CountBody {
    item_id: ItemId,
    location: String,
    #[schema(value_type = String, example = "12")]
    counted: Decimal,
    effective_date: Option<NaiveDate>,
}

/// Take goods out of stock; never below zero.
#[utoipa::path(post, path = "/v1/stock/issue", tag = "stock", request_body = IssueBody, params(("Idempotency-Key" = String, Header)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn issue_stock(order: KeyedOrder<IssueBody>) -> Result<Committed, Problem> {
    moved(order, issue).await
}

pub fn issue(b: IssueBody, ctx: &Context) -> Result<Movement, Problem> {
    let action = StockAction::Issue { quantity: b.quantity, reference: b.reference, reason: b.reason, by: ctx.actor };
    movement(b.item_id, b.location, b.effective_date, action, ctx)
}

/// Correct a stock, with a reason.
#[utoipa::path(post, path = "/v1/stock/adjust", tag = "stock", request_body = AdjustBody, params(("Idempotency-Key" = String, Header)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn adjust_stock(order: KeyedOrder<AdjustBody>) -> Result<Committed, Problem> {
    moved(order, adjust).await
}

pub fn adjust(b: AdjustBody, ctx: &Context) -> Result<Movement, Problem> {
    let action = StockAction::Adjust { difference: b.difference, reason: b.reason, by: ctx.actor };
    movement(b.item_id, b.location, b.effective_date, action, ctx)
}

/// Record a count: what is there, is there.
#[utoipa::path(post, path = "/v1/stock/count", tag = "stock", request_body = CountBody, params(("Idempotency-Key" = String, Header)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn count_stock(order: KeyedOrder<CountBody>) -> Result<Committed, Problem> {
    moved(order, count).await
}

pub fn count(b: CountBody, ctx: &Context) -> Result<Movement, Problem> {
    movement(b.item_id, b.location, b.effective_date, StockAction::Count { counted: b.counted, by: ctx.actor }, ctx)
}

/// Which stock moves, and how.
pub type Movement = (StockId, MoveStock);

fn movement(item_id: ItemId, location: String, on: Option<NaiveDate>, action: StockAction, ctx: &Context) -> Result<Movement, Problem> {
    plausible("/effective_date", on)?;
    let effective_date = on.unwrap_or_else(|| ctx.today());
    Ok((StockId::of(item_id, &location), MoveStock { item_id, location, effective_date, action }))
}

async fn moved<B>(order: KeyedOrder<B>, movement: fn(B, &Context) -> Result<Movement, Problem>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| movement(body, ctx).map(|(_, use_case)| use_case)).await
}

/// What is on hand, by item and location.
#[utoipa::path(get, path = "/v1/stock", tag = "stock", params(StockFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<StockView>), Refusals))]
pub async fn list_stock(
    mut read: Reading,
    Filter(filter): Filter<StockFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<StockView>>, Problem> {
    let found = stock::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// The stock of one item at one location.
#[utoipa::path(get, path = "/v1/stock/{id}", tag = "stock", params(("id" = StockId, Path), MinPosition),
    responses((status = 200, body = StockView), Refusals))]
pub async fn get_stock(Id(id): Id<StockId>, mut read: Reading) -> Result<Fresh<StockView>, Problem> {
    let found = stock::get(&mut read.tx, id).await?;
    read.found(found)
}

/// How stock moved.
#[utoipa::path(get, path = "/v1/stock/movements", tag = "stock", params(StockMovementFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<StockMovementView>), Refusals))]
pub async fn list_stock_movements(
    mut read: Reading,
    Filter(filter): Filter<StockMovementFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<StockMovementView>>, Problem> {
    let found = stock::movements(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}
