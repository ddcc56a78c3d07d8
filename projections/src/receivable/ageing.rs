//! What customers owe, by how late it is (SEMANTICS 10): as of a date in the books, as known at a moment, tied to the control account.
//!
//! Four round trips: totals, one page of customers, what these owe, the control account; a fifth for what they were called at a moment. Each is a sum of movements up to the position:
//! bounded by what was ever issued, without sums of blocks as payables have them. Exact at every pair of dates: a movement never changes.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::chart::PostingRole;
use quittance_domain::ids::CustomerId;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::explained::{Dated, explained_by};
use crate::ageing::{AgeingBy, AgeingCell, Buckets, ControlAccount, END_OF_TIME, control, with_the_ledger};
use crate::invoice::first_entry_of;
use crate::known_name::named_as_known;
use crate::page::{Cursor, Page, PageOf, QueryError, list_name};
use crate::word::Word;

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReceivableAgeingFilter {
    /// The date in the books; today where absent.
    pub as_of: Option<NaiveDate>,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
    /// Days are counted from the due date where absent.
    pub by: Option<AgeingBy>,
    /// The last day of every bucket but the last; 30,60,90,120 where absent.
    #[param(value_type = Option<String>, example = "30,60,90,120")]
    pub buckets: Option<Buckets>,
    pub customer_id: Option<CustomerId>,
    pub currency: Option<Currency>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReceivableAgeing {
    pub as_of: NaiveDate,
    pub known_at: Option<DateTime<Utc>>,
    /// The last position of the log that is in it.
    pub through: i64,
    pub by: AgeingBy,
    /// One a currency.
    pub totals: Vec<ReceivableAgeingTotal>,
    /// Those who owe something.
    pub customers: PageOf<ReceivableAgeingLine>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReceivableAgeingLine {
    pub customer_id: CustomerId,
    pub customer_name: Option<String>,
    pub currency: Currency,
    #[serde(flatten)]
    pub amounts: Owed,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReceivableAgeingTotal {
    pub currency: Currency,
    #[serde(flatten)]
    pub amounts: Owed,
    /// Absent where one customer was asked for.
    pub control: Option<ControlAccount>,
}

/// Open amounts by bucket, which sum to the total.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Owed {
    pub buckets: Vec<AgeingCell>,
    pub total: Money,
    /// The movements that add up to the total.
    pub explained_by: String,
}

/// What is asked for, every default filled in.
struct Asked<'f> {
    filter: &'f ReceivableAgeingFilter,
    as_of: NaiveDate,
    through: i64,
    by: AgeingBy,
    buckets: Buckets,
}

/// What stands in one bucket.
struct Cell {
    currency: Currency,
    bucket: usize,
    open: Decimal,
}

/// The last position whose movements were recorded by then. Positions and times rise together.
pub(super) async fn through(tx: &mut TenantTx, known_at: Option<DateTime<Utc>>) -> sqlx::Result<i64> {
    let tenant = tx.tenant();
    let query =
        "select position from receivable_facts where tenant_id = $1 and recorded_at <= $2 order by recorded_at desc, entry desc limit 1";
    let last = sqlx::query_scalar(query).bind(tenant.0).bind(known_at.unwrap_or(END_OF_TIME));
    Ok(last.fetch_optional(&mut **tx).await?.unwrap_or_default())
}

/// `today` is used where the filter names no date.
pub async fn ageing(
    tx: &mut TenantTx,
    filter: &ReceivableAgeingFilter,
    page: &Page,
    today: NaiveDate,
) -> Result<ReceivableAgeing, QueryError> {
    let facts = through(tx, filter.known_at).await?;
    let through = with_the_ledger(tx, "receivables", facts, filter.known_at).await?;
    let asked = Asked {
        filter,
        as_of: filter.as_of.unwrap_or(today),
        through,
        by: filter.by.unwrap_or_default(),
        buckets: filter.buckets.clone().unwrap_or_default(),
    };
    let mut customers = asked.customers(tx, page).await?;
    named_as_known(tx, filter.known_at, &mut customers.data, |line| (Some(line.customer_id), &mut line.customer_name)).await?;
    let mut totals = Vec::new();
    for (currency, cells) in by_currency(asked.totals(tx).await?) {
        let amounts = asked.owed(currency, filter.customer_id, &cells);
        let control = match filter.customer_id {
            Some(_) => None,
            None => Some(control(tx, PostingRole::ReceivablesControl, amounts.total, asked.as_of, asked.through).await?),
        };
        totals.push(ReceivableAgeingTotal { currency, amounts, control });
    }
    Ok(ReceivableAgeing { as_of: asked.as_of, known_at: filter.known_at, through: asked.through, by: asked.by, totals, customers })
}

const TOTALS: &str = "\
    select currency, width_bucket($2 - case when $3 then document_date else due_date end, $4), sum(amount) from receivable_facts \
     where tenant_id = $1 and entry < $5 and effective_date <= $2 and ($6::text is null or currency = $6) \
       and ($7::uuid is null or customer_id = $7) \
     group by 1, 2 having sum(amount) <> 0";

/// Those who owe something, in the order of their ids.
const CUSTOMERS: &str = "\
    select o.customer_id, c.name from \
      (select distinct customer_id from \
         (select customer_id from receivable_facts \
           where tenant_id = $1 and entry < $3 and effective_date <= $2 and ($4::text is null or currency = $4) \
             and ($5::uuid is null or customer_id = $5) and customer_id > $6 \
           group by customer_id, currency, due_date having sum(amount) <> 0) owing \
        order by customer_id limit $7) o \
      left join customers c on c.tenant_id = $1 and c.customer_id = o.customer_id \
     order by o.customer_id";

const CELLS: &str = "\
    select customer_id, currency, width_bucket($2 - case when $3 then document_date else due_date end, $4), sum(amount) from receivable_facts \
     where tenant_id = $1 and entry < $5 and effective_date <= $2 and ($6::text is null or currency = $6) and customer_id = any ($7) \
     group by 1, 2, 3 having sum(amount) <> 0";

impl Asked<'_> {
    async fn totals(&self, tx: &mut TenantTx) -> sqlx::Result<Vec<Cell>> {
        let tenant = tx.tenant();
        let sums: Vec<(Word<Currency>, i32, Decimal)> = sqlx::query_as(TOTALS)
            .bind(tenant.0)
            .bind(self.as_of)
            .bind(self.by == AgeingBy::InvoiceDate)
            .bind(self.buckets.starts())
            .bind(first_entry_of(self.through + 1))
            .bind(self.filter.currency.map(Word))
            .bind(self.filter.customer_id.map(Uuid::from))
            .fetch_all(&mut **tx)
            .await?;
        Ok(sums.into_iter().map(|(currency, bucket, open)| Cell::of(currency, bucket, open)).collect())
    }

    async fn customers(&self, tx: &mut TenantTx, page: &Page) -> Result<PageOf<ReceivableAgeingLine>, QueryError> {
        let list = list_name("receivables_ageing", self.filter, "customer_id");
        let after = page.cursor.as_deref().map(|cursor| Cursor::decode(cursor, &list)).transpose()?;
        let after: Option<Uuid> = after.map(|(_, id)| id.parse().map_err(|_| QueryError::CursorInvalid)).transpose()?;
        let tenant = tx.tenant();
        let mut found: Vec<(Uuid, Option<String>)> = sqlx::query_as(CUSTOMERS)
            .bind(tenant.0)
            .bind(self.as_of)
            .bind(first_entry_of(self.through + 1))
            .bind(self.filter.currency.map(Word))
            .bind(self.filter.customer_id.map(Uuid::from))
            .bind(after.unwrap_or_default())
            .bind(i64::try_from(page.limit() + 1).unwrap_or(i64::MAX))
            .fetch_all(&mut **tx)
            .await?;
        let more = found.len() > page.limit();
        found.truncate(page.limit());
        let next = found.last().filter(|_| more).map(|(id, _)| id.to_string());
        let mut cells = self.cells(tx, &found).await?;
        let mut data = Vec::with_capacity(found.len());
        for (id, name) in found {
            for (currency, own) in by_currency(cells.remove(&id).unwrap_or_default()) {
                let (customer_id, customer_name) = (CustomerId(id), name.clone());
                let amounts = self.owed(currency, Some(customer_id), &own);
                data.push(ReceivableAgeingLine { customer_id, customer_name, currency, amounts });
            }
        }
        Ok(PageOf { data, next_cursor: next.map(|id| Cursor::new(id.clone(), id, &list).encode()) })
    }

    async fn cells(&self, tx: &mut TenantTx, customers: &[(Uuid, Option<String>)]) -> sqlx::Result<BTreeMap<Uuid, Vec<Cell>>> {
        let tenant = tx.tenant();
        let sums: Vec<(Uuid, Word<Currency>, i32, Decimal)> = sqlx::query_as(CELLS)
            .bind(tenant.0)
            .bind(self.as_of)
            .bind(self.by == AgeingBy::InvoiceDate)
            .bind(self.buckets.starts())
            .bind(first_entry_of(self.through + 1))
            .bind(self.filter.currency.map(Word))
            .bind(customers.iter().map(|(id, _)| *id).collect::<Vec<_>>())
            .fetch_all(&mut **tx)
            .await?;
        let mut cells: BTreeMap<Uuid, Vec<Cell>> = BTreeMap::new();
        for (customer, currency, bucket, open) in sums {
            cells.entry(customer).or_default().push(Cell::of(currency, bucket, open));
        }
        Ok(cells)
    }

    fn owed(&self, currency: Currency, customer: Option<CustomerId>, cells: &[Cell]) -> Owed {
        let open = |bucket: usize| {
            let own = cells.iter().filter(|cell| cell.bucket == bucket).map(|cell| cell.open);
            Money::rounded(own.sum(), currency)
        };
        let cell = |bucket: usize| {
            let (first, last) = self.buckets.dates(bucket, self.as_of);
            let dated = match self.by {
                AgeingBy::DueDate => Dated::Due(first, last),
                AgeingBy::InvoiceDate => Dated::Document(first, last),
            };
            let open = open(bucket);
            let explained_by = explained_by(self.as_of, self.through, customer, dated, open);
            AgeingCell { bucket: self.buckets.name(bucket), open, explained_by }
        };
        let total = Money::rounded(cells.iter().map(|cell| cell.open).sum(), currency);
        let explained_by = explained_by(self.as_of, self.through, customer, Dated::Any, total);
        Owed { buckets: (0..self.buckets.count()).map(cell).collect(), total, explained_by }
    }
}

impl Cell {
    fn of(Word(currency): Word<Currency>, bucket: i32, open: Decimal) -> Self {
        Self { currency, bucket: usize::try_from(bucket).unwrap_or_default(), open }
    }
}

fn by_currency(cells: Vec<Cell>) -> CellsByCurrency {
    let mut sorted: BTreeMap<&'static str, (Currency, Vec<Cell>)> = BTreeMap::new();
    for cell in cells {
        sorted.entry(cell.currency.code()).or_insert_with(|| (cell.currency, vec![])).1.push(cell);
    }
    sorted.into_values().collect()
}

/// By currency, in the order of their codes.
type CellsByCurrency = Vec<(Currency, Vec<Cell>)>;
