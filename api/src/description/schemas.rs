//! What the schemas say beyond the types that they are made from: how long texts may be that are sent to us, and that
//! what is laid into a wider object is open to that object's other fields.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{has_type, members};
use crate::limits;

const SCHEMAS: &str = "#/components/schemas/";

pub fn complete(api: &mut Value) {
    let sent = sent(api);
    let closed: BTreeMap<String, Value> = members(&mut api["components"]["schemas"])
        .filter(|(_, s)| s["additionalProperties"] == false)
        .map(|(n, s)| (n.clone(), s.clone()))
        .collect();
    for (name, schema) in members(&mut api["components"]["schemas"]) {
        open_parts(schema, &closed);
        if sent.contains(name) {
            state_limits(schema);
        }
    }
}

/// The schemas of what is sent to us, by name: an answer's texts can be longer.
fn sent(api: &Value) -> BTreeSet<String> {
    let operations = api["paths"].as_object().into_iter().flatten().flat_map(|(_, item)| item.as_object().into_iter().flatten());
    let mut left: Vec<&Value> = operations.filter_map(|(_, operation)| operation.get("requestBody")).collect();
    let mut found = BTreeSet::new();
    while let Some(value) = left.pop() {
        match value {
            Value::Object(object) => left.extend(object.values()),
            Value::Array(items) => left.extend(items),
            Value::String(text) => {
                let Some(name) = text.strip_prefix(SCHEMAS) else { continue };
                if found.insert(name.to_owned()) {
                    left.extend(api["components"]["schemas"].get(name));
                }
            }
            _ => {}
        }
    }
    found
}

/// A part that knows no other fields than its own would refuse those of the whole: the whole gets an open copy of it.
fn open_parts(schema: &mut Value, closed: &BTreeMap<String, Value>) {
    for part in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        let named = part["$ref"].as_str().and_then(|name| closed.get(name.strip_prefix(SCHEMAS)?));
        if let Some(mut open) = named.cloned() {
            open.as_object_mut().map(|object| object.remove("additionalProperties"));
            *part = open;
        }
    }
    match schema {
        Value::Object(object) => object.values_mut().for_each(|value| open_parts(value, closed)),
        Value::Array(items) => items.iter_mut().for_each(|value| open_parts(value, closed)),
        _ => {}
    }
}

/// How long each text may be, wherever its field stands.
fn state_limits(schema: &mut Value) {
    for (field, property) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        state_limit(field, property);
        property.get_mut("items").into_iter().for_each(|items| state_limit(field, items));
    }
    for kind in ["oneOf", "allOf", "anyOf"] {
        schema.get_mut(kind).and_then(Value::as_array_mut).into_iter().flatten().for_each(state_limits);
    }
}

fn state_limit(field: &str, property: &mut Value) {
    let text = has_type(property, "string");
    if text && property.get("format").is_none() && property.get("enum").is_none() && !limits::is_decimal(field) {
        property["maxLength"] = json!(limits::longest(field));
    }
}
