//! The examples of the OpenAPI document are played as the story that they tell: every request is sent, every answer has
//! the shape that is documented. `QUITTANCE_RECORD=file` writes the story anew with the answers of this run.

use std::collections::HashMap;

use quittance_api::examples::{Scene, named, story};
use reqwest::Method;
use serde_json::{Value, json};

use crate::rest_client::{Client, Office, Reply, fresh_key, reply};

/// One scene as it was played.
pub struct Played {
    pub scene: Scene,
    pub key: String,
    pub reply: Reply,
}

/// The story as it goes in one office.
pub struct Play {
    pub names: HashMap<String, String>,
    position: i64,
    routes: HashMap<String, (Method, String)>,
}

impl Play {
    pub async fn new(office: &Office) -> Self {
        let routes = office.operations().await.into_iter().map(|(id, method, path)| (id, (method, path))).collect();
        Self { names: office.ids.iter().cloned().collect(), position: 0, routes }
    }

    /// The whole story.
    pub async fn through(&mut self, office: &Office) -> Vec<Played> {
        let mut played = Vec::new();
        for scene in story().expect("the story can be read") {
            let key = fresh_key();
            let reply = self.play(office, &scene, &key).await;
            assert!((200..300).contains(&reply.status), "{scene:?}\n{reply:?}");
            self.position = reply.body["position"].as_i64().unwrap_or(self.position).max(self.position);
            self.learn(scene.answer.as_ref().unwrap_or(&Value::Null), &reply.body);
            played.push(Played { scene, key, reply });
        }
        played
    }

    /// One scene, with the names as they are known by now.
    pub async fn play(&self, office: &Office, scene: &Scene, key: &str) -> Reply {
        let mut name = |name: &str| self.names.get(name).unwrap_or_else(|| panic!("{name} is not known yet: {scene:?}")).clone();
        let mut scene = renamed(scene, &mut name);
        let route = self.routes.get(&scene.operation).unwrap_or_else(|| panic!("{} is no operation", scene.operation));
        if route.0 == Method::GET && self.knows(&scene.operation) {
            scene.query.insert("min_position".to_owned(), json!(self.position.to_string()));
        }
        self.send(office.by(&scene.by), &scene, key).await
    }

    /// One scene without waiting for anything.
    pub async fn play_now(&self, office: &Office, scene: &Scene, key: &str) -> Reply {
        let scene = renamed(scene, &mut |name| self.names[name].clone());
        self.send(office.by(&scene.by), &scene, key).await
    }

    /// Queries that read a read model wait for it.
    fn knows(&self, operation: &str) -> bool {
        !["who_am_i", "get_payment_file", "get_remittance_advice", "get_payment_proof", "list_events", "stream_events"].contains(&operation)
    }

    /// Whether the scene asks for a change.
    pub fn commands(&self, scene: &Scene) -> bool {
        self.routes[&scene.operation].0 != Method::GET
    }

    /// A scene whose names are ids already.
    pub async fn send(&self, client: &Client, scene: &Scene, key: &str) -> Reply {
        let (method, path) = &self.routes[&scene.operation];
        let path = scene.path.iter().fold(path.clone(), |path, (name, id)| path.replace(&format!("{{{name}}}"), text(id)));
        let query: Vec<(&str, &str)> = scene.query.iter().map(|(name, value)| (name.as_str(), text(value))).collect();
        let request = client.request(method.clone(), &path).query(&query).header("Idempotency-Key", key);
        match (&scene.request, &scene.document) {
            (Some(body), _) => reply(request.json(body)).await,
            (None, Some(file)) => reply(request.header("Content-Type", media_type(file)).body(sample(file))).await,
            (None, None) => reply(request).await,
        }
    }

    /// Where the story has a name and the answer an id, the name is known from here on.
    fn learn(&mut self, told: &Value, live: &Value) {
        match (told, live) {
            (Value::String(name), Value::String(id)) if name.starts_with('$') => {
                self.names.entry(name.clone()).or_insert_with(|| id.clone());
            }
            (Value::Array(told), Value::Array(live)) => told.iter().zip(live).for_each(|(told, live)| self.learn(told, live)),
            (Value::Object(told), Value::Object(live)) => {
                for (key, told) in told {
                    self.learn(told, live.get(key).unwrap_or(&Value::Null));
                }
            }
            _ => {}
        }
    }
}

/// `scene` with other names in its request; not in its answer.
pub fn renamed(scene: &Scene, name: &mut impl FnMut(&str) -> String) -> Scene {
    let object = |value: Value| value.as_object().cloned().unwrap_or_default();
    Scene {
        path: object(named(&Value::Object(scene.path.clone()), name)),
        query: object(named(&Value::Object(scene.query.clone()), name)),
        request: scene.request.as_ref().map(|body| named(body, name)),
        ..scene.clone()
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

fn media_type(file: &str) -> &'static str {
    match file.rsplit('.').next() {
        Some("csv") => "text/csv",
        Some("ach") => "text/plain",
        _ => "application/xml",
    }
}

fn sample(file: &str) -> Vec<u8> {
    let path = format!("{}/../api/samples/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Where two values have not the same members and kinds. What a list holds may depend on the day.
fn difference(told: &Value, live: &Value, at: &str) -> Option<String> {
    match (told, live) {
        (Value::Object(told), Value::Object(live)) => {
            // An event's envelope may get more attributes; its consumers pass over what they do not know.
            let more = live.keys().filter(|_| !told.contains_key("specversion"));
            if let Some(key) = told.keys().chain(more).find(|key| told.contains_key(*key) != live.contains_key(*key)) {
                return Some(format!("{at}/{key} stands on one side only"));
            }
            told.iter().find_map(|(key, told)| difference(told, &live[key], &format!("{at}/{key}")))
        }
        // A list is told by its first item.
        (Value::Array(told), Value::Array(live)) => match (told.first(), live.first()) {
            (Some(told), Some(live)) => difference(told, live, &format!("{at}/0")),
            _ => None,
        },
        _ if std::mem::discriminant(told) == std::mem::discriminant(live) => None,
        _ => Some(format!("{at}: told {told}, answered {live}")),
    }
}

#[tokio::test]
async fn every_example_is_sent_and_answered_as_documented() {
    let office = Office::open().await;
    let mut play = Play::new(&office).await;
    let played = play.through(&office).await;
    if let Ok(file) = std::env::var("QUITTANCE_RECORD") {
        return record(&file, &play, played);
    }
    let mut differences = Vec::new();
    for Played { scene, reply, .. } in &played {
        let json = reply.headers.get("content-type").is_some_and(|kind| kind == "application/json");
        match &scene.answer {
            Some(told) => differences.extend(difference(told, &reply.body, "").map(|d| format!("{}: {d}", scene.operation))),
            None if json => differences.push(format!("{}: the answer is not told", scene.operation)),
            None => {}
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[tokio::test]
async fn every_operation_stands_in_the_story() {
    let office = Office::open().await;
    let told: Vec<String> = story().expect("the story").into_iter().map(|scene| scene.operation).collect();
    let missing: Vec<String> = office.operations().await.into_iter().map(|(id, ..)| id).filter(|id| !told.contains(id)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn record(file: &str, play: &Play, played: Vec<Played>) {
    let mut known: Vec<(&String, &String)> = play.names.iter().collect();
    // Of two names for one id the one that a person gave stays, not the one that a recording made up for what stood in a list.
    known.sort_by_key(|(name, _)| (!name.ends_with(|last: char| last.is_ascii_digit()), *name));
    let mut names: HashMap<String, String> = known.into_iter().map(|(name, id)| (id.clone(), name.clone())).collect();
    let scenes: Vec<Scene> = played
        .into_iter()
        .map(|Played { scene, reply, .. }| {
            let json = reply.headers.get("content-type").is_some_and(|kind| kind == "application/json");
            Scene { answer: json.then(|| told(&reply.body, "id", &mut names)), ..scene }
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&scenes).expect("JSON");
    text.push('\n');
    std::fs::write(file, text).expect("the file can be written");
}

/// An answer with names for ids, without secrets. An id that the story has no name for is named after its field.
fn told(live: &Value, field: &str, names: &mut HashMap<String, String>) -> Value {
    match live {
        Value::String(text) if text.starts_with("qk_live_") => json!("qk_live_5c0e…"),
        Value::String(text) if uuid::Uuid::parse_str(text).is_ok() => {
            let next = format!("${}_{}", field.trim_end_matches("_id"), names.len());
            json!(names.entry(text.clone()).or_insert(next))
        }
        Value::Array(items) => items.iter().map(|item| told(item, field, names)).collect(),
        Value::Object(members) => Value::Object(members.iter().map(|(key, value)| (key.clone(), told(value, key, names))).collect()),
        other => other.clone(),
    }
}
