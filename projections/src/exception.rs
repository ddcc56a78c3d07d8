//! The queue of what needs a person: document exceptions and matching holds of all invoices, typed, with who answers
//! for each, how grave it is and by when. One row a thing that was ever open; it opens again in its place.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use quittance_domain::exception::{AnswerTimes, ExceptionOf, QueueKind, Severity};
use quittance_domain::ids::{InvoiceId, UserId, VendorId};
use quittance_domain::invoice::{Dispute, ExceptionAssignment, Finding, InvoiceEvent, InvoiceStatus, PlacedHold};
use quittance_domain::matching::MatchFinding;
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

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
        placed_hold: Json<Option<PlacedHold>>,
        dispute: Json<Option<Dispute>>,
        opened_at: DateTime<Utc>,
        due_at: DateTime<Utc>,
        closed_at: Option<DateTime<Utc>>,
        closed_by: Option<Uuid>,
        reason: Option<String>,
        /// When it was open before, the first time first.
        earlier: Json<Vec<Spell>>,
    }
}

/// Once that it was open; what is known of it never changes any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spell {
    pub opened_at: DateTime<Utc>,
    pub due_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
}

row! {
    /// How soon the company wants answers, as it last said.
    pub struct AnswerTimesRow in "answer_times" {
        company_id: Uuid,
        times: Json<AnswerTimes>,
    }
}

/// As it stood before a batch; the usual times where the company never said.
pub(crate) async fn answer_times(tx: &mut TenantTx, rows: &mut Rows<AnswerTimesRow>) -> Result<AnswerTimes, ProjectionError> {
    let company = tx.tenant().0;
    rows.fetch(tx, [company]).await?;
    Ok(rows.get(&company).map(|row| row.times.0.clone()).unwrap_or_default())
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
    placed_hold: Option<PlacedHold>,
    dispute: Option<Dispute>,
}

impl Open {
    /// The person who said so, where one did.
    fn said_by(&self) -> Option<Uuid> {
        let held = self.placed_hold.as_ref().map(|hold| hold.by);
        held.or(self.dispute.as_ref().map(|dispute| dispute.by)).map(|by| by.0)
    }
}

/// What is open on an invoice as its row stands; the same things as `Payable::open_exceptions` names.
pub(crate) fn open_of(invoice: &InvoiceRow) -> Vec<Open> {
    if invoice.status.0 == InvoiceStatus::Voided {
        return vec![];
    }
    let bare = |of: ExceptionOf| Open {
        id: of.id(InvoiceId(invoice.invoice_id)),
        kind: of.kind,
        findings: vec![],
        hold: None,
        placed_hold: None,
        dispute: None,
    };
    let stated = invoice
        .exceptions
        .iter()
        .map(|exception| Open { findings: exception.findings.clone(), ..bare(ExceptionOf::whole(exception.kind.into())) });
    let alike = (!invoice.lookalikes.is_empty()).then(|| bare(ExceptionOf::whole(QueueKind::Duplicate)));
    let held = invoice.holds.iter().map(|finding| Open { hold: Some(finding.clone()), ..bare(finding.into()) });
    let placed = invoice.placed_holds.iter().map(|hold| Open { placed_hold: Some(hold.clone()), ..bare(hold.into()) });
    let disputed = invoice.dispute.iter().map(|dispute| Open { dispute: Some(dispute.clone()), ..bare(dispute.into()) });
    stated.chain(alike).chain(held).chain(placed).chain(disputed).collect()
}

/// What one event changed in the queue.
pub(crate) enum Change {
    Opened(ExceptionRow),
    /// It is still open, and says something else.
    Told(Open),
    Assigned {
        id: Uuid,
        owner: Uuid,
        due_at: Option<DateTime<Utc>>,
    },
    Closed {
        id: Uuid,
        status: ExceptionStatus,
        at: DateTime<Utc>,
        by: Option<Uuid>,
        reason: Option<String>,
    },
}

impl Change {
    fn id(&self) -> Uuid {
        match self {
            Self::Opened(row) => row.exception_id,
            Self::Told(open) => open.id,
            Self::Assigned { id, .. } | Self::Closed { id, .. } => *id,
        }
    }
}

/// What an event found, and what it left behind.
pub(crate) struct Around<'a> {
    pub before: &'a [Open],
    pub after: &'a [Open],
    pub invoice: &'a InvoiceRow,
    /// How soon the company wants answers.
    pub times: &'a AnswerTimes,
}

pub(crate) fn changes(event: &InvoiceEvent, around: &Around<'_>, at: &Recorded) -> Vec<Change> {
    let Around { before, after, invoice, .. } = around;
    let gone = before.iter().filter(|open| after.iter().all(|other| other.id != open.id)).map(|open| closed(open.id, event, at));
    let there = after.iter().filter_map(|open| match before.iter().find(|other| other.id == open.id) {
        None => Some(Change::Opened(opened(open, around, at))),
        Some(same) if same == open => None,
        Some(_) => Some(Change::Told(open.clone())),
    });
    gone.chain(there).chain(assigned(event, invoice)).collect()
}

fn assigned(event: &InvoiceEvent, invoice: &InvoiceRow) -> Option<Change> {
    let InvoiceEvent::ExceptionAssigned { assignment: ExceptionAssignment { exception, owner, due_at, by: _ } } = event else {
        return None;
    };
    Some(Change::Assigned { id: exception.id(InvoiceId(invoice.invoice_id)), owner: owner.0, due_at: *due_at })
}

fn opened(open: &Open, Around { invoice, times, .. }: &Around<'_>, at: &Recorded) -> ExceptionRow {
    let until = open.placed_hold.as_ref().and_then(|hold| hold.until);
    ExceptionRow {
        exception_id: open.id,
        invoice_id: invoice.invoice_id,
        invoice_number: invoice.number.clone(),
        vendor_id: invoice.vendor_id,
        kind: Word(open.kind),
        severity: Word(open.kind.severity()),
        status: Word(ExceptionStatus::Open),
        // Who ordered answers for what differs from the order, who stopped or disputed it for that; documents are the clerks' own.
        owner: open.hold.as_ref().and(invoice.buyer).or(open.said_by()),
        findings: Json(open.findings.clone()),
        hold: Json(open.hold.clone()),
        placed_hold: Json(open.placed_hold.clone()),
        dispute: Json(open.dispute.clone()),
        opened_at: at.recorded_at,
        due_at: until.and_then(|until| at.zone.end_of(until)).unwrap_or(at.recorded_at + times.time_for(open.kind)),
        closed_at: None,
        closed_by: None,
        reason: None,
        earlier: Json(vec![]),
    }
}

fn closed(id: Uuid, event: &InvoiceEvent, at: &Recorded) -> Change {
    let (status, by, reason) = match event {
        InvoiceEvent::HoldReleased { by, reason, .. }
        | InvoiceEvent::TakenOffHold { by, reason, .. }
        | InvoiceEvent::DisputeResolved { by, reason, .. }
        | InvoiceEvent::ExceptionResolved { by, reason, .. }
        | InvoiceEvent::DuplicateDismissed { by, reason, .. } => (ExceptionStatus::Released, Some(by.0), Some(reason.clone())),
        InvoiceEvent::Amended(amendment) => (ExceptionStatus::Amended, Some(amendment.by.0), Some(amendment.reason.clone())),
        InvoiceEvent::Voided { by, reason, .. } => (ExceptionStatus::Voided, Some(by.0), Some(reason.clone())),
        _ => (ExceptionStatus::Passed, None, None),
    };
    Change::Closed { id, status, at: at.recorded_at, by, reason }
}

/// Writes what changed, in order.
pub(crate) async fn apply(rows: &mut Rows<ExceptionRow>, tx: &mut TenantTx, changes: Vec<Change>) -> Result<(), ProjectionError> {
    rows.fetch(tx, changes.iter().map(Change::id).collect::<HashSet<_>>()).await?;
    for change in changes {
        write(rows, change);
    }
    rows.flush(tx).await
}

impl ExceptionRow {
    fn spells(&self) -> Vec<Spell> {
        let Self { opened_at, due_at, closed_at, .. } = *self;
        self.earlier.iter().cloned().chain([Spell { opened_at, due_at, closed_at }]).collect()
    }
}

fn write(rows: &mut Rows<ExceptionRow>, change: Change) {
    let id = change.id();
    if let Change::Opened(row) = change {
        let earlier = rows.get(&id).map(ExceptionRow::spells).unwrap_or_default();
        return rows.put(ExceptionRow { earlier: Json(earlier), ..row });
    }
    let Some(row) = rows.change(&id) else { return };
    match change {
        Change::Opened(_) => {}
        Change::Told(open) => (row.findings, row.hold) = (Json(open.findings), Json(open.hold)),
        Change::Assigned { owner, due_at, .. } => (row.owner, row.due_at) = (Some(owner), due_at.unwrap_or(row.due_at)),
        Change::Closed { status, at, by, reason, .. } => {
            (row.status, row.closed_at, row.closed_by, row.reason) = (Word(status), Some(at), by, reason);
        }
    }
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
    /// Who is to see to it: who ordered, where it is about an order, who stopped or disputed the invoice, or
    /// whom somebody named. Otherwise any clerk.
    pub owner: Option<UserId>,
    /// What is wrong with the document.
    pub findings: Vec<Finding>,
    /// What differs from the order.
    pub hold: Option<MatchFinding>,
    /// What a person stopped the invoice for.
    pub placed_hold: Option<PlacedHold>,
    /// What the vendor and we do not agree on.
    pub dispute: Option<Dispute>,
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
            placed_hold: row.placed_hold.0,
            dispute: row.dispute.0,
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
    /// Whether it is open although its time has passed.
    pub overdue: Option<bool>,
}

const SORTS: &[Sort<ExceptionRow>] = &[
    Sort { name: "due_at", column: "due_at", cast: "timestamptz", key: |row| row.due_at.to_rfc3339() },
    Sort { name: "opened_at", column: "opened_at", cast: "timestamptz", key: |row| row.opened_at.to_rfc3339() },
];

pub async fn list(
    tx: &mut TenantTx,
    filter: &ExceptionFilter,
    now: DateTime<Utc>,
    page: &Page,
) -> Result<PageOf<ExceptionView>, QueryError> {
    let overdue_is = |wanted: bool| filter.overdue.filter(|overdue| *overdue == wanted).map(|_| now);
    let found = Listing::<ExceptionRow>::of(tx)
        .when("status = ?", filter.status.map(Word))
        .when("kind = ?", filter.kind.map(Word))
        .when("severity = ?", filter.severity.map(Word))
        .when("invoice_id = ?", filter.invoice_id.map(Uuid::from))
        .when("vendor_id = ?", filter.vendor_id.map(Uuid::from))
        .when("owner = ?", filter.owner.map(Uuid::from))
        .when("due_at <= ?", filter.due_by)
        .when("status = 'open' and due_at < ?", overdue_is(true))
        .when("not (status = 'open' and due_at < ?)", overdue_is(false))
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(ExceptionView::from))
}
