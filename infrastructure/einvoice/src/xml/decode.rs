//! Bytes to text: UTF-8, UTF-16 with a byte order mark, and declared ISO-8859-1. Nothing is guessed.

use std::borrow::Cow;

use crate::refusal::ReadError;

/// The text without its byte order mark.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    if bytes.starts_with(&[0xFF, 0xFE, 0, 0]) || bytes.starts_with(&[0, 0, 0xFE, 0xFF]) {
        return Err(ReadError::UnsupportedEncoding { name: "UTF-32".into() });
    }
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => declared(utf_8(rest, 3)?.into(), "UTF-8"),
        [0xFF, 0xFE, rest @ ..] => declared(utf_16(rest, u16::from_le_bytes)?.into(), "UTF-16"),
        [0xFE, 0xFF, rest @ ..] => declared(utf_16(rest, u16::from_be_bytes)?.into(), "UTF-16"),
        [b'<', 0, ..] | [0, b'<', ..] => Err(ReadError::UnsupportedEncoding { name: "UTF-16 without byte order mark".into() }),
        _ => without_mark(bytes),
    }
}

fn without_mark(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    match declared_encoding(&head).map(|name| name.to_ascii_uppercase()).as_deref() {
        None | Some("UTF-8" | "UTF8" | "US-ASCII" | "ASCII") => Ok(utf_8(bytes, 0)?.into()),
        // Every byte of ISO-8859-1 is the code point of the same number.
        Some("ISO-8859-1" | "ISO8859-1" | "ISO_8859-1" | "LATIN1" | "LATIN-1") => {
            Ok(bytes.iter().map(|&byte| char::from(byte)).collect::<String>().into())
        }
        Some(name) => Err(ReadError::UnsupportedEncoding { name: name.into() }),
    }
}

/// A declaration must not contradict the byte order mark.
fn declared<'a>(text: Cow<'a, str>, family: &'static str) -> Result<Cow<'a, str>, ReadError> {
    match declared_encoding(&text) {
        Some(name) if !name.to_ascii_uppercase().starts_with(family) => Err(ReadError::WrongEncoding { encoding: family, offset: 0 }),
        _ => Ok(text),
    }
}

fn declared_encoding(text: &str) -> Option<&str> {
    let (declaration, _) = text.strip_prefix("<?xml")?.split_once("?>")?;
    let (_, behind) = declaration.split_once("encoding")?;
    let value = behind.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    value[1..].split(quote).next()
}

fn utf_8(bytes: &[u8], skipped: usize) -> Result<&str, ReadError> {
    std::str::from_utf8(bytes).map_err(|error| ReadError::WrongEncoding { encoding: "UTF-8", offset: skipped + error.valid_up_to() })
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, ReadError> {
    let wrong = |offset| ReadError::WrongEncoding { encoding: "UTF-16", offset: 2 + offset };
    let (pairs, odd) = bytes.as_chunks::<2>();
    if !odd.is_empty() {
        return Err(wrong(bytes.len() - 1));
    }
    let mut text = String::with_capacity(pairs.len());
    for decoded in char::decode_utf16(pairs.iter().map(|&pair| unit(pair))) {
        text.push(decoded.map_err(|_| wrong(2 * text.encode_utf16().count()))?);
    }
    Ok(text)
}
