//! Text in its canonical form.

/// Names, codes, identifiers: one line, single blanks.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Notes and descriptions: lines are kept, blanks around them are not.
pub(crate) fn block(text: &str) -> String {
    text.trim().lines().map(one_line).collect::<Vec<_>>().join("\n")
}

/// Account numbers and bank codes, which people group with blanks; also Base64.
pub(crate) fn without_blanks(text: &str) -> String {
    text.split_whitespace().collect()
}
