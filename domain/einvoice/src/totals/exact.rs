//! Arithmetic that is exact or says that it cannot be.

use rust_decimal::{Decimal, RoundingStrategy};

/// Nothing if the sum does not fit.
pub(crate) fn sum(values: impl IntoIterator<Item = Decimal>) -> Option<Decimal> {
    values.into_iter().try_fold(Decimal::ZERO, |sum, value| sum.checked_add(value))
}

/// `base` × `percent` / 100.
pub(crate) fn percent_of(base: Decimal, percent: Decimal) -> Option<Decimal> {
    base.checked_mul(percent)?.checked_div(Decimal::ONE_HUNDRED)
}

/// Half away from zero: how amounts are rounded.
pub(crate) fn cents(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// Half towards positive infinity: how the official rules round, because XPath does.
pub(crate) fn cents_as_xpath(value: Decimal) -> Decimal {
    round_as_xpath(value, 2)
}

pub(crate) fn whole_as_xpath(value: Decimal) -> Decimal {
    round_as_xpath(value, 0)
}

fn round_as_xpath(value: Decimal, places: u32) -> Decimal {
    let half = if value.is_sign_negative() { RoundingStrategy::MidpointTowardZero } else { RoundingStrategy::MidpointAwayFromZero };
    value.round_dp_with_strategy(places, half)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::decimal;

    #[test]
    fn halves_go_up_as_in_xpath_and_away_from_zero_as_in_amounts() {
        let cases = [("2.345", "2.35", "2.35"), ("-2.345", "-2.34", "-2.35"), ("-2.346", "-2.35", "-2.35"), ("2.344", "2.34", "2.34")];
        for (value, xpath, amount) in cases {
            let value = decimal(value).expect("a number");
            assert_eq!(cents_as_xpath(value).to_string(), xpath, "{value}");
            assert_eq!(cents(value).to_string(), amount, "{value}");
        }
    }

    #[test]
    fn what_does_not_fit_is_no_sum() {
        assert_eq!(sum([Decimal::MAX, Decimal::ONE]), None);
        assert_eq!(sum([]), Some(Decimal::ZERO));
    }
}
