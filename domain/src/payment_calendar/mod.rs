//! On which days payments leave, and what that would have changed of a past period.
//!
//! The rule is that of a payment run (SEMANTICS 9): what is approved and free is paid by the last run that still meets its due date or
//! a discount that is worth it. A run that falls on no working day leaves on the first one after it.

mod past;
mod runs;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use serde::Deserialize;

pub use past::{PastInstalment, PastPayment};
pub use runs::{Owed, PaidByRun, Runs};

use crate::calendar::Period;
use crate::refusal::{Refusal, RefusalKind};

/// Payments leave on every day that any of these names.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PaymentCalendar {
    #[serde(default)]
    pub weekdays: Vec<RunWeekday>,
    /// 1 to 31, or the last day where the month is shorter: 31 is the end of every month.
    #[serde(default)]
    pub days_of_month: Vec<u8>,
    #[serde(default)]
    pub dates: Vec<NaiveDate>,
    /// The yearly rate, as a fraction, from which on taking a discount is better than keeping the money; any is where absent.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "0.1"))]
    pub hurdle_rate: Decimal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RunWeekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum PaymentCalendarRefusal {
    #[error("a day of the month is 1 to 31")]
    DayInvalid { index: usize },
    #[error("the hurdle rate is not below zero")]
    HurdleRateNegative,
    #[error("no payment run leaves in the period")]
    NoPaymentRun,
}

impl Refusal for PaymentCalendarRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
    fn pointer(&self) -> Option<String> {
        match self {
            Self::DayInvalid { index } => Some(format!("/days_of_month/{index}")),
            Self::HurdleRateNegative => Some("/hurdle_rate".to_owned()),
            Self::NoPaymentRun => Some(String::new()),
        }
    }
}

impl PaymentCalendar {
    fn check(&self) -> Result<(), PaymentCalendarRefusal> {
        if let Some(index) = self.days_of_month.iter().position(|day| !(1..=31).contains(day)) {
            return Err(PaymentCalendarRefusal::DayInvalid { index });
        }
        if self.hurdle_rate < Decimal::ZERO { Err(PaymentCalendarRefusal::HurdleRateNegative) } else { Ok(()) }
    }

    /// Whether a run is meant to leave on this day, working or not.
    fn names(&self, day: NaiveDate) -> bool {
        let month_end = Period::of(day).last_day().day();
        self.weekdays.iter().any(|weekday| *weekday as u32 == day.weekday().num_days_from_monday())
            || self.days_of_month.iter().any(|wanted| u32::from(*wanted).min(month_end) == day.day())
            || self.dates.contains(&day)
    }
}
