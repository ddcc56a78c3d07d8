//! Whether the quotes of a CSV row end (RFC 4180): a reader takes the rows behind one that never does for the text of its cell.

/// Says that a cell of the row, which was read from `raw`, holds other rows, or the end of a file that was cut off within it.
pub fn swallows_rows(raw: &[u8], delimiter: u8) -> bool {
    let is_break = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let begin = raw.iter().position(|byte| !is_break(byte)).unwrap_or(raw.len());
    let end = raw.iter().rposition(|byte| !is_break(byte)).map_or(begin, |last| last + 1);
    let row = &raw[begin..end];
    match quoting(row, delimiter) {
        Quoting::Ends => false,
        Quoting::Goes => row.iter().any(is_break),
        Quoting::Open => true,
    }
}

enum Quoting {
    /// Each quoted cell ends with its quote.
    Ends,
    /// Text stands behind a quote that seemed to end a cell.
    Goes,
    /// A quote is never closed.
    Open,
}

fn quoting(row: &[u8], delimiter: u8) -> Quoting {
    let (mut rest, mut found) = (row, Quoting::Ends);
    loop {
        if let Some(mut quoted) = rest.strip_prefix(b"\"") {
            rest = loop {
                let Some(quote) = quoted.iter().position(|byte| *byte == b'"') else { return Quoting::Open };
                match &quoted[quote + 1..] {
                    [b'"', behind @ ..] => quoted = behind,
                    behind => break behind,
                }
            };
            if rest.first().is_some_and(|byte| *byte != delimiter) {
                found = Quoting::Goes;
            }
        }
        let Some(end) = rest.iter().position(|byte| *byte == delimiter) else { return found };
        rest = &rest[end + 1..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row and what is behind it as the reader took them, and whether that is more than a row.
    #[test]
    fn a_quote_that_ends_where_it_should_holds_no_rows() {
        for (raw, more) in [
            ("1,\"a\",2\r\n", false),
            ("1,\"two\nlines\",2\n", false),
            ("1,\"a \"\"quoted\"\" word\nand a line\",2", false),
            ("1,a \"word\" of a text,2\n", false),
            ("1,\"a\" and more,2\n", false),
            ("", false),
            ("1,\"abc\n2,x\n", true),
            ("1,\"abc\n2,\"y\"\n", true),
            ("1,\"abc", true),
            ("1,\"abc\r\n", true),
            ("1,\"abc\r2,\"y\"\r", true),
        ] {
            assert_eq!(swallows_rows(raw.as_bytes(), b','), more, "{raw:?}");
        }
    }
}
