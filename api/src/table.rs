//! Reports as tables: CSV (RFC 4180) that a spreadsheet opens without running anything that stands in it, or XLSX.

use std::fs::File;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use quittance_projections::Page;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::accept::Accept;
use crate::fields;
use crate::problem::Problem;
use crate::reading::Fresh;
use crate::sheet::{self, MEDIA_TYPE, Sheet};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Json,
    Csv,
    Xlsx,
}

/// As what a report is answered; `Accept` with the media type says the same.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FormatParameter {
    #[param(inline)]
    format: Option<Format>,
}

impl<S: Send + Sync> FromRequestParts<S> for Format {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let FormatParameter { format } = fields::read(parts.uri.query().unwrap_or_default().as_bytes(), "query")?;
        Ok(format.or(Self::wanted(&parts.headers)).unwrap_or(Self::Json))
    }
}

impl Format {
    /// What `Accept` asks for first, where that is one of these.
    pub fn wanted(headers: &HeaderMap) -> Option<Self> {
        match Accept::of(headers).wanted().next()? {
            "text/csv" => Some(Self::Csv),
            MEDIA_TYPE => Some(Self::Xlsx),
            "application/json" => Some(Self::Json),
            _ => None,
        }
    }

    /// A table is whole, as far as one answer can be; JSON comes in the pages that were asked for.
    pub fn page(self, page: Page) -> Page {
        if self == Self::Json { page } else { page.whole() }
    }
}

/// A column: what it is called, and where its value stands in a row, as a JSON pointer.
pub type Column = (&'static str, &'static str);

/// How a report becomes a table: its name, where its rows stand in the answer, and their columns.
#[derive(Clone, Copy)]
pub struct Table {
    pub name: &'static str,
    pub rows: &'static str,
    pub columns: &'static [Column],
}

impl Table {
    /// The answer in the form that was asked for.
    pub fn answer<T: Serialize>(self, format: Format, answer: Fresh<T>) -> Result<Response, Problem> {
        match format {
            Format::Json => Ok(answer.into_response()),
            format => as_file(format, self.name, self.rows, &self.columns(), answer),
        }
    }

    pub fn columns(self) -> Vec<(String, String)> {
        self.columns.iter().map(|(name, at)| ((*name).to_owned(), (*at).to_owned())).collect()
    }
}

/// Says where the rest of a table begins that is longer than one answer.
static NEXT_CURSOR: HeaderName = HeaderName::from_static("quittance-next-cursor");

/// A table as a file to keep.
pub fn as_file<T: Serialize>(
    format: Format,
    name: &str,
    rows: &str,
    columns: &[(String, String)],
    answer: Fresh<T>,
) -> Result<Response, Problem> {
    let (mut headers, body) = answer.taken_apart()?;
    if let Some(cursor) = rest_of(&body, rows).and_then(|cursor| HeaderValue::from_str(cursor).ok()) {
        headers.insert(NEXT_CURSOR.clone(), cursor);
    }
    if format == Format::Xlsx {
        let file = sheet_of(columns, rows_at(&body, rows)).map_err(|_| Problem::internal())?;
        return sheet::answer(headers, name, file);
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    let named = HeaderValue::from_str(&format!("attachment; filename=\"{name}.csv\"")).map_err(|_| Problem::internal())?;
    headers.insert(header::CONTENT_DISPOSITION, named);
    let text = csv_of(columns, rows_at(&body, rows)).map_err(|_| Problem::internal())?;
    Ok((headers, text).into_response())
}

/// A table as XLSX.
pub fn sheet_of(columns: &[(String, String)], rows: &[Value]) -> anyhow::Result<File> {
    let mut sheet = Sheet::begin(columns)?;
    sheet.rows(rows)?;
    sheet.finish()
}

pub fn rows_at<'b>(body: &'b Value, rows: &str) -> &'b [Value] {
    body.pointer(rows).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Where the rest begins of a list that does not end with this page: the cursor stands beside the rows.
pub fn rest_of<'b>(body: &'b Value, rows: &str) -> Option<&'b str> {
    let beside = rows.rsplit_once('/').map_or("", |(parent, _)| parent);
    body.pointer(&format!("{beside}/next_cursor")).and_then(Value::as_str)
}

/// A heading, and a line for each row.
pub fn csv_of(columns: &[(String, String)], rows: &[Value]) -> Result<Vec<u8>, csv::Error> {
    Ok([heading(columns)?, lines(columns, rows)?].concat())
}

pub fn heading(columns: &[(String, String)]) -> Result<Vec<u8>, csv::Error> {
    written([columns.iter().map(|(name, _)| name.clone())])
}

pub fn lines(columns: &[(String, String)], rows: &[Value]) -> Result<Vec<u8>, csv::Error> {
    written(rows.iter().map(|row| columns.iter().map(|(_, at)| cell(row.pointer(at)))))
}

/// Records as CSV (RFC 4180).
pub fn written(records: impl IntoIterator<Item: IntoIterator<Item = String>>) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for record in records {
        writer.write_record(record)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// A value as a cell has it.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => as_text(text),
        Some(other) => as_text(&other.to_string()),
    }
}

/// A text that a spreadsheet would compute gets an apostrophe before it, unless it is a number. Blanks before it and the wide forms of
/// its signs do not keep a spreadsheet from it.
pub fn as_text(text: &str) -> String {
    const SIGNS: [char; 10] = ['=', '+', '-', '@', '|', '%', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    let computes = text.trim_start().starts_with(SIGNS) || text.starts_with(['\t', '\r', '\n']);
    if computes && text.parse::<Decimal>().is_err() { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_looks_like_a_formula_is_text_and_a_number_stays_one() {
        let cases = [
            (json!("=1+1"), "'=1+1"),
            (json!("@SUM(A1)"), "'@SUM(A1)"),
            (json!("-2+3"), "'-2+3"),
            (json!("\t=1"), "'\t=1"),
            (json!(" =1+1"), "' =1+1"),
            (json!("＝1+1"), "'＝1+1"),
            (json!("-12.50"), "-12.50"),
            (json!(-3), "-3"),
            (json!("Müller & Co"), "Müller & Co"),
            (json!(null), ""),
            (json!(true), "true"),
        ];
        for (value, text) in cases {
            assert_eq!(cell(Some(&value)), text);
        }
    }

    #[test]
    fn cells_with_separators_are_quoted() {
        let columns = [("name".to_owned(), "/name".to_owned()), ("open".to_owned(), "/open/amount".to_owned())];
        let rows = [json!({ "name": "A, \"B\"\nC", "open": { "amount": "-1.00" } }), json!({ "name": "=cmd()" })];
        let text = String::from_utf8(csv_of(&columns, &rows).expect("a table")).expect("text");
        assert_eq!(text, "name,open\r\n\"A, \"\"B\"\"\nC\",-1.00\r\n'=cmd(),\r\n");
    }
}
