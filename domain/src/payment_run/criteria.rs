//! What a run is asked to pay.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::timing::Timing;
use crate::ids::VendorId;
use crate::money::{Currency, Money};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Criteria {
    /// The value date of the transfers, in the tenant's time zone.
    pub run_date: NaiveDate,
    pub next_run_date: NaiveDate,
    /// What falls due later can wait for the next run.
    pub due_until: NaiveDate,
    /// The yearly rate, as a fraction, from which on taking a discount is better than keeping the money.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "0.1"))]
    pub hurdle_rate: Decimal,
    /// Days that a changed bank account waits before it is paid.
    pub account_rest_days: u16,
    /// Only these; empty for all.
    #[serde(default)]
    pub currencies: Vec<Currency>,
    /// Only these; empty for all.
    #[serde(default)]
    pub vendors: Vec<VendorId>,
    /// Currencies whose cut-off for the run date has passed.
    #[serde(default)]
    pub closed_currencies: Vec<Currency>,
    /// The most that leaves, one amount a currency; without one there is no limit.
    #[serde(default)]
    pub cash_limits: Vec<Money>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum CriteriaRefusal {
    #[error("the next run is after this one")]
    NextRunNotLater,
    #[error("the hurdle rate is not below zero")]
    HurdleRateNegative,
    #[error("a cash limit is not below zero")]
    CashLimitNegative,
    #[error("a currency has one cash limit")]
    CashLimitRepeated,
}

impl CriteriaRefusal {
    pub fn code(&self) -> &'static str {
        self.into()
    }
}

impl Criteria {
    pub fn checked(self) -> Result<Self, CriteriaRefusal> {
        if self.next_run_date <= self.run_date {
            return Err(CriteriaRefusal::NextRunNotLater);
        }
        if self.hurdle_rate < Decimal::ZERO {
            return Err(CriteriaRefusal::HurdleRateNegative);
        }
        for (index, limit) in self.cash_limits.iter().enumerate() {
            if limit.amount() < Decimal::ZERO {
                return Err(CriteriaRefusal::CashLimitNegative);
            }
            if self.cash_limits[..index].iter().any(|before| before.currency() == limit.currency()) {
                return Err(CriteriaRefusal::CashLimitRepeated);
            }
        }
        Ok(self)
    }

    pub(super) fn timing(&self) -> Timing {
        let Self { run_date, next_run_date, due_until, hurdle_rate, .. } = *self;
        Timing { run_date, next_run_date, due_until, hurdle_rate }
    }

    pub(super) fn cash_limit(&self, currency: Currency) -> Option<Decimal> {
        self.cash_limits.iter().find(|limit| limit.currency() == currency).map(|limit| limit.amount())
    }
}
