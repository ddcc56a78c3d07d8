//! What an amount comes to on each day. Things are settled, come back and are settled again on days that come in any order: that the sum
//! of today is right says nothing of the days between.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Changes by the day from which each counts. In one currency, which its owner knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayBalance(BTreeMap<NaiveDate, Decimal>);

impl DayBalance {
    pub fn change(&mut self, day: NaiveDate, by: Decimal) {
        let on_day = self.0.entry(day).or_default();
        *on_day += by;
        if on_day.is_zero() {
            self.0.remove(&day);
        }
    }

    /// What all changes come to.
    pub fn total(&self) -> Decimal {
        self.0.values().sum()
    }

    /// The first day from which on it is never above `limit`; `None` where it stays above.
    pub fn at_most_from(&self, limit: Decimal) -> Option<NaiveDate> {
        self.holds_from(|balance| balance <= limit)
    }

    /// The first day from which on it is never below `limit`; `None` where it stays below.
    pub fn at_least_from(&self, limit: Decimal) -> Option<NaiveDate> {
        self.holds_from(|balance| balance >= limit)
    }

    fn holds_from(&self, holds: impl Fn(Decimal) -> bool) -> Option<NaiveDate> {
        let mut balance = Decimal::ZERO;
        let mut from = holds(balance).then_some(NaiveDate::MIN);
        for (day, by) in &self.0 {
            balance += by;
            from = from.or(Some(*day)).filter(|_| holds(balance));
        }
        from
    }
}
