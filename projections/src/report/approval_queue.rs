//! Whose decision was waited for at a moment: every round of approval that ran then, folded from its events up to it.

use chrono::{DateTime, Utc};
use quittance_domain::Money;
use quittance_domain::approval::Approval;
use quittance_domain::ids::{ApprovalId, InvoiceId, UserId};
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::approval::{ApprovalRow, ApprovalStatus, standing};
use crate::listing::{Listing, Sort};
use crate::logged;
use crate::page::{Page, PageOf, QueryError};

#[derive(Clone, Debug, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ApprovalQueueFilter {
    /// The moment asked about.
    pub at: DateTime<Utc>,
    /// Only what waited for this person.
    pub waiting_for: Option<UserId>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct QueuedApproval {
    pub approval_id: ApprovalId,
    pub invoice_id: InvoiceId,
    pub round: i32,
    pub amount: Money,
    pub requested_at: DateTime<Utc>,
    pub status: ApprovalStatus,
    /// The stage that was open.
    pub stage: Option<u8>,
    /// Those who could decide it and had not.
    pub waiting_for: Vec<UserId>,
}

const SORTS: &[Sort<ApprovalRow>] =
    &[Sort { name: "requested_at", column: "requested_at", cast: "timestamptz", key: |row| row.requested_at.to_rfc3339() }];

/// Two round trips a page: the rounds that ran then, and their events up to then. A page that is narrowed to one person
/// may hold fewer than its limit.
pub async fn approval_queue(tx: &mut TenantTx, filter: &ApprovalQueueFilter, page: &Page) -> Result<PageOf<QueuedApproval>, QueryError> {
    let found = Listing::<ApprovalRow>::of(tx)
        .when("requested_at <= ?", Some(filter.at))
        .when("(first_ended_at is null or first_ended_at > ?)", Some(filter.at))
        .page(tx, SORTS, filter, page)
        .await?;
    let mut then = logged::as_known::<Approval>(tx, found.rows.iter().map(|row| row.approval_id).collect(), filter.at).await?;
    let queued = found.rows.iter().filter_map(|row| {
        let (status, stage, waiting_for) = standing(&then.remove(&row.approval_id)?);
        Some(QueuedApproval {
            approval_id: ApprovalId(row.approval_id),
            invoice_id: InvoiceId(row.invoice_id),
            round: row.round,
            amount: Money::rounded(row.amount, row.currency.0),
            requested_at: row.requested_at,
            status,
            stage,
            waiting_for,
        })
    });
    let data = queued.filter(|queued| filter.waiting_for.is_none_or(|person| queued.waiting_for.contains(&person))).collect();
    Ok(PageOf { data, next_cursor: found.next_cursor })
}
