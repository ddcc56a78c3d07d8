//! Amounts and dates as people write them into sheets: strict, for a guess at an amount is money.

use chrono::{Datelike, NaiveDate};
use quittance_domain::invoice_import::{DateOrder, DecimalMark};
use rust_decimal::Decimal;

/// Digits before and after the mark: products and sums of many such numbers are still exact.
const INTEGER_DIGITS_MAX: usize = 13;
const DECIMALS_MAX: usize = 10;
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// `1234.5`, `1,234.50`, `£1,234.50`, `(1,234.50)`, `-1 234.50`, `1234.50-`. Separators stand between groups of three or nowhere.
pub fn amount(text: &str, mark: DecimalMark) -> Option<Decimal> {
    let text = text.trim();
    let (text, in_brackets) = match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (inner.trim(), true),
        None => (text, false),
    };
    let (text, is_negative) = signed(text);
    if in_brackets && is_negative {
        return None;
    }
    let (mark, separator) = match mark {
        DecimalMark::Point => ('.', ','),
        DecimalMark::Comma => (',', '.'),
    };
    let (integer, decimals) = text.split_once(mark).unwrap_or((text, ""));
    let integer = ungrouped(integer, separator)?;
    let all_digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = all_digits(&integer) && all_digits(decimals) && !(integer.is_empty() && decimals.is_empty());
    if !is_number || integer.trim_start_matches('0').len() > INTEGER_DIGITS_MAX || decimals.len() > DECIMALS_MAX {
        return None;
    }
    let value = Decimal::from_str_exact(&format!("{}.{}", if integer.is_empty() { "0" } else { &integer }, pad(decimals))).ok()?;
    Some(if in_brackets || is_negative { -value } else { value })
}

fn pad(decimals: &str) -> &str {
    if decimals.is_empty() { "0" } else { decimals }
}

/// The text without its sign and its currency's, in either order; a minus may stand behind.
fn signed(text: &str) -> (&str, bool) {
    let is_minus = |c: char| matches!(c, '-' | '\u{2212}');
    let text = without_currency(text);
    match text.strip_prefix(is_minus).or_else(|| text.strip_suffix(is_minus)) {
        Some(rest) => (without_currency(rest), true),
        None => (text.strip_prefix('+').unwrap_or(text), false),
    }
}

fn without_currency(text: &str) -> &str {
    let is_currency = |c: char| matches!(c, '£' | '€' | '$' | '¥');
    let text = text.trim();
    text.strip_prefix(is_currency).or_else(|| text.strip_suffix(is_currency)).unwrap_or(text).trim()
}

/// Groups of three behind a first one of one to three, joined by one and the same separator.
fn ungrouped(integer: &str, separator: char) -> Option<String> {
    let separators = [separator, ' ', '\u{a0}', '\u{202f}', '\'', '\u{2019}'];
    let Some(used) = integer.chars().find(|c| separators.contains(c)) else { return Some(integer.to_owned()) };
    let groups: Vec<&str> = integer.split(used).collect();
    let (first, others) = groups.split_first()?;
    let are_groups = (1..=3).contains(&first.len()) && others.iter().all(|group| group.len() == 3);
    are_groups.then(|| groups.concat())
}

/// A number that is none by its text, as a workbook's or JSON's, with the mark by which texts are read: 1.125 is not 1,125.
pub fn marked(number: String, mark: DecimalMark) -> String {
    match mark {
        DecimalMark::Point => number,
        DecimalMark::Comma => number.replace('.', ","),
    }
}

/// Digits by the order that the mapping states, or with the month's English name; a time of day behind is let be.
pub fn date(text: &str, order: DateOrder) -> Option<NaiveDate> {
    let day = text.trim().split(['T']).next()?.trim();
    let day = match day.split_once(' ') {
        Some((date, time)) if time.contains(':') => date,
        _ => day,
    };
    let parts: Vec<&str> = day.split(['-', '/', '.', ' ']).filter(|part| !part.is_empty()).collect();
    let date = match *parts.as_slice() {
        [year, month, day] if year.len() == 4 => of_parts(year, month, day),
        [compact] if compact.len() == 8 && order == DateOrder::YearFirst && compact.is_ascii() => {
            of_parts(&compact[..4], &compact[4..6], &compact[6..])
        }
        [first, second, year] => match order {
            DateOrder::YearFirst if second.bytes().all(|byte| byte.is_ascii_digit()) => None,
            DateOrder::MonthFirst if first.bytes().all(|byte| byte.is_ascii_digit()) && !is_month_name(second) => {
                of_parts(year, first, second)
            }
            DateOrder::MonthFirst if is_month_name(first) => of_parts(year, first, second),
            _ => of_parts(year, second, first),
        },
        _ => None,
    };
    date.filter(|date| (1900..=2999).contains(&date.year()))
}

fn is_month_name(text: &str) -> bool {
    month(text).is_some() && !text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A year of two digits is one of this century.
fn of_parts(year: &str, month_text: &str, day: &str) -> Option<NaiveDate> {
    let digits =
        |text: &str, most: usize| (text.len() <= most && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse::<u32>().ok())?;
    let year = match year.len() {
        2 => 2000 + digits(year, 2)?,
        4 => digits(year, 4)?,
        _ => return None,
    };
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month(month_text)?, digits(day, 2)?)
}

fn month(text: &str) -> Option<u32> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok();
    }
    let name = text.get(..3)?.to_ascii_lowercase();
    MONTHS.iter().position(|month| *month == name).map(|index| index as u32 + 1)
}
