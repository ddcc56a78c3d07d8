//! Parties, addresses, contacts.

use quittance_einvoice::model::{Address, Contact, Party, TaxRegistration, TaxRegistrationKind};
use quittance_einvoice::value::Text;
use quittance_einvoice::{Element, Invoice, Terms};

use crate::mapping::{Leftover, found};

/// UBL marks the bank's creditor identifier (BT-90) by this scheme among a party's identifiers.
const CREDITOR_SCHEME: &str = "SEPA";

pub(super) fn seller<'d>(invoice: &mut Invoice<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    let Invoice { seller, payment, .. } = invoice;
    read(seller, element, left, &mut payment.creditor_identifier);
}

pub(super) fn party<'d>(party: &mut Party<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    let mut no_creditor = Terms::Absent;
    read(party, element, left, &mut no_creditor);
    no_creditor.iter().for_each(|term| party.identifiers.state(term.element()));
}

pub(super) fn payee<'d>(invoice: &mut Invoice<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    let Invoice { payee, payment, .. } = invoice;
    read(payee, element, left, &mut payment.creditor_identifier);
    use_name(payee);
}

/// A tax representative has one name, which UBL keeps where a seller has its trading name.
pub(super) fn named_by_its_name<'d>(of: &mut Party<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    party(of, element, left);
    use_name(of);
}

fn use_name(party: &mut Party<'_>) {
    if !party.name.is_present() {
        party.name = std::mem::take(&mut party.trading_name);
    }
}

fn read<'d>(party: &mut Party<'d>, element: Element<'d>, left: &mut Leftover<'d>, creditor: &mut Terms<'d, Text>) {
    found(&mut party.at, element);
    for child in element.children() {
        match child.name() {
            "cbc:EndpointID" => left.term(child, &mut party.electronic_address),
            "cac:PartyIdentification" => left.each(child, "cbc:ID", |left, id| {
                let of_the_bank = id.attribute("schemeID") == Some(CREDITOR_SCHEME);
                left.term(id, if of_the_bank { &mut *creditor } else { &mut party.identifiers });
            }),
            "cac:PartyName" => left.below(child, &["cbc:Name"], &mut party.trading_name),
            "cac:PostalAddress" => address(&mut party.address, child, left),
            "cac:PartyTaxScheme" => party.tax_registrations.push(tax_registration(child, left)),
            "cac:PartyLegalEntity" => legal_entity(party, child, left),
            "cac:Contact" => contact(&mut party.contact, child, left),
            _ => left.keep(child),
        }
    }
}

/// BT-31 if the scheme is VAT, else BT-32.
fn tax_registration<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> TaxRegistration<'d> {
    let (mut id, mut scheme) = (Terms::Absent, Terms::<Text>::Absent);
    for child in element.children() {
        match child.name() {
            "cbc:CompanyID" => left.term(child, &mut id),
            "cac:TaxScheme" => left.below(child, &["cbc:ID"], &mut scheme),
            _ => left.keep(child),
        }
    }
    let scheme = scheme.text();
    let is_vat = scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("VAT"));
    let kind = if is_vat { TaxRegistrationKind::Vat } else { TaxRegistrationKind::Local };
    TaxRegistration { at: element, id, kind, scheme }
}

fn legal_entity<'d>(party: &mut Party<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "cbc:RegistrationName" => left.term(child, &mut party.name),
            "cbc:CompanyID" => left.term(child, &mut party.legal_registration),
            "cbc:CompanyLegalForm" => left.term(child, &mut party.legal_form),
            _ => left.keep(child),
        }
    }
}

fn address<'d>(address: &mut Address<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    found(&mut address.at, element);
    for child in element.children() {
        match child.name() {
            "cbc:StreetName" => left.term(child, &mut address.line_1),
            "cbc:AdditionalStreetName" => left.term(child, &mut address.line_2),
            "cac:AddressLine" => left.below(child, &["cbc:Line"], &mut address.line_3),
            "cbc:CityName" => left.term(child, &mut address.city),
            "cbc:PostalZone" => left.term(child, &mut address.post_code),
            "cbc:CountrySubentity" => left.term(child, &mut address.subdivision),
            "cac:Country" => left.below(child, &["cbc:IdentificationCode"], &mut address.country),
            _ => left.keep(child),
        }
    }
}

fn contact<'d>(contact: &mut Contact<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    found(&mut contact.at, element);
    for child in element.children() {
        match child.name() {
            "cbc:Name" => left.term(child, &mut contact.name),
            "cbc:Telephone" => left.term(child, &mut contact.telephone),
            "cbc:ElectronicMail" => left.term(child, &mut contact.email),
            _ => left.keep(child),
        }
    }
}

/// BT-71 and BG-15.
pub(super) fn location<'d>(place: &mut Party<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    found(&mut place.at, element);
    for child in element.children() {
        match child.name() {
            "cbc:ID" => left.term(child, &mut place.identifiers),
            "cac:Address" => address(&mut place.address, child, left),
            _ => left.keep(child),
        }
    }
}
