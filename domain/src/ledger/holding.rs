//! What the books carry a bank account in another currency at: the moving average of what its balance cost (IAS 21.28).
//!
//! What takes the balance away from nil, money that comes in or an overdraft that grows, is carried at what it is worth itself: at the
//! rate of its day, or at what a payment had put on the clearing account. What takes the balance towards nil leaves at the average of
//! what is there, and what it is worth more or less than that is realised. What goes through nil does the one and then the other, and
//! nil is carried at nil. Within a day what came in counts before what went out, so the order in which lines become known says nothing.
//!
//! A line that belongs before others changes what those left at. What was posted stays, and every day's difference is posted on that
//! day. A line whose rate is not known is not there until it is. A line that is taken back on its own day never was; taken back later,
//! what had come in goes out then like any money, and what had gone out comes back at what it had left at.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::books::Books;
use super::entry::{Document, Entry, Line, Reason};
use crate::chart::Code;
use crate::money::{Currency, Money};

/// An amount of the account's currency, and what it is worth or carried at in the books'.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Valued {
    pub amount: Decimal,
    pub base: Decimal,
}

/// All that moved on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HoldingDay {
    pub came_in: Valued,
    pub went_out: Valued,
    /// At its end.
    pub carried: Valued,
}

/// A line that counts from a day on.
#[derive(Clone, Copy, Debug)]
pub struct Moving<'a> {
    pub account: &'a Code,
    pub on: NaiveDate,
    pub amount: Money,
    /// In the books' currency.
    pub worth: Decimal,
}

/// The days of bank accounts, those that certain lines can touch or all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Holdings {
    accounts: HashMap<(Code, Currency), BTreeMap<NaiveDate, HoldingDay>>,
    filled_from: Option<HashMap<(Code, Currency), NaiveDate>>,
    missed: Option<(Code, NaiveDate)>,
    changed: BTreeSet<(Code, &'static str, NaiveDate)>,
}

/// By how much more an account is carried, day by day.
pub type Carried = BTreeMap<NaiveDate, Decimal>;

impl Holdings {
    /// They will be filled from these days on, with the last day before, and with no other account.
    pub fn filled_from(days: HashMap<(Code, Currency), NaiveDate>) -> Self {
        Self { filled_from: Some(days), ..Self::default() }
    }

    pub fn fill(&mut self, account: Code, currency: Currency, on: NaiveDate, day: HoldingDay) {
        self.accounts.entry((account, currency)).or_default().insert(on, day);
    }

    /// What they were asked for and not filled with: nothing that was carried by them holds.
    pub fn missed(&self) -> Option<&(Code, NaiveDate)> {
        self.missed.as_ref()
    }

    /// The days that are no longer as they were filled.
    pub fn changed(&self) -> impl Iterator<Item = (&Code, Currency, NaiveDate, HoldingDay)> {
        let of = |(account, currency): &(Code, Currency), on: &NaiveDate| self.changed.contains(&(account.clone(), currency.code(), *on));
        let days = self.accounts.iter().flat_map(|(place, days)| days.iter().map(move |(on, day)| (place, on, day)));
        days.filter(move |(place, on, _)| of(place, on)).map(|((account, currency), on, day)| (account, *currency, *on, *day))
    }

    /// What an account is carried at after a day.
    pub fn carried(&self, account: &Code, currency: Currency, on: NaiveDate) -> Valued {
        let days = self.accounts.get(&(account.clone(), currency));
        days.and_then(|days| days.range(..=on).next_back()).map(|(_, day)| day.carried).unwrap_or_default()
    }

    /// A line counts.
    pub fn moves(&mut self, moving: Moving<'_>, base: Currency) -> Carried {
        let Moving { amount, worth, .. } = moving;
        self.change(moving, Valued { amount: amount.amount(), base: worth }, amount.is_positive(), base)
    }

    /// A line is taken back on its own day.
    pub fn takes_back(&mut self, moving: Moving<'_>, base: Currency) -> Carried {
        let Moving { amount, worth, .. } = moving;
        self.change(moving, Valued { amount: -amount.amount(), base: -worth }, amount.is_positive(), base)
    }

    fn change(&mut self, moving: Moving<'_>, by: Valued, came_in: bool, base: Currency) -> Carried {
        let Moving { account, on, amount, .. } = moving;
        let place = (account.clone(), amount.currency());
        if self.filled_from.as_ref().is_some_and(|days| days.get(&place).is_none_or(|from| on < *from)) {
            self.missed.get_or_insert((account.clone(), on));
        }
        let days = self.accounts.entry(place).or_default();
        let mut before = days.range(..on).next_back().map(|(_, day)| day.carried).unwrap_or_default();
        let mut after = before;
        let day = days.entry(on).or_insert(HoldingDay { carried: before, ..HoldingDay::default() });
        let side = if came_in { &mut day.came_in } else { &mut day.went_out };
        *side = side.and(by);
        let mut carried = Carried::new();
        for (on, day) in days.range_mut(on..) {
            let ends = after.moved(day.came_in, base).moved(day.went_out, base);
            let more = (ends.base - after.base) - (day.carried.base - before.base);
            if !more.is_zero() {
                carried.insert(*on, more);
            }
            self.changed.insert((account.clone(), amount.currency().code(), *on));
            (before, after) = (std::mem::replace(&mut day.carried, ends), ends);
            if before == after {
                break;
            }
        }
        carried
    }
}

impl Valued {
    fn and(self, other: Self) -> Self {
        Self { amount: self.amount + other.amount, base: self.base + other.base }
    }

    /// This balance, once `by` has moved it.
    fn moved(self, by: Self, base: Currency) -> Self {
        let rest = self.amount + by.amount;
        let rounded = |exact| Money::rounded(exact, base).amount();
        if self.amount.is_zero() || by.amount.is_zero() || self.amount.is_sign_positive() == by.amount.is_sign_positive() {
            self.and(by)
        } else if rest.is_zero() {
            Self::default()
        } else if rest.is_sign_positive() == self.amount.is_sign_positive() {
            Self { amount: rest, base: self.base - rounded(share(self.base, -by.amount, self.amount)) }
        } else {
            Self { amount: rest, base: rounded(share(by.base, rest, by.amount)) }
        }
    }
}

/// `whole × part ÷ of`, whatever the number of digits.
fn share(whole: Decimal, part: Decimal, of: Decimal) -> Decimal {
    whole.checked_mul(part).and_then(|product| product.checked_div(of)).unwrap_or_else(|| part / of * whole)
}

/// What a line changes of days that are not its own, each on its day.
pub(crate) fn adjusted(account: &Code, currency: Currency, carried: Carried, document: Document, books: &Books) -> Vec<Entry> {
    let entry = |(effective_date, more): (NaiveDate, Decimal)| {
        let held = Line { base: Some(more), ..Line::on(account.clone(), Money::zero(currency)) };
        let lines = std::iter::once(held).chain(books.realised(-more)).collect();
        Entry { effective_date, reason: Reason::CostAdjusted, document, party: None, lines }
    };
    carried.into_iter().map(entry).collect()
}
