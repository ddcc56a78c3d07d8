//! The documents that purchase orders were made from, found by their order.

use chrono::{DateTime, Utc};
use quittance_domain::ids::PurchaseOrderId;
use quittance_domain::order_document::{OrderDocument, OrderDocumentEvent, StatedOrder};
use quittance_infrastructure::database::TenantTx;
use sqlx::types::Json;
use uuid::Uuid;

use crate::fact::Recorded;
use crate::rows::Row;
use crate::{aggregate_row, row};

row! {
    pub struct OrderDocumentRow in "order_documents" {
        order_document_id: Uuid,
        version: i64,
        position: i64,
        purchase_order_id: Uuid,
        sha256: String,
        kept_at: DateTime<Utc>,
        stated: Json<StatedOrder>,
    }
}

aggregate_row!(OrderDocumentRow, OrderDocument, OrderDocument);

impl OrderDocumentRow {
    fn began(event: &OrderDocumentEvent, at: &Recorded) -> Option<Self> {
        let OrderDocumentEvent::Kept(stated) = event;
        Some(Self {
            order_document_id: at.aggregate_id,
            version: 0,
            position: 0,
            purchase_order_id: stated.purchase_order_id.0,
            sha256: stated.source.sha256().unwrap_or_default().to_owned(),
            kept_at: at.recorded_at,
            stated: Json(stated.clone()),
        })
    }

    /// A document is kept once and never changes.
    fn on(&mut self, _: &OrderDocumentEvent, _: &Recorded) {}
}

/// What the order's document stated, where it came as one.
pub async fn of_order(tx: &mut TenantTx, order: PurchaseOrderId) -> sqlx::Result<Option<StatedOrder>> {
    let query = format!(
        "select {} from read.order_documents where tenant_id = $1 and purchase_order_id = $2",
        OrderDocumentRow::COLUMNS.join(", ")
    );
    let tenant = tx.tenant();
    let row: Option<OrderDocumentRow> = sqlx::query_as(&query).bind(tenant.0).bind(order.0).fetch_optional(&mut **tx).await?;
    Ok(row.map(|row| row.stated.0))
}
