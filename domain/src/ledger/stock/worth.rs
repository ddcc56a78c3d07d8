//! What goods are worth: amounts as they were stated, each with what it is in the books' currency.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::chart::Code;
use crate::ledger::books::Books;
use crate::ledger::entry::Line;
use crate::ledger::rate::RateTable;
use crate::money::{Currency, Money};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worth {
    pub amount: Money,
    /// `None` as long as the exchange rate of `rate_day` is not known.
    pub base: Option<Money>,
    pub rate_day: NaiveDate,
}

impl Worth {
    pub(super) fn of(amount: Money, rate_day: NaiveDate, books: &Books, rates: &RateTable) -> Self {
        Self { amount, base: None, rate_day }.translated(books, rates)
    }

    /// With its rate, where that is known by now. A base amount that is there stays as it was booked.
    pub(super) fn translated(self, books: &Books, rates: &RateTable) -> Self {
        let base = self.base.or_else(|| self.in_base(books.base?, rates));
        Self { base, ..self }
    }

    fn in_base(&self, base: Currency, rates: &RateTable) -> Option<Money> {
        let currency = self.amount.currency();
        if currency == base {
            return Some(self.amount);
        }
        let translated = rates.translation(currency, base, self.rate_day)?.of(self.amount.amount(), base)?;
        Some(Money::rounded(translated, base))
    }

    fn negated(self) -> Self {
        Self { amount: self.amount.negated(), base: self.base.map(Money::negated), ..self }
    }

    pub(super) fn share(self, part: Decimal, whole: Decimal) -> Self {
        Self { amount: share(self.amount, part, whole), base: self.base.map(|base| share(base, part, whole)), ..self }
    }

    /// What remains without a part of it.
    pub(super) fn without(self, part: Self) -> Self {
        let base = self.base.zip(part.base).map(|(all, part)| sum(all, part.negated()));
        Self { amount: sum(self.amount, part.amount.negated()), base, ..self }
    }

    /// Amounts of one currency are added up, but those that wait for different rates stay apart.
    fn adds_to(&self, other: &Self) -> bool {
        self.amount.currency() == other.amount.currency()
            && self.base.is_some() == other.base.is_some()
            && (self.base.is_some() || self.rate_day == other.rate_day)
    }

    fn is_nothing(&self) -> bool {
        self.amount.is_zero() && self.base.is_none_or(Money::is_zero)
    }
}

/// `part` of `whole` of an amount, to the minor unit. Too large a product is taken for nothing: quantities are limited at the edge.
fn share(amount: Money, part: Decimal, whole: Decimal) -> Money {
    let exact = amount.amount().checked_mul(part).and_then(|product| product.checked_div(whole));
    Money::rounded(exact.unwrap_or_default(), amount.currency())
}

fn sum(a: Money, b: Money) -> Money {
    Money::rounded(a.amount().saturating_add(b.amount()), a.currency())
}

/// Amounts of several currencies, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Worths(Vec<Worth>);

impl Worths {
    pub fn iter(&self) -> impl Iterator<Item = &Worth> {
        self.0.iter()
    }

    pub fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }

    /// In the books' currency, as far as rates are known.
    pub fn base(&self) -> Decimal {
        self.0.iter().filter_map(|worth| worth.base).map(Money::amount).sum()
    }

    pub fn add(&mut self, more: Worth) {
        match self.0.iter_mut().find(|worth| worth.adds_to(&more)) {
            Some(worth) => {
                worth.amount = sum(worth.amount, more.amount);
                worth.base = worth.base.zip(more.base).map(|(a, b)| sum(a, b));
            }
            None => self.0.push(more),
        }
        self.0.retain(|worth| !worth.is_nothing());
    }

    pub fn plus(mut self, more: &Self) -> Self {
        more.0.iter().for_each(|worth| self.add(*worth));
        self
    }

    pub fn minus(self, less: &Self) -> Self {
        self.plus(&less.negated())
    }

    pub fn negated(&self) -> Self {
        Self(self.0.iter().map(|worth| worth.negated()).collect())
    }

    /// What `part` is worth where `whole` is worth this.
    pub(super) fn share(&self, part: Decimal, whole: Decimal) -> Self {
        if part == whole {
            return self.clone();
        }
        Self(self.0.iter().map(|worth| worth.share(part, whole)).filter(|worth| !worth.is_nothing()).collect())
    }

    /// Takes a part out: the last part takes what remains, so that nothing is lost to rounding (SEMANTICS 11).
    pub(super) fn take(&mut self, part: Decimal, whole: Decimal) -> Self {
        let taken = self.share(part, whole);
        *self = std::mem::take(self).minus(&taken);
        taken
    }

    pub(super) fn translated(&self, books: &Books, rates: &RateTable) -> Self {
        let translated = self.0.iter().map(|worth| worth.translated(books, rates));
        translated.fold(Self::default(), |mut all, worth| {
            all.add(worth);
            all
        })
    }

    pub(super) fn untranslated(&self) -> impl Iterator<Item = (Currency, NaiveDate)> + '_ {
        self.0.iter().filter(|worth| worth.base.is_none()).map(|worth| (worth.amount.currency(), worth.rate_day))
    }

    pub(super) fn lines_on<'a>(&'a self, account: &'a Code) -> impl Iterator<Item = Line> + 'a {
        self.0.iter().map(|worth| Line { base: worth.base.map(Money::amount), ..Line::on(account.clone(), worth.amount) })
    }
}

impl From<Worth> for Worths {
    fn from(worth: Worth) -> Self {
        let mut worths = Self::default();
        worths.add(worth);
        worths
    }
}
