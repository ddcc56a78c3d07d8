//! Money is an exact amount in one currency: it adds only within its currency and every rounding is named.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize};

/// An ISO 4217 currency, by its code in capitals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String, example = "EUR"))]
#[serde(transparent)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    pub const EUR: Self = Self(iso_currency::Currency::EUR);
    pub const USD: Self = Self(iso_currency::Currency::USD);

    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimals the minor unit has (ISO 4217 exponent); 0 where the standard gives none.
    pub fn exponent(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }

    /// Whether amounts in it are written with this sign, which other currencies may share.
    pub fn is_written(self, sign: char) -> bool {
        self.0.symbol().to_string().contains(sign)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;
    fn from_str(code: &str) -> Result<Self, MoneyError> {
        iso_currency::Currency::from_code(code).map(Self).ok_or_else(|| MoneyError::UnknownCurrency(code.to_owned()))
    }
}

/// The derived one would name all currencies there are to who misspells one.
impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Code;
        impl Visitor<'_> for Code {
            type Value = Currency;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the code of a currency, such as EUR")
            }
            fn visit_str<E: Error>(self, code: &str) -> Result<Currency, E> {
                code.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Code)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("{0} is not an ISO 4217 currency; they are written in capitals, such as EUR")]
    UnknownCurrency(String),
    #[error("{left} and {right} cannot be added: different currencies")]
    CurrencyMismatch { left: Currency, right: Currency },
    #[error("{amount} has more decimals than {currency} has minor units")]
    BelowMinorUnit { amount: Decimal, currency: Currency },
    #[error("the amount is too large")]
    Overflow,
}

/// Half up, away from zero, to `decimals` places: `rhu` of SEMANTICS.
pub fn round_half_up(value: Decimal, decimals: u32) -> Decimal {
    value.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero)
}

/// An exact amount in one currency, never finer than the currency's minor unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(try_from = "Stated", deny_unknown_fields)]
pub struct Money {
    /// A decimal in major units, written as a string.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "1200.00"))]
    amount: Decimal,
    currency: Currency,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stated {
    /// A string only: a JSON number would come through a float.
    #[serde(with = "rust_decimal::serde::str")]
    amount: Decimal,
    currency: Currency,
}

impl TryFrom<Stated> for Money {
    type Error = MoneyError;
    fn try_from(stated: Stated) -> Result<Self, MoneyError> {
        Self::exact(stated.amount, stated.currency)
    }
}

impl Money {
    /// An amount that is already in whole minor units; anything finer is refused.
    pub fn exact(amount: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        let mut scaled = amount.normalize();
        if scaled.scale() > currency.exponent() {
            return Err(MoneyError::BelowMinorUnit { amount, currency });
        }
        scaled.rescale(currency.exponent());
        // Too many digits leave no room for the minor unit, and `rescale` stops short without a word.
        if scaled.scale() != currency.exponent() {
            return Err(MoneyError::Overflow);
        }
        Ok(Self { amount: scaled, currency })
    }

    /// Half up to the minor unit; what rounds to nothing has no sign.
    pub fn rounded(amount: Decimal, currency: Currency) -> Self {
        let mut amount = round_half_up(amount, currency.exponent());
        amount.rescale(currency.exponent());
        if amount.is_zero() {
            amount.set_sign_positive(true);
        }
        Self { amount, currency }
    }

    pub fn zero(currency: Currency) -> Self {
        Self::rounded(Decimal::ZERO, currency)
    }

    pub fn amount(self) -> Decimal {
        self.amount
    }

    pub fn currency(self) -> Currency {
        self.currency
    }

    pub fn is_positive(self) -> bool {
        self.amount > Decimal::ZERO
    }

    pub fn is_zero(self) -> bool {
        self.amount.is_zero()
    }

    /// Whether this is at most `limit`, whichever way the money goes; no amount is within one of another currency.
    pub fn is_within(self, limit: Self) -> bool {
        self.currency == limit.currency && self.amount.abs() <= limit.amount
    }

    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        // A sum with too many digits is rounded by `Decimal` without a word; its scale tells.
        let amount = self.amount.checked_add(other.amount).filter(|sum| sum.scale() == self.currency.exponent());
        Ok(Self { amount: amount.ok_or(MoneyError::Overflow)?, ..self })
    }

    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.plus(other.negated())
    }

    /// The difference of amounts of one thing, which are in one currency by construction.
    pub fn less(self, other: Self) -> Self {
        debug_assert_eq!(self.currency, other.currency);
        Self::rounded(self.amount - other.amount, self.currency)
    }

    /// The smaller amount of one thing's, which are in one currency by construction.
    pub fn smaller(self, other: Self) -> Self {
        debug_assert_eq!(self.currency, other.currency);
        if other.amount < self.amount { other } else { self }
    }

    /// Nothing stays nothing: there is no negative zero.
    pub fn negated(self) -> Self {
        if self.amount.is_zero() { self } else { Self { amount: -self.amount, ..self } }
    }

    /// Splits by weight so that the parts always sum to the whole: floor all, remainder cents by largest
    /// remainder, ties by order (SEMANTICS 8). `None` where weights are negative, all zero or too large to compute with.
    pub fn allocate(self, weights: &[Decimal]) -> Option<Vec<Self>> {
        let total = weights.iter().try_fold(Decimal::ZERO, |sum, w| sum.checked_add(*w))?;
        if total <= Decimal::ZERO || weights.iter().any(|w| w.is_sign_negative() && !w.is_zero()) {
            return None;
        }
        // Each weight's share of one comes first: it is never above one, so no weights are too large for any amount.
        let exact = weights.iter().map(|w| self.amount.checked_mul(w.checked_div(total)?)).collect::<Option<Vec<_>>>()?;
        let floors = exact.iter().map(|x| x.trunc_with_scale(self.currency.exponent())).collect();
        let parts = self.with_remainder(floors, &exact);
        Some(parts.into_iter().map(|amount| Self::rounded(amount, self.currency)).collect())
    }

    fn with_remainder(self, mut parts: Vec<Decimal>, exact: &[Decimal]) -> Vec<Decimal> {
        let mut largest_first: Vec<usize> = (0..parts.len()).collect();
        largest_first.sort_by_key(|&i| std::cmp::Reverse((exact[i] - parts[i]).abs()));
        let mut left = self.amount - parts.iter().copied().sum::<Decimal>();
        let unit = if left.is_sign_negative() { -self.minor_unit() } else { self.minor_unit() };
        for index in largest_first.into_iter().cycle() {
            if left.is_zero() {
                break;
            }
            parts[index] += unit;
            left -= unit;
        }
        parts
    }

    fn minor_unit(self) -> Decimal {
        Decimal::new(1, self.currency.exponent())
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            return Ok(());
        }
        Err(MoneyError::CurrencyMismatch { left: self.currency, right: other.currency })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}
