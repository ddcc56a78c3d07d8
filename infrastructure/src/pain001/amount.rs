//! An amount that a bank can move: positive, exact to the currency's minor unit, within the message's 18 digits.

use iso_currency::Currency;
use rust_decimal::Decimal;

use super::Refusal;

/// The most that 18 digits hold, in whatever unit the last digit is.
const MANTISSA_MAX: u128 = 999_999_999_999_999_999;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InstructedAmount {
    /// Its scale is the currency's exponent, so that equal amounts are written alike.
    amount: Decimal,
    currency: Currency,
}

impl InstructedAmount {
    pub fn new(amount: Decimal, currency_code: &str) -> Result<Self, Refusal> {
        let currency = Currency::from_code(currency_code).ok_or(Refusal::CurrencyNotPayable)?;
        let exponent = currency.exponent().map(u32::from).ok_or(Refusal::CurrencyNotPayable)?;
        if amount <= Decimal::ZERO {
            return Err(Refusal::AmountNotPositive);
        }
        let amount = amount.normalize();
        if amount.scale() > exponent {
            return Err(Refusal::AmountPrecision);
        }
        let amount = with_scale(amount, exponent).filter(fits).ok_or(Refusal::AmountTooLarge)?;
        Ok(Self { amount, currency })
    }

    pub fn amount(self) -> Decimal {
        self.amount
    }

    pub fn currency(self) -> Currency {
        self.currency
    }
}

/// The sum of what is to be paid, across currencies as the standard defines it: a check on the bytes, not a sum of money.
pub(super) fn control_sum(amounts: impl Iterator<Item = Decimal>) -> Result<Decimal, Refusal> {
    amounts.into_iter().try_fold(Decimal::ZERO, |sum, amount| sum.checked_add(amount)).filter(fits).ok_or(Refusal::ControlSumTooLarge)
}

/// None when 28 digits do not hold it: rescaling would silently keep fewer decimals.
fn with_scale(mut amount: Decimal, scale: u32) -> Option<Decimal> {
    amount.rescale(scale);
    (amount.scale() == scale).then_some(amount)
}

fn fits(amount: &Decimal) -> bool {
    amount.mantissa().unsigned_abs() <= MANTISSA_MAX
}
