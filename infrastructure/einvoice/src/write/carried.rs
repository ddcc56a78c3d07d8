//! What a conversion loses: pieces of the source that the canonical invoice has no place for, and terms that read back differently.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use quittance_einvoice::value::{Value as _, decimal};
use quittance_einvoice::{CanonicalInvoice, Element, Invoice};
use serde::Serialize;
use serde_json::Value;

/// One thing that the written document says differently or not at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NotCarried {
    /// The canonical invoice has no place for this element of the source.
    NotCaptured { xpath: String, text: String },
    /// A term of the canonical invoice, by JSON pointer, as it was and as it reads back.
    Changed { term: String, before: Option<String>, after: Option<String> },
}

/// Of an element's text.
const SHOWN_CHARS: usize = 200;

/// Statements whose meaning is in the place of others, not in a value of their own.
const STRUCTURAL: &[&str] = &["cbc:ChargeIndicator", "cbc:DocumentTypeCode", "ram:TypeCode", "ram:ChargeIndicator", "cac:TaxScheme"];

/// Every piece of the source without a term, and every leaf whose text appears nowhere in the canonical invoice.
pub(super) fn not_captured(stated: &Invoice<'_>, invoice: &CanonicalInvoice) -> Vec<NotCarried> {
    let mut known = BTreeSet::new();
    collect(&json(invoice), &mut known);
    let unmapped: BTreeSet<_> = stated.unmapped.iter().map(|element| element.id()).collect();
    let mut lost = Vec::new();
    let mut waiting = vec![stated.outline.root()];
    while let Some(element) = waiting.pop() {
        let is_lost = unmapped.contains(&element.id()) || (!element.has_children() && !is_known(element, &known));
        if is_lost {
            lost.push(element);
        } else {
            waiting.extend(element.children());
        }
    }
    lost.sort_by_key(|element| element.id());
    lost.into_iter().map(|element| NotCarried::NotCaptured { xpath: element.xpath(), text: shown(element) }).collect()
}

/// Its text and that of everything in it, as far as a reader needs it to see what is meant.
fn shown(element: Element<'_>) -> String {
    let mut words: Vec<&str> = Vec::new();
    let mut waiting = vec![element];
    while let (Some(element), true) = (waiting.pop(), words.len() < SHOWN_CHARS) {
        words.extend(element.text().split_whitespace());
        let inner: Vec<_> = element.children().collect();
        waiting.extend(inner.into_iter().rev());
    }
    words.join(" ").chars().take(SHOWN_CHARS).collect()
}

fn is_known(element: Element<'_>, known: &BTreeSet<String>) -> bool {
    let parent = element.parent().map(|parent| parent.name()).unwrap_or_default();
    let is_structural = STRUCTURAL.contains(&element.name()) || STRUCTURAL.contains(&parent);
    let is_date = || NaiveDate::read(element).is_some_and(|day| known.contains(&key(&day.to_string())));
    is_structural || known.contains(&key(element.text())) || is_date() || text_is_known(element.text(), known)
}

/// Line by line, because several statements may have become lines of one text; UBL's subject of a note stands in front.
fn text_is_known(text: &str, known: &BTreeSet<String>) -> bool {
    let text = match text.strip_prefix('#').and_then(|rest| rest.split_once('#')) {
        Some((code, rest)) if code.len() == 3 => rest,
        _ => text,
    };
    text.lines().map(key).all(|line| line.is_empty() || known.contains(&line))
}

/// Canonical form and no blanks.
fn key(line: &str) -> String {
    match decimal(line.trim()) {
        Some(number) => number.normalize().to_string(),
        None => line.split_whitespace().collect(),
    }
}

fn collect(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.values().for_each(|value| collect(value, into)),
        Value::Array(values) => values.iter().for_each(|value| collect(value, into)),
        Value::String(text) => into.extend(text.lines().map(key)),
        _ => {}
    }
}

/// Every term that is not the same in both.
pub(super) fn changed(before: &CanonicalInvoice, after: &CanonicalInvoice) -> Vec<NotCarried> {
    let mut found = Vec::new();
    compare("", Some(&json(before)), Some(&json(after)), &mut found);
    found
}

fn compare(term: &str, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<NotCarried>) {
    match (before, after) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let names: BTreeSet<_> = a.keys().chain(b.keys()).collect();
            names.into_iter().for_each(|name| compare(&format!("{term}/{name}"), a.get(name), b.get(name), found));
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            (0..a.len().max(b.len())).for_each(|at| compare(&format!("{term}/{at}"), a.get(at), b.get(at), found));
        }
        _ if before == after => {}
        _ => found.push(NotCarried::Changed { term: term.into(), before: before.map(text), after: after.map(text) }),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Only text, numbers as text, lists and named fields: there is nothing in it that JSON cannot say.
fn json(invoice: &CanonicalInvoice) -> Value {
    serde_json::to_value(invoice).unwrap_or_default()
}
