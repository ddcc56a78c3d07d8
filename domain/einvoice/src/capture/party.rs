//! Parties and addresses.

use super::intake::{Intake, identifier};
use crate::canonical::{CanonicalAddress, CanonicalContact, CanonicalParty};
use crate::model::{Address, Contact, Party, TaxRegistrationKind};

/// A party; without any name it is reported under the term of its name.
pub(crate) fn party<'d>(intake: &mut Intake<'d>, party: &Party<'d>, name_term: &str) -> Option<CanonicalParty> {
    let at = party.at?;
    let Some(name) = intake.text(&party.name).or_else(|| intake.text(&party.trading_name)) else {
        intake.missing(name_term, at);
        return None;
    };
    let mut identifiers: Vec<_> = party.identifiers.iter().filter(|term| !term.is_blank()).map(identifier).collect();
    identifiers.sort();
    identifiers.dedup();
    Some(CanonicalParty {
        trading_name: intake.text(&party.trading_name).filter(|trading_name| *trading_name != name),
        name,
        identifiers,
        legal_registration: intake.identifier(&party.legal_registration),
        legal_form: intake.block(&party.legal_form),
        vat_id: tax_id(party, TaxRegistrationKind::Vat),
        tax_registration: tax_id(party, TaxRegistrationKind::Local),
        electronic_address: intake.identifier(&party.electronic_address),
        address: address(intake, &party.address),
        contact: contact(intake, &party.contact),
    })
}

fn tax_id(party: &Party<'_>, kind: TaxRegistrationKind) -> Option<String> {
    party.tax_ids(kind).next().map(super::text::one_line)
}

pub(super) fn address<'d>(intake: &Intake<'d>, address: &Address<'d>) -> Option<CanonicalAddress> {
    let canonical = CanonicalAddress {
        line_1: intake.text(&address.line_1),
        line_2: intake.text(&address.line_2),
        line_3: intake.text(&address.line_3),
        city: intake.text(&address.city),
        post_code: intake.text(&address.post_code),
        subdivision: intake.text(&address.subdivision),
        country: intake.text(&address.country),
    };
    (canonical != CanonicalAddress::default()).then_some(canonical)
}

fn contact<'d>(intake: &Intake<'d>, contact: &Contact<'d>) -> Option<CanonicalContact> {
    let canonical = CanonicalContact {
        name: intake.text(&contact.name).or_else(|| intake.text(&contact.department)),
        telephone: intake.text(&contact.telephone),
        email: intake.text(&contact.email),
    };
    (canonical != CanonicalContact::default()).then_some(canonical)
}
