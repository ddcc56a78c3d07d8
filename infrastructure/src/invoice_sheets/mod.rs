//! Files of invoices for the bulk import: CSV, XLSX and NDJSON by a mapping, zips of electronic invoices as they are.
//!
//! A file is read once: only the cells that the mapping names are kept, and invoices are made of them chunk by chunk.
//! Everything a hostile file could grow by has a bound.

mod archive;
mod csv;
mod invoice;
mod kept;
mod ndjson;
mod table;
mod value;
mod xlsx;

use std::sync::Arc;

use quittance_application::invoice_import::SheetDocument;
use quittance_domain::ids::InvoiceImportId;
use quittance_domain::invoice_import::{SheetFormat, SheetMapping};

use archive::Archive;
use invoice::Invoices;
pub use kept::KeptSheets;

/// Why a file is not taken at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct SheetRefusal {
    /// Stable, `snake_case`.
    pub code: &'static str,
    pub detail: String,
}

impl SheetRefusal {
    fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }

    fn unreadable(detail: impl std::fmt::Display) -> Self {
        Self::new("sheet_unreadable", detail.to_string())
    }

    fn too_large(detail: impl Into<String>) -> Self {
        Self::new("sheet_too_large", detail)
    }
}

/// A file that can be read from document to document.
pub enum OpenSheet {
    Table(Invoices),
    Archive(Archive),
}

impl OpenSheet {
    /// Reads the file. A zip needs no mapping, all others do.
    pub fn open(bytes: Arc<[u8]>, mapping: Option<&SheetMapping>) -> Result<(SheetFormat, Self), SheetRefusal> {
        if let Some(program) = other_program(&bytes) {
            return Err(SheetRefusal::unreadable(format!("{program} is not read: save it as XLSX or CSV")));
        }
        let format = format_of(&bytes);
        let table = match (format, mapping) {
            (SheetFormat::Zip, _) => return Ok((format, Self::Archive(Archive::open(bytes)?))),
            (_, None) => return Err(SheetRefusal::new("mapping_missing", "a sheet is read by a mapping")),
            (SheetFormat::Csv, Some(mapping)) => csv::read(&bytes, mapping)?,
            (SheetFormat::Ndjson, Some(mapping)) => ndjson::read(&bytes, mapping)?,
            (SheetFormat::Xlsx, Some(mapping)) => xlsx::read(&bytes, mapping)?,
        };
        Ok((format, Self::Table(Invoices::of(table, mapping.cloned().unwrap_or_default()))))
    }

    /// What it costs to leave it open.
    fn kept_bytes(&self) -> usize {
        match self {
            Self::Table(invoices) => invoices.kept_bytes(),
            Self::Archive(archive) => archive.kept_bytes(),
        }
    }

    pub fn rows(&self) -> u32 {
        match self {
            Self::Table(invoices) => invoices.rows(),
            Self::Archive(archive) => archive.documents(),
        }
    }

    pub fn documents(&self) -> u32 {
        match self {
            Self::Table(invoices) => invoices.documents(),
            Self::Archive(archive) => archive.documents(),
        }
    }

    /// How the columns are called.
    pub fn columns(&self) -> &[String] {
        match self {
            Self::Table(invoices) => invoices.columns(),
            Self::Archive(_) => &[],
        }
    }

    /// From the document `first` on, at most `most` and no more than one write should hold.
    pub fn read(&self, import: InvoiceImportId, first: u32, most: usize) -> Vec<SheetDocument> {
        match self {
            Self::Table(invoices) => invoices.read(import, first, most),
            Self::Archive(archive) => archive.read(first, most),
        }
    }
}

/// A workbook is a zip with a workbook in it; an NDJSON file begins with an object.
fn format_of(bytes: &[u8]) -> SheetFormat {
    if bytes.starts_with(b"PK") {
        return if xlsx::is_workbook(bytes) { SheetFormat::Xlsx } else { SheetFormat::Zip };
    }
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let begins = text.iter().find(|byte| !byte.is_ascii_whitespace());
    if begins == Some(&b'{') { SheetFormat::Ndjson } else { SheetFormat::Csv }
}

/// Sheets of other programs, which would else be taken for text or for a zip of documents.
fn other_program(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Some("a workbook of Excel 97, or one with a password,");
    }
    if bytes.starts_with(b"PK") && xlsx::is_of_other_kind(bytes) {
        return Some("a workbook of this kind");
    }
    None
}

#[cfg(test)]
mod tests;
