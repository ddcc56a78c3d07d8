//! JSON Schema 2020-12, as much of it as our API's description uses: anything else is a fault, so that nothing passes
//! because it was not looked at.

use chrono::{DateTime, NaiveDate};
use serde_json::Value;
use uuid::Uuid;

/// What is said about a value and not checked.
const WORDS: [&str; 6] = ["description", "example", "examples", "default", "title", "deprecated"];

/// Every place of `value` that breaks `schema`, whose references lead into `document`.
pub fn faults(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    Judge { document }.judge(schema, value, "", &mut faults);
    faults
}

struct Judge<'d> {
    document: &'d Value,
}

impl Judge<'_> {
    fn judge(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        let rules = match schema {
            Value::Object(rules) => rules,
            Value::Bool(true) => return,
            _ => return faults.push(format!("{at}: {schema} lets nothing through")),
        };
        for (rule, said) in rules.iter().filter(|(rule, _)| !WORDS.contains(&rule.as_str())) {
            match rule.as_str() {
                "$ref" => match self.document.pointer(said.as_str().expect("a name").trim_start_matches('#')) {
                    Some(schema) => self.judge(schema, value, at, faults),
                    None => faults.push(format!("{at}: {said} leads nowhere")),
                },
                "allOf" => parts(said).iter().for_each(|part| self.judge(part, value, at, faults)),
                "oneOf" if self.matching(said, value) != 1 => {
                    faults.push(format!("{at}: {value} fits {} of {said}", self.matching(said, value)))
                }
                "anyOf" if self.matching(said, value) == 0 => faults.push(format!("{at}: {value} fits none of {said}")),
                "items" => {
                    let items = value.as_array().into_iter().flatten().enumerate();
                    items.for_each(|(index, item)| self.judge(said, item, &format!("{at}/{index}"), faults));
                }
                "properties" => {
                    for (name, schema) in said.as_object().expect("properties") {
                        value.get(name).into_iter().for_each(|field| self.judge(schema, field, &format!("{at}/{name}"), faults));
                    }
                }
                "additionalProperties" => {
                    for (name, field) in value.as_object().into_iter().flatten() {
                        if rules.get("properties").is_none_or(|known| known.get(name).is_none()) {
                            self.judge(said, field, &format!("{at}/{name}"), faults);
                        }
                    }
                }
                "propertyNames" => {
                    let names = value.as_object().into_iter().flatten();
                    names.for_each(|(name, _)| self.judge(said, &Value::from(name.as_str()), &format!("{at}/{name}"), faults));
                }
                _ if !holds(rule, said, value) => faults.push(format!("{at}: {value} is not {rule} {said}")),
                _ => {}
            }
        }
    }

    fn matching(&self, said: &Value, value: &Value) -> usize {
        parts(said).iter().filter(|part| faults(self.document, part, value).is_empty()).count()
    }
}

fn parts(said: &Value) -> &[Value] {
    said.as_array().expect("schemas")
}

fn holds(rule: &str, said: &Value, value: &Value) -> bool {
    match rule {
        "oneOf" | "anyOf" => true,
        "type" => said.as_array().map_or_else(|| is_of(said, value), |kinds| kinds.iter().any(|kind| is_of(kind, value))),
        "required" => {
            value.as_object().is_none_or(|object| parts(said).iter().all(|name| object.contains_key(name.as_str().expect("a name"))))
        }
        "enum" => parts(said).contains(value),
        "minimum" => value.as_i64().is_none_or(|number| number >= said.as_i64().expect("a whole bound")),
        "maximum" => value.as_i64().is_none_or(|number| number <= said.as_i64().expect("a whole bound")),
        "maxLength" => value.as_str().is_none_or(|text| text.chars().count() as u64 <= said.as_u64().expect("a length")),
        "minLength" => value.as_str().is_none_or(|text| text.chars().count() as u64 >= said.as_u64().expect("a length")),
        "maxItems" => value.as_array().is_none_or(|items| items.len() as u64 <= said.as_u64().expect("a length")),
        "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= said.as_u64().expect("a length")),
        "format" => value.as_str().is_none_or(|text| match said.as_str().expect("a format") {
            "uuid" => Uuid::parse_str(text).is_ok(),
            "date" => text.parse::<NaiveDate>().is_ok(),
            "date-time" => DateTime::parse_from_rfc3339(text).is_ok(),
            _ => true,
        }),
        other => panic!("`{other}` is a rule that this check does not know"),
    }
}

fn is_of(kind: &Value, value: &Value) -> bool {
    match kind.as_str().expect("a type") {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("`{other}` is no type"),
    }
}
