//! The form of a VAT identifier, country by country: a number that cannot exist is a slip of the pen or worse.
//!
//! Forms as the European Commission publishes them for VIES, with the United Kingdom, Norway and Switzerland. Leading
//! zeros that people leave out (EL, NL) are missed by nobody. Only the form is checked: whether a number has been issued is
//! VIES' to say.

/// Per prefix, the forms of what follows: `9` a digit, `A` a letter, `X` either; anything else stands for itself.
const FORMS: &[(&str, &[&str])] = &[
    ("AT", &["U99999999"]),
    ("BE", &["0999999999", "1999999999", "999999999"]),
    ("BG", &["999999999", "9999999999"]),
    ("CHE", &["999999999", "999999999MWST", "999999999TVA", "999999999IVA"]),
    ("CY", &["99999999A"]),
    ("CZ", &["99999999", "999999999", "9999999999"]),
    ("DE", &["999999999"]),
    ("DK", &["99999999"]),
    ("EE", &["999999999"]),
    ("EL", &["999999999", "99999999"]),
    ("GR", &["999999999", "99999999"]),
    ("ES", &["A9999999X", "99999999A"]),
    ("EU", &["999999999"]),
    ("FI", &["99999999"]),
    ("FR", &["XX999999999"]),
    ("GB", &["999999999", "999999999999", "GD999", "HA999"]),
    ("XI", &["999999999", "999999999999", "GD999", "HA999"]),
    ("HR", &["99999999999"]),
    ("HU", &["99999999"]),
    ("IE", &["9X99999A", "9999999AA"]),
    ("IT", &["99999999999"]),
    ("LT", &["999999999", "999999999999"]),
    ("LU", &["99999999"]),
    ("LV", &["99999999999"]),
    ("MT", &["99999999"]),
    ("NL", &["999999999B99", "99999999B99", "9999999B99"]),
    ("NO", &["999999999", "999999999MVA"]),
    ("PL", &["9999999999"]),
    ("PT", &["999999999"]),
    ("RO", &["99", "999", "9999", "99999", "999999", "9999999", "99999999", "999999999", "9999999999", "9999999999999"]),
    ("SE", &["999999999999"]),
    ("SI", &["99999999"]),
    ("SK", &["9999999999"]),
];

/// Whether `text` may be a VAT identifier. What begins with none of the known prefixes is taken as it is stated.
pub fn is_plausible(text: &str) -> bool {
    let compact: String = text.chars().filter(|c| !c.is_whitespace() && !".-/:()".contains(*c)).map(|c| c.to_ascii_uppercase()).collect();
    let known = FORMS.iter().find_map(|(prefix, forms)| compact.strip_prefix(prefix).map(|rest| (rest, forms)));
    known.is_none_or(|(rest, forms)| forms.iter().any(|form| matches(form, rest)))
}

fn matches(form: &str, text: &str) -> bool {
    form.len() == text.len() && form.bytes().zip(text.bytes()).all(|(shape, byte)| fits(shape, byte))
}

fn fits(shape: u8, byte: u8) -> bool {
    match shape {
        b'9' => byte.is_ascii_digit(),
        b'A' => byte.is_ascii_uppercase(),
        b'X' => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
        literal => byte == literal,
    }
}
