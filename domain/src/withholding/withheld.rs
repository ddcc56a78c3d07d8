//! What one payment keeps back of one invoice, with everything that it was reckoned from.

use rust_decimal::{Decimal, dec};
use serde::{Deserialize, Serialize};

use crate::chart::Code;
use crate::money::Money;

/// What a code says on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateInForce {
    pub code: String,
    pub version: u32,
    pub name: String,
    pub percent: Decimal,
    pub account_code: Code,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Withholding {
    pub code: String,
    /// The version of the code's meaning that was in force.
    pub version: u32,
    pub name: String,
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub percent: Decimal,
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub account_code: Code,
    /// What the payment settles of the invoice: the transfer and this tax.
    pub settled: Money,
    /// The part of that without value added tax.
    pub base: Money,
    pub tax: Money,
}

impl RateInForce {
    /// `base` and what was withheld before at this very rate come to the tax of both, rounded once: parts add up to the tax of the whole.
    /// `None` where nothing is to be withheld.
    pub fn withhold<'w>(self, settled: Money, base: Money, before: impl Iterator<Item = &'w Withholding>) -> Option<Withholding> {
        let same = before.filter(|earlier| earlier.code == self.code && earlier.percent == self.percent);
        let (bases, taxes) = same
            .fold((base.amount(), Decimal::ZERO), |(bases, taxes), earlier| (bases + earlier.base.amount(), taxes + earlier.tax.amount()));
        let due = Money::rounded(bases.checked_mul(self.percent)? / dec!(100), base.currency());
        let tax = Money::rounded(due.amount() - taxes, base.currency());
        let Self { code, version, name, percent, account_code } = self;
        (base.is_positive() && tax.is_positive()).then_some(Withholding { code, version, name, percent, account_code, settled, base, tax })
    }
}
