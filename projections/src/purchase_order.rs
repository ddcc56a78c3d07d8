//! Purchase orders with what has come in against them.

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use quittance_domain::ids::{InvoiceId, PurchaseOrderId, UserId, VendorId};
use quittance_domain::purchase_order::{AgreedCharge, Order, OrderLine, PurchaseOrder, PurchaseOrderEvent};
use quittance_domain::{Currency, Money, Root};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
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
    pub struct PurchaseOrderRow in "purchase_orders" {
        purchase_order_id: Uuid,
        version: i64,
        position: i64,
        status: Word<PurchaseOrderStatus>,
        number: String,
        vendor_id: Uuid,
        currency: Word<Currency>,
        net: Decimal,
        placed_by: Uuid,
        placed_at: DateTime<Utc>,
        state: Json<PurchaseOrder>,
    }
}

aggregate_row!(PurchaseOrderRow, PurchaseOrder, PurchaseOrder);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::Display, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PurchaseOrderStatus {
    Open,
    Closed,
    Cancelled,
}

impl PurchaseOrderRow {
    fn began(event: &PurchaseOrderEvent, at: &Recorded) -> Option<Self> {
        let PurchaseOrderEvent::Placed { vendor_id, number, currency, lines, by, .. } = event else { return None };
        Some(Self {
            purchase_order_id: at.aggregate_id,
            version: 0,
            position: 0,
            status: Word(PurchaseOrderStatus::Open),
            number: number.clone(),
            vendor_id: vendor_id.0,
            currency: Word(*currency),
            net: net(lines, *currency),
            placed_by: by.0,
            placed_at: at.recorded_at,
            state: Json(PurchaseOrder::replay([event.clone()])),
        })
    }

    fn on(&mut self, event: &PurchaseOrderEvent, _: &Recorded) {
        self.state.apply(event.clone());
        if let PurchaseOrderEvent::Amended { lines, .. } = event {
            self.net = net(lines, self.currency.0);
        }
        self.status = Word(match &self.state.0 {
            PurchaseOrder::Closed(_) => PurchaseOrderStatus::Closed,
            PurchaseOrder::Cancelled(_) => PurchaseOrderStatus::Cancelled,
            PurchaseOrder::Open(_) | PurchaseOrder::NotPlaced => PurchaseOrderStatus::Open,
        });
    }
}

/// Each line rounded on its own, then summed.
fn net(lines: &[OrderLine], currency: Currency) -> Decimal {
    lines.iter().map(|line| line.net(currency)).sum()
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PurchaseOrderView {
    pub id: PurchaseOrderId,
    pub version: i64,
    pub status: PurchaseOrderStatus,
    pub number: String,
    pub vendor_id: VendorId,
    pub net: Money,
    pub placed_by: UserId,
    pub placed_at: DateTime<Utc>,
    /// How often the lines were agreed; 1 as placed.
    pub revision: u32,
    /// Who approved the revision in force.
    pub approved_by: Option<UserId>,
    pub lines: Vec<PurchaseOrderLineView>,
    pub charges: Vec<AgreedCharge>,
    /// The invoices that count against it, in the order in which they came.
    pub invoices: Vec<InvoiceId>,
}

/// A line as ordered, with what came in and was accepted or rejected.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PurchaseOrderLineView {
    #[serde(flatten)]
    pub ordered: OrderLine,
    #[schema(value_type = String)]
    pub accepted: Decimal,
    #[schema(value_type = String)]
    pub rejected: Decimal,
    /// Came in and waits for inspection.
    #[schema(value_type = String)]
    pub to_inspect: Decimal,
    #[schema(value_type = String)]
    pub returned: Decimal,
    /// By all invoices, in review or not.
    #[schema(value_type = String)]
    pub invoiced_quantity: Decimal,
    #[schema(value_type = String)]
    pub invoiced_net: Decimal,
}

impl PurchaseOrderView {
    fn of(row: PurchaseOrderRow) -> Self {
        let order = match row.state.0 {
            PurchaseOrder::Open(order) | PurchaseOrder::Closed(order) | PurchaseOrder::Cancelled(order) => Some(order),
            PurchaseOrder::NotPlaced => None,
        };
        let lines = order.iter().flat_map(|order| order.lines.iter().map(|ordered| line(ordered, order))).collect();
        let invoices = order.iter().flat_map(|order| order.billings.iter().map(|b| b.invoice_id)).collect();
        Self {
            id: PurchaseOrderId(row.purchase_order_id),
            version: row.version,
            status: row.status.0,
            number: row.number,
            vendor_id: VendorId(row.vendor_id),
            net: Money::rounded(row.net, row.currency.0),
            placed_by: UserId(row.placed_by),
            placed_at: row.placed_at,
            revision: order.as_ref().map_or(1, |order| order.revision),
            approved_by: order.as_ref().and_then(|order| order.approved_by),
            lines,
            invoices,
            charges: order.map(|order| order.charges).unwrap_or_default(),
        }
    }
}

fn line(ordered: &OrderLine, order: &Order) -> PurchaseOrderLineView {
    let so_far = order.progress.iter().find(|p| p.line == ordered.line).cloned().unwrap_or_default();
    let (invoiced_quantity, invoiced_net) = order.invoiced(ordered.line);
    PurchaseOrderLineView {
        ordered: ordered.clone(),
        accepted: so_far.accepted,
        rejected: so_far.rejected,
        to_inspect: so_far.to_inspect,
        returned: so_far.returned,
        invoiced_quantity,
        invoiced_net,
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PurchaseOrderFilter {
    pub status: Option<PurchaseOrderStatus>,
    pub vendor_id: Option<VendorId>,
    pub number: Option<String>,
}

const SORTS: &[Sort<PurchaseOrderRow>] = &[
    Sort { name: "placed_at", column: "placed_at", cast: "timestamptz", key: |row| row.placed_at.to_rfc3339() },
    Sort { name: "number", column: "number", cast: "text", key: |row| row.number.clone() },
];

pub async fn list(tx: &mut TenantTx, filter: &PurchaseOrderFilter, page: &Page) -> Result<PageOf<PurchaseOrderView>, QueryError> {
    let found = Listing::<PurchaseOrderRow>::of(tx)
        .when("status = ?", filter.status.map(Word))
        .when("vendor_id = ?", filter.vendor_id.map(Uuid::from))
        .when("number = ?", filter.number.as_deref())
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(PurchaseOrderView::of))
}

pub async fn get(tx: &mut TenantTx, id: PurchaseOrderId) -> sqlx::Result<Option<PurchaseOrderView>> {
    Ok(find::<PurchaseOrderRow>(tx, id.0).await?.map(PurchaseOrderView::of))
}
