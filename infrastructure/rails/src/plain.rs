//! The characters that American banks' files hold.

/// Printable ASCII: letters of other scripts are transliterated, white space is reduced to single inner spaces.
pub(crate) fn plain(text: &str) -> String {
    let ascii: String = any_ascii::any_ascii(text).chars().map(|c| if (' '..='~').contains(&c) { c } else { ' ' }).collect();
    ascii.split_whitespace().collect::<Vec<_>>().join(" ")
}
