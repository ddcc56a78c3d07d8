//! Peppol's rules against the official rule tests, whole documents and the official code lists.

#[path = "conformance/data.rs"]
mod data;
#[path = "conformance/rule_tests.rs"]
#[allow(dead_code, reason = "other test programs ask more of it")]
mod rule_tests;

use std::collections::{BTreeMap, BTreeSet};

use quittance_einvoice::rules::{Flag, PeppolList, Report, RuleSet, rule_sets_of, validate};
use quittance_einvoice_formats::{ReadInvoice, read};
use rule_tests::RuleTest;

/// The pieces of documents in the tests do not say that they follow Peppol.
fn report(test: &RuleTest) -> Report {
    let read = read(test.document.as_bytes()).unwrap_or_else(|error| panic!("{}: {error}", test.name));
    let set = if read.syntax().is_ubl() { RuleSet::PeppolUbl } else { RuleSet::PeppolCii };
    validate(&read.invoice(), &[set])
}

fn tests() -> impl Iterator<Item = RuleTest> {
    rule_tests::all().into_iter().filter(|test| test.name.starts_with("peppol-bis3/unit-"))
}

#[test]
fn the_official_tests_agree() {
    let (mut judged, mut wrong) = (0, Vec::new());
    for test in tests() {
        let report = report(&test);
        let named = test.silent.iter().map(|rule| (rule, false)).chain(test.reported.iter().map(|rule| (rule, true)));
        for (rule, expected) in named {
            judged += 1;
            let found = report.findings.iter().filter(|finding| finding.rule == *rule).count();
            let as_often = test.times.is_none_or(|times| !expected || found == times);
            if (found > 0) != expected || !as_often {
                wrong.push(format!("{}: {rule} {found} times, expected {expected} {:?}", test.name, test.times));
            }
        }
    }
    println!("{judged} expectations of the official Peppol tests, {} not met", wrong.len());
    assert!(judged > 250, "only {judged} expectations");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Rule and flag of one source, as the list of all official rules has them.
fn listed(source: &str) -> BTreeMap<String, Flag> {
    let table = String::from_utf8(data::bytes(&data::root().join("en16931/rules.tsv"))).expect("UTF-8");
    let rows = table.lines().filter_map(|line| line.split('\t').collect::<Vec<_>>().try_into().ok());
    let own = rows.filter(|row: &[&str; 4]| row[0] == source);
    own.map(|[_, rule, flag, _]| (rule.into(), if flag == "fatal" { Flag::Fatal } else { Flag::Warning })).collect()
}

/// For CII Peppol has two rules that the list, made of UBL's, does not have.
const OF_CII: &[&str] = &["PEPPOL-COMMON-R048", "PEPPOL-EN16931-R006"];

#[test]
fn flags_are_the_official_ones() {
    let listed = listed("peppol");
    let mut seen = BTreeSet::new();
    for finding in tests().flat_map(|test| report(&test).findings) {
        match listed.get(&finding.rule) {
            Some(flag) => assert_eq!(finding.flag, *flag, "{}", finding.rule),
            None => assert!(OF_CII.contains(&finding.rule.as_str()), "{} is no rule of Peppol", finding.rule),
        }
        seen.insert(finding.rule);
    }
    println!("{} of {} rules are broken by some official test", seen.len(), listed.len());
    assert!(seen.len() > 80, "only {} rules seen", seen.len());
}

fn held_by_its_own(document: &ReadInvoice) -> Report {
    let invoice = document.invoice();
    validate(&invoice, &rule_sets_of(&invoice))
}

/// Whole documents that are known to break rules: a part of the path, and the rules.
const INVALID: &[(&str, &[&str])] = &[("GR-base-example-TaxRepresentative.xml", &["BR-06"])];

#[test]
fn valid_documents_break_no_fatal_rule() {
    let mut judged = 0;
    for path in ["peppol-bis3/examples", "peppol-bis3/national-examples"].iter().flat_map(|folder| data::files(folder, ".xml")) {
        let document = read(&data::bytes(&path)).unwrap_or_else(|error| panic!("{}: {error}", data::name(&path)));
        let report = held_by_its_own(&document);
        assert!(report.sets.iter().any(|applied| applied.set == RuleSet::PeppolUbl), "{}: {:?}", data::name(&path), report.sets);
        let listed = INVALID.iter().find(|(part, _)| data::name(&path).contains(part)).map_or(&[][..], |(_, rules)| rules);
        let fatal: BTreeSet<_> = report.fatal().map(|finding| finding.rule.as_str()).collect();
        assert_eq!(fatal.into_iter().collect::<Vec<_>>(), listed, "{}", data::name(&path));
        judged += 1;
    }
    println!("{judged} whole documents");
    assert!(judged >= 5, "only {judged} documents");
}

/// The buyer writes the invoice: names and types of the process are others, the rules of the seller's country are not asked.
#[test]
fn self_billed_invoices_answer_to_their_own_process() {
    let billed = data::text("peppol-bis3/examples/vat-category-Z.xml");
    let self_billed = billed.replace("poacc:billing:", "poacc:selfbilling:");
    let typed = |code: &str| self_billed.replace(">380</cbc:InvoiceTypeCode>", &format!(">{code}</cbc:InvoiceTypeCode>"));
    for (document, broken) in [
        (typed("389"), &[][..]),
        (typed("380"), &["PEPPOL-EN16931-P0100"]),
        (typed("389").replace("selfbilling:01:1.0", "billing:01:1.0"), &["PEPPOL-EN16931-R007"]),
        (billed.replace(">380</cbc:InvoiceTypeCode>", ">389</cbc:InvoiceTypeCode>"), &["PEPPOL-EN16931-P0100"]),
    ] {
        let report = held_by_its_own(&read(document.as_bytes()).expect("readable"));
        assert!(report.sets.iter().any(|applied| applied.set == RuleSet::PeppolUbl), "{:?}", report.sets);
        assert_eq!(report.fatal().map(|finding| finding.rule.as_str()).collect::<Vec<_>>(), broken);
    }
}

#[test]
fn code_lists_are_the_official_ones() {
    let lists = [
        (PeppolList::Currencies, "ISO4217_2015"),
        (PeppolList::MediaTypes, "MimeCode"),
        (PeppolList::AllowanceReasons, "UNCL5189"),
        (PeppolList::ChargeReasons, "UNCL7161"),
        (PeppolList::TaxPoints, "UNCL2005"),
        (PeppolList::AddressSchemes, "eas"),
    ];
    for (list, file) in lists {
        let text = String::from_utf8(data::bytes(&data::root().join(format!("peppol-bis3/codelists/{file}.xml")))).expect("UTF-8");
        let document = roxmltree::Document::parse(&text).expect("XML");
        let ids = document.descendants().filter(|node| node.tag_name().name() == "Id").filter_map(|node| node.text());
        let official: BTreeSet<_> = ids.map(str::trim).collect();
        assert_eq!(list.codes().iter().copied().collect::<BTreeSet<_>>(), official, "{file}");
    }
}
