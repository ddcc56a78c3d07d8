//! Which encoding and which version: `KEY:VALUE` lines in version 1, a processing instruction in version 2.

use std::borrow::Cow;

use crate::statement::Format;
use crate::{StatementRefusal, decode};

pub(super) fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, Format), StatementRefusal> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]);
    match head.trim_start_matches('\u{feff}').trim_start().starts_with("<?") {
        true => Ok((decode::declared(bytes, decode::xml_label(bytes).as_deref())?, Format::OfxXml)),
        false => Ok((sgml(bytes, &head)?, Format::OfxSgml)),
    }
}

/// `ENCODING:USASCII` with `CHARSET:1252`, `ENCODING:UTF-8` or `UNICODE`; banks that declare nothing are guessed at as elsewhere.
fn sgml<'a>(bytes: &'a [u8], head: &str) -> Result<Cow<'a, str>, StatementRefusal> {
    let label = match (value(head, "ENCODING"), value(head, "CHARSET")) {
        (Some("UTF-8" | "UNICODE"), _) => return decode::declared(bytes, Some("utf-8")),
        (_, Some("1252")) => "windows-1252",
        (_, Some("8859-1" | "ISO-8859-1")) => "iso-8859-1",
        _ => return decode::undeclared(bytes),
    };
    // Files that say 1252 and are UTF-8 are common; text in 1252 is never UTF-8 by chance.
    match std::str::from_utf8(bytes) {
        Ok(_) => decode::declared(bytes, Some("utf-8")),
        Err(_) => decode::declared(bytes, Some(label)),
    }
}

/// Some banks write the whole header on one line.
fn value<'a>(head: &'a str, key: &str) -> Option<&'a str> {
    let header = head.split('<').next()?;
    let (_, behind) = header.split_once(key)?;
    behind.strip_prefix(':')?.split_whitespace().next()
}
