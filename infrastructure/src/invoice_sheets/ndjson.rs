//! NDJSON: one flat object a line; its members are the columns. Numbers are taken as they are written, through no float.

use std::collections::HashMap;

use quittance_domain::invoice_import::{DecimalMark, FieldSource, SheetMapping};
use serde_json::value::RawValue;

use super::SheetRefusal;
use super::table::Table;
use super::value::marked;

pub fn read(bytes: &[u8], mapping: &SheetMapping) -> Result<Table, SheetRefusal> {
    let text = std::str::from_utf8(bytes).map_err(|_| SheetRefusal::unreadable("JSON is UTF-8"))?;
    // The members that the mapping names are the columns, whether a line has them or not.
    let named = mapping.fields.values().filter_map(|source| match source {
        FieldSource::Column(name) => Some(name.clone()),
        FieldSource::Value(_) => None,
    });
    let mut columns: Vec<String> = named.collect();
    columns.sort_unstable();
    columns.dedup();
    let mut table = Table::headed(columns.clone(), mapping)?;
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let at = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let members = members(line, mapping.decimal_mark).map_err(|detail| SheetRefusal::unreadable(format!("line {at}: {detail}")))?;
        let cell = |index: usize| columns.get(index).and_then(|name| members.get(name)).map(String::as_str);
        table.push(at, columns.len(), cell)?;
    }
    Ok(table)
}

fn members(line: &str, mark: DecimalMark) -> Result<HashMap<String, String>, String> {
    let members: HashMap<String, &RawValue> = serde_json::from_str(line).map_err(|e| e.to_string())?;
    let text = |(name, value): (String, &RawValue)| match value.get().as_bytes().first() {
        Some(b'"') => serde_json::from_str(value.get()).map(|text| (name, text)).map_err(|e| e.to_string()),
        // An object or a list is no cell; what does not need it reads on.
        Some(b'{' | b'[' | b'n') => Ok((name, String::new())),
        _ => Ok((name, marked(value.get().to_owned(), mark))),
    };
    members.into_iter().map(text).collect()
}
