//! Despatch advices: what vendors say is on its way, and what of it was received.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::despatch_advice::{AnnouncedLine, Announcement, DespatchAdvice, DespatchAdviceEvent};
use quittance_domain::ids::{DespatchAdviceId, GoodsReceiptId, PurchaseOrderId, UserId, VendorId};
use quittance_domain::invoice::Source;
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::fact::Recorded;
use crate::listing::{Listing, Sort, find};
use crate::page::{Page, PageOf, QueryError};
use crate::word::Word;
use crate::{aggregate_row, row};

row! {
    pub struct DespatchAdviceRow in "despatch_advices" {
        despatch_advice_id: Uuid,
        version: i64,
        position: i64,
        status: Word<DespatchAdviceStatus>,
        number: String,
        purchase_order_id: Uuid,
        vendor_id: Uuid,
        expected_date: Option<NaiveDate>,
        goods_receipt_id: Option<Uuid>,
        announced_at: DateTime<Utc>,
        announcement: Json<Announcement>,
    }
}

aggregate_row!(DespatchAdviceRow, DespatchAdvice, DespatchAdvice);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::Display, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DespatchAdviceStatus {
    Announced,
    Received,
}

impl DespatchAdviceRow {
    fn began(event: &DespatchAdviceEvent, at: &Recorded) -> Option<Self> {
        let DespatchAdviceEvent::Announced(announcement) = event else { return None };
        Some(Self {
            despatch_advice_id: at.aggregate_id,
            version: 0,
            position: 0,
            status: Word(DespatchAdviceStatus::Announced),
            number: announcement.number.clone(),
            purchase_order_id: announcement.purchase_order_id.0,
            vendor_id: announcement.vendor_id.0,
            expected_date: announcement.expected_date,
            goods_receipt_id: None,
            announced_at: at.recorded_at,
            announcement: Json(announcement.as_ref().clone()),
        })
    }

    fn on(&mut self, event: &DespatchAdviceEvent, _: &Recorded) {
        if let DespatchAdviceEvent::Received { goods_receipt_id, .. } = event {
            self.status = Word(DespatchAdviceStatus::Received);
            self.goods_receipt_id = Some(goods_receipt_id.0);
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DespatchAdviceView {
    pub id: DespatchAdviceId,
    pub version: i64,
    pub status: DespatchAdviceStatus,
    pub number: String,
    pub purchase_order_id: PurchaseOrderId,
    pub vendor_id: VendorId,
    pub issue_date: NaiveDate,
    pub despatch_date: Option<NaiveDate>,
    /// The last day on which the goods should be here.
    pub expected_date: Option<NaiveDate>,
    pub tracking: Option<String>,
    pub lines: Vec<AnnouncedLine>,
    /// The receipt, once the goods are here.
    pub goods_receipt_id: Option<GoodsReceiptId>,
    pub source: Source,
    pub announced_by: UserId,
    pub announced_at: DateTime<Utc>,
}

impl From<DespatchAdviceRow> for DespatchAdviceView {
    fn from(row: DespatchAdviceRow) -> Self {
        let announced = row.announcement.0;
        Self {
            id: DespatchAdviceId(row.despatch_advice_id),
            version: row.version,
            status: row.status.0,
            number: announced.number,
            purchase_order_id: announced.purchase_order_id,
            vendor_id: announced.vendor_id,
            issue_date: announced.issue_date,
            despatch_date: announced.despatch_date,
            expected_date: announced.expected_date,
            tracking: announced.tracking,
            lines: announced.lines,
            goods_receipt_id: row.goods_receipt_id.map(GoodsReceiptId),
            source: announced.source,
            announced_by: announced.announced_by,
            announced_at: row.announced_at,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DespatchAdviceFilter {
    pub status: Option<DespatchAdviceStatus>,
    pub purchase_order_id: Option<PurchaseOrderId>,
    pub vendor_id: Option<VendorId>,
    pub number: Option<String>,
    /// Inclusive.
    pub expected_to: Option<NaiveDate>,
}

const SORTS: &[Sort<DespatchAdviceRow>] =
    &[Sort { name: "announced_at", column: "announced_at", cast: "timestamptz", key: |row| row.announced_at.to_rfc3339() }];

pub async fn list(tx: &mut TenantTx, filter: &DespatchAdviceFilter, page: &Page) -> Result<PageOf<DespatchAdviceView>, QueryError> {
    let found = Listing::<DespatchAdviceRow>::of(tx)
        .when("status = ?", filter.status.map(Word))
        .when("purchase_order_id = ?", filter.purchase_order_id.map(Uuid::from))
        .when("vendor_id = ?", filter.vendor_id.map(Uuid::from))
        .when("number = ?", filter.number.as_deref())
        .when("expected_date <= ?", filter.expected_to)
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(DespatchAdviceView::from))
}

pub async fn get(tx: &mut TenantTx, id: DespatchAdviceId) -> sqlx::Result<Option<DespatchAdviceView>> {
    Ok(find::<DespatchAdviceRow>(tx, id.0).await?.map(DespatchAdviceView::from))
}
