//! The days that an ageing divides what is owed by: every day falls in exactly one bucket.

use std::str::FromStr;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// From which date days are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AgeingBy {
    #[default]
    DueDate,
    InvoiceDate,
}

/// The last day of every bucket but the last, rising: `30,60,90,120`. Before them stands what is not late at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Buckets(Vec<i32>);

/// So many buckets make no table.
const ENDS_MAX: usize = 24;
/// A hundred years.
const DAYS_MAX: i32 = 36_525;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("buckets are 1 to {ENDS_MAX} rising numbers of days from 1 to {DAYS_MAX}, such as 30,60,90,120")]
pub struct BucketsInvalid;

impl Default for Buckets {
    fn default() -> Self {
        Self(vec![30, 60, 90, 120])
    }
}

impl FromStr for Buckets {
    type Err = BucketsInvalid;

    fn from_str(text: &str) -> Result<Self, BucketsInvalid> {
        let ends: Vec<i32> = text.split(',').map(|day| day.trim().parse()).collect::<Result<_, _>>().map_err(|_| BucketsInvalid)?;
        let rising = ends.windows(2).all(|pair| pair[0] < pair[1]);
        let within = ends.iter().all(|day| (1..=DAYS_MAX).contains(day));
        if rising && within && ends.len() <= ENDS_MAX { Ok(Self(ends)) } else { Err(BucketsInvalid) }
    }
}

impl TryFrom<String> for Buckets {
    type Error = BucketsInvalid;
    fn try_from(text: String) -> Result<Self, BucketsInvalid> {
        text.parse()
    }
}

impl From<Buckets> for String {
    fn from(buckets: Buckets) -> Self {
        buckets.0.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    }
}

impl Buckets {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len() + 2
    }

    /// The first day of each bucket but the first: what PostgreSQL's `width_bucket` takes.
    pub fn starts(&self) -> Vec<i32> {
        std::iter::once(1).chain(self.0.iter().map(|end| end + 1)).collect()
    }

    /// The bucket of so many days after the date that is counted from.
    pub fn of(&self, days: i64) -> usize {
        self.starts().iter().take_while(|start| days >= i64::from(**start)).count()
    }

    pub fn name(&self, bucket: usize) -> String {
        let starts = self.starts();
        match (bucket.checked_sub(1).and_then(|before| starts.get(before)), starts.get(bucket)) {
            (None, _) => "not_due".to_owned(),
            (Some(first), Some(next)) => format!("{first}_{}", next - 1),
            (Some(first), None) => format!("over_{}", first - 1),
        }
    }

    /// The first and the last date that fall in a bucket on `as_of`.
    pub fn dates(&self, bucket: usize, as_of: NaiveDate) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let starts = self.starts();
        let before = |days: i32| as_of.checked_sub_days(Days::new(u64::try_from(days).unwrap_or_default()));
        let last = bucket.checked_sub(1).and_then(|before| starts.get(before)).and_then(|start| before(*start));
        let first = starts.get(bucket).and_then(|next| before(next - 1));
        (first, last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_falls_in_exactly_one_bucket() {
        for text in ["30,60,90,120", "7,14", "1", "1,2,3,400"] {
            let buckets: Buckets = text.parse().expect("buckets");
            let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).expect("a date");
            for days in -500..900_i64 {
                let date = as_of - chrono::Duration::days(days);
                let holds = |bucket: &usize| {
                    let (first, last) = buckets.dates(*bucket, as_of);
                    first.is_none_or(|first| date >= first) && last.is_none_or(|last| date <= last)
                };
                let holding: Vec<usize> = (0..buckets.count()).filter(holds).collect();
                assert_eq!(holding, [buckets.of(days)], "{days} in {text}");
            }
        }
    }

    #[test]
    fn buckets_are_named_by_their_days() {
        let names = |text: &str| -> Vec<String> {
            let buckets: Buckets = text.parse().expect("buckets");
            (0..buckets.count()).map(|bucket| buckets.name(bucket)).collect()
        };
        assert_eq!(names("30,60,90,120"), ["not_due", "1_30", "31_60", "61_90", "91_120", "over_120"]);
        assert_eq!(names("14"), ["not_due", "1_14", "over_14"]);
        for text in ["", "30,30", "60,30", "0", "-1", "x", "99999999"] {
            assert!(text.parse::<Buckets>().is_err(), "{text}");
        }
    }
}
