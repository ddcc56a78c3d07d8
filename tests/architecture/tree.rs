//! The project's own sources, read from disk.

use std::fs;
use std::path::{Path, PathBuf};

/// Every crate that ships, by its folder.
pub const CRATES: [&str; 9] = [
    "domain",
    "domain/einvoice",
    "application",
    "infrastructure",
    "infrastructure/einvoice",
    "infrastructure/rails",
    "infrastructure/statements",
    "projections",
    "api",
];

/// One Rust source file.
pub struct Source {
    /// From the project's root, with forward slashes.
    pub path: String,
    pub text: String,
}

impl Source {
    /// The file without its tests and comments; a `tests.rs` is nothing but tests.
    pub fn code(&self) -> Vec<(usize, &str)> {
        if self.path.ends_with("/tests.rs") {
            return Vec::new();
        }
        let lines = self.text.lines().enumerate().map(|(i, line)| (i + 1, line));
        lines.take_while(|(_, line)| line.trim() != "#[cfg(test)]").filter(|(_, line)| !line.trim_start().starts_with("//")).collect()
    }

    /// `path:line` of every line of code that `forbidden` complains about.
    pub fn offences(&self, forbidden: impl Fn(&str) -> bool) -> Vec<String> {
        self.code().into_iter().filter(|(_, line)| forbidden(line)).map(|(n, line)| format!("{}:{n}: {}", self.path, line.trim())).collect()
    }
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the project's root")
}

/// The sources of these crates that ship.
pub fn sources_of(crates: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    for name in crates {
        let before = found.len();
        collect(&root().join(name).join("src"), &mut found);
        assert!(found.len() > before, "{name} has no sources: the test looks in the wrong place");
    }
    found
}

/// All sources of the project, tests and benchmarks included.
pub fn all_sources() -> Vec<Source> {
    let mut found = sources_of(&CRATES);
    let tests = CRATES.iter().map(|name| root().join(name).join("tests")).filter(|folder| folder.is_dir());
    tests.chain([root().join("tests")]).for_each(|folder| collect(&folder, &mut found));
    found
}

fn collect(folder: &Path, found: &mut Vec<Source>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = fs::read_to_string(&path).expect("a source");
            let path = path.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/");
            found.push(Source { path, text });
        }
    }
}

pub fn none(offences: Vec<String>, rule: &str) {
    assert!(offences.is_empty(), "{rule}:\n{}", offences.join("\n"));
}
