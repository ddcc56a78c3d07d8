//! Records to statements, with the control totals that the trailers state held against what is there.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::account::{self, Opened};
use super::records::{Record, records};
use super::transaction;
use crate::number::{present, short_date};
use crate::statement::{Control, Format, Statement, StatementFile, StatementKind, Unmapped};
use crate::{Place, StatementRefusal};

const CUT_OFF: &str = "the file's trailer (99) is missing: the file is cut off";

pub(crate) fn read(text: &str) -> Result<StatementFile, StatementRefusal> {
    let mut reading = Reading::default();
    for record in records(text)? {
        reading.take(&record)?;
    }
    reading.close(None)?;
    if !reading.is_whole {
        return Err(StatementRefusal::Malformed { at: Place::line(text.lines().count().max(1)), reason: CUT_OFF.to_owned() });
    }
    if reading.statements.is_empty() {
        return Err(StatementRefusal::NoStatement);
    }
    Ok(StatementFile {
        format: Format::Bai2,
        message_id: reading.file_id,
        created_at: reading.created_at,
        statements: reading.statements,
        unmapped: reading.unmapped,
    })
}

#[derive(Default)]
struct Reading {
    file_id: Option<String>,
    created_at: Option<String>,
    group: Group,
    /// Of the file so far.
    groups: u32,
    total: Decimal,
    /// Statements of the files before it.
    first: usize,
    /// Its trailer has come.
    is_whole: bool,
    open: Option<Opened>,
    statements: Vec<Statement>,
    unmapped: Vec<Unmapped>,
}

/// What a group's header says for its accounts.
#[derive(Default)]
pub(super) struct Group {
    pub bank: Option<String>,
    pub as_of: Option<NaiveDate>,
    pub currency: Option<String>,
    pub is_interim: bool,
    pub is_open: bool,
    accounts: u32,
    /// As their trailers state them, without a decimal mark.
    total: Decimal,
    /// Statements before it.
    first: usize,
}

impl Reading {
    fn take(&mut self, record: &Record) -> Result<(), StatementRefusal> {
        match record.code {
            "01" => {
                self.close(None)?;
                self.file(&record.fields());
            }
            "02" => self.group(record)?,
            "03" => {
                self.close(None)?;
                self.in_group(record)?;
                self.group.accounts += 1;
                self.open = Some(account::open(record, &self.group)?);
            }
            "16" => {
                let missing = StatementRefusal::Malformed { at: record.at, reason: "a transaction outside an account".to_owned() };
                let open = self.open.as_mut().ok_or(missing)?;
                transaction::add(record, open, &self.group)?;
            }
            "49" => self.close(Some(record))?,
            "98" => {
                self.close(None)?;
                self.group.is_open = false;
                counted(record, "accounts", self.group.accounts)?;
                let stated = self.holds(record, "group control total", self.group.total, self.group.first)?;
                self.total = added(self.total, stated, record)?;
            }
            _ => {
                self.close(None)?;
                counted(record, "groups", self.groups)?;
                self.holds(record, "file control total", self.total, self.first)?;
                (self.is_whole, self.groups, self.total, self.first) = (true, 0, Decimal::ZERO, self.statements.len());
            }
        }
        Ok(())
    }

    fn file(&mut self, fields: &[&str]) {
        let field = |index: usize| fields.get(index).copied().unwrap_or("");
        self.is_whole = false;
        self.file_id = present(field(4));
        self.created_at = present(&format!("{} {}", field(2), field(3)));
    }

    /// Receiver, originator, status, date, time, currency, what the date means.
    fn group(&mut self, record: &Record) -> Result<(), StatementRefusal> {
        self.close(None)?;
        let fields = record.fields();
        let field = |index: usize| fields.get(index).copied().unwrap_or("");
        // A deletion takes back what was sent, a test never happened.
        if !matches!(field(2), "" | "1" | "3") {
            return Err(StatementRefusal::invalid(record.at, "the status of the group, which is no update,", field(2)));
        }
        let as_of = short_date(field(3)).ok_or_else(|| StatementRefusal::invalid(record.at, "the date of the group", field(3)))?;
        self.groups += 1;
        self.group = Group {
            bank: present(field(1)),
            as_of: Some(as_of),
            currency: present(field(5)),
            is_interim: matches!(field(6), "1" | "3"),
            is_open: true,
            accounts: 0,
            total: Decimal::ZERO,
            first: self.statements.len(),
        };
        Ok(())
    }

    fn in_group(&self, record: &Record) -> Result<(), StatementRefusal> {
        let outside = || StatementRefusal::Malformed { at: record.at, reason: "an account outside a group".to_owned() };
        self.group.is_open.then_some(()).ok_or_else(outside)
    }

    fn close(&mut self, trailer: Option<&Record>) -> Result<(), StatementRefusal> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let mut statement = open.statement;
        statement.kind = if self.group.is_interim { StatementKind::Intraday } else { StatementKind::EndOfPeriod };
        match trailer {
            Some(trailer) => {
                statement.controls.extend(controls(trailer, open.total, open.records + 1, open.scale)?);
                self.group.total = added(self.group.total, stated_total(trailer)?, trailer)?;
            }
            None => statement.notes.push("the account's trailer (49) is missing".to_owned()),
        }
        self.unmapped.extend(open.unmapped);
        self.statements.push(statement);
        Ok(())
    }

    /// Holds what a group's or the file's trailer states against the trailers within; each statement from `first` on tells of it.
    fn holds(&mut self, trailer: &Record, what: &'static str, computed: Decimal, first: usize) -> Result<Decimal, StatementRefusal> {
        let stated = stated_total(trailer)?;
        for statement in self.statements.iter_mut().skip(first) {
            statement.controls.push(Control { what, stated, computed });
        }
        Ok(stated)
    }
}

/// Of accounts in several currencies it is a sum of mere digits.
fn stated_total(trailer: &Record) -> Result<Decimal, StatementRefusal> {
    let fields = trailer.fields();
    let written = fields.first().copied().unwrap_or("");
    account::amount(written, 0).ok_or_else(|| StatementRefusal::invalid(trailer.at, "the control total", written))
}

fn added(total: Decimal, more: Decimal, at: &Record) -> Result<Decimal, StatementRefusal> {
    total.checked_add(more).ok_or_else(|| StatementRefusal::invalid(at.at, "the control total", &more.to_string()))
}

/// What the trailer counts must have come, or a part of the file is missing; more than it counts was miscounted.
fn counted(trailer: &Record, what: &str, found: u32) -> Result<(), StatementRefusal> {
    match trailer.fields().get(1).and_then(|count| count.parse::<u32>().ok()) {
        Some(stated) if stated > found => {
            let reason = format!("the trailer counts {stated} {what}, there are {found}");
            Err(StatementRefusal::Malformed { at: trailer.at, reason })
        }
        _ => Ok(()),
    }
}

fn controls(trailer: &Record, total: Decimal, physical: usize, scale: u32) -> Result<Vec<Control>, StatementRefusal> {
    let fields = trailer.fields();
    let stated = account::amount(fields.first().copied().unwrap_or(""), scale);
    let stated = stated.ok_or_else(|| StatementRefusal::invalid(trailer.at, "the control total", fields.first().copied().unwrap_or("")))?;
    let mut controls = vec![Control { what: "account control total", stated, computed: total }];
    if let Some(stated) = fields.get(1).and_then(|count| count.parse::<u32>().ok()) {
        controls.push(Control { what: "number of records", stated: stated.into(), computed: Decimal::from(physical) });
    }
    Ok(controls)
}
