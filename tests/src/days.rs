//! Days beside today: a test that names the days of one month is red in the next.

use chrono::{NaiveDate, TimeDelta};
use quittance_application::ports::Edge;
use quittance_infrastructure::edge::SystemEdge;

/// So many days after today, or before it.
pub fn day(from_today: i64) -> NaiveDate {
    SystemEdge.now().date_naive() + TimeDelta::days(from_today)
}

pub fn today() -> NaiveDate {
    day(0)
}
