//! Amounts and dates as the formats write them.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

/// SWIFT and BAI2 write years with two digits; statements older than 1980 do not exist in them.
const CENTURY_TURNS: i32 = 80;
/// Of statements that are kept in files.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=2199;

/// `1234,5`, `1234.` or `,5`: one mark, which is the decimal mark.
pub(crate) fn decimal(text: &str) -> Option<Decimal> {
    let dotted = text.replace(',', ".");
    let plain = dotted.strip_suffix('.').unwrap_or(&dotted);
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    let clean = plain.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    if digits == 0 || !clean {
        return None;
    }
    Decimal::from_str_exact(&plain.replacen('+', "", usize::from(plain.starts_with('+')))).ok().map(without_sign_of_zero)
}

/// What leaves an account.
pub(crate) fn debit(amount: Decimal) -> Decimal {
    without_sign_of_zero(-amount)
}

/// Banks write `-0.00`, and a debit of nothing is nothing.
fn without_sign_of_zero(amount: Decimal) -> Decimal {
    if amount.is_zero() { amount.abs() } else { amount }
}

/// The six digits `YYMMDD`; a day that its month lacks, as 30 February of accounts with months of 30 days, is the month's last.
pub(crate) fn short_date(text: &str) -> Option<NaiveDate> {
    if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let year: i32 = text[..2].parse().ok()?;
    let century = if year >= CENTURY_TURNS { 1900 } else { 2000 };
    date_within_month(century + year, text[2..4].parse().ok()?, text[4..].parse().ok()?)
}

fn date_within_month(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day).or_else(|| {
        let in_range = (29..=31).contains(&day);
        (28..day)
            .rev()
            .filter(|_| in_range)
            .find_map(|day| NaiveDate::from_ymd_opt(year, month, day))
            .or_else(|| NaiveDate::from_ymd_opt(year, month, 28).filter(|_| in_range))
    })
}

/// `MMDD` of an entry in the year that brings it next to its value date: around New Year the two differ.
pub(crate) fn day_near(text: &str, near: NaiveDate) -> Option<NaiveDate> {
    let (month, day) = (text.get(..2)?.parse().ok()?, text.get(2..4)?.parse().ok()?);
    let years = [near.year(), near.year() - 1, near.year() + 1];
    let candidates = years.into_iter().filter_map(|year| date_within_month(year, month, day));
    candidates.min_by_key(|date| (*date - near).num_days().abs())
}

/// The date at the head of an ISO 8601 date or time, in the bank's own zone.
pub(crate) fn iso_date(text: &str) -> Option<NaiveDate> {
    text.get(..10)?.parse().ok()
}

/// A day on which a bank can have booked; a year of two digits that was read as one of four is none. Periods may be "ever since".
pub(crate) fn of_our_time(day: NaiveDate) -> Option<NaiveDate> {
    Some(day).filter(|day| YEARS.contains(&day.year()))
}

pub(crate) fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// An account number of the shape of an IBAN; banks anonymise samples and so break check digits, which are judged where money leaves.
pub(crate) fn has_shape_of_iban(text: &str) -> bool {
    let bytes = text.as_bytes();
    (15..=34).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && bytes[4..].iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

pub(crate) fn present(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}
