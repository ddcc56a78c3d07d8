//! Factur-X EXTENDED: the rules of its own profile, as it publishes them.

use quittance_einvoice::rules::RuleSet;

use crate::compare::{Case, Comparison, mutants_of};
use crate::data;

const EXTENDED: Comparison =
    Comparison { ours: &[RuleSet::En16931Cii, RuleSet::FacturXExtended], official: "cii-extended", in_scope: is_held, known: KNOWN };

const KNOWN: &[(&str, &str)] = &[
    // It does not ask for the kind of tax.
    ("ApplicableTradeTax/TypeCode", "BR-47"),
    ("ApplicableTradeTax/TypeCode", "BR-48"),
    ("ApplicableTradeTax/TypeCode", "BR-CO-17"),
    // Where a term is missing that other rules ask for, a sum with it is broken for one side and not asked by the other.
    ("without CrossIndustryInvoice/SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement", "BR-CO-18"),
    ("without CrossIndustryInvoice/SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement/InvoiceCurrencyCode", "BR-FXEXT-CO-15"),
    ("SpecifiedTradeSettlementHeaderMonetarySummation/ChargeTotalAmount", "BR-FXEXT-CO-12"),
    ("ApplicableTradeTax/RateApplicablePercent", "BR-FXEXT-S08b"),
    // It looks for split payment in logistics services, too.
    ("SpecifiedLogisticsServiceCharge/AppliedTradeTax/CategoryCode", "BR-B-01"),
    ("SpecifiedLogisticsServiceCharge/AppliedTradeTax/CategoryCode", "BR-B-02"),
];

/// The profile asks for codes and for what may stand where under numbers of its own (FX-SCH-…), which are those of no rule of EN 16931.
fn is_held(rule: &str) -> bool {
    let is_of_codes = rule.starts_with("BR-CL-") || rule.starts_with("FX-") || rule == "BR-FXEXT-04" || rule == "BR-CO-25";
    // Which of the two sums of a category holds; whether one does is the rule's own affair.
    let is_of_one_sum = rule.ends_with("-08ini") || rule.ends_with("-08rev");
    let is_of_syntax = rule.starts_with("CII-") || rule.starts_with("PEPPOL-");
    !is_of_codes && !is_of_one_sum && !is_of_syntax
}

fn whole_documents() -> Vec<Case> {
    let files = data::files("facturx-2.4-examples/4. EXTENDED", ".xml");
    files.iter().map(|path| Case { name: data::name(path), document: String::from_utf8(data::bytes(path)).expect("UTF-8") }).collect()
}

fn mutants(name: &str) -> Vec<Case> {
    let chosen = whole_documents().into_iter().filter(|case| case.name.contains(name));
    let mutants = chosen.flat_map(|case| mutants_of(&case.name, &case.document).collect::<Vec<_>>());
    // One that no longer says what it follows answers to other rules.
    mutants.filter(|mutant| mutant.document.contains(">urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended<")).collect()
}

#[test]
fn whole_documents_give_the_same_verdicts() {
    EXTENDED.agrees_on(&whole_documents());
}

#[test]
fn mutants_give_the_same_verdicts() {
    EXTENDED.agrees_on(&mutants("EXTENDED_Kostenrechnung"));
}
