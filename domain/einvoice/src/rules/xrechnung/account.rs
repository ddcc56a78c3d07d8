//! IBANs, as the German rules check them: shape and check digits, but no country's own length.

pub(super) fn is_iban(text: &str) -> bool {
    let iban: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let shaped = iban.len() >= 4
        && iban.len() <= 34
        && iban[..2].iter().all(u8::is_ascii_uppercase)
        && iban[2..4].iter().all(u8::is_ascii_digit)
        && iban[4..].iter().all(u8::is_ascii_alphanumeric);
    shaped && remainder(iban[4..].iter().chain(&iban[..4])) == 1
}

/// Modulo 97 of the digits, letters standing for two digits each. The rule lets small letters stand for other numbers than the
/// capitals, so that they do not pass for them.
fn remainder<'a>(characters: impl Iterator<Item = &'a u8>) -> u32 {
    characters.fold(0, |remainder, byte| match byte {
        b'0'..=b'9' => (remainder * 10 + u32::from(byte - b'0')) % 97,
        letter => (remainder * 100 + u32::from(letter - 55)) % 97,
    })
}

#[cfg(test)]
mod tests {
    use super::is_iban;

    #[test]
    fn the_check_digits_decide() {
        for text in ["DE75512108001245126199", "DE75 5121 0800 1245 1261 99", "GB33BUKB20201555555555"] {
            assert!(is_iban(text), "{text}");
        }
        for text in ["", "DE", "DE75512108001245126198", "de75512108001245126199", "GB33bukb20201555555555", "DE75é12108001245126199"] {
            assert!(!is_iban(text), "{text}");
        }
    }
}
