//! The queue of what needs a person: document exceptions and matching holds of all invoices, typed, with who answers
//! for each, how grave it is and by when. One row a thing that was ever open; it opens again in its place.

mod kind;

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use quittance_domain::aggregate::derived_id;
use quittance_domain::ids::{InvoiceId, UserId, VendorId};
use quittance_domain::invoice::{Finding, InvoiceEvent, InvoiceStatus};
use quittance_domain::matching::MatchFinding;
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

pub use kind::{QueueKind, Severity};

use crate::fact::Recorded;
use crate::invoice::InvoiceRow;
use crate::listing::{Listing, Sort};
use crate::page::{Page, PageOf, QueryError};
use crate::projector::ProjectionError;
use crate::row;
use crate::rows::Rows;
use crate::word::Word;

row! {
    pub struct ExceptionRow in "exceptions" {
        exception_id: Uuid,
        invoice_id: Uuid,
        invoice_number: String,
        vendor_id: Uuid,
        kind: Word<QueueKind>,
        severity: Word<Severity>,
        status: Word<ExceptionStatus>,
        owner: Option<Uuid>,
        findings: Json<Vec<Finding>>,
        hold: Json<Option<MatchFinding>>,
        opened_at: DateTime<Utc>,
        due_at: DateTime<Utc>,
        closed_at: Option<DateTime<Utc>>,
        closed_by: Option<Uuid>,
        reason: Option<String>,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::Display, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ExceptionStatus {
    Open,
    /// Somebody let it be, with a reason.
    Released,
    /// The check passes by now.
    Passed,
    /// The document was corrected.
    Amended,
    /// The invoice was voided.
    Voided,
}

/// Something that is open on an invoice.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Open {
    id: Uuid,
    kind: QueueKind,
    findings: Vec<Finding>,
    hold: Option<MatchFinding>,
}

/// What is open on an invoice as its row stands.
pub(crate) fn open_of(invoice: &InvoiceRow) -> Vec<Open> {
    if invoice.status.0 == InvoiceStatus::Voided {
        return vec![];
    }
    let named = |kind: QueueKind, place: &str| {
        derived_id(&[b"exception", invoice.invoice_id.as_bytes(), kind.to_string().as_bytes(), place.as_bytes()])
    };
    let stated = invoice.exceptions.iter().map(|exception| {
        let kind = QueueKind::from(exception.kind);
        Open { id: named(kind, ""), kind, findings: exception.findings.clone(), hold: None }
    });
    let held = invoice.holds.iter().map(|hold| {
        let kind = QueueKind::from(hold.check);
        let place = format!("{}|{}", hold.line.as_deref().unwrap_or_default(), hold.code.as_deref().unwrap_or_default());
        Open { id: named(kind, &place), kind, findings: vec![], hold: Some(hold.clone()) }
    });
    let alike = (!invoice.lookalikes.is_empty()).then(|| {
        let kind = QueueKind::Duplicate;
        Open { id: named(kind, ""), kind, findings: vec![], hold: None }
    });
    stated.chain(alike).chain(held).collect()
}

/// What one event changed in the queue.
pub(crate) enum Change {
    Opened(ExceptionRow),
    /// It is still open, and says something else.
    Told(Open),
    Closed {
        id: Uuid,
        status: ExceptionStatus,
        at: DateTime<Utc>,
        by: Option<Uuid>,
        reason: Option<String>,
    },
}

pub(crate) fn changes(event: &InvoiceEvent, before: &[Open], after: &[Open], invoice: &InvoiceRow, at: &Recorded) -> Vec<Change> {
    let gone = before.iter().filter(|open| after.iter().all(|other| other.id != open.id)).map(|open| closed(open.id, event, at));
    let there = after.iter().filter_map(|open| match before.iter().find(|other| other.id == open.id) {
        None => Some(Change::Opened(opened(open, invoice, at))),
        Some(same) if same == open => None,
        Some(_) => Some(Change::Told(open.clone())),
    });
    gone.chain(there).collect()
}

fn opened(open: &Open, invoice: &InvoiceRow, at: &Recorded) -> ExceptionRow {
    let severity = open.kind.severity();
    ExceptionRow {
        exception_id: open.id,
        invoice_id: invoice.invoice_id,
        invoice_number: invoice.number.clone(),
        vendor_id: invoice.vendor_id,
        kind: Word(open.kind),
        severity: Word(severity),
        status: Word(ExceptionStatus::Open),
        // Who ordered answers for what differs from the order; documents are the clerks' own.
        owner: open.hold.as_ref().and(invoice.buyer),
        findings: Json(open.findings.clone()),
        hold: Json(open.hold.clone()),
        opened_at: at.recorded_at,
        due_at: at.recorded_at + severity.time_to_answer(),
        closed_at: None,
        closed_by: None,
        reason: None,
    }
}

fn closed(id: Uuid, event: &InvoiceEvent, at: &Recorded) -> Change {
    let (status, by, reason) = match event {
        InvoiceEvent::HoldReleased { by, reason, .. }
        | InvoiceEvent::ExceptionResolved { by, reason, .. }
        | InvoiceEvent::DuplicateDismissed { by, reason, .. } => (ExceptionStatus::Released, Some(by.0), Some(reason.clone())),
        InvoiceEvent::Amended(amendment) => (ExceptionStatus::Amended, Some(amendment.by.0), Some(amendment.reason.clone())),
        InvoiceEvent::Voided { by, reason, .. } => (ExceptionStatus::Voided, Some(by.0), Some(reason.clone())),
        _ => (ExceptionStatus::Passed, None, None),
    };
    Change::Closed { id, status, at: at.recorded_at, by, reason }
}

/// Writes what changed, in order. Only rows that were opened before this batch are read.
pub(crate) async fn apply(rows: &mut Rows<ExceptionRow>, tx: &mut TenantTx, changes: Vec<Change>) -> Result<(), ProjectionError> {
    let mut begun = HashSet::new();
    let mut wanted = HashSet::new();
    for change in &changes {
        match change {
            Change::Opened(row) => drop(begun.insert(row.exception_id)),
            Change::Told(Open { id, .. }) | Change::Closed { id, .. } if !begun.contains(id) => drop(wanted.insert(*id)),
            Change::Told(_) | Change::Closed { .. } => {}
        }
    }
    rows.fetch(tx, wanted).await?;
    for change in changes {
        match change {
            Change::Opened(row) => rows.put(row),
            Change::Told(open) => {
                if let Some(row) = rows.change(&open.id) {
                    (row.findings, row.hold) = (Json(open.findings), Json(open.hold));
                }
            }
            Change::Closed { id, status, at, by, reason } => {
                if let Some(row) = rows.change(&id) {
                    (row.status, row.closed_at, row.closed_by, row.reason) = (Word(status), Some(at), by, reason);
                }
            }
        }
    }
    rows.flush(tx).await
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ExceptionView {
    pub id: Uuid,
    pub invoice_id: InvoiceId,
    pub invoice_number: String,
    pub vendor_id: VendorId,
    pub kind: QueueKind,
    pub severity: Severity,
    pub status: ExceptionStatus,
    /// Who ordered, where it is about an order; otherwise any clerk.
    pub owner: Option<UserId>,
    /// What is wrong with the document.
    pub findings: Vec<Finding>,
    /// What differs from the order.
    pub hold: Option<MatchFinding>,
    pub opened_at: DateTime<Utc>,
    pub due_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub closed_by: Option<UserId>,
    pub reason: Option<String>,
}

impl From<ExceptionRow> for ExceptionView {
    fn from(row: ExceptionRow) -> Self {
        Self {
            id: row.exception_id,
            invoice_id: InvoiceId(row.invoice_id),
            invoice_number: row.invoice_number,
            vendor_id: VendorId(row.vendor_id),
            kind: row.kind.0,
            severity: row.severity.0,
            status: row.status.0,
            owner: row.owner.map(UserId),
            findings: row.findings.0,
            hold: row.hold.0,
            opened_at: row.opened_at,
            due_at: row.due_at,
            closed_at: row.closed_at,
            closed_by: row.closed_by.map(UserId),
            reason: row.reason,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExceptionFilter {
    pub status: Option<ExceptionStatus>,
    pub kind: Option<QueueKind>,
    pub severity: Option<Severity>,
    pub invoice_id: Option<InvoiceId>,
    pub vendor_id: Option<VendorId>,
    pub owner: Option<UserId>,
    /// Due at this time or before.
    pub due_by: Option<DateTime<Utc>>,
}

const SORTS: &[Sort<ExceptionRow>] = &[
    Sort { name: "due_at", column: "due_at", cast: "timestamptz", key: |row| row.due_at.to_rfc3339() },
    Sort { name: "opened_at", column: "opened_at", cast: "timestamptz", key: |row| row.opened_at.to_rfc3339() },
];

pub async fn list(tx: &mut TenantTx, filter: &ExceptionFilter, page: &Page) -> Result<PageOf<ExceptionView>, QueryError> {
    let found = Listing::<ExceptionRow>::of(tx)
        .when("status = ?", filter.status.map(Word))
        .when("kind = ?", filter.kind.map(Word))
        .when("severity = ?", filter.severity.map(Word))
        .when("invoice_id = ?", filter.invoice_id.map(Uuid::from))
        .when("vendor_id = ?", filter.vendor_id.map(Uuid::from))
        .when("owner = ?", filter.owner.map(Uuid::from))
        .when("due_at <= ?", filter.due_by)
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(ExceptionView::from))
}
