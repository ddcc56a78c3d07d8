//! The legal amount of a cheque.

use quittance_domain::money::{Currency, Money};
use quittance_rails::amount_in_words::amount_in_words;
use rust_decimal::{Decimal, dec};

fn words(amount: Decimal, currency: &str) -> Option<String> {
    let currency: Currency = currency.parse().expect("a currency");
    amount_in_words(Money::exact(amount, currency).expect("an amount"))
}

#[test]
fn amounts_read_as_people_write_them() {
    let cases = [
        (dec!(0.01), "USD", "Zero and 01/100"),
        (dec!(1), "USD", "One and 00/100"),
        (dec!(19.90), "USD", "Nineteen and 90/100"),
        (dec!(20), "USD", "Twenty and 00/100"),
        (dec!(99.99), "USD", "Ninety-nine and 99/100"),
        (dec!(100), "USD", "One hundred and 00/100"),
        (dec!(1234.50), "USD", "One thousand two hundred thirty-four and 50/100"),
        (dec!(10010), "USD", "Ten thousand ten and 00/100"),
        (dec!(1000000), "USD", "One million and 00/100"),
        (
            dec!(999999999999999.99),
            "USD",
            "Nine hundred ninety-nine trillion nine hundred ninety-nine billion nine hundred ninety-nine million nine hundred ninety-nine thousand nine hundred ninety-nine and 99/100",
        ),
        (dec!(305), "JPY", "Three hundred five"),
        (dec!(7.125), "KWD", "Seven and 125/1000"),
    ];
    for (amount, currency, expected) in cases {
        assert_eq!(words(amount, currency).as_deref(), Some(expected), "{amount}");
    }
}

#[test]
fn what_no_cheque_pays_has_no_words() {
    for amount in [dec!(0), dec!(-1), dec!(1000000000000000)] {
        assert_eq!(words(amount, "USD"), None, "{amount}");
    }
}
