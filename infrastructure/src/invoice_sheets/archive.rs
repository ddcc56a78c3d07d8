//! A zip of electronic invoices: each file in it is one document, unpacked when its turn comes.

use std::io::{Cursor, Read};
use std::path::Path;
use std::sync::Arc;

use quittance_application::invoice_import::{Reading, SheetDocument, Unreadable};
use quittance_domain::limits::{DOCUMENT_BYTES_MAX, kept_file_name};
use zip::ZipArchive;

use super::SheetRefusal;
use crate::documents::capture_document;

const ENTRIES_MAX: usize = 100_000;
/// Of one chunk: a zip of much that packs well is taken in more of them.
const CHUNK_BYTES_MAX: usize = 32 << 20;

pub struct Archive {
    bytes: Arc<[u8]>,
    /// Where the documents stand among the entries.
    entries: Vec<usize>,
}

impl Archive {
    pub fn open(bytes: Arc<[u8]>) -> Result<Self, SheetRefusal> {
        let mut archive = ZipArchive::new(Cursor::new(&bytes[..])).map_err(SheetRefusal::unreadable)?;
        if archive.len() > ENTRIES_MAX {
            return Err(SheetRefusal::too_large(format!("more than {ENTRIES_MAX} files in the zip")));
        }
        let mut entries = Vec::new();
        for index in 0..archive.len() {
            let entry = archive.by_index_raw(index).map_err(SheetRefusal::unreadable)?;
            if entry.is_file() && is_document(entry.name()) && !is_shadow(entry.name()) {
                entries.push(index);
            }
        }
        Ok(Self { bytes, entries })
    }

    pub fn documents(&self) -> u32 {
        self.entries.len() as u32
    }

    pub fn read(&self, first: u32, most: usize) -> Vec<SheetDocument> {
        let Ok(mut archive) = ZipArchive::new(Cursor::new(&self.bytes[..])) else { return vec![] };
        let (mut documents, mut unpacked) = (Vec::new(), 0);
        let wanted = self.entries.iter().enumerate().skip(first as usize).take(most);
        for (at, index) in wanted {
            let (document, bytes) = read_entry(&mut archive, at as u32 + 1, *index);
            documents.push(document);
            unpacked += bytes;
            if unpacked > CHUNK_BYTES_MAX {
                break;
            }
        }
        documents
    }
}

fn is_document(name: &str) -> bool {
    let extension = Path::new(name).extension().unwrap_or_default().to_string_lossy().to_lowercase();
    // A zip inside is told as a document that cannot be read: what is in it would be missed in silence.
    matches!(extension.as_str(), "xml" | "pdf" | "zip")
}

/// What a Mac puts beside each file, under the file's own name.
fn is_shadow(name: &str) -> bool {
    name.split(['/', '\\']).any(|part| part == "__MACOSX" || part.starts_with("._"))
}

fn read_entry(archive: &mut ZipArchive<Cursor<&[u8]>>, row: u32, index: usize) -> (SheetDocument, usize) {
    let unpacked = archive.by_index(index).map_err(|e| e.to_string()).and_then(|entry| {
        let name = entry.name().to_owned();
        let mut bytes = Vec::new();
        // Bounded by what comes out, not by what the archive claims.
        entry.take(DOCUMENT_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
        Ok((name, bytes))
    });
    let unreadable = |code: &'static str, detail: String| Reading::Faulty(Unreadable { code, detail, row, field: None });
    let (size, reading) = match unpacked {
        Err(detail) => (0, unreadable("unreadable_file", detail)),
        Ok((name, bytes)) if bytes.len() > DOCUMENT_BYTES_MAX => {
            (bytes.len(), unreadable("body_too_large", format!("{name} is larger than {} MiB", DOCUMENT_BYTES_MAX >> 20)))
        }
        Ok((name, bytes)) => {
            let reading = match capture_document(&bytes, Some(kept_file_name(&name))) {
                Ok(capture) => Reading::Whole(Box::new(capture)),
                Err(refusal) => unreadable(refusal.code, format!("{name}: {}", refusal.detail)),
            };
            (bytes.len(), reading)
        }
    };
    (SheetDocument { row, rows: 1, vendor: None, number: None, amount: None, reading }, size)
}
