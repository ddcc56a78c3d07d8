//! Tax codes: which category of EN 16931 at which rate since when, and where the tax is posted.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::account::{Code, yes};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TaxCode {
    pub code: Code,
    pub name: String,
    /// UNTDID 5305: S standard, Z zero, E exempt, AE reverse charge, K intra-community, G export, O outside, …
    #[cfg_attr(feature = "schema", schema(example = "S"))]
    pub category: String,
    /// By first day. Without any, the code stands for whatever rate a document of its category states.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rates: Vec<TaxRate>,
    /// Where tax that we may deduct is posted.
    pub input_account: Code,
    /// Where tax that we owe in the vendor's place is posted: makes this a code of reverse charge, at its own rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_account: Option<Code>,
    #[serde(default = "yes")]
    pub active: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TaxRate {
    pub from: NaiveDate,
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "19"))]
    pub percent: Decimal,
}

impl TaxCode {
    /// The rate in force on a day; `None` before the first, and for a code without rates.
    pub fn percent_on(&self, day: NaiveDate) -> Option<Decimal> {
        self.rates.iter().rev().find(|rate| rate.from <= day).map(|rate| rate.percent)
    }

    /// What we owe ourselves on a document's day, in percent of what is taxable.
    pub fn self_assessed_on(&self, day: NaiveDate) -> Option<(&Code, Decimal)> {
        self.output_account.as_ref().zip(self.percent_on(day))
    }

    /// How well this code names a part of a document: by its exact rate, by the tax that we owe in the vendor's place, by its category, or not
    /// at all.
    pub(super) fn fit(&self, category: &str, percent: Decimal, day: NaiveDate) -> Option<Fit> {
        match () {
            () if !self.active || self.category != category => None,
            () if self.output_account.is_some() => percent.is_zero().then_some(Fit::SelfAssessed),
            () if self.rates.is_empty() => Some(Fit::Category),
            () => (self.percent_on(day) == Some(percent)).then_some(Fit::Rate),
        }
    }

    pub(super) fn rates_hold(&self) -> bool {
        let rising = self.rates.windows(2).all(|pair| pair[0].from < pair[1].from);
        let percents = self.rates.iter().all(|r| r.percent >= Decimal::ZERO && r.percent <= Decimal::ONE_HUNDRED);
        rising && percents && (self.output_account.is_none() || !self.rates.is_empty())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    Category,
    SelfAssessed,
    Rate,
}
