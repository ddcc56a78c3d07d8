//! The movements that a figure of a receivables report adds up, with their sum held against the figure.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::ids::{CustomerId, ReceivableId};
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::facts::{ReceivableFactKind, ReceivableFactRow, ReceivableFactView};
use crate::invoice::first_entry_of;
use crate::known_name::ids_of;
use crate::listing::{Listing, Sort};
use crate::page::{Page, PageOf, QueryError};
use crate::word::Word;

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReceivableFactFilter {
    pub receivable_id: Option<ReceivableId>,
    pub customer_id: Option<CustomerId>,
    /// With what stands under those that were merged into the customer.
    pub with_absorbed: Option<bool>,
    pub currency: Option<Currency>,
    #[param(inline)]
    pub kind: Option<ReceivableFactKind>,
    /// Due on this day or after.
    pub due_from: Option<NaiveDate>,
    /// Due on this day or before.
    pub due_to: Option<NaiveDate>,
    /// The receivable is of this day or later.
    pub dated_from: Option<NaiveDate>,
    /// The receivable is of this day or earlier.
    pub dated_to: Option<NaiveDate>,
    /// Counts in the books from this day on or later.
    pub effective_from: Option<NaiveDate>,
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
pub struct ReceivableFacts {
    /// Of all movements, not of this page: one a currency.
    pub sums: Vec<ReceivableFactSum>,
    /// Whether they add up to the figure that was asked about; absent where none was.
    pub agrees: Option<bool>,
    #[serde(flatten)]
    pub page: PageOf<ReceivableFactView>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReceivableFactSum {
    pub open: Money,
    pub movements: i64,
}

/// Which of the two dates of a receivable lie in a range; open where absent.
#[derive(Clone, Copy, Debug)]
pub(super) enum Dated {
    Any,
    Due(Option<NaiveDate>, Option<NaiveDate>),
    Document(Option<NaiveDate>, Option<NaiveDate>),
}

/// Where the movements of a figure are found.
pub(super) fn explained_by(as_of: NaiveDate, through: i64, customer: Option<CustomerId>, dated: Dated, figure: Money) -> String {
    let (due, document) = match dated {
        Dated::Any => ((None, None), (None, None)),
        Dated::Due(from, to) => ((from, to), (None, None)),
        Dated::Document(from, to) => ((None, None), (from, to)),
    };
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string());
    let narrowed = [
        ("customer_id", customer.map(|customer| customer.to_string())),
        ("due_from", day(due.0)),
        ("due_to", day(due.1)),
        ("dated_from", day(document.0)),
        ("dated_to", day(document.1)),
    ];
    let narrowed: String = narrowed.into_iter().filter_map(|(name, value)| Some(format!("&{name}={}", value?))).collect();
    let (currency, amount) = (figure.currency(), figure.amount());
    format!("/v1/reports/receivable-facts?as_of={as_of}&through={through}&currency={currency}{narrowed}&figure={amount}")
}

const SORTS: &[Sort<ReceivableFactRow>] = &[
    Sort { name: "entry", column: "entry", cast: "bigint", key: |row| row.entry.to_string() },
    Sort { name: "effective_date", column: "effective_date", cast: "date", key: |row| row.effective_date.to_string() },
];

fn those<'f>(
    facts: Listing<'f, ReceivableFactRow>,
    customer: Option<&'f [Uuid]>,
    filter: &'f ReceivableFactFilter,
) -> Listing<'f, ReceivableFactRow> {
    facts
        .when("receivable_id = ?", filter.receivable_id.map(Uuid::from))
        .when("customer_id = any (?)", customer)
        .when("currency = ?", filter.currency.map(Word))
        .when("kind = ?", filter.kind.map(Word))
        .when("due_date >= ?", filter.due_from)
        .when("due_date <= ?", filter.due_to)
        .when("document_date >= ?", filter.dated_from)
        .when("document_date <= ?", filter.dated_to)
        .when("effective_date >= ?", filter.effective_from)
        .when("effective_date <= ?", filter.as_of)
        .when("recorded_at <= ?", filter.known_at)
        .when("entry < ?", filter.through.map(|through| first_entry_of(through.saturating_add(1))))
}

/// Two round trips: the sums, and a page of what they are made of; one more for those that the customer absorbed.
pub async fn facts(tx: &mut TenantTx, filter: &ReceivableFactFilter, page: &Page) -> Result<ReceivableFacts, QueryError> {
    let customer = ids_of(tx, filter.customer_id, filter.with_absorbed, filter.known_at).await?;
    let figures = Listing::selecting(tx, "currency, sum(amount), count(*)");
    let sums: Vec<(Word<Currency>, Decimal, i64)> = those(figures, customer.as_deref(), filter).sums(tx, "currency").await?;
    let sum = |(currency, open, movements): (Word<Currency>, Decimal, i64)| ReceivableFactSum {
        open: Money::rounded(open, currency.0),
        movements,
    };
    let sums: Vec<ReceivableFactSum> = sums.into_iter().map(sum).collect();
    let agrees = filter.figure.map(|figure| sums.iter().map(|sum| sum.open.amount()).sum::<Decimal>() == figure && sums.len() <= 1);
    let found = those(Listing::of(tx), customer.as_deref(), filter).page(tx, SORTS, filter, page).await?;
    Ok(ReceivableFacts { sums, agrees, page: found.map(ReceivableFactView::from) })
}
