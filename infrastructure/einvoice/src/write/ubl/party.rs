//! Parties, addresses, contacts.

use quittance_einvoice::canonical::{CanonicalAddress, CanonicalContact, CanonicalParty, Identifier};

use crate::write::node::{Node, group, leaf};

/// The scheme that tells BT-90 from a party's other identifiers.
const CREDITOR_SCHEME: &str = "SEPA";

pub(super) fn seller(seller: &CanonicalParty, creditor: Option<&str>) -> Node {
    by_register(seller, &seller.identifiers, creditor)
}

pub(super) fn buyer(buyer: &CanonicalParty) -> Node {
    by_register(buyer, one_of(&buyer.identifiers), None)
}

/// All parties but sellers have room for one identifier; the one of a scheme says more.
fn one_of(identifiers: &[Identifier]) -> &[Identifier] {
    let at = identifiers.iter().position(|id| id.scheme.is_some()).unwrap_or(0);
    identifiers.get(at..=at).unwrap_or_default()
}

/// The legal name stands with the register, the trading name apart.
fn by_register(party: &CanonicalParty, identifiers: &[Identifier], creditor: Option<&str>) -> Node {
    let legal = group("cac:PartyLegalEntity")
        .text("cbc:RegistrationName", &party.name)
        .child_if(party.legal_registration.as_ref().map(|id| identifier("cbc:CompanyID", id)))
        .text_if("cbc:CompanyLegalForm", party.legal_form.as_ref());
    let start = start("cac:Party", party, identifiers, creditor, party.trading_name.as_ref());
    start.child(legal).child_if(party.contact.as_ref().map(contact))
}

/// A payee or a tax representative: its one name stands where others have their trading name.
pub(super) fn by_name(name: &'static str, party: &CanonicalParty, creditor: Option<&str>) -> Node {
    let legal = group("cac:PartyLegalEntity")
        .child_if(party.legal_registration.as_ref().map(|id| identifier("cbc:CompanyID", id)))
        .text_if("cbc:CompanyLegalForm", party.legal_form.as_ref());
    start(name, party, one_of(&party.identifiers), creditor, Some(&party.name)).child(legal).child_if(party.contact.as_ref().map(contact))
}

fn start(
    name: &'static str,
    party: &CanonicalParty,
    identifiers: &[Identifier],
    creditor: Option<&str>,
    shown_name: Option<&String>,
) -> Node {
    let identified = |id| group("cac:PartyIdentification").child(id);
    group(name)
        .child_if(party.electronic_address.as_ref().map(|id| identifier("cbc:EndpointID", id)))
        .children(identifiers.iter().map(|id| identified(identifier("cbc:ID", id))))
        .children(creditor.map(|id| identified(leaf("cbc:ID", id).attribute("schemeID", CREDITOR_SCHEME))))
        .child(group("cac:PartyName").text_if("cbc:Name", shown_name))
        .child_if(party.address.as_ref().map(|address| self::address("cac:PostalAddress", address)))
        .children(party.vat_id.as_ref().map(|id| tax_scheme(id, "VAT")))
        .children(party.tax_registration.as_ref().map(|id| tax_scheme(id, "TAX")))
}

fn tax_scheme(id: &str, scheme: &'static str) -> Node {
    group("cac:PartyTaxScheme").text("cbc:CompanyID", id).child(group("cac:TaxScheme").text("cbc:ID", scheme))
}

pub(super) fn identifier(name: &'static str, identifier: &Identifier) -> Node {
    leaf(name, &identifier.id).attribute_if("schemeID", identifier.scheme.as_ref())
}

pub(super) fn address(name: &'static str, address: &CanonicalAddress) -> Node {
    group(name)
        .text_if("cbc:StreetName", address.line_1.as_ref())
        .text_if("cbc:AdditionalStreetName", address.line_2.as_ref())
        .text_if("cbc:CityName", address.city.as_ref())
        .text_if("cbc:PostalZone", address.post_code.as_ref())
        .text_if("cbc:CountrySubentity", address.subdivision.as_ref())
        .child(group("cac:AddressLine").text_if("cbc:Line", address.line_3.as_ref()))
        .child(group("cac:Country").text_if("cbc:IdentificationCode", address.country.as_ref()))
}

fn contact(contact: &CanonicalContact) -> Node {
    group("cac:Contact")
        .text_if("cbc:Name", contact.name.as_ref())
        .text_if("cbc:Telephone", contact.telephone.as_ref())
        .text_if("cbc:ElectronicMail", contact.email.as_ref())
}
