//! Every set of rules over an invoice that was read, whichever it answers to.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quittance_einvoice::rules::{RuleSet, validate};
use quittance_einvoice_formats::read;

const SETS: &[RuleSet] = &[
    RuleSet::En16931Ubl,
    RuleSet::En16931Cii,
    RuleSet::PeppolUbl,
    RuleSet::PeppolCii,
    RuleSet::XrechnungUbl,
    RuleSet::XrechnungCii,
    RuleSet::Xrechnung302Ubl,
    RuleSet::Xrechnung302Cii,
    RuleSet::FacturXExtended,
    RuleSet::Strict,
];

fuzz_target!(|bytes: &[u8]| {
    if let Ok(document) = read(bytes) {
        drop(validate(&document.invoice(), SETS));
    }
});
