//! The characters that American banks' files hold.

/// Printable ASCII: letters of other scripts are transliterated, white space is reduced to single inner spaces.
pub(crate) fn plain(text: &str) -> String {
    printable(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same with every space in its place, as segments of fixed width need it.
pub(crate) fn printable(text: &str) -> String {
    any_ascii::any_ascii(text).chars().map(|c| if (' '..='~').contains(&c) { c } else { ' ' }).collect()
}
