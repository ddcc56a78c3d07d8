//! Decisions are pure: no I/O, no clock, no randomness below the edge, and money never touches a float.

use crate::tree::{Source, none, sources_of};

const REACHES_OUT: [&str; 12] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant::now",
    "Utc::now",
    "Local::now",
    "Uuid::now_v7",
    "Uuid::new_v4",
    "tokio::",
];

/// Words, so that `f64` in a longer name is not meant.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_')
}

fn has_float(line: &str) -> bool {
    words(line).any(|word| ["f32", "f64", "to_f64", "from_f64"].contains(&word) || word.ends_with("_f64") || word.ends_with("_f32"))
}

/// Places on a page are points in `f32`; an amount gets there as text only.
fn has_float_of_an_amount(line: &str) -> bool {
    words(line).any(|word| word != "f32" && has_float(word)) || line.contains("Decimal") && has_float(line)
}

#[test]
fn the_domain_does_no_io_reads_no_clock_and_draws_nothing() {
    let offences = sources_of(&["domain", "domain/einvoice"]);
    let reaches = |line: &str| REACHES_OUT.iter().any(|word| line.contains(word));
    none(offences.iter().flat_map(|s| s.offences(reaches)).collect(), "the domain reaches out");
}

#[test]
fn the_application_takes_time_and_ids_from_its_ports() {
    let drawn = |line: &str| REACHES_OUT.iter().filter(|word| !word.starts_with("tokio")).any(|word| line.contains(word));
    none(sources_of(&["application"]).iter().flat_map(|s| s.offences(drawn)).collect(), "time and ids enter at the edge");
}

#[test]
fn money_never_touches_a_float() {
    let mut sources = sources_of(&[
        "domain",
        "domain/einvoice",
        "application",
        "infrastructure/einvoice",
        "infrastructure/rails",
        "infrastructure/statements",
    ]);
    // Where an infrastructure or projection source uses floats, it measures itself; files with money in them do not.
    let money = |s: &Source| s.text.contains("Money") || s.text.contains("Decimal");
    sources.extend(sources_of(&["infrastructure", "projections", "api"]).into_iter().filter(money));
    let is_page = |s: &Source| s.path.contains("/write/pdf/");
    let offences = |s: &Source| s.offences(if is_page(s) { has_float_of_an_amount } else { has_float });
    none(sources.iter().flat_map(offences).collect(), "a float beside money");
}
