//! A line that tells a sum becomes the lines that it is made of: the bank may list a batch days after it has booked it, and a person knows
//! what the bank never lists.

use serde::{Deserialize, Serialize};

use super::event::{BankStatementEvent, StatementLine};
use super::identity::{EntryLine, OfEntry};
use super::state::{BankStatementRefusal, Imported};
use crate::ids::UserId;
use crate::money::Money;

/// What a line is made of, and who says so.
#[derive(Clone, Debug)]
pub struct Division {
    pub parts: Vec<EntryLine>,
    pub told: DivisionSource,
    pub by: UserId,
}

/// From where it is known what a sum is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DivisionSource {
    /// A later file of the bank lists the same entry; its SHA-256, hex.
    File { sha256: String },
    /// A person, who says how they know.
    Person { reason: String },
}

impl Imported {
    /// Only of a line that nothing explains: what a match or a booking says of the sum it does not say of its parts.
    pub(super) fn divide(&self, line: u32, division: Division) -> Result<Vec<BankStatementEvent>, BankStatementRefusal> {
        let whole = self.line(line)?;
        if self.matched.contains_key(&line) {
            return Err(BankStatementRefusal::BankLineMatched { line });
        }
        if self.booked.contains_key(&line) {
            return Err(BankStatementRefusal::BankLineBooked { line });
        }
        let Division { parts, told, by } = division;
        if matches!(&told, DivisionSource::Person { reason } if reason.trim().is_empty()) {
            return Err(BankStatementRefusal::ReasonMissing);
        }
        check(whole, &parts)?;
        // The first one stays in the line's place.
        let last = self.lines().map(|own| own.line).max().unwrap_or(line);
        let numbers = std::iter::once(line).chain(last + 1..);
        let StatementLine { identity, booked_on, value_date, bank_reference, .. } = whole.clone();
        let of = OfEntry { identity, booked_on, value_date, bank_reference };
        let parts = numbers.zip(parts).map(|(number, part)| part.into_line(number, &of)).collect();
        Ok(vec![BankStatementEvent::Divided { line, parts, told, by }])
    }

    pub(super) fn on_divided(&mut self, line: u32, parts: Vec<StatementLine>) {
        // What was said of the sum was not said of its first part.
        self.is_explained(line);
        self.unbooked.remove(&line);
        self.dismissed.remove(&line);
        self.dismissed_refunds.remove(&line);
        self.parts.extend(parts.into_iter().map(|part| (part.line, part)));
    }
}

fn check(whole: &StatementLine, parts: &[EntryLine]) -> Result<(), BankStatementRefusal> {
    let currency = whole.amount.currency();
    if parts.len() < 2 {
        return Err(BankStatementRefusal::DivisionOfOne);
    }
    if let Some(part) = parts.iter().position(|part| part.amount.is_zero() || part.amount.currency() != currency) {
        return Err(BankStatementRefusal::PartInvalid { part, currency });
    }
    let sum = parts.iter().try_fold(Money::zero(currency), |sum, part| sum.plus(part.amount));
    if sum.is_ok_and(|sum| sum == whole.amount) { Ok(()) } else { Err(BankStatementRefusal::DivisionDiffers { line: whole.amount }) }
}
