//! The releases of XRechnung. A document answers to the one that it names: what a later one added is not held against it.
//!
//! 3.0.1 and 3.0.2 have one name. Documents are held against the first unless somebody asks for the second, or they follow what only
//! the second knows. What an older release had and 3.0.1 has no more is not held at all.

use crate::model::Invoice;

/// A release, and what a document that follows it says in BT-24.
pub(in crate::rules) struct Release {
    number: Number,
    pub(in crate::rules) name: &'static str,
    core: &'static str,
    extension: &'static str,
    /// The Clean Vehicles Directive.
    vehicles: Option<&'static str>,
}

type Number = (u8, u8, u8);

const LATER: Release =
    Release { number: (3, 0, 2), name: "3.0.2", vehicles: Some("#compliant#urn:xeinkauf.de:kosit:xrechnung:cvd_0.9"), ..RELEASES[0] };

/// Newest first.
const RELEASES: [Release; 6] = [
    Release {
        number: (3, 0, 1),
        name: "3.0.1",
        core: "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0",
        extension: "#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0",
        vehicles: None,
    },
    Release {
        number: (2, 3, 0),
        name: "2.3",
        core: "urn:cen.eu:en16931:2017#compliant#urn:xoev-de:kosit:standard:xrechnung_2.3",
        extension: "#conformant#urn:xoev-de:kosit:extension:xrechnung_2.3",
        vehicles: None,
    },
    Release {
        number: (2, 2, 0),
        name: "2.2",
        core: "urn:cen.eu:en16931:2017#compliant#urn:xoev-de:kosit:standard:xrechnung_2.2",
        extension: "#conformant#urn:xoev-de:kosit:extension:xrechnung_2.2",
        vehicles: None,
    },
    Release {
        number: (2, 1, 0),
        name: "2.1",
        core: "urn:cen.eu:en16931:2017#compliant#urn:xoev-de:kosit:standard:xrechnung_2.1",
        extension: "#conformant#urn:xoev-de:kosit:extension:xrechnung_2.1",
        vehicles: None,
    },
    Release {
        number: (2, 0, 0),
        name: "2.0",
        core: "urn:cen.eu:en16931:2017#compliant#urn:xoev-de:kosit:standard:xrechnung_2.0",
        extension: "#conformant#urn:xoev-de:kosit:extension:xrechnung_2.0",
        vehicles: None,
    },
    Release {
        number: (1, 2, 0),
        name: "1.2",
        core: "urn:cen.eu:en16931:2017#compliant#urn:xoev-de:kosit:standard:xrechnung_1.2",
        extension: "#conformant#urn:xoev-de:kosit:extension:xrechnung_1.2",
        vehicles: None,
    },
];

/// The release that brought the rules whose names begin so; all others are older than the oldest.
const SINCE: &[(&str, Number)] = &[
    ("BR-TMP-1", (3, 0, 1)),
    ("BR-TMP-", (3, 0, 2)),
    ("BR-DE-TMP-", (3, 0, 2)),
    ("PEPPOL-", (3, 0, 1)),
    ("BR-DEX-1", (3, 0, 1)),
    ("BR-DEX-09", (2, 3, 0)),
    ("BR-DE-30", (2, 3, 0)),
    ("BR-DE-31", (2, 3, 0)),
    ("BR-DEX-0", (2, 2, 0)),
    ("BR-DE-27", (2, 2, 0)),
    ("BR-DE-28", (2, 2, 0)),
    ("BR-DE-23", (2, 1, 0)),
    ("BR-DE-24", (2, 1, 0)),
    ("BR-DE-25", (2, 1, 0)),
    ("BR-DE-26", (2, 1, 0)),
    ("BR-DE-22", (2, 0, 0)),
];

impl Release {
    /// The release that the document names, else 3.0.1.
    pub(in crate::rules) fn of(invoice: &Invoice<'_>) -> &'static Self {
        let stated = invoice.specification.text().unwrap_or_default();
        RELEASES.iter().find(|release| stated.starts_with(release.core)).unwrap_or(Self::usual())
    }

    pub(super) const fn usual() -> &'static Self {
        &RELEASES[0]
    }

    /// The later release of the same name, where there is one.
    pub(in crate::rules) fn later(&self) -> &Self {
        if self.number == Self::usual().number { &LATER } else { self }
    }

    pub(super) fn is_later(&self) -> bool {
        self.number >= LATER.number
    }

    /// Whether BT-24 is exactly what the release prescribes.
    pub(super) fn is_named_by(&self, specification: &str) -> bool {
        specification.strip_prefix(self.core).is_some_and(|rest| rest.is_empty() || rest == self.extension || Some(rest) == self.vehicles)
    }

    pub(super) fn is_for_vehicles(&self, specification: &str) -> bool {
        self.vehicles.is_some() && specification.strip_prefix(self.core) == self.vehicles
    }

    pub(super) fn has(&self, rule: &str) -> bool {
        let since = SINCE.iter().find(|(start, _)| rule.starts_with(start));
        since.is_none_or(|(_, number)| *number <= self.number) && !(self.is_later() && rule == "BR-TMP-1")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_has_what_it_brought_and_what_was_there() {
        let [newest, .., first] = &RELEASES;
        for rule in ["BR-DE-1", "BR-DE-23-a", "BR-DE-31", "BR-DEX-15", "PEPPOL-EN16931-R008"] {
            assert!(newest.has(rule), "{rule}");
        }
        assert!(first.has("BR-DE-1") && first.has("BR-DE-2") && first.has("BR-DE-3"));
        assert!(!newest.has("BR-TMP-2") && newest.later().has("BR-TMP-2") && !newest.later().has("BR-TMP-1"));
        assert!(!first.later().has("BR-TMP-2"), "an old release has no later one of its name");
        assert!(!first.has("BR-DE-22") && !first.has("BR-DE-31") && !first.has("PEPPOL-EN16931-R008"));
    }

    #[test]
    fn identifiers_are_exact() {
        let newest = Release::usual();
        assert!(newest.is_named_by(newest.core) && newest.is_named_by(&format!("{}{}", newest.core, newest.extension)));
        assert!(!newest.is_named_by(&format!("{}.1", newest.core)) && !newest.is_named_by(""));
        let vehicles = format!("{}#compliant#urn:xeinkauf.de:kosit:xrechnung:cvd_0.9", newest.core);
        assert!(!newest.is_named_by(&vehicles) && newest.later().is_named_by(&vehicles));
    }
}
