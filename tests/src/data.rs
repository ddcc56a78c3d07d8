//! Finds the real documents; without them a test fails and says so.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A file or folder of the data.
pub fn data(name: &str) -> PathBuf {
    let default = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data"));
    let root = std::env::var_os("QUITTANCE_DATA").map_or_else(default, PathBuf::from);
    assert!(root.is_dir(), "no documents at {}: set QUITTANCE_DATA to the folder that holds them", root.display());
    let path = root.join(name);
    assert!(path.exists(), "the documents lack {}", path.display());
    path
}

/// Every file below a folder of the data with one of these endings, in any case of letters; sorted, and never none.
pub fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let start = data(folder);
    let mut found = Vec::new();
    collect(&start, endings, &mut found);
    assert!(!found.is_empty(), "no {endings:?} in {}", start.display());
    found.sort();
    found
}

fn collect(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            collect(&path, endings, found);
        } else if endings.iter().any(|ending| path.to_string_lossy().to_ascii_lowercase().ends_with(ending)) {
            found.push(path);
        }
    }
}

/// What xmllint answers: its output, or its complaints where it was not satisfied.
pub fn xmllint(arguments: &[&str], file: &Path) -> Result<String, String> {
    let output = Command::new("xmllint").arg("--nonet").args(arguments).arg(file).output();
    let output = output.unwrap_or_else(|error| panic!("xmllint does not run ({error}); install it: apt-get install libxml2-utils"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}
