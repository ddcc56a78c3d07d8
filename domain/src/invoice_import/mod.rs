//! A bulk import of invoices: a file is taken in chunk by chunk, each chunk in one write with the invoices it makes.
//!
//! What the file states is either an invoice, whole, or set aside with the row and the reason. A break loses nothing: the
//! import goes on behind its last chunk.

mod mapping;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use mapping::{DateOrder, DecimalMark, Delimiter, FieldSource, Grouping, SheetField, SheetMapping};

use crate::aggregate;
use crate::aggregate::Root;
use crate::ids::UserId;
use crate::money::Money;
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceImport {
    #[default]
    NotBegun,
    Begun(Box<Intake>),
}

/// An import that was asked for, and how far it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intake {
    pub sheet: ImportSheet,
    pub status: ImportStatus,
    /// The first document that no chunk has held yet.
    pub next: u32,
    pub taken: u32,
    pub set_aside: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ImportStatus {
    Running,
    Finished,
    Cancelled,
}

/// The file and how it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportSheet {
    /// SHA-256 of the file, hex; its bytes are kept.
    pub sha256: String,
    pub size_bytes: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    pub format: SheetFormat,
    /// Absent where the file holds electronic documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<SheetMapping>,
    /// Under which name the mapping was saved, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved_mapping: Option<SavedMapping>,
    /// Rows with anything in them, without the one that names the columns.
    pub rows: u32,
    /// What the rows make: invoices, or what is set aside instead.
    pub documents: u32,
    pub begun_by: UserId,
}

/// A saved mapping as it was when it was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SavedMapping {
    pub name: String,
    pub version: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SheetFormat {
    Csv,
    Xlsx,
    Ndjson,
    /// Electronic invoices, one a file.
    Zip,
}

/// Part of a file, as it became durable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    /// The documents from `first` up to, but not with, `next`.
    pub first: u32,
    pub next: u32,
    /// How many of them are invoices now.
    pub taken: u32,
    /// What those come to, by currency; credit notes are subtracted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amounts: Vec<Money>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<SetAside>,
}

/// A document of the file that made no invoice, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SetAside {
    /// Where the fault lies: the row of the file from 1, as a spreadsheet counts; of a zip the file in it.
    pub row: u32,
    /// How many rows are left out with it.
    pub rows: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// What the rows come to as far as they can be read, in the file's own words of currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub amount: Option<Decimal>,
    /// The field that cannot be read, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<SheetField>,
    /// The broken rule, stable.
    pub code: String,
    pub detail: String,
    /// What is in the way: the invoice that this one repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub existing_id: Option<Uuid>,
}

#[derive(Clone, Debug)]
pub enum InvoiceImportCommand {
    /// Begins it; goes on with one that was cancelled.
    Begin(Box<ImportSheet>),
    Take(Chunk),
    Cancel {
        by: UserId,
        reason: String,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum InvoiceImportEvent {
    Begun(Box<ImportSheet>),
    ChunkTaken(Chunk),
    Finished { taken: u32, set_aside: u32 },
    Cancelled { by: UserId, reason: String },
    Resumed { by: UserId, next: u32 },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum InvoiceImportRefusal {
    #[error("there is no such import")]
    ImportUnknown,
    #[error("the file holds no rows")]
    ImportEmpty,
    #[error("the mapping does not say where {field} stands")]
    MappingIncomplete { field: SheetField },
    #[error("a chunk begins where the last one ended and accounts for all that is in it")]
    ChunkInconsistent,
}

impl Refusal for InvoiceImportRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::ImportUnknown => RefusalKind::Unknown,
            Self::ImportEmpty | Self::MappingIncomplete { .. } | Self::ChunkInconsistent => RefusalKind::Invalid,
        }
    }
    fn pointer(&self) -> Option<String> {
        match self {
            Self::MappingIncomplete { field } => Some(format!("/mapping/fields/{field}")),
            _ => None,
        }
    }
}

aggregate!(InvoiceImport, "invoice_import", "InvoiceImport", InvoiceImportCommand, InvoiceImportEvent, InvoiceImportRefusal, {
    Begun = 1, ChunkTaken = 1, Finished = 1, Cancelled = 1, Resumed = 1,
});

impl Root for InvoiceImport {
    aggregate!(@names InvoiceImportEvent);

    /// Chunks name what was set aside, so a long import is not folded from all of them again.
    const SNAPSHOT_EVERY: Option<u64> = Some(50);

    fn decide(&self, command: InvoiceImportCommand) -> Result<Vec<InvoiceImportEvent>, InvoiceImportRefusal> {
        match (self, command) {
            (Self::NotBegun, InvoiceImportCommand::Begin(sheet)) => sheet.begin(),
            (Self::NotBegun, _) => Err(InvoiceImportRefusal::ImportUnknown),
            (Self::Begun(intake), command) => intake.decide(command),
        }
    }
}

impl InvoiceImport {
    pub fn intake(&self) -> Result<&Intake, InvoiceImportRefusal> {
        match self {
            Self::NotBegun => Err(InvoiceImportRefusal::ImportUnknown),
            Self::Begun(intake) => Ok(intake),
        }
    }

    fn on(&mut self, event: InvoiceImportEvent) {
        match (&mut *self, event) {
            (_, InvoiceImportEvent::Begun(sheet)) => *self = Self::Begun(Box::new(Intake::of(*sheet))),
            (Self::Begun(intake), event) => intake.on(event),
            (Self::NotBegun, _) => {}
        }
    }
}

impl ImportSheet {
    fn begin(self: Box<Self>) -> Result<Vec<InvoiceImportEvent>, InvoiceImportRefusal> {
        if let Some(mapping) = &self.mapping {
            mapping.check()?;
        }
        if self.documents == 0 {
            return Err(InvoiceImportRefusal::ImportEmpty);
        }
        Ok(vec![InvoiceImportEvent::Begun(self)])
    }
}

impl Intake {
    fn of(sheet: ImportSheet) -> Self {
        Self { sheet, status: ImportStatus::Running, next: 0, taken: 0, set_aside: 0 }
    }

    /// Whether the chunk that begins at this document is the one to be taken now.
    pub fn waits_for(&self, first: u32) -> bool {
        self.status == ImportStatus::Running && self.next == first
    }

    fn decide(&self, command: InvoiceImportCommand) -> Result<Vec<InvoiceImportEvent>, InvoiceImportRefusal> {
        match (self.status, command) {
            (ImportStatus::Cancelled, InvoiceImportCommand::Begin(sheet)) => {
                Ok(vec![InvoiceImportEvent::Resumed { by: sheet.begun_by, next: self.next }])
            }
            (_, InvoiceImportCommand::Begin(_)) => Ok(vec![]),
            (ImportStatus::Running, InvoiceImportCommand::Take(chunk)) => self.take(chunk),
            (_, InvoiceImportCommand::Take(_)) => Ok(vec![]),
            (ImportStatus::Running, InvoiceImportCommand::Cancel { by, reason }) => Ok(vec![InvoiceImportEvent::Cancelled { by, reason }]),
            // There is nothing left to stop.
            (ImportStatus::Cancelled | ImportStatus::Finished, InvoiceImportCommand::Cancel { .. }) => Ok(vec![]),
        }
    }

    fn take(&self, chunk: Chunk) -> Result<Vec<InvoiceImportEvent>, InvoiceImportRefusal> {
        let accounted = chunk.taken as usize + chunk.set_aside.len();
        let held = chunk.next.checked_sub(chunk.first).filter(|held| *held > 0);
        if chunk.first != self.next || chunk.next > self.sheet.documents || held.map(|held| held as usize) != Some(accounted) {
            return Err(InvoiceImportRefusal::ChunkInconsistent);
        }
        let (taken, set_aside) = (self.taken + chunk.taken, self.set_aside + chunk.set_aside.len() as u32);
        let is_last = chunk.next == self.sheet.documents;
        let finished = is_last.then_some(InvoiceImportEvent::Finished { taken, set_aside });
        Ok(std::iter::once(InvoiceImportEvent::ChunkTaken(chunk)).chain(finished).collect())
    }

    fn on(&mut self, event: InvoiceImportEvent) {
        match event {
            InvoiceImportEvent::Begun(_) => {}
            InvoiceImportEvent::ChunkTaken(chunk) => {
                self.next = chunk.next;
                self.taken += chunk.taken;
                self.set_aside += chunk.set_aside.len() as u32;
            }
            InvoiceImportEvent::Finished { .. } => self.status = ImportStatus::Finished,
            InvoiceImportEvent::Cancelled { .. } => self.status = ImportStatus::Cancelled,
            InvoiceImportEvent::Resumed { .. } => self.status = ImportStatus::Running,
        }
    }
}
