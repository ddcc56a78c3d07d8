//! What every refusal owes whoever sent the request: asked of each one that a test provokes, whatever the test is about.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use serde_json::Value;

/// The fields of each request that takes JSON, by its path.
static FIELDS: LazyLock<HashMap<String, BTreeSet<String>>> = LazyLock::new(|| {
    let api = quittance_api::openapi().expect("a description");
    let paths = api["paths"].as_object().into_iter().flatten();
    let fields = paths.filter_map(|(path, item)| {
        let schema = &item["post"]["requestBody"]["content"]["application/json"]["schema"];
        Some((path.clone(), fields_of(&api, schema)?))
    });
    fields.collect()
});

/// Of every form that it may have; nothing where it is no object.
fn fields_of(api: &Value, schema: &Value) -> Option<BTreeSet<String>> {
    if let Some(reference) = schema["$ref"].as_str() {
        return fields_of(api, api.pointer(reference.strip_prefix('#')?)?);
    }
    let own = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
    let forms = ["allOf", "oneOf", "anyOf"].into_iter().flat_map(|of| schema[of].as_array().into_iter().flatten());
    let all: BTreeSet<String> = own.chain(forms.filter_map(|form| fields_of(api, form)).flatten()).collect();
    (!all.is_empty()).then_some(all)
}

/// Each pointer of a problem leads into what was sent, or to a field that could have been.
pub fn points_into_the_request(path: &str, body: &Value, problem: &Value) {
    let errors = problem["errors"].as_array().into_iter().flatten();
    for pointer in errors.filter_map(|error| error["pointer"].as_str()) {
        let leads = body.pointer(pointer).is_some() || is_field(path, body, pointer);
        assert!(leads, "{pointer} leads nowhere in {body}, posted to {path}: {problem}");
    }
}

fn is_field(path: &str, body: &Value, pointer: &str) -> bool {
    let Some((parent, name)) = pointer.rsplit_once('/') else { return false };
    if !parent.is_empty() {
        return body.pointer(parent).is_some();
    }
    let path = path.split('?').next().unwrap_or(path);
    FIELDS.iter().any(|(template, fields)| fits(template, path) && fields.contains(name))
}

fn fits(template: &str, path: &str) -> bool {
    let (wanted, given): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    wanted.len() == given.len() && wanted.iter().zip(given).all(|(wanted, given)| wanted.starts_with('{') || *wanted == given)
}
