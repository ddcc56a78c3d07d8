//! The changes that a figure of the stock value adds up, with their sum held against the figure.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::Money;
use quittance_domain::ids::StockId;
use quittance_domain::ledger::{Affected, Reason};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::stock::StockValueRow;
use crate::ageing::END_OF_TIME;
use crate::listing::{Listing, Sort};
use crate::page::{Page, PageOf, QueryError};
use crate::word::Word;

/// One change: so many goods more or less, and what they are worth.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StockValueFactView {
    pub position: i64,
    pub stock_id: StockId,
    pub reason: Reason,
    #[schema(value_type = String)]
    pub quantity: Decimal,
    /// As it was stated.
    pub amount: Option<Money>,
    /// In the books' currency; absent as long as no exchange rate is known.
    #[schema(value_type = Option<String>)]
    pub value: Option<Decimal>,
    /// What had moved before at another cost than is known now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub affected: Vec<Affected>,
    pub effective_date: NaiveDate,
    pub recorded_at: DateTime<Utc>,
}

impl From<StockValueRow> for StockValueFactView {
    fn from(row: StockValueRow) -> Self {
        let amount = row.amount.zip(row.currency);
        Self {
            position: row.position,
            stock_id: StockId(row.stock_id),
            reason: row.reason.0,
            quantity: row.quantity,
            amount: amount.map(|(amount, currency)| Money::rounded(amount, currency.0)),
            value: row.base,
            affected: row.affected.map(|affected| affected.0).unwrap_or_default(),
            effective_date: row.effective_date,
            recorded_at: row.recorded_at,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StockValueFactFilter {
    pub stock_id: Option<StockId>,
    pub as_of: Option<NaiveDate>,
    pub known_at: Option<DateTime<Utc>>,
    #[param(inline)]
    pub reason: Option<Reason>,
    /// What stands in the log up to this position: the `through` of a report.
    pub through: Option<i64>,
    /// The value that these are to add up to.
    #[param(value_type = Option<String>, example = "90.00")]
    pub figure: Option<Decimal>,
}

/// What a figure is made of.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StockValueFacts {
    /// Of all changes, not of this page: one a stock.
    pub sums: Vec<StockValueFactSum>,
    /// Whether they add up to the figure that was asked about; absent where none was.
    pub agrees: Option<bool>,
    #[serde(flatten)]
    pub page: PageOf<StockValueFactView>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StockValueFactSum {
    pub stock_id: StockId,
    #[schema(value_type = String)]
    pub quantity: Decimal,
    /// In the books' currency, as far as exchange rates are known.
    #[schema(value_type = String)]
    pub value: Decimal,
    pub changes: i64,
}

const SORTS: &[Sort<StockValueRow>] = &[Sort { name: "value_id", column: "value_id", cast: "bigint", key: |row| row.value_id.to_string() }];

fn those<'f>(facts: Listing<'f, StockValueRow>, filter: &'f StockValueFactFilter) -> Listing<'f, StockValueRow> {
    facts
        .when("stock_id = ?", filter.stock_id.map(Uuid::from))
        .when("effective_date <= ?", filter.as_of)
        .when("recorded_at <= ?", filter.known_at)
        .when("reason = ?", filter.reason.map(Word))
        .when("position <= ?", filter.through)
}

/// Two round trips: the sums, and a page of what they are made of.
pub async fn stock_value_facts(tx: &mut TenantTx, filter: &StockValueFactFilter, page: &Page) -> Result<StockValueFacts, QueryError> {
    let figures = Listing::selecting(tx, "stock_id, sum(quantity), coalesce(sum(base), 0), count(*)");
    let sums: Vec<(Uuid, Decimal, Decimal, i64)> = those(figures, filter).sums(tx, "stock_id").await?;
    let sums =
        sums.into_iter().map(|(stock, quantity, value, changes)| StockValueFactSum { stock_id: StockId(stock), quantity, value, changes });
    let sums: Vec<StockValueFactSum> = sums.collect();
    let agrees = filter.figure.map(|figure| sums.iter().map(|sum| sum.value).sum::<Decimal>() == figure);
    let found = those(Listing::of(tx), filter).page(tx, SORTS, filter, page).await?;
    Ok(StockValueFacts { sums, agrees, page: found.map(StockValueFactView::from) })
}

/// The last position with a change that was recorded by then; 0 where nothing was.
pub(super) async fn through(tx: &mut TenantTx, known_at: Option<DateTime<Utc>>) -> sqlx::Result<i64> {
    let sql = "select position from stock_values where tenant_id = $1 and recorded_at <= $2 order by value_id desc limit 1";
    let tenant = tx.tenant();
    let last: Option<i64> = sqlx::query_scalar(sql).bind(tenant.0).bind(known_at.unwrap_or(END_OF_TIME)).fetch_optional(&mut **tx).await?;
    Ok(last.unwrap_or_default())
}
