//! Reports: what is owed and how late, what the books say, and the day at a glance.

use quittance_projections::ageing::{Ageing, AgeingFilter, ageing};
use quittance_projections::dashboard::{self, Dashboard};
use quittance_projections::ledger::{self, TrialBalance, TrialBalanceFilter};

use super::Refusals;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, MinPosition, Reading};

/// Payables by how late they are, as the books said on a date with what was known at a time.
#[utoipa::path(get, path = "/v1/reports/ap-ageing", tag = "reports", params(AgeingFilter, MinPosition),
    responses((status = 200, body = Ageing), Refusals))]
pub async fn ap_ageing(mut read: Reading, Filter(filter): Filter<AgeingFilter>) -> Result<Fresh<Ageing>, Problem> {
    let today = read.today();
    let found = ageing(&mut read.tx, &filter, today).await?;
    Ok(read.answer(found))
}

/// Balances by account, as the books said on a day with what was known at a time. Each figure says which lines add up to it.
#[utoipa::path(get, path = "/v1/reports/trial-balance", tag = "reports", params(TrialBalanceFilter, MinPosition),
    responses((status = 200, body = TrialBalance), Refusals))]
pub async fn trial_balance(mut read: Reading, Filter(filter): Filter<TrialBalanceFilter>) -> Result<Fresh<TrialBalance>, Problem> {
    let today = read.today();
    let found = ledger::trial_balance(&mut read.tx, &filter, today).await?;
    Ok(read.answer(found))
}

/// Totals of the day: by status, due, overdue, waiting for the caller, paid this month.
#[utoipa::path(get, path = "/v1/dashboard", tag = "reports", params(MinPosition), responses((status = 200, body = Dashboard), Refusals))]
pub async fn dashboard(mut read: Reading) -> Result<Fresh<Dashboard>, Problem> {
    let (me, today) = (read.caller.user, read.today());
    let found = dashboard::dashboard(&mut read.tx, me, today).await?;
    Ok(read.answer(found))
}
