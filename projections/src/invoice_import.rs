//! Imports of files of invoices: how far each is, and what was set aside of it.

use chrono::{DateTime, Utc};
use quittance_domain::Money;
use quittance_domain::ids::{InvoiceImportId, UserId};
use quittance_domain::invoice_import::{
    Chunk, ImportSheet, ImportStatus, InvoiceImport, InvoiceImportEvent, SavedMapping, SetAside, SheetFormat, SheetMapping,
};
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::fact::Recorded;
use crate::listing::{Listing, Sort, find};
use crate::logged;
use crate::logged::Logged;
use crate::page::{Page, PageOf, QueryError};
use crate::word::Word;
use crate::{aggregate_row, row};

row! {
    pub struct InvoiceImportRow in "invoice_imports" {
        invoice_import_id: Uuid,
        version: i64,
        position: i64,
        status: Word<ImportStatus>,
        sheet: Json<ImportSheet>,
        documents_done: i32,
        taken: i32,
        set_aside: i32,
        amounts: Json<Vec<Money>>,
        begun_at: DateTime<Utc>,
        ended_at: Option<DateTime<Utc>>,
        reason: Option<String>,
    }
}

aggregate_row!(InvoiceImportRow, InvoiceImport, InvoiceImport);

impl InvoiceImportRow {
    fn began(event: &InvoiceImportEvent, at: &Recorded) -> Option<Self> {
        let InvoiceImportEvent::Begun(sheet) = event else { return None };
        Some(Self {
            invoice_import_id: at.aggregate_id,
            version: 0,
            position: 0,
            status: Word(ImportStatus::Running),
            sheet: Json(sheet.as_ref().clone()),
            documents_done: 0,
            taken: 0,
            set_aside: 0,
            amounts: Json(vec![]),
            begun_at: at.recorded_at,
            ended_at: None,
            reason: None,
        })
    }

    fn on(&mut self, event: &InvoiceImportEvent, at: &Recorded) {
        match event {
            InvoiceImportEvent::Begun(_) => {}
            InvoiceImportEvent::ChunkTaken(chunk) => self.count(chunk),
            InvoiceImportEvent::Finished { .. } => self.end(ImportStatus::Finished, at, None),
            InvoiceImportEvent::Cancelled { reason, .. } => self.end(ImportStatus::Cancelled, at, Some(reason.clone())),
            InvoiceImportEvent::Resumed { .. } => {
                (self.status, self.ended_at, self.reason) = (Word(ImportStatus::Running), None, None);
            }
        }
    }

    fn count(&mut self, chunk: &Chunk) {
        self.documents_done = chunk.next.cast_signed();
        self.taken += chunk.taken.cast_signed();
        self.set_aside += i32::try_from(chunk.set_aside.len()).unwrap_or(i32::MAX);
        for amount in &chunk.amounts {
            match self.amounts.0.iter_mut().find(|sum| sum.currency() == amount.currency()) {
                Some(sum) => *sum = sum.plus(*amount).unwrap_or(*sum),
                None => self.amounts.0.push(*amount),
            }
        }
    }

    fn end(&mut self, status: ImportStatus, at: &Recorded, reason: Option<String>) {
        (self.status, self.ended_at, self.reason) = (Word(status), Some(at.recorded_at), reason);
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct InvoiceImportView {
    pub id: InvoiceImportId,
    pub version: i64,
    pub status: ImportStatus,
    pub format: SheetFormat,
    pub file_name: Option<String>,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    pub mapping: Option<SheetMapping>,
    /// The saved mapping that it was begun with.
    pub saved_mapping: Option<SavedMapping>,
    /// Rows with anything in them.
    pub rows: u32,
    /// What the rows make: invoices, or what is set aside instead.
    pub documents: u32,
    /// How many of the documents are dealt with.
    pub documents_done: i32,
    /// Those that are invoices now.
    pub taken: i32,
    /// Those that are not; `GET /v1/imports/{id}/set-aside` says why.
    pub set_aside: i32,
    /// What the invoices come to, by currency; credit notes are subtracted.
    pub amounts: Vec<Money>,
    pub begun_by: UserId,
    pub begun_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    /// Why it was cancelled.
    pub reason: Option<String>,
}

impl From<InvoiceImportRow> for InvoiceImportView {
    fn from(row: InvoiceImportRow) -> Self {
        let ImportSheet { sha256, size_bytes: _, file_name, format, mapping, saved_mapping, rows, documents, begun_by } = row.sheet.0;
        Self {
            id: InvoiceImportId(row.invoice_import_id),
            version: row.version,
            status: row.status.0,
            format,
            file_name,
            sha256,
            mapping,
            saved_mapping,
            rows,
            documents,
            documents_done: row.documents_done,
            taken: row.taken,
            set_aside: row.set_aside,
            amounts: row.amounts.0,
            begun_by,
            begun_at: row.begun_at,
            ended_at: row.ended_at,
            reason: row.reason,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InvoiceImportFilter {
    pub status: Option<ImportStatus>,
}

const SORTS: &[Sort<InvoiceImportRow>] =
    &[Sort { name: "begun_at", column: "begun_at", cast: "timestamptz", key: |row| row.begun_at.to_rfc3339() }];

pub async fn list(tx: &mut TenantTx, filter: &InvoiceImportFilter, page: &Page) -> Result<PageOf<InvoiceImportView>, QueryError> {
    let found = Listing::<InvoiceImportRow>::of(tx).when("status = ?", filter.status.map(Word)).page(tx, SORTS, filter, page).await?;
    Ok(found.map(InvoiceImportView::from))
}

pub async fn get(tx: &mut TenantTx, id: InvoiceImportId) -> sqlx::Result<Option<InvoiceImportView>> {
    Ok(find::<InvoiceImportRow>(tx, id.0).await?.map(InvoiceImportView::from))
}

/// What the chunks after the import's event `after` set aside, from the log itself; a few chunks at a time, each with its sequence.
pub async fn set_aside(tx: &mut TenantTx, id: InvoiceImportId, after: i64) -> Result<Vec<(i64, Vec<SetAside>)>, QueryError> {
    const CHUNKS: i64 = 8;
    let query = logged!("aggregate_id = $2 and sequence > $3 and event_type = 'InvoiceImportChunkTaken' order by sequence limit $4");
    let query = sqlx::query_as(query).bind(tx.tenant().0).bind(id.0).bind(after).bind(CHUNKS);
    let events: Vec<Logged> = query.fetch_all(&mut **tx).await?;
    let chunk = |event: &Logged| match event.read::<InvoiceImport>()? {
        InvoiceImportEvent::ChunkTaken(chunk) => Ok((event.sequence, chunk.set_aside)),
        _ => Ok((event.sequence, vec![])),
    };
    events.iter().map(chunk).collect()
}
