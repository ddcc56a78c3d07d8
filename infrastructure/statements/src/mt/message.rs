//! Tagged fields to statements.

use rust_decimal::Decimal;

use super::tags::{Block, Field, blocks};
use super::{account, line, narrative};
use crate::number::{debit, decimal, is_currency, present, short_date};
use crate::statement::{Balance, BalanceKind, Control, Format, Statement, StatementFile, StatementKind, Unmapped};
use crate::{EntryStatus, Place, StatementRefusal};

pub(crate) fn read(text: &str) -> Result<StatementFile, StatementRefusal> {
    let blocks = blocks(text);
    let mut unmapped = vec![];
    let mut statements = vec![];
    for block in &blocks {
        unmapped.extend(block.preamble.iter().map(|(number, line)| stray(*number, line)));
        if !block.fields.is_empty() {
            statements.push(Reading::new(block).read(&mut unmapped)?);
        }
    }
    if statements.is_empty() {
        return Err(StatementRefusal::NoStatement);
    }
    let interim = statements.iter().all(|statement| statement.kind == StatementKind::Intraday);
    Ok(StatementFile {
        format: if interim { Format::Mt942 } else { Format::Mt940 },
        message_id: None,
        created_at: None,
        statements,
        unmapped,
    })
}

fn stray(number: usize, line: &str) -> Unmapped {
    Unmapped { at: Place::line(number), name: "text before the first tag".to_owned(), content: line.trim().to_owned() }
}

struct Reading<'a> {
    block: &'a Block<'a>,
    statement: Statement,
    /// Of the balance read last; every entry is in it.
    currency: Option<String>,
    /// A narrative belongs to the entry before it, and to the statement once the closing balance or the sums stand.
    is_closed: bool,
}

impl<'a> Reading<'a> {
    fn new(block: &'a Block<'a>) -> Self {
        let interim = block.envelope.is_some_and(|header| header.starts_with("O942") || header.starts_with("I942"))
            || block.fields.iter().any(|field| matches!(field.tag, "942" | "34F" | "34" | "13D" | "90C" | "90D"));
        let kind = if interim { StatementKind::Intraday } else { StatementKind::EndOfPeriod };
        Self { block, statement: Statement::new(kind), currency: None, is_closed: false }
    }

    fn read(mut self, unmapped: &mut Vec<Unmapped>) -> Result<Statement, StatementRefusal> {
        for field in &self.block.fields {
            self.take(field, unmapped)?;
        }
        self.statement.account.currency = self.statement.account.currency.take().or(self.currency);
        self.statement.period.from = self.statement.opening().and_then(|balance| balance.date);
        self.statement.period.to = self.statement.closing().and_then(|balance| balance.date);
        Ok(self.statement)
    }

    fn take(&mut self, field: &Field, unmapped: &mut Vec<Unmapped>) -> Result<(), StatementRefusal> {
        match field.tag {
            "20" => self.statement.id = present(&field.text()),
            "25" | "25P" => {
                self.statement.account = account::account(&field.lines);
                self.currency = self.statement.account.currency.clone();
            }
            "28" | "28C" => self.number(&field.text()),
            "13" | "13D" => self.statement.created_at = present(&field.text()),
            "34" | "34F" => self.floor(field, unmapped),
            "60" | "60F" => self.balance(field, BalanceKind::OpeningBooked)?,
            "60M" => self.balance(field, BalanceKind::OpeningInterim)?,
            "62" | "62F" => self.balance(field, BalanceKind::ClosingBooked)?,
            "62M" => self.balance(field, BalanceKind::ClosingInterim)?,
            "64" => self.balance(field, BalanceKind::ClosingAvailable)?,
            "65" => self.balance(field, BalanceKind::ForwardAvailable)?,
            "61" => {
                self.is_closed = false;
                self.statement.entries.push(line::entry(field, self.currency.as_deref())?);
            }
            "86" => self.narrative(field),
            "90C" | "90D" | "90" => self.sum(field)?,
            "940" | "941" | "942" | "950" | "12" => {}
            other => unmapped.push(Unmapped { at: field.at, name: format!(":{other}:"), content: field.text() }),
        }
        Ok(())
    }

    fn number(&mut self, text: &str) {
        let (number, page) = match text.split_once('/') {
            Some((number, page)) => (number, present(page)),
            None => (text, None),
        };
        self.statement.sequence = present(number);
        self.statement.page = page;
    }

    /// `PLN0`, `EURD0,00`: the amount from which entries are listed; only its currency matters here.
    fn floor(&mut self, field: &Field, unmapped: &mut Vec<Unmapped>) {
        let text = field.text();
        let currency = text.get(..3).filter(|currency| is_currency(currency));
        self.currency = self.currency.take().or(currency.map(str::to_owned));
        unmapped.push(Unmapped { at: field.at, name: ":34F: floor limit".to_owned(), content: text });
    }

    /// `C140829EUR000000000147,64`; a file of the time before 1999 may leave the currency out behind the first balance.
    fn balance(&mut self, field: &Field, kind: BalanceKind) -> Result<(), StatementRefusal> {
        let text = field.first().trim();
        let wrong = || StatementRefusal::invalid(field.at, "the balance", text);
        let (mark, rest) = text.split_at_checked(1).ok_or_else(wrong)?;
        let (date, rest) = rest.split_at_checked(6).ok_or_else(wrong)?;
        let date = short_date(date).ok_or_else(wrong)?;
        let (currency, amount) = match rest.split_at_checked(3) {
            Some((currency, amount)) if is_currency(currency) => (Some(currency.to_owned()), amount),
            _ => (self.currency.clone(), rest),
        };
        let amount = decimal(amount.trim()).ok_or_else(wrong)?;
        let amount = signed(mark, amount).ok_or_else(wrong)?;
        self.is_closed = !matches!(kind, BalanceKind::OpeningBooked | BalanceKind::OpeningInterim);
        self.currency = currency.clone();
        self.statement.balances.push(Balance { kind, amount, currency, date: Some(date) });
        Ok(())
    }

    fn narrative(&mut self, field: &Field) {
        match self.statement.entries.last_mut().filter(|_| !self.is_closed) {
            Some(entry) => narrative::describe(entry, &field.lines),
            None => self.statement.information = present(&field.text()),
        }
    }

    /// `:90D:1EUR2,30`: number and sum of the debits, held against the entries.
    fn sum(&mut self, field: &Field) -> Result<(), StatementRefusal> {
        let text = field.text();
        let wrong = || StatementRefusal::invalid(field.at, "the sum of :90:", &text);
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (count, rest) = text.split_at(digits);
        let (_, amount) = rest.split_at_checked(3).filter(|(currency, _)| is_currency(currency)).ok_or_else(wrong)?;
        let stated = decimal(amount).ok_or_else(wrong)?;
        self.is_closed = true;
        let wants_credit = field.tag != "90D";
        let booked = self.statement.entries.iter().filter(|entry| entry.status == EntryStatus::Booked);
        let own: Vec<Decimal> = booked.map(|entry| entry.amount).filter(|amount| amount.is_sign_positive() == wants_credit).collect();
        let computed = own.iter().try_fold(Decimal::ZERO, |sum, amount| sum.checked_add(amount.abs())).ok_or_else(wrong)?;
        let (what, counted) = if wants_credit { ("sum of credits", "number of credits") } else { ("sum of debits", "number of debits") };
        self.statement.controls.push(Control { what, stated, computed });
        if let Ok(stated) = count.parse::<u32>() {
            self.statement.controls.push(Control { what: counted, stated: stated.into(), computed: Decimal::from(own.len()) });
        }
        Ok(())
    }
}

fn signed(mark: &str, amount: Decimal) -> Option<Decimal> {
    match mark {
        "C" => Some(amount),
        "D" => Some(debit(amount)),
        _ => None,
    }
}
