//! The domain is pure: no clock, no randomness, no files, no runtime, and no money in floats.

use std::fs;
use std::path::{Path, PathBuf};

const FORBIDDEN: [&str; 12] =
    ["Utc::now", "Local::now", "SystemTime", "Instant", "now_v7", "new_v4", "std::fs", "std::net", "std::env", "tokio", "f32", "f64"];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("a directory entry").path());
    paths.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// Whether `word` stands in `line` as a whole word, outside a comment.
fn says(line: &str, word: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let part_of_a_name = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    code.match_indices(word)
        .any(|(at, _)| !part_of_a_name(code[..at].chars().next_back()) && !part_of_a_name(code[at + word.len()..].chars().next()))
}

#[test]
fn nothing_below_the_edge_asks_the_world() {
    let sources = sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
    assert!(sources.len() > 30, "only {} sources found", sources.len());
    let mut impure = Vec::new();
    for path in sources {
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for (number, line) in text.lines().enumerate() {
            let found = FORBIDDEN.iter().filter(|word| says(line, word));
            impure.extend(found.map(|word| format!("{}:{}: {word}", path.display(), number + 1)));
        }
    }
    assert!(impure.is_empty(), "{}", impure.join("\n"));
}

#[test]
fn the_search_finds_what_it_looks_for() {
    assert!(says("let at = Utc::now();", "Utc::now"));
    assert!(says("fn rate() -> f64 {", "f64"));
    assert!(!says("// never an f64", "f64"));
    assert!(!says("let buf64 = 1;", "f64"));
    assert!(!says("let f64_like = 1;", "f64"));
}
