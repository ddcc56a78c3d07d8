//! Why the fiscal calendar refuses a command, or a day.

use super::{Closing, Period};
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum CalendarRefusal {
    #[error("the period {period} is {closing} closed: nothing counts in it any more")]
    PeriodClosed { period: Period, closing: Closing },
    #[error("the period {period} is not over yet")]
    PeriodNotOver { period: Period },
    #[error("the period {period} is closed softly first, so that what is under way comes to its end")]
    SoftCloseFirst { period: Period },
    #[error("the period {period} is open")]
    PeriodOpen { period: Period },
    #[error("a month is a number from 1 to 12")]
    MonthInvalid,
    #[error("every holiday lies in the year {year}")]
    HolidayOutsideYear { year: i32 },
    #[error("a day is one holiday: give it one name")]
    HolidayRepeated { index: usize },
    #[error("a name is needed")]
    NameMissing,
    #[error("reopening needs a reason")]
    ReasonMissing,
}

impl Refusal for CalendarRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::PeriodClosed { .. } | Self::PeriodNotOver { .. } | Self::SoftCloseFirst { .. } | Self::PeriodOpen { .. } => {
                RefusalKind::State
            }
            _ => RefusalKind::Invalid,
        }
    }

    fn pointer(&self) -> Option<String> {
        Some(match self {
            Self::PeriodClosed { .. } => "/effective_date".to_owned(),
            Self::MonthInvalid => "/first_month".to_owned(),
            Self::HolidayOutsideYear { .. } | Self::NameMissing => "/holidays".to_owned(),
            Self::HolidayRepeated { index } => format!("/holidays/{index}/on"),
            Self::ReasonMissing => "/reason".to_owned(),
            _ => return None,
        })
    }
}
