//! How a company guards a change of a vendor's bank account: a second person, and time in which a forgery comes to light.
//!
//! Who could loosen the guard alone could do alone what it guards: a tighter control holds at once, a looser one is proposed and waits
//! for another person.

use chrono::{DateTime, Days, Utc};
use serde::{Deserialize, Serialize};

use super::{Company, TenantEvent, TenantRefusal};
use crate::ids::UserId;

/// New companies have both guards. Who works alone has the operator confirm that the second person is off, knowingly and in the log.
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

    /// Less in no respect?
    fn guards_as_well_as(self, other: Self) -> bool {
        (self.second_person || !other.second_person) && self.cooling_off_days >= other.cooling_off_days
    }

    /// What was proposed under another control waits as long as that said, if this one says less.
    pub(crate) fn with_cooling_off_of(self, proposed: Option<u16>) -> Self {
        Self { cooling_off_days: self.cooling_off_days.max(proposed.unwrap_or_default()), ..self }
    }
}

/// A looser control that one person has proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BankChangeControlLoosening {
    pub control: BankChangeControl,
    pub by: UserId,
    pub at: DateTime<Utc>,
}

impl Company {
    pub(super) fn set_bank_change_control(
        &self,
        control: BankChangeControl,
        by: UserId,
        at: DateTime<Utc>,
    ) -> Result<Vec<TenantEvent>, TenantRefusal> {
        if control.cooling_off_days > BankChangeControl::COOLING_OFF_DAYS_MAX {
            return Err(TenantRefusal::CoolingOffTooLong);
        }
        if control == self.bank_change_control || self.loosening_to(control).is_ok() {
            return Ok(vec![]);
        }
        Ok(vec![if control.guards_as_well_as(self.bank_change_control) {
            TenantEvent::BankChangeControlSet { control, by }
        } else {
            TenantEvent::BankChangeControlLooseningProposed { control, by, at }
        }])
    }

    pub(super) fn confirm_bank_change_control(
        &self,
        control: BankChangeControl,
        by: Option<UserId>,
    ) -> Result<Vec<TenantEvent>, TenantRefusal> {
        if self.bank_change_control_loosening.is_none() && control == self.bank_change_control {
            return Ok(vec![]);
        }
        let proposed = self.loosening_to(control)?;
        if by == Some(proposed.by) {
            return Err(TenantRefusal::SelfLoosening);
        }
        let set = TenantEvent::BankChangeControlSet { control, by: proposed.by };
        Ok(vec![TenantEvent::BankChangeControlLooseningConfirmed { control, by }, set])
    }

    pub(super) fn decline_bank_change_control(&self, control: BankChangeControl, by: UserId) -> Result<Vec<TenantEvent>, TenantRefusal> {
        self.loosening_to(control)?;
        Ok(vec![TenantEvent::BankChangeControlLooseningDeclined { control, by }])
    }

    /// What waits, if it is this: nobody confirms what they have not seen.
    fn loosening_to(&self, control: BankChangeControl) -> Result<&BankChangeControlLoosening, TenantRefusal> {
        self.bank_change_control_loosening.as_ref().filter(|waits| waits.control == control).ok_or(TenantRefusal::LooseningNotProposed)
    }
}
