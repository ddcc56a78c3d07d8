//! Goods received and not invoiced, by order line, as movements that never change: their sum up to an effective date, as
//! far as they were recorded by a moment, is what was to be invoiced then as far as was known then.
//!
//! Both sides are valued at the order's price, so what is left is goods and not price differences; the account that the ledger
//! keeps of them stands beside it.

mod control;
mod facts;

use chrono::{DateTime, NaiveDate, Utc};
use quittance_application::ports::Later;
use quittance_domain::goods_receipt::GoodsReceiptEvent;
use quittance_domain::ids::{PurchaseOrderId, VendorId};
use quittance_domain::purchase_order::{Billing, PurchaseOrderEvent};
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

pub use control::{GrniControl, GrniDifference, GrniDocument};
pub use facts::{OrderLineFactFilter, OrderLineFactSum, OrderLineFactView, OrderLineFactsOf, facts};

use crate::ageing::END_OF_TIME;
use crate::fact::{Fact, Recorded};
use crate::projector::{Memory, ProjectionError, Projector};
use crate::row;
use crate::word::Word;
use control::controls;

/// No event has more lines.
const LINES_MAX: i64 = 1 << 16;

row! {
    pub struct OrderLineFactRow in "order_line_facts" {
        entry: i64,
        position: i64,
        purchase_order_id: Uuid,
        line: i64,
        kind: Word<OrderLineFactKind>,
        /// The receipt or the invoice.
        source_id: Uuid,
        quantity: Decimal,
        value: Decimal,
        currency: Word<Currency>,
        effective_date: NaiveDate,
        recorded_at: DateTime<Utc>,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::Display, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum OrderLineFactKind {
    Received,
    Returned,
    Invoiced,
    /// An invoice was voided, rejected or changed.
    Withdrawn,
}

pub struct OrderLineFacts;

impl Projector for OrderLineFacts {
    fn name(&self) -> &'static str {
        "order_line_facts"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["order_line_facts"]
    }

    fn project<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        memory: &'a mut Memory,
        events: &'a [Recorded],
    ) -> Later<'a, Result<(), ProjectionError>> {
        Box::pin(async move {
            let rows = memory.rows::<OrderLineFactRow>();
            events.iter().flat_map(movements).for_each(|row| rows.put(row));
            rows.flush_and_forget(tx).await
        })
    }
}

/// A movement of one line, before it is a row.
struct Moved {
    order: PurchaseOrderId,
    line: u32,
    kind: OrderLineFactKind,
    source_id: Uuid,
    quantity: Decimal,
    unit_price: Decimal,
    currency: Currency,
    on: NaiveDate,
}

fn movements(at: &Recorded) -> Vec<OrderLineFactRow> {
    let moved = match &at.fact {
        Fact::GoodsReceipt(event) => received(event, at.aggregate_id),
        Fact::PurchaseOrder(PurchaseOrderEvent::Billed(billing)) => invoiced(billing, at, OrderLineFactKind::Invoiced),
        Fact::PurchaseOrder(PurchaseOrderEvent::BillingWithdrawn(billing)) => invoiced(billing, at, OrderLineFactKind::Withdrawn),
        _ => vec![],
    };
    moved.into_iter().filter(|m| !m.quantity.is_zero()).enumerate().map(|(index, moved)| moved.row(index, at)).collect()
}

fn received(event: &GoodsReceiptEvent, source_id: Uuid) -> Vec<Moved> {
    use OrderLineFactKind::{Received, Returned};
    let moved =
        |order, line, kind, quantity, unit_price, currency, on| Moved { order, line, kind, source_id, quantity, unit_price, currency, on };
    match event {
        GoodsReceiptEvent::Posted(delivery) => {
            let (order, on) = (delivery.purchase_order_id, delivery.effective_date);
            delivery.lines.iter().map(|l| moved(order, l.line, Received, l.accepted, l.unit_cost, l.currency, on)).collect()
        }
        GoodsReceiptEvent::Inspected { purchase_order_id: order, lines, effective_date: on, .. } => {
            lines.iter().map(|l| moved(*order, l.line, Received, l.accepted, l.unit_cost, l.currency, *on)).collect()
        }
        GoodsReceiptEvent::Returned { purchase_order_id: order, lines, effective_date: on, .. } => {
            lines.iter().map(|l| moved(*order, l.line, Returned, -l.quantity, l.unit_cost, l.currency, *on)).collect()
        }
    }
}

fn invoiced(billing: &Billing, at: &Recorded, kind: OrderLineFactKind) -> Vec<Moved> {
    let sign = if kind == OrderLineFactKind::Invoiced { Decimal::NEGATIVE_ONE } else { Decimal::ONE };
    let moved = |sum: &quittance_domain::purchase_order::BilledSum| Moved {
        order: PurchaseOrderId(at.aggregate_id),
        line: sum.line,
        kind,
        source_id: billing.invoice_id.0,
        quantity: sum.quantity * sign,
        unit_price: sum.unit_price,
        currency: billing.currency,
        on: billing.effective_date,
    };
    billing.lines.iter().map(moved).collect()
}

impl Moved {
    fn row(self, index: usize, at: &Recorded) -> OrderLineFactRow {
        OrderLineFactRow {
            entry: at.position * LINES_MAX + index as i64,
            position: at.position,
            purchase_order_id: self.order.0,
            line: i64::from(self.line),
            kind: Word(self.kind),
            source_id: self.source_id,
            quantity: self.quantity,
            value: Money::rounded(self.quantity.saturating_mul(self.unit_price), self.currency).amount(),
            currency: Word(self.currency),
            effective_date: self.on,
            recorded_at: at.recorded_at,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GrniFilter {
    /// The date in the books; today where absent.
    pub as_of: Option<NaiveDate>,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
    pub vendor_id: Option<VendorId>,
    pub purchase_order_id: Option<PurchaseOrderId>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Grni {
    pub as_of: NaiveDate,
    pub known_at: Option<DateTime<Utc>>,
    /// The last position of the log with a movement that is in it.
    pub through: i64,
    /// Order lines of which received and invoiced quantities differ.
    pub lines: Vec<GrniLine>,
    /// One a currency.
    pub totals: Vec<Money>,
    /// What the books hold beside it, one a currency; empty where the report is of one vendor or order.
    pub controls: Vec<GrniControl>,
    /// The orders that are to blame where report and books differ, each with its documents: they add up to the controls' differences.
    pub differences: Vec<GrniDifference>,
}

/// Above zero: received and not invoiced. Below: invoiced and not received.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct GrniLine {
    pub purchase_order_id: PurchaseOrderId,
    pub number: Option<String>,
    pub vendor_id: Option<VendorId>,
    pub line: i64,
    #[schema(value_type = String)]
    pub received: Decimal,
    #[schema(value_type = String)]
    pub invoiced: Decimal,
    #[schema(value_type = String)]
    pub quantity: Decimal,
    /// At the order's price.
    pub value: Money,
    /// The receipts, returns and invoices that add up to quantity and value.
    #[schema(
        example = "/v1/reports/grni/facts?purchase_order_id=0198c4f4-0000-7000-8000-000000000001&line=1&currency=EUR&as_of=2026-03-31&through=41&figure=25.00"
    )]
    pub explained_by: String,
}

#[derive(sqlx::FromRow)]
struct Cell {
    purchase_order_id: Uuid,
    number: Option<String>,
    vendor_id: Option<Uuid>,
    line: i64,
    currency: Word<Currency>,
    received: Decimal,
    invoiced: Decimal,
    value: Decimal,
}

/// A line that is billed as far as it came holds nothing: what prices differ by is its goods' cost, by cents that were rounded too.
const CELLS: &str = "\
    select f.purchase_order_id, o.number, o.vendor_id, f.line, f.currency, f.received, f.invoiced, f.value from \
      (select purchase_order_id, line, currency, sum(value) as value, \
              coalesce(sum(quantity) filter (where kind in ('received', 'returned')), 0) as received, \
              coalesce(-sum(quantity) filter (where kind in ('invoiced', 'withdrawn')), 0) as invoiced \
         from order_line_facts \
        where tenant_id = $1 and effective_date <= $2 and recorded_at <= $3 and ($4::uuid is null or purchase_order_id = $4) \
        group by purchase_order_id, line, currency) f \
      left join purchase_orders o on o.tenant_id = $1 and o.purchase_order_id = f.purchase_order_id \
     where f.received <> f.invoiced and ($5::uuid is null or o.vendor_id = $5) \
     order by o.number, f.purchase_order_id, f.line";

/// `today` is used where the filter names no date.
pub async fn grni(tx: &mut TenantTx, filter: &GrniFilter, today: NaiveDate) -> sqlx::Result<Grni> {
    let as_of = filter.as_of.unwrap_or(today);
    let tenant = tx.tenant();
    let cells: Vec<Cell> = sqlx::query_as(CELLS)
        .bind(tenant.0)
        .bind(as_of)
        .bind(filter.known_at.unwrap_or(END_OF_TIME))
        .bind(filter.purchase_order_id.map(Uuid::from))
        .bind(filter.vendor_id.map(Uuid::from))
        .fetch_all(&mut **tx)
        .await?;
    let through = facts::through(tx, filter.known_at).await?;
    let lines: Vec<GrniLine> = cells.into_iter().map(|cell| cell.line(as_of, through)).collect();
    let totals = totals(&lines);
    let of_all = filter.vendor_id.is_none() && filter.purchase_order_id.is_none();
    let (controls, differences) = if of_all { controls(tx, as_of, filter.known_at, &totals).await? } else { (vec![], vec![]) };
    Ok(Grni { as_of, known_at: filter.known_at, through, lines, totals, controls, differences })
}

fn totals(lines: &[GrniLine]) -> Vec<Money> {
    let mut totals: Vec<Money> = Vec::new();
    for value in lines.iter().map(|line| line.value) {
        match totals.iter_mut().find(|total| total.currency() == value.currency()) {
            Some(total) => *total = Money::rounded(total.amount() + value.amount(), value.currency()),
            None => totals.push(value),
        }
    }
    totals.sort_by_key(|total| total.currency().code());
    totals
}

impl Cell {
    fn line(self, as_of: NaiveDate, through: i64) -> GrniLine {
        let (order, line) = (self.purchase_order_id, self.line);
        let value = Money::rounded(self.value, self.currency.0);
        let (currency, figure) = (value.currency(), value.amount());
        GrniLine {
            purchase_order_id: PurchaseOrderId(order),
            number: self.number,
            vendor_id: self.vendor_id.map(VendorId),
            line,
            received: self.received,
            invoiced: self.invoiced,
            quantity: self.received - self.invoiced,
            value,
            explained_by: format!(
                "/v1/reports/grni/facts?purchase_order_id={order}&line={line}&currency={currency}&as_of={as_of}&through={through}&figure={figure}"
            ),
        }
    }
}
