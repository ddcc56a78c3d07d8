//! Goods receipts: what came in, posted once.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::goods_receipt::{DeliveredLine, GoodsReceipt, GoodsReceiptEvent, InspectedLine, SentBackLine};
use quittance_domain::ids::{GoodsReceiptId, PurchaseOrderId, UserId};
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::fact::Recorded;
use crate::listing::{Listing, Sort, find};
use crate::page::{Page, PageOf, QueryError};
use crate::{aggregate_row, row};

row! {
    pub struct GoodsReceiptRow in "goods_receipts" {
        goods_receipt_id: Uuid,
        version: i64,
        position: i64,
        purchase_order_id: Uuid,
        location: String,
        effective_date: NaiveDate,
        delivery_note: Option<String>,
        received_by: Uuid,
        recorded_at: DateTime<Utc>,
        lines: Json<Vec<DeliveredLine>>,
        inspected: Json<Vec<InspectedLine>>,
        returned: Json<Vec<SentBackLine>>,
    }
}

aggregate_row!(GoodsReceiptRow, GoodsReceipt, GoodsReceipt);

impl GoodsReceiptRow {
    fn began(event: &GoodsReceiptEvent, at: &Recorded) -> Option<Self> {
        let GoodsReceiptEvent::Posted(delivery) = event else { return None };
        Some(Self {
            goods_receipt_id: at.aggregate_id,
            version: 0,
            position: 0,
            purchase_order_id: delivery.purchase_order_id.0,
            location: delivery.location.clone(),
            effective_date: delivery.effective_date,
            delivery_note: delivery.delivery_note.clone(),
            received_by: delivery.received_by.0,
            recorded_at: at.recorded_at,
            lines: Json(delivery.lines.clone()),
            inspected: Json(vec![]),
            returned: Json(vec![]),
        })
    }

    /// What was posted never changes.
    fn on(&mut self, event: &GoodsReceiptEvent, _: &Recorded) {
        match event {
            GoodsReceiptEvent::Posted(_) => {}
            GoodsReceiptEvent::Inspected { lines, .. } => self.inspected.extend_from_slice(lines),
            GoodsReceiptEvent::Returned { lines, .. } => self.returned.extend_from_slice(lines),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct GoodsReceiptView {
    pub id: GoodsReceiptId,
    pub version: i64,
    pub purchase_order_id: PurchaseOrderId,
    pub location: String,
    pub effective_date: NaiveDate,
    pub delivery_note: Option<String>,
    pub received_by: UserId,
    pub recorded_at: DateTime<Utc>,
    pub lines: Vec<DeliveredLine>,
    pub inspected: Vec<InspectedLine>,
    pub returned: Vec<SentBackLine>,
}

impl From<GoodsReceiptRow> for GoodsReceiptView {
    fn from(row: GoodsReceiptRow) -> Self {
        Self {
            id: GoodsReceiptId(row.goods_receipt_id),
            version: row.version,
            purchase_order_id: PurchaseOrderId(row.purchase_order_id),
            location: row.location,
            effective_date: row.effective_date,
            delivery_note: row.delivery_note,
            received_by: UserId(row.received_by),
            recorded_at: row.recorded_at,
            lines: row.lines.0,
            inspected: row.inspected.0,
            returned: row.returned.0,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GoodsReceiptFilter {
    pub purchase_order_id: Option<PurchaseOrderId>,
    pub location: Option<String>,
    pub effective_from: Option<NaiveDate>,
    /// Inclusive.
    pub effective_to: Option<NaiveDate>,
}

const SORTS: &[Sort<GoodsReceiptRow>] =
    &[Sort { name: "recorded_at", column: "recorded_at", cast: "timestamptz", key: |row| row.recorded_at.to_rfc3339() }];

pub async fn list(tx: &mut TenantTx, filter: &GoodsReceiptFilter, page: &Page) -> Result<PageOf<GoodsReceiptView>, QueryError> {
    let found = Listing::<GoodsReceiptRow>::of(tx)
        .when("purchase_order_id = ?", filter.purchase_order_id.map(Uuid::from))
        .when("location = ?", filter.location.as_deref())
        .when("effective_date >= ?", filter.effective_from)
        .when("effective_date <= ?", filter.effective_to)
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(GoodsReceiptView::from))
}

pub async fn get(tx: &mut TenantTx, id: GoodsReceiptId) -> sqlx::Result<Option<GoodsReceiptView>> {
    Ok(find::<GoodsReceiptRow>(tx, id.0).await?.map(GoodsReceiptView::from))
}
