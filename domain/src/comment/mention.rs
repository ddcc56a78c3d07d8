//! Whom a text calls: `@anna@acme.example`, where a word begins.

/// The addresses behind an `@`, in order, as they are written. Whether they are anybody's is not known here.
pub fn addresses_in(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '<' | '>' | '"' | ',' | ';'));
    words
        .filter_map(|word| word.strip_prefix('@'))
        .map(|word| word.trim_end_matches(['.', ':', '!', '?', '\'']))
        .filter(|word| is_address(word))
}

fn is_address(word: &str) -> bool {
    word.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.contains('.') && !host.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::addresses_in;

    #[test]
    fn a_person_is_called_where_a_word_begins_with_their_address() {
        let rows: [(&str, &[&str]); 8] = [
            ("@anna@acme.example, is this ours?", &["anna@acme.example"]),
            ("ask @bob@acme.example.", &["bob@acme.example"]),
            ("(@bob@acme.example) and @carl@acme.example!", &["bob@acme.example", "carl@acme.example"]),
            ("write to frieda@muster.example", &[]),
            ("x@bob@acme.example", &[]),
            ("@bob", &[]),
            ("@@acme.example", &[]),
            ("@Bob@Acme.Example\n@eve@acme.example", &["Bob@Acme.Example", "eve@acme.example"]),
        ];
        for (text, called) in rows {
            assert_eq!(addresses_in(text).collect::<Vec<_>>(), called, "{text}");
        }
    }
}
