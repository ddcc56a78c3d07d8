//! Bytes to text by byte order mark, by what the file declares, else UTF-8, else the code page that the bytes speak for.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use crate::StatementRefusal;

/// A year of a large company's account fits; a hostile file does not exhaust memory.
pub(crate) const BYTES_MAX: usize = 64 * 1024 * 1024;

pub(crate) fn check_size(bytes: &[u8]) -> Result<(), StatementRefusal> {
    match bytes.len() {
        0 => Err(StatementRefusal::Empty),
        length if length > BYTES_MAX => Err(StatementRefusal::TooLarge { limit: BYTES_MAX }),
        _ => Ok(()),
    }
}

/// For the formats that cannot declare an encoding, with lines that end as ours do.
pub(crate) fn undeclared(bytes: &[u8]) -> Result<Cow<'_, str>, StatementRefusal> {
    let text = guessed(bytes)?;
    // Old programs end lines with a carriage return alone.
    Ok(if text.contains('\r') && !text.contains('\n') { text.replace('\r', "\n").into() } else { text })
}

/// The beginning of a file, to tell its format by: a character may be cut at its end.
pub(crate) fn head(bytes: &[u8], length: usize) -> String {
    let head = &bytes[..bytes.len().min(length)];
    let text = match Encoding::for_bom(head) {
        Some((encoding, _)) => encoding.decode(head).0,
        None => String::from_utf8_lossy(head),
    };
    text.replace('\r', "\n")
}

fn guessed(bytes: &[u8]) -> Result<Cow<'_, str>, StatementRefusal> {
    match Encoding::for_bom(bytes) {
        Some((encoding, _)) => strict(bytes, encoding),
        None if std::str::from_utf8(bytes).is_ok() => strict(bytes, UTF_8),
        None if is_dos(bytes) => Ok(bytes.iter().map(|&byte| cp852(byte)).collect::<String>().into()),
        None => strict(bytes, WINDOWS_1252),
    }
}

/// By name, as an XML declaration or an OFX header gives it; a byte order mark wins.
pub(crate) fn declared<'a>(bytes: &'a [u8], label: Option<&str>) -> Result<Cow<'a, str>, StatementRefusal> {
    let by_mark = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let encoding = match (by_mark, label) {
        (Some(encoding), _) => encoding,
        (None, None) => UTF_8,
        (None, Some(label)) => Encoding::for_label(label.as_bytes())
            .ok_or_else(|| StatementRefusal::UnsupportedEncoding { name: label.chars().take(40).collect() })?,
    };
    strict(bytes, encoding)
}

/// The encoding in `<?xml … encoding="…"?>`.
pub(crate) fn xml_label(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
    let (declaration, _) = head.trim_start().strip_prefix("<?xml")?.split_once("?>")?;
    let (_, behind) = declaration.split_once("encoding")?;
    let value = behind.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    value[1..].split(quote).next().map(str::to_owned)
}

/// The code page 852 of DOS has its common letters where Windows has signs that no name or text needs (80 to A5 hex).
fn is_dos(bytes: &[u8]) -> bool {
    let letters_of_dos = bytes.iter().filter(|byte| (0x80..=0xA5).contains(*byte)).count();
    let letters_of_windows = bytes.iter().filter(|byte| **byte >= 0xC0).count();
    letters_of_dos > letters_of_windows
}

/// The upper half of code page 852; banks of Central Europe still write it, and WHATWG's encodings lack it.
const CP852: &str = "ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´\u{ad}˝˛ˇ˘§÷¸°¨˙űŘř■\u{a0}";

fn cp852(byte: u8) -> char {
    match byte.checked_sub(0x80) {
        None => char::from(byte),
        Some(index) => CP852.chars().nth(index.into()).unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

fn strict<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> Result<Cow<'a, str>, StatementRefusal> {
    let (text, _, replaced) = encoding.decode(bytes);
    if !replaced {
        return Ok(text);
    }
    let offset = std::str::from_utf8(bytes).err().map_or(0, |error| error.valid_up_to());
    Err(StatementRefusal::WrongEncoding { encoding: encoding.name(), offset })
}
