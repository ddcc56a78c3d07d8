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

/// What else some of the invoices break, by parts of their names: rules newer than they are, and what follows from the fault.
const BESIDES: &[(&str, &[&str])] = &[
    ("BR-02", &["cii-peppol-en16931-r008"]),
    ("BR-25", &["cii-peppol-en16931-r008"]),
    ("BR-48", &["br-de-14"]),
    ("BR-50", &["cii-br-de-19-iban"]),
    ("BR-53", &["peppol-en16931-r005", "peppol-en16931-r054"]),
    ("BR-61", &["br-de-23-test-bg-17"]),
    ("BR-62", &["peppol-en16931-r020"]),
    ("BR-63", &["peppol-en16931-r010"]),
    ("BR-CL-01", &["br-de-17", "paymentmeans"]),
    ("BR-CL-18", &["cii-peppol-en16931-r008"]),
    ("BR-CL-19", &["cii-peppol-en16931-r043"]),
    ("BR-CL-20", &["peppol-en16931-r043"]),
    ("BR-CO-11", &["cii-peppol-en16931-r043"]),
    ("BR-CO-12", &["cii-peppol-en16931-r043"]),
    ("BR-CO-14", &["cii-peppol-en16931-r008"]),
    ("BR-CO-15", &["peppol-en16931-r053"]),
    ("BR-CO-17", &["br-de-14", "cii-peppol-en16931-r008"]),
    ("BR-CO-18", &["peppol-en16931-r053"]),
    ("BR-DE-1", &["ubl-inv-br-de-18-test-no-newline-last-note"]),
    ("BR-DE-14", &["ubl-inv-br-de-19-iban", "ubl-inv-paymentmeans"]),
    ("BR-DE-23-a", &["cii-br-de-30-31"]),
    ("BR-DE-23-b", &["ubl-inv-contact"]),
    ("BR-DE-25-a", &["peppol-en16931-r061"]),
    ("BR-DE-25-b", &["ubl-inv-br-de-20-paymentmeans-code59"]),
    ("BR-DE-30", &["ubl-inv-br-de-20-paymentmeans-code59", "br-de-23-test-bg-17-with-bg-19", "br-de-25-test-bg-19-with"]),
    ("BR-DE-31", &["cii-br-de-23-test-bg-17-with-bg-19"]),
    ("BR-DEC-15", &["cii-peppol-en16931-r054"]),
    ("BR-DEX-09", &["br-dex-11", "br-dex-12"]),
    ("BR-DEX-14", &["br-dex-11"]),
    ("BR-E-08", &["cii-peppol-en16931-r043"]),
    ("BR-S-01", &["peppol-en16931-r053"]),
    ("BR-S-08", &["cii-peppol-en16931-r008", "peppol-en16931-r053"]),
    ("BR-S-09", &["br-de-14", "cii-peppol-en16931-r008"]),
    ("CII-SR-461", &["cii-peppol-en16931-"]),
    ("CII-SR-470", &["cii-br-de-23-test-bg-17", "cii-br-de-30-31"]),
    // What is removed or emptied leaves an element without content.
    ("PEPPOL-EN16931-R008", &["cii-br-de-19-iban", "br-de-30-31", "cii-br-de-7", "br-dex-11", "br-dex-12", "ubl-inv-contact"]),
    ("PEPPOL-EN16931-R008", &["cii-peppol-en16931-r010", "cii-peppol-en16931-r020", "peppol-en16931-r043"]),
    ("PEPPOL-EN16931-R054", &["peppol-en16931-r053"]),
    ("PEPPOL-EN16931-R055", &["peppol-en16931-r054"]),
    ("PEPPOL-EN16931-R120", &["peppol-en16931-r121"]),
    ("UBL-SR-53", &["ubl-cn-"]),
];

#[test]
fn no_other_fatal_rule_is_broken() {
    let (mut judged, mut unexpected) = (0, BTreeMap::<String, BTreeSet<String>>::new());
    for path in data::files("xrechnung-generated-3.0.1", ".xml") {
        let (name, claims) = (data::name(&path), claims(std::str::from_utf8(&data::bytes(&path)).expect("UTF-8")));
        let Some(report) = report(&path) else { continue };
        judged += 1;
        let is_listed = |rule: &str| BESIDES.iter().any(|(id, parts)| *id == rule && parts.iter().any(|part| name.contains(part)));
        for finding in report.fatal().filter(|finding| !claims.reported.contains(&finding.rule) && !is_listed(&finding.rule)) {
            unexpected.entry(finding.rule.clone()).or_default().insert(name.clone());
        }
    }
    println!("{judged} generated invoices");
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    assert!(judged > 480, "only {judged} invoices");
}

/// Other people's invoices, of this and older releases: each answers to the release that it names.
const ELSEWHERE: &[(&str, &[&str])] = &[
    // Has an empty element, which the release allows no more.
    ("XRECHNUNG_Elektron.ubl.xml", &["PEPPOL-EN16931-R008"]),
];

#[test]
fn invoices_answer_to_their_own_release() {
    let (mut judged, mut releases) = (0, BTreeSet::new());
    let files = ["facturx-2.4-examples", "zugferd-corpus"].into_iter().flat_map(|folder| [(folder, ".xml"), (folder, ".pdf")]);
    for path in files.flat_map(|(folder, ending)| data::files(folder, ending)) {
        let Some(report) = report(&path) else { continue };
        let own = |set| matches!(set, RuleSet::XrechnungUbl | RuleSet::XrechnungCii);
        let Some(applied) = report.sets.iter().find(|applied| own(applied.set)) else { continue };
        judged += 1;
        releases.insert(applied.version.clone());
        let listed = ELSEWHERE.iter().find(|(part, _)| data::name(&path).contains(part)).map_or(&[][..], |(_, rules)| rules);
        let fatal: BTreeSet<_> = report.fatal().filter(|finding| own(finding.set)).map(|finding| finding.rule.as_str()).collect();
        assert_eq!(fatal.into_iter().collect::<Vec<_>>(), listed, "{} {}", data::name(&path), applied.version);
    }
    println!("{judged} invoices of {releases:?}");
    assert!(releases.len() >= 3, "{releases:?}");
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
    let listed: BTreeMap<_, _> =
        rows.filter(|row: &[&str; 4]| row[0] == "xrechnung-3.0.1").map(|[_, rule, flag, _]| (rule, flag)).collect();
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
