//! `20120603203135.547[-7:PDT]`: the day in the bank's own zone. Some banks write it with dashes.

use chrono::NaiveDate;

use crate::number::iso_date;

pub(super) fn date(text: &str) -> Option<NaiveDate> {
    if let Some(dashed) = iso_date(text) {
        return Some(dashed);
    }
    let digits = text.get(..8).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    NaiveDate::from_ymd_opt(digits[..4].parse().ok()?, digits[4..6].parse().ok()?, digits[6..].parse().ok()?)
}
