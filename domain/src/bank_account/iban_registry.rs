//! What the IBAN registry (ISO 13616, release 101) says about each country: the structure of its account numbers.

/// The parts of a basic bank account number in order, as in `4a14n`: four letters, then fourteen digits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BbanStructure(&'static str);

impl BbanStructure {
    pub fn length(self) -> usize {
        self.parts().map(|(length, _)| length).sum()
    }

    pub fn as_str(self) -> &'static str {
        self.0
    }

    pub(super) fn matches(self, bban: &str) -> bool {
        let mut characters = bban.bytes();
        self.parts().all(|(length, class)| characters.by_ref().take(length).filter(|b| allows(class, *b)).count() == length)
            && characters.next().is_none()
    }

    fn parts(self) -> impl Iterator<Item = (usize, char)> {
        let mut length = 0;
        self.0.chars().filter_map(move |c| match c.to_digit(10) {
            Some(digit) => {
                length = length * 10 + digit as usize;
                None
            }
            None => Some((std::mem::take(&mut length), c)),
        })
    }
}

/// `n` digits, `a` letters, `c` either; lower case was folded before.
fn allows(class: char, byte: u8) -> bool {
    match class {
        'n' => byte.is_ascii_digit(),
        'a' => byte.is_ascii_uppercase(),
        _ => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
    }
}

/// The structure behind the country code and check digits, or none for a country without IBANs.
pub fn bban_structure(country: &str) -> Option<BbanStructure> {
    let row = REGISTRY.binary_search_by_key(&country, |(code, _)| code).ok()?;
    Some(BbanStructure(REGISTRY[row].1))
}

/// Countries and territories of the SEPA geographical scope that have an IBAN code of their own.
pub(super) fn in_sepa(country: &str) -> bool {
    SEPA.binary_search(&country).is_ok()
}

#[rustfmt::skip]
const SEPA: [&str; 42] = [
    "AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI", "GR", "HR",
    "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT", "NL", "NO", "PL", "PT", "RO",
    "RS", "SE", "SI", "SK", "SM", "VA",
];

const REGISTRY: [(&str, &str); 89] = [
    ("AD", "8n12c"),
    ("AE", "19n"),
    ("AL", "8n16c"),
    ("AT", "16n"),
    ("AZ", "4a20c"),
    ("BA", "16n"),
    ("BE", "12n"),
    ("BG", "4a6n8c"),
    ("BH", "4a14c"),
    ("BI", "23n"),
    ("BR", "23n1a1c"),
    ("BY", "4c4n16c"),
    ("CH", "5n12c"),
    ("CR", "18n"),
    ("CY", "8n16c"),
    ("CZ", "20n"),
    ("DE", "18n"),
    ("DJ", "23n"),
    ("DK", "14n"),
    ("DO", "4c20n"),
    ("EE", "16n"),
    ("EG", "25n"),
    ("ES", "20n"),
    ("FI", "14n"),
    ("FK", "2a12n"),
    ("FO", "14n"),
    ("FR", "10n11c2n"),
    ("GB", "4a14n"),
    ("GE", "2a16n"),
    ("GI", "4a15c"),
    ("GL", "14n"),
    ("GR", "7n16c"),
    ("GT", "24c"),
    ("HN", "4a20n"),
    ("HR", "17n"),
    ("HU", "24n"),
    ("IE", "4a14n"),
    ("IL", "19n"),
    ("IQ", "4a15n"),
    ("IS", "22n"),
    ("IT", "1a10n12c"),
    ("JO", "4a4n18c"),
    ("KW", "4a22c"),
    ("KZ", "3n13c"),
    ("LB", "4n20c"),
    ("LC", "4a24c"),
    ("LI", "5n12c"),
    ("LT", "16n"),
    ("LU", "3n13c"),
    ("LV", "4a13c"),
    ("LY", "21n"),
    ("MC", "10n11c2n"),
    ("MD", "20c"),
    ("ME", "18n"),
    ("MK", "3n10c2n"),
    ("MN", "16n"),
    ("MR", "23n"),
    ("MT", "4a5n18c"),
    ("MU", "4a19n3a"),
    ("NI", "4a20n"),
    ("NL", "4a10n"),
    ("NO", "11n"),
    ("OM", "3n16c"),
    ("PK", "4a16c"),
    ("PL", "24n"),
    ("PS", "4a21c"),
    ("PT", "21n"),
    ("QA", "4a21c"),
    ("RO", "4a16c"),
    ("RS", "18n"),
    ("RU", "14n15c"),
    ("SA", "2n18c"),
    ("SC", "4a20n3a"),
    ("SD", "14n"),
    ("SE", "20n"),
    ("SI", "15n"),
    ("SK", "20n"),
    ("SM", "1a10n12c"),
    ("SO", "19n"),
    ("ST", "21n"),
    ("SV", "4a20n"),
    ("TL", "19n"),
    ("TN", "20n"),
    ("TR", "6n16c"),
    ("UA", "6n19c"),
    ("VA", "18n"),
    ("VG", "4a16n"),
    ("XK", "16n"),
    ("YE", "4a4n18c"),
];
