//! The characters that every bank accepts (EPC217-08), and the way there from any script.

use super::file::Overlong;
use super::refusal::Refusal;

/// `text` in Latin letters, digits, spaces and `/-?:().,'+`: letters of other scripts are transliterated, signs replaced by the
/// nearest allowed one, white space reduced to single inner spaces.
pub fn bank_text(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_whitespace() || character.is_control() {
            plain.push(' ');
        } else {
            plain.extend(any_ascii::any_ascii_char(character).chars().map(allowed));
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The replacements of EPC217-08 for ASCII; what has none becomes a full stop.
fn allowed(character: char) -> char {
    match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | '/' | '-' | '?' | ':' | '(' | ')' | '.' | ',' | '\'' | '+' => character,
        '&' => '+',
        '_' | '~' => '-',
        ';' => ',',
        '"' | '`' => '\'',
        '[' | '{' | '<' => '(',
        ']' | '}' | '>' => ')',
        '\\' | '|' => '/',
        _ => '.',
    }
}

/// Whether anything of the meaning is left after transliteration.
pub(super) fn legible(plain: &str) -> bool {
    plain.bytes().any(|b| b.is_ascii_alphanumeric())
}

/// At most `limit` characters of a text that is already plain, and so ASCII.
pub(super) fn fitted(mut plain: String, limit: usize, overlong: Overlong, refusal: Refusal) -> Result<String, Refusal> {
    if plain.len() <= limit {
        return Ok(plain);
    }
    match overlong {
        Overlong::Refuse => Err(refusal),
        Overlong::Truncate => {
            plain.truncate(limit);
            plain.truncate(plain.trim_end().len());
            Ok(plain)
        }
    }
}
