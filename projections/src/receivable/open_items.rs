//! What of each receivable a customer has not settled, by the day on which its part falls due: as of a date in the books, as known at a
//! moment. What we owe a customer counts negative.
//!
//! Read along the index of receivables, so that a page costs its own; the totals are those of all pages, and of the ageing.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use quittance_domain::ids::{CustomerId, ReceivableId};
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::ageing::through;
use super::explained::{Dated, explained_by};
use crate::invoice::first_entry_of;
use crate::known_name::{ids_of, named_as_known};
use crate::page::{Cursor, Page, PageOf, QueryError, list_name};
use crate::word::Word;

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReceivableOpenItemFilter {
    /// The date in the books; today where absent.
    pub as_of: Option<NaiveDate>,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
    pub customer_id: Option<CustomerId>,
    /// With what stands under those that were merged into the customer.
    pub with_absorbed: Option<bool>,
    pub currency: Option<Currency>,
    /// Due on this day or after.
    pub due_from: Option<NaiveDate>,
    /// Due on this day or before.
    pub due_to: Option<NaiveDate>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReceivableOpenItem {
    pub receivable_id: ReceivableId,
    pub number: Option<String>,
    pub customer_id: CustomerId,
    pub customer_name: Option<String>,
    pub document_date: NaiveDate,
    pub due_date: NaiveDate,
    /// After the due date on the date that was asked for; below zero it is not due yet.
    pub days_late: i64,
    /// Below zero it is owed to the customer.
    pub open: Money,
    /// The movements that add up to it.
    pub explained_by: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReceivableOpenTotal {
    pub items: i64,
    pub open: Money,
    /// The part of it that was due before the date that was asked for.
    pub overdue: Money,
    pub explained_by: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReceivableOpenItems {
    pub as_of: NaiveDate,
    pub known_at: Option<DateTime<Utc>>,
    /// The last position of the log that is in it.
    pub through: i64,
    /// Of all items, not of this page: one a currency.
    pub totals: Vec<ReceivableOpenTotal>,
    #[serde(flatten)]
    pub page: PageOf<ReceivableOpenItem>,
}

/// What is asked for, every default filled in.
struct Asked<'f> {
    filter: &'f ReceivableOpenItemFilter,
    customer: Option<Vec<Uuid>>,
    as_of: NaiveDate,
    through: i64,
}

#[derive(sqlx::FromRow)]
struct Found {
    receivable_id: Uuid,
    number: Option<String>,
    customer_id: Uuid,
    customer_name: Option<String>,
    currency: Word<Currency>,
    document_date: NaiveDate,
    due_date: NaiveDate,
    open: Decimal,
}

/// `today` is used where the filter names no date.
pub async fn open_items(
    tx: &mut TenantTx,
    filter: &ReceivableOpenItemFilter,
    page: &Page,
    today: NaiveDate,
) -> Result<ReceivableOpenItems, QueryError> {
    let customer = ids_of(tx, filter.customer_id, filter.with_absorbed, filter.known_at).await?;
    let asked = Asked { filter, customer, as_of: filter.as_of.unwrap_or(today), through: through(tx, filter.known_at).await? };
    let totals = asked.totals(tx).await?;
    let page = asked.page(tx, page).await?;
    Ok(ReceivableOpenItems { as_of: asked.as_of, known_at: filter.known_at, through: asked.through, totals, page })
}

const TOTALS: &str = "\
    select currency, count(*), sum(open), coalesce(sum(open) filter (where due_date < $2), 0) from \
      (select currency, due_date, sum(amount) as open from receivable_facts \
        where tenant_id = $1 and effective_date <= $2 and entry < $3 and ($4::uuid[] is null or customer_id = any ($4)) \
          and ($5::text is null or currency = $5) and ($6::date is null or due_date >= $6) and ($7::date is null or due_date <= $7) \
        group by receivable_id, customer_id, currency, due_date, document_date having sum(amount) <> 0) items \
     group by currency order by currency";

const ITEMS: &str = "\
    select f.*, r.number, c.name as customer_name from \
      (select receivable_id, customer_id, currency, document_date, due_date, sum(amount) as open from receivable_facts \
        where tenant_id = $1 and effective_date <= $2 and entry < $3 and ($4::uuid[] is null or customer_id = any ($4)) \
          and ($5::text is null or currency = $5) and ($6::date is null or due_date >= $6) and ($7::date is null or due_date <= $7) \
          and receivable_id > $8 \
        group by receivable_id, customer_id, currency, due_date, document_date having sum(amount) <> 0 \
        order by receivable_id fetch first ($9) rows with ties) f \
      left join receivables r on r.tenant_id = $1 and r.receivable_id = f.receivable_id \
      left join customers c on c.tenant_id = $1 and c.customer_id = f.customer_id \
     order by f.receivable_id, f.due_date";

impl Asked<'_> {
    async fn totals(&self, tx: &mut TenantTx) -> sqlx::Result<Vec<ReceivableOpenTotal>> {
        let tenant = tx.tenant();
        let sums: Vec<(Word<Currency>, i64, Decimal, Decimal)> = sqlx::query_as(TOTALS)
            .bind(tenant.0)
            .bind(self.as_of)
            .bind(first_entry_of(self.through + 1))
            .bind(self.customer.as_deref())
            .bind(self.filter.currency.map(Word))
            .bind(self.filter.due_from)
            .bind(self.filter.due_to)
            .fetch_all(&mut **tx)
            .await?;
        let due = Dated::Due(self.filter.due_from, self.filter.due_to);
        // Whom it had absorbed hangs on the moment of knowing too.
        let known_at = self.filter.known_at.map(|at| format!("&known_at={}", at.to_rfc3339_opts(SecondsFormat::AutoSi, true)));
        let absorbed = match self.filter.with_absorbed {
            Some(true) => format!("&with_absorbed=true{}", known_at.unwrap_or_default()),
            _ => String::new(),
        };
        let total = |(Word(currency), items, open, overdue): (Word<Currency>, i64, Decimal, Decimal)| {
            let (open, overdue) = (Money::rounded(open, currency), Money::rounded(overdue, currency));
            let own = explained_by(self.as_of, self.through, self.filter.customer_id, due, open);
            ReceivableOpenTotal { items, open, overdue, explained_by: own + &absorbed }
        };
        Ok(sums.into_iter().map(total).collect())
    }

    async fn page(&self, tx: &mut TenantTx, page: &Page) -> Result<PageOf<ReceivableOpenItem>, QueryError> {
        let list = list_name("receivable_open_items", self.filter, "receivable_id");
        let after = page.cursor.as_deref().map(|cursor| Cursor::decode(cursor, &list)).transpose()?;
        let after: Option<Uuid> = after.map(|(_, id)| id.parse().map_err(|_| QueryError::CursorInvalid)).transpose()?;
        let tenant = tx.tenant();
        let mut found: Vec<Found> = sqlx::query_as(ITEMS)
            .bind(tenant.0)
            .bind(self.as_of)
            .bind(first_entry_of(self.through + 1))
            .bind(self.customer.as_deref())
            .bind(self.filter.currency.map(Word))
            .bind(self.filter.due_from)
            .bind(self.filter.due_to)
            .bind(after.unwrap_or_default())
            .bind(page.limit() as i64 + 1)
            .fetch_all(&mut **tx)
            .await?;
        let more = found.len() > page.limit();
        let cut = found.last().map(|last| last.receivable_id).filter(|_| more);
        // A receivable of several parts is never parted by a page.
        let parted = cut.is_some_and(|cut| found.iter().any(|item| item.receivable_id != cut));
        found.retain(|item| !parted || Some(item.receivable_id) != cut);
        let next = found.last().filter(|_| more).map(|last| last.receivable_id.to_string());
        let next_cursor = next.map(|id| Cursor::new(id.clone(), id, &list).encode());
        let mut data: Vec<ReceivableOpenItem> = found.into_iter().map(|item| item.view(self)).collect();
        named_as_known(tx, self.filter.known_at, &mut data, |item| (Some(item.customer_id), &mut item.customer_name)).await?;
        Ok(PageOf { data, next_cursor })
    }
}

impl Found {
    fn view(self, asked: &Asked<'_>) -> ReceivableOpenItem {
        let Self { receivable_id, number, customer_id, customer_name, currency, document_date, due_date, open } = self;
        let (receivable_id, customer_id, open) = (ReceivableId(receivable_id), CustomerId(customer_id), Money::rounded(open, currency.0));
        let due = Dated::Due(Some(due_date), Some(due_date));
        let explained_by = explained_by(asked.as_of, asked.through, Some(customer_id), due, open);
        ReceivableOpenItem {
            receivable_id,
            number,
            customer_id,
            customer_name,
            document_date,
            due_date,
            days_late: (asked.as_of - due_date).num_days(),
            open,
            explained_by: format!("{explained_by}&receivable_id={receivable_id}"),
        }
    }
}
