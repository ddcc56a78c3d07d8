//! What is owed: by age, item by item, by vendor, by when it has to be paid; and the movements behind every figure.

use axum::response::{IntoResponse, Response};
use quittance_projections::ageing::{Ageing, AgeingFilter, ageing};
use quittance_projections::report::cash_requirement::{self, CashRequirementFilter, CashRequirements};
use quittance_projections::report::discount_opportunity::{self, DiscountFilter, DiscountOpportunities};
use quittance_projections::report::missed_discount::{self, MissedDiscountFilter, MissedDiscounts};
use quittance_projections::report::open_item::{self, OpenItemFilter, OpenItems};
use quittance_projections::report::payable_fact::{self, PayableFactFilter, PayableFacts};
use quittance_projections::report::vendor_statement::{self, VendorStatement, VendorStatementFilter};
use quittance_projections::{OrderedPage, Page};

use super::Refusals;
use crate::problem::Problem;
use crate::reading::{Filter, MinPosition, Reading};
use crate::table::{Format, FormatParameter, Table, as_file};

/// What vendors are owed by how late it is, as the books said on a date with what was known at a time. Each figure says
/// which movements add up to it, each total what its control account holds.
#[utoipa::path(get, path = "/v1/reports/ap-ageing", tag = "reports", params(AgeingFilter, OrderedPage, FormatParameter, MinPosition),
    responses((status = 200, content((Ageing = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn ap_ageing(
    format: Format,
    mut read: Reading,
    Filter(filter): Filter<AgeingFilter>,
    Filter(page): Filter<Page>,
) -> Result<Response, Problem> {
    let today = read.today();
    let found = ageing(&mut read.tx, &filter, &format.page(page), today).await?;
    match format {
        Format::Json => Ok(read.answer(found).into_response()),
        format => as_file(format, "ap-ageing", AGEING_ROWS, &ageing_columns(&found), read.answer(&found)),
    }
}

/// Where the lines of an ageing stand in it.
pub const AGEING_ROWS: &str = "/vendors/data";

/// Its buckets are columns, whatever they are called.
pub fn ageing_columns(ageing: &Ageing) -> Vec<(String, String)> {
    let named = |names: &[(&str, &str)]| names.iter().map(|(name, at)| ((*name).to_owned(), (*at).to_owned())).collect::<Vec<_>>();
    let mut columns =
        named(&[("vendor_id", "/vendor_id"), ("vendor_name", "/vendor_name"), ("currency", "/currency"), ("documents", "/documents")]);
    let cells = ageing.vendors.data.first().map(|line| line.amounts.buckets.as_slice()).unwrap_or_default();
    columns.extend((0..).zip(cells).map(|(index, cell)| (cell.bucket.clone(), format!("/buckets/{index}/open/amount"))));
    columns.extend(named(&[("total", "/total/amount"), ("held", "/held/amount"), ("disputed", "/disputed/amount")]));
    columns.extend(named(&[("explained_by", "/explained_by")]));
    columns
}

pub const OPEN_ITEMS: Table = Table {
    name: "open-items",
    rows: "/data",
    columns: &[
        ("invoice_id", "/invoice_id"),
        ("number", "/number"),
        ("vendor_id", "/vendor_id"),
        ("vendor_name", "/vendor_name"),
        ("document_date", "/document_date"),
        ("due_date", "/due_date"),
        ("days_late", "/days_late"),
        ("currency", "/open/currency"),
        ("open", "/open/amount"),
        ("held", "/held/amount"),
        ("explained_by", "/explained_by"),
    ],
};

/// Every invoice and credit note that was not settled, as the books said on a date with what was known at a time.
#[utoipa::path(get, path = "/v1/reports/open-items", tag = "reports", params(OpenItemFilter, OrderedPage, FormatParameter, MinPosition),
    responses((status = 200, content((OpenItems = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn open_items(
    format: Format,
    mut read: Reading,
    Filter(filter): Filter<OpenItemFilter>,
    Filter(page): Filter<Page>,
) -> Result<Response, Problem> {
    let today = read.today();
    let found = open_item::open_items(&mut read.tx, &filter, &format.page(page), today).await?;
    OPEN_ITEMS.answer(format, read.answer(found))
}

pub const MOVEMENTS: Table = Table {
    name: "payable-facts",
    rows: "/data",
    columns: &[
        ("position", "/position"),
        ("invoice_id", "/invoice_id"),
        ("vendor_id", "/vendor_id"),
        ("kind", "/kind"),
        ("currency", "/amount/currency"),
        ("amount", "/amount/amount"),
        ("unapproved", "/unapproved/amount"),
        ("disputed", "/disputed/amount"),
        ("document_date", "/document_date"),
        ("due_date", "/due_date"),
        ("effective_date", "/effective_date"),
        ("recorded_at", "/recorded_at"),
    ],
};

/// What a vendor was owed before a time, what moved it, and what it was owed after.
#[utoipa::path(get, path = "/v1/reports/vendor-statement", tag = "reports",
    params(VendorStatementFilter, Page, FormatParameter, MinPosition),
    responses((status = 200, content((VendorStatement = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn vendor_statement(
    format: Format,
    mut read: Reading,
    Filter(filter): Filter<VendorStatementFilter>,
    Filter(page): Filter<Page>,
) -> Result<Response, Problem> {
    let found = vendor_statement::vendor_statement(&mut read.tx, &filter, &format.page(page)).await?;
    Table { name: "vendor-statement", ..MOVEMENTS }.answer(format, read.answer(found))
}

/// The movements that a figure adds up, by the events that made them; with `figure`, whether they do.
#[utoipa::path(get, path = "/v1/reports/payable-facts", tag = "reports", params(PayableFactFilter, Page, FormatParameter, MinPosition),
    responses((status = 200, content((PayableFacts = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn list_payable_facts(
    format: Format,
    mut read: Reading,
    Filter(filter): Filter<PayableFactFilter>,
    Filter(page): Filter<Page>,
) -> Result<Response, Problem> {
    let found = payable_fact::facts(&mut read.tx, &filter, &format.page(page)).await?;
    MOVEMENTS.answer(format, read.answer(found))
}

pub const CASH: Table = Table {
    name: "cash-requirements",
    rows: "/lines",
    columns: &[
        ("currency", "/currency"),
        ("from", "/from"),
        ("to", "/to"),
        ("due", "/due/amount"),
        ("held", "/held/amount"),
        ("withheld", "/withheld/amount"),
        ("cash", "/cash/amount"),
        ("running", "/running/amount"),
        ("explained_by", "/explained_by"),
    ],
};

/// The cash that open items will take, by the day, week or month in which they fall due.
#[utoipa::path(get, path = "/v1/reports/cash-requirements", tag = "reports", params(CashRequirementFilter, FormatParameter, MinPosition),
    responses((status = 200, content((CashRequirements = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn cash_requirements(
    format: Format,
    mut read: Reading,
    Filter(filter): Filter<CashRequirementFilter>,
) -> Result<Response, Problem> {
    let today = read.today();
    let found = cash_requirement::cash_requirements(&mut read.tx, &filter, today).await?;
    CASH.answer(format, read.answer(found))
}

pub const DISCOUNTS: Table = Table {
    name: "discount-opportunities",
    rows: "/lines",
    columns: &[
        ("invoice_id", "/invoice_id"),
        ("number", "/number"),
        ("vendor_id", "/vendor_id"),
        ("vendor_name", "/vendor_name"),
        ("status", "/status"),
        ("terms", "/terms"),
        ("currency", "/open/currency"),
        ("open", "/open/amount"),
        ("discount", "/discount/amount"),
        ("to_pay", "/to_pay/amount"),
        ("last_day", "/last_day"),
        ("days_left", "/days_left"),
        ("due_date", "/due_date"),
        ("yearly_percent", "/yearly_percent"),
        ("explained_by", "/explained_by"),
    ],
};

/// Discounts that a payment of the day would still take, what ends first first, with what the money earns in a year.
#[utoipa::path(get, path = "/v1/reports/discount-opportunities", tag = "reports", params(DiscountFilter, FormatParameter, MinPosition),
    responses((status = 200, content((DiscountOpportunities = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn discount_opportunities(
    format: Format,
    mut read: Reading,
    Filter(filter): Filter<DiscountFilter>,
) -> Result<Response, Problem> {
    let today = read.today();
    let found = discount_opportunity::discount_opportunities(&mut read.tx, &filter, today).await?;
    DISCOUNTS.answer(format, read.answer(found))
}

pub const MISSED_DISCOUNTS: Table = Table {
    name: "missed-discounts",
    rows: "/data",
    columns: &[
        ("position", "/position"),
        ("invoice_id", "/invoice_id"),
        ("number", "/number"),
        ("vendor_id", "/vendor_id"),
        ("vendor_name", "/vendor_name"),
        ("last_day", "/last_day"),
        ("currency", "/amount/currency"),
        ("amount", "/amount/amount"),
        ("cause", "/cause"),
    ],
};

/// Discounts that nobody took by their last day, each with what it would have saved and what kept it from being taken.
#[utoipa::path(get, path = "/v1/reports/missed-discounts", tag = "reports", params(MissedDiscountFilter, OrderedPage, FormatParameter, MinPosition),
    responses((status = 200, content((MissedDiscounts = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn missed_discounts(
    format: Format,
    mut read: Reading,
    Filter(filter): Filter<MissedDiscountFilter>,
    Filter(page): Filter<Page>,
) -> Result<Response, Problem> {
    let found = missed_discount::missed_discounts(&mut read.tx, &filter, &format.page(page)).await?;
    MISSED_DISCOUNTS.answer(format, read.answer(found))
}
