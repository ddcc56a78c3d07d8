//! An office with a person for each role, and a client that can say anything: any header, any body.

use std::collections::HashMap;

use quittance_api::cli::people::{add_user, create_tenant};
use quittance_domain::Currency;
use quittance_domain::ids::TenantId;
use quittance_domain::role::Role;
use quittance_tests::app::{PATIENCE, TestApp};
use quittance_tests::manners::points_into_the_request;
use reqwest::Method;
use serde_json::{Value, json};

/// Who works in every office of these tests.
pub const PEOPLE: &[(&str, Role)] = &[
    ("admin", Role::Admin),
    ("clerk", Role::ApClerk),
    ("approver", Role::Approver),
    ("treasurer", Role::Treasurer),
    ("second_treasurer", Role::Treasurer),
    ("analyst", Role::Analyst),
    ("auditor", Role::Auditor),
    ("viewer", Role::Viewer),
];

pub struct Office {
    pub app: TestApp,
    pub tenant: TenantId,
    people: HashMap<&'static str, Client>,
    /// The ids of the people and of the tenant, by name.
    pub ids: Vec<(String, String)>,
}

#[derive(Clone)]
pub struct Client {
    base: String,
    secret: String,
    http: reqwest::Client,
}

#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: Value,
}

impl Office {
    pub async fn open() -> Self {
        Self::of(TestApp::start().await, "Acme").await
    }

    /// Another company on the same server.
    pub async fn next_door(&self, name: &str) -> Self {
        Self::of(TestApp { system: self.app.system.clone(), address: self.app.address }, name).await
    }

    pub async fn of(app: TestApp, name: &str) -> Self {
        let made = create_tenant(&app.system, name, "owner@acme.example", Currency::EUR).await.expect("a tenant");
        let mut people = HashMap::from([("owner", Client::new(&app, made.secret))]);
        let mut ids = vec![("$tenant".to_owned(), made.id.to_string()), ("$owner".to_owned(), made.admin.to_string())];
        let mut position = made.position;
        for (person, role) in PEOPLE {
            let user = add_user(&app.system, made.id, &format!("{person}@acme.example"), person, &[*role], None).await.expect("a user");
            people.insert(person, Client::new(&app, user.secret));
            ids.push((format!("${person}"), user.id.to_string()));
            position = user.position;
        }
        app.system.settled(made.id, position).await.expect("readable");
        Self { app, tenant: made.id, people, ids }
    }

    pub fn by(&self, person: &str) -> &Client {
        &self.people[person]
    }

    /// The position of the tenant's last event.
    pub async fn head(&self) -> i64 {
        let heads = self.app.system.database.heads().await.expect("heads");
        heads.iter().find(|(tenant, _)| *tenant == self.tenant).expect("a log").1
    }

    pub fn with_key(&self, secret: &str) -> Client {
        Client::new(&self.app, secret.to_owned())
    }

    /// The OpenAPI document's operations: id, method, path.
    pub async fn operations(&self) -> Vec<(String, Method, String)> {
        let api = self.by("owner").get("/openapi.json").await.body;
        let paths = api["paths"].as_object().expect("paths").clone();
        let mut operations = Vec::new();
        for (path, item) in paths {
            for (method, operation) in item.as_object().expect("methods") {
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
                operations.push((operation["operationId"].as_str().expect("an id").to_owned(), method, path.clone()));
            }
        }
        operations
    }
}

impl Client {
    fn new(app: &TestApp, secret: String) -> Self {
        Self { base: format!("http://{}", app.address), secret, http: reqwest::Client::new() }
    }

    pub fn secret(&self) -> &str {
        &self.secret
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.secret)
    }

    /// Asks again while what was written cannot be read yet, as any client would: the server has waited before it says so.
    pub async fn get(&self, path: &str) -> Reply {
        for _ in 0..PATIENCE {
            let reply = reply(self.request(Method::GET, path)).await;
            if reply.body["code"] != "not-yet-readable" {
                return reply;
            }
        }
        panic!("{path} cannot be read yet, {PATIENCE} times")
    }

    /// With a key of its own.
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.post_as(&fresh_key(), path, body).await
    }

    pub async fn post_as(&self, key: &str, path: &str, body: Value) -> Reply {
        let reply = reply(self.request(Method::POST, path).header("Idempotency-Key", key).json(&body)).await;
        points_into_the_request(path, &body, &reply.body);
        reply
    }
}

pub fn fresh_key() -> String {
    use quittance_application::ports::Edge;
    quittance_infrastructure::edge::SystemEdge.new_id().to_string()
}

/// An answer; an endless one is only begun.
pub async fn reply(request: reqwest::RequestBuilder) -> Reply {
    let response = request.send().await.expect("an answer");
    let headers: HashMap<String, String> =
        response.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned())).collect();
    let status = response.status().as_u16();
    let endless = headers.get("content-type").is_some_and(|kind| kind.starts_with("text/event-stream"));
    let text = if endless { String::new() } else { response.text().await.expect("a body") };
    Reply { status, headers, body: serde_json::from_str(&text).unwrap_or(json!(text)) }
}

impl Reply {
    #[track_caller]
    pub fn done(self) -> Self {
        assert!((200..300).contains(&self.status), "{self:?}");
        self
    }

    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> &Self {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{self:?}");
        self
    }

    #[track_caller]
    pub fn at(&self, pointer: &str) {
        let pointers: Vec<&str> = self.body["errors"].as_array().into_iter().flatten().filter_map(|e| e["pointer"].as_str()).collect();
        assert!(pointers.contains(&pointer), "{pointer} is not among {pointers:?}: {self:?}");
    }

    #[track_caller]
    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_else(|| panic!("no id: {self:?}")).to_owned()
    }

    pub fn is_stopped_at_the_door(&self) -> bool {
        self.status == 403 && self.body["code"] == "role-missing"
    }
}
