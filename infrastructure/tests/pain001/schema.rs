//! What we write validates against the official schemas, judged by xmllint.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use quittance_infrastructure::pain001::{Version, write};

use crate::{data, example, generated};

const FILES: usize = 120;

fn schemas(version: Version) -> &'static [&'static str] {
    match version {
        Version::V03 => &["pain.001/pain.001.001.03.xsd", "regional/pain.001.001.03.xsd"],
        Version::V09 => &["pain.001/pain.001.001.09.xsd"],
        Version::SwissV03 => &["regional/pain.001.001.03.ch.02.xsd"],
        Version::SwissV09 => &["pain.001/pain.001.001.09.xsd", "regional/pain.001.001.09.ch.03.xsd"],
        Version::GermanV002 => &["regional/pain.001.002.03.xsd"],
        Version::GermanV003 => &["regional/pain.001.003.03.xsd"],
    }
}

pub fn xmllint(schema: &Path, files: &[PathBuf]) -> Result<(), String> {
    let output = Command::new("xmllint").args(["--nonet", "--noout", "--schema"]).arg(schema).args(files).output();
    let output = output.unwrap_or_else(|error| {
        panic!("xmllint does not run ({error}); install it: apt-get install libxml2-utils, apk add libxml2-utils or dnf install libxml2")
    });
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

fn generated_files_validate(version: Version) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut runner = TestRunner::deterministic();
    let strategy = generated::file(version, 200);
    let files: Vec<PathBuf> = (0..FILES)
        .map(|number| {
            let file = strategy.new_tree(&mut runner).expect("a file").current();
            let written = write(&file, version).unwrap_or_else(|error| panic!("{version:?}: {error}\n{file:#?}"));
            let path = directory.path().join(format!("{number}.xml"));
            fs::write(&path, written.bytes).expect("room for a file");
            path
        })
        .collect();
    for schema in schemas(version) {
        if let Err(complaints) = xmllint(&data("iso20022-xsd").join(schema), &files) {
            let complaints: Vec<&str> = complaints.lines().filter(|line| !line.ends_with("validates")).take(10).collect();
            panic!("{version:?} against {schema}:\n{}", complaints.join("\n"));
        }
    }
}

#[test]
fn v03_validates() {
    generated_files_validate(Version::V03);
}

#[test]
fn v09_validates() {
    generated_files_validate(Version::V09);
}

#[test]
fn swiss_v03_validates() {
    generated_files_validate(Version::SwissV03);
}

#[test]
fn swiss_v09_validates() {
    generated_files_validate(Version::SwissV09);
}

#[test]
fn german_v002_validates() {
    generated_files_validate(Version::GermanV002);
}

#[test]
fn german_v003_validates() {
    generated_files_validate(Version::GermanV003);
}

/// The judge itself must be able to say no.
#[test]
fn a_broken_file_does_not_validate() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let written = write(&example::file(), Version::V09).expect("a file");
    let text = String::from_utf8(written.bytes).expect("UTF-8");
    let path = directory.path().join("broken.xml");
    fs::write(&path, text.replacen("<PmtMtd>TRF</PmtMtd>", "", 1)).expect("room for a file");
    let complaints = xmllint(&data("iso20022-xsd/pain.001/pain.001.001.09.xsd"), &[path]).expect_err("a missing payment method");
    assert!(complaints.contains("PmtMtd"), "{complaints}");
}
