//! One row a run: where it stands, what it pays, its file.

use chrono::{DateTime, NaiveDate, Utc};
use cqrs_es::Aggregate;
use quittance_domain::Root;
use quittance_domain::ids::{BankAccountId, PaymentRunId, UserId};
use quittance_domain::payment::{Method, SentFile};
use quittance_domain::payment_run::{Criteria, PaymentRun, PaymentRunEvent, PaymentRunStatus, Run, RunStage, Sums};
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::fact::Recorded;
use crate::listing::{Listing, Sort, find};
use crate::page::{Page, PageOf, QueryError};
use crate::word::Word;
use crate::{aggregate_row, row};

row! {
    pub struct PaymentRunRow in "payment_runs" {
        payment_run_id: Uuid,
        version: i64,
        position: i64,
        status: Word<PaymentRunStatus>,
        method: Word<Method>,
        execution_date: NaiveDate,
        excluded: i32,
        proposed_by: Uuid,
        proposed_at: DateTime<Utc>,
        authorised_by: Option<Uuid>,
        reason: Option<String>,
        state: Json<PaymentRun>,
    }
}

aggregate_row!(PaymentRunRow, PaymentRun, PaymentRun);

impl PaymentRunRow {
    fn began(event: &PaymentRunEvent, at: &Recorded) -> Option<Self> {
        let PaymentRunEvent::Proposed(proposal) = event else { return None };
        Some(Self {
            payment_run_id: at.aggregate_id,
            version: 0,
            position: 0,
            status: Word(PaymentRunStatus::Proposed),
            method: Word(proposal.method),
            execution_date: proposal.execution_date(),
            excluded: i32::try_from(proposal.excluded).ok()?,
            proposed_by: proposal.proposed_by.0,
            proposed_at: at.recorded_at,
            authorised_by: None,
            reason: None,
            state: Json(PaymentRun::replay([event.clone()])),
        })
    }

    fn on(&mut self, event: &PaymentRunEvent, _: &Recorded) {
        match event {
            PaymentRunEvent::Authorised { by } => self.authorised_by = Some(by.0),
            PaymentRunEvent::Cancelled { reason, .. } => self.reason = Some(reason.clone()),
            _ => {}
        }
        self.state.apply(event.clone());
        self.status = Word(self.state.proposed().map_or(self.status.0, Run::status));
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PaymentRunSummary {
    pub id: PaymentRunId,
    pub version: i64,
    pub status: PaymentRunStatus,
    pub method: Method,
    pub execution_date: NaiveDate,
    /// What is paid: of the proposal without what was removed; once it is planned, of what was planned.
    pub sums: Option<Sums>,
    /// How many instalments were considered and not selected.
    pub excluded: i32,
    pub proposed_by: UserId,
    pub proposed_at: DateTime<Utc>,
    pub authorised_by: Option<UserId>,
    /// Why it was cancelled.
    pub reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PaymentRunDetail {
    #[serde(flatten)]
    pub summary: PaymentRunSummary,
    pub criteria: Criteria,
    pub debtor_account_id: Option<BankAccountId>,
    /// Everything up to this position of the log was considered.
    pub as_of: i64,
    pub file: Option<SentFile>,
    pub file_written_at: Option<DateTime<Utc>>,
}

impl From<&PaymentRunRow> for PaymentRunSummary {
    fn from(row: &PaymentRunRow) -> Self {
        Self {
            id: PaymentRunId(row.payment_run_id),
            version: row.version,
            status: row.status.0,
            method: row.method.0,
            execution_date: row.execution_date,
            sums: row.state.proposed().ok().map(|run| run.sums.clone()),
            excluded: row.excluded,
            proposed_by: UserId(row.proposed_by),
            proposed_at: row.proposed_at,
            authorised_by: row.authorised_by.map(UserId),
            reason: row.reason.clone(),
        }
    }
}

impl PaymentRunDetail {
    fn of(row: &PaymentRunRow) -> Option<Self> {
        let run = row.state.proposed().ok()?;
        let (file, file_written_at) = match &run.stage {
            RunStage::FileWritten { file, at, .. } => (Some(file.clone()), Some(*at)),
            _ => (None, None),
        };
        Some(Self {
            summary: PaymentRunSummary::from(row),
            criteria: run.proposal.criteria.clone(),
            debtor_account_id: run.proposal.debtor_account_id,
            as_of: run.proposal.as_of,
            file,
            file_written_at,
        })
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PaymentRunFilter {
    pub status: Option<PaymentRunStatus>,
    pub method: Option<Method>,
    pub proposed_by: Option<UserId>,
    pub execution_from: Option<NaiveDate>,
    /// Inclusive.
    pub execution_to: Option<NaiveDate>,
}

const SORTS: &[Sort<PaymentRunRow>] = &[
    Sort { name: "proposed_at", column: "proposed_at", cast: "timestamptz", key: |row| row.proposed_at.to_rfc3339() },
    Sort { name: "execution_date", column: "execution_date", cast: "date", key: |row| row.execution_date.to_string() },
];

pub async fn list(tx: &mut TenantTx, filter: &PaymentRunFilter, page: &Page) -> Result<PageOf<PaymentRunSummary>, QueryError> {
    let found = Listing::<PaymentRunRow>::of(tx)
        .when("status = ?", filter.status.map(Word))
        .when("method = ?", filter.method.map(Word))
        .when("proposed_by = ?", filter.proposed_by.map(Uuid::from))
        .when("execution_date >= ?", filter.execution_from)
        .when("execution_date <= ?", filter.execution_to)
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(|row| PaymentRunSummary::from(&row)))
}

pub async fn get(tx: &mut TenantTx, id: PaymentRunId) -> sqlx::Result<Option<PaymentRunDetail>> {
    Ok(find::<PaymentRunRow>(tx, id.0).await?.as_ref().and_then(PaymentRunDetail::of))
}
