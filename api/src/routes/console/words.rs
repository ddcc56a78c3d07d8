//! How the console writes amounts, states and times.

use std::collections::HashMap;
use std::fmt::Display;

use chrono::{DateTime, Utc};
use quittance_domain::ids::UserId;
use quittance_domain::{Currency, Money};
use rust_decimal::Decimal;
use uuid::Uuid;

/// A decimal such as `1 234.50`, its digits in groups of three by narrow spaces that do not break.
pub fn number(value: impl Display) -> String {
    let text = value.to_string();
    let digits = text.trim_start_matches('-');
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let groups: Vec<&str> = (0..whole.len()).rev().step_by(3).map(|end| &whole[end.saturating_sub(2)..=end]).collect();
    let sign = if text.starts_with('-') && digits.contains(|c| ('1'..='9').contains(&c)) { "\u{2212}" } else { "" };
    let whole = groups.into_iter().rev().collect::<Vec<_>>().join("\u{202f}");
    fraction.map_or_else(|| format!("{sign}{whole}"), |fraction| format!("{sign}{whole}.{fraction}"))
}

/// An amount with at least the decimals of its currency; what is finer is shown as stated.
pub fn amount(value: &Decimal, currency: &Currency) -> String {
    let mut value = *value;
    value.rescale(value.normalize().scale().max(currency.exponent()));
    number(value)
}

pub fn money(money: &Money) -> String {
    format!("{}\u{a0}{}", number(money.amount()), money.currency())
}

/// `pending_approval` as `pending approval`.
pub fn word(state: &impl Display) -> String {
    state.to_string().replace('_', " ")
}

/// What tells one id from the others of its kind, which begin alike.
pub fn tail(id: &Uuid) -> String {
    id.simple().to_string().split_off(24)
}

pub fn or_empty(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default()
}

/// A person by their name.
pub fn called(people: &HashMap<UserId, String>, person: &UserId) -> String {
    people.get(person).cloned().unwrap_or_else(|| format!("…{}", tail(&person.0)))
}

/// `InvoiceApproved` as `Invoice approved`.
pub fn sentence(action: &str) -> String {
    let mut text = String::with_capacity(action.len() + 4);
    for letter in action.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push(' ');
            text.extend(letter.to_lowercase());
        } else {
            text.push(letter);
        }
    }
    text
}

/// `31_60` as `31–60`, `not_due` as `Not due`, `over_120` as `Over 120`.
pub fn days(bucket: &str) -> String {
    match bucket.split_once('_') {
        Some(("not", _)) => "Not due".to_owned(),
        Some(("on", _)) => "On account".to_owned(),
        Some(("over", days)) => format!("Over {days}"),
        Some((first, last)) => format!("{first}\u{2013}{last}"),
        None => bucket.to_owned(),
    }
}

pub fn time(at: &DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::{amount, number, sentence};

    #[test]
    fn digits_stand_in_groups_of_three() {
        for (value, text) in
            [("0", "0"), ("-0.00", "0.00"), ("999.50", "999.50"), ("1000", "1 000"), ("-1234567.891", "\u{2212}1 234 567.891")]
        {
            assert_eq!(number(value.parse::<Decimal>().expect("a number")), text.replace(' ', "\u{202f}"));
        }
    }

    #[test]
    fn amounts_keep_what_is_finer_than_the_currency() {
        for (value, text) in [("750", "750.00"), ("142.5", "142.50"), ("0.12345", "0.12345")] {
            assert_eq!(amount(&value.parse().expect("a number"), &quittance_domain::Currency::EUR), text);
        }
    }

    #[test]
    fn an_action_reads_as_words() {
        assert_eq!(sentence("InvoiceApproved"), "Invoice approved");
    }
}
