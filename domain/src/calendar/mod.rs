//! The fiscal calendar: which months make a year, which of them are closed, and on which days no bank works.
//!
//! A period is a calendar month. Soft closed, only entries by hand are still posted to it; hard closed, nothing is. Both
//! are undone by those who may, one step at a time, with a reason.

mod period;
mod refusal;

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

pub use period::{NoPeriod, Period};
pub use refusal::CalendarRefusal;

use crate::aggregate;
use crate::aggregate::Root;
use crate::ids::UserId;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FiscalCalendar {
    /// The month that a fiscal year begins with, from 1; January until somebody says so.
    pub year_begins: Option<u32>,
    pub closings: BTreeMap<Period, Closing>,
    pub holidays: BTreeMap<NaiveDate, String>,
}

/// How far a period is closed. What is not closed is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Closing {
    Soft,
    Hard,
}

/// Who wants to post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posting {
    /// What a document or a movement posts.
    Document,
    /// An entry by hand.
    ByHand,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    pub on: NaiveDate,
    pub name: String,
}

#[derive(Clone, Debug)]
pub enum CalendarCommand {
    SetFiscalYear {
        first_month: u32,
        by: UserId,
    },
    /// All holidays of one year; those declared before are replaced.
    DeclareHolidays {
        year: i32,
        holidays: Vec<Holiday>,
        by: UserId,
    },
    /// `today` must lie after the period: what is decided today counts today, and nothing may post into a closed period.
    Close {
        period: Period,
        closing: Closing,
        today: NaiveDate,
        by: UserId,
    },
    /// One step back: hard to soft, soft to open.
    Reopen {
        period: Period,
        reason: String,
        by: UserId,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum CalendarEvent {
    FiscalYearSet { first_month: u32, by: UserId },
    HolidaysDeclared { year: i32, holidays: Vec<Holiday>, by: UserId },
    PeriodClosed { period: Period, closing: Closing, by: UserId },
    PeriodReopened { period: Period, from: Closing, reason: String, by: UserId },
}

aggregate!(FiscalCalendar, "fiscal_calendar", "Calendar", CalendarCommand, CalendarEvent, CalendarRefusal, {
    FiscalYearSet = 1, HolidaysDeclared = 1, PeriodClosed = 1, PeriodReopened = 1,
});

impl Root for FiscalCalendar {
    aggregate!(@names CalendarEvent);

    fn decide(&self, command: CalendarCommand) -> Result<Vec<CalendarEvent>, CalendarRefusal> {
        match command {
            CalendarCommand::SetFiscalYear { first_month, .. } if !(1..=12).contains(&first_month) => Err(CalendarRefusal::MonthInvalid),
            CalendarCommand::SetFiscalYear { first_month, .. } if self.year_begins == Some(first_month) => Ok(vec![]),
            CalendarCommand::SetFiscalYear { first_month, by } => Ok(vec![CalendarEvent::FiscalYearSet { first_month, by }]),
            CalendarCommand::DeclareHolidays { year, holidays, by } => self.declare(year, holidays, by),
            CalendarCommand::Close { period, closing, today, by } => self.close(period, closing, today, by),
            CalendarCommand::Reopen { period, reason, by } => self.reopen(period, reason, by),
        }
    }
}

impl FiscalCalendar {
    pub fn closing(&self, period: Period) -> Option<Closing> {
        self.closings.get(&period).copied()
    }

    /// Whether something may count on this day.
    pub fn admits(&self, day: NaiveDate, posting: Posting) -> Result<(), CalendarRefusal> {
        let period = Period::of(day);
        match (self.closing(period), posting) {
            (None, _) | (Some(Closing::Soft), Posting::ByHand) => Ok(()),
            (Some(closing), _) => Err(CalendarRefusal::PeriodClosed { period, closing }),
        }
    }

    /// The day itself, or the first one after it in a period that is not closed.
    pub fn first_open_day(&self, day: NaiveDate) -> NaiveDate {
        let mut open = day;
        while self.closing(Period::of(open)).is_some() {
            open = Period::of(open).last_day() + Days::new(1);
        }
        open
    }

    /// The fiscal year of a period, named after the calendar year that it ends in, and its number within it, from 1.
    pub fn fiscal(&self, period: Period) -> (i32, u32) {
        let first_month = self.year_begins.unwrap_or(1);
        let number = (period.month() + 12 - first_month) % 12 + 1;
        let year = if first_month > 1 && period.month() >= first_month { period.year() + 1 } else { period.year() };
        (year, number)
    }

    /// Neither a weekend nor a declared holiday.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !self.holidays.contains_key(&day)
    }

    /// The day itself, or the first working day after it.
    pub fn first_working_day(&self, day: NaiveDate) -> NaiveDate {
        day.iter_days().find(|day| self.is_working_day(*day)).unwrap_or(day)
    }

    fn declare(&self, year: i32, holidays: Vec<Holiday>, by: UserId) -> Result<Vec<CalendarEvent>, CalendarRefusal> {
        if holidays.iter().any(|holiday| holiday.on.year() != year) {
            return Err(CalendarRefusal::HolidayOutsideYear { year });
        }
        if holidays.iter().any(|holiday| holiday.name.trim().is_empty()) {
            return Err(CalendarRefusal::NameMissing);
        }
        if let Some(index) = (1..holidays.len()).find(|&index| holidays[..index].iter().any(|earlier| earlier.on == holidays[index].on)) {
            return Err(CalendarRefusal::HolidayRepeated { index });
        }
        let known: Vec<(&NaiveDate, &String)> = self.holidays.iter().filter(|(on, _)| on.year() == year).collect();
        let declared: BTreeMap<&NaiveDate, &String> = holidays.iter().map(|h| (&h.on, &h.name)).collect();
        if known == declared.into_iter().collect::<Vec<_>>() {
            return Ok(vec![]);
        }
        Ok(vec![CalendarEvent::HolidaysDeclared { year, holidays, by }])
    }

    fn close(&self, period: Period, closing: Closing, today: NaiveDate, by: UserId) -> Result<Vec<CalendarEvent>, CalendarRefusal> {
        if today <= period.last_day() {
            return Err(CalendarRefusal::PeriodNotOver { period });
        }
        match (self.closing(period), closing) {
            (Some(now), wanted) if now >= wanted => Ok(vec![]),
            (None, Closing::Hard) => Err(CalendarRefusal::SoftCloseFirst { period }),
            _ => Ok(vec![CalendarEvent::PeriodClosed { period, closing, by }]),
        }
    }

    fn reopen(&self, period: Period, reason: String, by: UserId) -> Result<Vec<CalendarEvent>, CalendarRefusal> {
        if reason.trim().is_empty() {
            return Err(CalendarRefusal::ReasonMissing);
        }
        let from = self.closing(period).ok_or(CalendarRefusal::PeriodOpen { period })?;
        Ok(vec![CalendarEvent::PeriodReopened { period, from, reason, by }])
    }

    fn on(&mut self, event: CalendarEvent) {
        match event {
            CalendarEvent::FiscalYearSet { first_month, .. } => self.year_begins = Some(first_month),
            CalendarEvent::HolidaysDeclared { year, holidays, .. } => {
                self.holidays.retain(|on, _| on.year() != year);
                self.holidays.extend(holidays.into_iter().map(|h| (h.on, h.name)));
            }
            CalendarEvent::PeriodClosed { period, closing, .. } => drop(self.closings.insert(period, closing)),
            CalendarEvent::PeriodReopened { period, from: Closing::Hard, .. } => drop(self.closings.insert(period, Closing::Soft)),
            CalendarEvent::PeriodReopened { period, from: Closing::Soft, .. } => drop(self.closings.remove(&period)),
        }
    }
}
