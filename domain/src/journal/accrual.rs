//! Accruals: what a period cost and nobody has invoiced, in the books on its last day and out of them on the next period's
//! first. Goods that came in need none: their receipt has posted them.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::calendar::Period;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accrual {
    pub period: Period,
}

impl Accrual {
    pub fn posted_on(self) -> NaiveDate {
        self.period.last_day()
    }

    pub fn taken_back_on(self) -> NaiveDate {
        let last = self.period.last_day();
        last.checked_add_days(Days::new(1)).unwrap_or(last)
    }
}
