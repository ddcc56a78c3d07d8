//! Examples of every operation: one story of one company, told once for the OpenAPI document and played by a test.
//!
//! `$names` stand for ids. In the document each becomes an id of its own; who plays the story puts live ones in.

use quittance_domain::aggregate::derived_id;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One request of the story, and what it was answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    pub operation: String,
    /// The person who asks, by what they do.
    pub by: String,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub path: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub query: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Value>,
    /// A file among the samples, where the request is a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Absent where the answer is no JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Value>,
}

/// The scenes in the order in which they can be played.
pub fn story() -> serde_json::Result<Vec<Scene>> {
    serde_json::from_str(include_str!("story.json"))
}

/// `value` with every `$name` replaced by what it is called here.
pub fn named(value: &Value, name: &mut impl FnMut(&str) -> String) -> Value {
    match value {
        Value::String(text) if text.starts_with('$') => Value::String(name(text)),
        Value::Array(items) => items.iter().map(|item| named(item, name)).collect(),
        Value::Object(members) => Value::Object(members.iter().map(|(key, member)| (key.clone(), named(member, name))).collect()),
        other => other.clone(),
    }
}

/// The id that a `$name` has in the document.
pub fn id_of(name: &str) -> String {
    derived_id(&[b"example", name.as_bytes()]).to_string()
}
