//! One line of 94 characters, kept as it was written and read by its fields.

use super::field::{Content, Field};
use super::layout::Layout;
use super::rule::Finding;

pub const RECORD: usize = 94;

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Record {
    layout: &'static Layout,
    /// Where it stood in the file that was read, from 1; 0 for a record that was made here.
    line: usize,
    characters: [u8; RECORD],
}

impl Record {
    /// `characters` are printable ASCII, which the caller has made sure of.
    pub(super) fn read(layout: &'static Layout, line: usize, characters: [u8; RECORD]) -> Self {
        Self { layout, line, characters }
    }

    /// A record with every fixed text in place, digits zero and the rest blank.
    pub(super) fn blank(layout: &'static Layout) -> Self {
        let mut record = Self { layout, line: 0, characters: [b' '; RECORD] };
        for field in layout.fields {
            match field.content {
                Content::Fixed(text) => record.put(*field, text),
                Content::Digits => record.characters[field.range()].fill(b'0'),
                _ => {}
            }
        }
        record
    }

    /// Left justified, cut to the field.
    pub(super) fn put(&mut self, field: Field, text: &str) {
        let place = &mut self.characters[field.range()];
        place.fill(b' ');
        for (place, byte) in place.iter_mut().zip(text.bytes()) {
            *place = byte;
        }
    }

    /// Right justified with zeros; false when the field is too small for it.
    #[must_use]
    pub(super) fn put_number(&mut self, field: Field, number: u64) -> bool {
        let text = format!("{number:0width$}", width = field.len);
        let fits = text.len() == field.len;
        if fits {
            self.put(field, &text);
        }
        fits
    }

    pub fn layout(&self) -> &'static Layout {
        self.layout
    }

    pub fn line(&self) -> usize {
        self.line
    }

    pub fn as_bytes(&self) -> &[u8; RECORD] {
        &self.characters
    }

    /// With its blanks.
    pub fn raw(&self, field: Field) -> &str {
        // Printable ASCII only, so every cut is text.
        std::str::from_utf8(&self.characters[field.range()]).unwrap_or_default()
    }

    pub fn text(&self, field: Field) -> &str {
        self.raw(field).trim()
    }

    /// Zero where it is blank or no number, which the field's own rule has told.
    pub fn number(&self, field: Field) -> u64 {
        self.text(field).parse().unwrap_or(0)
    }

    pub(super) fn finding(&self, field: Field, rule: super::Rule) -> Finding {
        Finding { line: self.line, field: field.name, rule }
    }

    /// What is wrong with single fields.
    pub(super) fn judge_fields(&self) -> impl Iterator<Item = Finding> + '_ {
        self.layout.fields.iter().filter_map(|field| {
            let rule = field.judge(self.raw(*field))?;
            Some(self.finding(*field, rule))
        })
    }
}
