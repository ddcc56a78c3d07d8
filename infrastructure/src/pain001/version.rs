//! What distinguishes the versions of pain.001 that banks take, as answers to the questions that the writer asks.

use super::file::Service;

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Version {
    /// pain.001.001.03, the version of 2009.
    V03,
    /// pain.001.001.09, the version of 2019.
    V09,
    /// pain.001.001.03.ch.02, the Swiss form of the version of 2009.
    SwissV03,
    /// pain.001.001.09 as restricted by the Swiss Payment Standards.
    SwissV09,
    /// pain.001.002.03, the German form before BICs became optional.
    GermanV002,
    /// pain.001.003.03, the German form after.
    GermanV003,
}

/// How a postal address is laid out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum AddressForm {
    /// Country and two lines, as the SEPA rules before 2019 demand.
    Lines,
    /// Elements where they are known, lines for the rest.
    Elements,
    /// The same, but never without town and country: banks refuse unstructured addresses.
    CompleteElements,
}

impl Version {
    pub const ALL: [Self; 6] = [Self::V03, Self::V09, Self::SwissV03, Self::SwissV09, Self::GermanV002, Self::GermanV003];

    /// The message's name as banks and status reports write it.
    pub fn message_name(self) -> &'static str {
        match self {
            Self::V03 | Self::SwissV03 => "pain.001.001.03",
            Self::V09 | Self::SwissV09 => "pain.001.001.09",
            Self::GermanV002 => "pain.001.002.03",
            Self::GermanV003 => "pain.001.003.03",
        }
    }

    /// The name of the form that a treasurer asks for: the message's, and where a country restricts it, its country's.
    pub fn format_name(self) -> &'static str {
        match self {
            Self::SwissV03 => "pain.001.001.03.ch.02",
            Self::SwissV09 => "pain.001.001.09.ch.03",
            version => version.message_name(),
        }
    }

    pub(super) fn namespace(self) -> &'static str {
        match self {
            Self::V03 => "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03",
            Self::V09 | Self::SwissV09 => "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09",
            Self::SwissV03 => "http://www.six-interbank-clearing.com/de/pain.001.001.03.ch.02.xsd",
            Self::GermanV002 => "urn:iso:std:iso:20022:tech:xsd:pain.001.002.03",
            Self::GermanV003 => "urn:iso:std:iso:20022:tech:xsd:pain.001.003.03",
        }
    }

    pub(super) fn of_2019(self) -> bool {
        matches!(self, Self::V09 | Self::SwissV09)
    }

    pub(super) fn sepa_only(self) -> bool {
        matches!(self, Self::GermanV002 | Self::GermanV003)
    }

    pub(super) fn bic_element(self) -> &'static str {
        if self.of_2019() { "BICFI" } else { "BIC" }
    }

    /// Whether the debtor's bank may be left to the IBAN.
    pub(super) fn finds_debtor_bank_by_iban(self) -> bool {
        matches!(self, Self::V03 | Self::V09 | Self::GermanV003)
    }

    pub(super) fn finds_creditor_bank_by_iban(self) -> bool {
        self != Self::GermanV002
    }

    /// The SEPA rules allow half of what the ISO type does.
    pub(super) fn name_limit(self, service: Service) -> usize {
        if service == Service::Sepa || self == Self::SwissV03 { 70 } else { 140 }
    }

    pub(super) fn bank_name_limit(self) -> usize {
        if self == Self::SwissV03 { 70 } else { 140 }
    }

    pub(super) fn address_form(self, service: Service) -> AddressForm {
        match self {
            Self::V09 | Self::SwissV09 => AddressForm::CompleteElements,
            Self::GermanV002 | Self::GermanV003 => AddressForm::Lines,
            Self::V03 | Self::SwissV03 if service == Service::Sepa => AddressForm::Lines,
            Self::V03 | Self::SwissV03 => AddressForm::Elements,
        }
    }
}
