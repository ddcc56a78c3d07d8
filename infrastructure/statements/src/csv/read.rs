//! Rows to entries.

use std::collections::VecDeque;

use chrono::NaiveDate;
use csv::{ReaderBuilder, StringRecord, Trim};
use rust_decimal::Decimal;

use super::{AmountColumns, CsvMapping, DecimalMark};
use crate::number::{debit, decimal, has_shape_of_iban, of_our_time, present};
use crate::statement::{Account, Balance, BalanceKind, Format, Period, Statement, StatementFile, StatementKind};
use crate::{Detail, Entry, Place, StatementRefusal, decode, swallows_rows};

/// Reads a CSV export as `mapping` says.
pub fn read(bytes: &[u8], mapping: &CsvMapping) -> Result<StatementFile, StatementRefusal> {
    decode::check_size(bytes)?;
    let text = decode::undeclared(bytes)?;
    let body = text.splitn(mapping.skip_lines.saturating_add(1), '\n').nth(mapping.skip_lines).ok_or(StatementRefusal::Empty)?;
    let delimiter = u8::try_from(mapping.delimiter)
        .map_err(|_| StatementRefusal::invalid(Place::line(1), "the delimiter", &mapping.delimiter.to_string()))?;
    let mut reader =
        ReaderBuilder::new().has_headers(false).delimiter(delimiter).trim(Trim::All).flexible(true).from_reader(body.as_bytes());
    let mut columns = Columns { headers: StringRecord::new(), mapping };
    let mut rows: Vec<Row> = vec![];
    // Whether a row is one of the last shows once others have come.
    let mut last: VecDeque<(StringRecord, Place)> = VecDeque::new();
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| malformed(&error, mapping))? {
        let (line, begins) = record.position().map_or((0, 0), |position| (position.line() as usize, position.byte() as usize));
        let at = Place::line(line + mapping.skip_lines);
        if swallows_rows(&body.as_bytes()[begins..reader.position().byte() as usize], delimiter) {
            return Err(StatementRefusal::Malformed { at, reason: "a cell holds the rows behind it: is a quote never closed?".to_owned() });
        }
        if columns.headers.is_empty() {
            columns.headers = record.clone();
            continue;
        }
        // Delimiters alone, as spreadsheets leave them below a table.
        if record.iter().all(str::is_empty) {
            continue;
        }
        last.push_back((record.clone(), at));
        if last.len() > mapping.skip_last_lines
            && let Some((record, at)) = last.pop_front()
        {
            columns.fits(&record, at)?;
            rows.push(columns.row(&record, at)?);
        }
    }
    if mapping.newest_first {
        rows.reverse();
    }
    Ok(StatementFile {
        format: Format::Csv,
        message_id: None,
        created_at: None,
        statements: vec![statement(rows, mapping)],
        unmapped: columns.unmapped(),
    })
}

struct Row {
    entry: Entry,
    /// After the row.
    balance: Option<Decimal>,
}

struct Columns<'a> {
    headers: StringRecord,
    mapping: &'a CsvMapping,
}

impl Columns<'_> {
    fn value<'r>(&self, record: &'r StringRecord, column: &str) -> Result<&'r str, StatementRefusal> {
        let mut named = self.headers.iter().enumerate().filter(|(_, header)| header.trim_start_matches('\u{feff}') == column);
        let (index, _) = named.next().ok_or_else(|| StatementRefusal::ColumnMissing(column.to_owned()))?;
        if named.next().is_some() {
            return Err(StatementRefusal::ColumnRepeated(column.to_owned()));
        }
        Ok(record.get(index).unwrap_or(""))
    }

    /// What has no column cannot be told, and a row that stops before its amount is cut; a delimiter too many at its end says nothing.
    fn fits(&self, record: &StringRecord, at: Place) -> Result<(), StatementRefusal> {
        let (cells, columns) = (record.len(), self.headers.len());
        if cells < columns || record.iter().skip(columns).any(|cell| !cell.is_empty()) {
            return Err(StatementRefusal::Malformed { at, reason: format!("the row has {cells} cells, there are {columns} columns") });
        }
        Ok(())
    }

    fn optional(&self, record: &StringRecord, column: &Option<String>) -> Result<Option<String>, StatementRefusal> {
        let Some(column) = column else { return Ok(None) };
        self.value(record, column).map(present)
    }

    fn row(&self, record: &StringRecord, at: Place) -> Result<Row, StatementRefusal> {
        let mapping = self.mapping;
        let currency = self.optional(record, &mapping.line_currency)?.unwrap_or_else(|| mapping.currency.clone());
        let mut entry = Entry::new(at, self.amount(record, &currency, at)?, Some(currency.clone()));
        entry.booking_date = Some(self.date(self.value(record, &mapping.booking_date)?, at)?);
        entry.value_date = self.optional(record, &mapping.value_date)?.map(|text| self.date(&text, at)).transpose()?;
        entry.references.servicer = self.optional(record, &mapping.bank_reference)?;
        let mut detail = Detail::default();
        detail.references.end_to_end_id = self.optional(record, &mapping.end_to_end_id)?;
        detail.references.cheque_number = self.optional(record, &mapping.cheque_number)?;
        detail.counterparty.name = self.optional(record, &mapping.counterparty_name)?;
        detail.counterparty.account = self.optional(record, &mapping.counterparty_account)?;
        for column in &mapping.remittance {
            detail.remittance.unstructured.extend(present(self.value(record, column)?));
        }
        entry.text = present(&detail.remittance.unstructured.join("\n"));
        entry.details.push(detail);
        let balance = self.optional(record, &mapping.balance)?;
        let balance = balance.map(|text| self.number(&text, &currency, at)).transpose()?;
        Ok(Row { entry, balance })
    }

    fn date(&self, text: &str, at: Place) -> Result<NaiveDate, StatementRefusal> {
        let day = NaiveDate::parse_from_str(text, &self.mapping.date_format).ok().and_then(of_our_time);
        day.ok_or_else(|| StatementRefusal::invalid(at, "the date", text))
    }

    fn amount(&self, record: &StringRecord, currency: &str, at: Place) -> Result<Decimal, StatementRefusal> {
        match &self.mapping.amount {
            AmountColumns::Signed(column) => self.number(self.value(record, column)?, currency, at),
            AmountColumns::DebitAndCredit { debit, credit } => {
                let (debit, credit) = (self.value(record, debit)?, self.value(record, credit)?);
                let debit = present(debit).map(|text| self.number(&text, currency, at)).transpose()?;
                let credit = present(credit).map(|text| self.number(&text, currency, at)).transpose()?;
                one_of(debit, credit).ok_or(StatementRefusal::Missing { at, name: "one amount, debit or credit" })
            }
            AmountColumns::WithSide { amount, side, debit_words, credit_words } => {
                let text = self.value(record, amount)?;
                let amount = self.number(text, currency, at)?;
                // The side is said by its word: a sign beside it would say it again, or the opposite.
                if amount.is_sign_negative() && !amount.is_zero() {
                    return Err(StatementRefusal::invalid(at, "the amount, whose side has a column of its own,", text));
                }
                let side = present(self.value(record, side)?);
                let side = side.ok_or(StatementRefusal::Missing { at, name: "the word that says debit or credit" })?;
                let is_of = |words: &[String]| words.iter().any(|word| word.trim().to_lowercase() == side.to_lowercase());
                match (is_of(debit_words), is_of(credit_words)) {
                    (true, false) => Ok(debit(amount)),
                    (false, true) => Ok(amount),
                    _ => Err(StatementRefusal::invalid(at, "the word that says debit or credit", &side)),
                }
            }
        }
    }

    /// `1.234,56-` and `(1,234.56)` are ways to write what one owes; beside it may stand in which currency.
    fn number(&self, text: &str, currency: &str, at: Place) -> Result<Decimal, StatementRefusal> {
        let wrong = || StatementRefusal::invalid(at, "the amount", text);
        let bare: String =
            without_currency(text, currency).chars().filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '\u{2019}')).collect();
        let bare = bare.replace('\u{2212}', "-");
        let (bare, is_negative) = match bare.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).or_else(|| bare.strip_suffix('-'))
        {
            Some(inner) => (inner.to_owned(), true),
            None => (bare, false),
        };
        if is_negative && bare.contains(['-', '+', '(', ')']) {
            return Err(wrong());
        }
        let plain = match self.mapping.decimal_mark {
            DecimalMark::Point => ungrouped(&bare, ',', '.'),
            DecimalMark::Comma => ungrouped(&bare, '.', ','),
        };
        let value = plain.and_then(|plain| decimal(&plain)).ok_or_else(wrong)?;
        Ok(if is_negative { debit(value) } else { value })
    }

    /// Columns that the mapping does not name, once each.
    fn unmapped(&self) -> Vec<crate::Unmapped> {
        let mapping = self.mapping;
        let amounts = match &mapping.amount {
            AmountColumns::Signed(column) => vec![column],
            AmountColumns::DebitAndCredit { debit, credit } => vec![debit, credit],
            AmountColumns::WithSide { amount, side, .. } => vec![amount, side],
        };
        let optional = [&mapping.value_date, &mapping.balance, &mapping.line_currency, &mapping.end_to_end_id, &mapping.bank_reference];
        let parties = [&mapping.counterparty_name, &mapping.counterparty_account, &mapping.cheque_number];
        let named: Vec<&String> = amounts
            .into_iter()
            .chain(optional.into_iter().chain(parties).flatten())
            .chain([&mapping.booking_date])
            .chain(&mapping.remittance)
            .collect();
        let left = self.headers.iter().filter(|header| !named.iter().any(|name| name.as_str() == header.trim_start_matches('\u{feff}')));
        left.map(|header| crate::Unmapped {
            at: Place::line(mapping.skip_lines + 1),
            name: "column".to_owned(),
            content: header.to_owned(),
        })
        .collect()
    }
}

/// The side that is written; some banks fill the other one with zero. A debit is one with or without its sign.
fn one_of(debited: Option<Decimal>, credited: Option<Decimal>) -> Option<Decimal> {
    match (debited, credited) {
        (Some(debited), None) => Some(debit(debited.abs())),
        (None, Some(credited)) => Some(credited),
        (Some(debited), Some(credited)) if credited.is_zero() => Some(debit(debited.abs())),
        (Some(debited), Some(credited)) if debited.is_zero() => Some(credited),
        _ => None,
    }
}

/// Without the row's currency before or behind it, by its code or its sign. Another one stays, and is no part of a number.
fn without_currency<'t>(text: &'t str, currency: &str) -> &'t str {
    let sign = iso_currency::Currency::from_code(currency).map(|known| known.symbol().symbol).filter(|sign| !sign.is_empty());
    let marks = std::iter::once(currency).chain(sign.as_deref());
    let text = text.trim();
    let stripped = |mark: &str| text.strip_prefix(mark).or_else(|| text.strip_suffix(mark));
    marks.into_iter().find_map(stripped).map_or(text, str::trim)
}

/// Without the separator of thousands, which stands before three digits: a wrong mark would make 5,50 into 550.
fn ungrouped(text: &str, separator: char, mark: char) -> Option<String> {
    let (whole, _) = text.split_once(mark).unwrap_or((text, ""));
    let mut groups = whole.trim_start_matches(['+', '-']).split(separator);
    let first = groups.next().unwrap_or_default();
    let is_grouped = whole.contains(separator);
    let fits =
        groups.all(|group| group.len() == 3) && (!is_grouped || matches!(first.len(), 1..=3)) && !text[whole.len()..].contains(separator);
    fits.then(|| text.replace(separator, ""))
}

fn statement(rows: Vec<Row>, mapping: &CsvMapping) -> Statement {
    let mut statement = Statement::new(StatementKind::EndOfPeriod);
    let (iban, other) =
        if has_shape_of_iban(&mapping.account) { (Some(mapping.account.clone()), None) } else { (None, Some(mapping.account.clone())) };
    statement.account = Account { iban, other, currency: Some(mapping.currency.clone()), ..Account::default() };
    let days = rows.iter().filter_map(|row| row.entry.booking_date);
    statement.period = Period { from: days.clone().min(), to: days.max() };
    let opening = rows.first().and_then(|row| row.balance?.checked_sub(row.entry.amount));
    let closing = rows.last().and_then(|row| row.balance);
    for (kind, amount, date) in
        [(BalanceKind::OpeningBooked, opening, statement.period.from), (BalanceKind::ClosingBooked, closing, statement.period.to)]
    {
        statement.balances.extend(amount.map(|amount| Balance { kind, amount, currency: Some(mapping.currency.clone()), date }));
    }
    statement.entries = rows.into_iter().map(|row| row.entry).collect();
    statement
}

fn malformed(error: &csv::Error, mapping: &CsvMapping) -> StatementRefusal {
    let line = error.position().map_or(1, |position| position.line() as usize);
    StatementRefusal::Malformed { at: Place::line(line + mapping.skip_lines), reason: error.to_string() }
}
