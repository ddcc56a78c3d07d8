//! How a company guards a change of a vendor's bank account: a second person, and time in which a forgery comes to light.

use chrono::{DateTime, Days, Utc};
use serde::{Deserialize, Serialize};

/// New companies have both guards. Somebody who works alone turns the second person off, knowingly and in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BankChangeControl {
    /// Somebody else than who proposed an account must approve it, and confirm what else a vendor is paid by once that is changed.
    pub second_person: bool,
    /// Days from the approval of a changed account until money may go there; 0 for at once. A vendor's first account
    /// changes nothing and does not wait.
    pub cooling_off_days: u16,
}

impl Default for BankChangeControl {
    fn default() -> Self {
        Self { second_person: true, cooling_off_days: 3 }
    }
}

impl BankChangeControl {
    /// Longer than a quarter nobody means.
    pub const COOLING_OFF_DAYS_MAX: u16 = 90;

    /// When money may go to an account that is approved at `at`.
    pub fn payable_from(&self, at: DateTime<Utc>, is_change: bool) -> DateTime<Utc> {
        let days = if is_change { self.cooling_off_days } else { 0 };
        at.checked_add_days(Days::new(u64::from(days))).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}
