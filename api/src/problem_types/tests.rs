//! Every code that a caller can meet is documented: the codes are looked for in the sources themselves.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use super::problem_types;

fn sources(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.extension() {
            None if path.ends_with("tests") => vec![],
            None => sources(&path),
            Some(_) => vec![fs::read_to_string(path).unwrap()],
        })
        .collect()
}

fn sources_of(folder: &str) -> Vec<String> {
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder))
}

fn undocumented(codes: &[String]) -> Vec<&str> {
    codes.iter().map(String::as_str).filter(|code| !problem_types().any(|t| t.code == *code)).collect()
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for (index, c) in name.char_indices() {
        if c.is_uppercase() && index > 0 {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

/// The variants of every `enum …Refusal` that names its codes after them.
fn refusals(source: &str) -> Vec<String> {
    let mut codes = Vec::new();
    for part in source.split("#[strum(serialize_all = \"snake_case\")]\npub enum ").skip(1) {
        let Some((_, rest)) = part.split_once("Refusal {") else { continue };
        let body = rest.split("\n}").next().unwrap();
        let variants = body.lines().filter(|line| line.starts_with("    ") && line.as_bytes()[4].is_ascii_uppercase());
        codes.extend(variants.map(|line| snake(line.trim().split([' ', ',', '(', '{']).next().unwrap())));
    }
    codes
}

/// The text that begins right after each `marker`.
fn texts_after(source: &str, marker: &str) -> Vec<String> {
    let text = |rest: &str| rest.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()).map(str::to_owned);
    source.split(marker).skip(1).filter_map(text).collect()
}

/// What is unknown is answered as `not_found`, whatever it is.
fn names_a_rule(code: &str) -> bool {
    !code.ends_with("_unknown")
}

#[test]
fn every_refusal_of_the_domain_is_documented() {
    let codes: Vec<String> = sources_of("domain/src").iter().flat_map(|s| refusals(s)).filter(|code| names_a_rule(code)).collect();
    assert!(codes.len() > 60 && codes.contains(&"exceeds_open_amount".to_owned()), "the sources read otherwise: {codes:?}");
    assert_eq!(undocumented(&codes), Vec::<&str>::new());
}

#[test]
fn every_refusal_of_use_cases_and_routes_is_documented() {
    let mut codes: Vec<String> = sources_of("application/src").iter().flat_map(|s| texts_after(s, "Refused::new(")).collect();
    for source in sources_of("api/src") {
        let problems = source.split("Problem::new(").chain(source.split("Self::new(")).filter(|call| call.starts_with("StatusCode::"));
        codes.extend(problems.filter_map(|call| texts_after(call, ",").into_iter().next()));
    }
    // A code that is not written there comes from elsewhere, and what follows it is a title.
    codes.retain(|code| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
    assert!(codes.len() > 15 && codes.contains(&"idempotency_key_reused".to_owned()), "the sources read otherwise: {codes:?}");
    assert_eq!(undocumented(&codes), Vec::<&str>::new());
}

#[test]
fn every_unique_fact_that_can_be_taken_is_documented() {
    let mut codes = vec!["duplicate_invoice".to_owned()];
    for source in sources_of("domain/src") {
        codes.extend(source.split("Claim::of(").skip(1).filter_map(|call| texts_after(call.split(')').next()?, ", ").into_iter().next()));
    }
    assert!(codes.len() > 1, "{codes:?}");
    assert_eq!(undocumented(&codes), Vec::<&str>::new());
}

#[test]
fn every_refusal_of_document_readers_is_documented() {
    let sources = sources_of("infrastructure/einvoice/src");
    let refusal = sources.iter().find(|source| source.contains("Self::DoctypeForbidden")).unwrap();
    let codes = texts_after(refusal.split("fn code").nth(1).unwrap().split("\n    }").next().unwrap(), "=>");
    assert!(codes.len() > 10, "{codes:?}");
    assert_eq!(undocumented(&codes), Vec::<&str>::new());
}

#[test]
fn no_code_stands_twice() {
    let mut seen = HashSet::new();
    for row in problem_types() {
        assert!(seen.insert(row.code), "{}", row.code);
    }
}
