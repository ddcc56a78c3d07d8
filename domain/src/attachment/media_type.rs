//! The name of a media type (RFC 6838), without its parameters.

const NAME_MAX: usize = 127;

/// `application/pdf`: two names of at most 127 characters, in lower case.
pub fn is_media_type(text: &str) -> bool {
    text.split_once('/').is_some_and(|(kind, subtype)| is_name(kind) && is_name(subtype))
}

/// Begins with a letter or a digit; beside those there are only a few marks, and no slash.
fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let first = name.bytes().next().is_some_and(plain);
    first && name.len() <= NAME_MAX && name.bytes().all(|b| plain(b) || b"!#$&-^_.+".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::is_media_type;

    #[test]
    fn a_media_type_is_two_names() {
        let rows = [
            ("application/pdf", true),
            ("image/svg+xml", true),
            ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", true),
            ("pdf", false),
            ("application/", false),
            ("/pdf", false),
            ("text/html/x", false),
            ("text/html; charset=utf-8", false),
            ("Text/HTML", false),
            ("text/ht\r\nml", false),
            ("+x/y", false),
        ];
        for (text, verdict) in rows {
            assert_eq!(is_media_type(text), verdict, "{text:?}");
        }
        assert!(!is_media_type(&format!("text/{}", "x".repeat(128))));
    }
}
