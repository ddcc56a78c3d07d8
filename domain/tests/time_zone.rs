//! What day it is where a company is, and when its days begin.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::time_zone::TimeZone;

fn zone(name: &str) -> TimeZone {
    TimeZone::named(name).expect("a name of the IANA database")
}

fn at(moment: &str) -> DateTime<Utc> {
    moment.parse().expect("a moment")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

#[test]
fn one_moment_is_of_different_days() {
    let cases = [
        ("2026-11-22T18:30:00Z", "Asia/Phnom_Penh", "2026-11-23"),
        ("2026-11-22T16:59:59Z", "Asia/Phnom_Penh", "2026-11-22"),
        ("2026-11-22T17:00:00Z", "Asia/Phnom_Penh", "2026-11-23"),
        ("2026-11-23T07:59:59Z", "America/Los_Angeles", "2026-11-22"),
        ("2026-11-23T08:00:00Z", "America/Los_Angeles", "2026-11-23"),
        ("2026-07-23T06:59:59Z", "America/Los_Angeles", "2026-07-22"),
        ("2026-07-23T07:00:00Z", "America/Los_Angeles", "2026-07-23"),
        ("2026-12-31T10:00:00Z", "Pacific/Kiritimati", "2027-01-01"),
        ("2026-11-22T23:59:59Z", "UTC", "2026-11-22"),
    ];
    for (moment, name, expected) in cases {
        assert_eq!(zone(name).day_of(at(moment)), day(expected), "{moment} in {name}");
    }
}

#[test]
fn a_day_begins_when_its_date_is_first_shown() {
    let cases = [
        ("Asia/Phnom_Penh", "2026-11-23", "2026-11-22T17:00:00Z"),
        ("America/Los_Angeles", "2026-11-22", "2026-11-22T08:00:00Z"),
        ("UTC", "2026-11-22", "2026-11-22T00:00:00Z"),
        // Clocks go from 23:59 to 01:00.
        ("America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z"),
        // Clocks go back from midnight to 23:00 of the same day, so the next one begins at the second midnight.
        ("America/Santiago", "2026-04-05", "2026-04-05T04:00:00Z"),
        // Samoa had no 30 December 2011.
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),
    ];
    for (name, begun, expected) in cases {
        assert_eq!(zone(name).beginning_of(day(begun)), at(expected), "{begun} in {name}");
    }
    assert_eq!(zone("Asia/Phnom_Penh").end_of(day("2026-11-22")), Some(at("2026-11-22T17:00:00Z")));
}

#[test]
fn a_zone_is_known_by_its_name_alone() {
    for nobodys in ["", "Phnom Penh", "asia/phnom_penh", "+07:00", "../UTC"] {
        assert_eq!(TimeZone::named(nobodys), None, "{nobodys}");
    }
    let stored = serde_json::to_string(&zone("Asia/Phnom_Penh")).expect("JSON");
    assert_eq!(stored, "\"Asia/Phnom_Penh\"");
    assert_eq!(serde_json::from_str::<TimeZone>(&stored).expect("a zone"), zone("Asia/Phnom_Penh"));
    assert_eq!(TimeZone::default(), zone("UTC"));
}
