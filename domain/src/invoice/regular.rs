//! Amounts that a vendor bills regularly: the next of them is no near duplicate of the last.
//!
//! Read literally, D3 of SEMANTICS 2 holds every weekly bill of one amount. An amount that came at regular distances under
//! numbers that count on is not evidence of a copy: who enters a bill twice, enters its date twice or its number out of turn.
//! What the same amount says on the same day (D2) is left as it is.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::duplicate::{Fingerprint, Likeness, Lookalike};
use crate::ids::InvoiceId;

impl Fingerprint {
    /// What this invoice looks like of all that share a key with it, the surest first.
    pub fn lookalikes(&self, others: &[(InvoiceId, Self)]) -> Vec<Lookalike> {
        let is_regular = self.comes_regularly(others);
        let found = others.iter().filter_map(|(id, theirs)| Lookalike::found(self, *id, theirs, is_regular && self.counts_on(theirs)));
        let mut found: Vec<Lookalike> = found.collect();
        found.sort_by_key(|found| std::cmp::Reverse(found.score));
        found
    }

    /// As long after the last of its amount as that after the one before: within a day, or an eighth where they lie far apart,
    /// for months are not alike.
    fn comes_regularly(&self, others: &[(InvoiceId, Self)]) -> bool {
        let days: BTreeSet<NaiveDate> =
            others.iter().filter(|(_, theirs)| self.is_billed_as(theirs)).map(|(_, theirs)| theirs.issue_date).collect();
        let mut before = days.range(..self.issue_date).rev();
        let (Some(last), Some(one_before)) = (before.next(), before.next()) else { return false };
        let (now, then) = ((self.issue_date - *last).num_days(), (*last - *one_before).num_days());
        (now - then).abs() <= (then / 8).max(1)
    }

    fn is_billed_as(&self, theirs: &Self) -> bool {
        let of_one_vendor = self.vendor_keys.iter().any(|key| theirs.vendor_keys.contains(key));
        of_one_vendor && self.kind == theirs.kind && self.gross == theirs.gross
    }

    /// Dated later, under a later number of one series: numbers that differ in digits only, and count up.
    fn counts_on(&self, earlier: &Self) -> bool {
        let of_one_series = self.number.chars().count() == earlier.number.chars().count()
            && self.number.chars().zip(earlier.number.chars()).all(|(a, b)| a == b || (a.is_ascii_digit() && b.is_ascii_digit()));
        of_one_series && earlier.issue_date < self.issue_date && earlier.number < self.number
    }
}

impl Likeness {
    /// Whether it says nothing of the next bill of a regular amount.
    pub(super) fn is_of_regularity(self) -> bool {
        matches!(self, Self::NearNumber | Self::SameAmountNearDate)
    }
}
