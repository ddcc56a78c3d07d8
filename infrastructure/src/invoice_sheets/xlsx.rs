//! Workbooks of Excel and its like. Cells are read one after another: a sheet that claims a billion empty ones costs nothing.

use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, Xlsx, XlsxError, open_workbook_from_rs};
use quittance_domain::invoice_import::{DecimalMark, SheetMapping};
use rust_decimal::Decimal;

use super::SheetRefusal;
use super::table::{COLUMNS_MAX, Table};
use super::value::marked;

/// Of all parts together, as they come out: what a workbook of the largest size that comes in needs several times over.
const UNPACKED_BYTES_MAX: u64 = 256 << 20;

pub fn is_workbook(bytes: &[u8]) -> bool {
    zip::ZipArchive::new(Cursor::new(bytes)).is_ok_and(|archive| archive.file_names().any(|name| name == "xl/workbook.xml"))
}

/// OpenDocument, or Excel's binary form.
pub fn is_of_other_kind(bytes: &[u8]) -> bool {
    let is_sheet = |name: &str| name == "content.xml" || name == "xl/workbook.bin";
    zip::ZipArchive::new(Cursor::new(bytes)).is_ok_and(|archive| archive.file_names().any(is_sheet))
}

pub fn read(bytes: &[u8], mapping: &SheetMapping) -> Result<Table, SheetRefusal> {
    check_size(bytes)?;
    let unreadable = |error: XlsxError| SheetRefusal::unreadable(error);
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).map_err(unreadable)?;
    let names = workbook.sheet_names();
    let sheet = match &mapping.sheet {
        Some(wanted) => names.iter().find(|name| *name == wanted),
        None => names.first(),
    };
    let sheet = sheet.ok_or_else(|| SheetRefusal::new("sheet_unknown", format!("the workbook has the sheets {}", names.join(", "))))?;
    let mut cells = workbook.worksheet_cells_reader(sheet).map_err(unreadable)?;
    let mut rows = Rows { mapping, above: mapping.rows_above, table: None, at: 0, cells: vec![] };
    while let Some(cell) = cells.next_cell().map_err(unreadable)? {
        let (row, column) = cell.get_position();
        rows.cell(row, column as usize, text_of(cell.get_value(), mapping.decimal_mark))?;
    }
    rows.end_row()?;
    rows.table.ok_or_else(|| SheetRefusal::unreadable("the sheet has no row that names the columns"))
}

/// What comes out counts, not what the archive claims.
fn check_size(bytes: &[u8]) -> Result<(), SheetRefusal> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(SheetRefusal::unreadable)?;
    let mut left = UNPACKED_BYTES_MAX;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(SheetRefusal::unreadable)?;
        let unpacked = std::io::copy(&mut entry.take(left + 1), &mut std::io::sink()).map_err(SheetRefusal::unreadable)?;
        left = left
            .checked_sub(unpacked)
            .ok_or_else(|| SheetRefusal::too_large(format!("the workbook unpacks to more than {} MiB", UNPACKED_BYTES_MAX >> 20)))?;
    }
    Ok(())
}

/// Cells gathered to rows; the first row below those above names the columns.
struct Rows<'m> {
    mapping: &'m SheetMapping,
    above: u8,
    table: Option<Table>,
    at: u32,
    cells: Vec<String>,
}

impl Rows<'_> {
    fn cell(&mut self, row: u32, column: usize, text: String) -> Result<(), SheetRefusal> {
        if row + 1 != self.at {
            self.end_row()?;
            self.at = row + 1;
        }
        if text.is_empty() {
            return Ok(());
        }
        if column >= COLUMNS_MAX {
            return Err(SheetRefusal::too_large(format!("row {} has a cell beyond column {COLUMNS_MAX}", self.at)));
        }
        self.cells.resize(self.cells.len().max(column + 1), String::new());
        self.cells[column] = text;
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), SheetRefusal> {
        let cells = std::mem::take(&mut self.cells);
        if cells.is_empty() {
            return Ok(());
        }
        match &mut self.table {
            Some(table) => table.push(self.at, cells.len(), |index| cells.get(index).map(String::as_str)),
            None if self.above >= u8::try_from(self.at).unwrap_or(u8::MAX) => Ok(()),
            None => {
                self.table = Some(Table::headed(cells, self.mapping)?);
                Ok(())
            }
        }
    }
}

fn text_of(value: &DataRef<'_>, mark: DecimalMark) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => marked(meant(&format!("{number:.14e}")), mark),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        // What a formula could not compute is no value; its text makes the field unreadable and names itself.
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// A workbook's numbers are doubles of which fifteen digits are meant, which is what its program shows: `12.1`, not `12.0999…`.
fn meant(fifteen_digits: &str) -> String {
    Decimal::from_scientific(fifteen_digits).map_or_else(|_| fifteen_digits.to_owned(), |number| number.normalize().to_string())
}
