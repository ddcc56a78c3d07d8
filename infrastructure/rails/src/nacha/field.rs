//! Where a field stands in its record and what it may hold.

use super::rule::Rule;

/// A field of a record of 94 characters, by the positions that the Nacha rules print: the first one is 1.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Field {
    pub name: &'static str,
    pub start: usize,
    pub len: usize,
    pub content: Content,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Content {
    /// Always this text.
    Fixed(&'static str),
    /// Any printable characters, left justified.
    Text,
    /// The same, and never empty.
    Named,
    /// Digits, right justified and filled with zeros.
    Digits,
    /// Digits, or blank where nobody has filled it in yet.
    DigitsOrBlank,
    /// `YYMMDD`.
    Date,
    /// `YYMMDD`, or blank, or zeros where the record carries none.
    DateOrNone,
    /// `HHMM`, or blank.
    TimeOrNone,
    /// Nothing is said here; what stands here nevertheless is kept.
    Reserved,
}

impl Field {
    pub(super) const fn new(name: &'static str, start: usize, len: usize, content: Content) -> Self {
        Self { name, start, len, content }
    }

    pub(super) fn range(self) -> std::ops::Range<usize> {
        self.start - 1..self.start - 1 + self.len
    }

    /// What is wrong with `text` in this place.
    pub(super) fn judge(self, text: &str) -> Option<Rule> {
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let blank = text.bytes().all(|b| b == b' ');
        match self.content {
            Content::Fixed(fixed) => (text != fixed).then_some(Rule::FixedText),
            Content::Text | Content::Reserved => None,
            Content::Named => blank.then_some(Rule::Empty),
            Content::Digits => (!digits).then_some(Rule::NotNumeric),
            Content::DigitsOrBlank => (!digits && !blank).then_some(Rule::NotNumeric),
            Content::Date => (!is_date(text)).then_some(Rule::NoSuchDate),
            Content::DateOrNone => (!blank && text != "000000" && !is_date(text)).then_some(Rule::NoSuchDate),
            Content::TimeOrNone => (!blank && !is_time(text)).then_some(Rule::NoSuchTime),
        }
    }
}

fn is_date(text: &str) -> bool {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    digits && chrono::NaiveDate::parse_from_str(&format!("20{text}"), "%Y%m%d").is_ok()
}

fn is_time(text: &str) -> bool {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    digits && &text[..2] < "24" && &text[2..] < "60"
}
