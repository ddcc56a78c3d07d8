//! Finds the documents; without them a test fails and says so.

use std::path::{Path, PathBuf};

pub fn root() -> PathBuf {
    let root = std::env::var_os("QUITTANCE_DATA").map_or_else(default_root, PathBuf::from);
    assert!(root.is_dir(), "no test documents at {}: set QUITTANCE_DATA to the folder that holds them", root.display());
    root
}

fn default_root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"))
}

/// Every file below a folder of the data whose name ends so, in any case of letters; sorted, and never none.
pub fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let start = root().join(folder);
    let mut found = Vec::new();
    collect(&start, &ending.to_ascii_lowercase(), &mut found);
    assert!(!found.is_empty(), "no {ending} files in {}", start.display());
    found.sort();
    found
}

fn collect(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            collect(&path, ending, found);
        } else if path.to_string_lossy().to_ascii_lowercase().ends_with(ending) {
            found.push(path);
        }
    }
}

pub fn bytes(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A document by its name, without the mark that some begin with.
#[allow(dead_code, reason = "not every test binary asks for one by name")]
pub fn text(name: &str) -> String {
    let text = String::from_utf8(bytes(&root().join(name))).unwrap_or_else(|error| panic!("{name}: {error}"));
    text.trim_start_matches('\u{feff}').to_string()
}

/// The path as the data's README names it.
#[allow(dead_code, reason = "not every test binary prints names")]
pub fn name(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
