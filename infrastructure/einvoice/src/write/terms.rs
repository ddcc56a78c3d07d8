//! Payment terms as text.

/// XRechnung's lines for cash discounts (`#SKONTO#...#`) end with a line feed, the last one too.
pub(super) fn structured(terms: &str) -> String {
    let last = terms.lines().last().unwrap_or_default();
    let is_structured = last.len() > 2 && last.starts_with('#') && last.ends_with('#');
    if is_structured { format!("{terms}\n") } else { terms.into() }
}
