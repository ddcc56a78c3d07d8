//! Identifiers that others published as valid are accepted, and our registry table is the published one.

use std::path::PathBuf;

use quittance_domain::bank_account::{Bic, CreditorReference, Iban, bban_structure};
use quittance_domain::vat_id::is_plausible;

fn identifiers(file: &str) -> Vec<String> {
    let root = std::env::var_os("QUITTANCE_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")), PathBuf::from);
    let path = root.join("identifiers").join(file);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; set QUITTANCE_DATA to the folder of real documents", path.display()));
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

fn refused<T, E: std::fmt::Debug>(lines: &[String], parse: impl Fn(&str) -> Result<T, E>) -> Vec<(&String, E)> {
    assert!(lines.len() > 50, "the file holds too few lines to mean anything");
    lines.iter().filter_map(|line| parse(line).err().map(|refusal| (line, refusal))).collect()
}

#[test]
fn every_published_iban_is_accepted() {
    let lines = identifiers("iban.valid.txt");
    assert_eq!(refused(&lines, Iban::parse), []);
}

#[test]
fn every_published_bic_is_accepted() {
    let lines = identifiers("bic.valid.txt");
    assert_eq!(refused(&lines, Bic::parse), []);
}

#[test]
fn every_published_creditor_reference_is_accepted() {
    let lines = identifiers("iso11649.valid.txt");
    assert_eq!(refused(&lines, CreditorReference::parse), []);
}

#[test]
fn every_published_vat_identifier_is_plausible() {
    for file in ["eu_vat.valid.txt", "gb_vat.valid.txt"] {
        let lines = identifiers(file);
        assert!(lines.len() > 30, "{file} holds too few lines to mean anything");
        let refused: Vec<&String> = lines.iter().filter(|line| !is_plausible(line)).collect();
        assert_eq!(refused, Vec::<&String>::new(), "{file}");
    }
}

#[test]
fn our_registry_is_the_published_one() {
    let mut codes = 0;
    for line in identifiers("iban-registry.dat") {
        let (code, rest) = line.split_at(2);
        let bban = rest.split("bban=\"").nth(1).and_then(|tail| tail.split('"').next()).expect("a bban on each line");
        let ours = bban_structure(code).unwrap_or_else(|| panic!("{code} is missing"));
        assert_eq!(characters(ours.as_str()), characters(&bban.replace('!', "")), "{code}");
        codes += 1;
    }
    let ours = (b'A'..=b'Z').flat_map(|a| (b'A'..=b'Z').map(move |b| [a, b]));
    let ours = ours.filter(|code| bban_structure(std::str::from_utf8(code).expect("ASCII")).is_some()).count();
    assert_eq!(ours, codes, "we know a country that the registry does not");
}

/// `2n3n1a` and `5n1a` describe the same number: one class per character.
fn characters(structure: &str) -> String {
    let mut length = String::new();
    let mut classes = String::new();
    for c in structure.chars() {
        if c.is_ascii_digit() {
            length.push(c);
        } else {
            let count = std::mem::take(&mut length).parse().expect("a length before each class");
            classes.extend(std::iter::repeat_n(c, count));
        }
    }
    classes
}
