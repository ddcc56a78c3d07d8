//! Positive pay: the list of cheques that were written, by which the bank recognises those that it may pay.
//!
//! Every bank has its own layout, which was agreed with it as data. The same cheques and layout always give the same bytes.

use std::collections::HashSet;

use chrono::NaiveDate;
use quittance_domain::bank_account::{AbaRoutingNumber, AccountNumber};
use quittance_domain::chequebook::{ChequeColumn, ChequeFact, DatePattern, ListColumn, ListFact, ListShape, PositivePayLayout};
use quittance_domain::money::Money;
use rust_decimal::Decimal;

use crate::plain::plain;

/// A cheque that was written, or one that must no longer be paid.
#[derive(Clone, Debug)]
pub struct Cheque {
    pub number: u64,
    pub routing_number: AbaRoutingNumber,
    pub account: AccountNumber,
    pub amount: Money,
    pub issued_on: NaiveDate,
    pub payee: String,
    pub state: ChequeState,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ChequeState {
    Issued,
    Void,
}

#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum PositivePayRefusal {
    #[error("a list has at least one cheque")]
    NoCheques,
    #[error("cheque {number} stands twice in the list")]
    ChequeRepeated { number: u64 },
    #[error("cheque {number}: the amount must be above zero")]
    AmountNotPositive { number: u64 },
    #[error("cheque {number}: the column of its {column} is too narrow for what it must hold")]
    TooWide { number: u64, column: &'static str },
    #[error("a column of the first or last line is too narrow for what it must hold")]
    TotalTooWide,
    #[error("cheque {number}: the payee has no letter or digit that a bank could read")]
    PayeeIllegible { number: u64 },
    #[error("the cheques are of different currencies or add up to too much")]
    Sum,
}

impl PositivePayRefusal {
    pub fn code(&self) -> &'static str {
        self.into()
    }
}

/// The bytes for the bank, and the figures to compare with what it says it received.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PositivePayFile {
    pub bytes: Vec<u8>,
    pub cheques: usize,
    /// Of the cheques that may be paid.
    pub issued: Money,
}

/// What is said about all cheques.
struct Totals<'l> {
    routing_number: &'l AbaRoutingNumber,
    account: &'l AccountNumber,
    cheques: usize,
    issued: Money,
    last_day: NaiveDate,
}

/// The cheques of one account, by the layout that was agreed with its bank. `last_day` is the last one whose cheques are listed.
pub fn write_positive_pay(
    cheques: &[Cheque],
    layout: &PositivePayLayout,
    last_day: NaiveDate,
) -> Result<PositivePayFile, PositivePayRefusal> {
    check(cheques)?;
    let (first, issued) = (cheques.first().ok_or(PositivePayRefusal::NoCheques)?, issued(cheques)?);
    let totals = Totals { routing_number: &first.routing_number, account: &first.account, cheques: cheques.len(), issued, last_day };
    let mut text = String::new();
    if layout.with_names {
        let names = layout.columns.iter().map(|column| name(&column.fact).to_owned()).collect();
        line(&mut text, layout.shape, names);
    }
    about_all(&mut text, layout.shape, &layout.header, &totals)?;
    for cheque in cheques {
        let cell = |column: &ChequeColumn| -> Result<String, PositivePayRefusal> {
            let (value, is_payee) = (value(cheque, &column.fact)?, column.fact == ChequeFact::Payee {});
            fitted(value, column.width, layout.shape, is_number(&column.fact), is_payee)
                .ok_or(PositivePayRefusal::TooWide { number: cheque.number, column: name(&column.fact) })
        };
        line(&mut text, layout.shape, layout.columns.iter().map(cell).collect::<Result<_, _>>()?);
    }
    about_all(&mut text, layout.shape, &layout.trailer, &totals)?;
    Ok(PositivePayFile { bytes: text.into_bytes(), cheques: cheques.len(), issued })
}

fn about_all(text: &mut String, shape: ListShape, columns: &[ListColumn], totals: &Totals<'_>) -> Result<(), PositivePayRefusal> {
    let cell = |column: &ListColumn| {
        let value = total(totals, &column.fact);
        let is_number = !matches!(column.fact, ListFact::Constant { .. } | ListFact::LastDay { .. });
        fitted(value, column.width, shape, is_number, false).ok_or(PositivePayRefusal::TotalTooWide)
    };
    if !columns.is_empty() {
        line(text, shape, columns.iter().map(cell).collect::<Result<_, _>>()?);
    }
    Ok(())
}

fn check(cheques: &[Cheque]) -> Result<(), PositivePayRefusal> {
    let mut seen = HashSet::new();
    for cheque in cheques {
        let number = cheque.number;
        if !seen.insert((cheque.account.as_str(), number)) {
            return Err(PositivePayRefusal::ChequeRepeated { number });
        }
        // On a form that was spoiled nothing was ever written.
        if cheque.state == ChequeState::Issued && !cheque.amount.is_positive() {
            return Err(PositivePayRefusal::AmountNotPositive { number });
        }
    }
    if cheques.is_empty() { Err(PositivePayRefusal::NoCheques) } else { Ok(()) }
}

fn issued(cheques: &[Cheque]) -> Result<Money, PositivePayRefusal> {
    let zero = cheques.first().map(|cheque| Money::zero(cheque.amount.currency())).ok_or(PositivePayRefusal::NoCheques)?;
    let sum = |sum: Money, cheque: &Cheque| match cheque.state {
        ChequeState::Issued => sum.plus(cheque.amount),
        // Of one currency with the others, though it adds nothing.
        ChequeState::Void => sum.plus(Money::zero(cheque.amount.currency())),
    };
    cheques.iter().try_fold(zero, sum).map_err(|_| PositivePayRefusal::Sum)
}

fn name(fact: &ChequeFact) -> &'static str {
    match fact {
        ChequeFact::RoutingNumber {} => "routing_number",
        ChequeFact::Account {} => "account",
        ChequeFact::ChequeNumber {} => "cheque_number",
        ChequeFact::Amount {} | ChequeFact::AmountInMinorUnits {} => "amount",
        ChequeFact::IssuedOn { .. } => "issue_date",
        ChequeFact::Payee {} => "payee",
        ChequeFact::State { .. } => "state",
        ChequeFact::Constant { .. } => "",
    }
}

/// Numbers are filled with zeros in fixed columns and never cut.
fn is_number(fact: &ChequeFact) -> bool {
    use ChequeFact::{Account, Amount, AmountInMinorUnits, ChequeNumber, RoutingNumber};
    matches!(fact, RoutingNumber {} | Account {} | ChequeNumber {} | Amount {} | AmountInMinorUnits {})
}

/// Banks compare as much of the payee as they print; everything else must be whole.
fn fitted(mut text: String, width: Option<u8>, shape: ListShape, is_number: bool, may_cut: bool) -> Option<String> {
    let Some(width) = width.map(usize::from) else { return Some(text) };
    if text.len() > width {
        if !may_cut {
            return None;
        }
        text.truncate(width);
    }
    Some(match shape {
        ListShape::Separated { .. } => text,
        ListShape::Fixed {} if is_number => format!("{text:0>width$}"),
        ListShape::Fixed {} => format!("{text:<width$}"),
    })
}

fn value(cheque: &Cheque, fact: &ChequeFact) -> Result<String, PositivePayRefusal> {
    let amount = cheque.amount.amount();
    Ok(match fact {
        ChequeFact::RoutingNumber {} => cheque.routing_number.to_string(),
        ChequeFact::Account {} => alphanumeric(&cheque.account),
        ChequeFact::ChequeNumber {} => cheque.number.to_string(),
        ChequeFact::Amount {} => amount.to_string(),
        ChequeFact::AmountInMinorUnits {} => minor_units(amount),
        ChequeFact::IssuedOn { pattern } => written(cheque.issued_on, *pattern),
        ChequeFact::Payee {} => payee(cheque)?,
        ChequeFact::State { issued, void } => if cheque.state == ChequeState::Issued { issued } else { void }.clone(),
        ChequeFact::Constant { text } => text.clone(),
    })
}

fn total(totals: &Totals<'_>, fact: &ListFact) -> String {
    match fact {
        ListFact::RoutingNumber {} => totals.routing_number.to_string(),
        ListFact::Account {} => alphanumeric(totals.account),
        ListFact::Cheques {} => totals.cheques.to_string(),
        ListFact::Total {} => totals.issued.amount().to_string(),
        ListFact::TotalInMinorUnits {} => minor_units(totals.issued.amount()),
        ListFact::LastDay { pattern } => written(totals.last_day, *pattern),
        ListFact::Constant { text } => text.clone(),
    }
}

fn alphanumeric(account: &AccountNumber) -> String {
    account.as_str().chars().filter(char::is_ascii_alphanumeric).collect()
}

fn written(day: NaiveDate, pattern: DatePattern) -> String {
    day.format(pattern.strftime()).to_string()
}

/// An amount has exactly its currency's decimals, so its digits are its minor units.
fn minor_units(amount: Decimal) -> String {
    amount.mantissa().to_string()
}

fn payee(cheque: &Cheque) -> Result<String, PositivePayRefusal> {
    let text = plain(&cheque.payee);
    let legible = text.bytes().any(|b| b.is_ascii_alphanumeric());
    if legible { Ok(text) } else { Err(PositivePayRefusal::PayeeIllegible { number: cheque.number }) }
}

fn line(text: &mut String, shape: ListShape, cells: Vec<String>) {
    match shape {
        ListShape::Fixed {} => text.push_str(&cells.concat()),
        ListShape::Separated { by } => {
            let cells: Vec<String> = cells.into_iter().map(|cell| quoted(cell, by)).collect();
            text.push_str(&cells.join(&by.to_string()));
        }
    }
    text.push_str("\r\n");
}

fn quoted(cell: String, by: char) -> String {
    if cell.contains([by, '"']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}
