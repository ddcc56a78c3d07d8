//! The official rule tests as documents: small pieces of invoices, each with what one rule must say about it.

use std::path::Path;

use roxmltree::{Document, Node};

use crate::data;

pub struct RuleTest {
    /// Where it stands, for messages.
    pub name: String,
    /// Rules that must be silent.
    pub silent: Vec<String>,
    /// Rules that must be reported.
    pub reported: Vec<String>,
    /// How often the reported rule must be, if the test says so.
    #[allow(dead_code, reason = "some test programs do not count")]
    pub times: Option<usize>,
    /// The piece of an invoice, a document of its own.
    pub document: String,
}

const FOLDERS: &[&str] = &["en16931/unit-ubl-invoice", "en16931/unit-ubl-creditnote", "en16931/unit-cii", "peppol-bis3"];

pub fn all() -> Vec<RuleTest> {
    let files = FOLDERS.iter().flat_map(|folder| data::files(folder, ".xml"));
    files.filter(|path| data::name(path).contains("unit-")).flat_map(|path| of_file(&path)).collect()
}

impl RuleTest {
    /// Whether the test says anything about a rule.
    pub fn speaks_of(&self, rule: &str) -> bool {
        self.silent.iter().chain(&self.reported).any(|named| named == rule)
    }
}

fn of_file(path: &Path) -> Vec<RuleTest> {
    let text = String::from_utf8(data::bytes(path)).unwrap_or_else(|error| panic!("{}: {error}", data::name(path)));
    let text = text.trim_start_matches('\u{feff}');
    let set = Document::parse(text).unwrap_or_else(|error| panic!("{}: {error}", data::name(path)));
    let tests = set.root_element().children().filter(|node| node.has_tag_name_local("test"));
    tests.enumerate().filter_map(|(at, test)| rule_test(text, test, format!("{} test {}", data::name(path), at + 1))).collect()
}

fn rule_test(text: &str, test: Node<'_, '_>, name: String) -> Option<RuleTest> {
    let document = test.children().find(|node| node.is_element() && !node.has_tag_name_local("assert"))?;
    let assert = child(test, "assert");
    let mut reported = texts(assert, "error");
    reported.extend(texts(assert, "warning"));
    let reports = assert
        .into_iter()
        .flat_map(|node| node.children())
        .find(|child| child.has_tag_name_local("error") || child.has_tag_name_local("warning"));
    let times = reports.and_then(|node| node.attribute("number")?.parse().ok());
    Some(RuleTest { name, times, silent: texts(assert, "success"), reported, document: alone(text, document) })
}

/// The element's own text, with the namespaces that it inherits declared on it.
fn alone(text: &str, element: Node<'_, '_>) -> String {
    let own = &text[element.range()];
    let (start, rest) = own.split_at(own.find(|c: char| c.is_whitespace() || c == '>' || c == '/').expect("an end of the tag's name"));
    let tag = &own[..own.find('>').expect("an end of the tag")];
    let declarations = element.namespaces().filter_map(|space| {
        let attribute = space.name().map_or("xmlns".to_string(), |prefix| format!("xmlns:{prefix}"));
        let declared = tag.contains(&format!("{attribute}=")) || space.name() == Some("xml");
        (!declared).then(|| format!(" {attribute}=\"{}\"", space.uri()))
    });
    format!("{start}{}{rest}", declarations.collect::<String>())
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.has_tag_name_local(name))
}

fn texts(node: Option<Node<'_, '_>>, name: &str) -> Vec<String> {
    let children = node.into_iter().flat_map(|node| node.children()).filter(|child| child.has_tag_name_local(name));
    children.filter_map(|child| child.text()).map(|text| text.trim().to_string()).collect()
}

trait LocalName {
    fn has_tag_name_local(&self, name: &str) -> bool;
}

impl LocalName for Node<'_, '_> {
    fn has_tag_name_local(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}
