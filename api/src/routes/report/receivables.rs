//! What customers owe: by age, how long we wait for it, and the movements behind every figure.

use axum::response::{IntoResponse, Response};
use quittance_projections::receivable::{
    self, CustomerStatement, CustomerStatementFilter, DaysSales, DaysSalesFilter, ReceivableAgeing, ReceivableAgeingFilter,
    ReceivableFactFilter, ReceivableFacts, ReceivableOpenItemFilter, ReceivableOpenItems,
};
use quittance_projections::{OrderedPage, Page};

use super::Refusals;
use crate::problem::Problem;
use crate::reading::{Filter, MinPosition, Reading};
use crate::table::{Format, FormatParameter, Table, as_file};

/// What customers owe by how late it is, as the books said on a date with what was known at a time. Each figure says which movements add up
/// to it, each total what its control account holds.
#[utoipa::path(get, path = "/v1/reports/ar-ageing", tag = "reports",
    params(ReceivableAgeingFilter, OrderedPage, FormatParameter, MinPosition),
    responses((status = 200, content((ReceivableAgeing = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn ar_ageing(
    format: Format,
    mut read: Reading,
    Filter(filter): Filter<ReceivableAgeingFilter>,
    Filter(page): Filter<Page>,
) -> Result<Response, Problem> {
    let today = read.today();
    let found = receivable::ageing(&mut read.tx, &filter, &format.page(page), today).await?;
    match format {
        Format::Json => Ok(read.answer(found).into_response()),
        format => as_file(format, "ar-ageing", AGEING_ROWS, &ageing_columns(&found), read.answer(&found)),
    }
}

/// Where the lines of an ageing stand in it.
pub const AGEING_ROWS: &str = "/customers/data";

/// Its buckets are columns, whatever they are called.
pub fn ageing_columns(ageing: &ReceivableAgeing) -> Vec<(String, String)> {
    let named = |names: &[(&str, &str)]| names.iter().map(|(name, at)| ((*name).to_owned(), (*at).to_owned())).collect::<Vec<_>>();
    let mut columns = named(&[("customer_id", "/customer_id"), ("customer_name", "/customer_name"), ("currency", "/currency")]);
    let cells = ageing.customers.data.first().map(|line| line.amounts.buckets.as_slice()).unwrap_or_default();
    columns.extend((0..).zip(cells).map(|(index, cell)| (cell.bucket.clone(), format!("/buckets/{index}/open/amount"))));
    columns.extend(named(&[("total", "/total/amount"), ("explained_by", "/explained_by")]));
    columns
}

pub const OPEN_ITEMS: Table = Table {
    name: "receivable-open-items",
    rows: "/data",
    columns: &[
        ("receivable_id", "/receivable_id"),
        ("number", "/number"),
        ("customer_id", "/customer_id"),
        ("customer_name", "/customer_name"),
        ("document_date", "/document_date"),
        ("due_date", "/due_date"),
        ("days_late", "/days_late"),
        ("currency", "/open/currency"),
        ("open", "/open/amount"),
        ("explained_by", "/explained_by"),
    ],
};

/// What of each receivable a customer has not settled, by the day on which its part falls due, as the books said on a date with what was
/// known at a time. The totals are those of the ageing.
#[utoipa::path(get, path = "/v1/reports/receivable-open-items", tag = "reports",
    params(ReceivableOpenItemFilter, OrderedPage, FormatParameter, MinPosition),
    responses((status = 200, content((ReceivableOpenItems = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn receivable_open_items(
    format: Format,
    mut read: Reading,
    Filter(filter): Filter<ReceivableOpenItemFilter>,
    Filter(page): Filter<Page>,
) -> Result<Response, Problem> {
    let today = read.today();
    let found = receivable::open_items(&mut read.tx, &filter, &format.page(page), today).await?;
    OPEN_ITEMS.answer(format, read.answer(found))
}

pub const MOVEMENTS: Table = Table {
    name: "receivable-facts",
    rows: "/data",
    columns: &[
        ("position", "/position"),
        ("receivable_id", "/receivable_id"),
        ("customer_id", "/customer_id"),
        ("kind", "/kind"),
        ("amount", "/amount/amount"),
        ("currency", "/amount/currency"),
        ("due_date", "/due_date"),
        ("document_date", "/document_date"),
        ("effective_date", "/effective_date"),
        ("recorded_at", "/recorded_at"),
    ],
};

/// What a customer owed before a time, what moved it, and what it owed after.
#[utoipa::path(get, path = "/v1/reports/customer-statement", tag = "reports",
    params(CustomerStatementFilter, Page, FormatParameter, MinPosition),
    responses((status = 200, content((CustomerStatement = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn customer_statement(
    format: Format,
    mut read: Reading,
    Filter(filter): Filter<CustomerStatementFilter>,
    Filter(page): Filter<Page>,
) -> Result<Response, Problem> {
    let found = receivable::customer_statement(&mut read.tx, &filter, &format.page(page)).await?;
    Table { name: "customer-statement", ..MOVEMENTS }.answer(format, read.answer(found))
}

/// The movements of what customers owe: what a figure of these reports is made of. With `figure` they are held against it.
#[utoipa::path(get, path = "/v1/reports/receivable-facts", tag = "reports", params(ReceivableFactFilter, Page, FormatParameter, MinPosition),
    responses((status = 200, content((ReceivableFacts = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn list_receivable_facts(
    format: Format,
    mut read: Reading,
    Filter(filter): Filter<ReceivableFactFilter>,
    Filter(page): Filter<Page>,
) -> Result<Response, Problem> {
    let found = receivable::facts(&mut read.tx, &filter, &format.page(page)).await?;
    MOVEMENTS.answer(format, read.answer(found))
}

pub const DAYS_SALES: Table = Table {
    name: "days-sales",
    rows: "/lines",
    columns: &[
        ("currency", "/owed/currency"),
        ("owed", "/owed/amount"),
        ("invoiced", "/invoiced/amount"),
        ("received", "/received/amount"),
        ("days_sales", "/days_sales"),
        ("days_to_payment", "/days_to_payment"),
        ("explained_by", "/explained_by"),
    ],
};

/// Days sales outstanding: what customers owe at the end of a period, in days of what was invoiced in it, and how long they took to pay.
#[utoipa::path(get, path = "/v1/reports/days-sales", tag = "reports", params(DaysSalesFilter, FormatParameter, MinPosition),
    responses((status = 200, content((DaysSales = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn days_sales(format: Format, mut read: Reading, Filter(filter): Filter<DaysSalesFilter>) -> Result<Response, Problem> {
    let found = receivable::days_sales(&mut read.tx, &filter).await?;
    DAYS_SALES.answer(format, read.answer(found))
}
