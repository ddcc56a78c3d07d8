//! A file as its records belong together, and its bytes.

use super::addenda_layout::returned;
use super::entry_class::{Direction, EntryClass, TransactionCode};
use super::layout::{adv_entry, batch_header, entry};
use super::record::{RECORD, Record};

/// Lines a block; the last block is filled with lines of nines.
pub(super) const BLOCK: usize = 10;

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct File {
    pub header: Record,
    pub batches: Vec<Batch>,
    pub control: Record,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Batch {
    pub header: Record,
    pub entries: Vec<Entry>,
    pub control: Record,
}

/// One movement of money, or a note about one, with its addenda.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    pub detail: Record,
    pub addenda: Vec<Record>,
}

impl File {
    /// Every record on its line, the last block filled up. The same file always gives the same bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let lines = self.records().count();
        let mut bytes = Vec::with_capacity(lines.next_multiple_of(BLOCK) * (RECORD + 1));
        let filler = [b'9'; RECORD];
        let fill = (lines..lines.next_multiple_of(BLOCK)).map(|_| &filler);
        for line in self.records().map(Record::as_bytes).chain(fill) {
            bytes.extend_from_slice(line);
            bytes.push(b'\n');
        }
        bytes
    }

    pub fn records(&self) -> impl Iterator<Item = &Record> {
        let batches = self.batches.iter().flat_map(Batch::records);
        std::iter::once(&self.header).chain(batches).chain(std::iter::once(&self.control))
    }
}

impl Batch {
    /// `None` for a code that nobody knows.
    pub fn class(&self) -> Option<EntryClass> {
        EntryClass::parse(self.header.text(batch_header::ENTRY_CLASS))
    }

    fn records(&self) -> impl Iterator<Item = &Record> {
        let entries = self.entries.iter().flat_map(|entry| std::iter::once(&entry.detail).chain(&entry.addenda));
        std::iter::once(&self.header).chain(entries).chain(std::iter::once(&self.control))
    }
}

impl Entry {
    pub fn is_advice(&self) -> bool {
        self.detail.layout() == &adv_entry::LAYOUT
    }

    pub fn cents(&self) -> u64 {
        self.detail.number(if self.is_advice() { adv_entry::AMOUNT } else { entry::AMOUNT })
    }

    /// `None` for a transaction code that is reserved or unknown.
    pub fn direction(&self) -> Option<Direction> {
        self.transaction_code().map(|code| code.direction)
    }

    pub fn trace(&self) -> &str {
        self.detail.text(entry::TRACE)
    }

    /// The record that makes this a return, or a notification of change, instead of a forward entry: the last word of a dispute.
    pub fn answer(&self) -> Option<&Record> {
        self.addenda.iter().rfind(|addenda| matches!(addenda.raw(returned::TYPE_CODE), "98" | "99"))
    }

    pub(super) fn transaction_code(&self) -> Option<TransactionCode> {
        let code = self.detail.number(entry::CODE);
        if self.is_advice() { TransactionCode::of_advice(code) } else { TransactionCode::of(code) }
    }

    pub(super) fn lines(&self) -> u64 {
        1 + self.addenda.len() as u64
    }
}
