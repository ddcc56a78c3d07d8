//! Documents with what no invoice may have: every row of a table of syntax rules, put where its path says.

use roxmltree::{Document, Node};

use crate::compare::Case;

/// Few enough that a document stays one that the engine can judge.
const ROWS_PER_DOCUMENT: usize = 10;

const NAMESPACES: &str = concat!(
    r#"xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" "#,
    r#"xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" "#,
    r#"xmlns:ext="urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2" "#,
    r#"xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" "#,
    r#"xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100" "#,
    r#"xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100""#,
);

struct Row {
    rule: String,
    path: Vec<String>,
    attribute: Option<String>,
    /// A rule that allows one needs two.
    times: usize,
}

/// The base with some rows of the table put into it, for all rows in turn, and the rules of each.
pub fn of(base: &str, table: &str, place: fn(&str) -> String) -> Vec<(Case, Vec<String>)> {
    let rows: Vec<_> = table.lines().filter(|line| !line.starts_with('#')).map(|line| row(line, place)).collect();
    rows.chunks(ROWS_PER_DOCUMENT).map(|rows| with(base, rows)).collect()
}

fn row(line: &str, place: fn(&str) -> String) -> Row {
    let columns: Vec<_> = line.split('\t').collect();
    let [rule, _, check, context, path] = columns[..] else { panic!("{line}") };
    let whole = match (context, path) {
        (context, ".") => place(context),
        ("/", path) => place(path.trim_start_matches("//")),
        (context, path) => place(&format!("{context}/{path}")),
    };
    let attribute = check.split_once(':').filter(|(kind, _)| *kind == "bare").map(|(_, attribute)| attribute.into());
    let path = whole.trim_start_matches('/').split('/').map(Into::into).collect();
    let times = if check == "once" { 2 } else { 1 };
    match check.strip_prefix("nowhere:") {
        Some(attribute) => Row { rule: rule.into(), path: vec!["cbc:Note".into()], attribute: Some(attribute.into()), times },
        None => Row { rule: rule.into(), path, attribute, times },
    }
}

/// The base with pieces put into it: each the path of its parent and its text.
pub fn enriched(base: &str, pieces: &[(&str, &str)]) -> String {
    pieces.iter().fold(base.to_string(), |document, (path, piece)| {
        let path: Vec<_> = path.split('/').filter(|name| !name.is_empty()).map(Into::into).collect();
        put(&document, &path, |rest| if rest.is_empty() { (*piece).into() } else { panic!("no {rest:?} in the base") })
    })
}

fn with(base: &str, rows: &[Row]) -> (Case, Vec<String>) {
    let document = rows.iter().fold(base.to_string(), |document, row| (0..row.times).fold(document, |document, _| insert(&document, row)));
    let rules: Vec<_> = rows.iter().map(|row| row.rule.clone()).collect();
    (Case { name: rules.join(" "), document }, rules)
}

fn insert(text: &str, row: &Row) -> String {
    let attribute = row.attribute.as_ref().map(|attribute| format!(" {attribute}=\"x\"")).unwrap_or_default();
    let (leaf, groups) = row.path.split_last().expect("a name");
    put(text, groups, |rest| chain(&[rest, std::slice::from_ref(leaf)].concat(), &attribute, NAMESPACES))
}

/// Follows the path as far as the document goes, and puts there what shall be made of the rest.
fn put(text: &str, path: &[String], make: impl FnOnce(&[String]) -> String) -> String {
    let document = Document::parse(text).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let (mut at, mut rest) = (document.root_element(), path);
    while let [name, deeper @ ..] = rest {
        let has_room = |node: &Node<'_, '_>| !text[node.range()].ends_with("/>");
        let Some(next) = at.children().find(|child| is_named(*child, name) && has_room(child)) else { break };
        (at, rest) = (next, deeper);
    }
    let end = text[..at.range().end].rfind("</").unwrap_or_else(|| panic!("{path:?}: an element that ends"));
    format!("{}{}{}", &text[..end], make(rest), &text[end..])
}

fn is_named(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && name.split_once(':').is_some_and(|(_, local)| node.tag_name().name() == local)
}

fn chain(path: &[String], attribute: &str, namespaces: &str) -> String {
    match path {
        [] => String::new(),
        [leaf] => format!("<{leaf} {namespaces}{attribute}>1</{leaf}>"),
        [name, deeper @ ..] => format!("<{name} {namespaces}>{}</{name}>", chain(deeper, attribute, "")),
    }
}
