//! Documents with one thing wrong: an element taken away, doubled, emptied or garbled, an attribute taken away or garbled; and fragments.

use roxmltree::{Document, Node};

pub struct Mutant {
    /// What was done, for messages.
    pub name: String,
    pub document: String,
}

/// Everything that one change can do to a document, each kind of element once.
pub fn of(name: &str, text: &str) -> Vec<Mutant> {
    let document = Document::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut seen = std::collections::HashSet::new();
    let elements = document.root_element().descendants().filter(|node| node.is_element() && seen.insert(kind(*node)));
    elements.flat_map(|element| of_element(name, text, element)).collect()
}

fn of_element(name: &str, text: &str, element: Node<'_, '_>) -> Vec<Mutant> {
    let (range, at) = (element.range(), path(element));
    let mutant = |what: &str, range: std::ops::Range<usize>, with: &str| Mutant {
        name: format!("{name}: {what} {at}"),
        document: format!("{}{with}{}", &text[..range.start], &text[range.end..]),
    };
    let own = &text[range.clone()];
    let mut mutants = Vec::new();
    if element.parent_element().is_some() {
        mutants.push(mutant("without", range.clone(), ""));
        mutants.push(mutant("twice", range, &format!("{own}{own}")));
        mutants.push(Mutant { name: format!("{name}: alone {at}"), document: alone(text, element) });
    }
    if let Some(value) = element.children().find(|child| child.is_text()).filter(|_| !element.children().any(|child| child.is_element())) {
        let garbled = garbled(value.text().unwrap_or_default());
        mutants.push(mutant("empty", value.range(), ""));
        mutants.extend(garbled.iter().map(|other| mutant(&format!("{other:?} in"), value.range(), other)));
    }
    for attribute in element.attributes() {
        mutants.push(mutant(&format!("without {} of", attribute.name()), attribute.range(), ""));
        mutants.push(mutant(&format!("garbled {} of", attribute.name()), attribute.range_value(), "xyz"));
    }
    mutants
}

/// Nothing but the element and what it stands in.
fn alone(text: &str, element: Node<'_, '_>) -> String {
    let groups: Vec<_> = element.ancestors().skip(1).filter(|node| node.is_element()).collect();
    let opened = groups.iter().rev().map(|group| &text[group.range().start..group.first_child().map_or(0, |child| child.range().start)]);
    let closed = groups.iter().map(|group| &text[group.last_child().map_or(0, |child| child.range().end)..group.range().end]);
    opened.chain([&text[element.range()]]).chain(closed).collect()
}

/// What a value may wrongly be; numbers stay numbers, since the official engine refuses anything else outright.
fn garbled(value: &str) -> Vec<String> {
    let is_number = value.trim().parse::<f64>().is_ok();
    match is_number {
        _ if CATEGORIES.contains(&value) => CATEGORIES.iter().filter(|other| **other != value).map(|other| other.to_string()).collect(),
        // Blanks around these split the official rules among themselves.
        _ if matches!(value, "true" | "false" | "VAT") => vec![if value == "true" { "false" } else { "true" }.into()],
        true => vec![format!("{value}1"), format!("-1{value}"), "0".into(), "0.125".into()],
        false => vec![format!(" {value} "), "xyz".into()],
    }
}

/// A category may also be another.
const CATEGORIES: [&str; 10] = ["S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B"];

/// The path, and what allowances, charges and referenced documents on it say that they are.
fn kind(element: Node<'_, '_>) -> String {
    let tells = |node: &Node<'_, '_>| matches!(node.tag_name().name(), "ChargeIndicator" | "TypeCode");
    let told = element
        .ancestors()
        .flat_map(|node| node.children().filter(tells))
        .map(|node| node.descendants().filter_map(|node| node.text()).collect());
    format!("{} {:?}", path(element), told.collect::<Vec<String>>())
}

fn path(element: Node<'_, '_>) -> String {
    let names: Vec<_> = element.ancestors().filter(|node| node.is_element()).map(|node| node.tag_name().name()).collect();
    names.into_iter().rev().collect::<Vec<_>>().join("/")
}
