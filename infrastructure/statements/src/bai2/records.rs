//! Characters to records: `16,409,2500,…/` ended by a slash or a line's end, with the `88` records that continue it.

use crate::{Place, StatementRefusal};

const CODES: [&str; 8] = ["01", "02", "03", "16", "49", "88", "98", "99"];

#[derive(Debug)]
pub(super) struct Record<'a> {
    pub at: Place,
    pub code: &'a str,
    /// The text behind the code, then that of every continuation.
    pub parts: Vec<&'a str>,
    /// Physical records, as the trailers count them.
    pub physical: usize,
}

impl<'a> Record<'a> {
    /// All fields, those of continuations included.
    pub fn fields(&self) -> Vec<&'a str> {
        self.parts.iter().flat_map(|part| without_slash(part).split(',')).map(str::trim).collect()
    }
}

/// Without the slash that ends a record.
pub(super) fn without_slash(part: &str) -> &str {
    let part = part.trim_end();
    part.strip_suffix('/').unwrap_or(part)
}

pub(super) fn records(text: &str) -> Result<Vec<Record<'_>>, StatementRefusal> {
    let mut records: Vec<Record> = vec![];
    for (number, piece) in pieces(text) {
        let at = Place::line(number);
        match (code_of(piece), records.last_mut()) {
            (Some(("88", rest)), Some(record)) => {
                record.parts.push(rest);
                record.physical += 1;
            }
            (Some((code, rest)), _) if code != "88" => records.push(Record { at, code, parts: vec![rest], physical: 1 }),
            // A line's break inside a text.
            (None, Some(record)) if record.code == "16" => record.parts.push(piece),
            _ => return Err(StatementRefusal::Malformed { at, reason: "not a BAI2 record".to_owned() }),
        }
    }
    Ok(records)
}

/// Lines, cut where a slash is followed by blanks and another record on the same line.
fn pieces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().flat_map(|(index, line)| cut(line).into_iter().map(move |piece| (index + 1, piece)))
}

fn cut(line: &str) -> Vec<&str> {
    let mut pieces = vec![];
    let mut start = 0;
    for (slash, _) in line.match_indices('/') {
        let rest = &line[slash + 1..];
        if code_of(rest).is_some() && (rest.starts_with(char::is_whitespace) || ends_trailer(&line[start..slash])) {
            pieces.push(line[start..=slash].trim());
            start = slash + 1;
        }
    }
    pieces.push(line[start..].trim());
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Two files put together without a line's end between them.
fn ends_trailer(piece: &str) -> bool {
    piece.trim_start().starts_with("99,")
}

fn code_of(piece: &str) -> Option<(&str, &str)> {
    let (code, rest) = piece.trim_start().split_once(',')?;
    CODES.contains(&code).then_some((code, rest))
}
