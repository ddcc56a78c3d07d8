//! The legal amount of a cheque: whole units in English words, the minor units as a fraction.

use quittance_domain::money::Money;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const SCALES: [(u64, &str); 4] = [(1_000_000_000_000, "trillion"), (1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand")];

/// `One thousand two hundred thirty-four and 50/100`; without a fraction in currencies that have no minor unit. `None` for amounts that
/// are not above zero, and from a quadrillion on.
pub fn amount_in_words(amount: Money) -> Option<String> {
    if !amount.is_positive() || amount.amount() >= Decimal::from(1_000_000_000_000_000_u64) {
        return None;
    }
    let units = amount.amount().trunc();
    let words = capitalised(&words(units.to_u64()?));
    let exponent = amount.currency().exponent();
    if exponent == 0 {
        return Some(words);
    }
    let whole = 10_u64.pow(exponent);
    let minor = ((amount.amount() - units) * Decimal::from(whole)).to_u64()?;
    Some(format!("{words} and {minor:0width$}/{whole}", width = exponent as usize))
}

fn words(number: u64) -> String {
    let mut left = number;
    let mut parts = Vec::new();
    for (scale, name) in SCALES {
        if left >= scale {
            parts.push(format!("{} {name}", below_thousand(left / scale)));
            left %= scale;
        }
    }
    if left > 0 || parts.is_empty() {
        parts.push(below_thousand(left));
    }
    parts.join(" ")
}

fn below_thousand(number: u64) -> String {
    match (number / 100, number % 100) {
        (0, rest) => below_hundred(rest),
        (hundreds, 0) => format!("{} hundred", below_hundred(hundreds)),
        (hundreds, rest) => format!("{} hundred {}", below_hundred(hundreds), below_hundred(rest)),
    }
}

fn below_hundred(number: u64) -> String {
    let word = |words: &[&'static str], at: u64| usize::try_from(at).ok().and_then(|at| words.get(at)).copied().unwrap_or_default();
    match (number / 10, number % 10) {
        (0 | 1, _) => word(&ONES, number).to_owned(),
        (tens, 0) => word(&TENS, tens).to_owned(),
        (tens, ones) => format!("{}-{}", word(&TENS, tens), word(&ONES, ones)),
    }
}

fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}
