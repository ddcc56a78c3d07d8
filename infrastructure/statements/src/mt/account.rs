//! `:25:`, in which banks write an IBAN, `bank/account`, a currency behind it, or all of these.

use crate::number::{has_shape_of_iban, is_currency};
use crate::statement::Account;

/// `lines` has the bank's BIC on its second line in the form `:25P:`.
pub(super) fn account(lines: &[&str]) -> Account {
    let raw = lines.first().map_or("", |line| line.trim());
    let bic = lines.get(1).map(|line| line.trim()).filter(|line| !line.is_empty());
    let (number, currency) = without_currency(raw);
    let mut account = split(number);
    account.currency = currency.map(str::to_owned);
    account.servicer = bic.map(str::to_owned).or(account.servicer);
    account
}

fn split(number: &str) -> Account {
    let compact: String = number.chars().filter(|c| !c.is_whitespace()).collect();
    if has_shape_of_iban(&compact) {
        return Account { iban: Some(compact), ..Account::default() };
    }
    match number.split_once('/') {
        Some((bank, own)) if has_shape_of_iban(own) => {
            Account { iban: Some(own.to_owned()), servicer: Some(bank.to_owned()), ..Account::default() }
        }
        Some((bank, own)) => Account { other: stated(own), servicer: Some(bank.to_owned()), ..Account::default() },
        None => Account { other: stated(number), ..Account::default() },
    }
}

fn stated(number: &str) -> Option<String> {
    Some(number.to_owned()).filter(|number| !number.is_empty())
}

/// `…EUR`, `… EUR`, `…/EUR`: a currency right behind the digits of the number.
fn without_currency(raw: &str) -> (&str, Option<&str>) {
    let Some(at) = raw.len().checked_sub(3).filter(|&at| at > 0 && raw.is_char_boundary(at)) else {
        return (raw, None);
    };
    let (number, currency) = raw.split_at(at);
    let ends = number.ends_with(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '/'));
    let known = is_currency(currency) && iso_currency::Currency::from_code(currency).is_some();
    if ends && known { (number.trim_end_matches(['/', ' ']), Some(currency)) } else { (raw, None) }
}
