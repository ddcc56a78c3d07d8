//! One document written in other ways that XML allows says the same, so the same rules are broken in the same places.

use quittance_einvoice::rules::{Finding, rule_sets_of, validate};
use quittance_einvoice_formats::read;
use roxmltree::{Document, Node};

use crate::{data, rule_tests};

/// Every text in pieces: a comment, a character reference, a section, an instruction; every namespace under a prefix of its own.
fn rewritten(text: &str) -> String {
    let document = Document::parse(text.trim_start_matches('\u{feff}')).expect("XML");
    format!("<?xml version='1.0'?>\n<!-- the same -->{}\n", element(document.root_element()))
}

fn element(node: Node<'_, '_>) -> String {
    let (prefix, space) = match node.tag_name().namespace() {
        Some(uri) => ("x:", format!(" xmlns:x =\t'{uri}'")),
        None => ("", String::new()),
    };
    let name = node.tag_name().name();
    let attributes: Vec<_> = node.attributes().collect();
    let attributes: String =
        attributes.iter().rev().map(|attribute| written(attribute.name(), attribute.namespace(), attribute.value())).collect();
    let children = node.children().filter(Node::is_element);
    let inside: String = match node.children().any(|child| child.is_element()) {
        true => children.map(|child| format!("\r\n  <?layout?>{}", element(child))).collect(),
        false => pieces(&node.children().filter_map(|child| child.text().filter(|_| child.is_text())).collect::<String>()),
    };
    format!("<{prefix}{name}{attributes}{space}\n>{inside}</{prefix}{name} >")
}

fn written(name: &str, namespace: Option<&str>, value: &str) -> String {
    let value: String = value.chars().map(|character| format!("&#x{:x};", u32::from(character))).collect();
    match namespace {
        Some("http://www.w3.org/XML/1998/namespace") => format!(" xml:{name}='{value}'"),
        Some(uri) => format!("\n y:{name} = \"{value}\" xmlns:y='{uri}'"),
        None => format!("\t{name}='{value}'"),
    }
}

fn pieces(text: &str) -> String {
    let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
    let (first, second) = text.split_at(middle);
    let first: String = first.chars().map(|character| format!("&#{};", u32::from(character))).collect();
    // A carriage return is one only as a reference, and a section cannot hold its own end.
    match second.contains('\r') || second.contains("]]>") {
        true => format!("{first}<!-- - -->{}", second.chars().map(|character| format!("&#{};", u32::from(character))).collect::<String>()),
        false => format!("{first}<!-- - --><![CDATA[{second}]]><?end?>"),
    }
}

fn findings(text: &str) -> Vec<Finding> {
    let read = read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"));
    let invoice = read.invoice();
    validate(&invoice, &rule_sets_of(&invoice)).findings
}

#[test]
fn the_same_document_gets_the_same_report() {
    let folders = ["en16931/examples-ubl", "en16931/examples-cii", "peppol-bis3/examples", "xrechnung-testsuite", "facturx-2.4-examples"];
    let whole = folders.iter().flat_map(|folder| data::files(folder, ".xml"));
    let whole = whole.map(|path| (data::name(&path), String::from_utf8(data::bytes(&path)).expect("UTF-8")));
    let fragments = rule_tests::all().into_iter().step_by(5).map(|test| (test.name, test.document));
    let (mut judged, mut broken) = (0, 0);
    for (name, text) in whole.filter(|(_, text)| read(text.as_bytes()).is_ok()).chain(fragments) {
        let (once, again) = (findings(&text), findings(&rewritten(&text)));
        assert_eq!(once, again, "{name}");
        judged += 1;
        broken += once.len();
    }
    println!("{judged} documents, {broken} findings");
    assert!(judged > 200 && broken > 1000, "only {judged} documents and {broken} findings");
}
