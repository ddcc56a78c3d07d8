//! How a source file looks: it says in one sentence what it is, it is small, and nothing in it is unfinished.

use crate::tree::{CRATES, Source, all_sources, none, sources_of};

const LINES_MAX: usize = 400;
const UNFINISHED: [&str; 5] = [".unwrap()", "todo!(", "unimplemented!(", "dbg!(", "#[ignore"];
const VAGUE: [&str; 8] = ["util", "utils", "helper", "helpers", "common", "types", "misc", "shared"];

#[test]
fn shipped_code_neither_unwraps_nor_is_unfinished() {
    let unfinished = |line: &str| UNFINISHED.iter().any(|word| line.contains(word));
    none(sources_of(&CRATES).iter().flat_map(|s| s.offences(unfinished)).collect(), "unfinished");
}

#[test]
fn every_file_opens_with_a_sentence() {
    let silent = all_sources().into_iter().filter(|s| s.text.lines().count() > 3 && !s.text.starts_with("//! "));
    none(silent.map(|s| s.path).collect(), "does not say what it is");
}

#[test]
fn files_are_small() {
    let large = sources_of(&CRATES).into_iter().map(|s| (s.text.lines().count(), s.path)).filter(|(lines, _)| *lines > LINES_MAX);
    none(large.map(|(lines, path)| format!("{path}: {lines} lines")).collect(), "too large to read at once");
}

#[test]
fn no_file_or_folder_is_a_drawer() {
    let vague = |path: &str| path.trim_end_matches(".rs").split('/').any(|part| VAGUE.contains(&part));
    none(all_sources().into_iter().map(|s| s.path).filter(|p| vague(p)).collect(), "a name that says nothing");
}

#[test]
fn an_offence_is_seen_in_code_and_not_in_comments_or_tests() {
    let text = "//! A file.\nfn f() {\n    g().unwrap();\n    // never unwrap()\n}\n#[cfg(test)]\nmod tests { fn t() { g().unwrap(); } }\n";
    let source = Source { path: "a.rs".to_owned(), text: text.to_owned() };
    assert_eq!(source.offences(|line| line.contains("unwrap()")), ["a.rs:3: g().unwrap();"]);
}
