//! The API's description is what a generated client is made from: it is well-formed, and its examples keep to it.

use quittance_tests::json_schema::faults;
use serde_json::{Map, Value, json};

fn document() -> Value {
    quittance_api::openapi().expect("a description")
}

#[test]
fn every_example_keeps_to_its_schema() {
    let api = document();
    let mut checked = 0;
    let mut broken = Vec::new();
    for_each_object(&api, "", &mut |at, object| {
        let singles = object.get("schema").into_iter().flat_map(|schema| object.get("example").map(|example| (schema, example)));
        let named = object.get("examples").and_then(Value::as_object).into_iter().flatten();
        let named = object.get("schema").into_iter().flat_map(|schema| named.clone().map(move |(_, example)| (schema, &example["value"])));
        for (schema, example) in singles.chain(named) {
            checked += 1;
            broken.extend(faults(&api, schema, example).into_iter().map(|fault| format!("{at}{fault}")));
        }
    });
    assert!(checked > 500, "only {checked} examples");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_field_s_example_is_one() {
    let api = document();
    let mut broken = Vec::new();
    for_each_object(&api["components"]["schemas"], "", &mut |at, object| {
        let schema = json!(object);
        if let Some(example) = object.get("example").filter(|_| object.contains_key("type")) {
            broken.extend(faults(&api, &schema, example).into_iter().map(|fault| format!("{at}{fault}")));
        }
    });
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_reference_leads_somewhere_and_nothing_is_null() {
    let api = document();
    let mut broken = Vec::new();
    for_each_object(&api, "", &mut |at, object| {
        if let Some(name) = object.get("$ref").and_then(Value::as_str) {
            broken.extend(api.pointer(name.trim_start_matches('#')).is_none().then(|| format!("{at}: {name} leads nowhere")));
        }
        broken.extend(
            object
                .iter()
                .filter(|(name, value)| value.is_null() && !matches!(name.as_str(), "example" | "default"))
                .map(|(name, _)| format!("{at}/{name} is null")),
        );
    });
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// OpenAPI 3.1.0, 4.8.17: a generator refuses the whole document otherwise.
#[test]
fn every_answer_is_described() {
    let api = document();
    let mut answers = 0;
    for (path, operations) in api["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
                answers += 1;
                let described = answer.get("$ref").is_some() || answer["description"].as_str().is_some_and(|text| !text.is_empty());
                assert!(described, "{method} {path} {status} says nothing of itself");
            }
        }
    }
    assert!(answers > 3_000, "only {answers} answers");
}

/// Examples themselves are left out: what is in them is no description.
fn for_each_object<'v>(value: &'v Value, at: &str, told: &mut impl FnMut(&str, &'v Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            told(at, object);
            let described = object.iter().filter(|(name, value)| {
                let is_example = matches!(name.as_str(), "example" | "examples" | "default");
                !is_example || value.get("type").is_some() || value.get("$ref").is_some()
            });
            described.for_each(|(name, value)| for_each_object(value, &format!("{at}/{name}"), told));
        }
        Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| for_each_object(item, &format!("{at}/{index}"), told)),
        _ => {}
    }
}

#[test]
fn the_check_sees_what_is_wrong() {
    let api = json!({ "components": { "schemas": { "Line": { "type": "object", "required": ["line"], "additionalProperties": false,
        "properties": { "line": { "type": "integer", "minimum": 1 }, "on": { "type": ["string", "null"], "format": "date" } } } } } });
    let line = json!({ "$ref": "#/components/schemas/Line" });
    let lines = json!({ "type": "array", "items": line });
    let cases = [
        (json!([{ "line": 1, "on": null }]), 0),
        (json!([{ "line": 1, "on": "2026-02-30" }]), 1),
        (json!([{ "line": 0 }, { "line": "1" }]), 2),
        (json!([{ "number": 1 }]), 2),
        (json!({ "line": 1 }), 1),
    ];
    for (value, expected) in cases {
        assert_eq!(faults(&api, &lines, &value).len(), expected, "{value}");
    }
    let either = json!({ "oneOf": [line, { "type": "null" }] });
    assert_eq!([json!(null), json!({ "line": 2 }), json!("2")].map(|value| faults(&api, &either, &value).len()), [0, 0, 1]);
    assert_eq!(faults(&api, &json!({ "$ref": "#/components/schemas/Lines" }), &json!(1)).len(), 1);
}
