//! Money: exact, within one currency, and split without a cent lost.

mod fixtures;

use fixtures::*;
use proptest::prelude::*;
use quittance_domain::money::{MoneyError, round_half_up};
use quittance_domain::{Currency, Money};
use rust_decimal::{Decimal, dec};
use serde_json::json;

fn currency(code: &str) -> Currency {
    code.parse().expect("a currency")
}

/// An amount as stated, its currency, and how it is written; empty where it is finer than the minor unit.
#[test]
fn an_amount_is_whole_minor_units_of_its_currency() {
    let table = [
        ("1200", "EUR", "1200.00 EUR"),
        ("1200.5", "EUR", "1200.50 EUR"),
        ("1200.500", "EUR", "1200.50 EUR"),
        ("-0.01", "EUR", "-0.01 EUR"),
        ("0.001", "EUR", ""),
        ("1200", "JPY", "1200 JPY"),
        ("1200.0", "JPY", "1200 JPY"),
        ("1200.5", "JPY", ""),
        ("1.5", "KWD", "1.500 KWD"),
        ("1.0005", "KWD", ""),
        ("0", "KWD", "0.000 KWD"),
    ];
    for (amount, code, expected) in table {
        let amount: Decimal = amount.parse().expect("a decimal");
        match Money::exact(amount, currency(code)) {
            Ok(money) => assert_eq!(money.to_string(), expected),
            Err(error) => {
                assert_eq!((error, expected), (MoneyError::BelowMinorUnit { amount, currency: currency(code) }, ""));
            }
        }
    }
}

/// An amount, its currency, and the nearest minor unit: half goes away from zero.
#[test]
fn rounding_is_half_up() {
    let table = [
        ("172.505", "EUR", "172.51"),
        ("172.504999", "EUR", "172.50"),
        ("-172.505", "EUR", "-172.51"),
        ("0.005", "EUR", "0.01"),
        ("0.5", "JPY", "1"),
        ("2.5", "JPY", "3"),
        ("0.0005", "KWD", "0.001"),
        ("0.00049", "KWD", "0.000"),
        ("-0.004", "EUR", "0.00"),
    ];
    for (amount, code, expected) in table {
        let rounded = Money::rounded(amount.parse().expect("a decimal"), currency(code));
        assert_eq!(rounded.amount().to_string(), expected, "{amount} {code}");
    }
    assert_eq!(round_half_up(dec!(1.00005), 4), dec!(1.0001));
}

#[test]
fn an_amount_with_no_room_for_cents_is_refused() {
    assert_eq!(Money::exact(Decimal::MAX, Currency::EUR), Err(MoneyError::Overflow));
    assert_eq!(Money::exact(Decimal::MAX, currency("JPY")).map(|m| m.amount()), Ok(Decimal::MAX));
    let most = money(dec!(792281625142643375935439503.35), "EUR");
    assert_eq!(most.plus(eur(dec!(0.01))), Err(MoneyError::Overflow));
    assert_eq!(most.negated().minus(eur(dec!(0.01))), Err(MoneyError::Overflow));
}

#[test]
fn currencies_do_not_mix() {
    let mismatch = MoneyError::CurrencyMismatch { left: Currency::EUR, right: Currency::USD };
    assert_eq!(eur(dec!(1.00)).plus(money(dec!(1.00), "USD")), Err(mismatch.clone()));
    assert_eq!(eur(dec!(1.00)).minus(money(dec!(1.00), "USD")), Err(mismatch));
    assert_eq!("EURO".parse::<Currency>(), Err(MoneyError::UnknownCurrency("EURO".to_owned())));
}

#[test]
fn a_currency_that_is_none_is_named_alone() {
    let refused = serde_json::from_value::<Currency>(json!("eur")).expect_err("capitals");
    assert_eq!(refused.to_string(), "eur is not an ISO 4217 currency; they are written in capitals, such as EUR");
    let refused = serde_json::from_value::<Currency>(json!(978)).expect_err("its number");
    assert!(refused.to_string().contains("the code of a currency, such as EUR"), "{refused}");
}

#[test]
fn money_is_written_as_a_decimal_string() {
    let written = json!({"amount": "1200.00", "currency": "EUR"});
    assert_eq!(serde_json::to_value(eur(dec!(1200))).expect("JSON"), written);
    assert_eq!(serde_json::from_value::<Money>(written).expect("money"), eur(dec!(1200.00)));
}

/// What is not read as money: least of all a number, which has been a float on its way.
#[test]
fn money_is_read_from_a_decimal_string_only() {
    let table = [
        json!({"amount": 1200.5, "currency": "EUR"}),
        json!({"amount": 1200, "currency": "EUR"}),
        json!({"amount": "1e3x", "currency": "EUR"}),
        json!({"amount": "", "currency": "EUR"}),
        json!({"amount": "NaN", "currency": "EUR"}),
        json!({"amount": "0.001", "currency": "EUR"}),
        json!({"amount": "1.00", "currency": "XXQ"}),
        json!({"amount": "1.00"}),
        json!({"amount": "1.00", "currency": "EUR", "rate": "1"}),
        json!("1.00 EUR"),
    ];
    for written in table {
        assert!(serde_json::from_value::<Money>(written.clone()).is_err(), "{written}");
    }
}

/// An amount, its currency, weights, and the parts.
#[test]
fn the_largest_remainders_get_the_cents_that_are_left() {
    let table: [(&str, &str, &[Decimal], &str); 12] = [
        ("100.00", "EUR", &[dec!(1), dec!(1), dec!(1)], "33.34 33.33 33.33"),
        ("0.05", "EUR", &[dec!(1), dec!(1), dec!(1)], "0.02 0.02 0.01"),
        ("-0.05", "EUR", &[dec!(1), dec!(1), dec!(1)], "-0.02 -0.02 -0.01"),
        ("1.00", "EUR", &[dec!(1), dec!(5)], "0.17 0.83"),
        ("1.00", "EUR", &[dec!(0), dec!(1), dec!(0)], "0.00 1.00 0.00"),
        ("0.01", "EUR", &[dec!(0), dec!(1), dec!(1)], "0.00 0.01 0.00"),
        ("0.00", "EUR", &[dec!(1), dec!(2)], "0.00 0.00"),
        ("10", "JPY", &[dec!(1), dec!(1), dec!(1)], "4 3 3"),
        ("0.010", "KWD", &[dec!(1), dec!(1), dec!(1)], "0.004 0.003 0.003"),
        ("55.83", "EUR", &[dec!(68.33), dec!(68.33), dec!(57.50), dec!(85.00)], "13.67 13.66 11.50 17.00"),
        ("1.00", "EUR", &[dec!(1e27), dec!(1e27), dec!(1e27)], "0.34 0.33 0.33"),
        ("1000000000000.00", "EUR", &[dec!(1e-15), dec!(2e-15)], "333333333333.33 666666666666.67"),
    ];
    for (amount, code, weights, expected) in table {
        let whole = money(amount.parse().expect("a decimal"), code);
        let parts = whole.allocate(weights).expect("parts");
        let shown: Vec<String> = parts.iter().map(|p| p.amount().to_string()).collect();
        assert_eq!(shown.join(" "), expected, "{amount} {code} by {weights:?}");
    }
}

#[test]
fn what_cannot_be_split_is_not_split() {
    let table: [&[Decimal]; 5] = [&[], &[dec!(0)], &[dec!(0), dec!(0)], &[dec!(1), dec!(-1), dec!(2)], &[Decimal::MAX, Decimal::MAX]];
    for weights in table {
        assert_eq!(eur(dec!(100.00)).allocate(weights), None, "{weights:?}");
    }
}

const CODES: [&str; 4] = ["JPY", "EUR", "KWD", "USD"];

fn any_money() -> impl Strategy<Value = Money> {
    (any::<i64>(), prop::sample::select(&CODES[..])).prop_map(|(units, code)| {
        let currency = currency(code);
        Money::exact(Decimal::new(units, currency.exponent()), currency).expect("whole minor units")
    })
}

/// Amounts of one currency.
fn any_three() -> impl Strategy<Value = [Money; 3]> {
    (prop::sample::select(&CODES[..]), any::<[i64; 3]>()).prop_map(|(code, units)| {
        let currency = currency(code);
        units.map(|units| Money::exact(Decimal::new(units, currency.exponent()), currency).expect("whole minor units"))
    })
}

fn any_weights() -> impl Strategy<Value = Vec<Decimal>> {
    let weight = (0i64..1_000_000_000_000, 0u32..=6).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale));
    prop::collection::vec(prop_oneof![4 => weight, 1 => Just(Decimal::ZERO)], 1..20)
        .prop_filter("not all zero", |weights| weights.iter().any(|w| !w.is_zero()))
}

/// Whole numbers in units of 10⁻⁶, so that the test computes in integers what the code computes in decimals.
fn millionths(weight: Decimal) -> i128 {
    weight.mantissa() * 10i128.pow(6 - weight.scale())
}

proptest! {
    #[test]
    fn addition_obeys_its_laws([a, b, c] in any_three()) {
        let zero = Money::zero(a.currency());
        prop_assert_eq!(a.plus(b), b.plus(a));
        prop_assert_eq!(a.plus(b).and_then(|ab| ab.plus(c)), b.plus(c).and_then(|bc| a.plus(bc)));
        prop_assert_eq!(a.plus(zero), Ok(a));
        prop_assert_eq!(a.plus(a.negated()), Ok(zero));
        prop_assert_eq!(a.plus(b).and_then(|ab| ab.minus(b)), Ok(a));
        prop_assert_eq!(a.minus(b), a.plus(b.negated()));
    }

    #[test]
    fn sums_are_sums_of_minor_units([a, b, _] in any_three()) {
        let sum = a.plus(b).expect("one currency");
        prop_assert_eq!(sum.amount().mantissa(), a.amount().mantissa() + b.amount().mantissa());
        prop_assert_eq!(sum.amount().scale(), a.currency().exponent());
    }

    #[test]
    fn what_is_written_is_read_again(money in any_money()) {
        let written = serde_json::to_string(&money).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Money>(&written).expect("money"), money);
    }

    /// The parts sum to the whole, and each is its exact share cut down or up to a minor unit.
    #[test]
    fn a_split_loses_nothing_and_favours_nobody(whole in any_money(), weights in any_weights()) {
        let parts = whole.allocate(&weights).expect("parts");
        let total: i128 = weights.iter().copied().map(millionths).sum();
        let units = |money: Money| money.amount().mantissa();
        prop_assert_eq!(parts.len(), weights.len());
        prop_assert_eq!(parts.iter().copied().map(units).sum::<i128>(), units(whole));
        for (part, weight) in parts.iter().zip(&weights) {
            let off_by = units(*part) * total - units(whole) * millionths(*weight);
            prop_assert!(off_by.abs() < total, "{part} for {weight} of {total}");
            prop_assert_eq!(part.currency(), whole.currency());
        }
    }

    #[test]
    fn a_split_of_what_is_owed_to_us_mirrors_one_of_what_we_owe(whole in any_money(), weights in any_weights()) {
        let mirrored = whole.negated().allocate(&weights).expect("parts");
        let parts = whole.allocate(&weights).expect("parts");
        prop_assert_eq!(mirrored, parts.into_iter().map(Money::negated).collect::<Vec<_>>());
    }

    /// Whatever the weights, a split ends, and what it gives sums to the whole.
    #[test]
    fn no_weights_are_too_odd(whole in any_money(), weights in prop::collection::vec(any::<(u128, u32)>(), 1..8)) {
        let weights: Vec<Decimal> =
            weights.into_iter().map(|(m, scale)| Decimal::from_i128_with_scale((m >> 33) as i128, scale % 29)).collect();
        if let Some(parts) = whole.allocate(&weights) {
            prop_assert_eq!(parts.iter().map(|p| p.amount().mantissa()).sum::<i128>(), whole.amount().mantissa());
        }
    }
}
