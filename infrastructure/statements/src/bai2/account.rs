//! `03`, an account: its number, currency, and balances and sums as type, amount, count, funds.

use rust_decimal::Decimal;

use super::codes;
use super::funds::{Fields, Funds};
use super::read::Group;
use super::records::Record;
use crate::number::{has_shape_of_iban, present};
use crate::statement::{Account, Balance, Period, Statement, StatementKind, Unmapped};
use crate::{Place, StatementRefusal};

/// An account whose trailer has not come yet.
pub(super) struct Opened {
    pub statement: Statement,
    /// Sum of every amount in the account's records, as the trailer states it.
    pub total: Decimal,
    pub records: usize,
    /// Decimal places of the currency: amounts come without a decimal mark.
    pub scale: u32,
    pub unmapped: Vec<Unmapped>,
}

pub(super) fn open(record: &Record, group: &Group) -> Result<Opened, StatementRefusal> {
    let mut fields = Fields::new(&record.parts);
    let number = present(fields.next()).ok_or(StatementRefusal::Missing { at: record.at, name: "the account number" })?;
    let currency = present(fields.next()).or_else(|| group.currency.clone()).unwrap_or_else(|| "USD".to_owned());
    let mut statement = Statement::new(StatementKind::EndOfPeriod);
    let (iban, other) = if has_shape_of_iban(&number) { (Some(number), None) } else { (None, Some(number)) };
    statement.account = Account { iban, other, currency: Some(currency.clone()), servicer: group.bank.clone(), ..Account::default() };
    statement.period = Period { from: group.as_of, to: group.as_of };
    let scale = scale_of(&currency);
    let mut open = Opened { statement, total: Decimal::ZERO, records: record.physical, scale, unmapped: vec![] };
    while !fields.is_at_end() {
        summary(&mut fields, &mut open, group, record.at)?;
    }
    Ok(open)
}

fn summary(fields: &mut Fields, open: &mut Opened, group: &Group, at: Place) -> Result<(), StatementRefusal> {
    let code = fields.next();
    // A comma too many before the continuation.
    if code.is_empty() && fields.begins_anew() {
        return Ok(());
    }
    let written = fields.next();
    let count = if fields.begins_anew() { "" } else { fields.next() };
    let funds = if fields.begins_anew() { Funds::default() } else { fields.funds() };
    if code.is_empty() && written.is_empty() {
        return Ok(());
    }
    if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(StatementRefusal::invalid(at, "the type code", code));
    }
    let Some(value) = stated(written, open.scale, at)? else { return Ok(()) };
    open.total = open.total.checked_add(value).ok_or_else(|| StatementRefusal::invalid(at, "the amount", written))?;
    match codes::balance(code) {
        Some(kind) => {
            let date = funds.value_date.or(group.as_of);
            open.statement.balances.push(Balance { kind, amount: value, currency: open.statement.account.currency.clone(), date });
        }
        None => open.unmapped.push(Unmapped { at, name: format!("summary {code}"), content: format!("{value} ({count} items)") }),
    }
    Ok(())
}

fn stated(written: &str, scale: u32, at: Place) -> Result<Option<Decimal>, StatementRefusal> {
    if written.is_empty() {
        return Ok(None);
    }
    amount(written, scale).map(Some).ok_or_else(|| StatementRefusal::invalid(at, "the amount", written))
}

/// `+00000000000834000` is 8340.00.
pub(super) fn amount(written: &str, scale: u32) -> Option<Decimal> {
    let digits = written.strip_prefix(['+', '-']).unwrap_or(written);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let units: i128 = digits.parse().ok()?;
    Decimal::try_from_i128_with_scale(if written.starts_with('-') { -units } else { units }, scale).ok()
}

fn scale_of(currency: &str) -> u32 {
    iso_currency::Currency::from_code(currency).and_then(|currency| currency.exponent()).map_or(2, u32::from)
}
