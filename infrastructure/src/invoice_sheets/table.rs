//! The rows of a sheet, cut down to the cells that its mapping names.

use std::collections::HashMap;

use quittance_domain::invoice_import::{FieldSource, SheetField, SheetMapping};

use super::SheetRefusal;

pub const ROWS_MAX: usize = 500_000;
pub const COLUMNS_MAX: usize = 1_000;
/// What a cell of a workbook holds at most; a quote that is never closed makes a larger one.
pub const CELL_BYTES_MAX: usize = 32_767;
/// Of what the mapping keeps; the file itself is bounded where it comes in, what it unpacks to is not.
const KEPT_BYTES_MAX: usize = 256 << 20;

pub struct Row {
    /// The line of a text file, the row of a workbook; from 1.
    pub at: u32,
    /// More cells than columns: it cannot be told which is which.
    pub is_ragged: bool,
    cells: Box<[Box<str>]>,
}

pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
    places: HashMap<SheetField, Place>,
    pub kept_bytes: usize,
    /// The column of each kept cell.
    kept: Vec<usize>,
}

enum Place {
    Cell(usize),
    Value(String),
}

impl Table {
    /// A table with these columns and no rows yet.
    pub fn headed(columns: Vec<String>, mapping: &SheetMapping) -> Result<Self, SheetRefusal> {
        if columns.len() > COLUMNS_MAX {
            return Err(SheetRefusal::too_large(format!("{} columns; at most {COLUMNS_MAX}", columns.len())));
        }
        let columns: Vec<String> = columns.iter().map(|name| name.trim().trim_start_matches('\u{feff}').to_owned()).collect();
        let (mut places, mut kept) = (HashMap::new(), Vec::new());
        for (field, source) in &mapping.fields {
            let place = match source {
                FieldSource::Value(value) => Place::Value(value.trim().to_owned()),
                FieldSource::Column(name) => {
                    kept.push(column(&columns, name)?);
                    Place::Cell(kept.len() - 1)
                }
            };
            places.insert(*field, place);
        }
        Ok(Self { columns, rows: vec![], places, kept_bytes: 0, kept })
    }

    /// Adds a row, unless there is nothing in it.
    pub fn push<'c>(&mut self, at: u32, width: usize, cell: impl Fn(usize) -> Option<&'c str>) -> Result<(), SheetRefusal> {
        let written = |index: &usize| cell(*index).is_some_and(|text| !text.trim().is_empty());
        if !(0..width).any(|index| written(&index)) {
            return Ok(());
        }
        if let Some(large) = (0..width).find(|index| cell(*index).is_some_and(|text| text.len() > CELL_BYTES_MAX)) {
            let detail = format!("row {at}, cell {}: more than {CELL_BYTES_MAX} bytes; is a quote never closed?", large + 1);
            return Err(SheetRefusal::unreadable(detail));
        }
        let cells: Box<[Box<str>]> = self.kept.iter().map(|index| cell(*index).unwrap_or_default().trim().into()).collect();
        self.kept_bytes += cells.iter().map(|cell| cell.len() + 16).sum::<usize>();
        if self.rows.len() == ROWS_MAX || self.kept_bytes > KEPT_BYTES_MAX {
            return Err(SheetRefusal::too_large(format!(
                "at most {ROWS_MAX} rows and {} MiB of what is read of them",
                KEPT_BYTES_MAX >> 20
            )));
        }
        let is_ragged = (self.columns.len()..width).any(|index| written(&index));
        self.rows.push(Row { at, is_ragged, cells });
        Ok(())
    }

    /// What a row states; `None` where the cell is empty or the mapping does not name one.
    pub fn get<'t>(&'t self, row: &'t Row, field: SheetField) -> Option<&'t str> {
        let text = match self.places.get(&field)? {
            Place::Cell(index) => row.cells.get(*index)?,
            Place::Value(value) => value.as_str(),
        };
        (!text.is_empty()).then_some(text)
    }
}

/// By its name as it stands, else without case.
fn column(columns: &[String], name: &str) -> Result<usize, SheetRefusal> {
    let name = name.trim();
    let named = |exact: bool| {
        let same = move |column: &String| if exact { column == name } else { column.to_lowercase() == name.to_lowercase() };
        columns.iter().enumerate().filter(move |(_, column)| same(column)).map(|(index, _)| index)
    };
    let found: Vec<usize> = if named(true).next().is_some() { named(true).collect() } else { named(false).collect() };
    match found.as_slice() {
        [index] => Ok(*index),
        [] => Err(SheetRefusal::new("column_unknown", format!("no column is called {name:?}; there are {}", columns.join(", ")))),
        _ => Err(SheetRefusal::new("column_repeated", format!("{} columns are called {name:?}", found.len()))),
    }
}
