//! What stock was worth on a day, as far as was known at a moment: each figure says which changes add up to it, and
//! their total is held against the balance of the inventory account.
//!
//! One statement over the changes of the stocks asked for; nothing is computed anew.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::Currency;
use quittance_domain::chart::{Code, PostingRole};
use quittance_domain::ids::{ItemId, StockId};
use quittance_domain::ledger::{Movement, costs};
use quittance_domain::stock::Valuation;
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::kept::books_now;
use super::stock_facts;
use super::trial_balance::{TrialBalanceFilter, trial_balance};
use crate::ageing::END_OF_TIME;
use crate::word::Word;

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StockValueFilter {
    /// The last day in the books; today where absent.
    pub as_of: Option<NaiveDate>,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
    pub item_id: Option<ItemId>,
    pub location: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StockValue {
    pub as_of: NaiveDate,
    pub known_at: Option<DateTime<Utc>>,
    /// The last position of the log with a change that is in it.
    pub through: i64,
    /// The currency of the books.
    pub base_currency: Option<Currency>,
    pub lines: Vec<StockValueLine>,
    /// Of the lines, in the books' currency.
    #[schema(value_type = String)]
    pub total: Decimal,
    /// The inventory account at the same time; absent where the lines are not all of them.
    pub account: Option<InventoryBalance>,
}

/// One item at one place.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StockValueLine {
    pub stock_id: StockId,
    pub item_id: Option<ItemId>,
    pub location: Option<String>,
    #[schema(value_type = String)]
    pub quantity: Decimal,
    /// In the books' currency.
    #[schema(value_type = String)]
    pub value: Decimal,
    /// What no exchange rate is known for is not in the value.
    pub is_translated: bool,
    /// The changes that add up to quantity and value.
    #[schema(
        example = "/v1/reports/stock-value/facts?stock_id=0190a9a0-0000-7000-8000-000000000001&as_of=2026-03-31&through=41&figure=90.00"
    )]
    pub explained_by: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct InventoryBalance {
    pub account: Code,
    #[schema(value_type = String)]
    pub balance: Decimal,
    /// What was posted to the account otherwise: by hand, or by invoices.
    #[schema(value_type = String)]
    pub beside_stock: Decimal,
    pub explained_by: Vec<String>,
}

#[derive(sqlx::FromRow)]
struct Cell {
    stock_id: Uuid,
    item_id: Option<Uuid>,
    location: Option<String>,
    quantity: Decimal,
    value: Decimal,
    is_translated: bool,
}

const CELLS: &str = "\
    select v.stock_id, s.item_id, s.location, v.quantity, v.value, v.is_translated from \
      (select stock_id, sum(quantity) as quantity, coalesce(sum(base), 0) as value, \
              not exists (select from (select currency, sum(amount) filter (where w.base is null) as waits from stock_values w \
                            where w.tenant_id = $1 and w.stock_id = c.stock_id and w.effective_date <= $2 and w.recorded_at <= $3 group by currency) x \
                          where x.waits <> 0) as is_translated \
         from stock_values c where tenant_id = $1 and effective_date <= $2 and recorded_at <= $3 group by stock_id) v \
      left join stock s on s.tenant_id = $1 and s.stock_id = v.stock_id \
     where (v.quantity <> 0 or v.value <> 0 or not v.is_translated) \
       and ($4::uuid is null or s.item_id = $4) and ($5::text is null or s.location = $5) \
     order by s.item_id, s.location, v.stock_id";

/// `today` is used where the filter names no day.
pub async fn stock_value(tx: &mut TenantTx, filter: &StockValueFilter, today: NaiveDate) -> sqlx::Result<StockValue> {
    let as_of = filter.as_of.unwrap_or(today);
    let tenant = tx.tenant();
    let cells: Vec<Cell> = sqlx::query_as(CELLS)
        .bind(tenant.0)
        .bind(as_of)
        .bind(filter.known_at.unwrap_or(END_OF_TIME))
        .bind(filter.item_id.map(Uuid::from))
        .bind(filter.location.as_deref())
        .fetch_all(&mut **tx)
        .await?;
    let books = books_now(tx).await?;
    let total = cells.iter().map(|cell| cell.value).sum();
    let whole = filter.item_id.is_none() && filter.location.is_none();
    let account = if whole { Some(inventory(tx, books.account(PostingRole::Inventory), filter, as_of, total).await?) } else { None };
    let through = stock_facts::through(tx, filter.known_at).await?;
    let lines = cells.into_iter().map(|cell| cell.line(as_of, through)).collect();
    Ok(StockValue { as_of, known_at: filter.known_at, through, base_currency: books.base, lines, total, account })
}

async fn inventory(
    tx: &mut TenantTx,
    account: Code,
    filter: &StockValueFilter,
    as_of: NaiveDate,
    total: Decimal,
) -> sqlx::Result<InventoryBalance> {
    let asked = TrialBalanceFilter { as_of: Some(as_of), known_at: filter.known_at, account: Some(account.clone()) };
    let held = trial_balance(tx, &asked, as_of).await?;
    let balance = held.lines.iter().map(|line| line.base_balance).sum::<Decimal>();
    let explained_by = held.lines.into_iter().map(|line| line.explained_by).collect();
    Ok(InventoryBalance { account, balance, beside_stock: balance - total, explained_by })
}

impl Cell {
    fn line(self, as_of: NaiveDate, through: i64) -> StockValueLine {
        let (stock, figure) = (self.stock_id, self.value);
        StockValueLine {
            explained_by: format!("/v1/reports/stock-value/facts?stock_id={stock}&as_of={as_of}&through={through}&figure={figure}"),
            stock_id: StockId(self.stock_id),
            item_id: self.item_id.map(ItemId),
            location: self.location,
            quantity: self.quantity,
            value: self.value,
            is_translated: self.is_translated,
        }
    }
}

/// What every movement of a stock would have changed, had everything been known from the first, beside what was booked.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StockReplay {
    pub stock_id: StockId,
    pub valuation: Valuation,
    /// In the order of their effective dates.
    pub movements: Vec<ReplayedMovement>,
    #[schema(value_type = String)]
    pub booked: Decimal,
    /// The same at the end: what was booked otherwise was adjusted when it became known.
    #[schema(value_type = String)]
    pub replayed: Decimal,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReplayedMovement {
    pub position: i64,
    pub effective_date: NaiveDate,
    #[schema(value_type = String)]
    pub quantity: Decimal,
    /// What it changed when it was recorded, in the books' currency.
    #[schema(value_type = String)]
    pub booked: Decimal,
    #[schema(value_type = String)]
    pub replayed: Decimal,
}

/// Works of one stock may be many; more are not replayed for a reader.
const REPLAYED_MAX: i64 = 10_000;

/// What goods of a transfer are worth is booked when they leave, a few positions of the same write before they are taken in.
const HISTORY: &str = "\
    select h.movement, coalesce((select sum(v.base) from stock_values v where v.tenant_id = $1 and v.stock_id = $2 and v.reason <> 'cost_adjusted' \
                                    and v.position = case when h.movement -> 'moved' ? 'taken_in' \
                                          then (select max(a.position) from stock_values a where a.tenant_id = $1 and a.stock_id = $2 \
                                                   and a.position < h.position and a.reason = 'stock_transferred' and a.quantity > 0) \
                                          else h.position end), 0) as booked \
      from stock_history h where h.tenant_id = $1 and h.stock_id = $2 order by h.position limit $3";

/// `None` where there is no such stock, or more moved than is replayed at once.
pub async fn stock_replay(tx: &mut TenantTx, stock: StockId) -> sqlx::Result<Option<StockReplay>> {
    let tenant = tx.tenant();
    let found: Option<Word<Valuation>> = sqlx::query_scalar("select valuation from stock where tenant_id = $1 and stock_id = $2")
        .bind(tenant.0)
        .bind(stock.0)
        .fetch_optional(&mut **tx)
        .await?;
    let Some(Word(valuation)) = found else { return Ok(None) };
    let rows: Vec<(Json<Movement>, Decimal)> =
        sqlx::query_as(HISTORY).bind(tenant.0).bind(stock.0).bind(REPLAYED_MAX + 1).fetch_all(&mut **tx).await?;
    if rows.len() as i64 > REPLAYED_MAX {
        return Ok(None);
    }
    let books = books_now(tx).await?;
    let booked: std::collections::HashMap<i64, Decimal> = rows.iter().map(|(movement, booked)| (movement.position, *booked)).collect();
    let history: Vec<Movement> = rows.into_iter().map(|(movement, _)| movement.0).collect();
    let movements: Vec<ReplayedMovement> = costs(valuation, &history, &books)
        .into_iter()
        .map(|cost| ReplayedMovement {
            position: cost.movement.position,
            effective_date: cost.movement.effective_date,
            quantity: cost.movement.difference(),
            booked: booked.get(&cost.movement.position).copied().unwrap_or_default(),
            replayed: cost.replayed,
        })
        .collect();
    let sum = |of: fn(&ReplayedMovement) -> Decimal| movements.iter().map(of).sum();
    Ok(Some(StockReplay { stock_id: stock, valuation, booked: sum(|m| m.booked), replayed: sum(|m| m.replayed), movements }))
}
