//! Reading statements, lines and the reconciliation.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::ids::{BankAccountId, BankStatementId};
use quittance_projections::bank_line::{self, BankLineFilter, BankLineView};
use quittance_projections::bank_statement::{self, BankStatementFilter, BankStatementView};
use quittance_projections::reconciliation::{Reconciliation, reconcile};
use quittance_projections::{Page, PageOf};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::Refusals;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};

/// Bank statements.
#[utoipa::path(get, path = "/v1/bank-statements", tag = "bank", params(BankStatementFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<BankStatementView>), Refusals))]
pub async fn list_bank_statements(
    mut read: Reading,
    Filter(filter): Filter<BankStatementFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<BankStatementView>>, Problem> {
    let found = bank_statement::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// One statement.
#[utoipa::path(get, path = "/v1/bank-statements/{id}", tag = "bank", params(("id" = BankStatementId, Path), MinPosition),
    responses((status = 200, body = BankStatementView), Refusals))]
pub async fn get_bank_statement(Id(id): Id<BankStatementId>, mut read: Reading) -> Result<Fresh<BankStatementView>, Problem> {
    let found = bank_statement::get(&mut read.tx, id).await?;
    read.found(found)
}

/// Lines of the company's accounts, whichever statement brought them; `matched=false` is the queue of the unexplained.
#[utoipa::path(get, path = "/v1/bank-lines", tag = "bank", params(BankLineFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<BankLineView>), Refusals))]
pub async fn list_bank_lines(
    mut read: Reading,
    Filter(filter): Filter<BankLineFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<BankLineView>>, Problem> {
    let found = bank_line::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReconciliationQuery {
    /// Today where absent.
    on: Option<NaiveDate>,
    /// What was recorded by then, with the day named the same for ever; everything where absent.
    known_at: Option<DateTime<Utc>>,
}

/// Bank and books of one account at the last statement up to a day, each difference listed.
#[utoipa::path(get, path = "/v1/bank-accounts/{id}/reconciliation", tag = "bank", params(("id" = BankAccountId, Path), ReconciliationQuery, MinPosition),
    responses((status = 200, body = Reconciliation), Refusals))]
pub async fn get_bank_reconciliation(
    Id(id): Id<BankAccountId>,
    mut read: Reading,
    Filter(query): Filter<ReconciliationQuery>,
) -> Result<Fresh<Reconciliation>, Problem> {
    let on = query.on.unwrap_or_else(|| read.today());
    let found = reconcile(&mut read.tx, id, on, query.known_at).await?;
    read.found(found)
}
