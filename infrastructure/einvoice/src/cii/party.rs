//! Trade parties.

use quittance_einvoice::model::{Address, Contact, Party, TaxRegistration, TaxRegistrationKind};
use quittance_einvoice::{Element, Terms};

use crate::mapping::{Leftover, found};

pub(super) fn party<'d>(party: &mut Party<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    found(&mut party.at, element);
    for child in element.children() {
        match child.name() {
            "ram:ID" | "ram:GlobalID" => left.term(child, &mut party.identifiers),
            "ram:Name" => left.term(child, &mut party.name),
            "ram:Description" => left.term(child, &mut party.legal_form),
            "ram:SpecifiedLegalOrganization" => legal_organization(party, child, left),
            "ram:DefinedTradeContact" => contact(&mut party.contact, child, left),
            "ram:PostalTradeAddress" => address(&mut party.address, child, left),
            "ram:URIUniversalCommunication" => left.below(child, &["ram:URIID"], &mut party.electronic_address),
            "ram:SpecifiedTaxRegistration" => left.each(child, "ram:ID", |left, id| {
                party.tax_registrations.push(tax_registration(id, left));
            }),
            _ => left.keep(child),
        }
    }
}

/// BT-31 if the scheme is VA, else BT-32 (FC).
fn tax_registration<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> TaxRegistration<'d> {
    let scheme = element.attribute("schemeID");
    let kind = if scheme == Some("VA") { TaxRegistrationKind::Vat } else { TaxRegistrationKind::Local };
    let mut id = Terms::Absent;
    left.term(element, &mut id);
    TaxRegistration { at: element, id, kind, scheme }
}

fn legal_organization<'d>(party: &mut Party<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "ram:ID" => left.term(child, &mut party.legal_registration),
            "ram:TradingBusinessName" => left.term(child, &mut party.trading_name),
            _ => left.keep(child),
        }
    }
}

fn contact<'d>(contact: &mut Contact<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    found(&mut contact.at, element);
    for child in element.children() {
        match child.name() {
            "ram:PersonName" => left.term(child, &mut contact.name),
            "ram:DepartmentName" => left.term(child, &mut contact.department),
            "ram:TelephoneUniversalCommunication" => {
                left.below(child, &["ram:CompleteNumber"], &mut contact.telephone);
            }
            "ram:EmailURIUniversalCommunication" => left.below(child, &["ram:URIID"], &mut contact.email),
            _ => left.keep(child),
        }
    }
}

fn address<'d>(address: &mut Address<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    found(&mut address.at, element);
    for child in element.children() {
        match child.name() {
            "ram:LineOne" => left.term(child, &mut address.line_1),
            "ram:LineTwo" => left.term(child, &mut address.line_2),
            "ram:LineThree" => left.term(child, &mut address.line_3),
            "ram:CityName" => left.term(child, &mut address.city),
            "ram:PostcodeCode" => left.term(child, &mut address.post_code),
            "ram:CountrySubDivisionName" => left.term(child, &mut address.subdivision),
            "ram:CountryID" => left.term(child, &mut address.country),
            _ => left.keep(child),
        }
    }
}
