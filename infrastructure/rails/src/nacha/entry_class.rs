//! The kinds of entries (standard entry class codes) and the transaction codes, with what each admits.

use std::ops::RangeInclusive;

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, strum::EnumString, strum::IntoStaticStr, strum::Display)]
#[strum(serialize_all = "UPPERCASE")]
pub enum EntryClass {
    Ack,
    Adv,
    Arc,
    Atx,
    Boc,
    Ccd,
    Cie,
    Cor,
    Ctx,
    Dne,
    Enr,
    Iat,
    Mte,
    Pop,
    Pos,
    Ppd,
    Rck,
    Shr,
    Tel,
    Trc,
    Trx,
    Web,
    Xck,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    Credit,
    Debit,
}

impl EntryClass {
    pub(super) fn parse(code: &str) -> Option<Self> {
        code.parse().ok()
    }

    /// The entry says how many addenda follow. Enrolments should too, but many are written with a name in that place.
    pub(super) fn counts_addenda(self) -> bool {
        matches!(self, Self::Ctx | Self::Atx | Self::Trx)
    }

    /// The addenda of a forward entry: their type, and how many of them.
    pub(super) fn addenda(self) -> (&'static str, RangeInclusive<usize>) {
        match self {
            Self::Mte | Self::Pos | Self::Shr => ("02", 1..=1),
            Self::Ack | Self::Ccd | Self::Cie | Self::Ppd | Self::Web => ("05", 0..=1),
            Self::Dne => ("05", 1..=1),
            Self::Atx | Self::Ctx | Self::Trx => ("05", 0..=9_999),
            Self::Enr => ("05", 1..=9_999),
            Self::Cor => ("98", 1..=1),
            _ => ("05", 0..=0),
        }
    }

    /// The one direction of money that a forward entry may have. A reversal turns it around.
    pub(super) fn only(self) -> Option<Direction> {
        match self {
            Self::Arc | Self::Boc | Self::Pop | Self::Rck | Self::Tel | Self::Trc | Self::Trx | Self::Xck => Some(Direction::Debit),
            Self::Cie | Self::Ack | Self::Atx | Self::Dne | Self::Enr => Some(Direction::Credit),
            _ => None,
        }
    }

    /// In cents, what the rules allow for one cheque turned into an entry.
    pub(super) fn most_cents(self) -> Option<u64> {
        match self {
            Self::Arc | Self::Boc | Self::Pop => Some(2_500_000),
            Self::Rck | Self::Xck => Some(250_000),
            _ => None,
        }
    }
}

/// What a transaction code says; `None` for codes that are reserved or unknown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct TransactionCode {
    pub direction: Direction,
    pub money: Carries,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Carries {
    Money,
    /// Prenotes and remittance without money.
    Nothing,
    /// A return or a notification carries what the original did.
    WhatTheOriginalDid,
}

impl TransactionCode {
    /// 2x demand, 3x savings, 4x ledger, 5x loan accounts; the last digit is the direction and the purpose.
    pub fn of(code: u64) -> Option<Self> {
        let (kind, purpose) = (code / 10, code % 10);
        let known = match kind {
            2 | 3 => matches!(purpose, 1..=4 | 6..=9),
            4 => matches!(purpose, 1..=4 | 6..=9),
            5 => matches!(purpose, 1..=6),
            _ => false,
        };
        // A loan account has no debits but the reversal of a credit, 55.
        let direction = if purpose <= 4 { Direction::Credit } else { Direction::Debit };
        let money = match purpose {
            1 | 6 => Carries::WhatTheOriginalDid,
            3 | 4 | 8 | 9 => Carries::Nothing,
            _ => Carries::Money,
        };
        known.then_some(Self { direction, money })
    }

    /// The codes of automated accounting advices: odd for credits, even for debits.
    pub fn of_advice(code: u64) -> Option<Self> {
        let direction = if code.is_multiple_of(2) { Direction::Debit } else { Direction::Credit };
        (81..=88).contains(&code).then_some(Self { direction, money: Carries::Money })
    }
}
