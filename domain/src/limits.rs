//! How long a text and how large a number may be, whichever way it comes in: as JSON, in a document, in a sheet.
//!
//! Texts that things are found by stand folded in keys and indexes, where one character can become eighteen; so a text is measured as
//! it is stated and as it is folded.

use rust_decimal::Decimal;

use crate::party::folded;

/// Characters of a text: a name, a number, a place.
pub const TEXT_MAX: usize = 200;
/// Characters of what people write to each other.
pub const PROSE_MAX: usize = 2_000;
/// Bytes of a folded text that may stand in a key: two of them, with what joins them, fit an index entry.
pub const FOLDED_BYTES_MAX: usize = 800;
/// Digits before the point: products of two such numbers, and sums of many of them, are still numbers.
pub const INTEGER_DIGITS_MAX: usize = 13;
/// Digits behind the point: such products and sums are exact.
pub const DECIMALS_MAX: usize = 10;
/// Bytes of a document as it comes in.
pub const DOCUMENT_BYTES_MAX: usize = 20 << 20;
/// More than any real document has.
pub const LINES_MAX: usize = 10_000;

const FILE_NAME_MAX: usize = 255;
/// Bytes of a text that cannot be too long, however it unfolds.
const HARMLESS_BYTES: usize = 44;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextRefusal {
    #[error("a text contains {}, which is not written", .0.escape_unicode())]
    Unwritten(char),
    #[error("at most {0} characters")]
    TooLong(usize),
    #[error("at most {FOLDED_BYTES_MAX} bytes when its characters are decomposed")]
    TooLongFolded,
}

impl TextRefusal {
    /// Stable, `snake_case`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unwritten(_) => "text_invalid",
            Self::TooLong(_) | Self::TooLongFolded => "text_too_long",
        }
    }
}

/// A text that things may be found by.
pub fn check_text(text: &str) -> Result<(), TextRefusal> {
    check_length(text, TEXT_MAX)?;
    if text.len() > HARMLESS_BYTES && folded(text).len() > FOLDED_BYTES_MAX {
        return Err(TextRefusal::TooLongFolded);
    }
    Ok(())
}

/// What people write to each other.
pub fn check_prose(text: &str) -> Result<(), TextRefusal> {
    check_length(text, PROSE_MAX)
}

fn check_length(text: &str, most: usize) -> Result<(), TextRefusal> {
    if let Some(unwritten) = text.chars().find(|c| is_unwritten(*c)) {
        return Err(TextRefusal::Unwritten(unwritten));
    }
    if text.len() > most && text.chars().count() > most {
        return Err(TextRefusal::TooLong(most));
    }
    Ok(())
}

/// What XML 1.0 does not take, and marks with which a text reads as another one (Unicode TR 36): no name has them, and a payee could be
/// spoofed by them. The second set of controls stays: dashes of Windows come as them in files that say another encoding.
fn is_unwritten(c: char) -> bool {
    let control = c < ' ' && !matches!(c, '\t' | '\n' | '\r');
    control || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fdd0}'..='\u{fdef}') || c as u32 & 0xfffe == 0xfffe
}

/// Whether a number is larger than what is reckoned with.
pub fn is_too_large(number: Decimal) -> bool {
    number.trunc().abs() >= Decimal::from(10_u64.pow(INTEGER_DIGITS_MAX as u32))
}

/// Marks that turn the direction of writing, with which a text reads as another one.
pub fn turns_writing(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A document's file name, cut to what is kept: never the folders of whoever sent it, nor marks that turn the writing.
pub fn kept_file_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.chars().filter(|c| !c.is_control() && !turns_writing(*c)).take(FILE_NAME_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_measured_as_it_is_stated_and_as_it_is_folded() {
        // U+FDFA folds to eighteen characters.
        let cases = [
            ("x".repeat(200), Ok(())),
            ("x".repeat(201), Err(TextRefusal::TooLong(200))),
            ("é".repeat(200), Ok(())),
            ("\u{fdfa}".repeat(24), Ok(())),
            ("\u{fdfa}".repeat(60), Err(TextRefusal::TooLongFolded)),
            ("a\0b".to_owned(), Err(TextRefusal::Unwritten('\0'))),
            ("a\u{1b}[2Jb".to_owned(), Err(TextRefusal::Unwritten('\u{1b}'))),
            ("\u{202e}gpj.exe".to_owned(), Err(TextRefusal::Unwritten('\u{202e}'))),
            ("a\u{2066}b".to_owned(), Err(TextRefusal::Unwritten('\u{2066}'))),
            ("\u{ffff}".to_owned(), Err(TextRefusal::Unwritten('\u{ffff}'))),
            ("\u{1fffe}".to_owned(), Err(TextRefusal::Unwritten('\u{1fffe}'))),
            ("a \u{96} b".to_owned(), Ok(())),
            ("שלום\u{200f} a\tb\r\nc 😀".to_owned(), Ok(())),
        ];
        for (text, expected) in cases {
            assert_eq!(check_text(&text), expected, "{text:?}");
        }
        assert_eq!(check_prose(&"\u{fdfa}".repeat(2_000)), Ok(()));
        assert_eq!(check_prose(&"x".repeat(2_001)), Err(TextRefusal::TooLong(2_000)));
    }

    #[test]
    fn a_file_name_is_kept_without_folders_and_without_what_cannot_be_stored() {
        let long = "x".repeat(300);
        for (path, kept) in [
            ("/home/anna/in/a.xml", "a.xml"),
            ("C:\\in\\a.xml", "a.xml"),
            ("all.zip:2026/a.xml", "a.xml"),
            ("a\0b\n.xml", "ab.xml"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            (long.as_str(), &long[..255]),
        ] {
            assert_eq!(kept_file_name(path), kept);
        }
    }
}
