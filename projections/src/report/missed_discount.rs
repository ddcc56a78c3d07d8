//! Discounts that were missed, each with what it would have saved and what kept it from being taken (B4).
//!
//! The invoice says so the day after the last day (SEMANTICS 4): the clock asks those that this read model shows as due. What turns out
//! later to have been paid in time was not missed.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::ids::{InvoiceId, VendorId};
use quittance_domain::invoice::MissedCause;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::known_name::named_as_known;
use crate::page::{Cursor, Page, PageOf, QueryError, list_name};
use crate::word::Word;

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MissedDiscountFilter {
    /// Last days from this one on.
    pub from: Option<NaiveDate>,
    /// Last days up to this one.
    pub to: Option<NaiveDate>,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
    pub vendor_id: Option<VendorId>,
    pub currency: Option<Currency>,
    pub cause: Option<MissedCause>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MissedDiscount {
    /// Where the log says it.
    pub position: i64,
    pub invoice_id: InvoiceId,
    /// As the invoice is called now.
    pub number: Option<String>,
    pub vendor_id: VendorId,
    pub vendor_name: Option<String>,
    pub last_day: NaiveDate,
    pub amount: Money,
    pub cause: MissedCause,
    pub recorded_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MissedByCause {
    pub cause: MissedCause,
    pub discounts: i64,
    pub amount: Money,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MissedDiscounts {
    pub known_at: Option<DateTime<Utc>>,
    /// Of all pages, by cause and currency.
    pub totals: Vec<MissedByCause>,
    #[serde(flatten)]
    pub page: PageOf<MissedDiscount>,
}

#[derive(sqlx::FromRow)]
struct Found {
    position: i64,
    invoice_id: Uuid,
    number: Option<String>,
    vendor_id: Uuid,
    vendor_name: Option<String>,
    last_day: NaiveDate,
    amount: Decimal,
    currency: Word<Currency>,
    cause: Word<MissedCause>,
    recorded_at: DateTime<Utc>,
}

const WANTED: &str = "\
    m.tenant_id = $1 and ($2::timestamptz is null or m.recorded_at <= $2) and (m.withdrawn_at is null or m.withdrawn_at > $2) and ($3::date is null or m.last_day >= $3) and ($4::date is null or m.last_day <= $4) \
    and ($5::uuid is null or m.vendor_id = $5) and ($6::text is null or m.currency = $6) and ($7::text is null or m.cause = $7)";

macro_rules! wanted {
    ($sql:expr, $tx:expr, $filter:expr) => {
        sqlx::query_as($sql)
            .bind($tx.tenant().0)
            .bind($filter.known_at)
            .bind($filter.from)
            .bind($filter.to)
            .bind($filter.vendor_id.map(Uuid::from))
            .bind($filter.currency.map(Word))
            .bind($filter.cause.map(Word))
    };
}

/// In the order in which they were recorded.
pub async fn missed_discounts(tx: &mut TenantTx, filter: &MissedDiscountFilter, page: &Page) -> Result<MissedDiscounts, QueryError> {
    let list = list_name("missed_discounts", filter, "position");
    let after = page.cursor.as_deref().map(|cursor| Cursor::decode(cursor, &list)).transpose()?;
    let after: Option<i64> = after.map(|(_, id)| id.parse().map_err(|_| QueryError::CursorInvalid)).transpose()?;
    let lines = format!(
        "select m.position, m.invoice_id, i.number, m.vendor_id, v.name as vendor_name, m.last_day, m.amount, m.currency, m.cause, m.recorded_at \
           from missed_discounts m \
           left join invoices i on i.tenant_id = $1 and i.invoice_id = m.invoice_id \
           left join vendors v on v.tenant_id = $1 and v.vendor_id = m.vendor_id \
          where {WANTED} and m.position > $8 order by m.position limit $9"
    );
    let totals =
        format!("select m.cause, m.currency, count(*), sum(m.amount) from missed_discounts m where {WANTED} group by 1, 2 order by 1, 2");
    let mut found: Vec<Found> =
        wanted!(&lines, tx, filter).bind(after.unwrap_or(0)).bind(page.limit() as i64 + 1).fetch_all(&mut **tx).await?;
    let more = found.len() > page.limit();
    found.truncate(page.limit());
    let next = found.last().filter(|_| more).map(|last| last.position.to_string());
    let next_cursor = next.map(|position| Cursor::new(position.clone(), position, &list).encode());
    let totals: Vec<(Word<MissedCause>, Word<Currency>, i64, Decimal)> = wanted!(&totals, tx, filter).fetch_all(&mut **tx).await?;
    let total =
        |(Word(cause), Word(currency), discounts, amount)| MissedByCause { cause, discounts, amount: Money::rounded(amount, currency) };
    let mut data: Vec<MissedDiscount> = found.into_iter().map(MissedDiscount::from).collect();
    named_as_known(tx, filter.known_at, &mut data, |missed| (Some(missed.vendor_id), &mut missed.vendor_name)).await?;
    Ok(MissedDiscounts { known_at: filter.known_at, totals: totals.into_iter().map(total).collect(), page: PageOf { data, next_cursor } })
}

impl From<Found> for MissedDiscount {
    fn from(found: Found) -> Self {
        Self {
            position: found.position,
            invoice_id: InvoiceId(found.invoice_id),
            number: found.number,
            vendor_id: VendorId(found.vendor_id),
            vendor_name: found.vendor_name,
            last_day: found.last_day,
            amount: Money::rounded(found.amount, found.currency.0),
            cause: found.cause.0,
            recorded_at: found.recorded_at,
        }
    }
}

/// An invoice whose discount has ended.
pub struct Ended {
    pub invoice_id: InvoiceId,
    /// The last run that looked at it had reached its limit.
    pub short_of_cash: bool,
}

const ENDED: &str = "\
    select w.invoice_id, coalesce( \
        (select i.reason = 'over_run_limit' from payment_run_items i join payment_runs r using (tenant_id, payment_run_id) \
          where i.tenant_id = $1 and i.invoice_id = w.invoice_id order by r.proposed_at desc limit 1), false) \
      from discount_windows w where w.tenant_id = $1 and w.due_at <= $2 order by w.due_at limit 500";

/// Invoices with a discount that has ended by `now`, the first to end first.
pub async fn ended(tx: &mut TenantTx, now: DateTime<Utc>) -> sqlx::Result<Vec<Ended>> {
    let tenant = tx.tenant();
    let found: Vec<(Uuid, bool)> = sqlx::query_as(ENDED).bind(tenant.0).bind(now).fetch_all(&mut **tx).await?;
    Ok(found.into_iter().map(|(id, short_of_cash)| Ended { invoice_id: InvoiceId(id), short_of_cash }).collect())
}
