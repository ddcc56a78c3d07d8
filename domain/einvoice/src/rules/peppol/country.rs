//! Where the parties are: by their VAT identifiers, or by their addresses.

use crate::model::{Invoice, Party};

/// The seller's country as most national rules see it: the VAT identifier's prefix, else the tax representative's, else the address.
pub(super) fn of_seller<'d>(invoice: &Invoice<'d>) -> Option<&'d str> {
    let seller = &invoice.seller;
    vat_prefix(seller).or_else(|| vat_prefix(&invoice.tax_representative)).or_else(|| of_address(seller))
}

/// A party's country by its VAT identifier, else by its address.
pub(super) fn of_party<'d>(party: &Party<'d>) -> Option<&'d str> {
    vat_prefix(party).or_else(|| of_address(party))
}

pub(super) fn of_address<'d>(party: &Party<'d>) -> Option<&'d str> {
    party.address.country.text()
}

/// Whether an address is in the country, its code as it should be written.
pub(super) fn is_exactly_in(party: &Party<'_>, country: &str) -> bool {
    of_address(party) == Some(country)
}

/// Whether an address is in the country, in any case of letters.
pub(super) fn is_in(party: &Party<'_>, country: &str) -> bool {
    of_address(party).is_some_and(|code| code.eq_ignore_ascii_case(country))
}

pub(super) fn both_are_german(invoice: &Invoice<'_>) -> bool {
    is_in(&invoice.seller, "DE") && is_in(&invoice.buyer, "DE")
}

fn vat_prefix<'d>(party: &Party<'d>) -> Option<&'d str> {
    vat_ids(party).map(|id| split(id).0).find(|prefix| !prefix.is_empty())
}

/// VAT identifiers by what the document calls them; the seller of a CII says `VA`, the rules say `VAT`.
pub(super) fn vat_ids<'a, 'd>(party: &'a Party<'d>) -> impl Iterator<Item = &'d str> + use<'a, 'd> {
    let vat = party.tax_registrations.iter().filter(|registration| matches!(registration.scheme, Some("VAT" | "VA")));
    vat.flat_map(|registration| registration.id.iter().map(|id| id.text()))
}

/// The first two characters and the rest.
pub(super) fn split(id: &str) -> (&str, &str) {
    let end = id.char_indices().nth(2).map_or(id.len(), |(at, _)| at);
    id.split_at(end)
}
