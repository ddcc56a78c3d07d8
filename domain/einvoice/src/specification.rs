//! What a document says it follows (BT-24): a core standard, a country's version of it, or a profile of Factur-X.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Specification {
    En16931,
    PeppolBis3,
    /// Invoices that the buyer writes for the seller.
    PeppolSelfBilling,
    XRechnung,
    XRechnungExtension,
    /// Invoices for vehicles under the Clean Vehicles Directive.
    XRechnungVehicles,
    FacturXMinimum,
    FacturXBasicWl,
    FacturXBasic,
    FacturXExtended,
    Zugferd1Basic,
    Zugferd1Comfort,
    Zugferd1Extended,
    /// Another customisation of EN 16931.
    OtherEn16931,
    /// Nothing, or nothing known.
    Unknown,
}

/// What an identifier contains, most special first.
const KNOWN: &[(&str, Specification)] = &[
    ("#conformant#urn:xeinkauf.de:kosit:extension:xrechnung", Specification::XRechnungExtension),
    ("#conformant#urn:xoev-de:kosit:extension:xrechnung", Specification::XRechnungExtension),
    ("#compliant#urn:xeinkauf.de:kosit:xrechnung:cvd_", Specification::XRechnungVehicles),
    ("urn:xeinkauf.de:kosit:xrechnung", Specification::XRechnung),
    ("urn:xoev-de:kosit:standard:xrechnung", Specification::XRechnung),
    ("urn:fdc:peppol.eu:2017:poacc:billing:3.0", Specification::PeppolBis3),
    ("urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0", Specification::PeppolSelfBilling),
    // What stands before a profile's name is written in several ways.
    ("factur-x.eu:1p0:extended", Specification::FacturXExtended),
    ("zugferd.de:2p0:extended", Specification::FacturXExtended),
    ("factur-x.eu:1p0:basicwl", Specification::FacturXBasicWl),
    ("zugferd.de:2p0:basicwl", Specification::FacturXBasicWl),
    ("factur-x.eu:1p0:basic", Specification::FacturXBasic),
    ("zugferd.de:2p0:basic", Specification::FacturXBasic),
    ("factur-x.eu:1p0:minimum", Specification::FacturXMinimum),
    ("zugferd.de:2p0:minimum", Specification::FacturXMinimum),
    ("urn:ferd:crossindustrydocument:invoice:1p0:basic", Specification::Zugferd1Basic),
    ("urn:ferd:crossindustrydocument:invoice:1p0:comfort", Specification::Zugferd1Comfort),
    ("urn:ferd:crossindustrydocument:invoice:1p0:extended", Specification::Zugferd1Extended),
    ("urn:ferd:invoice:1.0:basic", Specification::Zugferd1Basic),
    ("urn:ferd:invoice:1.0:comfort", Specification::Zugferd1Comfort),
    ("urn:ferd:invoice:1.0:extended", Specification::Zugferd1Extended),
    ("urn:ferd:invoice:rc:basic", Specification::Zugferd1Basic),
    ("urn:ferd:invoice:rc:comfort", Specification::Zugferd1Comfort),
    ("urn:ferd:invoice:rc:extended", Specification::Zugferd1Extended),
    ("urn:cen.eu:en16931:2017#", Specification::OtherEn16931),
    ("urn:cen.eu:en16931:2017", Specification::En16931),
];

impl Specification {
    /// By the specification identifier, BT-24.
    pub fn of(identifier: &str) -> Self {
        let identifier = identifier.trim().to_ascii_lowercase();
        let known = KNOWN.iter().find(|(part, _)| identifier.contains(part));
        known.map_or(Self::Unknown, |(_, specification)| *specification)
    }

    /// Profiles that leave terms of EN 16931 out by design.
    pub fn is_reduced(self) -> bool {
        matches!(self, Self::FacturXMinimum | Self::FacturXBasicWl)
    }

    pub fn is_xrechnung(self) -> bool {
        matches!(self, Self::XRechnung | Self::XRechnungExtension | Self::XRechnungVehicles)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_name_their_specification() {
        let cases = [
            ("urn:cen.eu:en16931:2017", Specification::En16931),
            ("urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0", Specification::PeppolBis3),
            ("urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0", Specification::PeppolSelfBilling),
            ("urn:cen.eu:en16931:2017#compliant#urn:fdc:nen.nl:nlcius:v1.0", Specification::OtherEn16931),
            ("urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0", Specification::XRechnung),
            (
                "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0",
                Specification::XRechnungExtension,
            ),
            (
                "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#compliant#urn:xeinkauf.de:kosit:xrechnung:cvd_0.9",
                Specification::XRechnungVehicles,
            ),
            ("urn:factur-x.eu:1p0:basicwl", Specification::FacturXBasicWl),
            ("urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic", Specification::FacturXBasic),
            ("urn:cen.eu:en16931:2017:compliant:factur-x.eu:1p0:basic", Specification::FacturXBasic),
            ("urn:cen.eu:en16931:2017#conformant#urn:zugferd.de:2p0:extended", Specification::FacturXExtended),
            ("urn:ferd:CrossIndustryDocument:invoice:1p0:comfort", Specification::Zugferd1Comfort),
            ("urn:cen.eu:en16931:2017#compliant#urn:example", Specification::OtherEn16931),
            ("", Specification::Unknown),
        ];
        for (identifier, expected) in cases {
            assert_eq!(Specification::of(identifier), expected, "{identifier}");
        }
    }
}
