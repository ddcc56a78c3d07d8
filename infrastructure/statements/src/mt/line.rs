//! `:61:`, one entry: dates, mark, amount, type, references and a second line of the bank's own.

use rust_decimal::Decimal;

use super::tags::Field;
use crate::number::{day_near, debit, decimal, has_shape_of_iban, present, short_date};
use crate::{CodeScheme, Entry, EntryStatus, StatementRefusal, TransactionCode};

/// What the standard allows for a reference; banks that write an account there go further.
const REFERENCE_MAX: usize = 16;

pub(super) fn entry(field: &Field, currency: Option<&str>) -> Result<Entry, StatementRefusal> {
    let all = field.lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>();
    // Some banks break the line before the amount.
    let (first, below) = all.split_first().unwrap_or((&"", &[]));
    let cursor = Cursor { rest: first, field };
    let (cursor, value_date) = cursor.value_date()?;
    let (cursor, booking_date) = cursor.booking_date(value_date);
    let (cursor, mark) = cursor.mark()?;
    let (joined, below) = cursor.joined(below);
    let cursor = Cursor { rest: &joined, field };
    let (cursor, amount) = cursor.amount()?;
    let mut entry = Entry::new(field.at, if mark.is_credit { amount } else { debit(amount) }, currency.map(str::to_owned));
    entry.reversal = mark.is_reversal;
    entry.status = if mark.is_expected { EntryStatus::Future } else { EntryStatus::Booked };
    entry.value_date = Some(value_date);
    entry.booking_date = booking_date;
    let rest = cursor.kind(&mut entry);
    references(rest, below, &mut entry);
    Ok(entry)
}

struct Cursor<'a> {
    rest: &'a str,
    field: &'a Field<'a>,
}

struct Mark {
    is_credit: bool,
    is_reversal: bool,
    is_expected: bool,
}

impl<'a> Cursor<'a> {
    fn value_date(self) -> Result<(Self, chrono::NaiveDate), StatementRefusal> {
        let digits = self.rest.get(..6).unwrap_or(self.rest);
        let date = short_date(digits).ok_or_else(|| StatementRefusal::invalid(self.field.at, "the value date of :61:", digits))?;
        Ok((Self { rest: &self.rest[6..], ..self }, date))
    }

    fn booking_date(self, near: chrono::NaiveDate) -> (Self, Option<chrono::NaiveDate>) {
        match self.rest.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())) {
            Some(digits) => (Self { rest: &self.rest[4..], ..self }, day_near(digits, near)),
            // Four blanks stand for no date at some banks.
            None => (Self { rest: self.rest.trim_start(), ..self }, None),
        }
    }

    /// `C`, `D`, reversed `RC`, `RD`, expected `EC`, `ED`; then perhaps the last letter of the currency.
    fn mark(self) -> Result<(Self, Mark), StatementRefusal> {
        let mut letters = self.rest.chars();
        let first = letters.next();
        let (prefix, side, rest) = match first {
            Some(prefix @ ('R' | 'E')) => (Some(prefix), letters.next(), letters.as_str()),
            side => (None, side, letters.as_str()),
        };
        let is_reversal = prefix == Some('R');
        let side_is_credit = match side {
            Some('C') => true,
            Some('D') => false,
            _ => return Err(StatementRefusal::invalid(self.field.at, "the debit or credit mark of :61:", self.rest)),
        };
        let rest = rest.strip_prefix(|c: char| c.is_ascii_uppercase()).unwrap_or(rest);
        Ok((Self { rest, ..self }, Mark { is_credit: side_is_credit != is_reversal, is_reversal, is_expected: prefix == Some('E') }))
    }

    fn joined<'b>(&self, below: &'b [&'b str]) -> (String, &'b [&'b str]) {
        match below.split_first() {
            Some((next, others)) if self.rest.is_empty() => ((*next).to_owned(), others),
            _ => (self.rest.to_owned(), below),
        }
    }

    fn amount(self) -> Result<(Self, Decimal), StatementRefusal> {
        let end = self.rest.find(|c: char| !c.is_ascii_digit() && c != ',' && c != '.').unwrap_or(self.rest.len());
        let amount = decimal(&self.rest[..end]);
        let amount = amount.ok_or_else(|| StatementRefusal::invalid(self.field.at, "the amount of :61:", self.rest))?;
        Ok((Self { rest: &self.rest[end..], ..self }, amount))
    }

    /// `NTRF`, `S051`, `FCHG`: one letter and three characters; old files leave it out.
    fn kind(self, entry: &mut Entry) -> &'a str {
        let code = self.rest.get(..4).filter(|code| is_kind(code));
        if let Some(code) = code {
            entry.codes.push(TransactionCode::new(CodeScheme::Swift, code));
        }
        code.map_or(self.rest, |code| &self.rest[code.len()..])
    }
}

fn is_kind(code: &str) -> bool {
    code.starts_with(|c: char| c.is_ascii_uppercase())
        && code[1..].bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ')
}

fn references(rest: &str, below: &[&str], entry: &mut Entry) {
    let (customer, servicer) = match rest.split_once("//") {
        Some((customer, servicer)) => (customer, present(servicer)),
        None => (rest, None),
    };
    let (customer, overflow) = split_reference(customer);
    entry.references.customer = present(customer).filter(|reference| reference != "NONREF");
    entry.references.servicer = servicer;
    let supplement = [overflow].into_iter().chain(below.iter().copied()).map(str::trim).filter(|line| !line.is_empty());
    let supplement = supplement.collect::<Vec<_>>().join("\n");
    if !supplement.is_empty() {
        entry.references.other.push(("supplementary".to_owned(), supplement));
    }
}

fn split_reference(customer: &str) -> (&str, &str) {
    let whole = customer.trim();
    if has_shape_of_iban(whole) {
        return (whole, "");
    }
    let end = customer.char_indices().nth(REFERENCE_MAX).map_or(customer.len(), |(at, _)| at);
    customer.split_at(end)
}
