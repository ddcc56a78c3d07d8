//! The balance proof: opening balance plus every booked entry is the closing balance, or it is said by how much it is not.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::{Balance, BalanceKind, Control, EntryStatus, Statement};

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BalanceProof {
    Proved,
    /// Closing balance as stated less the one that follows from the entries.
    DiffersBy(Decimal),
    NotProvable(Unprovable),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unprovable {
    OpeningBalanceMissing,
    ClosingBalanceMissing,
    /// The sums that the file states about itself do not follow from its entries, and no balances say by how much.
    ControlsDiffer,
    /// Balances or entries are not all in one currency.
    CurrenciesDiffer,
    /// More money than 28 digits hold.
    TooLarge,
}

impl Unprovable {
    pub fn code(self) -> &'static str {
        match self {
            Self::OpeningBalanceMissing => "opening_balance_missing",
            Self::ClosingBalanceMissing => "closing_balance_missing",
            Self::ControlsDiffer => "controls_differ",
            Self::CurrenciesDiffer => "currencies_differ",
            Self::TooLarge => "too_large",
        }
    }
}

/// In the order of preference; an interim balance opens or closes a page of a longer statement.
const OPENING: [BalanceKind; 3] = [BalanceKind::OpeningBooked, BalanceKind::OpeningInterim, BalanceKind::PreviouslyClosedBooked];
const CLOSING: [BalanceKind; 2] = [BalanceKind::ClosingBooked, BalanceKind::ClosingInterim];

impl Statement {
    pub fn opening(&self) -> Option<&Balance> {
        OPENING.iter().find_map(|kind| self.balance(kind)).or_else(|| self.interim_pair().map(|(first, _)| first))
    }

    pub fn closing(&self) -> Option<&Balance> {
        CLOSING.iter().find_map(|kind| self.balances.iter().rfind(|balance| balance.kind == *kind)).or_else(|| {
            let last = self.balances.iter().rfind(|balance| balance.kind == BalanceKind::InterimBooked)?;
            let opened = OPENING.iter().any(|kind| self.balance(kind).is_some());
            (opened || self.interim_pair().is_some()).then_some(last)
        })
    }

    /// A page in the middle of a camt statement opens and closes with an interim balance.
    fn interim_pair(&self) -> Option<(&Balance, &Balance)> {
        let mut interim = self.balances.iter().filter(|balance| balance.kind == BalanceKind::InterimBooked);
        let first = interim.next()?;
        match self.balance(&BalanceKind::ClosingBooked).or(interim.next_back()) {
            Some(last) => Some((first, last)),
            None => None,
        }
    }

    /// Σ of the booked entries; none beyond 28 digits.
    pub fn booked(&self) -> Option<Decimal> {
        let booked = self.entries.iter().filter(|entry| entry.status == EntryStatus::Booked);
        booked.map(|entry| entry.amount).try_fold(Decimal::ZERO, Decimal::checked_add)
    }

    pub fn proof(&self) -> BalanceProof {
        let (Some(opening), Some(closing)) = (self.opening(), self.closing()) else {
            return BalanceProof::NotProvable(self.balance_missing());
        };
        if !self.is_in_one_currency(opening, closing) {
            return BalanceProof::NotProvable(Unprovable::CurrenciesDiffer);
        }
        let follows = self.booked().and_then(|booked| opening.amount.checked_add(booked));
        match follows.and_then(|follows| closing.amount.checked_sub(follows)) {
            None => BalanceProof::NotProvable(Unprovable::TooLarge),
            // A sum of entries that are not there, or an amount that was changed together with the balance.
            Some(difference) if difference.is_zero() && !self.controls.iter().all(Control::holds) => {
                BalanceProof::NotProvable(Unprovable::ControlsDiffer)
            }
            Some(difference) if difference.is_zero() => BalanceProof::Proved,
            Some(difference) => BalanceProof::DiffersBy(difference.normalize()),
        }
    }

    /// What is known beyond the balance that is missing: entries may be, too.
    fn balance_missing(&self) -> Unprovable {
        if !self.controls.iter().all(Control::holds) {
            return Unprovable::ControlsDiffer;
        }
        if self.opening().is_none() { Unprovable::OpeningBalanceMissing } else { Unprovable::ClosingBalanceMissing }
    }

    fn is_in_one_currency(&self, opening: &Balance, closing: &Balance) -> bool {
        let booked = self.entries.iter().filter(|entry| entry.status == EntryStatus::Booked);
        opening.currency == closing.currency && booked.into_iter().all(|entry| entry.currency == opening.currency)
    }
}
