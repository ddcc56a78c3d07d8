//! CSV as programs and people write it: any delimiter, UTF-8, UTF-16 or Windows-1252, quotes that hold line breaks.

use std::borrow::Cow;

use encoding_rs::{Encoding, WINDOWS_1252};
use quittance_domain::invoice_import::{Delimiter, SheetMapping};
use quittance_statements::swallows_rows;

use super::SheetRefusal;
use super::table::{COLUMNS_MAX, Table};

pub fn read(bytes: &[u8], mapping: &SheetMapping) -> Result<Table, SheetRefusal> {
    let text = decode(bytes);
    let (declared, text) = declared_delimiter(&text);
    let (above, sheet) = below(text, usize::from(mapping.rows_above));
    let delimiter = mapping.delimiter.map(byte_of).or(declared).unwrap_or_else(|| likely_delimiter(sheet));
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(sheet.as_bytes());
    let above = above + usize::from(declared.is_some());
    let mut record = ::csv::StringRecord::new();
    let mut table = None;
    while reader.read_record(&mut record).map_err(SheetRefusal::unreadable)? {
        let (line, begins) = record.position().map_or((0, 0), |position| (position.line() as usize, position.byte() as usize));
        let at = u32::try_from(line + above).unwrap_or(u32::MAX);
        if swallows_rows(&sheet.as_bytes()[begins..reader.position().byte() as usize], delimiter) {
            return Err(SheetRefusal::unreadable(format!("a cell of line {at} holds the rows behind it: is a quote never closed?")));
        }
        let Some(table) = &mut table else {
            table = Some(Table::headed(record.iter().map(str::to_owned).collect(), mapping)?);
            continue;
        };
        if record.len() > COLUMNS_MAX {
            return Err(SheetRefusal::too_large(format!("line {at} has {} cells; at most {COLUMNS_MAX}", record.len())));
        }
        table.push(at, record.len(), |index| record.get(index))?;
    }
    table.ok_or_else(|| SheetRefusal::unreadable("the file has no row that names the columns"))
}

/// Excel's first line `sep=;`, which names the delimiter and is no row.
fn declared_delimiter(text: &str) -> (Option<u8>, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    match first.trim_end_matches('\r').as_bytes() {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] => (Some(*delimiter), rest),
        _ => (None, text),
    }
}

/// How many lines are above the table, blank ones too, and the text below them.
fn below(text: &str, rows_above: usize) -> (usize, &str) {
    let mut rest = text;
    for line in 0..rows_above {
        match rest.split_once('\n') {
            Some((_, behind)) => rest = behind,
            None => return (line, ""),
        }
    }
    (rows_above, rest)
}

/// What has no byte order mark and is not UTF-8 comes from an old Windows program.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let text = match (Encoding::for_bom(bytes), std::str::from_utf8(bytes)) {
        (Some((encoding, length)), _) => encoding.decode_without_bom_handling(&bytes[length..]).0,
        (None, Ok(text)) => Cow::Borrowed(text),
        (None, Err(_)) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    };
    // Old programs end lines with a carriage return alone.
    if text.contains('\r') && !text.contains('\n') { text.replace('\r', "\n").into() } else { text }
}

/// The one that stands most often outside of quotes in the row that names the columns.
fn likely_delimiter(text: &str) -> u8 {
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    let mut is_quoted = false;
    for byte in header.bytes() {
        is_quoted ^= byte == b'"';
        counts.iter_mut().filter(|(delimiter, _)| !is_quoted && *delimiter == byte).for_each(|(_, count)| *count += 1);
    }
    // Of equals the first: a sheet of one column has none.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| delimiter)
}

fn byte_of(delimiter: Delimiter) -> u8 {
    match delimiter {
        Delimiter::Comma => b',',
        Delimiter::Semicolon => b';',
        Delimiter::Tab => b'\t',
        Delimiter::Bar => b'|',
    }
}
