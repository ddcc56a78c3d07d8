//! The code lists of EN 16931: public standards, each as a plain list in `lists/`, and whether a code is of one.

use std::sync::LazyLock;

/// A code list, by what its codes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum List {
    InvoiceTypes,
    CreditNoteTypes,
    Currencies,
    Countries,
    ReferenceTypes,
    NoteSubjects,
    IdentifierSchemes,
    ItemClassifications,
    PaymentMeans,
    VatCategories,
    AllowanceReasons,
    ChargeReasons,
    ExemptionReasons,
    Units,
    AddressSchemes,
    MediaTypes,
    TaxPointsUbl,
    TaxPointsCii,
}

/// In the order of [`List`].
const TEXTS: [&str; 18] = [
    include_str!("lists/invoice_types.txt"),
    include_str!("lists/credit_note_types.txt"),
    include_str!("lists/currencies.txt"),
    include_str!("lists/countries.txt"),
    include_str!("lists/reference_types.txt"),
    include_str!("lists/note_subjects.txt"),
    include_str!("lists/identifier_schemes.txt"),
    include_str!("lists/item_classifications.txt"),
    include_str!("lists/payment_means.txt"),
    include_str!("lists/vat_categories.txt"),
    include_str!("lists/allowance_reasons.txt"),
    include_str!("lists/charge_reasons.txt"),
    include_str!("lists/exemption_reasons.txt"),
    include_str!("lists/units.txt"),
    include_str!("lists/address_schemes.txt"),
    include_str!("lists/media_types.txt"),
    include_str!("lists/tax_points_ubl.txt"),
    include_str!("lists/tax_points_cii.txt"),
];

/// Sorted by bytes, to be searched.
static CODES: LazyLock<[Vec<&str>; 18]> = LazyLock::new(|| TEXTS.map(codes));

/// A list's first line says which standard it is.
fn codes(text: &'static str) -> Vec<&'static str> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let mut codes: Vec<_> = lines.flat_map(str::split_ascii_whitespace).collect();
    codes.sort_unstable();
    codes
}

impl List {
    /// Exactly as written: codes are case-sensitive.
    pub fn contains(self, code: &str) -> bool {
        self.codes().binary_search(&code).is_ok()
    }

    pub fn codes(self) -> &'static [&'static str] {
        &CODES[self as usize]
    }

    /// The standard that the list is taken from.
    pub fn standard(self) -> &'static str {
        let title = TEXTS[self as usize].lines().next().unwrap_or_default();
        title.trim_start_matches("# ").trim_end_matches('.')
    }
}

/// Whether this is a country for the syntax: the two bindings follow releases that differ in South Sudan and the Netherlands Antilles.
pub fn is_country(code: &str, is_ubl: bool) -> bool {
    List::Countries.contains(code) || code == if is_ubl { "SS" } else { "AN" }
}

/// The prefixes of VAT identifiers in UBL: countries, and EL for Greece.
static VAT_PREFIXES: LazyLock<String> = LazyLock::new(|| format!(" {} EL SS ", List::Countries.codes().join(" ")));

/// Whether a VAT identifier may begin so. The rule of UBL is content with anything that stands somewhere in its list.
pub(super) fn is_vat_prefix(prefix: &str, is_ubl: bool) -> bool {
    match is_ubl {
        true => VAT_PREFIXES.contains(prefix),
        false => matches!(prefix, "EL" | "SS") || is_country(prefix, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_list_is_where_its_name_says() {
        let samples = [
            (List::InvoiceTypes, "380", "381"),
            (List::CreditNoteTypes, "381", "380"),
            (List::Currencies, "EUR", "DEM"),
            (List::Countries, "KH", "KHM"),
            (List::ReferenceTypes, "AAA", "A"),
            (List::NoteSubjects, "AAI", "aai"),
            (List::IdentifierSchemes, "0088", "88"),
            (List::ItemClassifications, "STI", "XXX"),
            (List::PaymentMeans, "58", "580"),
            (List::VatCategories, "AE", "A"),
            (List::AllowanceReasons, "95", "96"),
            (List::ChargeReasons, "FC", "95"),
            (List::ExemptionReasons, "VATEX-EU-AE", "VATEX-EU-XX"),
            (List::Units, "C62", "PIECE"),
            (List::AddressSchemes, "EM", "0001"),
            (List::MediaTypes, "image/png", "image/gif"),
            (List::TaxPointsUbl, "432", "72"),
            (List::TaxPointsCii, "72", "432"),
        ];
        for (list, code, other) in samples {
            assert!(list.contains(code) && !list.contains(other), "{list:?}");
            assert!(!list.standard().is_empty() && !list.contains(""), "{list:?}");
        }
    }
}
