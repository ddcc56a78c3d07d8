//! Stock: what is where, how it moved, and moving it by hand.

use chrono::NaiveDate;
use quittance_application::Context;
use quittance_application::landed_cost::SpreadLandedCost;
use quittance_application::stock::{MoveStock, TransferStock};
use quittance_domain::Money;
use quittance_domain::aggregate::derived_id;
use quittance_domain::chart::Code;
use quittance_domain::ids::{GoodsReceiptId, ItemId, StockId};
use quittance_domain::stock::{SpreadBasis, StockAction};
use quittance_projections::ledger::{self, StockReplay};
use quittance_projections::stock::{self, StockFilter, StockMovementFilter, StockMovementView, StockView};
use quittance_projections::{Page, PageOf};
use rust_decimal::Decimal;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

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

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReserveBody {
    item_id: ItemId,
    location: String,
    #[schema(example = "S-17")]
    reference: String,
    /// All that is to be set aside under the reference.
    #[schema(value_type = String, example = "5")]
    quantity: Decimal,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseBody {
    item_id: ItemId,
    location: String,
    reference: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferBody {
    item_id: ItemId,
    /// Where the goods are.
    location: String,
    to: String,
    #[schema(value_type = String, example = "2")]
    quantity: Decimal,
    effective_date: Option<NaiveDate>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LandedCostBody {
    amount: Money,
    /// Where the amount stands until it is spread: the account that the carrier's invoice was coded to.
    account: Code,
    basis: SpreadBasis,
    /// Everything that was accepted of these goods receipts bears its share.
    receipts: Vec<GoodsReceiptId>,
    effective_date: Option<NaiveDate>,
}

/// Take goods out of stock; never below zero, unless the company allows it.
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

/// Set goods aside that nobody else may take; once more under one reference changes the quantity.
#[utoipa::path(post, path = "/v1/stock/reserve", tag = "stock", request_body = ReserveBody, params(("Idempotency-Key" = String, Header)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn reserve_stock(order: KeyedOrder<ReserveBody>) -> Result<Committed, Problem> {
    moved(order, reserve).await
}

pub fn reserve(b: ReserveBody, ctx: &Context) -> Result<Movement, Problem> {
    let action = StockAction::Reserve { reference: b.reference, quantity: b.quantity, by: ctx.actor };
    movement(b.item_id, b.location, None, action, ctx)
}

/// Give back what is set aside under a reference.
#[utoipa::path(post, path = "/v1/stock/release", tag = "stock", request_body = ReleaseBody, params(("Idempotency-Key" = String, Header)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn release_stock(order: KeyedOrder<ReleaseBody>) -> Result<Committed, Problem> {
    moved(order, release).await
}

pub fn release(b: ReleaseBody, ctx: &Context) -> Result<Movement, Problem> {
    movement(b.item_id, b.location, None, StockAction::Release { reference: b.reference, by: ctx.actor }, ctx)
}

/// Take goods from one place to another, at what they cost.
#[utoipa::path(post, path = "/v1/stock/transfer", tag = "stock", request_body = TransferBody, params(("Idempotency-Key" = String, Header)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn transfer_stock(order: KeyedOrder<TransferBody>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| transfer(body, ctx).map(|(_, use_case)| use_case)).await
}

pub fn transfer(b: TransferBody, ctx: &Context) -> Result<(StockId, TransferStock), Problem> {
    plausible("/effective_date", b.effective_date)?;
    let TransferBody { item_id, location: from, to, quantity, effective_date } = b;
    let effective_date = effective_date.unwrap_or_else(|| ctx.today());
    let stock = StockId::of(item_id, &from);
    let command = ctx.command_id.map(Uuid::from).unwrap_or(ctx.correlation_id);
    let transfer = derived_id(&[b"stock transfer", command.as_bytes(), stock.0.as_bytes(), StockId::of(item_id, &to).0.as_bytes()]);
    Ok((stock, TransferStock { transfer, item_id, from, to, quantity, effective_date }))
}

/// Spread freight, duty and the like over the goods that it was paid for; what has left already is a price difference.
#[utoipa::path(post, path = "/v1/stock/landed-costs", tag = "stock", request_body = LandedCostBody, params(("Idempotency-Key" = String, Header)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn spread_landed_cost(order: KeyedOrder<LandedCostBody>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| landed_cost(body, ctx).map(|(_, use_case)| use_case)).await
}

pub fn landed_cost(b: LandedCostBody, ctx: &Context) -> Result<(Uuid, SpreadLandedCost), Problem> {
    plausible("/effective_date", b.effective_date)?;
    let LandedCostBody { amount, account, basis, receipts, effective_date } = b;
    let command = ctx.command_id.map(Uuid::from).unwrap_or(ctx.correlation_id);
    let receipt_ids: Vec<u8> = receipts.iter().flat_map(|id| *id.0.as_bytes()).collect();
    let id = derived_id(&[b"landed cost", command.as_bytes(), account.as_str().as_bytes(), &receipt_ids]);
    let effective_date = effective_date.unwrap_or_else(|| ctx.today());
    Ok((id, SpreadLandedCost { id, amount, account, basis, receipts, effective_date }))
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

/// What every movement of a stock would have changed, had everything been known from the first, beside what was booked.
#[utoipa::path(get, path = "/v1/stock/{id}/replay", tag = "stock", params(("id" = StockId, Path), MinPosition),
    responses((status = 200, body = StockReplay), Refusals))]
pub async fn replay_stock(Id(id): Id<StockId>, mut read: Reading) -> Result<Fresh<StockReplay>, Problem> {
    let found = ledger::stock_replay(&mut read.tx, id).await?;
    read.found(found)
}
