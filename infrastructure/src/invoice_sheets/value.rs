//! Amounts and dates as people write them into sheets: strict, for a guess at an amount is money.

use chrono::{Datelike, NaiveDate};
use quittance_domain::Currency;
use quittance_domain::invoice_import::{DateOrder, DecimalMark};
use quittance_domain::limits::{DECIMALS_MAX, INTEGER_DIGITS_MAX};
use rust_decimal::Decimal;

/// In English and German, with their usual abbreviations.
const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "januar", "jänner", "jän"],
    &["february", "feb", "februar"],
    &["march", "mar", "märz", "mär", "mrz"],
    &["april", "apr"],
    &["may", "mai"],
    &["june", "jun", "juni"],
    &["july", "jul", "juli"],
    &["august", "aug"],
    &["september", "sep", "sept"],
    &["october", "oct", "oktober", "okt"],
    &["november", "nov"],
    &["december", "dec", "dezember", "dez"],
];
/// Signs of currencies that stand with an amount; several currencies share one.
const SIGNS: [char; 4] = ['€', '£', '¥', '$'];

/// A number as a cell states it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Written {
    pub value: Decimal,
    /// The sign of a currency that stands with it.
    sign: Option<char>,
}

impl Written {
    /// `None` where the sign is that of other currencies.
    pub fn of(self, currency: Currency) -> Option<Decimal> {
        self.sign.is_none_or(|sign| currency.is_written(sign)).then_some(self.value)
    }

    /// `None` where it is money.
    pub fn bare(self) -> Option<Decimal> {
        self.sign.is_none().then_some(self.value)
    }
}

/// `1234.5`, `1,234.50`, `£1,234.50`, `(1,234.50)`, `-1 234.50`, `1234.50-`. Separators stand between groups of three or nowhere.
pub fn amount(text: &str, mark: DecimalMark) -> Option<Written> {
    let text = text.trim();
    let (text, in_brackets) = match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (inner.trim(), true),
        None => (text, false),
    };
    let (text, is_negative, sign) = signed(text)?;
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
    Some(Written { value: if in_brackets || is_negative { -value } else { value }, sign })
}

fn pad(decimals: &str) -> &str {
    if decimals.is_empty() { "0" } else { decimals }
}

/// The text without its minus and its currency's one sign, in either order; a minus may stand behind.
fn signed(text: &str) -> Option<(&str, bool, Option<char>)> {
    let is_minus = |c: char| matches!(c, '-' | '\u{2212}');
    let (text, sign) = without_currency(text);
    let Some(rest) = text.strip_prefix(is_minus).or_else(|| text.strip_suffix(is_minus)) else {
        return Some((text.strip_prefix('+').unwrap_or(text), false, sign));
    };
    match (sign, without_currency(rest)) {
        (Some(_), (_, Some(_))) => None,
        (sign, (rest, inner)) => Some((rest, true, sign.or(inner))),
    }
}

fn without_currency(text: &str) -> (&str, Option<char>) {
    let is_currency = |c: &char| SIGNS.contains(c);
    let text = text.trim();
    if let Some(sign) = text.chars().next().filter(is_currency) {
        return (text[sign.len_utf8()..].trim(), Some(sign));
    }
    match text.chars().next_back().filter(is_currency) {
        Some(sign) => (text[..text.len() - sign.len_utf8()].trim(), Some(sign)),
        None => (text, None),
    }
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

/// Digits by the order that the mapping states, or with the month's name; a time of day behind is let be.
pub fn date(text: &str, order: DateOrder) -> Option<NaiveDate> {
    let day = without_time(text.trim());
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

/// A `T` between digits begins the time; the one of `OCT` does not.
fn without_time(text: &str) -> &str {
    let is_digit = |c: char| c.is_ascii_digit();
    let mut marks = text.match_indices('T');
    let time = marks.find(|(at, mark)| text[..*at].ends_with(is_digit) && text[at + mark.len()..].starts_with(is_digit));
    time.map_or(text, |(at, _)| &text[..at])
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
    let name = text.to_lowercase();
    MONTHS.iter().position(|names| names.contains(&name.as_str())).map(|index| index as u32 + 1)
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn amounts_are_read_as_written_or_not_at_all() {
        let cases = [
            ("1234.5", Some(dec!(1234.5)), None),
            ("1,234.50", Some(dec!(1234.50)), None),
            ("1.234,50", None, Some(dec!(1234.50))),
            ("1 234,50 €", None, Some(dec!(1234.50))),
            ("(9,743,908.00)", Some(dec!(-9743908.00)), None),
            ("-£12.00", Some(dec!(-12.00)), None),
            ("£-12.00", Some(dec!(-12.00)), None),
            ("£-12.00£", None, None),
            ("$-£12.00", None, None),
            ("12.00-", Some(dec!(-12.00)), None),
            ("'12", None, None),
            ("1\u{2019}234.50", Some(dec!(1234.50)), None),
            ("1,5", None, Some(dec!(1.5))),
            ("12,34.00", None, None),
            ("1e5", None, None),
            ("--1", None, None),
            ("(-1)", None, None),
            ("", None, None),
            (".", None, None),
            ("N/A", None, None),
            ("12345678901234", None, None),
        ];
        for (text, point, comma) in cases {
            let value = |mark| amount(text, mark).map(|written| written.value);
            assert_eq!(value(DecimalMark::Point), point, "{text} with a point");
            assert_eq!(value(DecimalMark::Comma), comma, "{text} with a comma");
        }
    }

    #[test]
    fn dates_are_read_in_the_order_that_the_mapping_states() {
        let cases = [
            ("2026-03-04", DateOrder::YearFirst, Some("2026-03-04")),
            ("2026-03-04T10:00:00Z", DateOrder::YearFirst, Some("2026-03-04")),
            ("20260304", DateOrder::YearFirst, Some("2026-03-04")),
            ("03/04/2026", DateOrder::YearFirst, None),
            ("03/04/2026", DateOrder::DayFirst, Some("2026-04-03")),
            ("03/04/2026", DateOrder::MonthFirst, Some("2026-03-04")),
            ("3.4.26", DateOrder::DayFirst, Some("2026-04-03")),
            ("03-Apr-2026", DateOrder::DayFirst, Some("2026-04-03")),
            ("April 3 2026", DateOrder::MonthFirst, Some("2026-04-03")),
            ("14-OCT-2026", DateOrder::DayFirst, Some("2026-10-14")),
            ("14-SEPT-2026", DateOrder::DayFirst, Some("2026-09-14")),
            ("AUGUST 14 2026", DateOrder::MonthFirst, Some("2026-08-14")),
            ("14-OCT-26 10:00", DateOrder::DayFirst, Some("2026-10-14")),
            ("14-OCT-2026T10:00", DateOrder::DayFirst, Some("2026-10-14")),
            ("14. MÄRZ 2026", DateOrder::DayFirst, Some("2026-03-14")),
            ("14. Dez. 2026", DateOrder::DayFirst, Some("2026-12-14")),
            ("14-MARZ-2026", DateOrder::DayFirst, None),
            ("14-JUNK-2026", DateOrder::DayFirst, None),
            ("14-Mayor-2026", DateOrder::DayFirst, None),
            ("2026-03-04T", DateOrder::YearFirst, None),
            ("03/04/2026 12:30", DateOrder::DayFirst, Some("2026-04-03")),
            ("31/02/2026", DateOrder::DayFirst, None),
            ("03/13/2026", DateOrder::DayFirst, None),
            ("01/01/0026", DateOrder::DayFirst, None),
            ("46000", DateOrder::YearFirst, None),
            ("", DateOrder::DayFirst, None),
        ];
        for (text, order, expected) in cases {
            assert_eq!(date(text, order).map(|d| d.to_string()).as_deref(), expected, "{text} {order:?}");
        }
    }
}
