//! Positive pay: the list of cheques that were written, by which the bank recognises those that it may pay.
//!
//! Every bank has its own layout, so the layout is data: separated or fixed columns, each a fact in a stated form. The same cheques and
//! layout always give the same bytes.

use std::collections::HashSet;

use chrono::NaiveDate;
use quittance_domain::bank_account::{AbaRoutingNumber, AccountNumber};
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

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Layout {
    pub shape: Shape,
    /// A first line with the columns' names; only between separators.
    pub with_names: bool,
    pub columns: Vec<Column>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shape {
    /// A text that holds the separator or a quotation mark is put in quotation marks (RFC 4180).
    Separated { by: char },
    /// Every column has a width: numbers to the right with zeros, texts to the left with blanks.
    Fixed,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Column {
    pub fact: Fact,
    /// Needed in fixed columns; between separators the most that a text may have.
    pub width: Option<usize>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Fact {
    RoutingNumber,
    Account,
    ChequeNumber,
    /// In major units, `1234.50`.
    Amount,
    /// In minor units, `123450`.
    AmountInMinorUnits,
    IssuedOn {
        pattern: DatePattern,
    },
    Payee,
    /// One word for each state, as in `I` and `V`.
    State {
        issued: String,
        void: String,
    },
    Constant(String),
}

/// The orders of a date that banks ask for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DatePattern {
    /// `20260309`
    YearMonthDay,
    /// `03092026`
    MonthDayYear,
    /// `03/09/2026`
    MonthDayYearSlashed,
    /// `2026-03-09`
    Iso,
}

#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum PositivePayRefusal {
    #[error("a list has at least one cheque")]
    NoCheques,
    #[error("a layout has columns, and fixed ones have widths")]
    Layout,
    #[error("cheque {number} stands twice in the list")]
    ChequeRepeated { number: u64 },
    #[error("cheque {number}: the amount must be above zero")]
    AmountNotPositive { number: u64 },
    #[error("cheque {number}: column {column} is too narrow for what it must hold")]
    TooWide { number: u64, column: usize },
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

impl Layout {
    /// What most banks take when nothing else was agreed.
    pub fn usual() -> Self {
        let state = Fact::State { issued: "I".to_owned(), void: "V".to_owned() };
        let date = Fact::IssuedOn { pattern: DatePattern::MonthDayYearSlashed };
        let facts = [Fact::Account, Fact::ChequeNumber, date, Fact::Amount, Fact::Payee, state];
        let columns = facts.into_iter().map(|fact| Column { fact, width: None }).collect();
        Self { shape: Shape::Separated { by: ',' }, with_names: true, columns }
    }

    fn is_usable(&self) -> bool {
        let wide = |column: &Column| column.width.is_some_and(|width| width > 0);
        !self.columns.is_empty() && (self.shape != Shape::Fixed || self.columns.iter().all(wide))
    }
}

pub fn write_positive_pay(cheques: &[Cheque], layout: &Layout) -> Result<PositivePayFile, PositivePayRefusal> {
    if !layout.is_usable() {
        return Err(PositivePayRefusal::Layout);
    }
    check(cheques)?;
    let mut text = String::new();
    if layout.with_names && layout.shape != Shape::Fixed {
        let names = layout.columns.iter().map(|column| column.fact.name().to_owned()).collect();
        line(&mut text, layout.shape, names);
    }
    for cheque in cheques {
        let cells = layout.columns.iter().enumerate().map(|(index, column)| cell(cheque, index, column, layout.shape));
        line(&mut text, layout.shape, cells.collect::<Result<_, _>>()?);
    }
    Ok(PositivePayFile { bytes: text.into_bytes(), cheques: cheques.len(), issued: issued(cheques)? })
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

impl Fact {
    fn name(&self) -> &'static str {
        match self {
            Self::RoutingNumber => "routing_number",
            Self::Account => "account",
            Self::ChequeNumber => "cheque_number",
            Self::Amount | Self::AmountInMinorUnits => "amount",
            Self::IssuedOn { .. } => "issue_date",
            Self::Payee => "payee",
            Self::State { .. } => "state",
            Self::Constant(_) => "",
        }
    }

    /// Numbers are filled with zeros in fixed columns and never cut.
    fn is_number(&self) -> bool {
        matches!(self, Self::RoutingNumber | Self::Account | Self::ChequeNumber | Self::Amount | Self::AmountInMinorUnits)
    }
}

fn cell(cheque: &Cheque, index: usize, column: &Column, shape: Shape) -> Result<String, PositivePayRefusal> {
    let mut text = value(cheque, &column.fact)?;
    let Some(width) = column.width else { return Ok(text) };
    if text.len() > width {
        // Banks compare as much of the payee as they print; everything else must be whole.
        if column.fact != Fact::Payee {
            return Err(PositivePayRefusal::TooWide { number: cheque.number, column: index });
        }
        text.truncate(width);
    }
    Ok(match shape {
        Shape::Separated { .. } => text,
        Shape::Fixed if column.fact.is_number() => format!("{text:0>width$}"),
        Shape::Fixed => format!("{text:<width$}"),
    })
}

fn value(cheque: &Cheque, fact: &Fact) -> Result<String, PositivePayRefusal> {
    let amount = cheque.amount.amount();
    Ok(match fact {
        Fact::RoutingNumber => cheque.routing_number.to_string(),
        Fact::Account => cheque.account.as_str().chars().filter(char::is_ascii_alphanumeric).collect(),
        Fact::ChequeNumber => cheque.number.to_string(),
        Fact::Amount => amount.to_string(),
        Fact::AmountInMinorUnits => minor_units(amount),
        Fact::IssuedOn { pattern } => cheque.issued_on.format(pattern.strftime()).to_string(),
        Fact::Payee => payee(cheque)?,
        Fact::State { issued, void } => {
            if cheque.state == ChequeState::Issued {
                plain(issued)
            } else {
                plain(void)
            }
        }
        Fact::Constant(text) => plain(text),
    })
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

impl DatePattern {
    fn strftime(self) -> &'static str {
        match self {
            Self::YearMonthDay => "%Y%m%d",
            Self::MonthDayYear => "%m%d%Y",
            Self::MonthDayYearSlashed => "%m/%d/%Y",
            Self::Iso => "%Y-%m-%d",
        }
    }
}

fn line(text: &mut String, shape: Shape, cells: Vec<String>) {
    match shape {
        Shape::Fixed => text.push_str(&cells.concat()),
        Shape::Separated { by } => {
            let cells: Vec<String> = cells.into_iter().map(|cell| quoted(cell, by)).collect();
            text.push_str(&cells.join(&by.to_string()));
        }
    }
    text.push_str("\r\n");
}

fn quoted(cell: String, by: char) -> String {
    if cell.contains([by, '"']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}
