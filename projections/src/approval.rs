//! Approvals: every round of every invoice, and whose decision each running one waits for.

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use quittance_domain::approval::{Approval, ApprovalEvent, Excluded, OpenStage, Request, Running};
use quittance_domain::ids::{ApprovalId, InvoiceId, UserId};
use quittance_domain::{Currency, Money, Root};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

mod note;

pub use note::{Note, NoteKind};

use crate::fact::Recorded;
use crate::listing::{Listing, Sort, find};
use crate::page::{Page, PageOf, QueryError};
use crate::word::Word;
use crate::{aggregate_row, row};

row! {
    pub struct ApprovalRow in "approvals" {
        approval_id: Uuid,
        version: i64,
        position: i64,
        status: Word<ApprovalStatus>,
        invoice_id: Uuid,
        round: i32,
        stage: Option<i32>,
        amount: Decimal,
        currency: Word<Currency>,
        requested_by: Uuid,
        requested_at: DateTime<Utc>,
        ended_at: Option<DateTime<Utc>>,
        /// When and how nobody was waited for any more; what is granted may be withdrawn later.
        first_ended_at: Option<DateTime<Utc>>,
        first_ended_as: Option<Word<ApprovalStatus>>,
        waiting_for: Json<Vec<UserId>>,
        decisions: Json<Vec<Decision>>,
        notes: Json<Vec<Note>>,
        due_at: Option<DateTime<Utc>>,
        state: Json<Approval>,
    }
}

aggregate_row!(ApprovalRow, Approval, Approval);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::Display, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ApprovalStatus {
    Running,
    /// Nobody can decide: an administrator has to look for approvers again, or somebody to state the rate that is missing.
    Stuck,
    Granted,
    Denied,
    Withdrawn,
    /// Nobody decided before the last deadline; the invoice can be submitted again.
    Expired,
}

/// What one person decided in one stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    pub stage: Option<u8>,
    pub by: UserId,
    /// In whose place, where not in their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<UserId>,
    pub approved: bool,
    /// The approver's comment, or the reason of a denial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    pub at: DateTime<Utc>,
}

impl ApprovalRow {
    fn began(event: &ApprovalEvent, at: &Recorded) -> Option<Self> {
        let ApprovalEvent::Requested { request } = event else { return None };
        Some(Self {
            approval_id: at.aggregate_id,
            version: 0,
            position: 0,
            status: Word(ApprovalStatus::Running),
            invoice_id: request.invoice_id.0,
            round: i32::try_from(request.round).ok()?,
            stage: None,
            amount: request.amount.amount(),
            currency: Word(request.amount.currency()),
            requested_by: request.requested_by.0,
            requested_at: at.recorded_at,
            ended_at: None,
            first_ended_at: None,
            first_ended_as: None,
            waiting_for: Json(vec![]),
            decisions: Json(vec![]),
            notes: Json(vec![]),
            due_at: None,
            state: Json(Approval::replay([event.clone()])),
        })
    }

    fn on(&mut self, event: &ApprovalEvent, at: &Recorded) {
        self.decisions.extend(decision(event, self.stage, at));
        self.notes.extend(Note::of(event, at));
        if let ApprovalEvent::Rebound { amount, .. } = event {
            (self.amount, self.currency) = (amount.amount(), Word(amount.currency()));
        }
        self.state.apply(event.clone());
        let (status, stage, waiting_for) = standing(&self.state);
        self.status = Word(status);
        // An ended round keeps the stage that it ended in.
        self.stage = stage.map(i32::from).or(self.stage);
        self.waiting_for = Json(waiting_for);
        self.due_at = self.state.running().ok().and_then(Running::due_at);
        if !matches!(status, ApprovalStatus::Running | ApprovalStatus::Stuck) {
            self.ended_at = Some(at.recorded_at);
            self.first_ended_at.get_or_insert(at.recorded_at);
            self.first_ended_as.get_or_insert(Word(status));
        }
    }
}

fn decision(event: &ApprovalEvent, open: Option<i32>, at: &Recorded) -> Option<Decision> {
    let decided = |stage, by: &UserId, on_behalf_of: &Option<UserId>, approved, comment: Option<&String>| {
        let (by, on_behalf_of, comment) = (*by, *on_behalf_of, comment.cloned());
        Some(Decision { stage, by, on_behalf_of, approved, comment, at: at.recorded_at })
    };
    match event {
        ApprovalEvent::Given { stage, by, on_behalf_of, comment, .. } => decided(Some(*stage), by, on_behalf_of, true, comment.as_ref()),
        ApprovalEvent::Denied { by, on_behalf_of, reason, .. } => {
            decided(open.and_then(|s| u8::try_from(s).ok()), by, on_behalf_of, false, Some(reason))
        }
        _ => None,
    }
}

/// Where the round stands, in which stage, and whose decision it waits for.
pub(crate) fn standing(approval: &Approval) -> (ApprovalStatus, Option<u8>, Vec<UserId>) {
    match approval {
        Approval::Running(running) => {
            let status = if running.stuck_at.is_some() { ApprovalStatus::Stuck } else { ApprovalStatus::Running };
            (status, running.stage(), running.open.as_ref().map(OpenStage::waiting_for).unwrap_or_default())
        }
        Approval::Granted { .. } => (ApprovalStatus::Granted, None, vec![]),
        Approval::Denied { .. } => (ApprovalStatus::Denied, None, vec![]),
        Approval::Withdrawn(_) => (ApprovalStatus::Withdrawn, None, vec![]),
        Approval::Expired(_) => (ApprovalStatus::Expired, None, vec![]),
        Approval::NotRequested => (ApprovalStatus::Running, None, vec![]),
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ApprovalView {
    pub id: ApprovalId,
    pub version: i64,
    pub status: ApprovalStatus,
    pub invoice_id: InvoiceId,
    pub round: i32,
    /// The open stage, or the last one.
    pub stage: Option<i32>,
    pub amount: Money,
    pub requested_by: UserId,
    pub requested_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    /// Who may decide the open stage and has not.
    pub waiting_for: Vec<UserId>,
    /// Who may not decide, and why, as it was when the approval was requested or its approvers were last resolved.
    pub excluded: Vec<Excluded>,
    pub decisions: Vec<Decision>,
    /// What people said and what deadlines did, in order.
    pub notes: Vec<Note>,
    /// When something happens next by itself: a reminder, an escalation, the end.
    pub due_at: Option<DateTime<Utc>>,
}

impl From<ApprovalRow> for ApprovalView {
    fn from(row: ApprovalRow) -> Self {
        Self {
            id: ApprovalId(row.approval_id),
            version: row.version,
            status: row.status.0,
            invoice_id: InvoiceId(row.invoice_id),
            round: row.round,
            stage: row.stage,
            amount: Money::rounded(row.amount, row.currency.0),
            requested_by: UserId(row.requested_by),
            requested_at: row.requested_at,
            ended_at: row.ended_at,
            waiting_for: row.waiting_for.0,
            excluded: row.state.request().map(|request| request.excluded.clone()).unwrap_or_default(),
            decisions: row.decisions.0,
            notes: row.notes.0,
            due_at: row.due_at,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ApprovalFilter {
    pub status: Option<ApprovalStatus>,
    pub invoice_id: Option<InvoiceId>,
    /// Running rounds whose open stage this person may decide and has not.
    pub waiting_for: Option<UserId>,
    pub requested_by: Option<UserId>,
}

const SORTS: &[Sort<ApprovalRow>] = &[
    Sort { name: "requested_at", column: "requested_at", cast: "timestamptz", key: |row| row.requested_at.to_rfc3339() },
    Sort { name: "amount", column: "amount", cast: "numeric", key: |row| row.amount.to_string() },
];

pub async fn list(tx: &mut TenantTx, filter: &ApprovalFilter, page: &Page) -> Result<PageOf<ApprovalView>, QueryError> {
    let found = Listing::<ApprovalRow>::of(tx)
        .when("status = ?", filter.status.map(Word))
        .when("invoice_id = ?", filter.invoice_id.map(Uuid::from))
        .when("status = 'running' and waiting_for @> ?", filter.waiting_for.map(|user| Json([user])))
        .when("requested_by = ?", filter.requested_by.map(Uuid::from))
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(ApprovalView::from))
}

/// What waits for the decision of any of these people.
pub async fn inbox(tx: &mut TenantTx, people: &[UserId], page: &Page) -> Result<PageOf<ApprovalView>, QueryError> {
    let people: Vec<String> = people.iter().map(ToString::to_string).collect();
    let found = Listing::<ApprovalRow>::of(tx)
        .when("status = 'running' and jsonb_exists_any(waiting_for, ?)", Some(people.clone()))
        .page(tx, SORTS, &people, page)
        .await?;
    Ok(found.map(ApprovalView::from))
}

/// Rounds in which something is due by `now`, the longest overdue first.
pub async fn due(tx: &mut TenantTx, now: DateTime<Utc>) -> sqlx::Result<Vec<ApprovalId>> {
    let tenant = tx.tenant();
    let query = "select approval_id from approvals where tenant_id = $1 and due_at <= $2 order by due_at limit 500";
    let ids: Vec<Uuid> = sqlx::query_scalar(query).bind(tenant.0).bind(now).fetch_all(&mut **tx).await?;
    Ok(ids.into_iter().map(ApprovalId).collect())
}

/// Rounds that wait for a rate, the oldest first.
pub async fn unrated(tx: &mut TenantTx) -> sqlx::Result<Vec<ApprovalId>> {
    let tenant = tx.tenant();
    let query = "select approval_id from approvals where tenant_id = $1 and status = 'stuck' \
                 and jsonb_array_length(state #> '{running,request,stages}') = 0 order by requested_at, approval_id";
    let ids: Vec<Uuid> = sqlx::query_scalar(query).bind(tenant.0).fetch_all(&mut **tx).await?;
    Ok(ids.into_iter().map(ApprovalId).collect())
}

/// A round as it was asked for, and who approved it.
pub struct Requested {
    pub approval_id: ApprovalId,
    pub requested_at: DateTime<Utc>,
    pub request: Request,
    pub approved_by: Vec<UserId>,
}

/// The rounds of a period, in order.
pub async fn requested(tx: &mut TenantTx, since: DateTime<Utc>, until: DateTime<Utc>, limit: usize) -> sqlx::Result<Vec<Requested>> {
    let tenant = tx.tenant();
    let query = "select approval_id, requested_at, state, decisions from approvals \
                 where tenant_id = $1 and requested_at >= $2 and requested_at < $3 order by requested_at, approval_id limit $4";
    let rows = sqlx::query(query).bind(tenant.0).bind(since).bind(until).bind(limit as i64).fetch_all(&mut **tx).await?;
    rows.iter().filter_map(|row| asked_for(row).transpose()).collect()
}

fn asked_for(row: &PgRow) -> sqlx::Result<Option<Requested>> {
    let state: Json<Approval> = row.try_get("state")?;
    let Ok(request) = state.request().cloned() else { return Ok(None) };
    let decisions: Json<Vec<Decision>> = row.try_get("decisions")?;
    let approved_by = decisions.iter().filter(|d| d.approved).map(|d| d.by).collect();
    let (approval_id, requested_at) = (ApprovalId(row.try_get("approval_id")?), row.try_get("requested_at")?);
    Ok(Some(Requested { approval_id, requested_at, request, approved_by }))
}

pub async fn get(tx: &mut TenantTx, id: ApprovalId) -> sqlx::Result<Option<ApprovalView>> {
    Ok(find::<ApprovalRow>(tx, id.0).await?.map(ApprovalView::from))
}
