//! A schema of the API's description is named as its type: two types of one name would be one schema, and one of them a lie.

use std::collections::BTreeMap;

use crate::tree::{CRATES, Source, none, sources_of};

#[test]
fn no_two_types_of_the_api_share_a_name() {
    let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in sources_of(&CRATES) {
        for name in schemas(&source) {
            named.entry(name).or_default().push(source.path.clone());
        }
    }
    assert!(named.len() > 500, "only {} types have a schema: the test looks in the wrong place", named.len());
    let shared = named.into_iter().filter(|(_, paths)| paths.len() > 1);
    none(shared.map(|(name, paths)| format!("{name}: {}", paths.join(", "))).collect(), "one name for two schemas");
}

/// The names of the types that derive a schema.
fn schemas(source: &Source) -> Vec<String> {
    let mut derived = false;
    let mut names = Vec::new();
    for (_, line) in source.code() {
        let line = line.trim();
        derived |= line.starts_with("#[") && line.contains("ToSchema");
        if let Some(name) = declared(line) {
            names.extend(derived.then(|| name.to_owned()));
            derived = false;
        }
    }
    names
}

fn declared(line: &str) -> Option<&str> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = words.iter().position(|word| matches!(*word, "struct" | "enum"))?;
    words.get(at + 1)?.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}

#[test]
fn a_schema_is_known_by_its_type() {
    let text = "#[derive(Debug, ToSchema)]\n#[serde(tag = \"kind\")]\npub struct PageOf<T: ToSchema> {\n}\nstruct Own;\n#[cfg_attr(feature = \"schema\", derive(utoipa::ToSchema))]\npub enum Kind {}\n";
    let source = Source { path: "a.rs".to_owned(), text: text.to_owned() };
    assert_eq!(schemas(&source), ["PageOf", "Kind"]);
}
