//! Between which balances a statement lies: whether two of an account can tell of the same entries.

use std::collections::HashSet;

use rust_decimal::Decimal;

use super::event::{BalanceProof, Import, StatementKind};

/// A statement whose entries lead from the one balance that it states to the other.
pub struct Span<'s> {
    import: &'s Import,
    opening: Decimal,
    closing: Decimal,
    /// Each entry's amount, behind the balance before it; none where the statement keeps only those that no other had brought.
    moves: Option<Vec<(Decimal, Decimal)>>,
}

impl<'s> Span<'s> {
    /// Of a statement that is being imported, with the amounts of all its entries in their order.
    pub fn of(import: &'s Import, amounts: impl Iterator<Item = Decimal>) -> Option<Self> {
        let (opening, closing) = import.opening.zip(import.closing).filter(|_| import.proof == BalanceProof::Proved)?;
        let running = amounts.scan(opening.amount, |balance, amount| {
            let before = *balance;
            *balance += amount;
            Some((before, amount))
        });
        Some(Self { import, opening: opening.amount, closing: closing.amount, moves: Some(running.collect()) })
    }

    /// Of one that was imported.
    pub fn imported(import: &'s Import) -> Option<Self> {
        let span = Self::of(import, import.entry_amounts())?;
        Some(Self { moves: span.moves.filter(|_| import.repeated == 0), ..span })
    }

    /// Whether no entry of the one is an entry of the other, however alike they look. One may begin where the other ends, as two pages do; or the
    /// bank numbers them apart, and they overlap nowhere or are as long as each other: in, out, and in again.
    pub fn is_apart_from(&self, other: &Self) -> bool {
        let adjacent = self.opening == other.closing || self.closing == other.opening;
        let numbered = self.import.is_numbered_apart(other.import);
        let (Some(own), Some(others)) = (&self.moves, &other.moves) else {
            return adjacent && self.opening != other.opening && self.closing != other.closing;
        };
        let told: HashSet<&(Decimal, Decimal)> = others.iter().collect();
        let overlap = own.iter().any(|moved| told.contains(moved));
        adjacent && (numbered || !overlap) || numbered && (!overlap || own == others)
    }
}

impl Import {
    /// Statements of one format have numbers that go on, and pages within a number; reports during the day may tell again under the next one.
    pub fn is_numbered_apart(&self, other: &Self) -> bool {
        let differ =
            |one: &Option<String>, other: &Option<String>| one.as_ref().zip(other.as_ref()).is_some_and(|(one, other)| one != other);
        let whole = [self.kind, other.kind] == [StatementKind::EndOfPeriod; 2] && self.format == other.format;
        whole && (differ(&self.sequence, &other.sequence) || self.sequence == other.sequence && differ(&self.page, &other.page))
    }
}
