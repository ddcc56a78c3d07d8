//! Trade parties.

use quittance_einvoice::canonical::{CanonicalAddress, CanonicalContact, CanonicalDelivery, CanonicalParty, Identifier};

use crate::write::node::{Node, group, leaf};

pub(super) fn party(name: &'static str, party: &CanonicalParty) -> Node {
    let organization = group("ram:SpecifiedLegalOrganization")
        .child_if(party.legal_registration.as_ref().map(|id| identifier("ram:ID", id)))
        .text_if("ram:TradingBusinessName", party.trading_name.as_ref());
    group(name)
        .children(identifiers(&party.identifiers))
        .text("ram:Name", &party.name)
        .text_if("ram:Description", party.legal_form.as_ref())
        .child(organization)
        .child_if(party.contact.as_ref().map(contact))
        .child_if(party.address.as_ref().map(address))
        .child(electronic(party.electronic_address.as_ref()))
        .child(registration(party.vat_id.as_ref(), "VA"))
        .child(registration(party.tax_registration.as_ref(), "FC"))
}

/// BG-13: name, identifier and address of the place.
pub(super) fn ship_to(delivery: &CanonicalDelivery) -> Node {
    group("ram:ShipToTradeParty")
        .children(identifiers(delivery.location.as_slice()))
        .text_if("ram:Name", delivery.name.as_ref())
        .child_if(delivery.address.as_ref().map(address))
}

/// An identifier of a registered scheme is a global one; those without a scheme come first.
fn identifiers(identifiers: &[Identifier]) -> impl Iterator<Item = Node> {
    let own = identifiers.iter().filter(|id| id.scheme.is_none()).map(|id| identifier("ram:ID", id));
    own.chain(identifiers.iter().filter(|id| id.scheme.is_some()).map(|id| identifier("ram:GlobalID", id)))
}

fn identifier(name: &'static str, identifier: &Identifier) -> Node {
    leaf(name, &identifier.id).attribute_if("schemeID", identifier.scheme.as_ref())
}

fn electronic(address: Option<&Identifier>) -> Node {
    group("ram:URIUniversalCommunication").child_if(address.map(|address| identifier("ram:URIID", address)))
}

fn registration(id: Option<&String>, scheme: &'static str) -> Node {
    group("ram:SpecifiedTaxRegistration").child_if(id.map(|id| leaf("ram:ID", id).attribute("schemeID", scheme)))
}

fn contact(contact: &CanonicalContact) -> Node {
    let telephone = group("ram:TelephoneUniversalCommunication").text_if("ram:CompleteNumber", contact.telephone.as_ref());
    let email = group("ram:EmailURIUniversalCommunication").text_if("ram:URIID", contact.email.as_ref());
    group("ram:DefinedTradeContact").text_if("ram:PersonName", contact.name.as_ref()).child(telephone).child(email)
}

fn address(address: &CanonicalAddress) -> Node {
    group("ram:PostalTradeAddress")
        .text_if("ram:PostcodeCode", address.post_code.as_ref())
        .text_if("ram:LineOne", address.line_1.as_ref())
        .text_if("ram:LineTwo", address.line_2.as_ref())
        .text_if("ram:LineThree", address.line_3.as_ref())
        .text_if("ram:CityName", address.city.as_ref())
        .text_if("ram:CountryID", address.country.as_ref())
        .text_if("ram:CountrySubDivisionName", address.subdivision.as_ref())
}
