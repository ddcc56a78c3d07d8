//! When a recurring invoice is due: every date is reckoned from the first one, so that the 31st comes back after February.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::RecurringInvoiceRefusal;
use crate::calendar::Period;

/// Dates beyond this are no plan.
const LAST_YEAR: i32 = 2999;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    pub every: Every,
    /// The day of the month, or its last day where the month is shorter: 31 is the end of every month. The starting day's where
    /// absent; weeks have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<u8>,
    /// Nothing is due before it; the first is on it, or on the first such day of a month after it.
    pub starts_on: NaiveDate,
    /// Nothing is due after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<NaiveDate>,
    /// How many there are; without end where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurrences_max: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Every {
    Week,
    Month,
    Quarter,
    Year,
}

impl Every {
    /// Weeks have no months.
    fn months(self) -> Option<u32> {
        match self {
            Self::Week => None,
            Self::Month => Some(1),
            Self::Quarter => Some(3),
            Self::Year => Some(12),
        }
    }
}

impl Schedule {
    pub(super) fn check(&self) -> Result<(), RecurringInvoiceRefusal> {
        let day_fits = match (self.every, self.day) {
            (_, None) => true,
            (Every::Week, Some(_)) => false,
            (_, Some(day)) => (1..=31).contains(&day),
        };
        let years = 1900..=LAST_YEAR;
        let dates_fit = std::iter::once(self.starts_on).chain(self.ends_on).all(|day| years.contains(&day.year()));
        match () {
            () if !day_fits => Err(RecurringInvoiceRefusal::DayInvalid),
            () if !dates_fit || self.date_of(0).is_none() => Err(RecurringInvoiceRefusal::ScheduleEmpty),
            () => Ok(()),
        }
    }

    /// The date of an occurrence, from 0; none once the schedule has ended.
    pub fn date_of(&self, occurrence: u32) -> Option<NaiveDate> {
        if self.occurrences_max.is_some_and(|most| occurrence >= most) {
            return None;
        }
        let date = match self.every.months() {
            None => self.starts_on.checked_add_days(Days::new(7 * u64::from(occurrence))),
            Some(months) => self.in_month(self.anchor()?.checked_add_months(Months::new(months.checked_mul(occurrence)?))?),
        };
        date.filter(|date| date.year() <= LAST_YEAR && self.ends_on.is_none_or(|last| *date <= last))
    }

    /// The first occurrence that is not before `day`, from `occurrence` on.
    pub fn next_from(&self, occurrence: u32, day: NaiveDate) -> Option<(u32, NaiveDate)> {
        (occurrence..).map_while(|n| self.date_of(n).map(|date| (n, date))).find(|(_, date)| *date >= day)
    }

    /// The first day of the first month.
    fn anchor(&self) -> Option<NaiveDate> {
        let first = Period::of(self.starts_on).first_day();
        match self.in_month(first)? {
            date if date < self.starts_on => first.checked_add_months(Months::new(1)),
            _ => Some(first),
        }
    }

    fn in_month(&self, first: NaiveDate) -> Option<NaiveDate> {
        let wanted = self.day.map_or(self.starts_on.day(), u32::from);
        first.with_day(wanted.min(Period::of(first).last_day().day()))
    }
}
