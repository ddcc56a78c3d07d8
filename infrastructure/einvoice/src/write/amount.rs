//! Numbers as documents write them.

use rust_decimal::Decimal;

/// Money with at least two decimals, exactly.
pub(super) fn money(amount: Decimal) -> String {
    let mut amount = amount.normalize();
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    amount.to_string()
}

/// Quantities, prices and rates as short as they are exact.
pub(super) fn number(value: Decimal) -> String {
    value.normalize().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_their_value_and_have_two_decimals() {
        for (value, text) in [("0", "0.00"), ("1200", "1200.00"), ("-0.5", "-0.50"), ("1.2345", "1.2345")] {
            assert_eq!(money(value.parse().expect("a number")), text);
        }
        assert_eq!(money(Decimal::MAX), Decimal::MAX.to_string(), "too large for decimals, and written all the same");
    }
}
