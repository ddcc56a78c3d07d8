//! Peppol's code lists, which are narrower than those of EN 16931 and have releases of their own.

use std::sync::LazyLock;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeppolList {
    Currencies,
    MediaTypes,
    AllowanceReasons,
    ChargeReasons,
    TaxPoints,
    AddressSchemes,
}

/// In the order of [`PeppolList`].
const TEXTS: [&str; 6] = [
    include_str!("lists/currencies.txt"),
    include_str!("lists/media_types.txt"),
    include_str!("lists/allowance_reasons.txt"),
    include_str!("lists/charge_reasons.txt"),
    include_str!("lists/tax_points.txt"),
    include_str!("lists/address_schemes.txt"),
];

/// Sorted by bytes, to be searched; a list's first line names its source.
static CODES: LazyLock<[Vec<&str>; 6]> = LazyLock::new(|| {
    TEXTS.map(|text| {
        let mut codes: Vec<_> = text.lines().skip(1).flat_map(str::split_ascii_whitespace).collect();
        codes.sort_unstable();
        codes
    })
});

impl PeppolList {
    /// Exactly as written: codes are case-sensitive.
    pub fn contains(self, code: &str) -> bool {
        self.codes().binary_search(&code).is_ok()
    }

    pub fn codes(self) -> &'static [&'static str] {
        &CODES[self as usize]
    }
}
