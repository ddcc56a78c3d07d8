//! Despatch advices: announced by `POST /v1/goods-receipts/import`, received once people have counted the goods.

use axum::response::Response;
use chrono::NaiveDate;
use quittance_application::despatch_advice::{AnnounceDespatch, ReceiveDespatch};
use quittance_application::{Context, Done, Failure};
use quittance_domain::despatch_advice::{AnnouncedLine, DespatchAdvice};
use quittance_domain::ids::{DespatchAdviceId, GoodsReceiptId, PurchaseOrderId};
use quittance_domain::purchase_order::ReceivedLine;
use quittance_infrastructure::trade_documents::capture_advice_document;
use quittance_projections::despatch_advice::{self, DespatchAdviceFilter, DespatchAdviceView};
use quittance_projections::{Page, PageOf};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Refusals;
use super::invoice::body::{lines_within, plausible};
use super::original::download;
use crate::committed::{CommandAnswer, Committed, reacted};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};
use crate::upload::Upload;

#[derive(Debug, Serialize, ToSchema)]
pub struct Announced {
    /// The despatch advice.
    #[serde(flatten)]
    answer: CommandAnswer,
    /// SHA-256 of the document, hex; `GET /v1/despatch-advices/{id}/original` serves it back.
    sha256: String,
    number: String,
    purchase_order_id: PurchaseOrderId,
    /// What is on its way, by line of the order.
    lines: Vec<AnnouncedLine>,
}

/// Import a despatch advice: goods are announced, not received. No stock moves until somebody has counted them and
/// `POST /v1/despatch-advices/{id}/receive` says so.
#[utoipa::path(post, path = "/v1/goods-receipts/import", tag = "goods receipts",
    request_body(description = "The document itself, or a multipart form with it as `file`", content(("application/xml"), ("multipart/form-data"))),
    params(("Idempotency-Key" = String, Header)), responses((status = 201, body = Announced), Refusals))]
pub async fn import_goods_receipt(mut upload: Upload) -> Result<Committed<Announced>, Problem> {
    let (bytes, file_name) = (upload.bytes.clone(), upload.file_name.take());
    let captured = tokio::task::spawn_blocking(move || capture_advice_document(&bytes, file_name)).await;
    let capture = captured.map_err(|_| Problem::internal())??;
    let sha256 = hex::encode(capture.original.sha256);
    let commands = &upload.app.system.commands;
    let announce = AnnounceDespatch { id: DespatchAdviceId(commands.ports().edge.new_id()), capture };
    let Done { receipt, .. } = commands.run(&upload.ctx, &announce).await?;
    let advice = commands.state_at::<DespatchAdvice>(upload.ctx.tenant, receipt.id, receipt.version).await?;
    let announcement = advice.announcement().map_err(Failure::from)?;
    let (number, purchase_order_id, lines) = (announcement.number.clone(), announcement.purchase_order_id, announcement.lines.clone());
    let answer = Committed::created("/v1/despatch-advices", receipt);
    Ok(answer.with(|answer| Announced { answer, sha256, number, purchase_order_id, lines }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiveBody {
    #[schema(example = "main")]
    location: String,
    /// Today where absent.
    effective_date: Option<NaiveDate>,
    /// What was counted; all of it as announced where absent.
    lines: Option<Vec<ReceivedLine>>,
    /// Take more than was ordered.
    #[serde(default)]
    over_receipt_allowed: bool,
}

/// Receive the goods of a despatch advice: posts their receipt against the order, and the stock moves with it, once.
#[utoipa::path(post, path = "/v1/despatch-advices/{id}/receive", tag = "goods receipts", request_body = ReceiveBody,
    params(("id" = DespatchAdviceId, Path), ("Idempotency-Key" = String, Header)), responses((status = 201, body = CommandAnswer), Refusals))]
pub async fn receive_despatch_advice(Id(id): Id<DespatchAdviceId>, order: KeyedOrder<ReceiveBody>) -> Result<Committed, Problem> {
    let (app, caller) = (order.app.clone(), order.caller.clone());
    let posted = order.create("/v1/goods-receipts", |receipt, body, ctx| receive(receipt, id, body, ctx)).await?;
    reacted(&app, &caller, posted).await
}

pub fn receive(id: GoodsReceiptId, advice_id: DespatchAdviceId, body: ReceiveBody, ctx: &Context) -> Result<ReceiveDespatch, Problem> {
    plausible("/effective_date", body.effective_date)?;
    lines_within("/lines", body.lines.as_ref().map_or(0, Vec::len))?;
    Ok(ReceiveDespatch {
        id,
        advice_id,
        location: body.location,
        effective_date: body.effective_date.unwrap_or_else(|| ctx.today()),
        lines: body.lines,
        over_receipt_allowed: body.over_receipt_allowed,
    })
}

/// Despatch advices: what is on its way, and what of it has come.
#[utoipa::path(get, path = "/v1/despatch-advices", tag = "goods receipts", params(DespatchAdviceFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<DespatchAdviceView>), Refusals))]
pub async fn list_despatch_advices(
    mut read: Reading,
    Filter(filter): Filter<DespatchAdviceFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<DespatchAdviceView>>, Problem> {
    let found = despatch_advice::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// One despatch advice.
#[utoipa::path(get, path = "/v1/despatch-advices/{id}", tag = "goods receipts", params(("id" = DespatchAdviceId, Path), MinPosition),
    responses((status = 200, body = DespatchAdviceView), Refusals))]
pub async fn get_despatch_advice(Id(id): Id<DespatchAdviceId>, mut read: Reading) -> Result<Fresh<DespatchAdviceView>, Problem> {
    let found = despatch_advice::get(&mut read.tx, id).await?;
    read.found(found)
}

/// The document as it came in, byte for byte.
#[utoipa::path(get, path = "/v1/despatch-advices/{id}/original", tag = "goods receipts", params(("id" = DespatchAdviceId, Path), MinPosition),
    responses((status = 200, description = "The original bytes", content_type = "application/octet-stream"), Refusals))]
pub async fn get_despatch_advice_original(Id(id): Id<DespatchAdviceId>, mut read: Reading) -> Result<Response, Problem> {
    let advice = despatch_advice::get(&mut read.tx, id).await?.ok_or_else(Problem::not_found)?;
    download(&mut read, advice.source).await
}
