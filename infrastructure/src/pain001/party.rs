//! Who pays, who is paid, and who sends the file.

use super::charset::{bank_text, fitted, legible};
use super::file::{InitiatingParty, Overlong, Party, Service};
use super::refusal::Refusal;
use super::xml::{Written, Xml};
use super::{Version, address};

pub(super) fn write(xml: &mut Xml, element: &str, party: &Party, version: Version, service: Service, overlong: Overlong) -> Written {
    let name = plain_name(&party.name, version.name_limit(service), overlong)?;
    xml.element(element, |xml| {
        xml.text(&["Nm"], &name)?;
        match &party.address {
            Some(address) => address::write(xml, address, version.address_form(service), service, overlong),
            None => Ok(()),
        }
    })
}

/// Its name has the SEPA limit whatever is inside: a file may hold blocks of both services.
pub(super) fn write_initiating(xml: &mut Xml, party: &InitiatingParty, version: Version, overlong: Overlong) -> Written {
    let name = plain_name(&party.name, version.name_limit(Service::Sepa), overlong)?;
    xml.element("InitgPty", |xml| {
        xml.text(&["Nm"], &name)?;
        match &party.identification {
            Some(id) => xml.text(&["Id", "OrgId", "Othr", "Id"], id.as_str()),
            None => Ok(()),
        }
    })
}

fn plain_name(name: &str, limit: usize, overlong: Overlong) -> Result<String, Refusal> {
    let plain = bank_text(name);
    if !legible(&plain) {
        return Err(Refusal::NameIllegible);
    }
    fitted(plain, limit, overlong, Refusal::NameTooLong)
}
