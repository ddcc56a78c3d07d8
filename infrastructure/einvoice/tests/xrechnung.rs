//! XRechnung's rules against complete invoices with one seeded fault each, and against the official test suite.

#[path = "conformance/data.rs"]
mod data;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use quittance_einvoice::rules::{Flag, Report, RuleSet, rule_sets_of, validate};
use quittance_einvoice_formats::read;

fn report(path: &Path) -> Option<Report> {
    let read = read(&data::bytes(path)).ok()?;
    let invoice = read.invoice();
    Some(validate(&invoice, &rule_sets_of(&invoice)))
}

/// What a generated invoice claims: rules that must be reported, or must not.
#[derive(Default)]
struct Claims {
    reported: Vec<String>,
    silent: Vec<String>,
}

/// The instruction behind this comment is the one that the invoice was made by.
const ACTIVE: &str = "This is the active mutation configuration";

fn claims(text: &str) -> Claims {
    let Some((_, behind)) = text.split_once(ACTIVE) else { return Claims::default() };
    let instruction = behind.split_once("<?xmute").and_then(|(_, rest)| rest.split_once("?>")).map_or("", |(instruction, _)| instruction);
    let ids = |name: &str| {
        let list = instruction.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split_once('"')).map_or("", |(list, _)| list);
        list.split([' ', ',']).filter_map(|id| id.split_once(':')).map(|(_, rule)| rule.to_string()).collect()
    };
    Claims { reported: ids("schematron-invalid"), silent: ids("schematron-valid") }
}

#[test]
fn every_claim_holds() {
    let (mut judged, mut rules, mut wrong) = (0, BTreeSet::new(), Vec::new());
    for path in data::files("xrechnung-generated-3.0.1", ".xml") {
        let claims = claims(std::str::from_utf8(&data::bytes(&path)).expect("UTF-8"));
        // Some are not XML at all, which another test sees to.
        let Some(report) = report(&path) else { continue };
        let named = claims.silent.iter().map(|rule| (rule, false)).chain(claims.reported.iter().map(|rule| (rule, true)));
        for (rule, expected) in named {
            judged += 1;
            rules.insert(rule.clone());
            if report.names(rule) != expected {
                wrong.push(format!("{}: {rule}, expected {expected}", data::name(&path)));
            }
        }
    }
    println!("{judged} claims about {} rules, {} not met", rules.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(judged > 420, "only {judged} claims");
}

/// Fatal rules that come with a fault by its nature, beside the one that is claimed: claimed, and also broken.
const CONSEQUENCES: &[(&str, &[&str])] = &[];

#[test]
fn no_other_fatal_rule_is_broken() {
    let (mut judged, mut unexpected) = (0, BTreeMap::<String, Vec<String>>::new());
    for path in data::files("xrechnung-generated-3.0.1", ".xml") {
        let claims = claims(std::str::from_utf8(&data::bytes(&path)).expect("UTF-8"));
        let Some(report) = report(&path) else { continue };
        judged += 1;
        let known = |rule: &str| {
            let of = |claimed: &String| CONSEQUENCES.iter().any(|(id, rules)| id == claimed && rules.contains(&rule));
            claims.reported.iter().any(|claimed| claimed == rule || of(claimed))
        };
        for finding in report.fatal().filter(|finding| !known(&finding.rule)) {
            unexpected.entry(finding.rule.clone()).or_default().push(data::name(&path));
        }
    }
    println!("{judged} generated invoices");
    assert!(unexpected.is_empty(), "{unexpected:#?}");
}

#[test]
fn the_test_suite_breaks_no_fatal_rule() {
    let mut judged = 0;
    for path in data::files("xrechnung-testsuite", ".xml") {
        let report = report(&path).unwrap_or_else(|| panic!("{}", data::name(&path)));
        let of_xrechnung = |set| matches!(set, RuleSet::XrechnungUbl | RuleSet::XrechnungCii);
        assert!(report.sets.iter().any(|applied| of_xrechnung(applied.set)), "{}: {:?}", data::name(&path), report.sets);
        let fatal: Vec<_> = report.fatal().collect();
        assert!(fatal.is_empty(), "{}: {fatal:#?}", data::name(&path));
        judged += 1;
    }
    println!("{judged} invoices of the test suite");
    assert!(judged > 35, "only {judged} invoices");
}

/// Rules of the list are held with its flag; what is not listed is a rule of this release that the list lacks.
#[test]
fn flags_are_the_official_ones() {
    const UNLISTED: &[&str] = &["BR-TMP-1", "BR-DEX-15", "PEPPOL-EN16931-R043-1", "PEPPOL-EN16931-R043-2"];
    let table = String::from_utf8(data::bytes(&data::root().join("en16931/rules.tsv"))).expect("UTF-8");
    let rows = table.lines().filter_map(|line| line.split('\t').collect::<Vec<_>>().try_into().ok());
    let listed: BTreeMap<_, _> = rows.filter(|row: &[&str; 4]| row[0] == "xrechnung-3.0.1").map(|[_, rule, flag, _]| (rule, flag)).collect();
    let mut seen = BTreeSet::new();
    for report in data::files("xrechnung-generated-3.0.1", ".xml").iter().filter_map(|path| report(path)) {
        let own = |set| matches!(set, RuleSet::XrechnungUbl | RuleSet::XrechnungCii);
        for finding in report.findings.into_iter().filter(|finding| own(finding.set)) {
            let flag = if finding.flag == Flag::Fatal { "fatal" } else { "warning" };
            match listed.get(finding.rule.as_str()) {
                Some(official) => assert_eq!(flag, *official, "{}", finding.rule),
                None => assert!(UNLISTED.contains(&finding.rule.as_str()), "{} is no rule of XRechnung", finding.rule),
            }
            seen.insert(finding.rule);
        }
    }
    println!("{} of {} rules are broken by some generated invoice", seen.len(), listed.len());
    assert!(seen.len() > 45, "only {} rules seen", seen.len());
}
