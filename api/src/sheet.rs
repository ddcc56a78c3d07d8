//! Tables as XLSX: a heading that stays in sight, amounts, numbers and days that a spreadsheet reckons with, and everything else as text,
//! in which nothing runs.
//!
//! Rows go to a temporary file as they come: a page of them is in memory, however long the table is.

use std::collections::HashMap;
use std::fs::File;
use std::io::Seek;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Datelike, NaiveDate};
use quittance_domain::Currency;
use rust_decimal::Decimal;
use rust_xlsxwriter::{Color, Format, FormatBorder, Workbook, Worksheet, XlsxError};
use serde_json::Value;
use tokio_util::io::ReaderStream;

use crate::problem::Problem;

pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Rows of a sheet at most, its heading among them; more are in the next one.
const ROWS_MAX: u32 = 1 << 20;
/// Characters of a cell at most; what is longer is cut.
const TEXT_MAX: usize = 32_767;
/// Digits that a spreadsheet keeps; a number with more is text, to the last of them.
const DIGITS_MAX: u128 = 1_000_000_000_000_000;

/// What is a number beside amounts, by the name of its field.
const NUMBERS: [&str; 18] = [
    "accepted",
    "balance",
    "base_amount",
    "base_balance",
    "base_credit",
    "base_debit",
    "invoiced",
    "ordered",
    "percent",
    "quantity",
    "rate",
    "received",
    "rejected",
    "returned",
    "unit_cost",
    "unit_price",
    "value",
    "yearly_percent",
];

pub struct Sheet {
    columns: Vec<(String, String)>,
    workbook: Workbook,
    formats: Formats,
    sheets: usize,
    row: u32,
}

struct Formats {
    day: Format,
    moment: Format,
    number: Format,
    amounts: HashMap<Currency, Format>,
}

impl Sheet {
    pub fn begin(columns: &[(String, String)]) -> Result<Self, XlsxError> {
        let formats = Formats {
            day: Format::new().set_num_format("yyyy-mm-dd"),
            moment: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            number: Format::new().set_num_format("General"),
            amounts: HashMap::new(),
        };
        let mut sheet = Self { columns: columns.to_vec(), workbook: Workbook::new(), formats, sheets: 0, row: 0 };
        sheet.turn_over()?;
        Ok(sheet)
    }

    pub fn rows(&mut self, rows: &[Value]) -> Result<(), XlsxError> {
        for record in rows {
            if self.row == ROWS_MAX {
                self.turn_over()?;
            }
            let worksheet = self.workbook.worksheet_from_index(self.sheets - 1)?;
            for (column, (_, at)) in (0..).zip(&self.columns) {
                write(worksheet, (self.row, column), record, at, &mut self.formats)?;
            }
            self.row += 1;
        }
        Ok(())
    }

    /// The whole file, to be read from its beginning.
    pub fn finish(mut self) -> anyhow::Result<File> {
        let mut file = tempfile::tempfile()?;
        self.workbook.save_to_writer(&mut file)?;
        file.rewind()?;
        Ok(file)
    }

    fn turn_over(&mut self) -> Result<(), XlsxError> {
        let heading = Format::new().set_bold().set_background_color(Color::RGB(0x00DC_E6F1)).set_border_bottom(FormatBorder::Thin);
        let worksheet = self.workbook.add_worksheet_with_constant_memory()?;
        worksheet.set_freeze_panes(1, 0)?;
        for (column, (name, _)) in (0u16..).zip(&self.columns) {
            worksheet.set_column_width(column, 18)?;
            worksheet.write_string_with_format(0, column, name, &heading)?;
        }
        (self.sheets, self.row) = (self.sheets + 1, 1);
        Ok(())
    }
}

impl Formats {
    /// To the minor unit of the currency, which is named behind it.
    fn amount(&mut self, currency: Currency) -> &Format {
        self.amounts.entry(currency).or_insert_with(|| {
            let minor = "0".repeat(usize::try_from(currency.exponent()).unwrap_or_default());
            let point = if minor.is_empty() { "" } else { "." };
            Format::new().set_num_format(format!("#,##0{point}{minor} \"{currency}\""))
        })
    }
}

fn write(worksheet: &mut Worksheet, (row, column): (u32, u16), record: &Value, at: &str, formats: &mut Formats) -> Result<(), XlsxError> {
    let field = at.rsplit('/').next().unwrap_or_default();
    match record.pointer(at) {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Bool(value)) => worksheet.write_boolean(row, column, *value)?,
        Some(Value::String(text)) => {
            if let Some((amount, currency)) = amount(record, at, text) {
                worksheet.write_with_format(row, column, amount, formats.amount(currency))?
            } else if let Some(number) = number(text).filter(|_| NUMBERS.contains(&field) || field.ends_with("_quantity")) {
                worksheet.write_with_format(row, column, number, &formats.number)?
            } else if let Some(day) = text.parse::<NaiveDate>().ok().filter(|day| is_day(field) && (1900..=9999).contains(&day.year())) {
                worksheet.write_with_format(row, column, &day, &formats.day)?
            } else if let Some(moment) = moment(field, text) {
                worksheet.write_with_format(row, column, &moment.naive_utc(), &formats.moment)?
            } else {
                worksheet.write_string(row, column, fitting(text))?
            }
        }
        Some(other) => match number(&other.to_string()) {
            Some(number) => worksheet.write_with_format(row, column, number, &formats.number)?,
            None => worksheet.write_string(row, column, fitting(&other.to_string()))?,
        },
    };
    Ok(())
}

/// What stands beside a currency.
fn amount(record: &Value, at: &str, text: &str) -> Option<(Decimal, Currency)> {
    let beside = at.strip_suffix("/amount")?;
    let currency = record.pointer(&format!("{beside}/currency"))?.as_str()?.parse().ok()?;
    Some((number(text)?, currency))
}

fn number(text: &str) -> Option<Decimal> {
    text.parse::<Decimal>().ok().filter(|number| number.mantissa().unsigned_abs() < DIGITS_MAX)
}

/// By its name alone: a number of an invoice may be written as a day is.
fn is_day(field: &str) -> bool {
    let named = ["as_of", "date", "day", "from", "on", "to", "until"].contains(&field);
    named || ["_date", "_day", "_from", "_on", "_to", "_until"].iter().any(|end| field.ends_with(end))
}

fn moment(field: &str, text: &str) -> Option<DateTime<chrono::FixedOffset>> {
    let named = ["at", "known_at", "since", "until"].contains(&field) || field.ends_with("_at") || field.ends_with("_from");
    let moment = DateTime::parse_from_rfc3339(text).ok().filter(|_| named)?;
    (1900..=9999).contains(&moment.year()).then_some(moment)
}

fn fitting(text: &str) -> &str {
    text.char_indices().nth(TEXT_MAX).map_or(text, |(end, _)| &text[..end])
}

/// A file to keep, read while it is sent.
pub fn answer(mut headers: HeaderMap, name: &str, file: File) -> Result<Response, Problem> {
    let named = HeaderValue::from_str(&format!("attachment; filename=\"{name}.xlsx\"")).map_err(|_| Problem::internal())?;
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(header::CONTENT_DISPOSITION, named);
    let bytes = ReaderStream::new(tokio::fs::File::from_std(file));
    Ok((headers, Body::from_stream(bytes)).into_response())
}
