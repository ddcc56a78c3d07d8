//! A postal address in the form that the version and the service want.

use super::charset::{bank_text, fitted, legible};
use super::file::{Address, Overlong, Service};
use super::refusal::Refusal;
use super::version::AddressForm;
use super::xml::{Written, Xml};

/// The address after transliteration; parts that say nothing are gone.
struct Plain {
    street: Option<String>,
    building_number: Option<String>,
    lines: Vec<String>,
    postal_code: Option<String>,
    town: Option<String>,
    subdivision: Option<String>,
    country: Option<String>,
}

pub(super) fn write(xml: &mut Xml, address: &Address, form: AddressForm, service: Service, overlong: Overlong) -> Written {
    let address = Plain::from(address);
    if address.is_empty() {
        return Ok(());
    }
    match form {
        AddressForm::Lines => xml.element("PstlAdr", |xml| address.write_lines(xml, overlong)),
        AddressForm::Elements => xml.element("PstlAdr", |xml| address.write_elements(xml, overlong)),
        AddressForm::CompleteElements if address.is_complete() => xml.element("PstlAdr", |xml| address.write_elements(xml, overlong)),
        // A SEPA transfer needs no address, and half of one would have it refused.
        AddressForm::CompleteElements if service == Service::Sepa => Ok(()),
        AddressForm::CompleteElements => Err(Refusal::AddressIncomplete.into()),
    }
}

impl From<&Address> for Plain {
    fn from(address: &Address) -> Self {
        let plain = |text: &String| Some(bank_text(text)).filter(|text| legible(text));
        Self {
            street: address.street.as_ref().and_then(plain),
            building_number: address.building_number.as_ref().and_then(plain),
            lines: address.lines.iter().filter_map(plain).collect(),
            postal_code: address.postal_code.as_ref().and_then(plain),
            town: address.town.as_ref().and_then(plain),
            subdivision: address.subdivision.as_ref().and_then(plain),
            country: address.country.as_ref().map(ToString::to_string),
        }
    }
}

impl Plain {
    fn is_empty(&self) -> bool {
        let parts = [&self.street, &self.building_number, &self.postal_code, &self.town, &self.subdivision, &self.country];
        self.lines.is_empty() && parts.into_iter().all(Option::is_none)
    }

    fn is_complete(&self) -> bool {
        self.town.is_some() && self.country.is_some()
    }

    fn write_elements(&self, xml: &mut Xml, overlong: Overlong) -> Written {
        let elements = [
            ("StrtNm", &self.street, 70),
            ("BldgNb", &self.building_number, 16),
            ("PstCd", &self.postal_code, 16),
            ("TwnNm", &self.town, 35),
            ("CtrySubDvsn", &self.subdivision, 35),
            ("Ctry", &self.country, 2),
        ];
        for (name, text, limit) in elements {
            write_part(xml, name, text.clone(), limit, overlong)?;
        }
        // Two lines are what every version allows beside elements.
        let (first, rest) = self.lines.split_first().map_or((None, None), |(first, rest)| (Some(first.clone()), joined(rest, ", ")));
        write_part(xml, "AdrLine", first, 70, overlong)?;
        write_part(xml, "AdrLine", rest, 70, overlong)
    }

    fn write_lines(&self, xml: &mut Xml, overlong: Overlong) -> Written {
        let street: Vec<String> = [&self.street, &self.building_number].into_iter().flatten().cloned().collect();
        let place: Vec<String> = [&self.postal_code, &self.town, &self.subdivision].into_iter().flatten().cloned().collect();
        let first: Vec<String> = joined(&street, " ").into_iter().chain(self.lines.iter().cloned()).collect();
        write_part(xml, "Ctry", self.country.clone(), 2, overlong)?;
        write_part(xml, "AdrLine", joined(&first, ", "), 70, overlong)?;
        write_part(xml, "AdrLine", joined(&place, " "), 70, overlong)
    }
}

fn write_part(xml: &mut Xml, name: &str, text: Option<String>, limit: usize, overlong: Overlong) -> Written {
    match text {
        Some(text) => xml.text(&[name], &fitted(text, limit, overlong, Refusal::AddressTooLong)?),
        None => Ok(()),
    }
}

fn joined(parts: &[String], separator: &str) -> Option<String> {
    (!parts.is_empty()).then(|| parts.join(separator))
}
