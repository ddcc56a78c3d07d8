//! The days on which the Federal Reserve settles: an entry takes effect on one of them or not at all.
//!
//! A holiday on a Sunday is kept on the Monday after; one on a Saturday is not kept on another day.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// `day` itself, or the first one after it on which banks settle.
pub fn first_banking_day(day: NaiveDate) -> NaiveDate {
    let mut day = day;
    while !settles(day) {
        let Some(next) = day.checked_add_days(Days::new(1)) else { break };
        day = next;
    }
    day
}

fn settles(day: NaiveDate) -> bool {
    let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let kept_on_monday = day.weekday() == Weekday::Mon && day.pred_opt().is_some_and(is_dated_holiday);
    !weekend && !is_dated_holiday(day) && !is_holiday_of_a_week(day) && !kept_on_monday
}

/// New Year, Juneteenth, Independence Day, Veterans Day, Christmas.
fn is_dated_holiday(day: NaiveDate) -> bool {
    let since = |year| day.year() >= year;
    matches!((day.month(), day.day()), (1, 1) | (7, 4) | (11, 11) | (12, 25)) || (day.month(), day.day()) == (6, 19) && since(2021)
}

/// Martin Luther King Jr., Washington, Memorial Day, Labor Day, Columbus Day, Thanksgiving.
fn is_holiday_of_a_week(day: NaiveDate) -> bool {
    let nth = (day.day() - 1) / 7 + 1;
    let last = day.day() + 7 > 31;
    match (day.month(), day.weekday()) {
        (1 | 2, Weekday::Mon) => nth == 3,
        (5, Weekday::Mon) => last,
        (9, Weekday::Mon) => nth == 1,
        (10, Weekday::Mon) => nth == 2,
        (11, Weekday::Thu) => nth == 4,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    /// The holidays that the Federal Reserve publishes for 2026 and 2027, and the days that follow them.
    #[test]
    fn entries_settle_on_the_days_of_the_federal_reserve() {
        let rows = [
            ("2026-01-01", "2026-01-02"),
            ("2026-01-19", "2026-01-20"),
            ("2026-02-16", "2026-02-17"),
            ("2026-05-25", "2026-05-26"),
            ("2026-06-19", "2026-06-22"),
            ("2026-07-03", "2026-07-03"),
            ("2026-07-04", "2026-07-06"),
            ("2026-09-07", "2026-09-08"),
            ("2026-10-12", "2026-10-13"),
            ("2026-11-11", "2026-11-12"),
            ("2026-11-26", "2026-11-27"),
            ("2026-12-25", "2026-12-28"),
            ("2027-07-04", "2027-07-06"),
            ("2027-05-24", "2027-05-24"),
            ("2027-05-31", "2027-06-01"),
            ("2026-03-09", "2026-03-09"),
            ("2026-03-07", "2026-03-09"),
        ];
        for (asked, settled) in rows {
            assert_eq!(first_banking_day(day(asked)), day(settled), "{asked}");
        }
    }
}
