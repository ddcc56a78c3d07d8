//! Where a company keeps its calendar: what day it is there, and when a day begins.

use std::fmt;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// By its name in the IANA database, such as `Asia/Phnom_Penh`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TimeZone(Tz);

impl Default for TimeZone {
    fn default() -> Self {
        Self(Tz::UTC)
    }
}

impl TimeZone {
    pub fn named(name: &str) -> Option<Self> {
        name.parse().ok().map(Self)
    }

    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// What clocks on the wall show.
    pub fn time_of(self, at: DateTime<Utc>) -> NaiveDateTime {
        at.with_timezone(&self.0).naive_local()
    }

    pub fn day_of(self, at: DateTime<Utc>) -> NaiveDate {
        self.time_of(at).date()
    }

    /// Its first moment. Where clocks are put forward at midnight a day begins later, and a day that was left out when the
    /// next one does.
    pub fn beginning_of(self, day: NaiveDate) -> DateTime<Utc> {
        let midnight = day.and_time(NaiveTime::MIN);
        let mut quarters = (0..=96).map(|quarter| midnight + TimeDelta::minutes(15 * quarter));
        let first = quarters.find_map(|time| self.0.from_local_datetime(&time).earliest());
        first.map_or(midnight.and_utc(), |first| first.to_utc())
    }

    /// When the day is over.
    pub fn end_of(self, day: NaiveDate) -> Option<DateTime<Utc>> {
        day.checked_add_days(Days::new(1)).map(|next| self.beginning_of(next))
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
