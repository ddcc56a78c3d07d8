//! Bytes to text: UTF-8, UTF-16 with a byte order mark, and where they are declared ISO-8859-1, ISO-8859-15 and Windows-1252.
//! Nothing is guessed.

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
        Some("ISO-8859-15" | "ISO8859-15" | "LATIN9" | "LATIN-9") => single_bytes(bytes, "ISO-8859-15", |byte| Some(in_latin_9(byte))),
        Some("WINDOWS-1252" | "CP1252" | "CP-1252") => single_bytes(bytes, "Windows-1252", in_windows_1252),
        Some(name) => Err(ReadError::UnsupportedEncoding { name: name.into() }),
    }
}

fn single_bytes(bytes: &[u8], encoding: &'static str, character: fn(u8) -> Option<char>) -> Result<Cow<'static, str>, ReadError> {
    let wrong = |offset| ReadError::WrongEncoding { encoding, offset };
    bytes.iter().enumerate().map(|(offset, &byte)| character(byte).ok_or(wrong(offset))).collect::<Result<String, _>>().map(Into::into)
}

/// As ISO-8859-1 but for eight characters, the euro among them.
fn in_latin_9(byte: u8) -> char {
    match byte {
        0xA4 => '€',
        0xA6 => 'Š',
        0xA8 => 'š',
        0xB4 => 'Ž',
        0xB8 => 'ž',
        0xBC => 'Œ',
        0xBD => 'œ',
        0xBE => 'Ÿ',
        byte => byte.into(),
    }
}

/// As ISO-8859-1 but for what stands there in place of control characters, five of them for nothing.
fn in_windows_1252(byte: u8) -> Option<char> {
    const OWN: [char; 32] = [
        '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”', '•', '–', '—', '˜',
        '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
    ];
    let own = byte.checked_sub(0x80).and_then(|at| OWN.get(usize::from(at)).copied());
    own.map_or(Some(byte.into()), |character| (character != '\0').then_some(character))
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
