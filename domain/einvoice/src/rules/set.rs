//! The books of rules, and which of them a document answers to.

use serde::{Deserialize, Serialize};

use super::judge::Judge;
use super::xrechnung::Release;
use super::{en16931, facturx, peppol, strict, xrechnung};
use crate::model::Invoice;
use crate::specification::Specification;
use crate::syntax::Syntax;

/// A book of rules that a document can be held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RuleSet {
    /// EN 16931 as UBL binds it.
    En16931Ubl,
    /// EN 16931 as CII binds it.
    En16931Cii,
    /// Peppol BIS Billing 3 with the rules of the seller's country, or its self-billing.
    PeppolUbl,
    /// The same for CII, as far as Peppol has rules for it.
    PeppolCii,
    /// XRechnung, with its extension where the document says so.
    XrechnungUbl,
    XrechnungCii,
    /// The next release of XRechnung, which has no name of its own in a document: whoever wants it asks for it.
    Xrechnung302Ubl,
    Xrechnung302Cii,
    /// The profile EXTENDED of Factur-X, with rules of its own in place of some of EN 16931.
    FacturXExtended,
    /// Our own: the same sums without the slack of the official rules. Only warns.
    Strict,
}

impl RuleSet {
    /// The release of the official rules that the set follows, the newest where it has several.
    pub fn version(self) -> &'static str {
        match self {
            Self::En16931Ubl => "EN16931-UBL 1.3.16",
            Self::En16931Cii => "EN16931-CII 1.3.16",
            Self::PeppolUbl => "PEPPOL-EN16931-UBL 3.0.20",
            Self::PeppolCii => "PEPPOL-EN16931-CII 3.0.20",
            Self::XrechnungUbl => "XRechnung-UBL 3.0.1",
            Self::XrechnungCii => "XRechnung-CII 3.0.1",
            Self::Xrechnung302Ubl => "XRechnung-UBL 3.0.2",
            Self::Xrechnung302Cii => "XRechnung-CII 3.0.2",
            Self::FacturXExtended => "Factur-X-EXTENDED 1.09",
            Self::Strict => "1",
        }
    }

    /// The release that this document is held against: XRechnung keeps older ones.
    pub(super) fn version_for(self, invoice: &Invoice<'_>) -> String {
        match self {
            Self::XrechnungUbl => format!("XRechnung-UBL {}", Release::of(invoice).name),
            Self::XrechnungCii => format!("XRechnung-CII {}", Release::of(invoice).name),
            Self::Xrechnung302Ubl => format!("XRechnung-UBL {}", Release::of(invoice).later().name),
            Self::Xrechnung302Cii => format!("XRechnung-CII {}", Release::of(invoice).later().name),
            _ => self.version().into(),
        }
    }

    pub(super) fn check(self, invoice: &Invoice<'_>, judge: &mut Judge) {
        match self {
            Self::En16931Ubl | Self::En16931Cii => en16931::check(invoice, judge),
            Self::PeppolUbl | Self::PeppolCii => peppol::check(invoice, judge),
            Self::XrechnungUbl | Self::XrechnungCii => xrechnung::check(invoice, Release::of(invoice), judge),
            Self::Xrechnung302Ubl | Self::Xrechnung302Cii => xrechnung::check(invoice, Release::of(invoice).later(), judge),
            Self::FacturXExtended => facturx::check(invoice, judge),
            Self::Strict => strict::check(judge),
        }
    }
}

/// The sets that the document answers to, most general first; none for a syntax without official rules.
pub fn rule_sets_of(invoice: &Invoice<'_>) -> Vec<RuleSet> {
    let (core, peppol, xrechnung) = match invoice.syntax {
        Syntax::UblInvoice | Syntax::UblCreditNote => (RuleSet::En16931Ubl, RuleSet::PeppolUbl, RuleSet::XrechnungUbl),
        Syntax::Cii => (RuleSet::En16931Cii, RuleSet::PeppolCii, RuleSet::XrechnungCii),
        Syntax::Zugferd1 => return vec![RuleSet::Strict],
    };
    match invoice.follows() {
        Specification::PeppolBis3 | Specification::PeppolSelfBilling => vec![core, peppol, RuleSet::Strict],
        Specification::Unknown if is_peppol_process(invoice) => vec![core, peppol, RuleSet::Strict],
        Specification::XRechnung | Specification::XRechnungExtension => vec![core, xrechnung, RuleSet::Strict],
        Specification::XRechnungVehicles => vec![core, later(xrechnung), RuleSet::Strict],
        Specification::FacturXExtended if core == RuleSet::En16931Cii => vec![core, RuleSet::FacturXExtended, RuleSet::Strict],
        _ => vec![core, RuleSet::Strict],
    }
}

/// The same with the next release of XRechnung, for whoever asks for it.
pub fn later_rule_sets_of(invoice: &Invoice<'_>) -> Vec<RuleSet> {
    let is_xrechnung = |set| matches!(set, RuleSet::XrechnungUbl | RuleSet::XrechnungCii);
    rule_sets_of(invoice).into_iter().map(|set| if is_xrechnung(set) { later(set) } else { set }).collect()
}

/// The set with the later release of XRechnung.
fn later(xrechnung: RuleSet) -> RuleSet {
    if xrechnung == RuleSet::XrechnungUbl { RuleSet::Xrechnung302Ubl } else { RuleSet::Xrechnung302Cii }
}

/// A document that does not say what it follows, but came for a process of Peppol (BT-23), answers to Peppol.
fn is_peppol_process(invoice: &Invoice<'_>) -> bool {
    let process = invoice.business_process.text().unwrap_or_default();
    invoice.specification.text().is_none() && process.starts_with(peppol::BILLING.name)
}

/// Whether what the document follows sets a rule aside on purpose: a reduced profile of Factur-X has no lines, EXTENDED and
/// the extension of XRechnung have sums of their own.
pub(super) fn is_set_aside(rule: &str, follows: Specification) -> bool {
    match follows {
        Specification::FacturXMinimum => {
            is_beside_factur_x(rule) || needs_lines(rule) || matches!(rule, "BR-10" | "BR-11" | "BR-12" | "BR-CO-18")
        }
        Specification::FacturXBasicWl => is_beside_factur_x(rule) || needs_lines(rule),
        // Terms beyond EN 16931 are what EXTENDED is for; no profile of Factur-X has the syntax rules of CII but the last ones.
        Specification::FacturXBasic => is_beside_factur_x(rule),
        Specification::FacturXExtended => is_beside_factur_x(rule) || is_replaced_in_extended(rule) || is_lifted_in_extended(rule),
        // A kind of classification of its own, judged by BR-TMP-CVD-01 instead.
        Specification::XRechnungVehicles => rule == "BR-CL-13",
        // Codes of its own, judged by BR-DEX-01 and BR-DEX-04 to BR-DEX-08 instead.
        Specification::XRechnungExtension => {
            matches!(rule, "BR-CL-10" | "BR-CL-11" | "BR-CL-21" | "BR-CL-24" | "BR-CL-25" | "BR-CL-26")
        }
        _ => false,
    }
}

/// The syntax rules of CII up to CII-SR-462 and the data type rules are no part of the rules of Factur-X's own profiles.
fn is_beside_factur_x(rule: &str) -> bool {
    let number = rule.strip_prefix("CII-SR-").and_then(|n| n.parse::<u32>().ok());
    rule.starts_with("CII-DT-") || number.is_some_and(|n| n < 463)
}

/// EXTENDED asks these under ids of its own, of the lines that count: others are headings and remarks without quantity or price.
fn is_replaced_in_extended(rule: &str) -> bool {
    matches!(rule, "BR-22" | "BR-23" | "BR-24" | "BR-26" | "BR-27" | "BR-28" | "BR-38" | "BR-44" | "BR-54")
        || matches!(rule, "BR-CO-04" | "BR-CO-22" | "BR-CO-24" | "BR-S-01" | "BR-Z-01" | "BR-E-01" | "BR-AE-01" | "BR-IC-01")
        || matches!(rule, "BR-G-01" | "BR-O-01" | "BR-AF-01" | "BR-AG-01")
}

/// EXTENDED lets what is not subject to VAT stand beside other categories, and any category give a reason for exemption.
fn is_lifted_in_extended(rule: &str) -> bool {
    matches!(rule, "BR-O-02" | "BR-O-03" | "BR-O-04" | "BR-O-11" | "BR-O-12" | "BR-O-13" | "BR-O-14")
        || matches!(rule, "BR-S-10" | "BR-Z-10" | "BR-AF-10" | "BR-AG-10")
}

/// There must be lines, or something must agree with their sum or their VAT categories: what BASIC WL of Factur-X leaves out.
fn needs_lines(rule: &str) -> bool {
    const CATEGORIES: &[&str] = &["S", "Z", "E", "AE", "IC", "G", "O", "AF", "AG", "B"];
    let of_category = rule.strip_prefix("BR-").and_then(|rest| rest.rsplit_once('-'));
    let is_of_category = of_category.is_some_and(|(c, n)| CATEGORIES.contains(&c) && matches!(n, "01" | "02" | "05" | "08" | "12"));
    matches!(rule, "BR-16" | "BR-CO-04" | "BR-CO-10") || is_of_category && !matches!(rule, "BR-IC-12")
}
