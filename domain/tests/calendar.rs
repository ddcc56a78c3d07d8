//! The fiscal calendar: periods close one step at a time and after their end, and say so to whoever is late.

mod fixtures;

use fixtures::*;
use quittance_domain::Root;
use quittance_domain::calendar::{CalendarCommand, CalendarEvent, CalendarRefusal, Closing, FiscalCalendar, Holiday, Period, Posting};

fn march() -> Period {
    "2026-03".parse().expect("a period")
}

fn closed(closing: Closing) -> CalendarEvent {
    CalendarEvent::PeriodClosed { period: march(), closing, by: DORA }
}

fn close(closing: Closing, today: &str) -> CalendarCommand {
    CalendarCommand::Close { period: march(), closing, today: day(today), by: DORA }
}

fn reopen(reason: &str) -> CalendarCommand {
    CalendarCommand::Reopen { period: march(), reason: reason.to_owned(), by: DORA }
}

/// What was closed before, a command, and what comes of it.
#[test]
fn a_period_closes_and_opens_one_step_at_a_time() {
    let (soft, hard) = (vec![closed(Closing::Soft)], vec![closed(Closing::Soft), closed(Closing::Hard)]);
    let table = [
        (&vec![], close(Closing::Soft, "2026-03-31"), "period_not_over"),
        (&vec![], close(Closing::Soft, "2026-04-01"), "CalendarPeriodClosed"),
        (&vec![], close(Closing::Hard, "2026-04-01"), "soft_close_first"),
        (&vec![], reopen("late bill"), "period_open"),
        (&soft, close(Closing::Soft, "2026-04-01"), "nothing"),
        (&soft, close(Closing::Hard, "2026-04-01"), "CalendarPeriodClosed"),
        (&soft, reopen("late bill"), "CalendarPeriodReopened"),
        (&soft, reopen(" "), "reason_missing"),
        (&hard, close(Closing::Soft, "2026-04-01"), "nothing"),
        (&hard, reopen("late bill"), "CalendarPeriodReopened"),
    ];
    for (before, command, expected) in table {
        let asked = format!("{before:?} {command:?}");
        assert_eq!(verdict(&FiscalCalendar::replay(before.clone()), command), expected, "{asked}");
    }
}

#[test]
fn reopening_goes_back_the_way_it_was_closed() {
    let mut calendar = FiscalCalendar::replay([closed(Closing::Soft), closed(Closing::Hard)]);
    for left in [Some(Closing::Soft), None] {
        let events = calendar.decide(reopen("late bill")).expect("it reopens");
        events.into_iter().for_each(|event| cqrs_es::Aggregate::apply(&mut calendar, event));
        assert_eq!(calendar.closing(march()), left);
    }
}

/// How far March is closed, a day, who posts, and whether they may.
#[test]
fn what_counts_in_a_closed_period_is_refused_by_its_name() {
    let table = [
        (None, "2026-03-31", Posting::Document, true),
        (Some(Closing::Soft), "2026-03-01", Posting::Document, false),
        (Some(Closing::Soft), "2026-03-31", Posting::ByHand, true),
        (Some(Closing::Soft), "2026-02-28", Posting::Document, true),
        (Some(Closing::Soft), "2026-04-01", Posting::Document, true),
        (Some(Closing::Hard), "2026-03-15", Posting::ByHand, false),
    ];
    for (closing, on, posting, admitted) in table {
        let calendar = FiscalCalendar { closings: closing.map(|c| (march(), c)).into_iter().collect(), ..FiscalCalendar::default() };
        let refused = closing.map(|closing| CalendarRefusal::PeriodClosed { period: march(), closing });
        let expected = if admitted { Ok(()) } else { Err(refused.expect("closed")) };
        assert_eq!(calendar.admits(day(on), posting), expected, "{closing:?} {on} {posting:?}");
    }
}

#[test]
fn what_has_no_day_of_its_own_counts_on_the_first_open_one() {
    let april = CalendarEvent::PeriodClosed { period: "2026-04".parse().expect("a period"), closing: Closing::Soft, by: DORA };
    let calendar = FiscalCalendar::replay([closed(Closing::Soft), closed(Closing::Hard), april]);
    for (own, counts) in
        [("2026-02-27", "2026-02-27"), ("2026-03-17", "2026-05-01"), ("2026-04-30", "2026-05-01"), ("2026-05-02", "2026-05-02")]
    {
        assert_eq!(calendar.first_open_day(day(own)), day(counts), "{own}");
    }
}

/// First month of the year, a period, and its fiscal year and number.
#[test]
fn a_fiscal_year_is_named_after_the_year_it_ends_in() {
    let table = [
        (1, "2026-03", (2026, 3)),
        (4, "2026-03", (2026, 12)),
        (4, "2026-04", (2027, 1)),
        (7, "2026-12", (2027, 6)),
        (12, "2026-12", (2027, 1)),
    ];
    for (first_month, period, expected) in table {
        let calendar = FiscalCalendar { year_begins: Some(first_month), ..FiscalCalendar::default() };
        assert_eq!(calendar.fiscal(period.parse().expect("a period")), expected, "{first_month} {period}");
    }
    let set = |first_month| CalendarCommand::SetFiscalYear { first_month, by: DORA };
    let calendar = FiscalCalendar::default();
    for (month, expected) in [(0, "month_invalid"), (13, "month_invalid"), (1, "CalendarFiscalYearSet"), (4, "CalendarFiscalYearSet")] {
        assert_eq!(verdict(&calendar, set(month)), expected, "{month}");
    }
}

#[test]
fn the_holidays_of_a_year_are_declared_together() {
    let holiday = |on: &str, name: &str| Holiday { on: day(on), name: name.to_owned() };
    let declare = |holidays: Vec<Holiday>| CalendarCommand::DeclareHolidays { year: 2026, holidays, by: DORA };
    let calendar = FiscalCalendar::replay([CalendarEvent::HolidaysDeclared {
        year: 2026,
        holidays: vec![holiday("2026-01-01", "New Year"), holiday("2026-12-25", "Christmas")],
        by: DORA,
    }]);
    let table = [
        (vec![holiday("2026-12-25", "Christmas"), holiday("2026-01-01", "New Year")], "nothing"),
        (vec![holiday("2026-01-01", "New Year")], "CalendarHolidaysDeclared"),
        (vec![holiday("2027-01-01", "New Year")], "holiday_outside_year"),
        (vec![holiday("2026-01-01", " ")], "name_missing"),
        (vec![holiday("2026-05-01", "May Day"), holiday("2026-05-01", "Labour Day")], "holiday_repeated"),
    ];
    for (holidays, expected) in table {
        assert_eq!(verdict(&calendar, declare(holidays.clone())), expected, "{holidays:?}");
    }
    for (on, works) in [("2026-01-01", false), ("2026-01-02", true), ("2026-01-03", false), ("2026-01-04", false), ("2027-01-01", true)] {
        assert_eq!(calendar.is_working_day(day(on)), works, "{on}");
    }
}

/// A text, and the first and last day of the period that it names.
#[test]
fn a_period_is_a_month() {
    let table = [
        ("2026-02", Some(("2026-02-01", "2026-02-28"))),
        ("2028-02", Some(("2028-02-01", "2028-02-29"))),
        ("2026-12", Some(("2026-12-01", "2026-12-31"))),
        ("2026-13", None),
        ("2026-1", None),
        ("1899-12", None),
        ("26-01", None),
        ("2026", None),
    ];
    for (text, expected) in table {
        let period = text.parse::<Period>().ok();
        let days = period.map(|p| (p.first_day(), p.last_day()));
        assert_eq!(days, expected.map(|(first, last)| (day(first), day(last))), "{text}");
        assert!(period.is_none_or(|p| p.to_string() == text));
    }
}
