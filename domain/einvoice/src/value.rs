//! The kinds of values that terms have, and how each is read from an element.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::outline::Element;

/// A kind of value. Reading never guesses: what is not exactly of the kind is unreadable.
pub trait Value: Sized {
    fn read(element: Element<'_>) -> Option<Self>;
}

/// Text, codes and identifiers: the element's text is the value, so nothing is stored twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text;

impl Value for Text {
    fn read(element: Element<'_>) -> Option<Self> {
        (!element.text().is_empty()).then_some(Self)
    }
}

impl Value for Decimal {
    fn read(element: Element<'_>) -> Option<Self> {
        decimal(element.text())
    }
}

impl Value for bool {
    fn read(element: Element<'_>) -> Option<Self> {
        match element.text() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }
}

impl Value for NaiveDate {
    fn read(element: Element<'_>) -> Option<Self> {
        match element.attribute("format") {
            None => iso_date(element.text()).or_else(|| compact_date(element.text(), &[8, 12, 14])),
            Some("102") => compact_date(element.text(), &[8]),
            Some("203") => compact_date(element.text(), &[12]),
            Some("204") => compact_date(element.text(), &[14]),
            Some(_) => None,
        }
    }
}

/// `xs:decimal`: a sign, digits, a point, digits; no exponent, no grouping, and never rounded to fit.
pub fn decimal(text: &str) -> Option<Decimal> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !digits(whole) || !digits(fraction) {
        return None;
    }
    Decimal::from_str_exact(text).ok().or_else(|| without_end_zeros(text, fraction))
}

/// More decimals than fit, but all of them zeros, are still exact.
fn without_end_zeros(text: &str, fraction: &str) -> Option<Decimal> {
    let zeros = fraction.len() - fraction.trim_end_matches('0').len();
    (zeros > 0).then(|| Decimal::from_str_exact(&text[..text.len() - zeros]).ok()).flatten()
}

/// `xs:date`: a zone may follow and does not move the day.
fn iso_date(text: &str) -> Option<NaiveDate> {
    let (date, zone) = text.split_at_checked(10)?;
    let zone_is_fine = zone.is_empty() || zone == "Z" || is_offset(zone);
    let shape_is_fine = date.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    (zone_is_fine && shape_is_fine).then(|| NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()).flatten()
}

fn is_offset(zone: &str) -> bool {
    let bytes = zone.as_bytes();
    bytes.len() == 6 && matches!(bytes[0], b'+' | b'-') && bytes[3] == b':' && [1, 2, 4, 5].iter().all(|&at| bytes[at].is_ascii_digit())
}

/// UN/EDIFACT 2379 formats: the day leads, a time of day may follow.
fn compact_date(text: &str, lengths: &[usize]) -> Option<NaiveDate> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || !lengths.contains(&text.len()) {
        return None;
    }
    NaiveDate::parse_from_str(text.get(..8)?, "%Y%m%d").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_xs_decimal() {
        for (text, value) in [("1", "1"), ("+1.50", "1.50"), ("-.5", "-0.5"), ("5.", "5"), ("007.10", "7.10")] {
            assert_eq!(decimal(text).map(|d| d.to_string()).as_deref(), Some(value), "{text}");
        }
        for text in ["", ".", "-", "1e2", "1,5", "1 000", "0x1", "NaN", "--1", "1.2.3", "1_000"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    #[test]
    fn a_decimal_that_does_not_fit_is_unreadable_not_rounded() {
        assert_eq!(decimal("0.12345678901234567890123456789"), None);
        assert_eq!(decimal("99999999999999999999999999999999"), None);
        let zeros = format!("1.5{}", "0".repeat(40));
        assert_eq!(decimal(&zeros).map(|d| d.normalize().to_string()).as_deref(), Some("1.5"));
    }

    #[test]
    fn dates_may_carry_a_zone_that_does_not_move_the_day() {
        let day = NaiveDate::from_ymd_opt(2024, 2, 29);
        for text in ["2024-02-29", "2024-02-29Z", "2024-02-29+14:00", "2024-02-29-05:30"] {
            assert_eq!(iso_date(text), day, "{text}");
        }
        for text in ["2023-02-29", "2024-2-29", "2024-02-29T00:00:00", "29.02.2024", "2024-02-29é", "+024-02-29"] {
            assert_eq!(iso_date(text), None, "{text}");
        }
        assert_eq!(compact_date("20240229", &[8]), day);
        assert_eq!(compact_date("202402291200", &[8]), None);
    }
}
