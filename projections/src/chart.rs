//! The chart of accounts in force.

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use quittance_application::tenant::chart_id;
use quittance_domain::Root;
use quittance_domain::chart::{Account, BankLedgerAccount, Chart, ChartEvent, Dimension, PostingAccounts, TaxCode};
use quittance_domain::ids::BankAccountId;
use quittance_infrastructure::database::TenantTx;
use serde::Serialize;
use sqlx::types::Json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::fact::Recorded;
use crate::listing::find;
use crate::logged::as_known;
use crate::page::QueryError;
use crate::{aggregate_row, row};

row! {
    pub struct ChartRow in "charts" {
        chart_id: Uuid,
        version: i64,
        position: i64,
        state: Json<Chart>,
    }
}

aggregate_row!(ChartRow, Chart, Chart);

impl ChartRow {
    fn began(event: &ChartEvent, at: &Recorded) -> Option<Self> {
        let state = Json(Chart::replay([event.clone()]));
        Some(Self { chart_id: at.aggregate_id, version: 0, position: 0, state })
    }

    fn on(&mut self, event: &ChartEvent, _: &Recorded) {
        self.state.apply(event.clone());
    }
}

/// Accounts, cost centres, projects, tax codes, and which account stands for what. By code.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ChartView {
    pub version: i64,
    pub accounts: Vec<Account>,
    pub cost_centres: Vec<Dimension>,
    pub projects: Vec<Dimension>,
    pub tax_codes: Vec<TaxCode>,
    pub posting_accounts: PostingAccounts,
}

impl From<ChartRow> for ChartView {
    fn from(row: ChartRow) -> Self {
        let Chart { accounts, cost_centres, projects, tax_codes, posting_accounts, .. } = row.state.0;
        Self {
            version: row.version,
            accounts: accounts.into_values().collect(),
            cost_centres: cost_centres.into_values().collect(),
            projects: projects.into_values().collect(),
            tax_codes: tax_codes.into_values().collect(),
            posting_accounts,
        }
    }
}

/// What the books keep of one of the company's bank accounts.
pub async fn of_bank(tx: &mut TenantTx, account: BankAccountId) -> sqlx::Result<Option<BankLedgerAccount>> {
    let id = chart_id(tx.tenant());
    Ok(find::<ChartRow>(tx, id.0).await?.and_then(|row| row.state.bank_account(account).cloned()))
}

/// The chart as far as was recorded by a moment.
pub async fn known(tx: &mut TenantTx, at: DateTime<Utc>) -> Result<Chart, QueryError> {
    let id = chart_id(tx.tenant()).0;
    Ok(as_known::<Chart>(tx, vec![id], at).await?.remove(&id).unwrap_or_default())
}

pub async fn get(tx: &mut TenantTx) -> sqlx::Result<Option<ChartView>> {
    let id = chart_id(tx.tenant());
    Ok(find::<ChartRow>(tx, id.0).await?.map(ChartView::from))
}
