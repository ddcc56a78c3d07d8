//! Exchange rates as the books know them: the last one not after a day, directly, the other way round, or through the euro.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::OnceLock;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::money::{Currency, Money};

/// On that day one `unit` cost `rate` of `currency`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    pub unit: Currency,
    pub currency: Currency,
    pub on: NaiveDate,
    pub rate: Decimal,
}

/// Every quote that is known, or those that certain amounts can need.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RateTable {
    quotes: HashMap<(Currency, Currency), BTreeMap<NaiveDate, Decimal>>,
    filled_for: Option<HashSet<(Currency, NaiveDate)>>,
    missed: OnceLock<(Currency, NaiveDate)>,
}

/// How an amount becomes one of the books' currency: `amount × numerator ÷ denominator`, rounded half up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Translation {
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "0.9213"))]
    pub numerator: Decimal,
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "1"))]
    pub denominator: Decimal,
    /// The day of the older of the rates that it was made from.
    pub quoted_on: NaiveDate,
}

/// A rate that something waits for: nobody has stated one, directly or through another currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[error("no exchange rate from {from} to {to} is known for {on}")]
pub struct MissingRate {
    pub from: Currency,
    pub to: Currency,
    pub on: NaiveDate,
}

impl RateTable {
    /// A table that will be filled for amounts of these currencies on these days, and for nothing else.
    pub fn filled_for(days: HashSet<(Currency, NaiveDate)>) -> Self {
        Self { filled_for: Some(days), ..Self::default() }
    }

    /// What it was asked for and not filled for. An older quote, or none, may have been taken for the right one then:
    /// nothing that was translated by it holds.
    pub fn missed(&self) -> Option<(Currency, NaiveDate)> {
        self.missed.get().copied()
    }

    pub fn quote(&mut self, quote: Quote) {
        if quote.rate > Decimal::ZERO {
            self.quotes.entry((quote.unit, quote.currency)).or_default().insert(quote.on, quote.rate);
        }
    }

    /// The last rate not after `day`, with its own day.
    pub fn last(&self, unit: Currency, currency: Currency, day: NaiveDate) -> Option<(NaiveDate, Decimal)> {
        self.quotes.get(&(unit, currency))?.range(..=day).next_back().map(|(on, rate)| (*on, *rate))
    }

    /// How `from` becomes `to` on a day; `None` where no rate is known by then.
    pub fn translation(&self, from: Currency, to: Currency, day: NaiveDate) -> Option<Translation> {
        if self.filled_for.as_ref().is_some_and(|days| !days.contains(&(from, day))) {
            self.missed.get_or_init(|| (from, day));
        }
        if let Some((quoted_on, rate)) = self.last(from, to, day) {
            return Some(Translation { numerator: rate, denominator: Decimal::ONE, quoted_on });
        }
        if let Some((quoted_on, rate)) = self.last(to, from, day) {
            return Some(Translation { numerator: Decimal::ONE, denominator: rate, quoted_on });
        }
        let (to_on, numerator) = self.last(Currency::EUR, to, day)?;
        let (from_on, denominator) = self.last(Currency::EUR, from, day)?;
        Some(Translation { numerator, denominator, quoted_on: to_on.min(from_on) })
    }
}

impl Translation {
    /// `None` where the product has more digits than a decimal holds.
    pub fn of(&self, amount: Decimal, to: Currency) -> Option<Decimal> {
        let exact = amount.checked_mul(self.numerator)?.checked_div(self.denominator)?;
        Some(Money::rounded(exact, to).amount())
    }
}
