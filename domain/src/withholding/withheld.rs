//! What one payment keeps back of one invoice, with everything that it was reckoned from.

use rust_decimal::{Decimal, dec};
use serde::{Deserialize, Serialize};

use crate::chart::Code;
use crate::money::Money;

/// What a code says on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// How much of an invoice tax is kept back of: its share without value added tax, and what payments have kept back so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaxedShare {
    pub without_vat: Decimal,
    pub with_vat: Decimal,
    pub before: Vec<Withholding>,
}

impl TaxedShare {
    /// What a payment that settles this much keeps back. Base and tax are reckoned on all parts so far, less what was reckoned before:
    /// the parts come to the whole exactly, and so a part is told of whose own tax rounds to nothing. `None` where there is no tax.
    pub fn withhold(&self, rate: RateInForce, settled: Money) -> Option<Withholding> {
        if !settled.is_positive() || rate.percent <= Decimal::ZERO {
            return None;
        }
        let money = |amount| Money::rounded(amount, settled.currency());
        let total = self.before.iter().map(|earlier| earlier.settled.amount()).sum::<Decimal>().checked_add(settled.amount())?;
        let bases: Decimal = self.before.iter().map(|earlier| earlier.base.amount()).sum();
        let base = money(money(total.checked_mul(self.without_vat)?.checked_div(self.with_vat)?).amount() - bases);
        let tax = rate.tax_of(base, &self.before)?;
        let RateInForce { code, version, name, percent, account_code } = rate;
        let withholding = Withholding { code, version, name, percent, account_code, settled, base, tax };
        (!base.amount().is_sign_negative()).then_some(withholding)
    }
}

impl RateInForce {
    /// The base and what was withheld before at this very rate come to the tax of both, rounded once.
    fn tax_of(&self, base: Money, before: &[Withholding]) -> Option<Money> {
        let same = before.iter().filter(|earlier| earlier.code == self.code && earlier.percent == self.percent);
        let (bases, taxes) = same
            .fold((base.amount(), Decimal::ZERO), |(bases, taxes), earlier| (bases + earlier.base.amount(), taxes + earlier.tax.amount()));
        let due = Money::rounded(bases.checked_mul(self.percent)? / dec!(100), base.currency());
        // Less than nothing where a part came back whose rounding another had taken over.
        Some(Money::rounded((due.amount() - taxes).max(Decimal::ZERO), base.currency()))
    }
}
