//! `POST /v1/purchase-orders/import`: an order as it came (UBL, Order-X), kept byte for byte.

use axum::response::Response;
use quittance_application::order_document::{ImportOrder, OrderCapture};
use quittance_application::{Done, Failure};
use quittance_domain::ids::{ItemId, OrderDocumentId, PurchaseOrderId, VendorId};
use quittance_domain::purchase_order::PurchaseOrder;
use quittance_infrastructure::trade_documents::capture_order_document;
use quittance_projections::order_document;
use serde::Serialize;
use utoipa::ToSchema;

use super::Refusals;
use super::original::download;
use crate::committed::{CommandAnswer, Committed};
use crate::problem::Problem;
use crate::reading::{Id, MinPosition, Reading};
use crate::upload::Upload;

#[derive(Debug, Serialize, ToSchema)]
pub struct ImportedOrder {
    #[serde(flatten)]
    answer: CommandAnswer,
    /// SHA-256 of the document, hex; `GET …/original` serves it back.
    sha256: String,
    number: String,
    vendor_id: VendorId,
}

/// Import an order. Its vendor and items are found by their numbers, or registered as it names them; twice is once.
#[utoipa::path(post, path = "/v1/purchase-orders/import", tag = "purchase orders",
    request_body(description = "The document itself, or a multipart form with it as `file`", content(("application/xml"), ("application/pdf"), ("multipart/form-data"))),
    params(("Idempotency-Key" = String, Header)), responses((status = 201, body = ImportedOrder), Refusals))]
pub async fn import_purchase_order(mut upload: Upload) -> Result<Committed<ImportedOrder>, Problem> {
    let (bytes, file_name) = (upload.bytes.clone(), upload.file_name.take());
    let captured = tokio::task::spawn_blocking(move || capture_order_document(&bytes, file_name)).await;
    let capture = captured.map_err(|_| Problem::internal())??;
    let sha256 = hex::encode(capture.original.sha256);
    let commands = &upload.app.system.commands;
    let import = importing(capture, || commands.ports().edge.new_id());
    let Done { receipt, .. } = commands.run(&upload.ctx, &import).await?;
    let placed = commands.state_at::<PurchaseOrder>(upload.ctx.tenant, receipt.id, receipt.version).await?;
    let placed = placed.order().map_err(Failure::from)?;
    let (number, vendor_id) = (placed.number.clone(), placed.vendor_id);
    Ok(Committed::created("/v1/purchase-orders", receipt).with(|answer| ImportedOrder { answer, sha256, number, vendor_id }))
}

/// The use case with every id that it may need.
pub fn importing(capture: OrderCapture, mut new_id: impl FnMut() -> uuid::Uuid) -> ImportOrder {
    ImportOrder {
        id: PurchaseOrderId(new_id()),
        document_id: OrderDocumentId(new_id()),
        new_vendor: VendorId(new_id()),
        new_items: capture.lines.iter().map(|_| ItemId(new_id())).collect(),
        capture,
    }
}

/// The document that an order was made from, byte for byte.
#[utoipa::path(get, path = "/v1/purchase-orders/{id}/original", tag = "purchase orders", params(("id" = PurchaseOrderId, Path), MinPosition),
    responses((status = 200, description = "The original bytes", content_type = "application/octet-stream"), Refusals))]
pub async fn get_purchase_order_original(Id(id): Id<PurchaseOrderId>, mut read: Reading) -> Result<Response, Problem> {
    let stated = order_document::of_order(&mut read.tx, id).await?.ok_or_else(Problem::not_found)?;
    download(&mut read, stated.source).await
}
