//! Pay now or with the next run? On the last run that still meets the due date, or a discount that is worth it (SEMANTICS 9).

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::discount::Discount;
use super::proposal::Exclusion;
use crate::money::Money;

/// When a run leaves, when the next one does, and what can wait for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    pub run_date: NaiveDate,
    /// When the next run's money moves: what a bank carries out waits for a working day.
    pub next_run_date: NaiveDate,
    /// What falls due later can wait for the next run.
    pub due_until: NaiveDate,
    /// The yearly rate, as a fraction, from which on taking a discount is better than keeping the money.
    pub hurdle_rate: Decimal,
}

impl Timing {
    /// Why it waits for another run; nothing where this is the one.
    pub fn reason_against(&self, open: Money, due_date: NaiveDate, discount: Option<Discount>) -> Option<Exclusion> {
        if due_date <= self.due_until {
            return None;
        }
        let last_chance = discount.filter(|discount| discount.can_be_taken(self.run_date, open) && self.is_last_chance(*discount));
        let Some(discount) = last_chance else { return Some(Exclusion::NotDue) };
        let worth_it = discount.yearly_rate(open, due_date).is_some_and(|rate| rate >= self.hurdle_rate);
        (!worth_it).then_some(Exclusion::DiscountNotWorthIt)
    }

    pub(super) fn is_last_chance(&self, discount: Discount) -> bool {
        discount.until < self.next_run_date
    }

    /// What paying on the run date takes off.
    pub fn taken(&self, open: Money, discount: Option<Discount>) -> Option<Money> {
        discount.filter(|discount| discount.can_be_taken(self.run_date, open)).map(|discount| discount.amount)
    }
}
