//! What control records count and sum up.

use crate::nacha::entry_class::Direction;
use crate::nacha::field::Field;
use crate::nacha::file::Entry;
use crate::nacha::layout::entry;
use crate::nacha::record::Record;
use crate::nacha::rule::{Finding, Rule};

#[derive(Clone, Copy, Debug, Default)]
pub struct Totals {
    pub lines: u64,
    pub banks: u64,
    pub debits: u64,
    pub credits: u64,
}

impl Totals {
    /// No file is long enough to overflow these: an amount has at most 12 digits, a bank's number 8.
    pub fn of(entries: &[Entry]) -> Self {
        entries.iter().map(Self::of_one).fold(Self::default(), Self::plus)
    }

    fn of_one(one: &Entry) -> Self {
        let cents = one.cents();
        let (debits, credits) = match one.direction() {
            Some(Direction::Debit) => (cents, 0),
            Some(Direction::Credit) => (0, cents),
            None => (0, 0),
        };
        Self { lines: one.lines(), banks: one.detail.number(entry::BANK), debits, credits }
    }

    pub fn plus(self, other: Self) -> Self {
        Self {
            lines: self.lines + other.lines,
            banks: self.banks + other.banks,
            debits: self.debits + other.debits,
            credits: self.credits + other.credits,
        }
    }

    /// The last ten digits of the sum of the banks' numbers.
    pub fn hash(self) -> u64 {
        self.banks % 10_000_000_000
    }
}

/// The fields of `control` that state another number than they should.
pub(super) fn unlike(control: &Record, expected: &[(Field, u64, Rule)]) -> Vec<Finding> {
    let wrong = expected.iter().filter(|(field, number, _)| control.number(*field) != *number);
    wrong.map(|(field, _, rule)| control.finding(*field, *rule)).collect()
}
