//! Open items: every credit note, credit on account and instalment of an invoice that was not settled, as of a date in the books, as
//! known at a moment.
//!
//! Read along the index of invoices, so that a page costs its own invoices; in the order in which they were captured.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::ids::{InvoiceId, VendorId};
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::ageing::query_through;
use crate::invoice::first_entry_of;
use crate::known_name::{ids_of, named_as_known};
use crate::page::{Cursor, Page, PageOf, QueryError, list_name};
use crate::word::Word;

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OpenItemFilter {
    /// The date in the books; today where absent.
    pub as_of: Option<NaiveDate>,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
    pub vendor_id: Option<VendorId>,
    /// With what stands under those that were merged into the vendor.
    pub with_absorbed: Option<bool>,
    pub currency: Option<Currency>,
    /// Due on this day or before.
    pub due_to: Option<NaiveDate>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OpenItem {
    /// Of credit on account the payment's that left it there.
    pub invoice_id: InvoiceId,
    /// Money of a payment that settled nothing: the vendor owes it, whichever day it is.
    pub on_account: bool,
    /// As the invoice is called now.
    pub number: Option<String>,
    pub vendor_id: VendorId,
    pub vendor_name: Option<String>,
    pub document_date: NaiveDate,
    pub due_date: NaiveDate,
    /// After the due date on the date that was asked for; below zero it is not due yet.
    pub days_late: i64,
    /// Credit notes count negative.
    pub open: Money,
    /// The part of it that nobody has approved.
    pub held: Money,
    /// The movements that add up to it.
    pub explained_by: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OpenItems {
    pub as_of: NaiveDate,
    pub known_at: Option<DateTime<Utc>>,
    /// The last position of the log that is in it.
    pub through: i64,
    #[serde(flatten)]
    pub page: PageOf<OpenItem>,
}

#[derive(sqlx::FromRow)]
struct Found {
    invoice_id: Uuid,
    number: Option<String>,
    vendor_id: Uuid,
    vendor_name: Option<String>,
    document_date: NaiveDate,
    due_date: NaiveDate,
    currency: Word<Currency>,
    open: Decimal,
    held: Decimal,
    on_account: bool,
}

const OPEN: &str = "\
    select f.*, i.number, v.name as vendor_name from \
      (select invoice_id, vendor_id, currency, on_account, min(due_date) as due_date, min(document_date) as document_date, \
              sum(amount) as open, sum(unapproved) as held from payable_facts \
        where tenant_id = $1 and effective_date <= $2 and entry < $3 and invoice_id > $4 \
          and ($5::uuid[] is null or vendor_id = any ($5)) and ($6::text is null or currency = $6) and ($7::date is null or on_account or due_date <= $7) \
        group by invoice_id, vendor_id, currency, on_account, case when not on_account then due_date end, \
                 case when not on_account then document_date end having sum(amount) <> 0 \
        order by invoice_id fetch first ($8) rows with ties) f \
      left join invoices i on i.tenant_id = $1 and i.invoice_id = f.invoice_id \
      left join vendors v on v.tenant_id = $1 and v.vendor_id = f.vendor_id \
     order by f.invoice_id, f.due_date";

/// `today` is used where the filter names no date.
pub async fn open_items(tx: &mut TenantTx, filter: &OpenItemFilter, page: &Page, today: NaiveDate) -> Result<OpenItems, QueryError> {
    let as_of = filter.as_of.unwrap_or(today);
    let through = query_through(tx, filter.known_at).await?;
    let vendor = ids_of(tx, filter.vendor_id, filter.with_absorbed, filter.known_at).await?;
    let list = list_name("open_items", filter, "invoice_id");
    let after = page.cursor.as_deref().map(|cursor| Cursor::decode(cursor, &list)).transpose()?;
    let after: Option<Uuid> = after.map(|(_, id)| id.parse().map_err(|_| QueryError::CursorInvalid)).transpose()?;
    let tenant = tx.tenant();
    let mut found: Vec<Found> = sqlx::query_as(OPEN)
        .bind(tenant.0)
        .bind(as_of)
        .bind(first_entry_of(through + 1))
        .bind(after.unwrap_or_default())
        .bind(vendor)
        .bind(filter.currency.map(Word))
        .bind(filter.due_to)
        .bind(page.limit() as i64 + 1)
        .fetch_all(&mut **tx)
        .await?;
    let more = found.len() > page.limit();
    let cut = found.last().map(|last| last.invoice_id).filter(|_| more);
    // An invoice of several instalments, or of two places because it was amended later in the books, is never parted by a page.
    let parted = cut.is_some_and(|cut| found.iter().any(|item| item.invoice_id != cut));
    found.retain(|item| !parted || Some(item.invoice_id) != cut);
    let next = found.last().filter(|_| more).map(|last| last.invoice_id.to_string());
    let next_cursor = next.map(|id| Cursor::new(id.clone(), id, &list).encode());
    let mut data: Vec<OpenItem> = found.into_iter().map(|item| item.view(as_of, through)).collect();
    named_as_known(tx, filter.known_at, &mut data, |item| (Some(item.vendor_id), &mut item.vendor_name)).await?;
    Ok(OpenItems { as_of, known_at: filter.known_at, through, page: PageOf { data, next_cursor } })
}

impl Found {
    fn view(self, as_of: NaiveDate, through: i64) -> OpenItem {
        let Self { invoice_id, vendor_id, document_date, due_date, currency, .. } = self;
        let open = Money::rounded(self.open, currency.0);
        let dated = match self.on_account {
            true => "&on_account=true".to_owned(),
            false => format!("&due_from={due_date}&due_to={due_date}&dated_from={document_date}&dated_to={document_date}"),
        };
        OpenItem {
            invoice_id: InvoiceId(invoice_id),
            number: self.number,
            vendor_id: VendorId(vendor_id),
            vendor_name: self.vendor_name,
            document_date,
            due_date,
            days_late: (as_of - due_date).num_days(),
            open,
            held: Money::rounded(self.held, currency.0),
            on_account: self.on_account,
            explained_by: format!(
                "/v1/reports/payable-facts?invoice_id={invoice_id}&vendor_id={vendor_id}&as_of={as_of}&through={through}\
                 &currency={}{dated}&figure={}",
                currency.0,
                open.amount()
            ),
        }
    }
}
