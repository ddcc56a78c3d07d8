//! A whole running engine on a database of its own, and people who use it over HTTP.

use std::net::SocketAddr;
use std::sync::Arc;

use quittance_api::cli::people::{add_user, create_tenant};
use quittance_api::server;
use quittance_api::settings::{Given, Settings};
use quittance_api::system::System;
use quittance_application::ports::Edge;
use quittance_domain::Currency;
use quittance_domain::ids::TenantId;
use quittance_domain::role::Role;
use quittance_infrastructure::database::Database;
use quittance_infrastructure::edge::SystemEdge;
use serde_json::{Value, json};

use crate::manners::points_into_the_request;
use crate::postgres::{TestDatabase, fresh_database};

pub struct TestApp {
    pub system: Arc<System>,
    pub address: SocketAddr,
}

/// How often a query is asked again whose read models are behind; the server waits some two seconds each time. Far more than
/// any machine needs, for it only ends a test that hangs.
pub const PATIENCE: usize = 120;

/// A person with a key.
#[derive(Clone)]
pub struct Person {
    base: String,
    secret: String,
    client: reqwest::Client,
}

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub etag: Option<String>,
    pub replayed: bool,
    pub body: Value,
}

pub struct Company {
    pub tenant: TenantId,
    pub owner: Person,
}

impl Company {
    /// Something to happen, one event each.
    pub async fn creates_items(&self, prefix: &str, count: usize) {
        for n in 0..count {
            let item = json!({ "sku": format!("{prefix}-{n}"), "name": "x", "unit": "C62" });
            self.owner.posts("/v1/items", item).await.succeeds();
        }
    }
}

impl TestApp {
    pub async fn start() -> Self {
        Self::by_the_time_of(Arc::new(SystemEdge)).await
    }

    /// With a clock of the test's own.
    pub async fn by_the_time_of(edge: Arc<dyn Edge>) -> Self {
        let app = Self::without_workers(edge).await;
        app.system.start_workers().await.expect("workers");
        app
    }

    /// Nothing follows the log: every read model stays empty.
    pub async fn without_workers(edge: Arc<dyn Edge>) -> Self {
        let database = fresh_database().await;
        Self::reaching(&database, database.open(), edge).await
    }

    /// On a database that is there, reached as `reached` does.
    pub async fn reaching(database: &TestDatabase, reached: Database, edge: Arc<dyn Edge>) -> Self {
        let link_secret = Some("the tests' secret, of 32 characters and more".to_owned());
        let secret_key = Some("the tests' key, of 32 characters and more".to_owned());
        // They go with the throw-away database.
        let folder = database.admin.get_socket().and_then(|run| run.parent()).expect("an embedded server has a directory").to_owned();
        let attachments = Some(format!("file://{}/attachments", folder.display()));
        let state = Some(folder.join("state"));
        // Providers of tests are on this machine.
        let (provider_plain_http, provider_private_networks) = (Some(true), Some(true));
        // Nobody listens there: what is asked to be sent waits.
        let (smtp_url, mail_from) = (Some("smtp://127.0.0.1:1".to_owned()), Some("ap@quittance.example".to_owned()));
        let given = Given {
            link_secret,
            secret_key,
            smtp_url,
            mail_from,
            state,
            attachments,
            provider_plain_http,
            provider_private_networks,
            ..Given::default()
        };
        let settings = Settings::resolve(given).expect("settings");
        Self::serving(System::by_the_time_of(edge, settings, reached, None)).await
    }

    /// Another server on the same database, which has nothing to send mail through.
    pub async fn without_mail(&self) -> Self {
        let settings = Settings { smtp_url: None, ..self.system.settings.clone() };
        let edge = self.system.commands.ports().edge.clone();
        Self::serving(System::by_the_time_of(edge, settings, self.system.database.clone(), None)).await
    }

    async fn serving(system: System) -> Self {
        let system = Arc::new(system);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(server::run(system.clone(), listener, std::future::pending()));
        Self { system, address }
    }

    pub async fn company(&self, name: &str) -> Company {
        let made = create_tenant(&self.system, name, "owner@company.example", Currency::EUR).await.expect("a tenant");
        self.system.settled(made.id, made.position).await.expect("readable");
        Company { tenant: made.id, owner: self.person(made.secret) }
    }

    pub async fn user(&self, company: &Company, name: &str, role: Role) -> Person {
        let email = format!("{name}@company.example");
        let made = add_user(&self.system, company.tenant, &email, name, &[role], None).await.expect("a user");
        self.system.settled(company.tenant, made.position).await.expect("readable");
        self.person(made.secret)
    }

    pub fn person(&self, secret: String) -> Person {
        Person { base: format!("http://{}", self.address), secret, client: reqwest::Client::new() }
    }
}

impl Person {
    pub async fn posts(&self, path: &str, body: Value) -> Answer {
        let key = SystemEdge.new_id().to_string();
        self.posts_with_key(path, body, Some(&key)).await
    }

    pub async fn posts_with_key(&self, path: &str, body: Value, key: Option<&str>) -> Answer {
        let mut request = self.client.post(format!("{}{path}", self.base)).bearer_auth(&self.secret).json(&body);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let answer = answer(request.send().await.expect("an answer")).await;
        points_into_the_request(path, &body, &answer.body);
        answer
    }

    /// Only if what it is about is still of this version.
    pub async fn posts_if(&self, version: &str, path: &str, body: Value) -> Answer {
        let request = self.client.post(format!("{}{path}", self.base)).bearer_auth(&self.secret).json(&body);
        let answer = answer(request.header("If-Match", format!("\"{version}\"")).send().await.expect("an answer")).await;
        points_into_the_request(path, &body, &answer.body);
        answer
    }

    pub async fn uploads(&self, path: &str, bytes: Vec<u8>, key: &str) -> Answer {
        let media_type = if bytes.starts_with(b"%PDF") { "application/pdf" } else { "application/xml" };
        self.uploads_as(media_type, path, bytes, key).await
    }

    /// The same for a file of another kind.
    pub async fn uploads_as(&self, media_type: &str, path: &str, bytes: Vec<u8>, key: &str) -> Answer {
        let request = self.client.post(format!("{}{path}", self.base)).bearer_auth(&self.secret);
        let request = request.header("Idempotency-Key", key).header("Content-Type", media_type).body(bytes);
        answer(request.send().await.expect("an answer")).await
    }

    /// A document to look at, answered in the asked media type.
    pub async fn shows(&self, path: &str, bytes: Vec<u8>, accept: &str) -> (u16, String) {
        let request = self.client.post(format!("{}{path}", self.base)).bearer_auth(&self.secret).header("Accept", accept);
        let response = request.header("Content-Type", "application/xml").body(bytes).send().await.expect("an answer");
        (response.status().as_u16(), response.text().await.expect("text"))
    }

    /// A document of this media type, without a key.
    pub async fn shows_as(&self, path: &str, bytes: Vec<u8>, media_type: &str) -> Answer {
        let request = self.client.post(format!("{}{path}", self.base)).bearer_auth(&self.secret);
        answer(request.header("Content-Type", media_type).body(bytes).send().await.expect("an answer")).await
    }

    /// Asks again while what was written cannot be read yet, as any client would: the server has waited before it says so.
    pub async fn gets(&self, path: &str) -> Answer {
        for _ in 0..PATIENCE {
            let answer = answer(self.asks(path).await).await;
            if answer.body["code"] != "not-yet-readable" {
                return answer;
            }
        }
        panic!("{path} cannot be read yet, {PATIENCE} times")
    }

    async fn asks(&self, path: &str) -> reqwest::Response {
        self.client.get(format!("{}{path}", self.base)).bearer_auth(&self.secret).send().await.expect("an answer")
    }

    /// Proposes a vendor's bank account, which somebody else approves; answers its id.
    pub async fn opens_account(&self, approver: &Person, vendor: &str, account: Value) -> String {
        let accounts = format!("/v1/vendors/{vendor}/bank-accounts");
        let proposed = self.posts(&accounts, account).await.succeeds();
        let id = proposed.body["bank_account_id"].as_str().expect("an id").to_owned();
        approver.posts(&format!("{accounts}/{id}/approve"), json!({})).await.succeeds();
        id
    }

    /// Proposes to guard changes of bank accounts less, which somebody else confirms; answers its position.
    pub async fn loosens(&self, confirmer: &Person, control: Value) -> i64 {
        self.posts("/v1/company/bank-change-control", control.clone()).await.succeeds();
        confirmer.posts("/v1/company/bank-change-control/confirm", control).await.succeeds().position()
    }

    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// A page of the console, as a browser that keeps the key in its cookie gets it.
    pub async fn visits(&self, path: &str) -> (u16, String) {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let request = client.get(format!("{}{path}", self.base)).header("Cookie", format!("quittance_key={}", self.secret));
        let response = request.send().await.expect("an answer");
        (response.status().as_u16(), response.text().await.expect("a page"))
    }

    /// The status, and whether a cookie was given, when the console's form comes from a page of the same or another site.
    pub async fn signs_in_from(&self, site: &str) -> (u16, bool) {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let request = client.post(format!("{}/console/sign-in", self.base)).header("Sec-Fetch-Site", site);
        let request = request.header("Content-Type", "application/x-www-form-urlencoded").body(format!("key={}", self.secret));
        let response = request.send().await.expect("an answer");
        (response.status().as_u16(), response.headers().contains_key("set-cookie"))
    }

    /// Opens a stream of server-sent events; `last` is the `Last-Event-ID`.
    pub async fn streams(&self, path: &str, last: Option<&str>) -> reqwest::Response {
        let mut request = self.client.get(format!("{}{path}", self.base)).bearer_auth(&self.secret);
        if let Some(last) = last {
            request = request.header("Last-Event-ID", last);
        }
        request.send().await.expect("an answer")
    }

    /// What is at `path` in one of its media types.
    pub async fn reads_as(&self, path: &str, accept: &str) -> (u16, Vec<u8>) {
        let request = self.client.get(format!("{}{path}", self.base)).bearer_auth(&self.secret).header("Accept", accept);
        let response = request.send().await.expect("an answer");
        (response.status().as_u16(), response.bytes().await.expect("bytes").to_vec())
    }

    pub async fn downloads(&self, path: &str) -> (u16, Vec<u8>) {
        let response = self.asks(path).await;
        (response.status().as_u16(), response.bytes().await.expect("bytes").to_vec())
    }
}

async fn answer(response: reqwest::Response) -> Answer {
    let header = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let (status, etag, replayed) = (response.status().as_u16(), header("etag"), header("idempotent-replayed").is_some());
    let text = response.text().await.expect("a body");
    Answer { status, etag, replayed, body: serde_json::from_str(&text).unwrap_or(json!(text)) }
}

impl Answer {
    #[track_caller]
    pub fn succeeds(self) -> Self {
        assert!((200..300).contains(&self.status), "{self:?}");
        self
    }

    #[track_caller]
    pub fn is_refused_as(&self, code: &str) {
        assert!((400..500).contains(&self.status) && self.body["code"] == code, "expected {code}: {self:?}");
    }

    #[track_caller]
    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_else(|| panic!("no id: {self:?}")).to_owned()
    }

    pub fn position(&self) -> i64 {
        self.body["position"].as_i64().unwrap_or_default()
    }
}
