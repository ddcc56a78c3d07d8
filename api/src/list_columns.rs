//! The columns of a list, as its description has the rows: what is one value is one column, what is many is text in JSON.

use serde_json::Value;

/// What a column is called, and where its value stands in a row, as a JSON pointer.
pub type Columns = Vec<(String, String)>;

/// How deep what stands in a row is laid out side by side; deeper it is text in JSON.
const DEPTH_MAX: usize = 3;

/// Of a `GET` that answers pages of a list as JSON; `None` of what is no list.
pub fn of_list(document: &Value, operation: &Value) -> Option<Columns> {
    let is_paged = |name: &str| operation["parameters"].as_array().into_iter().flatten().any(|p| p["name"] == name && p["in"] == "query");
    if !is_paged("cursor") || !is_paged("limit") {
        return None;
    }
    let page = named(document, operation.pointer("/responses/200/content/application~1json/schema")?);
    page.pointer("/properties/next_cursor")?;
    let mut columns = Columns::new();
    lay_out(document, page.pointer("/properties/data/items")?, "", "", 0, &mut columns);
    // What a row is known by comes first.
    columns.sort_by_key(|(name, _)| name != "id");
    Some(columns)
}

/// Whether what is described has this field.
pub fn has_field(document: &Value, schema: &Value, name: &str) -> bool {
    fields(document, schema).iter().any(|(field, _)| *field == name)
}

fn lay_out(document: &Value, schema: &Value, name: &str, at: &str, depth: usize, columns: &mut Columns) {
    let fields: Vec<(&String, &Value)> = fields(document, schema);
    if fields.is_empty() || depth > DEPTH_MAX {
        columns.push((name.to_owned(), at.to_owned()));
        return;
    }
    for (field, value) in fields {
        // An amount is called as what it is the amount of.
        let below = match (name, field.as_str()) {
            ("", field) => field.to_owned(),
            (name, "amount") => name.to_owned(),
            (name, field) => format!("{name}_{field}"),
        };
        lay_out(document, value, &below, &format!("{at}/{field}"), depth + 1, columns);
    }
}

/// None of what is one value, of what is many, and of what is one thing or another.
fn fields<'d>(document: &'d Value, schema: &'d Value) -> Vec<(&'d String, &'d Value)> {
    let schema = named(document, schema);
    let own = schema["properties"].as_object().into_iter().flatten();
    let parts = schema["allOf"].as_array().into_iter().flatten().flat_map(|part| fields(document, part));
    own.chain(parts).collect()
}

/// What a reference leads to, or what may be absent.
fn named<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    if let Some(name) = schema["$ref"].as_str() {
        return document.pointer(name.trim_start_matches('#')).map_or(&Value::Null, |schema| named(document, schema));
    }
    let kinds = schema["oneOf"].as_array().map(Vec::as_slice).unwrap_or_default();
    match kinds {
        [one, none] | [none, one] if none["type"] == "null" => named(document, one),
        _ => schema,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_are_laid_out_as_far_as_they_are_one_value() {
        let money = json!({ "type": "object", "properties": { "amount": { "type": "string" }, "currency": { "type": "string" } } });
        let row = json!({ "properties": {
            "claims": { "type": "array", "items": { "$ref": "#/components/schemas/Money" } },
            "id": { "type": "string" },
            "open": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Money" }] },
            "outcome": { "oneOf": [{ "type": "string" }, { "type": "object" }] },
        } });
        let page = json!({ "properties": { "data": { "type": "array", "items": { "allOf": [row, { "properties": { "kind": {} } }] } }, "next_cursor": {} } });
        let document = json!({ "components": { "schemas": { "Money": money, "Page": page } } });
        let answer = json!({ "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Page" } } } });
        let parameters = |names: &[&str]| names.iter().map(|name| json!({ "name": name, "in": "query" })).collect::<Vec<_>>();
        let list = json!({ "parameters": parameters(&["limit", "cursor"]), "responses": { "200": answer } });
        let columns = of_list(&document, &list).expect("a list");
        let told: Vec<(&str, &str)> = columns.iter().map(|(name, at)| (name.as_str(), at.as_str())).collect();
        let expected = [
            ("id", "/id"),
            ("claims", "/claims"),
            ("open", "/open/amount"),
            ("open_currency", "/open/currency"),
            ("outcome", "/outcome"),
            ("kind", "/kind"),
        ];
        assert_eq!(told, expected);
        let whole = json!({ "parameters": parameters(&["limit"]), "responses": list["responses"] });
        assert_eq!(of_list(&document, &whole), None, "without pages it is no list");
    }
}
