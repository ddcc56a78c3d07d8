//! Recurring invoices: every date once, in order, the end of a month whatever its length; pauses pass over what they cover.

mod fixtures;

use chrono::{Datelike, Days, Months, NaiveDate};
use fixtures::*;
use proptest::prelude::*;
use quittance_domain::Root;
use quittance_domain::calendar::Period;
use quittance_domain::recurring_invoice::{
    Arrangement, Every, RecurringInvoice, RecurringInvoiceCommand, RecurringInvoiceEvent, Schedule, Standing, Template, invoice_of,
};
use rust_decimal::dec;

fn schedule(every: Every, day: Option<u8>, starts_on: &str) -> Schedule {
    Schedule { every, day, starts_on: starts_on.parse().expect("a date"), ends_on: None, occurrences_max: None }
}

fn dates(schedule: &Schedule, count: u32) -> Vec<String> {
    (0..count).map_while(|n| schedule.date_of(n)).map(|date| date.to_string()).collect()
}

#[test]
fn the_31st_comes_back_after_a_shorter_month() {
    let rows: [(Schedule, &[&str]); 9] = [
        (
            schedule(Every::Month, Some(31), "2027-12-31"),
            &["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30", "2028-05-31"],
        ),
        (schedule(Every::Month, None, "2026-01-30"), &["2026-01-30", "2026-02-28", "2026-03-30"]),
        (schedule(Every::Month, Some(5), "2026-01-10"), &["2026-02-05", "2026-03-05"]),
        (schedule(Every::Month, Some(31), "2026-02-28"), &["2026-02-28", "2026-03-31"]),
        (schedule(Every::Quarter, Some(31), "2026-01-31"), &["2026-01-31", "2026-04-30", "2026-07-31", "2026-10-31"]),
        (schedule(Every::Quarter, Some(15), "2026-01-31"), &["2026-02-15", "2026-05-15"]),
        (schedule(Every::Year, None, "2024-02-29"), &["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]),
        (schedule(Every::Week, None, "2026-02-24"), &["2026-02-24", "2026-03-03", "2026-03-10"]),
        (schedule(Every::Week, None, "2999-12-28"), &["2999-12-28"]),
    ];
    for (schedule, expected) in rows {
        let count = if expected.len() > 1 { expected.len() as u32 } else { 9 };
        assert_eq!(dates(&schedule, count), expected, "{schedule:?}");
    }
}

#[test]
fn a_schedule_ends_on_a_day_or_after_a_count() {
    let monthly = schedule(Every::Month, None, "2026-01-31");
    let until = Schedule { ends_on: Some(day("2026-03-31")), ..monthly };
    assert_eq!(dates(&until, 9), ["2026-01-31", "2026-02-28", "2026-03-31"]);
    assert_eq!(dates(&Schedule { ends_on: Some(day("2026-03-30")), ..monthly }, 9), ["2026-01-31", "2026-02-28"]);
    assert_eq!(dates(&Schedule { occurrences_max: Some(2), ..monthly }, 9), ["2026-01-31", "2026-02-28"]);
    assert_eq!(dates(&Schedule { occurrences_max: Some(5), ..until }, 9).len(), 3);
}

fn any_schedule() -> impl Strategy<Value = Schedule> {
    let every = prop_oneof![Just(Every::Month), Just(Every::Quarter), Just(Every::Year)];
    let start = (0u64..40_000).prop_map(|days| NaiveDate::from_ymd_opt(1990, 1, 1).expect("a date") + Days::new(days));
    (every, prop::option::of(1u8..=31), start).prop_map(|(every, day, starts_on)| Schedule {
        every,
        day,
        starts_on,
        ends_on: None,
        occurrences_max: None,
    })
}

proptest! {
    /// Whatever the start: no month of the rhythm is left out, none comes twice, and the day is the wanted one or the month's last.
    #[test]
    fn every_date_lies_in_the_next_month_on_the_wanted_day_or_the_last(schedule in any_schedule(), count in 2u32..60) {
        let months = match schedule.every { Every::Month => 1, Every::Quarter => 3, _ => 12 };
        let wanted = schedule.day.map_or(schedule.starts_on.day(), u32::from);
        let all: Vec<NaiveDate> = (0..count).map(|n| schedule.date_of(n).expect("without end")).collect();
        prop_assert!(all[0] >= schedule.starts_on);
        prop_assert!((all[0] - schedule.starts_on).num_days() <= 31);
        for date in &all {
            prop_assert_eq!(date.day(), wanted.min(Period::of(*date).last_day().day()));
        }
        for pair in all.windows(2) {
            prop_assert_eq!(Period::of(pair[1]).first_day(), Period::of(pair[0]).first_day() + Months::new(months));
        }
        for (n, date) in all.iter().enumerate() {
            prop_assert_eq!(schedule.next_from(0, *date), Some((n as u32, *date)));
        }
    }
}

fn rent() -> Arrangement {
    let template = Template {
        vendor_id: VENDOR,
        number_prefix: "RENT".to_owned(),
        currency: quittance_domain::Currency::EUR,
        references: Default::default(),
        remittance: None,
        lines: document().lines,
        notes: vec![],
    };
    Arrangement { template, schedule: schedule(Every::Month, None, "2026-01-31"), by: ANNA }
}

fn arranged(arrangement: Arrangement) -> RecurringInvoice {
    RecurringInvoice::replay([RecurringInvoiceEvent::Arranged(Box::new(arrangement))])
}

fn make(today: &str) -> RecurringInvoiceCommand {
    RecurringInvoiceCommand::MakeDue { id: SERIES, today: day(today) }
}

fn done(state: &mut RecurringInvoice, command: RecurringInvoiceCommand) -> Vec<RecurringInvoiceEvent> {
    let events = state.decide(command).expect("possible");
    events.iter().cloned().for_each(|event| cqrs_es::Aggregate::apply(state, event));
    events
}

#[test]
fn missed_days_are_caught_up_one_by_one_and_each_once() {
    let mut state = arranged(rent());
    assert_eq!(done(&mut state, make("2026-01-30")), []);
    for (occurrence, due_on) in ["2026-01-31", "2026-02-28", "2026-03-31"].into_iter().enumerate() {
        let occurrence = occurrence as u32;
        let made = RecurringInvoiceEvent::Made { occurrence, due_on: day(due_on), invoice_id: invoice_of(SERIES, occurrence) };
        assert_eq!(done(&mut state, make("2026-04-02")), [made]);
    }
    assert_eq!(done(&mut state, make("2026-04-02")), []);
    assert_eq!(state.series().expect("arranged").made, 3);
}

#[test]
fn a_pause_passes_over_what_it_covers_unless_it_is_asked_for() {
    let pause = || RecurringInvoiceCommand::Pause { reason: "rebuilding".to_owned(), by: BOB };
    let resume = |from: &str| RecurringInvoiceCommand::Resume { from: day(from), by: BOB };
    for (from, next, passed_over) in [("2026-04-02", "2026-04-30", 3), ("2026-02-28", "2026-02-28", 1), ("2020-01-01", "2026-01-31", 0)] {
        let mut state = arranged(rent());
        assert_eq!(done(&mut state, pause()).len(), 1);
        assert_eq!(done(&mut state, make("2026-12-31")), [], "nothing is made in a pause");
        assert_eq!(done(&mut state, pause()), []);
        assert_eq!(done(&mut state, resume(from)).len(), 1);
        let series = state.series().expect("arranged");
        assert_eq!((series.next_due(), series.next), (Some(day(next)), passed_over), "{from}");
    }
}

#[test]
fn a_series_ends_with_its_schedule_or_by_a_person_and_then_for_good() {
    let end = || RecurringInvoiceCommand::End { reason: "moved out".to_owned(), by: BOB };
    let resume = RecurringInvoiceCommand::Resume { from: day("2026-02-01"), by: BOB };
    let mut by_person = arranged(rent());
    assert_eq!(done(&mut by_person, end()).len(), 1);
    assert_eq!(done(&mut by_person, end()), []);
    assert_eq!(done(&mut by_person, make("2026-12-31")), []);
    assert_eq!(verdict(&by_person, resume.clone()), "recurring_invoice_ended");

    let mut twice = arranged(Arrangement { schedule: Schedule { occurrences_max: Some(2), ..rent().schedule }, ..rent() });
    while !done(&mut twice, make("2026-12-31")).is_empty() {}
    let series = twice.series().expect("arranged");
    assert_eq!((series.standing, series.made, series.upcoming().count()), (Standing::Ended, 2, 0));
    assert_eq!(verdict(&twice, resume), "recurring_invoice_ended");
    let nothing = |reason: &str| RecurringInvoiceCommand::End { reason: reason.to_owned(), by: BOB };
    assert_eq!(verdict(&arranged(rent()), nothing(" ")), "reason_missing");
}

#[test]
fn what_recurs_has_a_number_an_amount_and_a_date() {
    let arrange = |change: fn(&mut Arrangement)| {
        let mut arrangement = rent();
        change(&mut arrangement);
        verdict(&RecurringInvoice::NotArranged, RecurringInvoiceCommand::Arrange(Box::new(arrangement)))
    };
    assert_eq!(arrange(|_| {}), "RecurringInvoiceArranged");
    assert_eq!(arrange(|a| a.template.number_prefix = "--".to_owned()), "number_missing");
    assert_eq!(arrange(|a| a.template.lines.clear()), "amount_not_positive");
    assert_eq!(arrange(|a| a.template.lines[0].net = dec!(-1000)), "amount_not_positive");
    assert_eq!(arrange(|a| a.schedule.day = Some(32)), "day_invalid");
    assert_eq!(arrange(|a| (a.schedule.every, a.schedule.day) = (Every::Week, Some(1))), "day_invalid");
    assert_eq!(arrange(|a| a.schedule.ends_on = Some(day("2026-01-30"))), "schedule_empty");
    assert_eq!(arrange(|a| a.schedule.occurrences_max = Some(0)), "schedule_empty");
    assert_eq!(arrange(|a| a.schedule.starts_on = day("3026-01-30")), "schedule_empty");
    assert_eq!(verdict(&RecurringInvoice::NotArranged, make("2026-01-31")), "recurring_invoice_unknown");
    let again = RecurringInvoiceCommand::Arrange(Box::new(rent()));
    assert_eq!(verdict(&arranged(rent()), again), "nothing");
}
