//! How the work goes: how long exceptions and approvals take, whose decision was waited for, and why an invoice is not paid.

use axum::response::Response;
use quittance_domain::ids::InvoiceId;
use quittance_projections::report::approval_queue::{self, ApprovalQueueFilter, QueuedApproval};
use quittance_projections::report::cycle_time::{self, CycleTimeFilter, CycleTimes};
use quittance_projections::report::duplicates::{self, DuplicatesReport};
use quittance_projections::report::why_not_paid::{self, WhyNotPaid};
use quittance_projections::{Page, PageOf};

use super::Refusals;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};
use crate::table::{Format, FormatParameter, Table};

pub const EXCEPTION_TIMES: Table = Table {
    name: "cycle-times",
    rows: "/exceptions",
    columns: &[
        ("kind", "/kind"),
        ("opened", "/opened"),
        ("closed", "/closed"),
        ("late", "/late"),
        ("open_at_end", "/open_at_end"),
        ("median_seconds", "/median_seconds"),
        ("ninth_decile_seconds", "/ninth_decile_seconds"),
        ("longest_seconds", "/longest_seconds"),
    ],
};

/// How long exceptions and approvals of a period took, and how many invoices went through untouched. As a table: the exceptions.
#[utoipa::path(get, path = "/v1/reports/cycle-times", tag = "reports", params(CycleTimeFilter, FormatParameter, MinPosition),
    responses((status = 200, content((CycleTimes = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn cycle_times(format: Format, mut read: Reading, Filter(filter): Filter<CycleTimeFilter>) -> Result<Response, Problem> {
    let found = cycle_time::cycle_times(&mut read.tx, &filter, read.zone).await?;
    EXCEPTION_TIMES.answer(format, read.answer(found))
}

pub const DUPLICATES: Table = Table {
    name: "duplicates",
    rows: "/people",
    columns: &[("user_id", "/user_id"), ("overridden", "/overridden"), ("share_percent", "/share_percent"), ("dismissed", "/dismissed")],
};

/// Invoices of a period that looked like others: how many were held, how often a warning was let be, and how often and by whom the exact rule
/// was overridden. As a table: the people.
#[utoipa::path(get, path = "/v1/reports/duplicates", tag = "reports", params(CycleTimeFilter, FormatParameter, MinPosition),
    responses((status = 200, content((DuplicatesReport = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn duplicates_report(format: Format, mut read: Reading, Filter(filter): Filter<CycleTimeFilter>) -> Result<Response, Problem> {
    let found = duplicates::duplicates(&mut read.tx, &filter, read.zone).await?;
    DUPLICATES.answer(format, read.answer(found))
}

pub const QUEUE: Table = Table {
    name: "approval-queue",
    rows: "/data",
    columns: &[
        ("approval_id", "/approval_id"),
        ("invoice_id", "/invoice_id"),
        ("round", "/round"),
        ("currency", "/amount/currency"),
        ("amount", "/amount/amount"),
        ("requested_at", "/requested_at"),
        ("status", "/status"),
        ("stage", "/stage"),
    ],
};

/// The approvals that ran at a moment, and whose decision each waited for then.
#[utoipa::path(get, path = "/v1/reports/approval-queue", tag = "reports", params(ApprovalQueueFilter, Page, FormatParameter, MinPosition),
    responses((status = 200, content((PageOf<QueuedApproval> = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn approval_queue(
    format: Format,
    mut read: Reading,
    Filter(filter): Filter<ApprovalQueueFilter>,
    Filter(page): Filter<Page>,
) -> Result<Response, Problem> {
    let found = approval_queue::approval_queue(&mut read.tx, &filter, &page).await?;
    QUEUE.answer(format, read.answer(found))
}

/// Everything that stands or stood in the way of paying an invoice, since when, and who can remove it.
#[utoipa::path(get, path = "/v1/invoices/{id}/why-not-paid", tag = "invoices", params(("id" = InvoiceId, Path), MinPosition),
    responses((status = 200, body = WhyNotPaid), Refusals))]
pub async fn why_not_paid(Id(id): Id<InvoiceId>, mut read: Reading) -> Result<Fresh<WhyNotPaid>, Problem> {
    let (now, zone) = (read.now(), read.zone);
    let found = why_not_paid::why_not_paid(&mut read.tx, id, now, zone).await?;
    read.found(found)
}
