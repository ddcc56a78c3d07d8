//! The movements that a figure of a payables report adds up, with their sum held against the figure.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::ids::{InvoiceId, VendorId};
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::invoice::{PayableFactKind, PayableFactRow, PayableFactView, first_entry_of};
use crate::known_name::ids_of;
use crate::listing::{Listing, Sort};
use crate::page::{Page, PageOf, QueryError};
use crate::word::Word;

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PayableFactFilter {
    pub invoice_id: Option<InvoiceId>,
    pub vendor_id: Option<VendorId>,
    /// With what stands under those that were merged into the vendor.
    pub with_absorbed: Option<bool>,
    pub currency: Option<Currency>,
    #[param(inline)]
    pub kind: Option<PayableFactKind>,
    /// Due on this day or after.
    pub due_from: Option<NaiveDate>,
    /// Due on this day or before.
    pub due_to: Option<NaiveDate>,
    /// The invoice is of this day or later.
    pub dated_from: Option<NaiveDate>,
    /// The invoice is of this day or earlier.
    pub dated_to: Option<NaiveDate>,
    /// Counts in the books from this day on or later.
    pub effective_from: Option<NaiveDate>,
    /// What payments left on account, or all but that.
    pub on_account: Option<bool>,
    /// The last day in the books.
    pub as_of: Option<NaiveDate>,
    /// What was recorded by then.
    pub known_at: Option<DateTime<Utc>>,
    /// What stands in the log up to this position: the `through` of a report.
    pub through: Option<i64>,
    /// The figure that these are to add up to.
    #[param(value_type = Option<String>, example = "1190.00")]
    pub figure: Option<Decimal>,
}

/// What a figure is made of.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PayableFacts {
    /// Of all movements, not of this page: one a currency.
    pub sums: Vec<PayableFactSum>,
    /// Whether they add up to the figure that was asked about; absent where none was.
    pub agrees: Option<bool>,
    #[serde(flatten)]
    pub page: PageOf<PayableFactView>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PayableFactSum {
    pub open: Money,
    /// The part of it that nobody has approved.
    pub held: Money,
    pub movements: i64,
}

/// Which of the two dates of an invoice lie in a range; open where absent.
#[derive(Clone, Copy, Debug)]
pub enum Dated {
    Any,
    /// What payments left on account, which nobody is late with.
    OnAccount,
    /// All but that.
    LateBy(Option<NaiveDate>, Option<NaiveDate>),
    Due(Option<NaiveDate>, Option<NaiveDate>),
    Document(Option<NaiveDate>, Option<NaiveDate>),
}

/// Where the movements of a figure are found.
pub(crate) fn explained_by(as_of: NaiveDate, through: i64, vendor: Option<VendorId>, dated: Dated, figure: Money) -> String {
    let (due, document, on_account) = match dated {
        Dated::Any => ((None, None), (None, None), None),
        Dated::OnAccount => ((None, None), (None, None), Some(true)),
        Dated::LateBy(from, to) => ((from, to), (None, None), Some(false)),
        Dated::Due(from, to) => ((from, to), (None, None), None),
        Dated::Document(from, to) => ((None, None), (from, to), Some(false)),
    };
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string());
    let narrowed = [
        ("vendor_id", vendor.map(|vendor| vendor.to_string())),
        ("due_from", day(due.0)),
        ("due_to", day(due.1)),
        ("dated_from", day(document.0)),
        ("dated_to", day(document.1)),
        ("on_account", on_account.map(|on_account: bool| on_account.to_string())),
    ];
    let narrowed: String = narrowed.into_iter().filter_map(|(name, value)| Some(format!("&{name}={}", value?))).collect();
    let (currency, amount) = (figure.currency(), figure.amount());
    format!("/v1/reports/payable-facts?as_of={as_of}&through={through}&currency={currency}{narrowed}&figure={amount}")
}

const SORTS: &[Sort<PayableFactRow>] = &[
    Sort { name: "entry", column: "entry", cast: "bigint", key: |row| row.entry.to_string() },
    Sort { name: "effective_date", column: "effective_date", cast: "date", key: |row| row.effective_date.to_string() },
];

fn those<'f>(facts: Listing<'f, PayableFactRow>, vendor: Option<&'f [Uuid]>, filter: &'f PayableFactFilter) -> Listing<'f, PayableFactRow> {
    facts
        .when("invoice_id = ?", filter.invoice_id.map(Uuid::from))
        .when("vendor_id = any (?)", vendor)
        .when("currency = ?", filter.currency.map(Word))
        .when("kind = ?", filter.kind.map(Word))
        .when("due_date >= ?", filter.due_from)
        .when("due_date <= ?", filter.due_to)
        .when("document_date >= ?", filter.dated_from)
        .when("document_date <= ?", filter.dated_to)
        .when("on_account = ?", filter.on_account)
        .when("effective_date >= ?", filter.effective_from)
        .when("effective_date <= ?", filter.as_of)
        .when("recorded_at <= ?", filter.known_at)
        .when("entry < ?", filter.through.map(|through| first_entry_of(through.saturating_add(1))))
}

/// Two round trips: the sums, and a page of what they are made of; one more for those that the vendor absorbed.
pub async fn facts(tx: &mut TenantTx, filter: &PayableFactFilter, page: &Page) -> Result<PayableFacts, QueryError> {
    let vendor = ids_of(tx, filter.vendor_id, filter.with_absorbed, filter.known_at).await?;
    let figures = Listing::selecting(tx, "currency, sum(amount), sum(unapproved), count(*)");
    let sums: Vec<Sum> = those(figures, vendor.as_deref(), filter).sums(tx, "currency").await?;
    let sums: Vec<PayableFactSum> = sums.into_iter().map(PayableFactSum::from).collect();
    let agrees = filter.figure.map(|figure| sums.iter().map(|sum| sum.open.amount()).sum::<Decimal>() == figure && sums.len() <= 1);
    let found = those(Listing::of(tx), vendor.as_deref(), filter).page(tx, SORTS, filter, page).await?;
    Ok(PayableFacts { sums, agrees, page: found.map(PayableFactView::from) })
}

/// As the database adds it up: the currency, what is open, what nobody approved, how many.
type Sum = (Word<Currency>, Decimal, Decimal, i64);

impl From<Sum> for PayableFactSum {
    fn from((currency, open, held, movements): Sum) -> Self {
        Self { open: Money::rounded(open, currency.0), held: Money::rounded(held, currency.0), movements }
    }
}
