//! How long a text and how large a number may be: one table, held against every JSON body and stated in its schema.
//!
//! A body in which nothing stands out is scanned once and not read twice.

use axum::http::StatusCode;
use quittance_domain::limits::{self, DECIMALS_MAX, DOCUMENT_BYTES_MAX, INTEGER_DIGITS_MAX, PROSE_MAX, TEXT_MAX};
use serde_json::Value;

use crate::problem::{FieldError, Problem};

/// What people write to each other; every other text may be something to find things by.
const PROSE: &[&str] = &["reason", "comment", "text", "notes", "description", "remittance"];
/// Bytes of all large bodies together that are in memory at once.
pub const BODIES_BYTES_MAX: usize = 256 << 20;
/// A document in a form, which adds a little to it.
pub const FILE_FORM_BYTES_MAX: usize = DOCUMENT_BYTES_MAX + (64 << 10);

/// Fields that hold a decimal as a string.
const DECIMALS: &[&str] = &[
    "value",
    "unit_price",
    "base_quantity",
    "net",
    "amount",
    "prepaid",
    "rounding",
    "rate",
    "percent",
    "base_amount",
    "allowances",
    "charges",
    "gross",
    "payable",
    "quantity",
    "difference",
    "counted",
    "accepted",
    "rejected",
    "to_inspect",
    "factor",
    "quantity_ordered_percent",
    "quantity_received_percent",
    "schedule_product",
    "small_charge_amount",
    "reorder_level",
    "unit_weight",
    "unit_volume",
    "from",
    "to",
];

/// Raw bytes of a text, below which nothing can be wrong with it, however it unfolds.
const HARMLESS_BYTES: usize = 72;
const HARMLESS_DIGITS: usize = 10;

/// How many characters the field may have.
pub fn longest(field: &str) -> usize {
    if PROSE.contains(&field) { PROSE_MAX } else { TEXT_MAX }
}

/// Whether the field holds a decimal as a string.
pub fn is_decimal(field: &str) -> bool {
    DECIMALS.contains(&field)
}

/// Refuses a body with a text or a number beyond the table, naming each. What is not JSON at all is left to the reader.
pub fn check(body: &[u8]) -> Result<(), Problem> {
    if !stands_out(body) {
        return Ok(());
    }
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return Ok(()) };
    let mut broken = Broken::default();
    broken.look_at(&value, "", &mut String::new());
    broken.into_result()
}

/// A text that is no part of a JSON body, by the name that its sender knows it by.
pub fn check_text(name: &str, text: &str) -> Result<(), Problem> {
    let mut broken = Broken::default();
    broken.text(text, "", name);
    broken.into_result()
}

/// Whether a text is long or long when unfolded, a number is long or a float, or what is not written may be in it. May be wrong to the safe side.
fn stands_out(body: &[u8]) -> bool {
    let mut rest = body;
    loop {
        let Some(start) = rest.iter().position(|b| *b == b'"') else { return has_point(rest) };
        let text = &rest[start + 1..];
        let end = end_of_text(text);
        if has_point(&rest[..start]) || text_stands_out(&text[..end]) {
            return true;
        }
        rest = text.get(end + 1..).unwrap_or_default();
    }
}

/// Outside of texts only a number has a point, or an exponent after a digit.
fn has_point(between: &[u8]) -> bool {
    between.windows(2).any(|w| w[0].is_ascii_digit() && matches!(w[1], b'.' | b'e' | b'E'))
}

fn end_of_text(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

fn text_stands_out(raw: &[u8]) -> bool {
    let numeric = || raw.iter().all(|b| b.is_ascii_digit() || b".+-eE".contains(b));
    raw.len() > HARMLESS_BYTES
        || (raw.len() > HARMLESS_DIGITS || raw.iter().any(|b| matches!(b, b'e' | b'E'))) && numeric()
        // Escapes, and what begins as the marks and the noncharacters do that are not written.
        || raw.iter().any(|b| matches!(b, b'\\' | 0xe2 | 0xef | 0xf0..))
}

/// What breaks the table, field by field.
#[derive(Default)]
struct Broken(Vec<(&'static str, FieldError)>);

impl Broken {
    fn look_at(&mut self, value: &Value, field: &str, pointer: &mut String) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    self.below(member, name, &name.replace('~', "~0").replace('/', "~1"), pointer);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.below(item, field, &index.to_string(), pointer);
                }
            }
            Value::String(text) => self.text(text, field, pointer),
            Value::Number(number) if number.is_f64() => {
                self.push("number_inexact", pointer, "a decimal is a string: a JSON number is read through a float by many");
            }
            _ => {}
        }
    }

    fn below(&mut self, value: &Value, field: &str, segment: &str, pointer: &mut String) {
        let before = pointer.len();
        pointer.push('/');
        pointer.push_str(segment);
        self.look_at(value, field, pointer);
        pointer.truncate(before);
    }

    fn text(&mut self, text: &str, field: &str, pointer: &str) {
        if is_decimal(field) && is_numeric(text) && !fits(text) {
            let detail = format!("at most {INTEGER_DIGITS_MAX} digits before the point and {DECIMALS_MAX} after it");
            return self.push("number_out_of_range", pointer, detail);
        }
        let checked = if PROSE.contains(&field) { limits::check_prose(text) } else { limits::check_text(text) };
        if let Err(refusal) = checked {
            self.push(refusal.code(), pointer, refusal.to_string());
        }
    }

    fn push(&mut self, code: &'static str, pointer: &str, detail: impl Into<String>) {
        self.0.push((code, FieldError { pointer: pointer.to_owned(), detail: detail.into() }));
    }

    /// The first broken rule names the problem; all of them are listed.
    fn into_result(self) -> Result<(), Problem> {
        let Some((code, first)) = self.0.first() else { return Ok(()) };
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, "Invalid field", first.detail.clone());
        Err(Problem { errors: self.0.into_iter().map(|(_, error)| error).collect(), ..problem })
    }
}

/// What is no number at all is left to the reader: a place may be called as a number is elsewhere.
fn is_numeric(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE_".contains(&b))
}

/// What is no plain decimal is left to the reader, but for an exponent: it hides how large the number is.
fn fits(text: &str) -> bool {
    if text.contains(['e', 'E']) {
        return false;
    }
    let digits = text.trim_start_matches(['-', '+']);
    let (integer, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    integer.trim_start_matches('0').len() <= INTEGER_DIGITS_MAX && decimals.len() <= DECIMALS_MAX
}

#[cfg(test)]
mod tests;
