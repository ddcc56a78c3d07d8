//! Bytes to records, records to batches; what does not fit is told with its line.
//!
//! Linear in the file. Totals are judged only where the structure holds: after a lost record every total would be wrong.

use super::addenda_layout::addenda_layout;
use super::check;
use super::entry_class::EntryClass;
use super::file::{BLOCK, Batch, Entry, File};
use super::layout::{
    Layout, adv_batch_control, adv_entry, adv_file_control, batch_control, batch_header, counted_entry, entry, file_control, file_header,
    iat_batch_header, iat_entry,
};
use super::record::{RECORD, Record};
use super::rule::{Finding, Level, Rule};

/// No reader of findings wants more, and a hostile file must not cost memory.
const FINDINGS_MAX: usize = 1_000;

/// What a file says and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Reading {
    /// There is one when the records stand in the right order, even if the rest is wrong.
    pub file: Option<File>,
    /// In the order of lines within structure, fields and sums.
    pub findings: Vec<Finding>,
}

impl Reading {
    pub fn faults(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.rule.level() == Level::Fault)
    }

    /// The file if nothing is wrong with it, else the faults.
    pub fn accepted(self) -> Result<File, Vec<Finding>> {
        let faults: Vec<Finding> = self.faults().copied().collect();
        match self.file {
            Some(file) if faults.is_empty() => Ok(file),
            _ => Err(faults),
        }
    }
}

pub fn read(bytes: &[u8]) -> Reading {
    let mut grouping = Grouping::default();
    for (index, line) in lines(bytes).enumerate() {
        grouping.line(index + 1, line);
    }
    let (file, mut findings) = grouping.finish();
    if let Some(file) = &file {
        findings.extend(check::file(file).take(FINDINGS_MAX));
    }
    findings.truncate(FINDINGS_MAX);
    Reading { file, findings }
}

/// By line breaks; a file without any is cut into records by their length.
fn lines(bytes: &[u8]) -> Box<dyn Iterator<Item = &[u8]> + '_> {
    if bytes.len() > RECORD && !bytes.contains(&b'\n') {
        return Box::new(bytes.chunks(RECORD));
    }
    Box::new(bytes.split(|b| *b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)))
}

#[derive(Default)]
struct Grouping {
    header: Option<Record>,
    batches: Vec<Batch>,
    open: Option<OpenBatch>,
    control: Option<Record>,
    /// Lines that are not empty, the filling nines included.
    lines: usize,
    findings: Vec<Finding>,
}

/// A batch whose control record has not come yet.
struct OpenBatch {
    header: Record,
    class: Option<EntryClass>,
    entries: Vec<Entry>,
}

impl Grouping {
    fn line(&mut self, number: usize, line: &[u8]) {
        if line.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        self.lines += 1;
        if self.control.is_some() {
            return self.filler(number, line);
        }
        let Some(characters) = self.characters(number, line) else { return };
        match characters[0] {
            b'1' => self.file_header(Record::read(&file_header::LAYOUT, number, characters)),
            b'5' => self.batch_header(number, characters),
            b'6' => self.entry(number, characters),
            b'7' => self.addenda(number, characters),
            b'8' => self.batch_control(number, characters),
            // A filling line is no control record, even where that one is missing.
            b'9' if characters.iter().all(|b| *b == b'9') => {}
            b'9' => self.file_control(number, characters),
            _ => self.tell(number, Rule::RecordType),
        }
    }

    fn tell(&mut self, line: usize, rule: Rule) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding { line, field: "", rule });
        }
    }

    /// Blanks at the end may be missing, as many transports strip them; more than a record is none.
    fn characters(&mut self, number: usize, line: &[u8]) -> Option<[u8; RECORD]> {
        let line = line.trim_ascii_end();
        if !line.iter().all(|b| (b' '..=b'~').contains(b)) {
            self.tell(number, Rule::Characters);
            return None;
        }
        if line.len() > RECORD {
            self.tell(number, Rule::RecordTooLong);
            return None;
        }
        let mut characters = [b' '; RECORD];
        characters[..line.len()].copy_from_slice(line);
        Some(characters)
    }

    fn filler(&mut self, number: usize, line: &[u8]) {
        if !line.trim_ascii().iter().all(|b| *b == b'9') {
            self.tell(number, Rule::AfterTheEnd);
        }
    }

    fn file_header(&mut self, record: Record) {
        if self.header.is_some() || self.open.is_some() || !self.batches.is_empty() {
            return self.tell(record.line(), Rule::FileHeader);
        }
        self.header = Some(record);
    }

    fn batch_header(&mut self, number: usize, characters: [u8; RECORD]) {
        if self.header.is_none() && self.batches.is_empty() && self.open.is_none() {
            self.tell(number, Rule::FileHeader);
        }
        if self.open.is_some() {
            self.tell(number, Rule::BatchControl);
        }
        let record = Record::read(&batch_header::LAYOUT, number, characters);
        let international = record.text(batch_header::ENTRY_CLASS) == "IAT" || record.text(iat_batch_header::INDICATOR) == "IATCOR";
        let layout = if international { &iat_batch_header::LAYOUT } else { &batch_header::LAYOUT };
        let class = if international { Some(EntryClass::Iat) } else { EntryClass::parse(record.text(batch_header::ENTRY_CLASS)) };
        self.open = Some(OpenBatch { header: Record::read(layout, number, characters), class, entries: Vec::new() });
    }

    fn entry(&mut self, number: usize, characters: [u8; RECORD]) {
        let Some(batch) = &mut self.open else { return self.tell(number, Rule::BatchHeader) };
        let detail = Record::read(entry_layout(batch.class), number, characters);
        batch.entries.push(Entry { detail, addenda: Vec::new() });
    }

    fn addenda(&mut self, number: usize, characters: [u8; RECORD]) {
        let Some(layout) = addenda_layout(&characters) else { return self.tell(number, Rule::RecordType) };
        let Some(entry) = self.open.as_mut().and_then(|batch| batch.entries.last_mut()) else {
            return self.tell(number, Rule::AddendaWithoutEntry);
        };
        entry.addenda.push(Record::read(layout, number, characters));
    }

    fn batch_control(&mut self, number: usize, characters: [u8; RECORD]) {
        let Some(batch) = self.open.take() else { return self.tell(number, Rule::BatchHeader) };
        let layout = if batch.class == Some(EntryClass::Adv) { &adv_batch_control::LAYOUT } else { &batch_control::LAYOUT };
        let control = Record::read(layout, number, characters);
        self.batches.push(Batch { header: batch.header, entries: batch.entries, control });
    }

    fn file_control(&mut self, number: usize, characters: [u8; RECORD]) {
        if self.open.take().is_some() {
            self.tell(number, Rule::BatchControl);
        }
        let advices = self.batches.iter().any(|batch| batch.class() == Some(EntryClass::Adv));
        let layout = if advices { &adv_file_control::LAYOUT } else { &file_control::LAYOUT };
        self.control = Some(Record::read(layout, number, characters));
    }

    fn finish(mut self) -> (Option<File>, Vec<Finding>) {
        let last = self.lines;
        if last == 0 {
            self.tell(1, Rule::NoRecords);
        }
        if self.open.is_some() {
            self.tell(last, Rule::BatchControl);
        }
        if self.header.is_none() && self.batches.is_empty() && last > 0 {
            self.tell(1, Rule::FileHeader);
        }
        if self.control.is_none() {
            self.tell(last, Rule::FileControl);
        } else if !self.lines.is_multiple_of(BLOCK) {
            self.tell(last, Rule::Blocking);
        }
        let whole = self.findings.iter().all(|finding| finding.rule.level() == Level::Remark);
        let file = match (self.header, self.control) {
            (Some(header), Some(control)) if whole => Some(File { header, batches: self.batches, control }),
            _ => None,
        };
        (file, self.findings)
    }
}

fn entry_layout(class: Option<EntryClass>) -> &'static Layout {
    match class {
        Some(EntryClass::Iat) => &iat_entry::LAYOUT,
        Some(EntryClass::Adv) => &adv_entry::LAYOUT,
        Some(class) if class.counts_addenda() => &counted_entry::LAYOUT,
        _ => &entry::LAYOUT,
    }
}
