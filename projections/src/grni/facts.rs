//! The receipts, returns and invoices that a figure of goods received and not invoiced adds up, with their sum held against the figure.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::ids::PurchaseOrderId;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{OrderLineFactKind, OrderLineFactRow};
use crate::ageing::END_OF_TIME;
use crate::listing::{Listing, Sort};
use crate::page::{Page, PageOf, QueryError};
use crate::word::Word;

/// One movement: what a receipt or an invoice added to or took from what is to be invoiced.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OrderLineFactView {
    pub position: i64,
    pub purchase_order_id: PurchaseOrderId,
    pub line: i64,
    pub kind: OrderLineFactKind,
    /// The goods receipt or the invoice.
    pub source_id: Uuid,
    #[schema(value_type = String)]
    pub quantity: Decimal,
    pub value: Money,
    pub effective_date: NaiveDate,
    pub recorded_at: DateTime<Utc>,
}

impl From<OrderLineFactRow> for OrderLineFactView {
    fn from(row: OrderLineFactRow) -> Self {
        Self {
            position: row.position,
            purchase_order_id: PurchaseOrderId(row.purchase_order_id),
            line: row.line,
            kind: row.kind.0,
            source_id: row.source_id,
            quantity: row.quantity,
            value: Money::rounded(row.value, row.currency.0),
            effective_date: row.effective_date,
            recorded_at: row.recorded_at,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrderLineFactFilter {
    pub purchase_order_id: Option<PurchaseOrderId>,
    pub line: Option<i64>,
    pub currency: Option<Currency>,
    pub as_of: Option<NaiveDate>,
    pub known_at: Option<DateTime<Utc>>,
    /// What stands in the log up to this position: the `through` of a report.
    pub through: Option<i64>,
    /// The value that these are to add up to.
    #[param(value_type = Option<String>, example = "25.00")]
    pub figure: Option<Decimal>,
}

/// What a figure is made of.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OrderLineFactsOf {
    /// Of all movements, not of this page: one a currency.
    pub sums: Vec<OrderLineFactSum>,
    /// Whether they add up to the figure that was asked about; absent where none was.
    pub agrees: Option<bool>,
    #[serde(flatten)]
    pub page: PageOf<OrderLineFactView>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OrderLineFactSum {
    #[schema(value_type = String)]
    pub quantity: Decimal,
    pub value: Money,
    pub movements: i64,
}

const SORTS: &[Sort<OrderLineFactRow>] = &[Sort { name: "entry", column: "entry", cast: "bigint", key: |row| row.entry.to_string() }];

fn those<'f>(facts: Listing<'f, OrderLineFactRow>, filter: &'f OrderLineFactFilter) -> Listing<'f, OrderLineFactRow> {
    facts
        .when("purchase_order_id = ?", filter.purchase_order_id.map(Uuid::from))
        .when("line = ?", filter.line)
        .when("currency = ?", filter.currency.map(Word))
        .when("effective_date <= ?", filter.as_of)
        .when("recorded_at <= ?", filter.known_at)
        .when("position <= ?", filter.through)
}

/// Two round trips: the sums, and a page of what they are made of.
pub async fn facts(tx: &mut TenantTx, filter: &OrderLineFactFilter, page: &Page) -> Result<OrderLineFactsOf, QueryError> {
    let figures = Listing::selecting(tx, "currency, sum(quantity), sum(value), count(*)");
    let sums: Vec<(Word<Currency>, Decimal, Decimal, i64)> = those(figures, filter).sums(tx, "currency").await?;
    let sums = sums.into_iter().map(|(currency, quantity, value, movements)| OrderLineFactSum {
        quantity,
        value: Money::rounded(value, currency.0),
        movements,
    });
    let sums: Vec<OrderLineFactSum> = sums.collect();
    let agrees = filter.figure.map(|figure| sums.iter().map(|sum| sum.value.amount()).sum::<Decimal>() == figure && sums.len() <= 1);
    let found = those(Listing::of(tx), filter).page(tx, SORTS, filter, page).await?;
    Ok(OrderLineFactsOf { sums, agrees, page: found.map(OrderLineFactView::from) })
}

/// The last position with a movement that was recorded by then; 0 where nothing was.
pub(super) async fn through(tx: &mut TenantTx, known_at: Option<DateTime<Utc>>) -> sqlx::Result<i64> {
    let sql = "select position from order_line_facts where tenant_id = $1 and recorded_at <= $2 order by entry desc limit 1";
    let tenant = tx.tenant();
    let last: Option<i64> = sqlx::query_scalar(sql).bind(tenant.0).bind(known_at.unwrap_or(END_OF_TIME)).fetch_optional(&mut **tx).await?;
    Ok(last.unwrap_or_default())
}
