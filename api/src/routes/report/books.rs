//! What was spent, which tax it carried, what was accrued, and how long vendors wait.

use axum::response::Response;
use quittance_projections::report::accrual::{self, AccrualFilter, Accruals};
use quittance_projections::report::days_payable::{self, DaysPayable, DaysPayableFilter};
use quittance_projections::report::spend::{self, Spend, SpendFilter};
use quittance_projections::report::tax::{self, TaxFilter, TaxReport};
use quittance_projections::{OrderedPage, Page};

use super::Refusals;
use crate::problem::Problem;
use crate::reading::{Filter, MinPosition, Reading};
use crate::table::{Format, FormatParameter, Table};

pub const SPEND: Table = Table {
    name: "spend",
    rows: "/lines",
    columns: &[
        ("vendor_id", "/vendor_id"),
        ("vendor_name", "/vendor_name"),
        ("account", "/account"),
        ("cost_centre", "/cost_centre"),
        ("project", "/project"),
        ("month", "/month"),
        ("currency", "/spent/currency"),
        ("spent", "/spent/amount"),
        ("base_spent", "/base_spent"),
        ("documents", "/documents"),
        ("explained_by", "/explained_by"),
    ],
};

/// What invoices cost without their tax, by vendor, account, cost centre, project and month or any of them.
#[utoipa::path(get, path = "/v1/reports/spend", tag = "reports", params(SpendFilter, FormatParameter, MinPosition),
    responses((status = 200, content((Spend = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn spend(format: Format, mut read: Reading, Filter(filter): Filter<SpendFilter>) -> Result<Response, Problem> {
    let found = spend::spend(&mut read.tx, &filter).await?;
    SPEND.answer(format, read.answer(found))
}

pub const TAX: Table = Table {
    name: "tax",
    rows: "/lines",
    columns: &[
        ("tax_code", "/tax_code"),
        ("part", "/part"),
        ("account", "/account"),
        ("currency", "/amount/currency"),
        ("amount", "/amount/amount"),
        ("base_amount", "/base_amount"),
        ("explained_by", "/explained_by"),
    ],
};

/// Tax by its code: what it was charged on, what may be deducted, what is owed in the vendor's place.
#[utoipa::path(get, path = "/v1/reports/tax", tag = "reports", params(TaxFilter, FormatParameter, MinPosition),
    responses((status = 200, content((TaxReport = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn tax_report(format: Format, mut read: Reading, Filter(filter): Filter<TaxFilter>) -> Result<Response, Problem> {
    let found = tax::tax_report(&mut read.tx, &filter).await?;
    TAX.answer(format, read.answer(found))
}

pub const ACCRUALS: Table = Table {
    name: "accruals",
    rows: "/data",
    columns: &[
        ("journal_entry_id", "/journal_entry_id"),
        ("period", "/period"),
        ("posted_on", "/posted_on"),
        ("taken_back_on", "/taken_back_on"),
        ("stands", "/stands"),
        ("account", "/account"),
        ("cost_centre", "/cost_centre"),
        ("project", "/project"),
        ("accrued_to", "/accrued_to"),
        ("currency", "/amount/currency"),
        ("amount", "/amount/amount"),
        ("base_amount", "/base_amount"),
        ("reason", "/reason"),
        ("accrued_by", "/accrued_by/name"),
        ("recorded_at", "/recorded_at"),
        ("explained_by", "/explained_by"),
    ],
};

/// What months cost that nobody had invoiced, with what of it is owed on a day as far as was known at a time; each total beside what its account holds.
#[utoipa::path(get, path = "/v1/reports/accruals", tag = "reports", params(AccrualFilter, OrderedPage, FormatParameter, MinPosition),
    responses((status = 200, content((Accruals = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn accruals(
    format: Format,
    mut read: Reading,
    Filter(filter): Filter<AccrualFilter>,
    Filter(page): Filter<Page>,
) -> Result<Response, Problem> {
    let today = read.today();
    let found = accrual::accruals(&mut read.tx, &filter, &format.page(page), today).await?;
    ACCRUALS.answer(format, read.answer(found))
}

pub const DAYS_PAYABLE: Table = Table {
    name: "days-payable",
    rows: "/lines",
    columns: &[
        ("currency", "/owed/currency"),
        ("owed", "/owed/amount"),
        ("purchased", "/purchased/amount"),
        ("paid", "/paid/amount"),
        ("days_payable", "/days_payable"),
        ("days_to_pay", "/days_to_pay"),
        ("explained_by", "/explained_by"),
    ],
};

/// Days payable outstanding of a period: by what is owed at its end, and by what was paid in it.
#[utoipa::path(get, path = "/v1/reports/days-payable", tag = "reports", params(DaysPayableFilter, FormatParameter, MinPosition),
    responses((status = 200, content((DaysPayable = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn days_payable(format: Format, mut read: Reading, Filter(filter): Filter<DaysPayableFilter>) -> Result<Response, Problem> {
    let found = days_payable::days_payable(&mut read.tx, &filter).await?;
    DAYS_PAYABLE.answer(format, read.answer(found))
}
