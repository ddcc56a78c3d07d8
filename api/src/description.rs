//! What is true of all operations is said once, and added to what the handlers say: roles, headers, limits, problems,
//! and the examples of the story.

mod schemas;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::examples::{Scene, id_of, named, story};
use crate::permissions::roles_for;
use crate::problem::Problem;
use crate::problem_types::{ProblemType, problem_types};
use crate::{list_columns, reads, sheet};

const INTRODUCTION: &str = "Accounts payable as an event-sourced engine. Commands are POSTs that answer with the `position` of their effect; \
queries take `min_position` to read their own writes.\n\n\
**Repeats.** A POST with an `Idempotency-Key` that was carried out answers as the first time did, with `Idempotent-Replayed: true`, for ever; \
the same key with another body is refused. What moves money, stock or bank details is refused without a key.\n\n\
**Versions.** An answer's `version` is its `ETag`; sent back as `If-Match`, a command is refused (412) if the thing has changed since.\n\n\
**Freshness.** A query's `Quittance-Position` says up to where the log is in its answer. What stands still at an event that it cannot \
take, of what was read or should have followed, is named in `Quittance-Stopped`.\n\n\
**Pace.** What a key has left is told by `RateLimit` and `RateLimit-Policy`; one that is too fast is answered 429 with `Retry-After`.\n\n\
**Lists** are answered in pages; with `Accept: text/csv`, or the media type of XLSX, a list comes whole, as a file, by the same filters.\n\n\
**Amounts** are decimals as strings, with at most 13 digits before the point and 10 after it. Unknown fields are refused.\n\n\
**Problems** are RFC 9457 documents with a stable `code`; each is explained below `/problems`.";

/// Adds it all to the document made from the handlers.
pub fn complete(api: &mut Value) -> serde_json::Result<()> {
    let scenes = story()?;
    offer_files(api);
    state_versions(api);
    api["info"]["description"] = json!(INTRODUCTION);
    for (path, item) in members(&mut api["paths"]) {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            complete_operation(operation, path, method == "post", &scenes);
        }
    }
    schemas::complete(api);
    api["components"]["responses"] = problems_by_status();
    Ok(())
}

/// Every list that is answered in pages is also given as a file, and every table as a sheet.
fn offer_files(api: &mut Value) {
    let document = api.clone();
    for (path, item) in members(&mut api["paths"]) {
        let Some(list) = item.get_mut("get") else { continue };
        let has_table = list.pointer("/responses/200/content/text~1csv").is_some();
        let is_report = has_table && list.pointer("/responses/200/content/application~1json").is_some();
        let is_list = !has_table && list_columns::of_list(&document, &document["paths"][path]["get"]).is_some();
        if is_report || is_list {
            list["responses"]["200"]["content"][sheet::MEDIA_TYPE] = json!({ "schema": { "type": "string", "format": "binary" } });
        }
        if is_list {
            list["responses"]["200"]["content"]["text/csv"] = json!({ "schema": { "type": "string" } });
            list["x-list"] = json!(true);
        }
    }
}

/// One thing that has a version says it as every command's answer does.
fn state_versions(api: &mut Value) {
    let document = api.clone();
    for (path, item) in members(&mut api["paths"]) {
        let schema = document["paths"][path].pointer("/get/responses/200/content/application~1json/schema");
        if schema.is_some_and(|schema| list_columns::has_field(&document, schema, "version")) {
            item["get"]["responses"]["200"]["headers"]["ETag"] = version_header();
        }
    }
}

fn version_header() -> Value {
    json!({ "description": "The version, in quotes.", "schema": { "type": "string" } })
}

fn members(value: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    value.as_object_mut().into_iter().flatten()
}

fn complete_operation(operation: &mut Value, path: &str, command: bool, scenes: &[Scene]) {
    let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
    let roles: Vec<String> = roles_for(&id).unwrap_or_default().iter().map(|role| format!("`{role}`")).collect();
    let said = operation["description"].as_str().map(|text| format!("{text}\n\n")).unwrap_or_default();
    operation["description"] = json!(format!("{said}Roles: {}.", roles.join(", ")));
    let command = command && !ASKS.contains(&id.as_str()) && (takes_json(operation) || has_parameter(operation, "Idempotency-Key"));
    describe_answers(operation);
    if reads::has_past(&id) {
        state_past(operation);
    }
    state_headers(operation, path, command);
    state_problems(operation, path, command);
    if let Some(scene) = scenes.iter().find(|scene| scene.operation == id) {
        tell(operation, scene);
    }
}

/// Questions too large for a query string: they take JSON and store nothing.
const ASKS: &[&str] = &[
    "make_decision_link",
    "preview_approval",
    "replay_approval_policy",
    "replay_bank_rules",
    "replay_payment_calendar",
    "replay_tolerances",
];

/// A POST that only asks takes neither JSON nor a key.
fn takes_json(operation: &Value) -> bool {
    operation["requestBody"]["content"].get("application/json").is_some()
}

fn has_parameter(operation: &Value, name: &str) -> bool {
    operation["parameters"].as_array().into_iter().flatten().any(|p| p["name"] == name)
}

fn state_past(operation: &mut Value) {
    let about = "What was known at this moment, although more, or something else, is known by now. It is projected for the question, \
                 from at most 200,000 events, and is given in pages only.";
    let parameter = json!({ "name": "known_at", "in": "query", "required": false, "description": about,
                            "schema": { "type": ["string", "null"], "format": "date-time" } });
    if let Some(parameters) = operation["parameters"].as_array_mut() {
        parameters.push(parameter);
    }
}

/// An answer that says nothing of itself is what its operation is called after: OpenAPI 3.1 asks for a description of each.
fn describe_answers(operation: &mut Value) {
    let summary = operation["summary"].clone();
    for (_, answer) in members(&mut operation["responses"]).filter(|(_, answer)| answer.get("$ref").is_none()) {
        if answer["description"].as_str().is_none_or(str::is_empty) {
            answer["description"] = summary.clone();
        }
    }
}

fn state_headers(operation: &mut Value, path: &str, command: bool) {
    if !command {
        return;
    }
    add_parameter(
        operation,
        "Idempotency-Key",
        "1 to 255 visible ASCII characters that name this command: a repeat answers as the first time did.",
    );
    if path.contains("{id}") {
        add_parameter(operation, "If-Match", "The version that was seen, as `ETag` states it: 412 if it has moved on. `*` is any.");
    }
    for (status, answer) in members(&mut operation["responses"]).filter(|(status, _)| status.starts_with('2')) {
        answer["headers"]["ETag"] = version_header();
        answer["headers"]["Idempotent-Replayed"] = json!({ "description": "`true` for a repeat.", "schema": { "type": "string" } });
        if status == "201" {
            answer["headers"]["Location"] = json!({ "description": "Where it is read.", "schema": { "type": "string" } });
        }
    }
}

fn add_parameter(operation: &mut Value, name: &str, description: &str) {
    if !operation["parameters"].is_array() {
        operation["parameters"] = json!([]);
    }
    let Some(parameters) = operation["parameters"].as_array_mut() else { return };
    match parameters.iter_mut().find(|p| p["name"] == name) {
        Some(known) => known["description"] = json!(description),
        None => parameters
            .push(json!({ "name": name, "in": "header", "required": false, "description": description, "schema": { "type": "string" } })),
    }
}

/// Of the problems that all operations share, those that this one can answer.
fn state_problems(operation: &mut Value, path: &str, command: bool) {
    let posts = operation.get("requestBody").is_some();
    let Some(answers) = operation["responses"].as_object_mut() else { return };
    answers.retain(|status, _| match status.as_str() {
        "408" | "413" | "415" => posts,
        "409" => command,
        "412" => command && path.contains("{id}"),
        "404" => posts || path.contains('{'),
        _ => true,
    });
}

/// The first scene of an operation is its example.
fn tell(operation: &mut Value, scene: &Scene) {
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap_or_default();
        if let Some(value) = scene.path.get(name).or_else(|| scene.query.get(name)) {
            parameter["example"] = as_typed(with_ids(value), &parameter["schema"]);
        }
    }
    if let Some(request) = &scene.request {
        operation["requestBody"]["content"]["application/json"]["example"] = with_ids(request);
    }
    if let Some(answer) = &scene.answer {
        for (_, response) in members(&mut operation["responses"]).filter(|(status, _)| status.starts_with('2')) {
            response["content"]["application/json"]["example"] = with_ids(answer);
        }
    }
}

/// Numbers and truth values stand in an address as texts.
fn as_typed(value: Value, schema: &Value) -> Value {
    let plain = ["integer", "number", "boolean"].iter().any(|kind| has_type(schema, kind));
    value.as_str().filter(|_| plain).and_then(|text| serde_json::from_str(text).ok()).unwrap_or(value)
}

fn has_type(schema: &Value, kind: &str) -> bool {
    schema["type"] == kind || schema["type"].as_array().is_some_and(|kinds| kinds.contains(&json!(kind)))
}

fn with_ids(value: &Value) -> Value {
    named(value, &mut id_of)
}

/// One shared answer a status, with an example of every problem type that has it.
fn problems_by_status() -> Value {
    let mut responses = Map::new();
    for kind in problem_types() {
        let response = responses.entry(format!("Problem{}", kind.status)).or_insert_with(|| {
            let title = StatusCode::from_u16(kind.status).ok().and_then(|s| s.canonical_reason()).unwrap_or_default();
            let content = json!({ "schema": { "$ref": "#/components/schemas/Problem" }, "examples": {} });
            json!({ "description": title, "content": { "application/problem+json": content } })
        });
        let example = json!({ "summary": kind.title, "value": example_of(kind) });
        response["content"]["application/problem+json"]["examples"][kind.slug()] = example;
        for (header, about) in headers_of(kind.status) {
            response["headers"][*header] = json!({ "description": about, "schema": { "type": "string" } });
        }
    }
    Value::Object(responses)
}

fn example_of(kind: &ProblemType) -> Value {
    let status = StatusCode::from_u16(kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let problem = Problem { request_id: Some("01936f5e8a007000".to_owned()), ..Problem::new(status, kind.code, kind.title, kind.about) };
    serde_json::to_value(problem).unwrap_or_default()
}

fn headers_of(status: u16) -> &'static [(&'static str, &'static str)] {
    match status {
        401 => &[("WWW-Authenticate", "`Bearer`.")],
        429 => &[("Retry-After", "Seconds."), ("RateLimit", "What the key has left."), ("RateLimit-Policy", "What a key may do.")],
        503 => &[("Retry-After", "Seconds.")],
        _ => &[],
    }
}
