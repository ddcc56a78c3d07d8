//! Reports: what is owed and how late, what came in and is not invoiced, what the books say, and the day at a glance.

pub mod books;
pub mod payables;
pub mod process;
pub mod receivables;

use axum::response::Response;
use quittance_projections::Page;
use quittance_projections::dashboard::{self, Dashboard};
use quittance_projections::grni::{self, Grni, GrniFilter, OrderLineFactFilter, OrderLineFactsOf};
use quittance_projections::ledger::{
    self, StockValue, StockValueFactFilter, StockValueFacts, StockValueFilter, TrialBalance, TrialBalanceFilter,
};

use super::Refusals;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, MinPosition, Reading};
use crate::table::{Format, FormatParameter, Table};

pub const GRNI: Table = Table {
    name: "grni",
    rows: "/lines",
    columns: &[
        ("purchase_order_id", "/purchase_order_id"),
        ("number", "/number"),
        ("vendor_id", "/vendor_id"),
        ("line", "/line"),
        ("received", "/received"),
        ("invoiced", "/invoiced"),
        ("quantity", "/quantity"),
        ("currency", "/value/currency"),
        ("value", "/value/amount"),
        ("explained_by", "/explained_by"),
    ],
};

/// Goods received and not invoiced, by order line, as the books said on a date with what was known at a time.
#[utoipa::path(get, path = "/v1/reports/grni", tag = "reports", params(GrniFilter, FormatParameter, MinPosition),
    responses((status = 200, content((Grni = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn grni(format: Format, mut read: Reading, Filter(filter): Filter<GrniFilter>) -> Result<Response, Problem> {
    let today = read.today();
    let found = grni::grni(&mut read.tx, &filter, today).await?;
    GRNI.answer(format, read.answer(found))
}

pub const GRNI_FACTS: Table = Table {
    name: "grni-facts",
    rows: "/data",
    columns: &[
        ("position", "/position"),
        ("purchase_order_id", "/purchase_order_id"),
        ("line", "/line"),
        ("kind", "/kind"),
        ("source_id", "/source_id"),
        ("quantity", "/quantity"),
        ("currency", "/value/currency"),
        ("value", "/value/amount"),
        ("effective_date", "/effective_date"),
        ("recorded_at", "/recorded_at"),
    ],
};

/// The receipts, returns and invoices that a figure of the report adds up, their sums, and whether these are the figure.
#[utoipa::path(get, path = "/v1/reports/grni/facts", tag = "reports", params(OrderLineFactFilter, Page, FormatParameter, MinPosition),
    responses((status = 200, content((OrderLineFactsOf = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn list_grni_facts(
    format: Format,
    mut read: Reading,
    Filter(filter): Filter<OrderLineFactFilter>,
    Filter(page): Filter<Page>,
) -> Result<Response, Problem> {
    let found = grni::facts(&mut read.tx, &filter, &format.page(page)).await?;
    GRNI_FACTS.answer(format, read.answer(found))
}

pub const TRIAL_BALANCE: Table = Table {
    name: "trial-balance",
    rows: "/lines",
    columns: &[
        ("account", "/account"),
        ("name", "/name"),
        ("kind", "/kind"),
        ("currency", "/currency"),
        ("debit", "/debit/amount"),
        ("credit", "/credit/amount"),
        ("balance", "/balance/amount"),
        ("base_debit", "/base_debit"),
        ("base_credit", "/base_credit"),
        ("base_balance", "/base_balance"),
        ("untranslated", "/untranslated/amount"),
        ("explained_by", "/explained_by"),
    ],
};

/// Balances by account, as the books said on a day with what was known at a time. Each figure says which lines add up to it.
#[utoipa::path(get, path = "/v1/reports/trial-balance", tag = "reports", params(TrialBalanceFilter, FormatParameter, MinPosition),
    responses((status = 200, content((TrialBalance = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn trial_balance(format: Format, mut read: Reading, Filter(filter): Filter<TrialBalanceFilter>) -> Result<Response, Problem> {
    let today = read.today();
    let found = ledger::trial_balance(&mut read.tx, &filter, today).await?;
    TRIAL_BALANCE.answer(format, read.answer(found))
}

pub const STOCK_VALUE: Table = Table {
    name: "stock-value",
    rows: "/lines",
    columns: &[
        ("stock_id", "/stock_id"),
        ("item_id", "/item_id"),
        ("location", "/location"),
        ("quantity", "/quantity"),
        ("value", "/value"),
        ("is_translated", "/is_translated"),
        ("explained_by", "/explained_by"),
    ],
};

/// What stock is worth, as the books said on a day with what was known at a time, beside the balance of its account.
#[utoipa::path(get, path = "/v1/reports/stock-value", tag = "reports", params(StockValueFilter, FormatParameter, MinPosition),
    responses((status = 200, content((StockValue = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn stock_value(format: Format, mut read: Reading, Filter(filter): Filter<StockValueFilter>) -> Result<Response, Problem> {
    let today = read.today();
    let found = ledger::stock_value(&mut read.tx, &filter, today).await?;
    STOCK_VALUE.answer(format, read.answer(found))
}

pub const STOCK_VALUE_FACTS: Table = Table {
    name: "stock-value-facts",
    rows: "/data",
    columns: &[
        ("position", "/position"),
        ("stock_id", "/stock_id"),
        ("reason", "/reason"),
        ("quantity", "/quantity"),
        ("currency", "/amount/currency"),
        ("amount", "/amount/amount"),
        ("value", "/value"),
        ("effective_date", "/effective_date"),
        ("recorded_at", "/recorded_at"),
    ],
};

/// The changes that a figure of the report adds up, their sums, and whether these are the figure.
#[utoipa::path(get, path = "/v1/reports/stock-value/facts", tag = "reports", params(StockValueFactFilter, Page, FormatParameter, MinPosition),
    responses((status = 200, content((StockValueFacts = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn list_stock_value_facts(
    format: Format,
    mut read: Reading,
    Filter(filter): Filter<StockValueFactFilter>,
    Filter(page): Filter<Page>,
) -> Result<Response, Problem> {
    let found = ledger::stock_value_facts(&mut read.tx, &filter, &format.page(page)).await?;
    STOCK_VALUE_FACTS.answer(format, read.answer(found))
}

/// Totals of the day: by status, due, overdue, waiting for the caller, paid this month.
#[utoipa::path(get, path = "/v1/dashboard", tag = "reports", params(MinPosition), responses((status = 200, body = Dashboard), Refusals))]
pub async fn dashboard(mut read: Reading) -> Result<Fresh<Dashboard>, Problem> {
    let (me, today) = (read.caller.user, read.today());
    let found = dashboard::dashboard(&mut read.tx, me, today).await?;
    Ok(read.answer(found))
}
